"""Findings -> text for the log, and annotations: GitHub's workflow commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mpm_hooks.finding import SEVERITIES, Severity
from mpm_hooks.policy import Judged
from mpm_hooks.report import printable, text

MOST = 9
"""GitHub shows ten annotations of each type a step: the tenth says how many there are besides."""

_LONGEST = 1000
"""Characters of a message, and of a way out; GitHub cuts both together at 4,096 UTF-16 units."""


def lines(judged: Iterable[Judged], *, show_suppressed: bool = False, colour: bool = False) -> Iterator[str]:
    """Write the findings for the log as they come; at the end annotate the first ones."""
    first: dict[Severity, list[Judged]] = {severity: [] for severity in SEVERITIES}
    more = dict.fromkeys(SEVERITIES, 0)
    for each in judged:
        if each.suppressed and not show_suppressed:
            continue
        yield from text.told(each, colour=colour)
        if each.suppressed:
            continue
        if len(first[each.finding.severity]) < MOST:
            first[each.finding.severity].append(each)
        else:
            more[each.finding.severity] += 1
    for severity, shown in first.items():
        yield from map(annotation, shown)
        if count := more[severity]:
            yield f"::{severity} title=mpm-hooks::{count} more {severity}{'s' * (count != 1)}: the log has them all"


def annotation(judged: Judged) -> str:
    """Write the command that shows a finding beside its line."""
    found = judged.finding
    place = f"file={_property(found.path)},line={found.line},col={found.column}"
    title = _property(f"{found.code} {judged.name}")
    return f"::{found.severity} {place},title={title}::{_data(found.message)}%0A-> {_data(found.way_out)}"


def _data(text: str) -> str:
    """Cut and escape a message; ``printable`` leaves no line break in it."""
    shown = printable(text)
    short = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    return short.replace("%", "%25")


def _property(text: str) -> str:
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
