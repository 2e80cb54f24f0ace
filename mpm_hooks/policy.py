"""Which findings count, how much, and which somebody has accepted."""

from __future__ import annotations

from mpm_hooks import rules
from mpm_hooks.finding import Finding, Severity, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST = 60
"""Characters of what somebody mistyped; more of it says no more."""

ALL = "ALL"
"""The selector of every rule; any other is a code, or how codes begin."""


class Judged:
    """A finding that is told, with the severity that it has here; ``suppressed`` if somebody has accepted it."""

    __slots__ = ("finding", "suppressed")

    def __init__(self, finding: Finding, *, suppressed: bool = False) -> None:
        """Keep both."""
        self.finding = finding
        self.suppressed = suppressed

    @property
    def name(self) -> str:
        """The name of the rule; the code, if no rule has it."""
        rule = rules.RULES.get(self.finding.code)
        return rule.name if rule else self.finding.code

    @property
    def fixable(self) -> bool:
        """Whether ``mpm-hooks fix`` puts this right."""
        rule = rules.RULES.get(self.finding.code)
        return bool(rule and rule.fixable)


class Policy:
    """What a project, and who calls, have decided; without arguments, that every rule counts as it says itself."""

    __slots__ = ("_ignore", "_select", "_severity", "_suppressions")

    def __init__(
        self,
        *,
        select: Iterable[str] = (ALL,),
        ignore: Iterable[str] = (),
        severity: Iterable[tuple[str, Severity]] = (),
        suppressions: Iterable[tuple[str, Sequence[str]]] = (),
    ) -> None:
        """Take selectors, severities by selector, and what is suppressed by pattern of a session's id."""
        self._select = tuple(map(prefix, select))
        self._ignore = tuple(map(prefix, ignore))
        self._severity = {prefix(selector): each for selector, each in severity}
        self._suppressions = tuple(
            (pattern, *accepted.partition(" ")[::2]) for pattern, each in suppressions for accepted in each
        )

    def judged(self, findings: Iterable[Finding]) -> Iterator[Judged]:
        """Weigh the findings as they come, and leave out those whose rules are not selected."""
        for found in findings:
            if self.selects(found.code):
                yield Judged(self._weighed(found), suppressed=bool(self._suppressions) and self._accepts(found))

    def selects(self, code: str) -> bool:
        """Tell whether a rule counts: the longest selector that fits decides, and ``ignore`` where two are as long."""
        return _longest(self._select, code) > _longest(self._ignore, code)

    def _weighed(self, found: Finding) -> Finding:
        rule = rules.RULES.get(found.code)
        severity = rule.severity if rule else found.severity
        fitting = [each for each in self._severity if found.code.startswith(each)]
        if fitting:
            severity = self._severity[max(fitting, key=len)]
        if severity == found.severity:
            return found
        return Finding(
            path=found.path,
            line=found.line,
            column=found.column,
            code=found.code,
            message=found.message,
            way_out=found.way_out,
            field=found.field,
            severity=severity,
        )

    def _accepts(self, found: Finding) -> bool:
        from fnmatch import fnmatchcase  # noqa: PLC0415 - most projects suppress nothing

        session = found.path.rpartition("/")[2].partition(".")[0].removesuffix("-incremental")
        return any(
            found.code.startswith(prefix(selector)) and field in ("", found.field) and fnmatchcase(session, pattern)
            for pattern, selector, field in self._suppressions
        )


def narrowed(
    select: Sequence[str], ignore: Sequence[str], chosen: tuple[Sequence[str], Sequence[str]]
) -> tuple[Sequence[str], Sequence[str]]:
    """Join settings and flags: what who calls has chosen wins, however exact the settings are."""
    chosen_select, chosen_ignore = chosen
    if chosen_select:
        return chosen_select, chosen_ignore
    kept = [each for each in select if not any(prefix(each).startswith(prefix(other)) for other in chosen_ignore)]
    return kept, [*ignore, *chosen_ignore]


def faults(selectors: Iterable[str]) -> Iterator[str]:
    """Say which selectors name no rule."""
    codes = [rule.code for rule in rules.catalogue()]
    for selector in selectors:
        if selector != ALL and not _fits(selector, codes):
            yield f'"{selector[:_LONGEST]}", which no code is or begins with ({meant(selector, codes)})'


def meant(word: str, codes: Sequence[str], names: Sequence[str] = ()) -> str:
    """Say which code was meant: in another case, of the same family, or spelled nearly so."""
    upper = word[:_LONGEST].upper()
    if _fits(upper, codes):
        return suggestion(upper, (upper,))
    family = [code for code in codes if code[:4] == upper[:4]]
    known = family or ([] if upper.startswith("MPM") else [*codes, *names])
    shown = (ALL, *rules.FAMILIES)
    return suggestion(upper if family else word[:_LONGEST], known, shown)


def _fits(selector: str, codes: Iterable[str]) -> bool:
    return bool(selector) and any(code.startswith(selector) for code in codes)


def prefix(selector: str) -> str:
    """Return how the codes begin that a selector selects."""
    return "" if selector == ALL else selector


def _longest(prefixes: Iterable[str], code: str) -> int:
    return max((len(each) for each in prefixes if code.startswith(each)), default=-1)
