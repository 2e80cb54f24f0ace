"""One thing wrong, and where."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import either takes as long as to check some sessions
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

Told = tuple[str, int, int, str, str, str, str]
"""A finding as plain data: path, line, column, code, message, way out, field."""

Severity: TypeAlias = "Literal['error', 'warning']"
"""Whether a finding makes the check fail."""

ERROR: Severity = "error"
WARNING: Severity = "warning"
SEVERITIES = (ERROR, WARNING)
"""All that there are, the worst first."""


class Finding:
    """One fault: its place (line and column count from 1), its code, what it is and the way out.

    No dataclass, here and wherever a check passes: to import ``dataclasses`` takes as long as a whole check may.
    """

    __slots__ = ("code", "column", "field", "line", "message", "path", "severity", "way_out")

    def __init__(  # noqa: PLR0913 - each says one thing, by its name
        self,
        *,
        path: str,
        code: str,
        message: str,
        way_out: str,
        line: int = 1,
        column: int = 1,
        field: str = "",
        severity: Severity = ERROR,
    ) -> None:
        """Say what is wrong; ``field`` is what the fault is in, spelled as ``todos.active[0].content``."""
        self.path = path
        self.line = line
        self.column = column
        self.code = code
        self.message = message
        self.way_out = way_out
        self.field = field
        self.severity = severity

    def told(self) -> Told:
        """Return as plain data what is wrong and where; ``again`` makes a finding of it."""
        return self.path, self.line, self.column, self.code, self.message, self.way_out, self.field

    def _key(self) -> tuple[str, int, int, str, str, str, str, str]:
        return (
            *(self.path, self.line, self.column, self.code),
            *(self.message, self.way_out, self.field, self.severity),
        )

    def __eq__(self, other: object) -> bool:
        """Compare all that is said."""
        return isinstance(other, Finding) and self._key() == other._key()

    def __lt__(self, other: Finding) -> bool:
        """Order by place, then by code."""
        return self._key() < other._key()

    def __hash__(self) -> int:
        """Hash all that is said."""
        return hash(self._key())

    def __repr__(self) -> str:
        """Show what a report shows."""
        return f"<{self.path}:{self.line}:{self.column} {self.code} {self.severity} {self.message}>"


def again(told: Told) -> Finding:
    """Make the finding of which another process, perhaps, has told."""
    path, line, column, code, message, way_out, field = told
    return Finding(path=path, line=line, column=column, code=code, message=message, way_out=way_out, field=field)


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
