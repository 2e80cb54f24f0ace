"""Fold old sessions into the ledger: what would go, and the act; a session goes wholly, and only if git has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from mpm_hooks import commit, disk, ledger, plumbing, resumption, session, shelf, tracking, turn
from mpm_hooks.account import count
from mpm_hooks.briefing import Briefing
from mpm_hooks.finding import MalformedError, UnableError
from mpm_hooks.objects import Objects
from mpm_hooks.parse import pointer
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.resumption import Place
from mpm_hooks.retention import Criteria
from mpm_hooks.rules import standing
from mpm_hooks.rules.standing import COMMITTED, IGNORED, MODIFIED, STAGED, UNTRACKED, State
from mpm_hooks.shelf import Kept

Watch: TypeAlias = Callable[[Iterable[Kept], int], Iterable[Kept]]

_STATES = {
    STAGED: "is staged, not committed",
    MODIFIED: "has changes that are not committed",
    UNTRACKED: "is not committed",
    IGNORED: "is ignored, not committed",
}
_LEGACY = session.LEGACY_DIRECTORY.removeprefix(session.DIRECTORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a session goes; if not, why."""

    kept: Kept
    stays: str = ""
    """Empty if it goes."""
    held: bool = False
    """Whether the criteria select it, and something holds it nevertheless."""
    briefing: Briefing | None = None
    """What is told of one that goes."""
    names: tuple[str, ...] = ()
    """Its files, if it goes: records and checksums, too."""

    @property
    def paths(self) -> Sequence[str]:
        """The files, from the top of the repository."""
        return [f"{self.kept.folder}/{name}" for name in self.names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done."""

    verdicts: tuple[Verdict, ...]
    """A verdict on each session, the newest first."""
    before: Mapping[str, bytes | None]
    """What the ledgers hold, by their paths."""
    after: Mapping[str, bytes]
    """What they are to hold."""

    @property
    def gone(self) -> Sequence[Verdict]:
        """The sessions that go."""
        return [each for each in self.verdicts if not each.stays]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of sessions: its names, how git holds each, and the sessions that its pointer names."""

    names: AbstractSet[str] = frozenset()
    states: Mapping[str, State] = field(default_factory=dict)
    pointed: AbstractSet[str] = frozenset()
    link: str | None = None

    def files(self, session_id: str) -> Iterator[str]:
        """Yield the files of a session, and those that are of no use without it."""
        for name in sorted(self.names):
            is_checksum = session.is_checksum(name) and name.startswith(f".{session_id}.")
            if is_checksum or session_id in (session.record_id(name), *(session.split(name) or ())):
                yield name


def plan(found: Repo, place: Place, criteria: Criteria, watch: Watch = lambda kept, _: kept) -> Plan:
    """Judge every session of a work tree; ``watch`` sees them as they come, and how many there are.

    Raises:
        UnableError: A folder cannot be read.
    """
    kept = shelf.of(str(found.root)).kept
    folders = {folder: _folder(found, folder) for folder in {each.folder for each in kept}}
    newer: Counter[str] = Counter()
    verdicts = []
    for each in watch(kept, len(kept)):
        project = each.folder.removesuffix(_LEGACY)
        verdicts.append(_judged(each, folders[each.folder], newer[project], place, criteria))
        newer[project] += 1
    before: dict[str, bytes | None] = {}
    lines: dict[str, list[str]] = {}
    for verdict in verdicts:
        if told := verdict.briefing:
            path = f"{verdict.kept.folder.removesuffix(_LEGACY)}/{ledger.NAME}"
            lines.setdefault(path, []).append(ledger.line(told.told, told.standing))
            before.setdefault(path, disk.content(found.root / path))
    after = {
        path: ledger.added(plumbing.text(before[path] or b""), each).encode(errors="surrogateescape")
        for path, each in lines.items()
    }
    return Plan(verdicts=tuple(verdicts), before=before, after=after)


def _folder(found: Repo, folder: str) -> _Folder:
    if link := tracking.linked(found.top, folder):
        return _Folder(link=link)
    states = {each.path.rpartition("/")[2]: each.state for each in tracking.standing(found, folder)}
    pointed: AbstractSet[str] = frozenset()
    with suppress(MalformedError):
        named = pointer.parse("", disk.content(found.root / folder / session.POINTER) or b"")
        pointed = {named.target, *named.joined}
    return _Folder(disk.names(found.root / folder), states, pointed)


def _judged(kept: Kept, folder: _Folder, newer: int, place: Place, criteria: Criteria) -> Verdict:
    """Judge a session: first by what costs nothing."""
    if stays := criteria.by_place(newer) or criteria.by_age(session.moment_of(kept.id), place.now):
        return Verdict(kept=kept, stays=stays)
    reading = shelf.read(kept)
    told = resumption.of(kept, reading, place, brief=True)
    if stays := criteria.by_fate(told.standing):
        return Verdict(kept=kept, stays=stays)
    names = tuple(folder.files(kept.id))
    if stays := _holding(kept, folder, names) or (reading.why and f"cannot be read: {reading.why}"):
        return Verdict(kept=kept, stays=stays, held=True)
    return Verdict(kept=kept, briefing=told, names=names)


def _holding(kept: Kept, folder: _Folder, names: Sequence[str]) -> str:
    if folder.link:
        return f"{folder.link} is a symbolic link"
    if kept.id in folder.pointed:
        return f"{session.POINTER} names it"
    states = ((name, folder.states.get(name, UNTRACKED)) for name in names)
    return next((f"{name} {_STATES[state]}" for name, state in states if state in _STATES), "")


def carry_out(found: Repo, planned: Plan, *, commits: bool) -> str | None:
    """Remove the sessions and write the ledgers, all of it or nothing; return the commit, if one is made.

    Raises:
        UnableError: It cannot be done, or something was changed since it was planned; nothing was removed.
    """
    with turn.taken(found.git_dir / turn.NAME):
        _refuse(found, planned, commits=commits)
        if commits:
            commit.clear(found)
            with commit.workshop(found) as known:
                return _committed(found, known, planned)
        with turn.undisturbed(), _in_place(found, planned):
            return None


def _refuse(found: Repo, planned: Plan, *, commits: bool) -> None:
    """Refuse where something has changed, and where the commit could not be made."""
    folders = {each.kept.folder: _folder(found, each.kept.folder) for each in planned.gone}
    changed = [each.kept.id for each in planned.gone if _holding(each.kept, folders[each.kept.folder], each.names)]
    changed += [path for path, content in planned.before.items() if disk.content(found.root / path) != content]
    if changed:
        message = f"{changed[0]} was changed meanwhile; nothing was removed: try again"
        raise UnableError(message)
    if commits and (obstacle := next(_obstacles(found, planned), None)):
        what, way_out = obstacle
        message = f"{what}; nothing was removed (without --commit, the work tree alone is changed){way_out}"
        raise UnableError(message)


def _obstacles(found: Repo, planned: Plan) -> Iterator[tuple[str, str]]:
    """Yield what keeps the commit from being made, or from holding only what somebody asked for."""
    if obstacle := commit.obstacle(found):
        yield obstacle, ""
    for path, rule in tracking.ignore_rules(found, list(planned.after)).items():
        yield f"{path} is ignored by {rule}", f": {standing.undoing(rule, tracking.gitignore_lines(found))}"
    for path, content in planned.before.items():
        states = {each.path: each.state for each in tracking.standing(found, path.rpartition("/")[0])}
        if content is not None and states.get(path) != COMMITTED:
            yield f"{path} has changes that are not committed", ": commit them first"


def _committed(found: Repo, known: Objects, planned: Plan) -> str:
    paths = [path for each in planned.gone for path in each.paths]
    ids = "\n".join(sorted(each.kept.id for each in planned.gone))
    message = f"session: prune {count(len(planned.gone), 'session')}\n\n{ids}\n"
    change = commit.Change(files=planned.after, gone=paths, message=message)
    try:
        made = commit.make(found, known, change)
        with commit.locked(found), turn.undisturbed():
            if made.head != commit.tip(known):
                text = "somebody committed meanwhile; nothing was removed: try again"
                raise UnableError(text)
            with _in_place(found, planned):
                return commit.publish(found, known, made, change)
    except GitError as error:
        text = f"the removal cannot be committed: {error}; nothing was removed"
        raise UnableError(text) from None


@contextmanager
def _in_place(found: Repo, planned: Plan) -> Iterator[None]:
    """Change the work tree; what is raised within takes it back."""
    with ExitStack() as stack:
        for path, content in planned.after.items():
            target = found.root / path
            stack.enter_context(disk.placed(target.parent, {}, {target.name: content}))
        for each in planned.gone:
            stack.enter_context(disk.removed(found.root / each.kept.folder, each.names))
        yield
