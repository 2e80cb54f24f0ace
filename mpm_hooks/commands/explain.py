"""Tell what a code means, why it matters and what to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence

from mpm_hooks import manual, policy, report, rules
from mpm_hooks.finding import MisuseError
from mpm_hooks.rules import Rule


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "codes",
        nargs="*",
        metavar="CODE",
        help="a code or a rule's name for its page, the beginning of codes for a list (default: a list of all)",
    )
    parser.add_argument("--all", action="store_true", help="the pages of all rules")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Print pages of rules, or lists of them."""
    catalogue = rules.catalogue()
    if args.all and args.codes:
        message = "--all takes no codes: leave either out"
        raise MisuseError(message)
    chosen = _chosen(args.codes or ["MPM"], catalogue)
    if args.format == "json":
        named = {rule.code: rule for each in chosen for rule in each}
        print(json.dumps([manual.record(rule) for rule in named.values()], indent=2))
        return report.CLEAN
    for number, each in enumerate(chosen):
        for line in (*("",) * bool(number), *_lines(each, args)):
            print(line)
    return report.CLEAN


def _chosen(words: Sequence[str], catalogue: Sequence[Rule]) -> Sequence[Sequence[Rule]]:
    """Find what each word names: one rule, or all whose codes begin so."""
    found = [
        [rule for rule in catalogue if rule.code.startswith(policy.prefix(word.upper())) or rule.name == word.lower()]
        for word in words
    ]
    if unknown := [word for word, each in zip(words, found, strict=True) if not (word and each)]:
        codes, names = [rule.code for rule in catalogue], [rule.name for rule in catalogue]
        message = "; ".join(f'no rule is called "{word[:60]}": {policy.meant(word, codes, names)}' for word in unknown)
        raise MisuseError(message)
    return found


def _lines(chosen: Sequence[Rule], args: argparse.Namespace) -> Iterator[str]:
    markdown = args.format == "markdown"
    if args.all and markdown:
        yield from manual.reference(chosen)
    elif args.all or len(chosen) == 1:
        for number, rule in enumerate(chosen):
            yield from ("", "") * bool(number)
            yield from manual.markdown(rule) if markdown else manual.text(rule)
    else:
        yield from manual.table(chosen) if markdown else manual.listed(chosen)
