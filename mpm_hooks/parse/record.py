"""An incremental record (one action a line): bytes -> actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse.json_form import kind
from mpm_hooks.parse.plain import text_of
from mpm_hooks.session import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of a record."""

    line: int
    data: Mapping[str, Json]


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
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            faults.append(_fault(path, number, column, f"no JSON: {getattr(error, 'msg', error)}"))
            continue
        if isinstance(data, dict):
            actions.append(Action(line=number, data=data))
        else:
            faults.append(_fault(path, number, 1, f"is {kind(data)}, not an object"))
    if faults:
        raise MalformedError(*faults)
    return tuple(actions)


def _fault(path: str, line: int, column: int, message: str) -> Finding:
    way_out = "delete the line: claude-mpm can neither end nor discard a pause whose record is broken"
    return Finding(path=path, line=line, column=column, code="MPM109", message=message, way_out=way_out)
