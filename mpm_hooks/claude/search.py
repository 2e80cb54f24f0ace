"""Which transcript is the project's: told by the directories and times inside, for folders and file times mislead.

Claude Code 2.0 to 2.1.330 names a project's folder by replacing every character but letters and digits: ``/a/b-c`` and
``/a/b/c`` share one. Copies and backups change the times of files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from mpm_hooks.claude.record import moment, parse
from mpm_hooks.claude.store import Store

_HEAD = 1_000_000
_LONGEST_PATH = 4096


def find(store: Store, root: Path, session_id: str) -> tuple[str, datetime] | None:
    """Find the transcript of this session, else the project's last, and when it was active; None if there is none."""
    project = Path(os.path.realpath(root))
    transcripts = list(_transcripts(store))
    named = [name for name in transcripts if session(name) == session_id]
    return _newest(store, project, named) or _newest(store, project, transcripts)


def session(transcript: str) -> str:
    """Return the id of a transcript's session."""
    return transcript.rpartition("/")[2].removesuffix(".jsonl")


def _transcripts(store: Store) -> Iterator[str]:
    """Yield the transcripts of all projects; subagents' stand below or, in Claude Code 2.0, beside them."""
    for folder in store.names("projects"):
        for name in store.names(f"projects/{folder}"):
            if name.endswith(".jsonl") and not name.startswith("agent-"):
                yield f"projects/{folder}/{name}"


def _newest(store: Store, project: Path, transcripts: Iterable[str]) -> tuple[str, datetime] | None:
    is_ours = cache(lambda cwd: _holds(project, cwd))
    ours = (name for name in transcripts if is_ours(_first_cwd(store, name)))
    active = ((name, last) for name in ours if (last := _last_active(store, name)))
    return max(active, key=lambda found: found[::-1], default=None)


def _first_cwd(store: Store, transcript: str) -> str:
    """Return the directory in which a session began, empty if it does not say; lines of subagents do not count."""
    for line in store.lines(transcript, _HEAD):
        record = parse(line) if b'"cwd"' in line else {}
        cwd = record.get("cwd")
        if isinstance(cwd, str) and record.get("isSidechain") is not True:
            return cwd
    return ""


def _last_active(store: Store, transcript: str) -> datetime | None:
    for line in store.lines_backwards(transcript):
        record = parse(line) if b'"timestamp"' in line else {}
        if record.get("isSidechain") is not True and (found := moment(record)):
            return found
    return None


def _holds(project: Path, cwd: str) -> bool:
    """Tell whether work in a directory is work in the project, and not in a repository below it."""
    place = _resolved(cwd)
    if place is None or not place.is_relative_to(project):
        return False
    parts = place.relative_to(project).parts
    inner = (project.joinpath(*parts[:count], ".git") for count in range(1, len(parts) + 1))
    return not any(os.path.lexists(path) for path in inner)


def _resolved(cwd: str) -> Path | None:
    """Follow the links in a path, None if it can be no directory; a relative one would be taken from ours."""
    if len(cwd) > _LONGEST_PATH or not Path(cwd).is_absolute():
        return None
    try:
        return Path(os.path.realpath(cwd))
    except (ValueError, RecursionError):
        return None
