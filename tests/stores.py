"""Claude Code's store for tests, in the form that Claude Code 2.1.30 to 2.1.330 gives it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks.session import Json

SESSION = "0b7f4c1e-52d6-4a3f-9c1d-8e6a7b5c4d3f"
OTHER = "f3d4c5b7-a6e8-4d1c-9f3a-4d652c1e0b7f"
BEGAN = datetime(2026, 1, 21, 9, 0, tzinfo=UTC)
MODEL = "claude-opus-4-1"

_USES = itertools.count(1)

Line = Mapping[str, Json] | bytes
"""A line of a transcript; bytes stand there as they are."""


def plant(
    home: Path,
    root: Path,
    *lines: Line | Sequence[Line],
    session: str = SESSION,
    began: datetime = BEGAN,
    folder: str | None = None,
) -> Path:
    """Write the transcript of a session in a project, a minute between its lines; return its place.

    ``home`` is the user's. A line's own fields stand before those that every line has.
    """
    name = folder or re.sub("[^a-zA-Z0-9]", "-", str(root))
    path = home / ".claude/projects" / name / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    each = [line for item in lines for line in ([item] if isinstance(item, Mapping | bytes) else item)]
    moments = (began + timedelta(minutes=number) for number in range(len(each)))
    path.write_bytes(b"".join(_written(line, root, session, when) for line, when in zip(each, moments, strict=True)))
    return path


def prompt(text: str = "Write the parser, please", **fields: Json) -> dict[str, Json]:
    """Say what the user said."""
    return {"type": "user", "message": {"role": "user", "content": text}, **fields}


def answer(
    text: str = "I begin with the secret plan", *, model: Json = MODEL, usage: Json = None, answer_id: Json = None
) -> dict[str, Json]:
    """Say what the model said; the lines of one answer share an id."""
    return _assistant({"type": "text", "text": text}, model, usage, answer_id)


def usage(given: Json = 10, output: Json = 20, creation: Json = 300, read: Json = 4000) -> Json:
    """State the tokens of an answer."""
    return {
        "input_tokens": given,
        "cache_creation_input_tokens": creation,
        "cache_read_input_tokens": read,
        "output_tokens": output,
        "service_tier": "standard",
    }


def todo(content: str, status: str = "pending") -> dict[str, Json]:
    """State an item of a todo list."""
    return {"content": content, "status": status, "activeForm": f"Doing: {content}"}


def tool_use(use: Json, name: Json, given: Json) -> dict[str, Json]:
    """Call a tool."""
    return _assistant({"type": "tool_use", "id": use, "name": name, "input": given}, MODEL, None, None)


def tool_result(use: Json, content: Json, *, failed: Json = False, **fields: Json) -> dict[str, Json]:
    """Say what a tool gave back."""
    result: Json = {"tool_use_id": use, "type": "tool_result", "content": content, "is_error": failed}
    return {"type": "user", "message": {"role": "user", "content": [result]}, **fields}


def todo_write(*todos: Json, failed: bool = False) -> list[dict[str, Json]]:
    """Write the whole todo list: the call and its result."""
    use = _use()
    said = "Todos have been modified successfully."
    return [tool_use(use, "TodoWrite", {"todos": list(todos)}), tool_result(use, said, failed=failed)]


def task_create(
    number: int, subject: str, description: str = "As agreed", *, failed: bool = False
) -> list[dict[str, Json]]:
    """Create a task: the call, and the result that tells its number."""
    use = _use()
    said = f"Task #{number} created successfully: {subject}"
    created: Json = {"task": {"id": str(number), "subject": subject}}
    return [
        tool_use(use, "TaskCreate", {"subject": subject, "description": description, "activeForm": "Doing it"}),
        tool_result(use, said, failed=failed, toolUseResult=f"Error: {said}" if failed else created),
    ]


def task_update(number: Json, *, failed: bool = False, **changes: Json) -> list[dict[str, Json]]:
    """Change a task: the call and its result."""
    use = _use()
    return [
        tool_use(use, "TaskUpdate", {"taskId": number, **changes}),
        tool_result(use, f"Updated task #{number}", failed=failed),
    ]


def sidechain(*lines: dict[str, Json]) -> list[dict[str, Json]]:
    """Let a subagent say it."""
    return [{**line, "isSidechain": True} for line in lines]


def plant_task(home: Path, folder: str, number: int, subject: str, status: str = "pending", **fields: Json) -> Path:
    """Write the file of a task."""
    data: dict[str, Json] = {"id": str(number), "subject": subject, "description": "From a file", "status": status}
    path = home / ".claude/tasks" / folder / f"{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**data, "blocks": [], "blockedBy": [], **fields}, indent=2), encoding="utf-8")
    return path


def plant_todos(home: Path, *todos: Json, session: str = SESSION, agent: str | None = None) -> Path:
    """Write the file of a todo list, as releases up to 2.1.30 do."""
    path = home / ".claude/todos" / f"{session}-agent-{agent or session}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(todos, indent=2), encoding="utf-8")
    return path


def _use() -> str:
    return f"toolu_{next(_USES):024}"


def _assistant(block: Json, model: Json, usage: Json, answer_id: Json) -> dict[str, Json]:
    message: Json = {"model": model, "id": answer_id, "role": "assistant", "content": [block], "usage": usage}
    return {"type": "assistant", "message": message}


def _written(line: Line, root: Path, session: str, moment: datetime) -> bytes:
    if isinstance(line, bytes):
        return line
    common: dict[str, Json] = {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": str(root),
        "sessionId": session,
        "version": "2.1.100",
        "gitBranch": "main",
    }
    time = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({**common, "timestamp": time, **line}, separators=(",", ":")).encode() + b"\n"
