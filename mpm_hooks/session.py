"""What a session is: its names, its places and what its files say.

Source for every fact here: claude-mpm 4.11 to 6.5.83, ``session_pause_manager.py`` and ``session_resume_helper.py``.
"""

from __future__ import annotations

from mpm_hooks.lean import remembered

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check waits neither for `typing` nor, if it need not, for `datetime`
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DIRECTORY = ".claude-mpm/sessions"
LEGACY_DIRECTORY = f"{DIRECTORY}/pause"
"""Where 4.11 to 4.20 wrote; every release still reads it."""

POINTER = "LATEST-SESSION.txt"
ACTIVE_RECORD = "ACTIVE-PAUSE.jsonl"
RECORD_SUFFIX = "-incremental.jsonl"

FORMS = ("md", "yaml", "json")
"""In the order they are written: 5.4.89 to 6.2.40 resume only a session whose json is as new as its md."""

_ENDINGS = tuple(f".{form}" for form in FORMS)
_LENGTH = len("session-YYYYMMDD-HHMMSS")
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2


class Session:
    """One pause: its id, and everything that its files say, unknown keys included."""

    __slots__ = ("_top", "data", "id")

    def __init__(self, *, id: str, data: Mapping[str, Json]) -> None:  # noqa: A002 - it is what everybody calls it
        """Keep both; nothing changes them."""
        self.id = id
        self.data = data
        self._top = data if isinstance(data, dict) else dict(data)

    def __eq__(self, other: object) -> bool:
        """Compare what both say."""
        return isinstance(other, Session) and (self.id, self.data) == (other.id, other.data)

    __hash__ = None  # type: ignore[assignment]  # what a session says can be compared, and not hashed

    def find(self, *keys: str) -> Json:
        """Return what stands under these keys, None if nothing does."""
        value: Json = self._top
        for key in keys:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    def text(self, *keys: str) -> str:
        """Return the text under these keys, empty if there is none."""
        value = self.find(*keys)
        return value if isinstance(value, str) else ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts in the list under these keys; what is not text is left out."""
        value = self.find(*keys)
        return tuple([item for item in value if isinstance(item, str)]) if isinstance(value, list) else ()

    def objects(self, *keys: str) -> tuple[dict[str, Json], ...]:
        """Return the objects in the list under these keys; what is no object is left out."""
        value = self.find(*keys)
        return tuple([item for item in value if isinstance(item, dict)]) if isinstance(value, list) else ()


def id_of(moment: datetime) -> str:
    """Name the session of this UTC second."""
    return f"session-{moment:%Y%m%d-%H%M%S}"


def is_id(text: str) -> bool:
    """Tell the form of an id; the digits need not be a real second."""
    digits = text[8:16] + text[17:]
    is_formed = len(text) == _LENGTH and text.startswith("session-") and text[16] == "-"
    return is_formed and digits.isdigit() and digits.isascii()


@remembered(256)  # several rules ask it of the same session
def is_second(session_id: str) -> bool:
    """Tell an id that names a real second: a day of the calendar, a time of the day."""
    if not is_id(session_id):
        return False
    year, month, day, hour, minute, second = _parts(session_id)
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = _DAYS[month] + (month == _FEBRUARY and is_leap) if month < len(_DAYS) else 0
    return year > 0 and 0 < day <= days and hour < 24 and minute < 60 and second < 60  # noqa: PLR2004 - a day


def _parts(session_id: str) -> tuple[int, ...]:
    digits = session_id[8:16] + session_id[17:]
    return int(digits[:4]), *(int(digits[place : place + 2]) for place in range(4, 14, 2))


@remembered(256)
def moment_of(session_id: str) -> datetime | None:
    """Return the UTC second that an id names, None if it names none."""
    if not is_second(session_id):
        return None
    from datetime import UTC, datetime  # noqa: PLC0415 - few checks need it

    return datetime(*_parts(session_id), tzinfo=UTC)  # type: ignore[misc, arg-type]  # six of them


def is_legacy(folder: str) -> bool:
    """Tell the folder into which 4.11 to 4.20 wrote, the earliest of them the json form alone."""
    return folder.rpartition("/")[2] == LEGACY_DIRECTORY.rpartition("/")[2]


@remembered(65536)  # the names of a folder are gone through again and again
def split(name: str) -> tuple[str, str] | None:
    """Split a form's file name into id and form, None for any other name."""
    session_id, _, form = name.partition(".")
    return (session_id, form) if form in FORMS and is_id(session_id) else None


def ids(names: Iterable[str]) -> AbstractSet[str]:
    """Return the ids of the sessions of which forms are among these file names."""
    return {found[0] for name in names if (found := split(name))}


def record_id(name: str) -> str | None:
    """Return the id in the name of a finished record, None for any other name."""
    session_id = name.removesuffix(RECORD_SUFFIX)
    return session_id if session_id != name and is_id(session_id) else None


def is_record(name: str) -> bool:
    """Tell an incremental record, finished or active, by its file name."""
    return name == ACTIVE_RECORD or record_id(name) is not None


def is_misnamed(name: str) -> bool:
    """Tell a name that means to be a session's but is not ``session-YYYYMMDD-HHMMSS``: upstream passes it over."""
    is_dated = name.startswith("session-") and name[8:9].isdigit() and name.endswith(_ENDINGS)
    return is_dated and split(name) is None


def is_stray(name: str) -> bool:
    """Tell a json named like a session without a date: releases up to 6.2.48 read it, later ones do not."""
    return name.startswith("session-") and name.endswith(".json") and split(name) is None and not is_misnamed(name)


def is_checksum(name: str) -> bool:
    """Tell the checksum that upstream leaves behind at every pause."""
    return name.startswith(".session-") and name.endswith(".tmp.sha256")
