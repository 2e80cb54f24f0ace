"""A session that somebody asks for: which it is, and what to say where it is none, or more than one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from mpm_hooks import report, resumption, shelf, stock, worktrees
from mpm_hooks.briefing import Briefing
from mpm_hooks.listing import Listing, Row, notes, text
from mpm_hooks.report import printable
from mpm_hooks.resumption import Place
from mpm_hooks.screen import Screen
from mpm_hooks.shelf import Kept, Reading
from mpm_hooks.stock import Stock

Watch: TypeAlias = Callable[[Iterable[Row], int], Iterable[Row]]

_MOST = 10
"""Sessions that are named to who asks for one that is not there."""
_LONGEST = 60
"""Columns of what somebody asked for."""


def rows(numbered: Sequence[tuple[int, Kept]], place: Place) -> Iterator[Row]:
    """Tell of sessions, a line each."""
    for index, kept in numbered:
        reading = shelf.read(kept)
        it = resumption.of(kept, reading, place, brief=True)
        yield Row(index=index, told=it.told, age=it.age, standing=it.standing, why=reading.why, worktree=it.worktree)


def listing(found: Stock, place: Place, *, limit: int, is_all: bool, watch: Watch = lambda rows, _: rows) -> Listing:
    """List so many sessions of a work tree, 0 for all; ``is_all`` adds the other work trees.

    ``watch`` sees the rows as they come, and how many there will be.
    """
    here, every = len(found.here.kept), found.numbered
    chosen = list(every[:here][: limit or None])
    left = here - len(chosen)
    for _, kept in found.there if is_all else ():
        chosen += [each for each in every[here:] if each[1] in kept][: limit or None]
    return Listing(
        rows=tuple(watch(rows(chosen, place), len(chosen))),
        total=here,
        left=left,
        elsewhere=() if is_all else tuple((worktrees.shown(path), len(kept)) for path, kept in found.there),
        branches=tuple(worktrees.on_branches(place.top)) if not here and place.branches else (),
        passed_over=found.here.passed_over,
        unseen=tuple(map(worktrees.shown, found.unseen)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What there is to say to who asks for a session."""

    status: int
    kept: Kept | None = None
    briefing: Briefing | None = None
    """What is told of the session; None if there is none, more than one, or nobody can read it."""
    said: tuple[str, ...] = ()
    """What to say then."""


def answer(word: str, place: Place, screen: Screen) -> Answer:
    """Find the session that a word means.

    Raises:
        UnableError: A folder of sessions cannot be read.
    """
    found = stock.of(place.top)
    meant = stock.meant(found, word, place.now.astimezone().date())
    if len(meant) > 1:
        several = text.table(list(rows(meant[:_MOST], place)), screen)
        asked = _asked(word, f"may mean {len(meant)} sessions", screen)
        return Answer(status=report.MISUSED, said=(asked, *several, "    -> give its number, or more of it"))
    if not meant:
        return Answer(status=report.FOUND, said=tuple(_nothing(found, word, place, screen)))
    kept = meant[0][1]
    reading = shelf.read(kept)
    if reading.session is None:
        return Answer(status=report.FOUND, said=tuple(_unreadable(kept, reading, len(found.numbered))))
    return Answer(status=report.CLEAN, kept=kept, briefing=resumption.of(kept, reading, place))


def _asked(word: str, what: str, screen: Screen) -> str:
    return f'mpm-hooks: "{screen.cut(screen.text(word), _LONGEST)}" {what}'


def _nothing(found: Stock, word: str, place: Place, screen: Screen) -> Iterator[str]:
    there = replace(listing(found, place, limit=_MOST, is_all=True), left=0)
    if there.rows:
        yield _asked(word, "is no session here; there are", screen)
        yield from text.lines(there, screen)
    else:
        yield "mpm-hooks: no session here"
        yield from (f"    -> {screen.text(each)}" for each in notes(there))


def _unreadable(kept: Kept, reading: Reading, number: int) -> Iterator[str]:
    yield printable(f"mpm-hooks: {kept.id} cannot be read: {reading.why}")
    yield printable(f"    -> mpm-hooks check {shlex.quote(kept.path)}")
    if number > 1:
        yield "    -> or take another one: mpm-hooks list"
