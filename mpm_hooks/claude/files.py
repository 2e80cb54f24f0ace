"""Lists that Claude Code keeps in files of their own, beside the transcript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mpm_hooks.claude import items
from mpm_hooks.claude.record import MOST, load, parse, task_id
from mpm_hooks.claude.store import Store
from mpm_hooks.facts import Task, Todo

_TASK = re.compile(r"([0-9]{1,9})\.json")
_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]")


def todos(store: Store, session: str) -> tuple[Todo, ...]:
    """Return the main agent's todo list, which Claude Code up to 2.1.30 kept in a file, in every kind of session."""
    return items.todos(load(store.content(f"todos/{session}-agent-{session}.json")))


def tasks(store: Store, session: str, environment: Mapping[str, str], replayed: Mapping[str, Task]) -> tuple[Task, ...]:
    """Return the tasks, the last where there are too many; where a task has a file, that is its newest state."""
    merged = dict(replayed)
    for name in _lists(session, environment):
        merged |= {task.id: task for task in _read(store, f"tasks/{name}")}
    return tuple(sorted(merged.values(), key=lambda task: int(task.id))[-MOST:])


def _lists(session: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the names that a session's list may have: its id since Claude Code 2.1.16, the start of it in 2.1.330."""
    yield _UNSAFE.sub("-", session)
    yield _UNSAFE.sub("-", f"session-{session[:8]}")
    own = environment.get("CLAUDE_CODE_TASK_LIST_ID")
    if own and environment.get("CLAUDE_CODE_SESSION_ID") == session:
        yield _UNSAFE.sub("-", own)


def _read(store: Store, folder: str) -> Iterator[Task]:
    numbers = sorted(int(named[1]) for name in store.names(folder) if (named := _TASK.fullmatch(name)))
    for number in numbers[-MOST:]:
        item = parse(store.content(f"{folder}/{number}.json"))
        if found := items.task(task_id(item, "id"), item, items.status(item)):
            yield found
