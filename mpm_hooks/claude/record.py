"""What JSON says -> what is asked of it; whatever it holds, the answer is of the right type, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from mpm_hooks.facts import Task, Todo
from mpm_hooks.session import Json

Record = Mapping[str, Json]

MOST = 200
"""Of items in a list."""
_LONGEST_TEXT = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TASK_ID = re.compile(r"[0-9]{1,9}")
_STATUSES = ("pending", "in_progress", "completed")


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


def todos(value: Json) -> tuple[Todo, ...]:
    """Return the items of a todo list."""
    found = (
        Todo(content=text(item, "content"), status=status(item), active_form=text(item, "activeForm"))
        for item in objects(value)
        if text(item, "content") and status(item)
    )
    return tuple(islice(found, MOST))


def task(number: str, item: Record, state: str) -> Task | None:
    """Return a task, None if anything that it needs is missing."""
    subject = text(item, "subject")
    if not (number and subject and state):
        return None
    return Task(id=number, subject=subject, status=state, description=text(item, "description"))


def status(item: Record) -> str:
    """Return the status of an item, empty if it is none of the known."""
    found = text(item, "status")
    return found if found in _STATUSES else ""
