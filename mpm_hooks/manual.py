"""A rule -> its page: for a terminal, in Markdown, as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mpm_hooks.rules import FAMILIES, Rule

Record = dict[str, str | bool]

REFERENCE = "https://github.com/mpm-hooks/mpm-hooks/blob/main/docs/rules.md"
"""Where ``reference`` is published."""


def address(rule: Rule) -> str:
    """Return where a rule's page stands."""
    return f"{REFERENCE}#{rule.code.lower()}"


def text(rule: Rule) -> Iterator[str]:
    """Write a rule's page for a terminal."""
    yield from (f"{rule.code} {rule.name} ({_kind(rule)})", "", f"{rule.title}.", "", *rule.why.splitlines())
    for title, block in (("Example", rule.example), ("Way out", rule.way_out), ("To ignore it", ignoring(rule))):
        yield from ("", f"{title}:", "", *(f"    {line}".rstrip() for line in block.splitlines()))


def markdown(rule: Rule, level: int = 1) -> Iterator[str]:
    """Write a rule's page in Markdown; the anchor is its code."""
    yield from (f"{'#' * level} {rule.code}", "", f"**{rule.title}.** `{rule.name}`, {_kind(rule)}", "")
    yield from (rule.why, "", "Example:", "", *_fenced(rule.example, "text"), "")
    yield from ("Way out:", "", rule.way_out, "")
    yield from ("To ignore it:", "", *_fenced(ignoring(rule), "toml"))


def record(rule: Rule) -> Record:
    """Return everything that a rule says of itself."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": FAMILIES[rule.family][0],
        "title": rule.title,
        "severity": rule.severity,
        "fixable": rule.fixable,
        "why": rule.why,
        "example": rule.example,
        "way_out": rule.way_out,
        "ignoring": ignoring(rule),
    }


def listed(rules: Iterable[Rule]) -> Iterator[str]:
    """Write a line for each rule, under its family."""
    for number, (family, those) in enumerate(groupby(rules, lambda rule: rule.family)):
        yield from ("",) * bool(number)
        yield f"{family}  {FAMILIES[family][1]}"
        yield from (f"  {rule.code}  {rule.title} ({_kind(rule)})" for rule in those)


def table(rules: Iterable[Rule]) -> Iterator[str]:
    """Write a table of rules in Markdown, each with a link to its page."""
    yield from ("| code | what is wrong | severity | fixable |", "|---|---|---|---|")
    for rule in rules:
        title = rule.title.replace("|", "\\|")
        yield f"| [{rule.code}](#{rule.code.lower()}) | {title} | {rule.severity} | {'yes' if rule.fixable else ''} |"


def reference(rules: Sequence[Rule]) -> Iterator[str]:
    """Write the page of all rules in Markdown: a table of contents by family, then each rule."""
    yield from ("# The rules", "")
    for family, those in groupby(rules, lambda rule: rule.family):
        yield from (f"## {family}xx: {FAMILIES[family][1]}", "", *table(those), "")
    for number, rule in enumerate(rules):
        yield from ("",) * bool(number)
        yield from markdown(rule, 2)


def ignoring(rule: Rule) -> str:
    """Say in pyproject.toml that a rule does not count: nowhere, or in one session."""
    return (
        f'[tool.mpm-hooks]\nignore = ["{rule.code}"]\n\n'
        f'[tool.mpm-hooks.per-session-ignores]\n"session-20260121-100000" = ["{rule.code}"]'
    )


def _kind(rule: Rule) -> str:
    return f"{rule.severity}, fixable by mpm-hooks fix" if rule.fixable else rule.severity


def _fenced(block: str, language: str) -> tuple[str, str, str]:
    """Set a block between fences that nothing in it closes."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block)), default=0))
    return f"{fence}{language}", block, fence
