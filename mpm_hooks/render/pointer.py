"""An id -> the pointer to that session."""

from __future__ import annotations

from mpm_hooks.session import DIRECTORY


def render(session_id: str) -> str:
    """Write the pointer to a session as upstream does, without its line of the project's absolute path."""
    date, time = session_id[8:16], session_id[17:]
    return f"""Latest Session: {session_id}
Paused At: {date[:4]}-{date[4:6]}-{date[6:]} {time[:2]}:{time[2:4]}:{time[4:]} UTC

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
