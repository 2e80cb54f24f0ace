"""How long a check takes beside its peers: whole processes in turn, medians of their ratios; nothing passes or fails.

``nox -s bench``, ``nox -s bench -- --runs 5 --quick``. Ratios travel from machine to machine; milliseconds do not.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
SCRIPTS = Path(sys.executable).parent
SESSIONS = ".claude-mpm/sessions"
PYTHON = [sys.executable, "-c", "pass"]
YAML_ALONE = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        yaml.load(file, Loader=yaml.CSafeLoader)
"""
_FEWEST = 3
_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    seconds: float
    processor: float
    megabytes: float
    status: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Our command beside another, and the ratio that it may have."""

    work: str
    against: str
    ours: tuple[Path, list[str]]
    theirs: tuple[Path, list[str]]
    at_most: float


def main(argv: Sequence[str] | None = None) -> int:
    """Make the sessions, run the contests, print the table."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs of each side (default: 11)")
    parser.add_argument("--budget", type=float, default=90, help="seconds after which a contest ends (default: 90)")
    parser.add_argument("--quick", action="store_true", help="our own sessions only, and not 10,000 of them")
    args = parser.parse_args(argv)
    # A process that may not keep what it compiles compiles everything anew.
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "GITHUB_ACTIONS"):
        os.environ.pop(name, None)
    print("\n".join(_surroundings()), flush=True)
    with tempfile.TemporaryDirectory(prefix="mpm-hooks-bench-") as made:
        for kind in ("ours",) if args.quick else ("ours", "upstream"):
            print("\n".join(_heading(kind)), flush=True)
            counts = (1, 30, 1_000) if args.quick else (1, 30, 1_000, 10_000)
            roots = {count: _made(Path(made), count, kind) for count in counts}
            for contest in _contests(roots):
                print(_row(contest, args.runs, args.budget), flush=True)
            if 10_000 in roots:
                print(_memory(roots[10_000]), flush=True)
    return 0


def _surroundings() -> Iterator[str]:
    """Say on what this ran."""
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, encoding="utf-8").stdout.split()[2]
    yield f"Python {platform.python_version()}, git {git}, {os.cpu_count()} processors, {platform.platform()}"
    compared = ("mpm-hooks", "pre-commit-hooks", "check-jsonschema", "PyYAML", "ruamel.yaml")
    yield ", ".join(f"{name} {version(name)}" for name in compared)


def _heading(kind: str) -> Iterator[str]:
    yield ""
    yield f"Sessions as {'mpm-hooks' if kind == 'ours' else 'claude-mpm'} writes them"
    yield f"{'work':<38}{'against':<40}{'ratio':>7}  {'from … to':<15}{'CPU':>7}{'at most':>9}  "


def _made(folder: Path, count: int, kind: str) -> Path:
    """Make a repository, in a process of its own: what a process once held counts for those that it starts."""
    root = folder / f"{kind}-{count}"
    subprocess.run([sys.executable, str(HERE / "many.py"), str(root), str(count), kind], check=True)
    return root


def _files(root: Path, form: str) -> list[str]:
    return sorted(f"{SESSIONS}/{path.name}" for path in (root / SESSIONS).glob(f"session-*.{form}"))


def _script(name: str, *words: str) -> list[str]:
    return [str(SCRIPTS / name), *words]


def _contests(roots: dict[int, Path]) -> Iterator[Contest]:
    """Yield what is compared; where each session's files can be named, they are, as a hook runner does."""
    one, few, many = roots[1], roots[30], roots[1_000]
    named = {root: _script("mpm-hooks", "check", *_files(root, "*")) for root in (one, few)}
    folder = _script("mpm-hooks", "check", SESSIONS)
    yield Contest("1 session", "python -c pass", (one, named[one]), (one, PYTHON), 3.0)
    yield Contest("1 session", "check-json", (one, named[one]), (one, _script("check-json", *_files(one, "json"))), 1.0)
    yield Contest(
        "30 sessions", "check-json", (few, named[few]), (few, _script("check-json", *_files(few, "json"))), 1.2
    )
    yield Contest(
        "30 sessions", "check-yaml", (few, named[few]), (few, _script("check-yaml", *_files(few, "yaml"))), 0.12
    )
    yield Contest(
        "1,000 sessions", "check-yaml", (many, folder), (many, _script("check-yaml", *_files(many, "yaml"))), 0.05
    )
    schema, what = _schema(many.parent)
    validator = _script("check-jsonschema", "--schemafile", str(schema), *_files(many, "json"))
    yield Contest("1,000 sessions", f"check-jsonschema{what}", (many, folder), (many, validator), 0.5)
    yaml = [sys.executable, "-c", YAML_ALONE, *_files(many, "yaml")]
    yield Contest("1,000 sessions", "yaml.CSafeLoader alone", (many, folder), (many, yaml), 0.6)
    if 10_000 in roots:
        whole = _script("mpm-hooks", "check")
        yield Contest("10,000 sessions", "1,000 sessions", (roots[10_000], whole), (many, whole), 11)


def _schema(folder: Path) -> tuple[Path, str]:
    """Write the schema of a session, or of any object where ours cannot be had; say which."""
    done = subprocess.run(_script("mpm-hooks", "schema"), check=False, capture_output=True)
    path = folder / "schema.json"
    is_ours = not done.returncode
    path.write_bytes(done.stdout if is_ours else b'{"type": "object"}')
    return path, "" if is_ours else ", any object"


def _row(contest: Contest, runs: int, budget: float) -> str:
    """Run both sides in turn; say how they compare."""
    pairs = list(_pairs(lambda: _run(*contest.ours), lambda: _run(*contest.theirs), runs, budget))
    ratios = sorted(ours.seconds / theirs.seconds for ours, theirs in pairs)
    processor = median(ours.processor / theirs.processor for ours, theirs in pairs)
    spread = f"{ratios[0]:.3f} … {ratios[-1]:.3f}"
    took = f"{median(ours.seconds for ours, _ in pairs) * 1000:,.0f}"
    peer = f"{median(theirs.seconds for _, theirs in pairs) * 1000:,.0f} ms"
    met = "met" if median(ratios) <= contest.at_most else "NOT MET"
    failed = sorted({run.status for pair in pairs for run in pair} - {0})
    return (
        f"check, {contest.work + f' ({took} ms)':<31}{contest.against + f' ({peer})':<40}{median(ratios):>7.3f}  "
        f"{spread:<15}{processor:>7.3f}{contest.at_most:>9}  {met}, {len(pairs)} runs"
        f"{f'; exit status {failed}' if failed else ''}"
    )


def _pairs(ours: Callable[[], Run], theirs: Callable[[], Run], runs: int, budget: float) -> Iterator[tuple[Run, Run]]:
    """Run both sides in turn, after once for nothing; few times only where that takes long."""
    ours(), theirs()
    began = time.monotonic()
    for number in range(runs):
        if number >= _FEWEST and time.monotonic() - began > budget:
            return
        # Which of them comes first may matter, so each does.
        if number % 2:
            second = theirs()
            yield ours(), second
        else:
            yield ours(), theirs()


def _run(root: Path, command: list[str]) -> Run:
    """Run a command to its end."""
    os.chdir(root)
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(child, 0)
    return Run(
        seconds=time.perf_counter() - began,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / _PER_MEGABYTE,
        status=os.waitstatus_to_exitcode(status),
    )


def _memory(root: Path) -> str:
    peak = _run(root, _script("mpm-hooks", "check")).megabytes
    met = "met" if peak <= 80 else "NOT MET"
    return f"{'check, 10,000 sessions: peak memory, MB':<78}{peak:>7.0f}  {'':<22}{80:>9}  {met}"


if __name__ == "__main__":
    sys.exit(main())
