"""``.claude/settings.json``: Claude Code pauses by itself, and says at its start that there is something to resume.

A hook there must neither stop nor disturb anybody: it ends with 0 also where ``mpm-hooks`` is not installed. All hooks
of ``SessionEnd`` have 1.5 seconds together, unless one of them names its own time; 60 is the most that counts.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mpm_hooks.setup import Answer, Left, Proposal, block

PATH = ".claude/settings.json"
_PAUSE, _NOTICE = "mpm-hooks pause --auto || true", "mpm-hooks resume --notice || true"
_EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "PreCompact": ("", {"type": "command", "command": _PAUSE, "timeout": 60}),
    "SessionEnd": ("", {"type": "command", "command": _PAUSE, "timeout": 60}),
    "SessionStart": ("startup|clear", {"type": "command", "command": _NOTICE, "timeout": 10}),
}
"""Events to when they matter, and what is done then."""
_BY_HAND = (
    "add the hooks PreCompact and SessionEnd (mpm-hooks pause --auto) and SessionStart (mpm-hooks resume --notice)"
)


def propose(before: bytes | None) -> Answer:
    """Say what the file has to hold."""
    data = _read(before or b"{}")
    hooks = {} if data is None else data.get("hooks", {})
    is_known = isinstance(hooks, dict) and all(isinstance(hooks.get(event, []), list) for event in _EVENTS)
    if data is None or not is_known:
        return Left(path=PATH, what=f"cannot be read as Claude Code's settings: {_BY_HAND}")
    new = dict(hooks)
    for event, (matcher, handler) in _EVENTS.items():
        groups = new.get(event, [])
        if not any(_is_ours(each, event) for group in groups for each in _handlers(group)):
            new[event] = [*groups, ({"matcher": matcher} if matcher else {}) | {"hooks": [handler]}]
    if new == hooks:
        return None
    why = "Claude Code pauses before it compacts and when it ends, and names a paused session when it starts"
    return Proposal(path=PATH, before=before, after=_written(before, data | {"hooks": new}), why=why)


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our hooks; what held nothing else goes with them."""
    data = _read(before or b"") or {}
    hooks = data.get("hooks")
    if not isinstance(hooks, dict):
        return None
    new = {
        event: [kept for each in groups if (kept := _without(each, event))] if isinstance(groups, list) else groups
        for event, groups in hooks.items()
    }
    if new == hooks:
        return None
    kept = {event: groups for event, groups in new.items() if groups or groups == hooks[event]}
    rest = data | {"hooks": kept} if kept else {key: value for key, value in data.items() if key != "hooks"}
    return Proposal(path=PATH, before=before, after=_written(before, rest) if rest else None)


def _without(group: Any, event: str) -> Any:  # noqa: ANN401 - whatever a person wrote there
    """Return a group without our hook; None if nothing is left in it."""
    handlers = _handlers(group)
    rest = [each for each in handlers if not _is_ours(each, event)]
    if rest == handlers:
        return group
    return group | {"hooks": rest} if rest else None


def _handlers(group: object) -> list[Any]:
    found = group.get("hooks") if isinstance(group, dict) else None
    return found if isinstance(found, list) else []


def _is_ours(handler: object, event: str) -> bool:
    """Tell our hook, also where somebody has given it more words or another time."""
    said = str(handler.get("command")) if isinstance(handler, dict) else ""
    return event in _EVENTS and _EVENTS[event][1]["command"].removesuffix(" || true") in said


def _read(content: bytes) -> dict[str, Any] | None:
    """Read settings; where a key stands twice, one of the two would be lost."""
    try:
        data = json.loads((block.text(content) or "").removeprefix("\ufeff"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _written(before: bytes | None, data: dict[str, Any]) -> bytes:
    """Write settings as they were written before: with their indent, line ends, and last line."""
    text = (before or b"{}\n").decode()
    found = re.search(r'^([ \t]+)"', text, re.MULTILINE)
    is_ascii = text.isascii() and "\\u" in text
    new = json.dumps(data, indent=found[1] if found else 2, ensure_ascii=is_ascii) + "\n" * text.endswith("\n")
    return ("\ufeff" * text.startswith("\ufeff") + new.replace("\n", block.end(text))).encode()
