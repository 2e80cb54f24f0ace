"""Sessions in work trees for tests: what is listed, shown and resumed."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from conftest import Repository
from sessions import ID, paused, quiet

from mpm_hooks import resumption
from mpm_hooks.resumption import Place
from mpm_hooks.session import DIRECTORY, Json

NOW = datetime(2026, 1, 22, 13, 0, tzinfo=UTC)
OLDEST = "session-20260119-100000"
OLDER = "session-20260120-100000"
HOSTILE = "\x1b[2J\x07##[command] ::error::x \u202e| `x` @ann <script>\nsecond\u2028line"


def save(
    project: Repository,
    named: str = ID,
    folder: str = DIRECTORY,
    *,
    committed: bool = True,
    said: dict[str, Json] | None = None,
) -> None:
    """Write a session that was paused at HEAD, on the branch that is checked out; commit it."""
    git: Json = {
        "is_git_repo": True,
        "branch": project.git("branch", "--show-current").strip(),
        "head": project.git("rev-parse", "HEAD", check=False).strip(),
        "change": {"files": [{"path": "parse.py"}]},
    }
    for name, content in paused(quiet(named, **{"git_context": git, **(said or {})})).items():
        project.write(f"{folder}/{name}", content)
    if committed:
        project.git("add", "--force", folder)
        project.git("commit", "--quiet", "-m", "session: pause")


def about(topic: str) -> dict[str, Json]:
    """Give a session a topic."""
    return {"conversation": {"primary_task": topic, "summary": f"{topic}.", "next_steps": ["Go on"]}}


def place(project: Repository, settings: str = "") -> Place:
    """Stand at the top of a repository, at a known time."""
    return resumption.place(os.path.realpath(project.path), settings, NOW)
