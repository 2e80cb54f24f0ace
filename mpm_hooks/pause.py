"""Take a pause: gather the facts, write the session's files, commit them, say what was done."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks import commit, disk, render, repo, session, snapshot, status, tracking, work
from mpm_hooks.facts import Facts, WorkState
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.render import pointer
from mpm_hooks.repo import Repo
from mpm_hooks.rules import standing
from mpm_hooks.session import Session

# Names such as a pause writes, to ask for the rules that would hide them.
_NAMES = (*(f"session-20000101-000000.{form}" for form in session.FORMS), session.POINTER)
_PROBES = [f"{session.DIRECTORY}/{name}" for name in _NAMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for."""

    message: str
    commit: bool
    export: Path | None
    set_aside: Path | None
    """The patch in which a hook runner keeps unstaged work meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done."""

    session: Session
    newest: str
    """The id that the pointer names: another one only if a session of the future is there."""
    root: Path
    work: WorkState | None
    commit: str | None
    export: Path | None


def take(request: Request, here: Path) -> Outcome:
    """Pause the work in this directory.

    Raises:
        MisuseError: The export would overwrite something.
        UnableError: Nothing can be committed here, or written; the sentence says whether a session was written.
    """
    found = repo.find(here)
    root = found.root if found else here
    if request.export:
        _refuse_overwriting(request.export)
    _refuse_links(root)
    with disk.present(root / session.DIRECTORY):
        if found:
            _refuse_harm(request, found)
        state = work.state(found, request.set_aside) if found else None
        facts = Facts(
            message=request.message,
            directory=_spelled(os.path.relpath(here.resolve(), root.resolve())),
            project=_spelled(root.name),
            version=_version(root),
            work=state,
        )
        held = tracking.names(found, session.DIRECTORY) if found else frozenset()
        taken, newest = _write(facts, root / session.DIRECTORY, held)
    made = _commit(found, taken, request) if found and request.commit else None
    export = _export(taken, request.export) if request.export else None
    return Outcome(session=taken, newest=newest, root=root, work=state, commit=made, export=export)


def told(outcome: Outcome, here: Path) -> Iterator[str]:
    """Tell the user what was done, and how to resume."""
    taken, folder = outcome.session, outcome.root / session.DIRECTORY
    yield f"Session paused: {taken.id}"
    yield f"  {taken.text('conversation', 'primary_task')} ({taken.text('conversation', 'current_phase')})"
    for form, use in (("md", "to read"), ("yaml", "to edit"), ("json", "for tools")):
        yield f"  {_relative(folder / f'{taken.id}.{form}', here)}  ({use})"
    target = "it" if outcome.newest == taken.id else f"{outcome.newest}, which is dated later"
    yield f"  {_relative(folder / session.POINTER, here)}  (points to {target})"
    if outcome.export:
        yield f"Copied to {outcome.export}"
    if outcome.work is None:
        yield f"Not committed: {outcome.root} is in no git repository"
    elif outcome.commit:
        yield f"Committed as {outcome.commit[:10]} on {outcome.work.branch}: these files and nothing else"
    else:
        yield "Not committed, as you asked"
    if outcome.work and outcome.work.incomplete:
        yield f"The status in the session is incomplete: {outcome.work.incomplete}"
    yield from ("", "To resume, here or in any clone:", "  /mpm-resume")
    yield f"  cat {_relative(folder / f'{taken.id}.md', here)}"


def _refuse_links(root: Path) -> None:
    """Refuse a link on the way: the session would be written wherever it leads."""
    if link := disk.linked(root, f"{session.DIRECTORY}/{session.POINTER}"):
        message = f"{link} is a symbolic link: the session would be written elsewhere; nothing was written"
        raise UnableError(message)


def _refuse_harm(request: Request, found: Repo) -> None:
    """Refuse, before anything is written, where a pause could lose work or end up where nobody wants it."""
    if request.set_aside and (mine := [path for path in work.patched(found, request.set_aside) if _is_ours(path)]):
        message = f"{mine[0]} has unstaged changes, which the hook runner keeps aside and could not put back: "
        raise UnableError(message + f"git add {mine[0]} first, or run mpm-hooks pause; nothing was written")
    if not request.commit:
        return
    if obstacle := commit.obstacle(found):
        message = f"{obstacle}; nothing was written (mpm-hooks pause --no-commit writes the session without a commit)"
        raise UnableError(message)
    if rules := tracking.ignore_rules(found, _PROBES):
        rule = rules[min(rules)]
        way_out = standing.undoing(rule, tracking.gitignore_lines(found))
        message = f"sessions are ignored by {rule}; nothing was written: {way_out}, or pause with --no-commit"
        raise UnableError(message)


def _write(facts: Facts, folder: Path, held: AbstractSet[str]) -> tuple[Session, str]:
    """Write the forms of the session under the first second that is free here and in git, then the pointer.

    Returns:
        The session, and the id of the newest one, to which the pointer leads.
    """
    moment = datetime.now(UTC).replace(microsecond=0)
    while True:
        taken = snapshot.take(facts, moment)
        names = disk.names(folder) | held
        is_free = not any(f"{taken.id}.{form}" in names for form in session.FORMS)
        if is_free and disk.create(folder, render.forms(taken)):
            break
        moment += timedelta(seconds=1)
    newest = max(session.ids(disk.names(folder) | held))
    disk.replace(folder / session.POINTER, pointer.render(newest).encode())
    return taken, newest


def _commit(found: Repo, taken: Session, request: Request) -> str:
    """Commit the session's files and the pointer."""
    names = (*(f"{taken.id}.{form}" for form in session.FORMS), session.POINTER)
    paths = [f"{session.DIRECTORY}/{name}" for name in names]
    try:
        return commit.make(found, paths, snapshot.commit_message(taken, request.message))
    except UnableError as error:
        way_out = f"git add {' '.join(paths)} and commit it, or delete the files"
        message = f"{taken.id} is written but not committed: {error}; {way_out}"
        raise UnableError(message) from None


def _export(taken: Session, path: Path) -> Path:
    """Write a copy of one form, chosen by the ending; into a folder, the json form. Folders on the way are made."""
    target = path / f"{taken.id}.json" if path.is_dir() else path
    form = {".md": "md", ".yaml": "yaml", ".yml": "yaml"}.get(target.suffix, "json")
    content = render.forms(taken)[f"{taken.id}.{form}"]
    try:
        with disk.present(target.parent):
            is_new = disk.create(target.parent, {target.name: content})
    except UnableError as error:
        message = f"{taken.id} is written, its copy is not: {error}"
        raise UnableError(message) from None
    if not is_new:
        message = f"{taken.id} is written, its copy is not: {target} exists"
        raise UnableError(message)
    return target


def _refuse_overwriting(path: Path) -> None:
    if path.exists() and not path.is_dir():
        message = f"--export {path}: the file exists, and is not overwritten; nothing was written"
        raise MisuseError(message)


def _version(root: Path) -> str | None:
    """Return the version that pyproject.toml states; one that is computed at build time is not known."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return None
    version = project.get("version") if isinstance(project, dict) else None
    return version if isinstance(version, str) else None


def _spelled(path: str) -> str:
    return status.spelled(os.fsencode(Path(path).as_posix()))


def _is_ours(path: str) -> bool:
    return path.startswith(f"{session.DIRECTORY}/")


def _relative(path: Path, here: Path) -> str:
    return Path(os.path.relpath(path, here)).as_posix()
