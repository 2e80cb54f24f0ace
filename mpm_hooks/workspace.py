"""Whether a job has checked out what it must not.

Where the token may write, nothing of a pull request may be checked out: the next step might run it, and needs only to
import a module or to call a script. To look for it is a rail at the abyss, and no proof that there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from mpm_hooks import plumbing

_MOST = 2_000
"""Directories of a workspace that are looked at."""
_DEEP = 2
"""How far below the workspace a checkout is looked for."""


def found(workspace: str, head: str, *, of_fork: bool) -> str:
    """Return the directory of a checkout that holds the head of a pull request, empty if there is none.

    Args:
        workspace: The directory of the job.
        head: The commit that must not be there.
        of_fork: Whether it is from another repository; then no repository of the workspace may even know it.
    """
    return next((each for each in _repositories(workspace) if _holds(each, head, of_fork=of_fork)), "")


def _repositories(workspace: str) -> Iterator[str]:
    """Yield the directories with a repository, without following links."""
    for path in islice(_directories(workspace, _DEEP), _MOST):
        if os.path.lexists(os.path.join(path, ".git")):  # noqa: PTH118 - as in plumbing
            yield path


def _directories(path: str, deep: int) -> Iterator[str]:
    yield path
    try:
        below = sorted(each.path for each in os.scandir(path) if each.is_dir(follow_symlinks=False)) if deep else []
    except OSError:
        below = []
    for each in below:
        if not each.endswith(".git"):
            yield from _directories(each, deep - 1)


def _holds(path: str, head: str, *, of_fork: bool) -> bool:
    """Tell whether the head is checked out, by itself or merged into the base as GitHub does it."""
    checked_out = _git(path, "cat-file", "commit", "HEAD").split("\n\n")[0].splitlines()
    if f"parent {head}" in checked_out or _git(path, "rev-parse", "HEAD").strip() == head:
        return True
    return of_fork and _git(path, "cat-file", "-t", head).strip() == "commit"


def _git(path: str, *words: str) -> str:
    # The checkout may be another user's; and nothing is to be fetched to answer this.
    answer = plumbing.run(path, "-c", "safe.directory=*", "-c", "protocol.allow=never", *words)
    return (answer or b"").decode(errors="replace")
