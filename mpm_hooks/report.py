"""Findings -> text and exit status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mpm_hooks.finding import Finding, Severity

CLEAN, FOUND, MISUSED, UNABLE = 0, 1, 2, 3
INTERRUPTED = 130
"""As shells say it: 128 and the number of SIGINT."""

# Control characters, and those that hide or turn around what stands beside them: a session must not drive a terminal.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """Spell out every character that could hide, forge or command something where the text is shown."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Write two lines for each finding: where and what, and the way out."""
    for found in sorted(set(findings)):
        weight = "warning: " if found.severity is Severity.WARNING else ""
        place = f"{found.path}:{found.line}:{found.column}"
        yield printable(f"{place}: {found.code} {weight}{found.message}")
        yield printable(f"    -> {found.way_out}")


def tally(findings: Sequence[Finding], sessions: int) -> str:
    """Say in one line how much was looked at and what was found."""
    looked = f"{sessions} {'session' if sessions == 1 else 'sessions'} looked at"
    errors = sum(found.severity is Severity.ERROR for found in set(findings))
    warnings = len(set(findings)) - errors
    counts = [
        f"{count} {word}{'s' * (count != 1)}" for count, word in ((errors, "error"), (warnings, "warning")) if count
    ]
    return f"{looked}: {', '.join(counts)}" if counts else looked


def status(findings: Iterable[Finding]) -> int:
    """Return the exit status: warnings do not fail."""
    return FOUND if any(found.severity is Severity.ERROR for found in findings) else CLEAN
