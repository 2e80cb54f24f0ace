"""A line of JSON -> what is asked of it; whatever it holds, the answer is of the right type, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from mpm_hooks.session import Json

Record: TypeAlias = Mapping[str, Json]

MOST = 200
"""Of items in a list."""
_LONGEST_TEXT = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TASK_ID = re.compile(r"[0-9]{1,9}")


def load(content: bytes) -> Json:
    """Return what a JSON text says, None if it is none."""
    try:
        value: Json = json.loads(content.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return value


def parse(line: bytes) -> Record:
    """Return the object in a line, an empty one if there is none: the last line may be half written."""
    value = load(line)
    return value if isinstance(value, dict) else {}


def inner(record: Record, *keys: str) -> Record:
    """Return the object under these keys, an empty one if there is none."""
    for key in keys:
        value = record.get(key)
        record = value if isinstance(value, dict) else {}
    return record


def objects(value: Json) -> Iterator[Record]:
    """Yield the objects of a list."""
    yield from (item for item in (value if isinstance(value, list) else ()) if isinstance(item, dict))


def text(record: Record, key: str) -> str:
    """Return the text under a key, on one line and not too long, empty if there is none."""
    value = record.get(key)
    return on_one_line(value) if isinstance(value, str) else ""


def on_one_line(value: str) -> str:
    """Return a text without control characters and halves of characters, cut where it is too long."""
    line = " ".join(_CONTROL.sub(" ", _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)).split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def task_id(record: Record, key: str) -> str:
    """Return the number of a task under a key, as text, empty if there is none."""
    value = record.get(key)
    number = str(value) if isinstance(value, str | int) else ""
    return number if _TASK_ID.fullmatch(number) else ""


def moment(record: Record) -> datetime | None:
    """Return the time of a line, None if it has none: without a zone it is no point in time."""
    try:
        found = datetime.fromisoformat(text(record, "timestamp"))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
