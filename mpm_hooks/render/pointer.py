"""An id -> the pointer to that session."""

from __future__ import annotations

from mpm_hooks.session import DIRECTORY, moment_of


def render(session_id: str) -> str:
    """Write the pointer to a session as upstream does, without its line of the project's absolute path."""
    return f"""Latest Session: {session_id}
Paused At: {moment_of(session_id):%Y-%m-%d %H:%M:%S} UTC

Files:
- {session_id}.json (machine-readable)
- {session_id}.yaml (human-readable config)
- {session_id}.md (documentation)

Quick Resume:
  /mpm-resume

Full Context:
  cat {DIRECTORY}/{session_id}.md

Validation:
  git status && git log -1 --stat
"""
