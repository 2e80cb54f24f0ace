"""A job on GitHub's runner: what it hands to the runner, and whether it has checked out what it must not.

Text goes to the runner by files, never by variables or arguments, and whatever is printed is spelled out first: a
runner takes orders from the log.

Where the token may write, nothing of a pull request may be checked out: the next step might run it, and needs only to
import a module or to call a script. To look for it is a rail at the abyss, and no proof that there is none.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from itertools import islice

from mpm_hooks import plumbing, report
from mpm_hooks.finding import UnableError

LARGEST = 1_048_576
"""Bytes of the summary of a step; GitHub drops all of it when it is larger."""

_LONGEST = 4_000
"""Characters of a message to the runner."""
_MOST = 2_000
"""Directories of a workspace that are looked at."""
_DEEP = 2
"""How far below the workspace a checkout is looked for."""


def room(path: str) -> int:
    """Return how many bytes the summary can still take, beside what other steps of the same action wrote."""
    try:
        written = os.path.getsize(path)  # noqa: PTH202 - a name that the runner gave
    except OSError:
        written = 0
    return max(0, LARGEST - written - 2)  # a line break before and after


def summarise(path: str, text: str) -> None:
    """Add to the summary of the job.

    Raises:
        UnableError: The runner's file cannot be written.
    """
    _append(path, f"\n{text}\n" if room(path) < LARGEST - 2 else f"{text}\n")


def output(path: str, name: str, value: str) -> None:
    """Set an output of the step.

    Raises:
        UnableError: The runner's file cannot be written.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    mark = f"mpm-hooks-{secrets.token_hex(16)}"  # nobody who wrote the value can know how it ends
    _append(path, f"{name}<<{mark}\n{text}\n{mark}\n")


def notice(text: str) -> str:
    """Return the command that shows a notice beside the run."""
    return f"::notice title=mpm-hooks::{report.printable(text)[:_LONGEST].replace('%', '%25')}"


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:  # noqa: PTH123 - …
            stream.write(text)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise UnableError(message) from None


def checkout(workspace: str, head: str, *, of_fork: bool) -> str:
    """Return the directory of a checkout that holds the head of a pull request, empty if there is none.

    If it is from another repository, no repository of the workspace may even know it.
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
