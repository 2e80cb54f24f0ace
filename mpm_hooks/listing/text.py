"""A Listing for a terminal: aligned, what each session is about cut to the room that is left."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mpm_hooks.briefing import Fate, words
from mpm_hooks.briefing.text import COLOURS
from mpm_hooks.listing import Listing, Row
from mpm_hooks.screen import BOLD, CYAN, DIM, GREEN, YELLOW, Screen, padded, width
from mpm_hooks.summary import Match

_LEAST = 24
"""Columns that a topic should have."""
_TOPIC = 120
"""Columns of a topic where nothing else bounds it."""
_BRANCH = 24
_GAP = "  "
_MOST_BRANCHES = 5


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    said: Callable[[Row], str]
    colour: Callable[[Row], str]


def lines(found: Listing, screen: Screen) -> Iterator[str]:
    """Write a list: a line for each session, then what else there is."""
    if found.rows:
        yield from table(found.rows, screen)
    else:
        yield "no session here"
    yield from (screen.text(each) for each in notes(found))
    if found.rows and screen.width:
        yield screen.paint(f"go on with one: mpm-hooks resume {found.rows[0].index}", DIM)


def table(rows: Sequence[Row], screen: Screen) -> Iterator[str]:
    """Write a line for each session, under titles."""
    layouts = list(_layouts(has_others=any(row.worktree for row in rows)))
    columns = next((each for each in layouts if _room(rows, each, screen) >= _LEAST), layouts[-1])
    widths = [_width(rows, column, screen) for column in columns]
    room = min(_room(rows, columns, screen), _TOPIC)
    titles = [padded(column.title, size) for column, size in zip(columns, widths, strict=True)]
    yield screen.paint(_GAP.join([*titles, "topic"]), DIM)
    for row in rows:
        cells = [
            screen.paint(padded(_cell(row, column, screen), size), column.colour(row))
            for column, size in zip(columns, widths, strict=True)
        ]
        yield _GAP.join([*cells, screen.cut(screen.text(row.topic), max(room, 0))]).rstrip()


def _layouts(*, has_others: bool) -> Iterator[list[_Column]]:
    """Yield the columns, each time fewer or narrower ones: the topic has to have room."""
    first = [
        _Column("#", lambda row: str(row.index), lambda _: DIM),
        _Column("session", lambda row: row.told.id.removeprefix("session-"), lambda _: BOLD),
        _Column("paused", lambda row: row.age, lambda _: ""),
    ]
    state = _Column("state", lambda row: str(row.told.state), lambda row: COLOURS.get(row.told.state, ""))
    branch = _Column("branch", lambda row: row.told.branch, lambda _: CYAN)
    where = [_Column("work tree", lambda row: row.worktree or ".", lambda _: DIM)] * has_others
    yield [*first, state, *where, branch, _Column("drift", _standing, _drift)]
    brief = _Column("drift", lambda row: _standing(row, short=True), _drift)
    yield [*first, state, branch, brief]
    yield [*first, state, brief]
    yield [*first, brief]


def _standing(row: Row, *, short: bool = False) -> str:
    return "" if row.why else words.standing(row.standing, short=short)


def _drift(row: Row) -> str:
    if row.standing.fate in (Fate.MERGED, Fate.GONE):
        return DIM
    return {Match.FRESH: GREEN, Match.UNKNOWN: ""}.get(row.standing.drift.match, YELLOW)


def _cell(row: Row, column: _Column, screen: Screen) -> str:
    return screen.cut(screen.text(column.said(row)), _BRANCH if column.title == "branch" else _TOPIC)


def _width(rows: Sequence[Row], column: _Column, screen: Screen) -> int:
    return max(len(column.title), *(width(_cell(row, column, screen)) for row in rows))


def _room(rows: Sequence[Row], columns: Sequence[_Column], screen: Screen) -> int:
    """Return how many columns are left for the topic."""
    if not screen.width:
        return _TOPIC
    return screen.width - sum(_width(rows, column, screen) + len(_GAP) for column in columns)


def notes(found: Listing) -> Iterator[str]:
    """Yield what else there is, and how to get at it."""
    if found.left:
        yield f"{found.left} older: mpm-hooks list --limit {found.left + len(found.rows)}"
    for row in found.rows:
        if row.why:
            yield f"{row.told.id} cannot be read: mpm-hooks check {shlex.quote(row.told.path)}"
    for place, number in found.elsewhere:
        yield f"{number} more in {place}: mpm-hooks list --all"
    for branch, session_id in found.branches[:_MOST_BRANCHES]:
        yield f"branch {branch} has {session_id}: git switch {shlex.quote(branch)}"
    for path in found.passed_over[:_MOST_BRANCHES]:
        yield f"{path} is not named as sessions are: mpm-hooks check {shlex.quote(path)}"
    for place in found.unseen:
        yield f"{place} cannot be looked into"
    if not found.rows and not found.elsewhere and not found.branches:
        yield "take one: mpm-hooks pause"
