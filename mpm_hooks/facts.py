"""What a snapshot is made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of git's status: the letters for index and work tree, the name, and the name before a rename."""

    xy: str
    path: str
    original_path: str | None = None

    @property
    def is_untracked(self) -> bool:
        """Whether git does not know the file."""
        return self.xy == "??"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as ``git log`` shows it."""

    sha: str
    author: str
    timestamp: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState:
    """What git knows of the work at hand."""

    branch: str | None
    """None where HEAD is detached."""
    head: str | None
    """None before the first commit."""
    commits: tuple[Commit, ...]
    entries: tuple[Entry, ...]
    operation: str | None
    """A merge, rebase, … that has been begun and not ended."""
    last_changed: tuple[str, ...]
    """Files that the last commit changed."""
    incomplete: str | None = None
    """Why the entries are not all there is, None if they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a snapshot is made from."""

    message: str
    directory: str
    """Where the user stands, relative to the project."""
    project: str
    """The name of the project's folder."""
    version: str | None
    work: WorkState | None
    """None outside a git repository."""
