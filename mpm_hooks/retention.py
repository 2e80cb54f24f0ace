"""Which sessions may go, and why: those that all criteria select, and that nothing holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mpm_hooks.account import count
from mpm_hooks.briefing import Fate, Standing
from mpm_hooks.finding import MisuseError

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_AGE = re.compile(r"(\d{1,5})([dwmy])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What somebody wants to be rid of: a session has to meet all of it."""

    keep: int
    """So many of a project's newest stay."""
    older: timedelta | None = None
    """None where age is no matter."""
    merged: bool = False
    """Whether the default branch has to have what the session is about."""

    def by_place(self, number: int) -> str:
        """Say why a session stays that so many are newer than; empty if it need not."""
        if number == 0:
            return "the newest stays"
        return f"one of the newest {self.keep}" if number < self.keep else ""

    def by_age(self, moment: datetime | None, now: datetime) -> str:
        """Say why a session of this moment stays; empty if it need not."""
        if self.older is None:
            return ""
        if moment is None:
            return "nobody knows how old it is"
        return "" if now - moment > self.older else f"not older than {count(self.older.days, 'day')}"

    def by_fate(self, standing: Standing) -> str:
        """Say why a session of such a branch stays; empty if it need not."""
        return "its branch is not merged" if self.merged and standing.fate is not Fate.MERGED else ""

    @property
    def words(self) -> str:
        """What is met by a session that may go."""
        parts = [f"older than {count(self.older.days, 'day')}"] if self.older is not None else []
        parts += ["merged"] * self.merged
        return ", ".join([*parts, f"not one of the newest {self.keep}" if self.keep > 1 else "not the newest"])


def age(text: str) -> timedelta:
    """Read how long something may be kept.

    Raises:
        MisuseError: It is no number of days, weeks, months or years.
    """
    found = _AGE.fullmatch(text.strip())
    if found is None:
        message = f"--older-than takes days, weeks, months or years: 90d, 12w, 6m, 1y, and not {text[:20]!r}"
        raise MisuseError(message)
    return timedelta(days=int(found[1]) * _DAYS[found[2]])
