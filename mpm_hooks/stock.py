"""All sessions that somebody can ask for: those of this work tree, then those that only other work trees have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mpm_hooks import choice, shelf, worktrees
from mpm_hooks.finding import UnableError
from mpm_hooks.shelf import Kept, Shelf


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
    for worktree in worktrees.others(top):
        try:
            found = shelf.of(worktree.path).kept
        except UnableError:
            unseen.append(worktree.path)
            continue
        kept = tuple(each for each in found if (each.folder, each.id) not in known)
        known |= {(each.folder, each.id) for each in kept}
        there += [(worktree.path, kept)] if kept else []
    return Stock(here=here, there=tuple(there), unseen=tuple(unseen))


def meant(found: Stock, word: str, today: date) -> Sequence[tuple[int, Kept]]:
    """Return the sessions that a word may mean, with their numbers: of other work trees if none here is meant."""
    every = found.numbered
    here = 0 if choice.is_number(word) else len(found.here.kept)
    for part in (every[:here], every[here:]):
        chosen = choice.of(word, [each for _, each in part], today)
        if chosen:
            return [(number, each) for number, each in part if each in chosen]
    single = shelf.single(word)
    return [(0, single)] if single else ()
