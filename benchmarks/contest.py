"""Two commands in turn, as whole processes, and how they compare.

A ratio is the median of the ratios of pairs: what disturbs a machine for a while disturbs both of a pair. Ratios travel
from machine to machine; milliseconds do not. A process may keep what it compiles, and has, from a first run that does
not count: in it, what is timed is seen to do what it should. What cannot run here says what it lacks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

from process import Run
from side import Side

HEADING = f"{'work':<52}{'against':<38}{'ratio':>7}  {'from … to':<15}{'CPU':>7}{'at most':>9}"
_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides, ready to run, and what was seen to be right of them."""

    ours: Side
    theirs: Side
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Our command beside another, and the ratio that it may have."""

    work: str
    against: str
    at_most: float | None = None
    made: Callable[[Path], Pair]
    """Makes what they need in a folder, and sees that they do what they should."""
    takes_long: bool = False

    def rows(self, folder: Path, runs: int, budget: float) -> Iterator[str]:
        """Run both sides in turn; say how they compare."""
        pair = self.made(folder)
        pairs = list(_pairs(pair, runs, budget))
        ratios = sorted(ours.seconds / theirs.seconds for ours, theirs in pairs)
        processor = median(ours.processor / max(theirs.processor, 1e-6) for ours, theirs in pairs)
        failed = sorted({each.status for both in pairs for each in both} - {0})
        yield (
            f"{name_of(self)}{median(ratios):>7.3f}  {f'{ratios[0]:.3f} … {ratios[-1]:.3f}':<15}{processor:>7.3f}"
            f"{_bound(median(ratios), self.at_most)}{f'; exit status {failed}' if failed else ''}"
        )
        took = (_milliseconds(ours for ours, _ in pairs), _milliseconds(theirs for _, theirs in pairs))
        yield f"  {took[0]} : {took[1]} ms, {len(pairs)} runs; seen: {pair.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something that is measured by itself, and what it may be."""

    work: str
    against: str
    """What it is counted in, or divided by."""
    at_most: float | None = None
    measured: Callable[[Path, int], tuple[float, str]]
    """Measures in a folder, with so many runs; returns the figure, and what was seen."""
    takes_long: bool = False

    def rows(self, folder: Path, runs: int, _: float) -> Iterator[str]:
        """Measure; say what it is."""
        figure, seen = self.measured(folder, runs)
        shown = f"{figure:,.0f}" if figure == int(figure) or figure > 10 else f"{figure:.3f}"
        yield f"{name_of(self)}{shown:>7}  {'':<15}{'':>7}{_bound(figure, self.at_most)}"
        yield f"  seen: {seen}"


Row: TypeAlias = Contest | Figure


def _pairs(pair: Pair, runs: int, budget: float) -> Iterator[tuple[Run, Run]]:
    """Run both sides in turn, few times only where that takes long; both ran when they were seen to be right."""
    began = time.monotonic()
    for number in range(runs):
        if number >= _FEWEST and time.monotonic() - began > budget:
            return
        # Which of them comes first may matter, so each does.
        if number % 2:
            second = pair.theirs.run()
            yield pair.ours.run(), second
        else:
            yield pair.ours.run(), pair.theirs.run()


def _milliseconds(runs: Iterator[Run]) -> str:
    return f"{median(each.seconds for each in runs) * 1000:,.0f}"


def name_of(row: Row) -> str:
    """Return how a row of the table begins."""
    return f"{row.work:<52}{row.against:<38}"


def _bound(figure: float, at_most: float | None) -> str:
    if at_most is None:
        return f"{'':>9}  no bound"
    return f"{at_most:>9g}  {'met' if figure <= at_most else 'NOT MET'}"
