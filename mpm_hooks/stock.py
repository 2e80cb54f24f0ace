"""All sessions that somebody can ask for, those of this work tree first, and which of them a word means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mpm_hooks import session, shelf, worktrees
from mpm_hooks.finding import UnableError
from mpm_hooks.shelf import Kept, Shelf

_NUMBER = re.compile(r"[0-9]{1,3}")
"""In a list; with more digits it is a date, or a part of an id."""
_DAYS = {"today": 0, "yesterday": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The sessions of a repository's work trees."""

    here: Shelf
    there: tuple[tuple[str, tuple[Kept, ...]], ...] = ()
    """Other work trees, and the sessions in them that are not here."""
    unseen: tuple[str, ...] = ()
    """Work trees into which nobody could look."""

    @property
    def numbered(self) -> Sequence[tuple[int, Kept]]:
        """All of them with their numbers: those of this work tree first."""
        return list(enumerate([*self.here.kept, *(each for _, kept in self.there for each in kept)], 1))


def of(top: str) -> Stock:
    """Look which sessions there are.

    Raises:
        UnableError: A folder of this work tree cannot be read.
    """
    here = shelf.of(top)
    known = {(each.folder, each.id) for each in here.kept}
    there: list[tuple[str, tuple[Kept, ...]]] = []
    unseen: list[str] = []
    for path in worktrees.others(top):
        try:
            found = shelf.of(path).kept
        except UnableError:
            unseen.append(path)
            continue
        kept = tuple(each for each in found if (each.folder, each.id) not in known)
        known |= {(each.folder, each.id) for each in kept}
        there += [(path, kept)] if kept else []
    return Stock(here=here, there=tuple(there), unseen=tuple(unseen))


def meant(found: Stock, word: str, today: date) -> Sequence[tuple[int, Kept]]:
    """Return the sessions that a word may mean, with their numbers: of other work trees if none here is meant."""
    every = found.numbered
    here = 0 if _NUMBER.fullmatch(word) else len(found.here.kept)
    for part in (every[:here], every[here:]):
        if chosen := named(word, [each for _, each in part], today):
            return [(number, each) for number, each in part if each in chosen]
    single = shelf.single(word)
    return [(0, single)] if single else ()


def named(word: str, kept: Sequence[Kept], today: date) -> Sequence[Kept]:
    """Return the sessions, of these, the newest first, that a word may mean: one, none, or more than that.

    It is nothing for the newest; its number in a list; an id, a date, the beginning of either; digits of an id; the
    name of a file; ``today``, ``yesterday``.
    """
    if word in ("", "latest", "newest"):
        return kept[:1]
    if _NUMBER.fullmatch(word):
        return kept[int(word) - 1 : int(word)] if int(word) else ()
    if word in _DAYS:
        day = today - timedelta(days=_DAYS[word])
        return _where(kept, lambda each: _day(each) == day)
    above, _, name = word.replace("\\", "/").rpartition("/")
    if found := session.split(name):
        return _where(kept, lambda each: each.id == found[0] and f"/{each.folder}".endswith(above and f"/{above}"))
    asked = re.fullmatch(r"(?:session-)?([0-9][-_:T. 0-9]*)", word)
    if asked is None:
        return ()
    digits = re.sub("[^0-9]", "", asked[1])
    begins = _where(kept, lambda each: _digits(each).startswith(digits))
    return begins or _where(kept, lambda each: digits in _digits(each))


def _where(kept: Sequence[Kept], is_meant: Callable[[Kept], bool]) -> Sequence[Kept]:
    return [each for each in kept if is_meant(each)]


def _day(kept: Kept) -> date | None:
    """Return the day of a session as it is here: an id tells it in UTC."""
    moment = session.moment_of(kept.id)
    return moment.astimezone().date() if moment else None


def _digits(kept: Kept) -> str:
    return kept.id.removeprefix("session-").replace("-", "")
