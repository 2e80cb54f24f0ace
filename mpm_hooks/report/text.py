"""Findings -> two lines each: where and what, and the way out."""

from __future__ import annotations

from mpm_hooks.finding import WARNING
from mpm_hooks.report import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mpm_hooks.policy import Judged

_RED, _YELLOW, _CYAN, _BOLD = "1;31", "33", "36", "1"


def lines(judged: Iterable[Judged], *, show_suppressed: bool = False, colour: bool = False) -> Iterator[str]:
    """Write the findings as they come."""
    for each in judged:
        if show_suppressed or not each.suppressed:
            yield from told(each, colour=colour)


def told(judged: Judged, *, colour: bool = False) -> Iterator[str]:
    """Write one finding."""
    found = judged.finding
    weight = "suppressed: " if judged.suppressed else "warning: " if found.severity == WARNING else ""
    if not colour:
        yield printable(f"{found.path}:{found.line}:{found.column}: {found.code} {weight}{found.message}")
        yield printable(f"    -> {found.way_out}")
        return
    colon = _painted(":", _CYAN)
    place = f"{_painted(printable(found.path), _BOLD)}{colon}{found.line}{colon}{found.column}{colon}"
    yield f"{place} {_painted(found.code, _RED)} {_painted(weight, _YELLOW)}{printable(found.message)}"
    yield f"    {_painted('->', _CYAN)} {printable(found.way_out)}"


def _painted(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if text else ""
