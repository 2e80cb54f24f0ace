"""Take a pause: gather the facts, write the session's files and commit them, all or none of it."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks import (
    autopause,
    commit,
    disk,
    gather,
    guard,
    redact,
    render,
    repo,
    runner,
    session,
    snapshot,
    tracking,
    turn,
)
from mpm_hooks.autopause import Record
from mpm_hooks.facts import Facts, WorkState
from mpm_hooks.finding import UnableError
from mpm_hooks.parse.statement import Statement
from mpm_hooks.redact import Places, Redaction
from mpm_hooks.render import pointer
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for."""

    statement: Statement = field(default_factory=Statement)
    commit: bool = True
    export: Path | None = None
    asks_claude: bool = True
    """Whether Claude Code's store is read, if the settings allow it."""
    set_aside: Path | None = None
    """The patch in which a hook runner keeps unstaged work meanwhile."""
    finalizes: bool = False
    """Whether the session is made from the record of an auto-pause, which ends with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A session that has been written, and committed if that was asked for."""

    session: Session
    newest: str
    """The id that the pointer names: another one only if a session of the future is there."""
    commit: str | None
    redactions: tuple[Redaction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done."""

    written: Written
    root: Path
    work: WorkState | None
    export: Path | None
    warnings: tuple[str, ...]
    """What could not be had for the session."""
    kept: Path | None
    """Where the record of an auto-pause is kept that ended with this session."""
    interrupted: tuple[str, ...]
    """Ids of sessions that are whole and not committed, since their pause was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a session goes: the repository, if there is one, and the folder."""

    found: Repo | None
    root: Path

    @property
    def folder(self) -> Path:
        return self.root / session.DIRECTORY

    @property
    def turn(self) -> Path:
        return self.found.git_dir / turn.NAME if self.found else self.root / f".{turn.NAME}"


def take(request: Request, here: Path) -> Outcome:
    """Pause the work in this directory.

    Raises:
        MisuseError: The settings are wrong, or the export would overwrite something.
        UnableError: Nothing can be committed here, or written; the sentence says whether a session was written.
    """
    found = repo.find(here)
    place = _Place(found=found, root=found.root if found else here)
    chosen = gather.settings(place.root)
    if request.export:
        guard.refuse_overwriting(request.export)
    guard.refuse_links(place.root)
    interrupted: tuple[str, ...] = ()
    try:
        with turn.taken(place.turn), disk.present(place.folder):
            interrupted = _cleared(place)
            if found and request.set_aside:
                guard.refuse_patched(found, request.set_aside)
            if found and request.commit:
                guard.refuse_commit(found)
            with commit.workshop(found) if found else nullcontext():
                record = autopause.read(place.folder) if request.finalizes else None
                asked = gather.Asked(
                    statement=request.statement,
                    claude=request.asks_claude and chosen.claude,
                    set_aside=request.set_aside,
                    recorded=record.told if record else None,
                )
                gathered = gather.facts(found, place.root, here, chosen, asked)
                written = _write(gathered.facts, place, commits=request.commit, asked=asked.claude)
                kept = autopause.close(record, written.session.id) if record else None
    except UnableError as error:
        if not interrupted:
            raise
        message = f"{error}; an earlier pause was interrupted before it committed {', '.join(interrupted)}"
        raise UnableError(message) from None
    except OSError as error:
        message = f"{error.filename or place.root}: {error.strerror}; nothing was written"
        raise UnableError(message) from None
    return Outcome(
        written=written,
        root=place.root,
        work=gathered.facts.work,
        export=_export(written.session, request.export) if request.export else None,
        warnings=(*gathered.warnings, *(record.warnings if record else ())),
        kept=kept,
        interrupted=interrupted,
    )


def discard(here: Path) -> Record:
    """Throw away the record of an auto-pause that is open in this project; return what it was.

    Raises:
        UnableError: There is none.
    """
    found = repo.find(here)
    place = _Place(found=found, root=found.root if found else here)
    guard.refuse_links(place.root)
    with turn.taken(place.turn):
        return autopause.discard(place.folder)


def _cleared(place: _Place) -> tuple[str, ...]:
    """Clear away what a pause left that was killed; return the ids of sessions that it wrote and did not commit."""
    found, whole = place.found, disk.clear(place.folder)
    if found is None:
        return ()
    commit.clear(found)
    return tuple(each for each in sorted(whole) if not commit.holds(found, f"{session.DIRECTORY}/{each}.json"))


def _write(facts: Facts, place: _Place, *, commits: bool, asked: bool) -> Written:
    """Write, and commit, the session under the first second that is free here and in git, and the pointer."""
    held = tracking.names(place.found, session.DIRECTORY) if place.found else frozenset()
    begun = session.moment_of(facts.recorded.id) if facts.recorded and facts.recorded.id else None
    moment = begun or datetime.now(UTC).replace(microsecond=0)
    places = _places(place.root)
    while True:
        taken, redactions = _redacted(snapshot.take(facts, moment, asked=asked), places)
        names = disk.names(place.folder)
        known = session.ids(names | held)
        newest = max((taken.id, *known))
        if taken.id not in known and f"{taken.id}{session.RECORD_SUFFIX}" not in names:
            with suppress(FileExistsError):  # somebody else's file, made this very instant
                message = snapshot.commit_message(taken, redact.text(facts.statement.message, places)[0])
                made = _place(taken, newest, place, message if commits else None)
                return Written(session=taken, newest=newest, commit=made, redactions=redactions)
        moment += timedelta(seconds=1)


def _redacted(taken: Session, places: Places) -> tuple[Session, tuple[Redaction, ...]]:
    data, redactions = redact.data(dict(taken.data), places)
    return Session(id=taken.id, data=data if isinstance(data, dict) else {}), redactions


def _places(root: Path) -> Places:
    """Say what is of this machine alone."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        user = ""
    return Places(root=str(root), home=str(runner.home()), host=platform.node(), user=user)


def _place(taken: Session, newest: str, place: _Place, message: str | None) -> str | None:
    """Put the files into place, and with them, or not at all, the commit."""
    forms, pointed = render.forms(taken), {session.POINTER: pointer.render(newest).encode()}
    if place.found and message is not None:
        return _committed(place.found, place.folder, forms, pointed, message)
    with turn.undisturbed(), disk.placed(place.folder, forms, pointed):
        return None


def _committed(
    found: Repo, folder: Path, forms: Mapping[str, bytes], pointed: Mapping[str, bytes], message: str
) -> str:
    files = {f"{session.DIRECTORY}/{name}": content for name, content in {**forms, **pointed}.items()}
    try:
        made = commit.make(found, files, message)
        with commit.locked(found), turn.undisturbed():
            if made.head != commit.at(found):  # somebody committed in between
                made = commit.make(found, files, message)
            with disk.placed(folder, forms, pointed):
                commit.publish(found, made, files, message)
    except GitError as error:
        reason = f"the session cannot be committed: {error}; nothing was written ({guard.WITHOUT})"
        raise UnableError(reason) from None
    return made.sha


def _export(taken: Session, path: Path) -> Path:
    """Write a copy of one form, chosen by the ending; into a folder, the json form. Folders on the way are made."""
    target = path / f"{taken.id}.json" if path.is_dir() else path
    form = {".md": "md", ".yaml": "yaml", ".yml": "yaml"}.get(target.suffix, "json")
    content = render.forms(taken)[f"{taken.id}.{form}"]
    try:
        with disk.present(target.parent), disk.placed(target.parent, {target.name: content}, {}):
            return target
    except UnableError as error:
        reason = str(error).removesuffix("; nothing was written")
    except FileExistsError:
        reason = f"{target} exists"
    message = f"{taken.id} is written, its copy is not: {reason}"
    raise UnableError(message)
