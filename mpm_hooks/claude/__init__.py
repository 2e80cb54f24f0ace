"""The only module that reads Claude Code's own store, and only what it says of one project; its prose stays there.

Nothing of that store is documented, and it is written while we read: what is odd in it is passed over. Names and forms
are those of Claude Code 2.0 to 2.1.330.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from mpm_hooks.claude import files, search
from mpm_hooks.claude.answers import Answers
from mpm_hooks.claude.calls import Calls
from mpm_hooks.claude.record import moment, parse
from mpm_hooks.claude.store import Store
from mpm_hooks.facts import Agent


def read(root: Path, environment: Mapping[str, str], home: Path) -> tuple[Agent | None, tuple[str, ...]]:
    """Return what the store says of the session at work in a project, None if it knows none, and what was left out.

    Args:
        root: The top directory of the project.
        environment: The caller's: ``CLAUDE_CONFIG_DIR`` says where the store is, ``CLAUDE_CODE_SESSION_ID`` which
            session is at work (else it is the one that was active last).
        home: The user's home directory.
    """
    store = _store(environment, home)
    found = search.find(store, root, environment.get("CLAUDE_CODE_SESSION_ID", ""))
    agent = _agent(store, *found, environment) if found else None
    return agent, store.warnings


def _store(environment: Mapping[str, str], home: Path) -> Store:
    """Say where the store is, and how to name that to others: without the user's home."""
    elsewhere = environment.get("CLAUDE_CONFIG_DIR")
    return Store(Path(elsewhere), "$CLAUDE_CONFIG_DIR") if elsewhere else Store(home / ".claude", "~/.claude")


def _agent(store: Store, transcript: str, last_active: datetime, environment: Mapping[str, str]) -> Agent:
    session = search.session(transcript)
    began, answers, calls = _replayed(store, transcript)
    return Agent(
        began=min(began or last_active, last_active),
        last_active=last_active,
        todos=files.todos(store, session) if calls.todos is None else calls.todos,
        tasks=files.tasks(store, session, environment, calls.tasks),
        models=answers.models,
        tokens=answers.tokens,
    )


def _replayed(store: Store, transcript: str) -> tuple[datetime | None, Answers, Calls]:
    """Read a transcript through; what tools gave back, the bulk of it, is only looked at where a call awaits it."""
    began, answers, calls = None, Answers(), Calls()
    for line in store.lines(transcript):
        if began and b'"assistant"' not in line and not (calls.awaited and b"tool_result" in line):
            continue
        record = parse(line)
        if record.get("isSidechain") is not True:
            began = began or moment(record)
            answers.add(record)
            calls.add(record)
    return began, answers, calls
