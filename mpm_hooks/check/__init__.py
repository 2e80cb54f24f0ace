"""Sessions -> findings: run the rules that apply.

Most sessions are right, and a check runs at each commit: a yaml or md that is what the json makes of it, to the
letter, is not even parsed, and nothing is located before somebody has found a fault. A folder is gone through session
by session, so that a thousand need no more memory than some.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice

from mpm_hooks import rules, session
from mpm_hooks.check import forms, others
from mpm_hooks.check.forms import Judged
from mpm_hooks.check.subject import Folder, World
from mpm_hooks.finding import Finding
from mpm_hooks.rules import truth

__all__ = ["Folder", "World", "check", "judged", "relevant", "wanted"]

_AT_ONCE = 200
"""Sessions about which git is asked at once."""

_MOST = 1000
"""Findings of one code in one file."""


def wanted(names: Iterable[str], chosen: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names that have to be read to judge the chosen files: all forms of their sessions, and the pointer."""
    sessions = session.ids(chosen) | {recorded for name in chosen if (recorded := session.record_id(name))}
    return {
        name
        for name in names
        if name in chosen or name == session.POINTER or ((found := session.split(name)) and found[0] in sessions)
    }


def judged(folder: Folder) -> AbstractSet[str]:
    """Return the ids of the sessions of which files are looked at."""
    return session.ids((*folder.contents, *folder.odd))


def check(folder: Folder, world: World | None = None) -> Iterator[Finding]:
    """Judge the sessions whose files are looked at, and the pointer, in the order of the files' names."""
    world = world or World()
    target, found = others.pointer_of(folder)
    beside = others.others_of(folder, world)
    beside[session.POINTER] = found
    if what := folder.odd.get(session.POINTER):
        beside[session.POINTER] = list(others.not_regular(f"{folder.path}/{session.POINTER}", what))
    groups = iter(sorted({*beside, *judged(folder)}))
    while chunk := list(islice(groups, _AT_ONCE)):
        sessions = {name: forms.session_of(folder, name, target, world) for name in chunk if name not in beside}
        _against_git(sessions, world)
        for name in chunk:
            yield from _sorted(beside[name] if name in beside else sessions[name].found)


def relevant(names: Iterable[str]) -> AbstractSet[str]:
    """Return those of a folder's names that a check of the whole folder reads."""
    return {
        name
        for name in names
        if session.split(name)
        or name == session.POINTER
        or session.is_record(name)
        or session.is_misnamed(name)
        or session.is_stray(name)
        or session.is_checksum(name)
    }


def _against_git(sessions: Mapping[str, Judged], world: World) -> None:
    """Hold what sessions claim against git, all of them at once."""
    readable = [
        (each.found, each.document, each.said)
        for each in sessions.values()
        if each.document is not None and each.said is not None
    ]
    known = world.known([said for _, _, said in readable]) if world.known and readable else None
    if known is None:
        return
    is_doubted = bool(known.commits or known.branches or known.files)
    for found, document, said in readable:
        for find in truth.AGAINST_GIT if is_doubted else ():
            found.extend(find(document, said, known))
        found.extend(truth.not_at_the_top(document, said))


def _sorted(found: list[Finding]) -> list[Finding]:
    """Sort the findings of one session, without repeats; of thousands alike, as many as anybody reads."""
    counts: dict[tuple[str, str], int] = {}
    kept: list[Finding] = []
    for finding in sorted(set(found)) if len(found) > 1 else found:
        key = (finding.path, finding.code)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _MOST:
            finding.severity = rules.find(finding.code).severity
            kept.append(finding)
    return kept
