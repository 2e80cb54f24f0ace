"""A Briefing in Markdown: what the session says stands in a block of code, in which nothing is acted upon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mpm_hooks import markup
from mpm_hooks.briefing import NOTICE, Briefing, outline
from mpm_hooks.briefing.outline import Section
from mpm_hooks.briefing.text import body
from mpm_hooks.screen import Screen

_PLAIN = Screen()
_WORDS = ("State", "Paused", "Drift")
"""Facts that are words alone; of the others somebody may want to copy a part."""


def resume(found: Briefing) -> Iterator[str]:
    """Write what the next one needs first."""
    yield f"## Resume {found.told.id}"
    yield from _facts(found)
    if found.warnings:
        yield ""
        yield from (f"- **Mind**: {markup.plain(each)}" for each in found.warnings)
    if found.commands:
        yield from ("", "```sh", *map(_PLAIN.text, found.commands), "```")
    yield from _fenced(outline.brief(found))


def show(found: Briefing) -> Iterator[str]:
    """Write all of a session."""
    yield f"## {found.told.id}"
    yield from _facts(found)
    yield from _fenced(outline.everything(found))


def _facts(found: Briefing) -> Iterator[str]:
    yield ""
    for label, said in outline.facts(found):
        yield f"- **{label}**: {markup.plain(said) if label in _WORDS else markup.code(said)}"


def _fenced(sections: Iterable[Section]) -> Iterator[str]:
    """Write sections between fences that are longer than any inside, each line quoted."""
    quoted = [f"| {line}".rstrip() for line in body(sections, _PLAIN)]
    longest = max((len(each) for line in quoted for each in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from ("", NOTICE, "", f"{fence}text", *quoted, fence)
