"""Take a pause: gather the facts, write the session's files and commit them, all or none of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks import (
    autopause,
    commit,
    disk,
    gather,
    guard,
    machine,
    redact,
    render,
    repo,
    runner,
    session,
    snapshot,
    turn,
)
from mpm_hooks.autopause import Record
from mpm_hooks.facts import Facts, Statement, WorkState
from mpm_hooks.finding import UnableError
from mpm_hooks.objects import Objects
from mpm_hooks.questions import Answer
from mpm_hooks.redact import Places, Redaction
from mpm_hooks.render import pointer
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import Session
from mpm_hooks.value import Value


class Request(Value):
    """What the user asked for."""

    statement: Statement = Statement()
    commit: bool = True
    export: Path | None = None
    asks_claude: bool = True
    """Whether Claude Code's store is read, if the settings allow it."""
    set_aside: str | None = None
    """The patch in which a hook runner keeps unstaged work meanwhile."""
    finalizes: bool = False
    """Whether the session is made from the record of an auto-pause, which ends with it."""


class Written(Value):
    """A session that has been written, and committed if that was asked for."""

    session: Session
    newest: str
    """The id that the pointer names: another one only if a session of the future is there."""
    commit: str | None
    redactions: tuple[Redaction, ...]


class Outcome(Value):
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


class _Place(Value):
    """Where a session goes: the repository, if there is one, and the folder."""

    found: Repo | None
    root: Path
    known: Objects | None = None
    """The objects of the repository, while a session is written."""

    @property
    def folder(self) -> Path:
        return self.root / session.DIRECTORY

    @property
    def turn(self) -> Path:
        return self.found.git_dir / turn.NAME if self.found else self.root / f".{turn.NAME}"


def take(request: Request, here: Path, ahead: tuple[Repo, Answer] | None = None) -> Outcome:
    """Pause the work in this directory.

    Args:
        request: What the user asked for.
        here: The directory.
        ahead: The repository, and what waits for how its files stand, where git has been asked already.

    Raises:
        MisuseError: The settings are wrong, or the export would overwrite something.
        UnableError: Nothing can be committed here, or written; the sentence says whether a session was written.
    """
    found, files = ahead or (repo.locate(here), None)
    place = _Place(found=found, root=found.root if found else here)
    chosen = gather.settings(place.root)
    if request.export:
        guard.refuse_overwriting(request.export)
    guard.refuse_links(place.root)
    interrupted: tuple[str, ...] = ()
    try:
        with turn.taken(place.turn) as has_waited, disk.present(place.folder):
            is_stale = has_waited or disk.has_hidden(place.folder)
            interrupted = _cleared(place)
            if found and request.set_aside:
                guard.refuse_patched(found, request.set_aside)
            if found and request.commit:
                guard.refuse_commit(commit.busy(found))
            with commit.workshop(found) if found else nullcontext() as known:
                place = place.replaced(known=known)
                record = autopause.read(place.folder) if request.finalizes else None
                asked = gather.Asked(
                    statement=request.statement,
                    claude=request.asks_claude and chosen.claude,
                    set_aside=request.set_aside,
                    recorded=record.told if record else None,
                    known=known,
                    files=None if is_stale else files,
                )
                gathered = gather.facts(found, place.root, here, chosen, asked)
                if request.commit and gathered.facts.work and gathered.facts.work.branch is None:
                    guard.refuse_commit(commit.DETACHED)
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
    found = repo.locate(here)
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
    held = _held(place.known, facts.work) if place.known and facts.work else frozenset()
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


def _held(known: Objects, work: WorkState) -> AbstractSet[str]:
    """Return the names of files that git holds in the folder, also those that are not in the work tree."""
    committed = known.entries(f"HEAD:{session.DIRECTORY}")
    staged = (entry.path.rpartition("/") for entry in work.entries)
    return {os.fsdecode(name) for name in committed} | {name for path, _, name in staged if path == session.DIRECTORY}


def _redacted(taken: Session, places: Places) -> tuple[Session, tuple[Redaction, ...]]:
    data, redactions = redact.data(dict(taken.data), places)
    return Session(id=taken.id, data=data if isinstance(data, dict) else {}), redactions


def _places(root: Path) -> Places:
    """Say what is of this machine alone."""
    return Places(root=str(root), home=str(runner.home()), host=machine.host(), user=machine.user())


def _place(taken: Session, newest: str, place: _Place, message: str | None) -> str | None:
    """Put the files into place, and with them, or not at all, the commit."""
    forms, pointed = render.forms(taken), {session.POINTER: pointer.render(newest).encode()}
    if place.found and place.known and message is not None:
        files = {f"{session.DIRECTORY}/{name}": content for name, content in {**forms, **pointed}.items()}
        change = commit.Change(files=files, message=message)
        return _committed(place.found, place.known, change, lambda: disk.placed(place.folder, forms, pointed))
    with turn.undisturbed(), disk.placed(place.folder, forms, pointed):
        return None


def _committed(
    found: Repo, known: Objects, change: commit.Change, placed: Callable[[], AbstractContextManager[None]]
) -> str:
    try:
        made = commit.make(found, known, change)
        with commit.locked(found), turn.undisturbed():
            if made.head != commit.tip(known):  # somebody committed in between
                made = commit.make(found, known, change)
            with placed():
                return commit.publish(found, known, made, change)
    except GitError as error:
        guard.refuse_ignored(found)
        guard.refuse_commit(commit.nameless(found))
        reason = f"the session cannot be committed: {error}; nothing was written ({guard.WITHOUT})"
        raise UnableError(reason) from None


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
