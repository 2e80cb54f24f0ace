"""Sessions -> findings: run the rules that apply.

Most sessions are right, and a check runs at each commit: a yaml or md that is what the json makes of it, to the
letter, is not even parsed, and nothing is located before somebody has found a fault. A folder is gone through session
by session, so that a thousand need no more memory than some.
"""

from __future__ import annotations

from mpm_hooks import rules, session
from mpm_hooks.check import forms, others, texts
from mpm_hooks.check.forms import Judged
from mpm_hooks.check.subject import Folder, World
from mpm_hooks.finding import Finding, Told, again
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.rules import truth
from mpm_hooks.rules.truth import Known

__all__ = ["Folder", "World", "check", "judged", "relevant", "wanted"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

Share: TypeAlias = (
    "Callable[[Callable[[Sequence[str]], list[_Looked]], Sequence[Sequence[str]]], Iterable[list[_Looked]]]"
)
"""Goes through sessions some at a time, as ``map`` does, and perhaps in several processes."""

_Looked = tuple[bool, list[Told]]
"""Whether the json of a session can be read, and what is wrong with the session."""

_AT_ONCE = 125
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


def check(folder: Folder, world: World | None = None, share: Share = map) -> Iterator[Finding]:
    """Judge the sessions whose files are looked at, and the pointer, in the order of the files' names."""
    world = world or World()
    target, found = others.pointer_of(folder)
    beside = others.others_of(folder, world)
    beside[session.POINTER] = found
    if what := folder.odd.get(session.POINTER):
        beside[session.POINTER] = list(others.not_regular(f"{folder.path}/{session.POINTER}", what))
    groups = sorted({*beside, *judged(folder)})
    chunks = [groups[start : start + _AT_ONCE] for start in range(0, len(groups), _AT_ONCE)]
    sessions = [[name for name in chunk if name not in beside] for chunk in chunks]

    def look(names: Sequence[str]) -> list[_Looked]:
        return _looked(folder, target, world, names)

    for chunk, names, answers in zip(chunks, sessions, share(look, sessions), strict=True):
        looked = dict(zip(names, answers, strict=True))
        for name in chunk:
            if name in looked:
                is_readable, told = looked[name]
                if is_readable:
                    world.seen.setdefault(name, f"{folder.path}/{name}.json")
                yield from _sorted(list(map(again, told)))
            else:
                yield from _sorted(beside[name])


def _looked(folder: Folder, target: Pointer | None, world: World, names: Sequence[str]) -> list[_Looked]:
    """Judge some sessions; git answers for all of them at once, while their files are looked at."""
    sessions = [forms.read(folder, name, world) for name in names]
    readable = [each.said for each in sessions if each.said is not None]
    answer = world.ask(readable) if world.ask and readable else None
    # At once what is in all of them: most have nothing, and that is then remembered of each text and command.
    world.suspects([text for each in sessions if each.document and texts.is_read(each.document) for text in each.texts])
    world.may_harm([text for each in sessions for _, text in each.commands])
    for each in sessions:
        forms.judge(each, folder, target, world)
    if known := answer() if answer else None:
        _against_git(sessions, known)
    return [(each.said is not None, [found.told() for found in each.found]) for each in sessions]


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


def _against_git(sessions: Iterable[Judged], known: Known) -> None:
    """Hold what sessions claim against what git knows of it."""
    is_doubted = bool(known.commits or known.branches or known.files)
    for each in sessions:
        if each.document is not None and each.said is not None:
            for find in truth.AGAINST_GIT if is_doubted else ():
                each.found.extend(find(each.document, each.said, known))
            each.found.extend(truth.not_at_the_top(each.document, each.said))


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
