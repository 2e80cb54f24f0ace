"""What a snapshot is made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from mpm_hooks.status import Change, Entry
from mpm_hooks.value import Value

TRUNKS = ("main", "master", "trunk", "develop", "development")
"""What default branches are called, where neither the settings nor a remote says it."""


class Statement(Value):
    """What only the author knows; whatever is not said is empty."""

    message: str = ""
    task: str = ""
    phase: str = ""
    next: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


class Commit(Value):
    """A commit as ``git log`` shows it."""

    sha: str
    author: str
    timestamp: str
    message: str

    @property
    def is_pause(self) -> bool:
        """Whether it holds sessions, or takes them away, and is no work."""
        return self.message.startswith(("session: pause at ", "session: prune "))


class Operation(Value):
    """A merge, rebase, … that has been begun and not ended."""

    name: str
    branch: str | None = None
    """The branch that a rebase moves; HEAD is detached meanwhile."""
    target: str = ""
    """What is merged, or what is rebased onto, or picked, or reverted, as git words it."""
    step: str = ""
    """How far it has come, and at which commit it stopped."""
    resolved: tuple[str, ...] = ()
    """The files that were in conflict, and are no longer."""


class Base(Value):
    """Where a branch stands with the one that it came from, or with its own copy on the remote."""

    name: str
    """Such as ``main`` or ``origin/main``."""
    merge_base: str | None
    """The commit at which the two parted; None if they have none in common."""
    ahead: int
    behind: int
    is_merged: bool = False
    """Whether the other branch has all of this one's changes, under whatever name: squashed, say."""


class WorkState(Value):
    """What git knows of the work at hand."""

    branch: str | None
    """None where HEAD is detached."""
    head: str | None
    """None before the first commit."""
    commits: tuple[Commit, ...]
    entries: tuple[Entry, ...]
    operation: Operation | None
    base: Base | None
    """None where there is nothing to compare with: on the default branch itself, say, without a remote."""
    own: tuple[Commit, ...]
    """The commits that are this work's, newest first: the branch's own, or those since the last pause."""
    since: str | None
    """The commit that the changes are counted from: the merge base, else HEAD, else the one before it."""
    changes: tuple[Change, ...]
    """What was changed since then, committed or not, untracked files included."""
    incomplete: str | None = None
    """Why the entries are not all there is, None if they are."""


class Todo(Value):
    """An item of Claude Code's todo list; its status is ``pending``, ``in_progress`` or ``completed``."""

    content: str
    status: str
    active_form: str = ""


class Task(Value):
    """A task of Claude Code's task list, which replaced the todo list; the statuses are the same."""

    id: str
    subject: str
    status: str
    description: str = ""


class Tokens(Value):
    """Tokens: those in the context at the last answer, and the sums over all answers."""

    context: int
    input: int
    output: int
    cache_creation: int
    cache_read: int


class Agent(Value):
    """What Claude Code's store says of the last session that worked in this project; never any prose."""

    began: datetime
    last_active: datetime
    todos: tuple[Todo, ...] = ()
    tasks: tuple[Task, ...] = ()
    models: tuple[str, ...] = ()
    """In the order of their first answer."""
    tokens: Tokens | None = None


class Recorded(Value):
    """What claude-mpm's incremental record tells of an auto-pause, without any of its prose."""

    id: str | None
    """The id that the record gave to the session; None if that line is broken."""
    moments: tuple[tuple[str, datetime], ...]
    """The type and the time of each action but the one that ends a record."""
    percentages: tuple[float, float] | None
    """How much of the context was used at the first and at the last action, from 0 to 1."""


class Facts(Value):
    """Everything that a snapshot is made from."""

    statement: Statement
    """What the author says."""
    directory: str
    """Where the user stands, relative to the project."""
    project: str
    """The name of the project's folder."""
    version: str | None
    work: WorkState | None
    """None outside a git repository."""
    agent: Agent | None = None
    """None where Claude Code has left nothing here, or is not to be asked."""
    recorded: Recorded | None = None
    """None where no auto-pause is finished."""
    verify: Mapping[str, str] = MappingProxyType({})
    """The commands that verify the work, the most important one first, by what each does."""
