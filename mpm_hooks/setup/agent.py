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
_INDENT = re.compile(r'^([ \t]+)"', re.MULTILINE)
_WHY = "Claude Code pauses before it compacts and when it ends, and names a paused session when it starts"
_BY_HAND = (
    "add the hooks PreCompact and SessionEnd (mpm-hooks pause --auto) and SessionStart (mpm-hooks resume --notice)"
)


def propose(before: bytes | None) -> Answer:
    """Say what the file has to hold."""
    data = _read(before or b"{}")
    hooks = data.get("hooks", {}) if data is not None else None
    groups = [hooks.get(event, []) for event in _EVENTS] if isinstance(hooks, dict) else []
    if data is None or not isinstance(hooks, dict) or not all(isinstance(group, list) for group in groups):
        return Left(path=PATH, what=f"cannot be read as Claude Code's settings: {_BY_HAND}")
    new = dict(hooks)
    for event, (matcher, handler) in _EVENTS.items():
        if not any(_is_ours(each, event) for group in new.get(event, []) for each in _handlers(group)):
            group = ({"matcher": matcher} if matcher else {}) | {"hooks": [handler]}
            new[event] = [*new.get(event, []), group]
    if new == hooks:
        return None
    return Proposal(path=PATH, before=before, after=_written(before, data | {"hooks": new}), why=_WHY)


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our hooks; what held nothing else goes with them."""
    data = _read(before) if before is not None else None
    hooks = data.get("hooks") if data is not None else None
    if before is None or data is None or not isinstance(hooks, dict):
        return None
    new = {
        event: [kept for each in groups if (kept := _without(each, event))] if isinstance(groups, list) else groups
        for event, groups in hooks.items()
    }
    if new == hooks:
        return None
    kept = {event: groups for event, groups in new.items() if groups or groups == hooks[event]}
    rest = {key: value for key, value in data.items() if key != "hooks"} if not kept else data | {"hooks": kept}
    after = _written(before, rest) if rest else None
    return Proposal(path=PATH, before=before, after=after, why="takes out what init wrote")


def _without(group: Any, event: str) -> Any:  # noqa: ANN401 - whatever a person wrote there
    """Return a group without our hook; None if nothing is left in it."""
    handlers = _handlers(group)
    rest = [each for each in handlers if not _is_ours(each, event)]
    if len(rest) == len(handlers):
        return group
    return group | {"hooks": rest} if rest else None


def _handlers(group: object) -> list[Any]:
    found = group.get("hooks") if isinstance(group, dict) else None
    return found if isinstance(found, list) else []


def _is_ours(handler: object, event: str) -> bool:
    """Tell our hook, also where somebody has given it more words or another time."""
    said = str(handler.get("command")) if isinstance(handler, dict) else ""
    ours = str(_EVENTS[event][1]["command"]).removesuffix(" || true") if event in _EVENTS else ""
    return bool(ours) and ours in said


def _read(content: bytes) -> dict[str, Any] | None:
    """Read settings; where a key stands twice, one of the two would be lost."""
    text = block.text(content)
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once) if text is not None else None
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return dict(pairs)


def _written(before: bytes | None, data: dict[str, Any]) -> bytes:
    """Write settings as they were written before: with their indent, line ends, and last line."""
    text = (before or b"{}\n").decode()
    found = _INDENT.search(text)
    is_ascii = text.isascii() and "\\u" in text
    new = json.dumps(data, indent=found[1] if found else 2, ensure_ascii=is_ascii)
    new = f"{new}\n" if text.endswith("\n") else new
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return (mark + new.replace("\n", block.end(text))).encode()
