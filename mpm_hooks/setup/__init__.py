"""What a repository needs to use us, a module a file: each says what the file has to hold, and why.

Nothing is written here: a module is given what a file holds and answers with what it is to hold. Who has it undone gets
the file back without what was added, whatever else has been written into it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mpm_hooks import __version__

URL = "https://github.com/mpm-hooks/mpm-hooks"
"""Where hook runners clone the hooks from."""

ACTION = "mpm-hooks/mpm-hooks"
"""What a workflow calls the action."""

REV = f"v{__version__}"

HOOKS = ("mpm-fix", "mpm-check", "mpm-committed", "mpm-pause")
"""In this order: what can be mended is mended before it is judged."""

PUSH_HOOK = "mpm-pause-push"
"""It stops a push, and needs another hook of git's: only who asks for it gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a file is to hold."""

    path: str
    """From the top of the repository."""
    before: bytes | None
    """None where there is no file."""
    after: bytes | None
    """None where the file is to go."""
    why: str = "takes out what init wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left to a person, since a program cannot do it without harm."""

    path: str
    what: str


Answer: TypeAlias = Proposal | Left | None
"""None where all is as it has to be."""
