"""An incremental record (one action a line): bytes -> actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse import text_of
from mpm_hooks.parse.document import Key
from mpm_hooks.parse.json_form import kind, place
from mpm_hooks.session import Json

_MOST = 1000
"""Faults of a record that are told."""


class Action:
    """One line of a record."""

    __slots__ = ("data", "line", "text")

    def __init__(self, *, line: int, data: Mapping[str, Json], text: str = "{}") -> None:
        """Keep what the line says, and how."""
        self.line = line
        self.data = data
        self.text = text

    def column(self, *keys: Key) -> int:
        """Return where in the line the value under these keys stands, or the nearest thing around it."""
        return place(self.text, keys)[1]

    @property
    def moment(self) -> datetime | None:
        """When it was, None if that is not known; without a zone it is UTC, as upstream's readers take it."""
        try:
            found = datetime.fromisoformat(str(self.data.get("timestamp")))
            return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):  # the year 1 with a zone to the east of UTC, say
            return None


def parse(path: str, content: bytes) -> tuple[Action, ...]:
    """Read a record.

    Raises:
        MalformedError: The bytes are no text, or some lines hold no object; every such line is reported.
    """
    actions: list[Action] = []
    faults: list[Finding] = []
    for number, line in enumerate(text_of(path, content).split("\n"), 1):
        if not line.strip():
            continue
        if len(faults) >= _MOST:
            break
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            faults.append(_fault(path, number, column, f"no JSON: {getattr(error, 'msg', error)}"))
            continue
        if isinstance(data, dict):
            actions.append(Action(line=number, data=data, text=line))
        else:
            faults.append(_fault(path, number, 1, f"is {kind(data)}, not an object"))
    if faults:
        raise MalformedError(*faults)
    return tuple(actions)


def salvage(content: bytes) -> tuple[tuple[Action, ...], tuple[int, ...]]:
    """Read what is whole in a record whose writer may have been interrupted.

    Returns:
        The actions that say what they are and when they were, and the numbers of the lines that hold anything else.
    """
    actions: list[Action] = []
    broken: list[int] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            data = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            broken.append(number)
            continue
        action = Action(line=number, data=data if isinstance(data, dict) else {})
        if isinstance(action.data.get("type"), str) and action.moment:
            actions.append(action)
        elif line.strip():
            broken.append(number)
    return tuple(actions), tuple(broken)


def _fault(path: str, line: int, column: int, message: str) -> Finding:
    way_out = "delete the line: claude-mpm can neither end nor discard a pause whose record is broken"
    return Finding(path=path, line=line, column=column, code="MPM109", message=message, way_out=way_out)
