"""A session's data -> what a reviewer is told of it: chosen fields, each a text of bounded length without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from mpm_hooks import account, harm, redact
from mpm_hooks.rules import faults, truth
from mpm_hooks.session import DIRECTORY, Json, Session, moment_of
from mpm_hooks.summary import State, Told

_SEARCHED = 20_000
"""Characters of a text in which secrets are looked for; of these the first are told, so that none is cut in two."""
_TOLD = 2_000
_MOST = 100
"""Texts in a list; nobody reads more."""
_MOST_FILES = 1_000
_OURS = DIRECTORY.partition("/")[0] + "/"
_NOWHERE = redact.Places()
_HARMFUL = "(a command that {} is not shown)"


def unreadable(session_id: str, path: str) -> Told:
    """Tell of a session that nobody can read."""
    return Told(id=session_id, path=path, state=State.UNREADABLE, moment=moment_of(session_id))


def of(session: Session, path: str) -> Told:
    """Tell what a session says, of any shape: what is not as it should be is left out."""
    told = Told(
        id=session.id,
        path=path,
        state=State.IN_PROGRESS,
        moment=paused(session),
        branch=safe(session.text("git_context", "branch")),
        commit=next(truth.heads(session), ""),
        goal=_said(session, "primary_task"),
        account=_said(session, "summary"),
        done=all_safe(session.texts("conversation", "accomplishments")),
        next=all_safe(_next(session)),
        decisions=all_safe(session.texts("decisions")),
        questions=all_safe(session.texts("open_questions")),
        blockers=all_safe(session.texts("blockers")),
        tried=all_safe(session.texts("tried")),
        verify=tuple(_verify(session)),
        files=_chosen(_files(session)),
        loose=_chosen(_loose(session)),
    )
    return replace(told, state=_state(session, told))


def _state(session: Session, told: Told) -> State:
    if told.blockers:
        return State.BLOCKED
    is_open = told.questions or told.loose or session.text("git_context", "operation") or _is_open(session, told)
    return State.IN_PROGRESS if is_open or not _says_all(session, told) else State.READY


def _is_open(session: Session, told: Told) -> bool:
    """Tell whether a step is left; what git alone suggests as the next one is none."""
    is_stated = not any(text.startswith(account.UNSTATED) for text in session.texts("not_known"))
    return bool(told.next) and (is_stated or any(_open(session)))


def _says_all(session: Session, told: Told) -> bool:
    """Tell a session whose silence says something: claude-mpm names no next step of itself, whatever is left."""
    return bool(session.text("generator") or (told.done and session.find("incremental_pause") is None))


def paused(session: Session) -> datetime | None:
    """Return when the session was paused, in UTC."""
    try:
        moment = datetime.fromisoformat(session.text("paused_at"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return moment_of(session.id)


def _said(session: Session, key: str) -> str:
    """Return what stands under a key of the conversation, unless it is a placeholder."""
    text = session.text("conversation", key)
    return "" if text in faults.PLACEHOLDERS.get(key, ()) else safe(text)


def _next(session: Session) -> Iterator[str]:
    """Yield what comes next: the steps, then open todos and tasks that are none of them."""
    steps = session.find("conversation", "next_steps")
    for step in steps if isinstance(steps, list) else ():
        yield from [step] if isinstance(step, str) else _undone([step], "task")
    yield from _open(session)


def _open(session: Session) -> Iterator[str]:
    yield from _undone(session.objects("todos", "active"), "content")
    yield from _undone(session.objects("task_list", "in_progress_tasks"), "title")
    yield from _undone(session.objects("task_list", "pending_tasks"), "title")


def _undone(items: Iterable[Json], said: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict) and isinstance(text := item.get(said), str) and item.get("status") != "completed":
            yield text


def _verify(session: Session) -> Iterator[str]:
    """Yield the commands that verify the work; those that every session has say nothing of it."""
    commands = session.find("resume_instructions", "validation_commands")
    for name, command in list(commands.items())[:_MOST] if isinstance(commands, dict) else ():
        if isinstance(command, str) and command.strip() and name not in ("check_git", "check_session"):
            does = harm.of(command[:_SEARCHED])
            yield _HARMFUL.format(does[0]) if does else safe(_under(name, command))


def _under(name: str, command: str) -> str:
    """Return a command without its secrets; the name that it has may say that it is one."""
    shown, _ = redact.data({name[:_TOLD]: command[:_SEARCHED]}, _NOWHERE)
    return str(next(iter(shown.values()))) if isinstance(shown, dict) else ""


def _files(session: Session) -> Iterator[str]:
    """Yield the files that a session names as changed, or to review."""
    yield from (name for _, name in truth.files(session))
    for keys in (("change", "files"), ("status", "entries")):
        records = session.objects("git_context", *keys)
        yield from (path for record in records if isinstance(path := record.get("path"), str))


def _loose(session: Session) -> Iterator[str]:
    for key in ("modified_files", "untracked_files"):
        yield from session.texts("git_context", "status", key)


def _chosen(names: Iterable[str]) -> tuple[str, ...]:
    """Return files, each once and without secrets; sessions are not among them."""
    kept = [name for name in dict.fromkeys(names) if name and _OURS not in name]
    return tuple(safe(name) for name in kept[:_MOST_FILES])


def all_safe(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts that say something, each once and without secrets."""
    kept = [text for text in dict.fromkeys(texts) if text.strip()]
    return tuple(safe(text) for text in kept[:_MOST])


def safe(text: str) -> str:
    """Return a text without secrets and private places, as much of it as anybody reads."""
    shown, _ = redact.text(text[:_SEARCHED], _NOWHERE)
    return shown[:_TOLD]
