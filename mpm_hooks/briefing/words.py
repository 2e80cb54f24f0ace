"""What is known of a session -> our words for it; nothing that the session says is in them."""

from __future__ import annotations

from datetime import datetime

from mpm_hooks.account import count
from mpm_hooks.briefing import Commit, Fate, Origin, Standing
from mpm_hooks.summary import Drift, Match

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = (
    (365 * _DAY, 2 * 365 * _DAY, "y"),
    (30 * _DAY, 60 * _DAY, "mo"),
    (7 * _DAY, 14 * _DAY, "wk"),
    (_DAY, _DAY, "d"),
    (_HOUR, _HOUR, "h"),
    (_MINUTE, _MINUTE, "min"),
)
"""Seconds of a unit, seconds from which on it is used, what it is called."""
_DIGITS = 10
_LONGEST = 60
"""Characters of an author's name: whoever commits chooses it."""


def age(moment: datetime | None, now: datetime) -> str:
    """Say how long ago something was."""
    if moment is None:
        return "?"
    seconds = (now - moment).total_seconds()
    apart = next((f"{int(abs(seconds) // unit)} {name}" for unit, least, name in _UNITS if abs(seconds) >= least), "")
    if not apart:
        return "just now"
    return f"{apart} ago" if seconds > 0 else f"in {apart}"


def standing(found: Standing, *, short: bool = False) -> str:
    """Say how a session stands to its branch, in a few words."""
    if found.fate in (Fate.MERGED, Fate.GONE):
        return str(found.fate) if short else f"branch {found.fate}"
    return drift(found.drift, short=short)


def drift(found: Drift, *, short: bool = False) -> str:
    """Say how far a branch has moved on since a session."""
    if found.match is Match.BEHIND:
        said = f"{found.commits} behind" if short else f"{count(found.commits, 'commit')} behind"
        if found.touched and not short:
            said += f", {count(len(found.touched), 'named file')} touched"
    else:
        said = str(found.match)
    return said if found.by == "commit" or short else f"{said} (history rewritten)"


def origin(found: Origin) -> str:
    """Say where a session's file comes from."""
    if found.added is None:
        return "not committed: nothing tells who wrote it"
    altered = "; changed since, and not committed" if found.is_altered else ""
    return f"{commit(found.added)}{altered}"


def commit(found: Commit) -> str:
    """Say who made a commit, when, and how it is signed; the name of the author is kept short, and apart."""
    moment = f" on {found.moment:%Y-%m-%d %H:%M} UTC" if found.moment else ""
    author = found.author.replace('"', "'")[:_LONGEST]
    return f'commit {short(found.name)} by "{author}"{moment}, {found.signature}'


def short(name: str) -> str:
    """Shorten the name of a commit."""
    return name[:_DIGITS]
