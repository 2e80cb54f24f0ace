"""Facts and a clock -> Session. What is not known is left out: a zero or an empty list would be a claim."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import datetime

from mpm_hooks import __version__
from mpm_hooks.facts import Entry, Facts, WorkState
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session, id_of

_LONGEST_TASK = 120
_MOST_REVIEWED = 50
_TRUNKS = frozenset({"main", "master", "trunk", "develop", "development"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""What Python makes of a byte that is no UTF-8, in an argument or a variable."""


def take(facts: Facts, moment: datetime) -> Session:
    """Make the session of this UTC second from the facts."""
    session_id = id_of(moment)
    message = clean(facts.message)
    data: dict[str, Json] = {
        "session_id": session_id,
        "paused_at": moment.isoformat(),
        "conversation": {
            "primary_task": _task(message, facts),
            "current_phase": _phase(facts.work),
            "summary": message or _sentence(facts),
            "accomplishments": [],
            "next_steps": [],
        },
        "git_context": _git_context(facts.work),
        "active_context": {"working_directory": facts.directory},
        "important_reminders": _reminders(facts.work),
        "resume_instructions": {
            "quick_start": _quick_start(session_id, facts.work),
            "files_to_review": list(_to_review(facts.work)),
            "validation_commands": _validation(session_id, facts.work),
        },
        "open_questions": [],
        **({"version": facts.version} if facts.version else {}),
        "project_path": "",
        "generator": f"mpm-hooks {__version__}",
    }
    return Session(id=session_id, data=data)


def commit_message(session: Session, message: str) -> str:
    """Word the commit of a session as upstream does up to 6.2.40, the context on one line."""
    moment = datetime.fromisoformat(session.text("paused_at"))
    lines = [f"session: pause at {moment:%Y-%m-%d %H:%M:%S}", "", f"Session ID: {session.id}"]
    context = " ".join(clean(message).split())
    return "\n".join([*lines, *([f"Context: {context}"] if context else [])]) + "\n"


def clean(text: str) -> str:
    """Remove what no file form may hold: control characters, and bytes of an argument that were no UTF-8."""
    whole = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).replace("\r\n", "\n")
    lines = _CONTROL.sub("", whole).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _task(message: str, facts: Facts) -> str:  # noqa: PLR0911 - a list of cases, the first that holds
    """Name the task: the message's first line, else what the branch, the changes or the last commit tell."""
    if message:
        return _shortened(message.split("\n", 1)[0])
    work = facts.work
    if work is None:
        return f"Work in {facts.project}"
    if work.operation:
        return f"{work.operation.capitalize()}{f' on {work.branch}' if work.branch else ''}"
    if work.branch and work.branch not in _TRUNKS:
        after = f" (last commit: {work.commits[0].message})" if work.commits else ""
        return _shortened(f"Work on {work.branch}{after}")
    if work.entries:
        return f"Changes to {_enumerated([entry.path for entry in work.entries])}"
    if work.commits:
        return _shortened(f"After commit {work.commits[0].sha}: {work.commits[0].message}")
    return f"Begin {facts.project}"


def _phase(work: WorkState | None) -> str:  # noqa: PLR0911 - a list of cases, the first that holds
    """Name the phase by the state of git alone."""
    if work is None:
        return "Not under version control"
    conflicts = sum(_is_conflict(entry) for entry in work.entries)
    if conflicts:
        return f"{(work.operation or 'merge').capitalize()} in progress, {_count(conflicts, 'file')} in conflict"
    if work.operation:
        return f"{work.operation.capitalize()} in progress"
    tracked = [entry for entry in work.entries if not entry.is_untracked]
    if any(entry.xy[1] != "." for entry in tracked):
        return "Changes in progress"
    if tracked:
        return "Changes staged, not committed"
    if work.entries:
        return "New files not added yet"
    return "Everything committed" if work.head else "Before the first commit"


def _sentence(facts: Facts) -> str:
    """Say where the work stands, for want of a message."""
    work = facts.work
    if work is None:
        return f"Paused in {facts.project}, outside version control. No message was given."
    place = f"on {work.branch}" if work.branch else "on a detached HEAD"
    at = f" at {work.commits[0].sha} ({work.commits[0].message})" if work.commits else ", before the first commit"
    untracked = sum(entry.is_untracked for entry in work.entries)
    changed = len(work.entries) - untracked
    parts = [f"{_count(changed, 'changed file')}"] if changed else []
    parts += [f"{_count(untracked, 'untracked file')}"] if untracked else []
    return f"Paused {place}{at}, with {' and '.join(parts) or 'nothing uncommitted'}. No message was given."


def _git_context(work: WorkState | None) -> dict[str, Json]:
    if work is None:
        return {"is_git_repo": False, "branch": None, "recent_commits": []}
    commits: list[Json] = [
        {"sha": commit.sha, "author": commit.author, "timestamp": commit.timestamp, "message": commit.message}
        for commit in work.commits
    ]
    return {
        "is_git_repo": True,
        "branch": work.branch or "",
        "head": work.head,
        **({"operation": work.operation} if work.operation else {}),
        "recent_commits": commits,
        "status": _status(work.entries) | ({"incomplete": work.incomplete} if work.incomplete else {}),
    }


def _status(entries: Sequence[Entry]) -> dict[str, Json]:
    records: list[Json] = []
    for entry in entries:
        record: dict[str, Json] = {"xy": entry.xy, "path": entry.path}
        records.append(record | ({"original_path": entry.original_path} if entry.original_path is not None else {}))
    return {
        "clean": not entries,
        "modified_files": [entry.path for entry in entries if not entry.is_untracked],
        "untracked_files": [entry.path for entry in entries if entry.is_untracked],
        "entries": records,
    }


def _reminders(work: WorkState | None) -> list[Json]:
    if work is None:
        return []
    reminders: list[Json] = [f"{work.operation.capitalize()} in progress"] if work.operation else []
    return [*reminders, *([f"The status is incomplete: {work.incomplete}"] if work.incomplete else [])]


def _to_review(work: WorkState | None) -> Sequence[str]:
    """Name the files at work; where all is committed, those of the last commit. Sessions are not among them."""
    if work is None:
        return ()
    names = [entry.path for entry in work.entries] or work.last_changed
    return [name for name in names if not name.startswith(".claude-mpm/")][:_MOST_REVIEWED]


def _quick_start(session_id: str, work: WorkState | None) -> list[Json]:
    """Say how to go on; the line of the pointer is worded as upstream's is."""
    steps: list[Json] = [f"Read {session_id}.md for full context"]
    if work is not None:
        steps += [f"Run: git switch {shlex.quote(work.branch)}"] if work.branch else []
        steps += ["Run: git status to check current state"]
    return [*steps, f"Run: cat {DIRECTORY}/{POINTER}"]


def _validation(session_id: str, work: WorkState | None) -> dict[str, Json]:
    commands: dict[str, Json] = {"check_git": "git status && git log -1 --stat"} if work else {}
    return commands | {"check_session": f"cat {DIRECTORY}/{session_id}.md"}


def _is_conflict(entry: Entry) -> bool:
    return "U" in entry.xy or entry.xy in ("AA", "DD")


def _enumerated(names: Sequence[str]) -> str:
    shown = ", ".join(names[:2])
    return f"{shown} and {len(names) - 2} more" if len(names) > 2 else shown  # noqa: PLR2004


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_TASK else f"{text[: _LONGEST_TASK - 1]}…"
