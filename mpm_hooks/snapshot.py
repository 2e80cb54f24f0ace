"""Facts and a clock -> Session. What is not known is left out, or said to be so: a zero or an empty list is a claim."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import datetime

from mpm_hooks import __version__, account, recorded
from mpm_hooks.facts import Agent, Facts, WorkState
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session, id_of
from mpm_hooks.status import Change

_MOST_REVIEWED = 50
_MOST_CHANGES = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""What Python makes of a byte that is no UTF-8, in an argument or a variable."""


def take(facts: Facts, moment: datetime, *, asked: bool = True) -> Session:
    """Make the session of this UTC second from the facts; ``asked`` says whether Claude Code's store was read."""
    session_id, said, work = id_of(moment), facts.statement, facts.work
    data: dict[str, Json] = {
        "session_id": session_id,
        "paused_at": moment.isoformat(),
        **_measured(facts),
        "conversation": {
            "primary_task": account.task(facts),
            "current_phase": account.phase(facts),
            "summary": account.summary(facts),
            **_lists(accomplishments=account.done(facts), next_steps=account.next_steps(facts)),
        },
        **_lists(blockers=said.blockers, decisions=said.decisions, open_questions=said.questions, tried=said.tried),
        "git_context": git_context(work),
        "active_context": {"working_directory": facts.directory},
        **_lists(important_reminders=_reminders(facts)),
        "resume_instructions": {
            "quick_start": list(_quick_start(session_id, work)),
            **_lists(files_to_review=_to_review(work)),
            "validation_commands": {**facts.verify, **_validation(session_id, work)},
        },
        **_lists(not_known=tuple(account.not_known(facts, asked=asked))),
        **({"version": facts.version} if facts.version else {}),
        "project_path": "",
        "generator": f"mpm-hooks {__version__}",
    }
    return Session(id=session_id, data=data)


def git_context(work: WorkState | None) -> dict[str, Json]:
    """Say where the work stands, as upstream does and more exactly."""
    if work is None:
        return {"is_git_repo": False, "branch": None, "recent_commits": []}
    records: list[Json] = []
    for entry in work.entries:
        before: dict[str, Json] = {} if entry.original_path is None else {"original_path": entry.original_path}
        records.append({"xy": entry.xy, "path": entry.path, **before})
    return {
        "is_git_repo": True,
        "branch": work.branch or "",
        "head": work.head,
        **_apart(work),
        "recent_commits": [commit.as_dict() for commit in work.commits],
        "status": {
            "clean": not work.entries,
            "modified_files": [entry.path for entry in work.entries if not entry.is_untracked],
            "untracked_files": [entry.path for entry in work.entries if entry.is_untracked],
            "entries": records,
            **({"incomplete": work.incomplete} if work.incomplete else {}),
        },
        **_change(work),
    }


def commit_message(session: Session, message: str) -> str:
    """Word the commit of a session as upstream does up to 6.2.40, the context on one line."""
    moment = datetime.fromisoformat(session.text("paused_at"))
    context = " ".join(message.split())
    told = f"session: pause at {moment:%Y-%m-%d %H:%M:%S}\n\nSession ID: {session.id}\n"
    return f"{told}Context: {context}\n" if context else told


def clean(text: str) -> str:
    """Remove what no file form may hold: control characters, and bytes of an argument that were no UTF-8."""
    whole = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).replace("\r\n", "\n")
    lines = _CONTROL.sub("", whole).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _lists(**named: Sequence[str]) -> dict[str, Json]:
    """Keep the lists in which something stands."""
    return {name: list(items) for name, items in named.items() if items}


def _measured(facts: Facts) -> dict[str, Json]:
    """Join what Claude Code's store and an incremental record say; the record knows its own pause better."""
    agent, told = _agent(facts.agent), recorded.data(facts.recorded) if facts.recorded else {}
    both: dict[str, Json] = {}
    for usage in (agent.get("context_usage"), told.get("context_usage")):
        both |= usage if isinstance(usage, dict) else {}
    return {**agent, **told, **({"context_usage": both} if both else {})}


def _agent(agent: Agent | None) -> dict[str, Json]:
    """Fill upstream's fields with what Claude Code's store says."""
    if agent is None:
        return {}
    hours = (agent.last_active - agent.began).total_seconds() / 3600
    metrics: dict[str, Json] = {"began": agent.began.isoformat(), "last_active": agent.last_active.isoformat()}
    metrics |= _lists(models=agent.models)
    data: dict[str, Json] = {"duration_hours": round(hours, 2)}
    if agent.tokens:
        data["context_usage"] = {"tokens_used": agent.tokens.context}
        metrics["tokens"] = {name: number for name, number in agent.tokens.as_dict().items() if name != "context"}
    data["performance_metrics"] = metrics
    if agent.todos:
        todos: dict[str, list[Json]] = {"active": [], "completed": []}
        for each in agent.todos:
            item: Json = {"content": each.content, "status": each.status, "activeForm": each.active_form}
            todos["completed" if each.status == "completed" else "active"].append(item)
        data["todos"] = {**todos}
    if agent.tasks:
        data["task_list"] = {
            **{f"{status}_tasks": _tasks(agent, status) for status in ("pending", "in_progress")},
            "completed_count": sum(each.status == "completed" for each in agent.tasks),
        }
    return data


def _tasks(agent: Agent, status: str) -> list[Json]:
    return [
        {"id": each.id, "title": each.subject, **({"description": each.description} if each.description else {})}
        for each in agent.tasks
        if each.status == status
    ]


def _apart(work: WorkState) -> dict[str, Json]:
    """Say what has been begun, and how far the branch is from the one that it came from."""
    data: dict[str, Json] = {}
    if work.operation:
        detail = account.operation(work.operation, work.branch)
        data |= {"operation": work.operation.name, "operation_detail": detail}
    if base := work.base:
        counted: dict[str, Json] = {"merge_base": base.merge_base, "ahead": base.ahead, "behind": base.behind}
        data["base"] = {"branch": base.name, **counted, **({"merged": True} if base.is_merged else {})}
    return data


def _change(work: WorkState) -> dict[str, Json]:
    """Say how large the change is since the base; a file that is no text has no lines."""
    if not work.changes:
        return {}
    files: list[Json] = [
        {"path": each.path, **({} if each.added is None else {"added": each.added, "deleted": each.deleted})}
        for each in _largest(work)[:_MOST_CHANGES]
    ]
    return {
        "change": {
            "since": work.since,
            "files_changed": len(work.changes),
            "insertions": sum(each.added or 0 for each in work.changes),
            "deletions": sum(each.deleted or 0 for each in work.changes),
            "files": files,
        }
    }


def _largest(work: WorkState) -> Sequence[Change]:
    return sorted(work.changes, key=lambda each: -each.size)


def _reminders(facts: Facts) -> Sequence[str]:
    work = facts.work
    told = [recorded.words(facts.recorded)] if facts.recorded else []
    if work is None:
        return told
    alone = "only in the work tree that was paused, and in no clone"
    if work.operation:
        told.append(f"{account.operation(work.operation, work.branch)}: in progress {alone}")
    if loose := account.uncommitted(work):
        told.append(f"Uncommitted, so {alone}: {account.enumerated([entry.path for entry in loose])}")
    return [*told, *([f"The status is incomplete: {work.incomplete}"] if work.incomplete else [])]


def _to_review(work: WorkState | None) -> Sequence[str]:
    """Name the files in conflict, then all by how much they changed; sessions are not among them."""
    if work is None:
        return ()
    files = [each.path for each in account.conflicts(work)] + [each.path for each in _largest(work)]
    return list(dict.fromkeys(files))[:_MOST_REVIEWED]


def _quick_start(session_id: str, work: WorkState | None) -> Sequence[str]:
    """Say how to go on; the line of the pointer is worded as upstream's is."""
    steps = [f"Read {session_id}.md for full context"]
    if work and work.branch and work.head and not work.operation:
        steps.append(f"Run: git switch {shlex.quote(work.branch)}")
    if work:
        steps.append("Run: git status to check current state")
    return [*steps, f"Run: cat {DIRECTORY}/{POINTER}"]


def _validation(session_id: str, work: WorkState | None) -> dict[str, Json]:
    git = f"git status{' && git log -1 --stat' if work.head else ''}" if work else ""
    return {**({"check_git": git} if git else {}), "check_session": f"cat {DIRECTORY}/{session_id}.md"}
