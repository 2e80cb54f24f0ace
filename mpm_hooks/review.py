"""Looks at the sessions of a branch as a reviewer would: base and head in, Summary out; no work tree is needed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from mpm_hooks import blobs, check, drift, due, plumbing, session
from mpm_hooks.blobs import Changed, Entry, Obtain
from mpm_hooks.check import Folder, World
from mpm_hooks.config import Config, parse
from mpm_hooks.finding import UnableError
from mpm_hooks.fix import source
from mpm_hooks.maker import Made
from mpm_hooks.parse import LARGEST
from mpm_hooks.policy import Judged, Policy
from mpm_hooks.rules import shape
from mpm_hooks.session import Session
from mpm_hooks.summary import Change, Summary, Told, told

_MOST_SESSIONS = 50
"""Sessions of a branch that are read, the newest ones."""
_MOST_COMPARED = 10
"""Sessions that are held against the head."""
_MOST_FINDINGS = 1_000
_SETTINGS = "pyproject.toml"
_OURS = session.DIRECTORY.partition("/")[0] + "/"

_Listed: TypeAlias = tuple[str, Mapping[str, Entry], AbstractSet[str]]
"""A folder, what is in it, and which of that is to be judged."""


def of(  # noqa: PLR0913 - each says one thing, the last by their names
    root: str, base: str, head: str, *, config: Config, directory: str = "", obtain: Obtain | None = None
) -> Summary:
    """Look at the sessions that a branch adds or changes.

    Args:
        root: A git directory, or a work tree.
        base: The commit with which the branch is compared; empty for all that the head has.
        head: The newest commit of the branch.
        config: The settings by which findings are judged.
        directory: The directory below which sessions are looked for.
        obtain: Fetches what may be missing, in a shallow or partial clone.

    Raises:
        UnableError: One of the commits is not there.
    """
    start = _start(root, base, head)
    # A branch that has no base is compared with the tree without a file.
    before = start or blobs.said(root, "hash-object", "-t", "tree", "--stdin")
    differing = list(blobs.changed(root, before, head))
    change = Change(
        base=start,
        head=head,
        files=tuple(each.path for each in differing if _OURS not in each.path),
        commits=len(drift.commits(root, head, start)),
    )
    chosen, left_out, removed = _chosen(root, head, [each for each in differing if _is_ours(each, directory)])
    folders = [blobs.folder(root, *each, obtain) for each in chosen]
    newest = sorted((each for folder in folders for each in _told(folder)), key=lambda each: each.id, reverse=True)
    compared = [replace(each, drift=drift.of(root, each, change, obtain)) for each in newest[:_MOST_COMPARED]]
    sessions = (*compared, *newest[_MOST_COMPARED:])
    return Summary(
        change=change,
        sessions=sessions,
        judged=tuple(_judged(folders, config)),
        untouched=_untouched(change, sessions[:1]),
        unmentioned=_unmentioned(change, sessions),
        uncovered=_uncovered(root, change, config, directory, obtain),
        left_out=left_out,
        removed=removed,
    )


def settings(root: str, commit: str, obtain: Obtain | None = None) -> Config:
    """Return the settings as they are at a commit: that of the base, since a branch must not silence its own check.

    Raises:
        MisuseError: They are wrong.
    """
    found = blobs.entries(root, commit, "").get(_SETTINGS)
    if found is None or not found.mode.startswith("100"):
        return Config()
    if obtain:
        obtain([found.id])
    content = blobs.contents(root, [found.id]).get(found.id, b"")
    return parse(content.decode(errors="replace")) if len(content) <= LARGEST else Config()


def _start(root: str, base: str, head: str) -> str:
    """Return the commit at which a branch left its base; the base itself if a shallow clone does not know."""
    found = plumbing.objects(root, [f"{each}^{{commit}}" for each in (head, base) if each])
    if found is None:
        message = "git does not work here: is this a repository, and yours?"
        raise UnableError(message)
    for name, known in zip((head, base), found, strict=False):
        if known is None:
            message = f"there is no commit {name[:100]!r} here: fetch it"
            raise UnableError(message)
    return (blobs.said(root, "merge-base", base, head) if base else "") or base


def _is_ours(each: Changed, directory: str) -> bool:
    above = each.path.rpartition("/")[0]
    below = directory.strip("/")
    is_below = not below or f"{above}/".startswith(f"{below}/")
    return is_below and above.endswith((session.DIRECTORY, session.LEGACY_DIRECTORY))


def _chosen(root: str, head: str, files: Iterable[Changed]) -> tuple[Sequence[_Listed], int, tuple[str, ...]]:
    """Choose the newest sessions; return their files by folder, how many are left out, and which are gone."""
    touched: dict[str, set[str]] = {}
    for each in files:
        above, _, name = each.path.rpartition("/")
        touched.setdefault(above, set()).add(name)
    found = {above: blobs.entries(root, head, above) for above in sorted(touched)}
    forms = {
        (session_id, above): {f"{session_id}.{form}" for form in session.FORMS} & found[above].keys()
        for above, names in touched.items()
        for session_id in session.ids(names)
    }
    chosen: dict[str, set[str]] = {}
    for above, names in touched.items():
        others = check.relevant(name for name in names & found[above].keys() if not session.split(name))
        chosen[above] = set(sorted(others)[:_MOST_SESSIONS])
    there = sorted((each for each, kept in forms.items() if kept), reverse=True)
    for newest in there[:_MOST_SESSIONS]:
        chosen[newest[1]] |= forms[newest]
    gone = sorted(session_id for (session_id, _), kept in forms.items() if not kept)
    listed = [(above, entries, chosen[above]) for above, entries in found.items()]
    return listed, max(0, len(there) - _MOST_SESSIONS), tuple(gone)


def _told(folder: Folder) -> Iterator[Told]:
    for session_id in check.judged(folder):
        forms = {form: f"{session_id}.{form}" for form in session.FORMS if f"{session_id}.{form}" in folder.names}
        path = f"{folder.path}/{next(iter(forms.values()))}"
        held = {form: folder.contents[name] for form, name in forms.items() if name in folder.contents}
        is_read = all(len(content) <= LARGEST for content in held.values())
        found = source.find(held, session_id, lambda data: data, is_gone="json" not in forms) if is_read else None
        yield told.of(Session(id=session_id, data=found.data), path) if found else told.unreadable(session_id, path)


def _judged(folders: Iterable[Folder], config: Config) -> Iterator[Judged]:
    """Check the sessions as they would be in a work tree, but for what git knows: that is told elsewhere here."""
    world = World(latest=time.strftime("session-%Y%m%d-%H%M%S", time.gmtime(time.time() + shape.AHEAD)))
    decided = Policy(
        select=config.select,
        ignore=config.ignore,
        severity=config.severity,
        suppressions=config.per_session_ignores,
    )
    found = (each for folder in folders for each in check.check(folder, world))
    yield from decided.judged(islice(found, _MOST_FINDINGS))


def _untouched(change: Change, newest: Sequence[Told]) -> tuple[str, ...]:
    """Return the files that the newest session names and the branch does not touch; claude-mpm loses first letters."""
    known = {*change.files, *(each[1:] for each in change.files)}
    return tuple(name for each in newest for name in each.files if name not in known) if change.base else ()


def _unmentioned(change: Change, sessions: Sequence[Told]) -> tuple[str, ...]:
    """Return the files that the branch changes and no session mentions."""
    if not (sessions and change.base):
        return ()
    named = {name for each in sessions for name in (*each.files, *each.loose)}
    prose = "\n".join(
        text
        for each in sessions
        for text in (each.goal, each.account, *each.done, *each.next, *each.decisions, *each.tried)
    )
    return tuple(path for path in change.files if path not in named and path[1:] not in named and path not in prose)


def _uncovered(root: str, change: Change, config: Config, directory: str, obtain: Obtain | None) -> tuple[Made, ...]:
    """Return the commits that need a session and have none; nothing where nobody can tell which commits these are."""
    if not change.base:
        return ()
    try:
        return due.of(due.Span(root=root, head=change.head, bases=(change.base,)), config, directory, obtain).uncovered
    except UnableError:
        return ()
