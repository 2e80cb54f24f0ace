"""What a job hands to GitHub's runner: its summary, outputs and commands.

Text goes to the runner by files, never by variables or arguments, and whatever is printed is spelled out first: a
runner takes orders from the log.
"""

from __future__ import annotations

import os
import secrets

from mpm_hooks import report
from mpm_hooks.finding import UnableError

LARGEST = 1_048_576
"""Bytes of the summary of a step; GitHub drops all of it when it is larger."""

_LONGEST = 4_000
"""Characters of a message to the runner."""


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
