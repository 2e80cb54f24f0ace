"""A Briefing as data, for programs: chosen fields, under names that stay."""

from __future__ import annotations

import json

from mpm_hooks.briefing import NOTICE, Briefing, Commit
from mpm_hooks.report.json_form import plain
from mpm_hooks.session import Json
from mpm_hooks.summary import json_form


def resume(found: Briefing) -> str:
    """Write what it takes to go on from a session."""
    data: dict[str, Json] = {
        **_told(found),
        "uncommitted_now": {
            "still": _texts(found.loose.still),
            "committed": _texts(found.loose.committed),
            "absent": _texts(found.loose.absent),
        },
        "warnings": _texts(found.warnings),
        "commands": _texts(found.commands),
        "errors": [
            {"code": each.code, "name": each.name, "path": plain(each.path), "line": each.line} for each in found.faults
        ],
    }
    return json.dumps(data, indent=2)


def show(found: Briefing) -> str:
    """Write all of a session."""
    return json.dumps(_told(found), indent=2)


def _told(found: Briefing) -> dict[str, Json]:
    more, origin = found.more, found.origin
    session: dict[str, Json] = {
        **json_form.session(found.told),
        "phase": more.phase,
        "operation": more.operation,
        "tasks": [{"text": text, "status": status} for text, status in more.tasks],
        "reminders": _texts(more.reminders),
        "files_to_review": _texts(more.review),
        "not_known": _texts(more.not_known),
    }
    return {
        "notice": NOTICE,
        "session": session,
        "forms": _texts(found.forms),
        "read_from": found.how,
        "age": found.age,
        "worktree": found.worktree,
        "branch_is": found.standing.fate,
        "merged_into": found.standing.default,
        "commit": found.standing.commit,
        "origin": {
            "added": _commit(origin.added),
            "changed": _commit(origin.changed),
            "is_altered": origin.is_altered,
        }
        if origin
        else None,
    }


def _commit(found: Commit | None) -> Json:
    if found is None:
        return None
    moment = found.moment.isoformat() if found.moment else None
    return {"commit": found.name, "author": found.author, "date": moment, "signature": found.signature}


def _texts(texts: tuple[str, ...]) -> list[Json]:
    return [plain(each) for each in texts]
