"""What may be wrong, a family a module: a rule is a short generator of findings that carries its code.

Its docstring is its page, from which ``mpm-hooks explain``, the list of rules in the docs and the rules of a SARIF file
are made: the title, why it matters, an example that earns it, the way out.
"""

from __future__ import annotations

from mpm_hooks.finding import ERROR, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` itself takes a fifth of what a whole check may
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

FAMILIES: Mapping[str, tuple[str, str]] = {
    "MPM1": ("reading", "A file cannot be read"),
    "MPM2": ("shape", "A session is not what it should be"),
    "MPM3": ("agreement", "The forms and the pointer disagree"),
    "MPM4": ("standing", "A session is not committed"),
    "MPM5": ("exposure", "A session is unfit to publish"),
    "MPM6": ("truth", "A session says nothing, or not the truth"),
    "MPM9": ("faults", "A known fault of claude-mpm's own writer"),
}
"""The first letters of the codes -> the module that holds the family, and what it is about."""


class Rule:
    """A kind of fault. ``code`` is for ever."""

    __slots__ = ("_page", "code", "fixable", "name", "severity")

    def __init__(self, code: str, name: str, page: str, severity: Severity, *, fixable: bool) -> None:
        """Keep what the rule says of itself; the page is taken apart when somebody asks."""
        self.code = code
        self.name = name
        self._page = page
        self.severity = severity
        self.fixable = fixable

    @property
    def family(self) -> str:
        """The first letters of the code, by which ``select`` names the family."""
        return self.code[:4]

    @property
    def title(self) -> str:
        """What is wrong, in one line without a full stop."""
        return self._part(0).rstrip(".")

    @property
    def why(self) -> str:
        """Why it matters, in paragraphs."""
        return self._part(1)

    @property
    def example(self) -> str:
        """A piece of a file, or a list of files, that earns the code."""
        return self._part(2)

    @property
    def way_out(self) -> str:
        """What to do about it."""
        return self._part(3)

    def _part(self, number: int) -> str:
        """Take the docstring apart: title, why, ``Example:`` and ``Way out:``."""
        from inspect import cleandoc  # noqa: PLC0415 - only an explanation needs it

        title, _, rest = cleandoc(self._page).partition("\n")
        why, _, rest = rest.partition("\nExample:\n")
        example, _, way_out = rest.partition("\nWay out:\n")
        return (title, why.strip(), cleandoc(f"\n{example}").strip("\n"), cleandoc(f"\n{way_out}").strip())[number]


RULES: dict[str, Rule] = {}
"""The rules of the families that have been imported, by code."""


def rule(code: str, severity: Severity = ERROR, *, fixable: bool = False) -> Callable[[F], F]:
    """Make a rule of a generator of findings: its name, its docstring and this code."""

    def registered(find: F) -> F:
        RULES[code] = Rule(code, find.__name__.replace("_", "-"), find.__doc__ or "", severity, fixable=fixable)
        return find

    return registered


def find(code: str) -> Rule:
    """Return the rule of a code."""
    if code not in RULES:
        catalogue()
    return RULES[code]


def catalogue() -> tuple[Rule, ...]:
    """Return every rule, sorted by code."""
    from importlib import import_module  # noqa: PLC0415 - only who has a finding needs it

    for module, _ in FAMILIES.values():
        import_module(f"mpm_hooks.rules.{module}")
    return tuple(RULES[code] for code in sorted(RULES))
