"""What it takes to go on from a session: what it says, where it comes from, and what has changed around it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from mpm_hooks import briefing, check, claims, config, fate, folder, plumbing, session, status, worktrees
from mpm_hooks.briefing import Briefing, Fate, Fault, Loose, More, Standing, advice, words
from mpm_hooks.briefing.advice import Around
from mpm_hooks.check import World
from mpm_hooks.fate import Branches
from mpm_hooks.finding import ERROR
from mpm_hooks.policy import Policy
from mpm_hooks.rules import shape
from mpm_hooks.session import DIRECTORY
from mpm_hooks.shelf import Kept, Reading
from mpm_hooks.summary import told

_MOST_FAULTS = 20
_OURS = DIRECTORY.partition("/")[0] + "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when somebody asks for a session."""

    top: str
    """The top of the work tree, or the directory."""
    branches: Branches | None
    """None where there is no git."""
    now: datetime


def place(top: str, settings: str, now: datetime) -> Place:
    """Look where somebody is: in a project with these settings, as they are written."""
    is_in_git = os.path.lexists(os.path.join(top, ".git"))  # noqa: PTH118 - as git names it
    defaults = config.parse(settings).default_branches
    return Place(top=top, branches=Branches(top, defaults) if is_in_git else None, now=now)


def of(kept: Kept, reading: Reading, place: Place, *, brief: bool = False) -> Briefing:
    """Tell all of a session; ``brief`` leaves out where its file comes from."""
    said = reading.session
    found = told.of(said, kept.path) if said else told.unreadable(kept.id, kept.path)
    branches = place.branches if said and kept.is_in_git else None
    standing = branches.standing(found, kept.path) if branches else Standing()
    return Briefing(
        told=replace(found, drift=standing.drift),
        more=briefing.more(said) if said else More(),
        standing=standing,
        origin=fate.origin(kept.top, kept.path) if branches and not brief else None,
        forms=kept.names,
        how=reading.how,
        age=words.age(found.moment, place.now),
        worktree=worktrees.shown(kept.top) if branches and kept.top != place.top else "",
    )


def whole(found: Briefing, kept: Kept, place: Place, policy: Policy) -> Briefing:
    """Add to what is told of a session what it takes to go on from it."""
    found = replace(found, faults=tuple(_faults(kept, place, policy)))
    around = Around()
    if found.origin and place.branches:
        at = _home(found, kept, place)
        here, there = _uncommitted(place.top), _uncommitted(at)
        found = replace(found, loose=_loose(found, at, there))
        around = Around(
            elsewhere=worktrees.shown(at) if at != place.top else "",
            here=len(here),
            there=len(there),
            unpushed=_unpushed(place.top, found),
            current=place.branches.current.removeprefix("refs/heads/"),
        )
    return replace(
        found, warnings=tuple(advice.warnings(found, around)), commands=tuple(advice.commands(found, around))
    )


def _home(found: Briefing, kept: Kept, place: Place) -> str:
    """Return the work tree in which a session's branch is checked out, else the one in which it lies."""
    if found.standing.fate is Fate.CURRENT:
        return place.top
    homes = {branch: path for path, branch in worktrees.others(place.top).items() if branch}
    return homes.get(found.told.branch, kept.top)


def _faults(kept: Kept, place: Place, policy: Policy) -> Iterator[Fault]:
    latest = place.now + timedelta(seconds=shape.AHEAD)
    world = World(latest=session.id_of(latest), ask=claims.Repository(kept.top).ask if kept.is_in_git else None)
    read = folder.read(kept.directory, kept.folder, lambda names: check.wanted(names, {*kept.names}))
    for each in islice(policy.judged(check.check(read, world)), _MOST_FAULTS):
        found = each.finding
        is_its_own = found.path.rpartition("/")[2] in kept.names  # and not the pointer's
        if is_its_own and found.severity == ERROR and not each.suppressed:
            yield Fault(code=found.code, path=found.path, line=found.line, name=each.name)


def _uncommitted(top: str) -> AbstractSet[str]:
    options = ("--porcelain=v2", "-z", "--untracked-files=all", "--no-renames")
    _, entries = status.parse(plumbing.run(top, "status", *options) or b"")
    return {each.path for each in entries if _OURS not in each.path}


def _loose(found: Briefing, at: str, dirty: AbstractSet[str]) -> Loose:
    """See what has become of the files that were not committed; claude-mpm loses a first letter."""
    known = {*dirty, *(each[1:] for each in dirty)}
    became: dict[str, list[str]] = {"still": [], "committed": [], "absent": []}
    for each in found.told.loose:
        is_there = os.path.lexists(os.path.join(at, each))  # noqa: PTH118 - a name in git
        became["still" if each in known else "committed" if is_there else "absent"].append(each)
    return Loose(**{key: tuple(names) for key, names in became.items()})


def _unpushed(top: str, found: Briefing) -> int:
    """Count the commits of a session's branch that no remote has; none where there is no remote."""
    if found.standing.fate not in (Fate.CURRENT, Fate.HERE) or not plumbing.run(top, "remote"):
        return 0
    counted = ("rev-list", "--count", f"refs/heads/{found.told.branch}", "--not", "--remotes")
    return int(plumbing.run(top, *counted) or b"0")
