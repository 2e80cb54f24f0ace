"""Say what is wrong with session files."""

from __future__ import annotations

import os
import sys
import time

from mpm_hooks import check, claims, commands, folder, machine, plumbing, selection
from mpm_hooks.check import Folder, World
from mpm_hooks.finding import Finding
from mpm_hooks.rules import shape
from mpm_hooks.selection import Selected

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check waits for no parser of arguments
    import argparse
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from typing import TextIO, TypeVar

    from mpm_hooks.plumbing import Listener

    R = TypeVar("R")

_CLEARED = "\r\x1b[K"
_MANY = 600
"""Files of so many sessions that to begin another process takes less time than it saves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="session files, or folders of them; each is judged with the other forms of its session "
        "(default: every session of this repository)",
    )
    commands.add_report_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what is wrong with these files; 0 if nothing is."""
    top = plumbing.top("") or os.getcwd()  # noqa: PTH109 - pathlib takes its time to import
    weigh = commands.judge(args, top)
    folders = [_read(each) for each in selection.of(args.files, top)]
    found = _checked(folders, args)
    try:
        return commands.tell(args, found, lambda: sum(len(check.judged(each)) for _, each in folders), weigh)
    finally:
        found.close()  # if nobody reads on, whoever still works for it ends now


def _checked(folders: Sequence[tuple[str, Folder]], args: argparse.Namespace) -> Generator[Finding]:
    """Check folders, each against the repository in which it lies; many sessions on all processors."""
    worlds: dict[str | None, World] = {}
    is_shared = args.is_alone and any(len(each.contents) > _MANY for _, each in folders)
    begun, listener = (not is_shared and args.ahead) or (None, None)  # one git does not answer several processes
    for directory, each in sorted(folders, key=lambda pair: pair[1].path):
        top = plumbing.top(directory)
        if top not in worlds:
            worlds[top] = _world(top, listener if top == begun else None)
        share: check.Share = map
        if args.is_alone and len(each.contents) > _MANY:
            from functools import partial  # noqa: PLC0415 - a commit has one session

            from mpm_hooks import hands  # noqa: PLC0415 - …

            share = partial(hands.mapped, processes=hands.processors())
            if sys.stderr.isatty():
                share = partial(watched, share, stream=sys.stderr)
        yield from check.check(each, worlds[top], share)


def watched(
    share: Callable[[Callable[[Sequence[str]], R], Sequence[Sequence[str]]], Iterable[R]],
    do: Callable[[Sequence[str]], R],
    tasks: Sequence[Sequence[str]],
    *,
    stream: TextIO,
    patience: float = 1,
) -> Iterator[R]:
    """Say on a terminal how far it is, where it takes a while; it is gone again when a finding is told."""
    begun, done, total = time.monotonic(), 0, sum(map(len, tasks))
    shown = ""
    for task, answer in zip(tasks, share(do, tasks), strict=True):
        print(_CLEARED * bool(shown), end="", file=stream, flush=True)
        yield answer
        done += len(task)
        is_told = time.monotonic() - begun >= patience and done < total
        shown = f"{done} of {total} sessions" if is_told else ""
        print(shown, end="", file=stream, flush=True)


def _world(top: str | None, listener: Listener | None) -> World:
    """Say what the rules hold sessions against."""
    latest = time.strftime("session-%Y%m%d-%H%M%S", time.gmtime(time.time() + shape.AHEAD))
    ask = claims.Repository(top, listener).ask if top else None
    return World(latest=latest, user=machine.user(), host=machine.host(), ask=ask)


def _read(selected: Selected) -> tuple[str, Folder]:
    directory, shown, chosen = selected
    if chosen is None:
        return directory, folder.read(directory, shown, check.relevant)
    return directory, folder.read(directory, shown, lambda names: check.wanted(names, chosen))
