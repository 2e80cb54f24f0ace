"""What a pull request's sessions say -> Markdown, HTML, JSON.

``told`` takes from each session what a reviewer needs, and nothing else; ``outline`` puts it in the order in which one
reads; each format only writes the outline down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mpm_hooks import markup
from mpm_hooks.finding import Severity
from mpm_hooks.maker import Made
from mpm_hooks.policy import Judged


class State(StrEnum):
    """Where the work stands."""

    NONE = "none"
    """There is no session."""
    IN_PROGRESS = "in progress"
    READY = "ready"
    BLOCKED = "blocked"
    UNREADABLE = "unreadable"
    """There is one, and nobody can tell what it says."""


class Match(StrEnum):
    """How the commit at which a session was paused stands to the head of the branch."""

    FRESH = "fresh"
    """Nothing has been committed since, but sessions."""
    BEHIND = "behind"
    """Commits followed."""
    DIVERGED = "diverged"
    """The branch has neither the commit nor what it changed."""
    UNKNOWN = "unknown"
    """The session names no commit, or nobody has it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a branch has moved on since a session."""

    match: Match
    commits: int = 0
    """Commits that followed, without those that hold sessions alone, and without those of the base."""
    by: str = "commit"
    """What shows it: the ``commit`` itself; after a squash or rebase the same ``tree``, or the same ``patch``."""
    at: str = ""
    """The commit of the branch that stands for the session's."""
    touched: tuple[str, ...] = ()
    """Files that the session names and that have changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of one session: chosen fields, without secrets; any text may be hostile."""

    id: str
    path: str
    """The form to read, from the top of the repository."""
    state: State
    moment: datetime | None = None
    branch: str = ""
    commit: str = ""
    """The commit that was checked out, as the session names it."""
    goal: str = ""
    account: str = ""
    """Where the work stands, in prose."""
    done: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    """Commands that verify the work."""
    files: tuple[str, ...] = ()
    """Files that it names as changed, or to review."""
    loose: tuple[str, ...] = ()
    """Files that were not committed when it was written."""
    drift: Drift = Drift(match=Match.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a branch changes, but for its sessions."""

    base: str
    """The commit at which it left its base; empty if it is compared with nothing."""
    head: str
    files: tuple[str, ...] = ()
    commits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The sessions of a branch, newest first, and what was found in them."""

    change: Change
    sessions: tuple[Told, ...] = ()
    judged: tuple[Judged, ...] = ()
    untouched: tuple[str, ...] = ()
    """Files that the newest session names, and the branch does not touch."""
    unmentioned: tuple[str, ...] = ()
    """Files that the branch changes, and no session mentions."""
    uncovered: tuple[Made, ...] = ()
    """Commits that need a session, and have none, the newest first."""
    left_out: int = 0
    """Sessions that were too many to be read, all of them older."""
    removed: tuple[str, ...] = ()
    """Ids of sessions that the branch takes away."""

    @property
    def status(self) -> State:
        """Where the work stands: by the newest session."""
        return self.sessions[0].state if self.sessions else State.NONE

    @property
    def latest(self) -> str:
        """The id of the newest session, empty if there is none."""
        return self.sessions[0].id if self.sessions else ""

    @property
    def findings(self) -> Sequence[Judged]:
        """What counts of the findings: what is suppressed does not."""
        return [each for each in self.judged if not each.suppressed]

    def count(self, severity: Severity) -> int:
        """Count the findings of this severity."""
        return sum(each.finding.severity is severity for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a file or a commit can be looked at: on the server of a repository."""

    server: str
    """As ``https://github.com``."""
    repository: str
    """As ``owner/name``."""
    head: str
    """The commit at which files are looked at."""

    def file(self, path: str) -> str:
        """Return where a file can be read."""
        return f"{self.server}/{self.repository}/blob/{self.head}/{markup.url_path(path)}"

    def commit(self, name: str) -> str:
        """Return where a commit can be looked at."""
        return f"{self.server}/{self.repository}/commit/{name}"
