"""The only module that reads Claude Code's own store, and only what it says of one project; its prose stays there.

Nothing of that store is documented, and it is written while we read: what is odd in it is passed over. Names and forms
are those of Claude Code 2.0 to 2.1.330.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from mpm_hooks.claude import record, search
from mpm_hooks.claude.record import MOST, task_id
from mpm_hooks.claude.store import Store
from mpm_hooks.claude.transcript import Transcript
from mpm_hooks.facts import Agent, Task

_TASK = re.compile(r"([0-9]{1,9})\.json")
_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]")


def read(root: Path, environment: Mapping[str, str], home: Path) -> tuple[Agent | None, tuple[str, ...]]:
    """Return what the store says of the session at work in a project, None if it knows none, and what was left out.

    Args:
        root: The top directory of the project.
        environment: The caller's: ``CLAUDE_CONFIG_DIR`` says where the store is, ``CLAUDE_CODE_SESSION_ID`` which
            session is at work (else it is the one that was active last).
        home: The user's home directory.
    """
    elsewhere = environment.get("CLAUDE_CONFIG_DIR")
    # It is named to others without the user's home.
    store = Store(Path(elsewhere), "$CLAUDE_CONFIG_DIR") if elsewhere else Store(home / ".claude", "~/.claude")
    found = search.find(store, root, environment.get("CLAUDE_CODE_SESSION_ID", ""))
    return _agent(store, *found, environment) if found else None, store.warnings


def _agent(store: Store, transcript: str, last_active: datetime, environment: Mapping[str, str]) -> Agent:
    session, told = search.session(transcript), Transcript(store, transcript)
    todos, tasks = told.todos, dict(told.tasks)
    if todos is None:  # up to 2.1.30 the main agent's list was kept in a file, in every kind of session
        todos = record.todos(record.load(store.content(f"todos/{session}-agent-{session}.json")))
    for name in _lists(session, environment):  # where a task has a file, that is its newest state
        tasks |= {task.id: task for task in _tasks(store, f"tasks/{name}")}
    return Agent(
        began=min(told.began or last_active, last_active),
        last_active=last_active,
        todos=todos,
        tasks=tuple(sorted(tasks.values(), key=lambda task: int(task.id))[-MOST:]),
        models=tuple(told.models),
        tokens=told.tokens,
    )


def _lists(session: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the names that a session's list may have: its id since Claude Code 2.1.16, the start of it in 2.1.330."""
    yield _UNSAFE.sub("-", session)
    yield _UNSAFE.sub("-", f"session-{session[:8]}")
    own = environment.get("CLAUDE_CODE_TASK_LIST_ID")
    if own and environment.get("CLAUDE_CODE_SESSION_ID") == session:
        yield _UNSAFE.sub("-", own)


def _tasks(store: Store, folder: str) -> Iterator[Task]:
    """Yield the tasks that have files, the last where there are too many."""
    numbers = sorted(int(named[1]) for name in store.names(folder) if (named := _TASK.fullmatch(name)))
    for number in numbers[-MOST:]:
        item = record.parse(store.content(f"{folder}/{number}.json"))
        if found := record.task(task_id(item, "id"), item, record.status(item)):
            yield found
