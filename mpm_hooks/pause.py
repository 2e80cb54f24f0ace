"""Take a pause: gather the facts, write the session's files, commit them, say what was done."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks import disk, render, repo, report, session, snapshot
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.render import pointer
from mpm_hooks.repo import Repo
from mpm_hooks.rules import standing
from mpm_hooks.session import Session

_PROBE = f"{session.DIRECTORY}/session-20000101-000000.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for."""

    message: str
    commit: bool
    export: Path | None
    set_aside: Path | None
    """The patch in which a hook runner keeps unstaged work meanwhile."""


def take(request: Request, here: Path) -> Iterator[str]:
    """Pause the work in this directory; yield the lines that tell the user what was done.

    Raises:
        MisuseError: The export would overwrite something.
        UnableError: Nothing can be committed here, or written; the sentence says whether a session was written.
    """
    found = repo.find(here)
    root = found.root if found else here
    if request.export:
        _refuse_overwriting(request.export)
    _refuse_harm(request, found, root)
    facts = snapshot.Facts(
        message=request.message,
        directory=Path(os.path.relpath(here.resolve(), root.resolve())).as_posix(),
        project=root.name,
        version=_version(root),
        work=repo.work_state(found, request.set_aside) if found else None,
    )
    taken = _write(facts, root / session.DIRECTORY)
    committed = _commit(found, taken, request) if found and request.commit else None
    yield from _told(taken, root, here)
    if request.export:
        yield f"Copied to {_export(taken, request.export)}"
    if committed:
        yield f"Committed as {committed[:10]} on {facts.work.branch if facts.work else ''}: these files and nothing else"
    elif found:
        yield "Not committed, as you asked"
    else:
        yield f"Not committed: {root} is in no git repository"
    if facts.work and facts.work.incomplete:
        yield f"The status in the session is incomplete: {facts.work.incomplete}"
    yield from ("", "To resume, here or in any clone:", "  /mpm-resume")
    yield f"  cat {_relative(root / session.DIRECTORY / f'{taken.id}.md', here)}"


def _refuse_harm(request: Request, found: Repo | None, root: Path) -> None:
    """Refuse, before anything is written, where a pause could lose work or end up where nobody wants it."""
    if link := disk.linked(root, f"{session.DIRECTORY}/{session.POINTER}"):
        message = f"{link} is a symbolic link: the session would be written elsewhere; nothing was written"
        raise UnableError(message)
    if found is None:
        return
    if request.set_aside and (mine := [path for path in repo.patched(found, request.set_aside) if _is_ours(path)]):
        message = f"{mine[0]} has unstaged changes, which the hook runner keeps aside and could not put back: "
        raise UnableError(message + f"git add {mine[0]} first, or run mpm-hooks pause; nothing was written")
    if not request.commit:
        return
    if obstacle := repo.obstacle(found):
        message = f"{obstacle}; nothing was written (mpm-hooks pause --no-commit writes the session without a commit)"
        raise UnableError(message)
    if rule := repo.ignore_rules(found, [_PROBE]).get(_PROBE):
        way_out = standing.undoing(rule, repo.gitignore_lines(found))
        message = f"sessions are ignored by {rule}; nothing was written: {way_out}, or pause with --no-commit"
        raise UnableError(message)


def _write(facts: snapshot.Facts, folder: Path) -> Session:
    """Write the forms of the session under the first second that is free, then the pointer."""
    moment = datetime.now(UTC).replace(microsecond=0)
    while True:
        taken = snapshot.take(facts, moment)
        names = disk.names(folder)
        is_free = not any(f"{taken.id}.{form}" in names for form in session.FORMS)
        if is_free and disk.create(folder, render.forms(taken)):
            break
        moment += timedelta(seconds=1)
    newest = max(found[0] for name in disk.names(folder) if (found := session.split(name)))
    disk.replace(folder / session.POINTER, pointer.render(newest).encode())
    return taken


def _commit(found: Repo, taken: Session, request: Request) -> str:
    """Commit the session's files and the pointer."""
    paths = [f"{session.DIRECTORY}/{name}" for name in render.files(taken)]
    try:
        return repo.commit(found, paths, snapshot.commit_message(taken, request.message))
    except UnableError as error:
        way_out = f"git add {' '.join(paths)} and commit it, or delete the files"
        message = f"{taken.id} is written but not committed: {error}; {way_out}"
        raise UnableError(message) from None


def _told(taken: Session, root: Path, here: Path) -> Iterator[str]:
    folder = root / session.DIRECTORY
    yield f"Session paused: {taken.id}"
    yield report.printable(f"  {taken.text('conversation', 'primary_task')} ({taken.text('conversation', 'current_phase')})")
    for form, use in (("md", "to read"), ("yaml", "to edit"), ("json", "for tools")):
        yield f"  {_relative(folder / f'{taken.id}.{form}', here)}  ({use})"
    yield f"  {_relative(folder / session.POINTER, here)}  (points to it)"


def _export(taken: Session, path: Path) -> Path:
    """Write a copy of one form, chosen by the ending; into a folder, the json form."""
    target = path / f"{taken.id}.json" if path.is_dir() else path
    form = {".md": "md", ".yaml": "yaml", ".yml": "yaml"}.get(target.suffix, "json")
    if not disk.create(target.parent, {target.name: render.forms(taken)[f"{taken.id}.{form}"]}):
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


def _is_ours(path: str) -> bool:
    return path.startswith(f"{session.DIRECTORY}/")


def _relative(path: Path, here: Path) -> str:
    return report.printable(Path(os.path.relpath(path, here)).as_posix())


