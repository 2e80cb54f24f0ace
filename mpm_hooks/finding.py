"""One thing wrong, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding makes the check fail."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One fault: its place (line and column count from 1), its code, what it is and the way out."""

    path: str
    line: int = 1
    column: int = 1
    code: str
    message: str
    way_out: str
    severity: Severity = Severity.ERROR


def restoring(path: str) -> str:
    """Name the command that brings a file back as it was committed, whatever has been staged since."""
    return f"git checkout HEAD -- {path}"


def correcting(path: str) -> str:
    """Say what to do about a file that cannot be read."""
    return f"correct it here, or restore the file: {restoring(path)}"


def suggestion(word: str, known: Iterable[str], shown: Iterable[str] = ()) -> str:
    """Say which of the known words was meant, or which there are."""
    import difflib  # noqa: PLC0415 - only who mistypes needs it

    words = tuple(known)
    close = difflib.get_close_matches(word, words, 1)
    return f'did you mean "{close[0]}"?' if close else f"there are {', '.join(tuple(shown) or words)}"


class MalformedError(Exception):
    """A file cannot be read as what its name says; carries every fault that was found."""

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings."""
        super().__init__(*findings)
        self.findings = findings


class MisuseError(Exception):
    """The command was called or set up wrongly: one sentence, exit status 2."""


class UnableError(Exception):
    """The surroundings do not allow it (no repository, no git, no permission): one sentence, exit status 3."""
