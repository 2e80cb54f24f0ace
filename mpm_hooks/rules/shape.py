"""MPM2xx: a session is not what upstream's readers need (``session_resume_helper.py``, 4.20.0 to 6.5.83)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from mpm_hooks.finding import Finding, Severity
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.parse.json_form import kind
from mpm_hooks.parse.record import Action
from mpm_hooks.session import Json, Session, moment_of, record_id

TEXT: Final = (str,)
NUMBER: Final = (int, float)
FLAG: Final = (bool,)
ARRAY: Final = (list,)
OBJECT: Final = (dict,)

# Path of keys -> the types that every reader takes; null is fine where upstream itself writes it or a reader minds not.
FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "session_id": TEXT,
    "paused_at": TEXT,
    "duration_hours": (*NUMBER, type(None)),
    "context_usage": (*OBJECT, type(None)),
    "context_usage.tokens_used": NUMBER,
    "context_usage.tokens_total": NUMBER,
    "context_usage.percentage": NUMBER,
    "conversation": OBJECT,
    "conversation.primary_task": (*TEXT, type(None)),
    "conversation.current_phase": (*TEXT, type(None)),
    "conversation.summary": (*TEXT, type(None)),
    "conversation.accomplishments": (*ARRAY, type(None)),
    "conversation.accomplishments[]": TEXT,
    "conversation.next_steps": (*ARRAY, type(None)),
    "conversation.next_steps[]": (*TEXT, *OBJECT),
    "git_context": OBJECT,
    "git_context.is_git_repo": FLAG,
    "git_context.branch": (*TEXT, type(None)),
    "git_context.head": (*TEXT, type(None)),
    "git_context.operation": TEXT,
    "git_context.operation_detail": TEXT,
    "git_context.base": OBJECT,
    "git_context.base.branch": TEXT,
    "git_context.base.merge_base": (*TEXT, type(None)),
    "git_context.base.ahead": NUMBER,
    "git_context.base.behind": NUMBER,
    "git_context.base.merged": FLAG,
    "git_context.change": OBJECT,
    "git_context.change.since": (*TEXT, type(None)),
    "git_context.change.files_changed": NUMBER,
    "git_context.change.insertions": NUMBER,
    "git_context.change.deletions": NUMBER,
    "git_context.change.files": ARRAY,
    "git_context.change.files[]": OBJECT,
    "git_context.change.files[].path": TEXT,
    "git_context.recent_commits": ARRAY,
    "git_context.recent_commits[]": OBJECT,
    "git_context.recent_commits[].sha": TEXT,
    "git_context.recent_commits[].author": TEXT,
    "git_context.recent_commits[].timestamp": TEXT,
    "git_context.recent_commits[].message": TEXT,
    "git_context.status": OBJECT,
    "git_context.status.clean": FLAG,
    "git_context.status.modified_files": ARRAY,
    "git_context.status.modified_files[]": TEXT,
    "git_context.status.untracked_files": ARRAY,
    "git_context.status.untracked_files[]": TEXT,
    "git_context.status.entries": ARRAY,
    "git_context.status.entries[]": OBJECT,
    "git_context.status.entries[].xy": TEXT,
    "git_context.status.entries[].path": TEXT,
    "active_context": OBJECT,
    "active_context.working_directory": TEXT,
    "important_reminders": (*ARRAY, type(None)),
    "important_reminders[]": TEXT,
    "resume_instructions": OBJECT,
    "resume_instructions.quick_start": ARRAY,
    "resume_instructions.quick_start[]": TEXT,
    "resume_instructions.files_to_review": ARRAY,
    "resume_instructions.files_to_review[]": TEXT,
    "resume_instructions.validation_commands": OBJECT,
    "open_questions": (*ARRAY, type(None)),
    **{
        f"{key}{each}": types
        for key in ("blockers", "decisions", "tried", "not_known")
        for each, types in (("", ARRAY), ("[]", TEXT))
    },
    "performance_metrics": (*OBJECT, type(None)),
    "todos": OBJECT,
    "todos.active": ARRAY,
    "todos.active[]": OBJECT,
    "todos.completed": ARRAY,
    "todos.completed[]": OBJECT,
    "task_list": OBJECT,
    "task_list.pending_tasks": ARRAY,
    "task_list.pending_tasks[]": OBJECT,
    "task_list.in_progress_tasks": ARRAY,
    "task_list.in_progress_tasks[]": OBJECT,
    "task_list.completed_count": NUMBER,
    "version": TEXT,
    "build": (*TEXT, *NUMBER, type(None)),
    "project_path": (*TEXT, type(None)),
    "generator": TEXT,
    "incremental_pause": OBJECT,
    "incremental_pause.action_count": NUMBER,
    "incremental_pause.actions_summary": ARRAY,
}
REQUIRED: Final = ("session_id", "paused_at", "conversation", "conversation.summary")

ACTION_FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "type": TEXT,
    "timestamp": TEXT,
    "session_id": TEXT,
    "data": OBJECT,
    "context_percentage": NUMBER,
}


def check_fields(document: Document) -> Iterator[Finding]:
    """MPM202, MPM203: a field that a reader needs is missing, or of a type on which one stops or shows nonsense."""
    for keys, value in _values(document.data):
        pattern = "".join("[]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
        types = FIELDS.get(pattern)
        if types is not None and not _is(value, types):
            message = f"{spell(keys)} is {kind(value)}, not {_spell_types(types)}"
            yield document.fault(keys, "MPM203", message, "correct the value; the md form may still tell it")
    for pattern in REQUIRED:
        *above, key = pattern.split(".")
        holder = Session(id="", data=document.data).find(*above)
        if isinstance(holder, dict) and key not in holder:
            message = f"{pattern} is missing"
            yield document.fault(tuple(above), "MPM202", message, "add it; the other forms may still tell it")


def check_date(document: Document) -> Iterator[Finding]:
    """MPM206: ``paused_at`` is no ISO 8601 date and time; readers then say "unknown time ago"."""
    value = document.data.get("paused_at")
    if not isinstance(value, str):
        return
    try:
        datetime.fromisoformat(value)
    except ValueError:
        message = f"paused_at is no date: {value!r}"
        way_out = "write it like 2026-01-21T10:00:00+00:00; the file name tells the second"
        yield document.fault(("paused_at",), "MPM206", message, way_out)


def check_id(document: Document, session_id: str) -> Iterator[Finding]:
    """MPM205: the session calls itself by another name than its file does."""
    value = document.data.get("session_id")
    if isinstance(value, str) and value != session_id:
        message = f"session_id is {value!r}, the file is named {session_id}"
        yield document.fault(("session_id",), "MPM205", message, "rename the file, or correct session_id")


def check_name(path: str, session_id: str) -> Iterator[Finding]:
    """MPM204: the file name must be a real UTC second: names are sorted and compared as times."""
    if moment_of(session_id) is None:
        message = f"{session_id} names no real second: it is session-YYYYMMDD-HHMMSS in UTC"
        yield Finding(path=path, code="MPM204", message=message, way_out="rename all forms of the session alike")


def check_regular(path: str, what: str) -> Iterator[Finding]:
    """MPM101: a link or a device where a file should be may lead out of the repository, and never to a session."""
    way_out = "replace it by a regular file"
    yield Finding(path=path, code="MPM101", message=f"is {what}, not a regular file", way_out=way_out)


def check_other(path: str) -> Iterator[Finding]:
    """MPM208: a file that no reader takes for a session's, or (``session-NAME.json``) only those up to 6.2.48 do."""
    message = "is not named like a session's file, and was not looked at"
    way_out = "name it session-YYYYMMDD-HHMMSS.json, .yaml or .md if it is a session; else keep it elsewhere"
    yield Finding(path=path, code="MPM208", message=message, way_out=way_out, severity=Severity.WARNING)


def check_record(path: str, name: str, actions: tuple[Action, ...]) -> Iterator[Finding]:
    """MPM207: a record holds exactly the five fields of upstream's PauseAction, or no pause can be made of it."""
    way_out = "restore the file, or delete it: the pause that it recorded cannot be finished"
    if actions and actions[0].data.get("type") != "pause_started":
        message = "the first action is not pause_started"
        yield Finding(path=path, line=actions[0].line, code="MPM207", message=message, way_out=way_out)
    for action in actions:
        for message in _faults(action.data, record_id(name)):
            yield Finding(path=path, line=action.line, code="MPM207", message=message, way_out=way_out)


def _faults(data: Mapping[str, Json], session_id: str | None) -> Iterator[str]:
    yield from (f"{key} is missing" for key in ACTION_FIELDS if key not in data)
    yield from (f"{key} is no field of an action" for key in data if key not in ACTION_FIELDS)
    for key, types in ACTION_FIELDS.items():
        if key in data and not _is(data[key], types):
            yield f"{key} is {kind(data[key])}, not {_spell_types(types)}"
    if session_id and isinstance(data.get("session_id"), str) and data["session_id"] != session_id:
        yield f"session_id is {data['session_id']!r}, the file is named for {session_id}"


def _values(data: Mapping[str, Json]) -> Iterator[tuple[tuple[Key, ...], Json]]:
    """Yield every value with its path, in the order of the file."""
    waiting: list[tuple[tuple[Key, ...], Json]] = [((), dict(data))]
    while waiting:
        keys, value = waiting.pop()
        if keys:
            yield keys, value
        if isinstance(value, dict):
            waiting.extend(((*keys, key), inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend(((*keys, index), value[index]) for index in reversed(range(len(value))))


def _is(value: Json, types: tuple[type, ...]) -> bool:
    """Compare types as JSON has them: true is no number, though Python's bool is an int."""
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def _spell_types(types: tuple[type, ...]) -> str:
    names = {str: "a string", int: "a number", bool: "a boolean", list: "an array", dict: "an object"}
    return " or ".join(names[each] for each in types if each in names)
