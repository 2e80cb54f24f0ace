"""What a session is: its names, its places and what its files say.

Source for every fact here: claude-mpm 4.11 to 6.5.83, ``session_pause_manager.py`` and ``session_resume_helper.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check must not wait for `typing`
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

_ID = re.compile(r"session-[0-9]{8}-[0-9]{6}")
_FILE = re.compile(r"(session-\d{8}-\d{6})\.(md|yaml|json)")
_RECORD = re.compile(rf"(session-\d{{8}}-\d{{6}}){re.escape(RECORD_SUFFIX)}")
_DATED = re.compile(r"session-\d.*\.(md|yaml|json)")
_CHECKSUM = re.compile(r"\.session-.*\.tmp\.sha256")


class Session:
    """One pause: its id, and everything that its files say, unknown keys included."""

    __slots__ = ("data", "id")

    def __init__(self, *, id: str, data: Mapping[str, Json]) -> None:  # noqa: A002 - it is what everybody calls it
        """Keep both; nothing changes them."""
        self.id = id
        self.data = data

    def __eq__(self, other: object) -> bool:
        """Compare what both say."""
        return isinstance(other, Session) and (self.id, self.data) == (other.id, other.data)

    __hash__ = None  # type: ignore[assignment]  # what a session says can be compared, and not hashed

    def find(self, *keys: str) -> Json:
        """Return what stands under these keys, None if nothing does."""
        value: Json = self.data if isinstance(self.data, dict) else dict(self.data)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str:
        """Return the text under these keys, empty if there is none."""
        value = self.find(*keys)
        return value if isinstance(value, str) else ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts in the list under these keys; what is not text is left out."""
        value = self.find(*keys)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def objects(self, *keys: str) -> tuple[dict[str, Json], ...]:
        """Return the objects in the list under these keys; what is no object is left out."""
        value = self.find(*keys)
        return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def id_of(moment: datetime) -> str:
    """Name the session of this UTC second."""
    return f"session-{moment:%Y%m%d-%H%M%S}"


@lru_cache(maxsize=256)
def moment_of(session_id: str) -> datetime | None:
    """Return the UTC second that an id names, None if it names none."""
    if not _ID.fullmatch(session_id):
        return None
    digits = session_id[8:16] + session_id[17:]
    year, *rest = int(digits[:4]), *(int(digits[place : place + 2]) for place in range(4, 14, 2))
    try:
        return datetime(year, *rest, tzinfo=UTC)  # type: ignore[misc, arg-type]  # six of them
    except ValueError:
        return None


def is_legacy(folder: str) -> bool:
    """Tell the folder into which 4.11 to 4.20 wrote, the earliest of them the json form alone."""
    return folder.rpartition("/")[2] == LEGACY_DIRECTORY.rpartition("/")[2]


def split(name: str) -> tuple[str, str] | None:
    """Split a form's file name into id and form, None for any other name."""
    found = _FILE.fullmatch(name)
    return (found[1], found[2]) if found else None


def ids(names: Iterable[str]) -> AbstractSet[str]:
    """Return the ids of the sessions of which forms are among these file names."""
    return {found[0] for name in names if (found := split(name))}


def record_id(name: str) -> str | None:
    """Return the id in the name of a finished record, None for any other name."""
    found = _RECORD.fullmatch(name)
    return found[1] if found else None


def is_record(name: str) -> bool:
    """Tell an incremental record, finished or active, by its file name."""
    return name == ACTIVE_RECORD or record_id(name) is not None


def is_misnamed(name: str) -> bool:
    """Tell a name that means to be a session's but is not ``session-YYYYMMDD-HHMMSS``: upstream passes it over."""
    return split(name) is None and _DATED.fullmatch(name) is not None


def is_stray(name: str) -> bool:
    """Tell a json named like a session without a date: releases up to 6.2.48 read it, later ones do not."""
    return name.startswith("session-") and name.endswith(".json") and split(name) is None and not is_misnamed(name)


def is_checksum(name: str) -> bool:
    """Tell the checksum that upstream leaves behind at every pause."""
    return _CHECKSUM.fullmatch(name) is not None
