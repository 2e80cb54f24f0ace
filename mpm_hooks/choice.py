"""Which of the sessions somebody means: by number, id, date, or a part of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from mpm_hooks import session
from mpm_hooks.shelf import Kept

_NUMBER = re.compile(r"[0-9]{1,3}")
_DIGITS = re.compile(r"[0-9]+")
_BETWEEN = re.compile(r"[-_:T. ]+")
_DAYS = {"today": 0, "yesterday": 1}
_NEWEST = ("", "latest", "newest")


def of(word: str, kept: Sequence[Kept], today: date) -> Sequence[Kept]:
    """Return the sessions that a word may mean: one, none, or more than that.

    Args:
        word: Nothing for the newest; its number in a list; an id, a date, the beginning of either; digits of an id; the
            name of a file; ``today``, ``yesterday``.
        kept: The sessions, the newest first.
        today: The day that it is here.
    """
    if word in _NEWEST:
        return kept[:1]
    if is_number(word):
        return kept[int(word) - 1 : int(word)] if int(word) else ()
    if word in _DAYS:
        day = today - timedelta(days=_DAYS[word])
        return _where(kept, lambda each: _day(each) == day)
    above, _, name = word.replace("\\", "/").rpartition("/")
    if found := session.split(name):
        return _where(kept, lambda each: each.id == found[0] and f"/{each.folder}".endswith(above and f"/{above}"))
    asked = word.removeprefix("session-")
    digits = _BETWEEN.sub("", asked)
    if not (_DIGITS.match(asked) and _DIGITS.fullmatch(digits)):
        return ()
    begins = _where(kept, lambda each: _digits(each).startswith(digits))
    return begins or _where(kept, lambda each: digits in _digits(each))


def is_number(word: str) -> bool:
    """Tell a number in a list; with more digits it is a date, or a part of an id."""
    return _NUMBER.fullmatch(word) is not None


def _where(kept: Sequence[Kept], is_meant: Callable[[Kept], bool]) -> Sequence[Kept]:
    return [each for each in kept if is_meant(each)]


def _day(kept: Kept) -> date | None:
    """Return the day of a session as it is here: an id tells it in UTC."""
    moment = session.moment_of(kept.id)
    return moment.astimezone().date() if moment else None


def _digits(kept: Kept) -> str:
    return kept.id.removeprefix("session-").replace("-", "")
