"""What git is asked first: while it looks at the files, Python imports what reads its answers."""

from __future__ import annotations

from collections.abc import Callable

from mpm_hooks import repo
from mpm_hooks.repo import Repo
from mpm_hooks.session import DIRECTORY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Answer: TypeAlias = Callable[[], bytes]
"""Waits for what git prints; see ``repo.begin``."""

_STATUS = ("status", "--porcelain=v2", "-z")


def files(found: Repo) -> Answer:
    """Ask how all files stand, and on which branch."""
    return repo.begin(found, *_STATUS, "--branch", "--untracked-files=normal")


def sessions(found: Repo, *folders: str) -> Answer:
    """Ask how the files in these folders stand, ignored ones, too."""
    chosen = ("--untracked-files=all", "--ignored=matching", "--no-renames")
    return repo.begin(found, *_STATUS, *chosen, "--", *(f":(top,literal){folder}" for folder in folders))


def committed(found: Repo, *folders: str) -> Answer:
    """Ask which files the last commit holds in these folders; git refuses where there is no commit yet."""
    return repo.begin(found, "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *(f"{folder}/" for folder in folders))


def survey(found: Repo) -> tuple[Answer, Answer]:
    """Ask how the files in the usual folder stand, and which directories the last commit holds."""
    return sessions(found, DIRECTORY), repo.begin(found, "ls-tree", "-r", "-d", "-z", "--name-only", "HEAD")
