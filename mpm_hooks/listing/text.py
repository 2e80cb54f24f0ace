"""A Listing for a terminal: aligned, what each session is about cut to the room that is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from mpm_hooks.briefing import Fate
from mpm_hooks.briefing.text import COLOURS
from mpm_hooks.listing import Listing, Row, notes
from mpm_hooks.screen import BOLD, CYAN, DIM, GREEN, YELLOW, Screen, padded, width
from mpm_hooks.summary import Match

_LEAST = 24
"""Columns that a topic should have."""
_TOPIC = 120
"""Columns of a topic where nothing else bounds it."""
_BRANCH = 24
_GAP = "  "

_Column: TypeAlias = tuple[str, Callable[[Row], str], Callable[[Row], str]]
"""Its title, what it says of a session, and in which colour."""


def lines(found: Listing, screen: Screen) -> Iterator[str]:
    """Write a list: a line for each session, then what else there is."""
    yield from table(found.rows, screen) if found.rows else ("no session here",)
    yield from (screen.text(each) for each in notes(found))
    if found.rows and screen.width:
        yield screen.paint(f"go on with one: mpm-hooks resume {found.rows[0].index}", DIM)


def table(rows: Sequence[Row], screen: Screen) -> Iterator[str]:
    """Write a line for each session, under titles."""
    for columns in _layouts(has_others=any(row.worktree for row in rows)):
        cells = [
            [title, *(screen.cut(screen.text(said(row)), _BRANCH if title == "branch" else _TOPIC) for row in rows)]
            for title, said, _ in columns
        ]
        sizes = [max(map(width, column)) for column in cells]
        room = screen.width - sum(sizes) - len(sizes) * len(_GAP) if screen.width else _TOPIC
        if room >= _LEAST:
            break
    titles = [padded(column[0], size) for column, size in zip(cells, sizes, strict=True)]
    yield screen.paint(_GAP.join([*titles, "topic"]), DIM)
    for place, row in enumerate(rows, 1):
        shown = [
            screen.paint(padded(column[place], size), colour(row))
            for column, size, (_, _, colour) in zip(cells, sizes, columns, strict=True)
        ]
        topic = screen.cut(screen.text(row.topic), max(min(room, _TOPIC), 0))
        yield _GAP.join([*shown, topic]).rstrip()


def _layouts(*, has_others: bool) -> Iterator[list[_Column]]:
    """Yield the columns, each time fewer or narrower ones: the topic has to have room."""
    first: list[_Column] = [
        ("#", lambda row: str(row.index), lambda _: DIM),
        ("session", lambda row: row.told.id.removeprefix("session-"), lambda _: BOLD),
        ("paused", lambda row: row.age, lambda _: ""),
    ]
    state: _Column = ("state", lambda row: row.told.state, lambda row: COLOURS.get(row.told.state, ""))
    branch: _Column = ("branch", lambda row: row.told.branch, lambda _: CYAN)
    where: list[_Column] = [("work tree", lambda row: row.worktree or ".", lambda _: DIM)] * has_others
    brief: _Column = ("drift", lambda row: row.drift(short=True), _drift)
    yield [*first, state, *where, branch, ("drift", Row.drift, _drift)]
    yield [*first, state, branch, brief]
    yield [*first, state, brief]
    yield [*first, brief]


def _drift(row: Row) -> str:
    if row.standing.fate in (Fate.MERGED, Fate.GONE):
        return DIM
    return {Match.FRESH: GREEN, Match.UNKNOWN: ""}.get(row.standing.drift.match, YELLOW)
