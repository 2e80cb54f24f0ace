"""Findings -> text, json, workflow commands, SARIF; and the exit status.

Each format is a module with ``lines``: findings in, lines out, as they come, so that however many there are, none is
kept. Whatever a session says, a line neither drives a terminal nor commands a CI service: a format spells out what
could. (GitHub's ``::stop-commands::`` is no way to do that: it needs a secret, reaches one stream of two, and silences
every other program's commands if we are killed in between.)
"""

from __future__ import annotations

from itertools import groupby

from mpm_hooks.finding import ERROR, WARNING, Finding
from mpm_hooks.lean import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check must not wait for `typing`
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from mpm_hooks.policy import Judged

    class Lines(Protocol):
        """What a format is: findings -> lines."""

        def __call__(self, judged: Iterable[Judged], *, show_suppressed: bool, colour: bool) -> Iterator[str]:
            """Write the findings as they come."""


FORMATS = ("text", "json", "github", "sarif")

CLEAN, FOUND, MISUSED, UNABLE = 0, 1, 2, 3
INTERRUPTED = 130
"""As shells say it: 128 and the number of SIGINT."""

# Control characters, those that hide or turn around what stands beside them, and what begins a command to a CI service
# anywhere in a line (GitHub `##[`, Azure `##vso[`, TeamCity `##teamcity[`): a session must not drive what shows it.
_UNSAFE = (
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
    r"|##(?=\w*\[)"
)


def printable(text: str) -> str:
    """Spell out every character that could hide, forge or command something where the text is shown."""
    is_safe = text.isprintable() and "##" not in text  # as most are, who need not wait for `re`
    safe = text if is_safe else compiled(_UNSAFE).sub(lambda found: spelled(found[0]), text)
    # GitHub takes a line for a command that begins so, after any blanks.
    return safe.replace(":", r"\x3a", 1) if safe.lstrip().startswith("::") else safe


def spelled(text: str) -> str:
    """Spell out characters as Python does."""
    if text == "##":
        return r"#\x23"
    return text.encode("unicode_escape", "surrogatepass").decode()


def ordered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Put the findings of each session in order, as they come by; tell each once."""
    for _, each in groupby(findings, lambda found: found.path.rpartition(".")[0] or found.path):
        yield from sorted(set(each))


def formatted(
    name: str, judged: Iterable[Judged], *, show_suppressed: bool = False, colour: bool = False
) -> Iterator[str]:
    """Write findings in the format of this name, which alone is imported."""
    if name == "text":
        return _text(judged, show_suppressed=show_suppressed, colour=colour)
    from importlib import import_module  # noqa: PLC0415 - it takes as long to import as three modules of ours

    module = import_module(f"mpm_hooks.report.{name if name != 'json' else 'json_form'}")
    lines: Lines = module.lines
    return lines(judged, show_suppressed=show_suppressed, colour=colour)


def _text(judged: Iterable[Judged], *, show_suppressed: bool, colour: bool) -> Iterator[str]:
    """Write findings as text; where there are none, nobody waits for how."""
    for each in judged:
        from mpm_hooks.report import text  # noqa: PLC0415 - see above

        yield from text.lines([each], show_suppressed=show_suppressed, colour=colour)


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Write findings as text, each as its rule says it."""
    from mpm_hooks.policy import Policy  # noqa: PLC0415 - who prints no findings needs no rules

    return formatted("text", Policy().judged(findings))


class Tally:
    """How much was found, counted as it passes."""

    __slots__ = ("errors", "fixable", "suppressed", "warnings")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.errors = self.warnings = self.suppressed = self.fixable = 0

    def counting(self, judged: Iterable[Judged]) -> Iterator[Judged]:
        """Count findings as they pass."""
        for each in judged:
            if each.suppressed:
                self.suppressed += 1
            else:
                self.errors += each.finding.severity == ERROR
                self.warnings += each.finding.severity == WARNING
                self.fixable += each.fixable
            yield each

    def words(self, sessions: int) -> str:
        """Say in one line how much was looked at and what was found."""
        counts = ((self.errors, "error"), (self.warnings, "warning"))
        told = [f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count]
        told += [f"{self.suppressed} suppressed"] * bool(self.suppressed)
        looked = f"{sessions} session{'s' * (sessions != 1)} looked at"
        fixable = f"; {self.fixable} fixable by mpm-hooks fix" if self.fixable else ""
        return f"{looked}: {', '.join(told)}{fixable}" if told else looked

    @property
    def status(self) -> int:
        """The exit status: neither warnings nor what is suppressed fail."""
        return FOUND if self.errors else CLEAN
