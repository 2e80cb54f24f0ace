"""Sessions, a line each -> text, Markdown, JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from mpm_hooks import markup
from mpm_hooks.briefing import Standing, words
from mpm_hooks.report.json_form import plain
from mpm_hooks.session import Json
from mpm_hooks.summary import Told, json_form

_MOST = 5
"""Other branches, and files that are not named as sessions, that are told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session in a list."""

    index: int
    told: Told
    age: str
    standing: Standing = field(default_factory=Standing)
    why: str = ""
    """What keeps it from being read; empty if nothing does."""
    worktree: str = ""
    """The other work tree in which it lies."""

    @property
    def topic(self) -> str:
        """What it is about; of one that cannot be read, what keeps it from that."""
        return self.why or self.told.goal or self.told.account

    def drift(self, *, short: bool = False) -> str:
        """Say how it stands to its branch."""
        return "" if self.why else words.standing(self.standing, short=short)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Sessions, the newest first, and what else there is."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    """Sessions in this work tree."""
    left: int = 0
    """Sessions that are not listed, all of them older than those that are."""
    elsewhere: tuple[tuple[str, int], ...] = ()
    """Other work trees, and the sessions in them that are not here; those that are listed are not counted."""
    branches: tuple[tuple[str, str], ...] = ()
    """Other branches, and the newest session of each; looked for where there is none here."""
    passed_over: tuple[str, ...] = ()
    """Files that mean to be sessions and are not named as one."""
    unseen: tuple[str, ...] = ()
    """Work trees into which nobody could look."""


def notes(found: Listing) -> Iterator[str]:
    """Yield what else there is, and how to get at it."""
    if found.left:
        yield f"{found.left} older: mpm-hooks list --limit {found.left + len(found.rows)}"
    for row in found.rows:
        if row.why:
            yield f"{row.told.id} cannot be read: mpm-hooks check {shlex.quote(row.told.path)}"
    for place, number in found.elsewhere:
        yield f"{number} more in {place}: mpm-hooks list --all"
    for branch, session_id in found.branches[:_MOST]:
        yield f"branch {branch} has {session_id}: git switch {shlex.quote(branch)}"
    for path in found.passed_over[:_MOST]:
        yield f"{path} is not named as sessions are: mpm-hooks check {shlex.quote(path)}"
    for place in found.unseen:
        yield f"{place} cannot be looked into"
    if not (found.rows or found.elsewhere or found.branches):
        yield "take one: mpm-hooks pause"


def as_markdown(found: Listing) -> Iterator[str]:
    """Write a table: a row for each session; then what else there is."""
    if found.rows:
        yield "| # | session | paused | state | branch | drift | topic |"
        yield "|---|---|---|---|---|---|---|"
    else:
        yield "No session here."
    for row in found.rows:
        told = row.told
        names = [markup.code_cell(each) for each in (told.id, told.branch)]
        cells = (str(row.index), names[0], row.age, told.state, names[1], row.drift(), markup.plain(row.topic, 200))
        yield f"| {' | '.join(cells)} |"
    if others := list(notes(found)):
        yield ""
        yield from (f"- {markup.plain(each)}" for each in others)


def as_json(found: Listing) -> str:
    """Write it for programs: chosen fields, under names that stay."""
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
        "branch_is": row.standing.fate,
        "worktree": plain(row.worktree),
        "why": plain(row.why),
        **json_form.session(row.told),
    }
