"""List the sessions of this work tree, newest first: what each is about, and whether it still holds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TextIO, TypeVar

from mpm_hooks import commands, inquiry, listing, report, stock
from mpm_hooks.finding import MisuseError
from mpm_hooks.listing import text

T = TypeVar("T")

_USUAL = 20
_MANY = 50
"""Sessions for which nobody has to wait; of more it is told how far it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--all", action="store_true", help="those of other work trees of this repository, too")
    parser.add_argument(
        "--limit", metavar="N", type=int, default=_USUAL, help=f"list so many, 0 for all (default: {_USUAL})"
    )
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Print the list; 0 however many there are."""
    if args.limit < 0:
        message = "--limit takes a number from 0 on, which stands for all"
        raise MisuseError(message)
    place = commands.place()
    watch = partial(progress, stream=sys.stderr)
    found = inquiry.listing(stock.of(place.top), place, limit=args.limit, is_all=args.all, watch=watch)
    if args.format == "json":
        print(listing.as_json(found))
    elif args.format == "markdown":
        print(*listing.as_markdown(found), sep="\n")
    else:
        print(*text.lines(found, commands.screen(sys.stdout)), sep="\n")
    return report.CLEAN


def progress(rows: Iterable[T], total: int, *, stream: TextIO) -> Iterator[T]:
    """Say on a terminal how far it is, where it takes a while."""
    is_told = total > _MANY and stream.isatty()
    for number, row in enumerate(rows):
        if is_told and number % _MANY == 0:
            print(f"\r{number} of {total} sessions", end="", file=stream, flush=True)
        yield row
    if is_told:
        print("\r\x1b[K", end="", file=stream, flush=True)
