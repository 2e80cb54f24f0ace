"""A Briefing for a terminal, or for an agent that reads what a command prints."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from mpm_hooks.briefing import NOTICE, Briefing, outline
from mpm_hooks.briefing.outline import Section
from mpm_hooks.screen import BOLD, CYAN, DIM, GREEN, RED, YELLOW, Screen, padded
from mpm_hooks.summary import State

COLOURS = {State.IN_PROGRESS: YELLOW, State.READY: GREEN, State.BLOCKED: RED, State.UNREADABLE: RED}
_LABEL = 11
_QUOTE = "| "
_DIGITS = 16


def resume(found: Briefing, screen: Screen) -> Iterator[str]:
    """Write what the next one needs first; what the session says is quoted, between lines that no text can hold."""
    yield screen.paint(f"Resume {found.told.id}", BOLD)
    yield ""
    yield from _facts(found, screen)
    if found.warnings:
        yield from ("", *(f"  {screen.paint('!', YELLOW)} {screen.text(each)}" for each in found.warnings))
    if found.commands:
        yield from ("", screen.paint("Go on with", BOLD))
        yield from (f"  {screen.paint(screen.text(each), CYAN)}" for each in found.commands)
    yield ""
    yield from fenced(outline.brief(found), screen)


def fenced(sections: Iterable[Section], screen: Screen) -> Iterator[str]:
    """Write sections as data: quoted line by line, between lines that are named for what stands between them."""
    quoted = [f"{_QUOTE}{line}".rstrip() for line in body(sections, replace(screen, colour=False), len(_QUOTE))]
    name = hashlib.sha256("\n".join(quoted).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    yield NOTICE
    yield screen.paint(f"--- session data {name} ---", DIM)
    yield from quoted
    yield screen.paint(f"--- end of session data {name} ---", DIM)


def show(found: Briefing, screen: Screen) -> Iterator[str]:
    """Write all of a session, what it says indented under titles of ours."""
    yield screen.paint(found.told.id, BOLD)
    yield ""
    yield from _facts(found, screen)
    yield ""
    yield from body(outline.everything(found), screen)


def _facts(found: Briefing, screen: Screen) -> Iterator[str]:
    for label, said in outline.facts(found):
        text = screen.text(said)
        shown = screen.paint(text, COLOURS.get(found.told.state, BOLD)) if label == "State" else text
        yield f"  {screen.paint(padded(label, _LABEL), DIM)}{shown}"


def body(sections: Iterable[Section], screen: Screen, room: int = 0) -> Iterator[str]:
    """Write sections, each text indented under its title; before each line, something else takes ``room`` columns."""
    for place, section in enumerate(sections):
        yield from ("",) * bool(place)
        yield screen.paint(section.title, BOLD)
        for text, mark in zip_longest(section.texts, section.marks):
            before = f"  {mark} " if mark else "  "
            for line in screen.lines(text):
                for row in screen.wrapped(line, room + len(before)):
                    yield f"{before}{row}".rstrip()
                    before = " " * len(before)
        if section.left:
            yield f"  and {section.left} more: mpm-hooks show"
