"""What git is asked first: while it looks at the files, Python imports what reads its answers."""

from __future__ import annotations

from mpm_hooks import repo
from mpm_hooks.finding import UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.session import DIRECTORY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

Answer: TypeAlias = "Callable[[], bytes]"
"""Waits for what git prints; see ``repo.begin``."""

_NOT_AHEAD = frozenset({"--hook", "--auto", "--branch-end", "--discard", "--help", "-h"})
"""With these a pause may do nothing."""
_STATUS = ("status", "--porcelain=v2", "-z")


def ahead(words: Sequence[str]) -> tuple[Repo, Answer] | None:
    """Ask for a pause, before its words are read, how all files stand in the repository; None if it may do nothing."""
    if not _NOT_AHEAD.isdisjoint(words):
        return None
    try:
        found = repo.locate("")
    except UnableError:  # who reads the words will say so
        return None
    return (found, files(found)) if found else None


def files(found: Repo) -> Answer:
    """Ask how all files stand, and on which branch."""
    # How far the branch is from its copy, the log tells: git would read all commits between them.
    return repo.begin(found, *_STATUS, "--branch", "--no-ahead-behind", "--untracked-files=all")


def sessions(found: Repo, *folders: str) -> Answer:
    """Ask how the files in these folders stand, ignored ones, too."""
    chosen = ("--untracked-files=all", "--ignored=matching", "--no-renames")
    return repo.begin(found, *_STATUS, *chosen, "--", *(f":(top,literal){folder}" for folder in folders))


def committed(found: Repo, *folders: str) -> Answer:
    """Ask which files the last commit holds in these folders; git refuses where there is no commit yet."""
    return repo.begin(found, "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *(f"{folder}/" for folder in folders))


def survey(found: Repo) -> tuple[Answer, Answer, Answer]:
    """Ask how the files in the usual folder stand, which of them the last commit holds, and which directories."""
    directories = repo.begin(found, "ls-tree", "-r", "-d", "-z", "--name-only", "HEAD")
    return sessions(found, DIRECTORY), committed(found, DIRECTORY), directories
