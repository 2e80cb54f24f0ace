"""Sessions, a line each -> text, Markdown, JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

from mpm_hooks.briefing import Standing
from mpm_hooks.summary import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session in a list."""

    index: int
    told: Told
    age: str
    standing: Standing = field(default_factory=Standing)
    why: str = ""
    """What keeps it from being read; empty if nothing does."""
    worktree: str = ""
    """The other work tree in which it lies."""

    @property
    def topic(self) -> str:
        """What it is about; of one that cannot be read, what keeps it from that."""
        return self.why or self.told.goal or self.told.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Sessions, the newest first, and what else there is."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    """Sessions in this work tree."""
    left: int = 0
    """Sessions that are not listed, all of them older than those that are."""
    elsewhere: tuple[tuple[str, int], ...] = ()
    """Other work trees, and the sessions in them that are not here; those that are listed are not counted."""
    branches: tuple[tuple[str, str], ...] = ()
    """Other branches, and the newest session of each; looked for where there is none here."""
    passed_over: tuple[str, ...] = ()
    """Files that mean to be sessions and are not named as one."""
    unseen: tuple[str, ...] = ()
    """Work trees into which nobody could look."""
