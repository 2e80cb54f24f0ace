"""Fuzz every target for its share of the time; say what was run, and fail if anything broke.

``nox -s fuzz``, ``nox -s fuzz -- --seconds 60 --target yaml``, ``nox -s fuzz -- --again FILE``.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from targets import MOST_BYTES, MOST_MEGABYTES, MOST_SECONDS, TARGETS

HERE = Path(__file__).resolve().parent
HOME = HERE.parent.parent / ".nox"
"""Inputs are kept here, out of git's sight: those worth going on from, and those that broke something."""

_RUNS = re.compile(r"stat::number_of_executed_units: +(\d+)")
_REACHED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of fuzzing a target."""

    name: str
    runs: int
    reached: int
    covered: str
    broke: tuple[Path, ...]
    log: Path


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz; 0 if every input was answered, 1 if one was not."""
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long in all (default: 600)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: every core)")
    parser.add_argument("--target", action="append", choices=TARGETS, help="fuzz this one alone; may be repeated")
    parser.add_argument("--again", type=Path, metavar="FILE", help="give a kept input to its target once more")
    args = parser.parse_args(argv)
    if args.again:
        return _python("targets.py", args.again.resolve().parent.name, str(args.again.resolve())).returncode
    names = args.target or list(TARGETS)
    seconds = max(1, args.seconds * args.jobs // len(names))
    print(f"{len(names)} targets, {seconds} s each, {args.jobs} at once; an input holds at most {MOST_BYTES:,} bytes")
    print(f"and may take {MOST_SECONDS:g} s and {MOST_MEGABYTES} MB; Python {sys.version.split()[0]}", flush=True)
    with ThreadPoolExecutor(args.jobs) as pool:
        outcomes = list(pool.map(lambda name: fuzz(name, seconds), names))
    print("\n".join(_lines(outcomes)))
    return int(any(outcome.broke for outcome in outcomes))


def fuzz(name: str, seconds: int) -> Outcome:
    """Fuzz one target in a process of its own, and measure what its inputs cover."""
    folder, found = HOME / "fuzz" / name, HOME / "fuzz-found" / name
    for path in (folder, found):
        path.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    done = _python("fuzz.py", name, str(folder), str(seconds), str(found), is_kept=True)
    log = HOME / "fuzz" / f"{name}.log"
    log.write_bytes(done.stdout)
    said = done.stdout.decode(errors="replace")
    runs, reached = _RUNS.search(said), _REACHED.findall(said)
    broke = tuple(sorted(set(found.iterdir()) - before)) or ((log,) if done.returncode else ())
    return Outcome(
        name=name,
        runs=int(runs[1]) if runs else 0,
        reached=int(reached[-1]) if reached else 0,
        covered=_covered(name, folder),
        broke=broke,
        log=log,
    )


def _covered(name: str, folder: Path) -> str:
    """Say how much of a target's own modules the inputs reach, lines and branches."""
    data = HOME / "fuzz" / f"{name}.coverage"
    options = (f"--data-file={data}", f"--rcfile={os.devnull}")
    modules = ",".join(f"*/mpm_hooks/{module}.py" for module in TARGETS[name].modules.split(","))
    _python(
        "-m",
        "coverage",
        "run",
        *options,
        "--branch",
        "--source=mpm_hooks",
        "targets.py",
        name,
        str(folder),
        is_kept=True,
    )
    shown = _python("-m", "coverage", "report", *options, f"--include={modules}", "--format=total", is_kept=True)
    return shown.stdout.decode().strip()


def _python(*words: str, is_kept: bool = False) -> subprocess.CompletedProcess[bytes]:
    """Run Python here; keep what it prints, or let it through."""
    stdout, stderr = (subprocess.PIPE, subprocess.STDOUT) if is_kept else (None, None)
    return subprocess.run([sys.executable, *words], check=False, cwd=HERE, stdout=stdout, stderr=stderr)


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield ""
    yield f"{'target':<10} {'executions':>12} {'edges':>7} {'covered':>8}"
    for each in outcomes:
        yield f"{each.name:<10} {each.runs:>12,} {each.reached:>7,} {each.covered:>6} %"
    for each in outcomes:
        for path in each.broke:
            yield ""
            yield f"{each.name} broke: nox -s fuzz -- --again {path}   (more in {each.log})"
            yield from (f"    {line}" for line in _why(each.log))


def _why(log: Path) -> Sequence[str]:
    """Return what a log says of the break."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    starts = [number for number, line in enumerate(lines) if "Uncaught Python exception" in line or "ERROR:" in line]
    return lines[starts[0] : starts[0] + 20] if starts else lines[-20:]


if __name__ == "__main__":
    sys.exit(main())
