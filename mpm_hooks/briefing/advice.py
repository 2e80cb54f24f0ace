"""What is known of a session and its surroundings -> what to mind, and what to run, before going on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from mpm_hooks.account import count
from mpm_hooks.briefing import Briefing, Fate
from mpm_hooks.briefing.words import short
from mpm_hooks.report import printable
from mpm_hooks.summary import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is around somebody who goes on."""

    elsewhere: str = ""
    """The other work tree in which the session's branch is checked out, or the session lies; empty if it is this."""
    here: int = 0
    """Files that are not committed here."""
    there: int = 0
    """Files that are not committed in the other work tree."""
    unpushed: int = 0
    """Commits of the session's branch that no remote has."""
    current: str = ""
    """The branch that is checked out here."""


def warnings(found: Briefing, around: Around) -> Iterator[str]:
    """Yield what to mind."""
    yield from _of_file(found)
    yield from _of_branch(found)
    if around.unpushed:
        yield f"{count(around.unpushed, 'commit')} of its branch {_is(around.unpushed)} on no remote yet"
    if lost := len(found.loose.absent):
        loose = f"{count(lost, 'file')} that {'was' if lost == 1 else 'were'} not committed then"
        yield f"{loose} {_is(lost)} not here: see git stash list, or ask who paused"
    if around.elsewhere and around.there:
        yield f"{_loose(around.there)} in {around.elsewhere}, and nowhere else"
    if around.here and any(each.startswith("git switch") for each in _going(found, around)):
        yield f"{_loose(around.here)} here: commit, or git stash -u, before you switch"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _loose(number: int) -> str:
    return f"{count(number, 'file')} {_is(number)} not committed"


def _of_file(found: Briefing) -> Iterator[str]:
    if found.how:
        yield f"the json does not tell it all: {found.how.partition(';')[0]}"
    if found.faults:
        kinds = ", ".join(dict.fromkeys(f"{each.code} ({each.name})" for each in found.faults))
        yield f"a check finds {count(len(found.faults), 'error')} in it: {kinds}"
    if found.origin and found.origin.is_altered:
        yield "its file has been changed since it was committed"


def _of_branch(found: Briefing) -> Iterator[str]:
    standing = found.standing
    if standing.fate is Fate.MERGED:
        yield f"its branch was merged: {standing.default} has this session, and perhaps nothing is left to do"
    elif standing.fate is Fate.GONE:
        yield f"its branch is gone; its commit is {'still' if standing.commit else 'not'} here"
    elif found.told.commit and not standing.commit and found.origin:
        yield f"its commit {short(found.told.commit)} is not here: fetch it, if somebody has pushed it"
    elif standing.drift.match is Match.DIVERGED:
        yield "its branch has neither its commit nor what that changed: what it says may no longer hold"


def commands(found: Briefing, around: Around) -> Iterator[str]:
    """Yield what to run, in a shell."""
    moved = found.standing.drift
    yield from _going(found, around)
    if moved.match is Match.BEHIND and found.standing.fate in (Fate.CURRENT, Fate.HERE, Fate.REMOTE):
        yield f"git log --oneline --stat {short(moved.at)}.."
    if found.faults:
        yield f"mpm-hooks check {shlex.quote(found.told.path)}"


def _going(found: Briefing, around: Around) -> Iterator[str]:
    """Yield the command that leads to where the work was; a branch that cannot be typed as it is shown is not named."""
    branch, standing = found.told.branch, found.standing
    is_safe = printable(branch) == branch
    if around.elsewhere:
        yield f"cd {shlex.quote(around.elsewhere)}"
    elif standing.fate is Fate.HERE and is_safe:
        yield f"git switch {shlex.quote(branch)}"
    elif standing.fate is Fate.REMOTE and is_safe:
        yield f"git switch --track {shlex.quote(f'origin/{branch}')}"
    elif standing.fate is Fate.GONE and standing.commit and is_safe:
        yield f"git switch -c {shlex.quote(branch)} {short(standing.commit)}"
    elif standing.fate is Fate.MERGED and around.current != standing.default:
        yield f"git switch {shlex.quote(standing.default)}"
    elif not branch and standing.commit and standing.drift.match is not Match.FRESH:
        yield f"git switch --detach {short(standing.commit)}"
