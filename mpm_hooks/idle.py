"""Why an automatic pause would keep nothing that is not kept already: it comes often, and nobody asked for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mpm_hooks import account, disk, ending, objects, session, snapshot, work
from mpm_hooks.config import Config
from mpm_hooks.facts import WorkState
from mpm_hooks.finding import MalformedError
from mpm_hooks.parse import json_form
from mpm_hooks.repo import Repo
from mpm_hooks.session import Json, Session


def reason(found: Repo, chosen: Config) -> str:
    """Say why nothing is to be kept; empty if something is.

    Only the work of a branch is kept: nobody should find commits on the default branch that he did not ask for.
    """
    end = ending.end(found, chosen)
    if not end.takes and end.covered_by is None:
        return end.words
    with objects.opened(found) as known, TemporaryDirectory() as apart:
        state = work.state(found, known, chosen.default_branches, apart=Path(apart))
    if not state.own and not account.uncommitted(state):
        return f"nothing was done on {state.branch}"
    if end.covered_by and _says(found, end.covered_by, state):
        return f"{end.covered_by} says it all"
    return ""


def _says(found: Repo, session_id: str, state: WorkState) -> bool:
    """Tell whether a session names the same changes: the files, how they stand, and how many lines of each."""
    content = disk.content(found.root / session.DIRECTORY / f"{session_id}.json")
    try:
        told = Session(id=session_id, data=json_form.parse("", content or b"").data)
    except MalformedError:
        return False
    now = Session(id=session_id, data={"git_context": snapshot.git_context(state)})
    return _changes(told) == _changes(now)


def _changes(said: Session) -> tuple[Json, Json]:
    return said.find("git_context", "status", "entries"), said.find("git_context", "change", "files")
