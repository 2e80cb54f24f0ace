"""A Listing as data, for programs: chosen fields, under names that stay."""

from __future__ import annotations

import json

from mpm_hooks.listing import Listing, Row
from mpm_hooks.report.json_form import plain
from mpm_hooks.session import Json
from mpm_hooks.summary import json_form


def page(found: Listing) -> str:
    """Write a list."""
    data: dict[str, Json] = {
        "sessions": [_row(each) for each in found.rows],
        "total": found.total,
        "older": found.left,
        "other_worktrees": [{"path": plain(path), "sessions": number} for path, number in found.elsewhere],
        "other_branches": [{"branch": plain(name), "latest": latest} for name, latest in found.branches],
        "misnamed": [plain(each) for each in found.passed_over],
        "unseen_worktrees": [plain(each) for each in found.unseen],
    }
    return json.dumps(data, indent=2)


def _row(row: Row) -> Json:
    return {
        "index": row.index,
        "age": row.age,
        "topic": plain(row.topic),
        "branch_is": str(row.standing.fate),
        "worktree": plain(row.worktree),
        "why": plain(row.why),
        **json_form.session(row.told),
    }
