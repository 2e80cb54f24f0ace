"""A Summary as data, for programs: chosen fields, under names that stay."""

from __future__ import annotations

import json

from mpm_hooks.session import Json
from mpm_hooks.summary import Drift, Summary, Told


def page(found: Summary) -> str:
    """Write a summary; characters that a terminal obeys are escaped."""
    findings: list[Json] = [
        {
            "path": each.finding.path,
            "line": each.finding.line,
            "column": each.finding.column,
            "code": each.finding.code,
            "severity": each.finding.severity,
            "message": each.finding.message,
        }
        for each in found.findings
    ]
    data: dict[str, Json] = {
        "status": str(found.status),
        "latest": found.latest,
        "base": found.change.base,
        "head": found.change.head,
        "commits": found.change.commits,
        "files": list(found.change.files),
        "sessions": [session(each) for each in found.sessions],
        "sessions_left_out": found.left_out,
        "sessions_removed": list(found.removed),
        "named_but_not_touched": list(found.untouched),
        "changed_but_not_mentioned": list(found.unmentioned),
        "uncovered": [{"commit": each.id, "subject": each.subject} for each in found.uncovered],
        "findings": findings,
    }
    return json.dumps(data, indent=2)


def session(told: Told) -> dict[str, Json]:
    """Return what is told of a session."""
    return {
        "id": told.id,
        "path": told.path,
        "status": str(told.state),
        "paused_at": told.moment.isoformat() if told.moment else None,
        "branch": told.branch,
        "commit": told.commit,
        "goal": told.goal,
        "summary": told.account,
        "done": list(told.done),
        "next": list(told.next),
        "decisions": list(told.decisions),
        "open_questions": list(told.questions),
        "blockers": list(told.blockers),
        "tried": list(told.tried),
        "verify": list(told.verify),
        "files": list(told.files),
        "uncommitted": list(told.loose),
        "drift": _drift(told.drift),
    }


def _drift(drift: Drift) -> dict[str, Json]:
    return {
        "match": str(drift.match),
        "by": drift.by,
        "at": drift.at,
        "commits": drift.commits,
        "touched": list(drift.touched),
    }
