"""The benchmarks start, name every figure that is promised, and say what is wrong or missing; nothing is timed here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.name == "nt", reason="what a process took is not told by Windows"),
]

FOLDER = ROOT / "benchmarks"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py") if f'main("{path.stem}"' in path.read_text("utf-8"))
PROMISED = [
    ("check, 1 session", "python -c pass", "3.0"),
    ("check, 1 session", "check-json", "1.0"),
    ("check, 30 sessions", "check-json", "1.2"),
    ("check, 30 sessions", "check-yaml", "0.12"),
    ("check, 1,000 sessions", "check-yaml", "0.05"),
    ("check, 1,000 sessions", "check-jsonschema", "0.5"),
    ("check, 1,000 sessions", "their yaml, C loader alone", "0.6"),
    ("check, 10,000 sessions", "check, 1,000 sessions", "11"),
    ("check, 10,000 sessions", "peak memory, MB", "80"),
    ("mpm-pause doing nothing, in git commit", "python -c pass", "1.6"),
    ("mpm-committed, clean, 1,000 of 100,000 files", "its git status + python -c pass", "2.0"),
    ("pause with commit, 50 files", "claude-mpm 5.6.48 mpm-init pause", "0.06"),
    ("pause with commit, 50 files", "claude-mpm's class, bare process", "0.5"),
    ("pause with commit, 100,000 files, dirty", "git status", "2.0"),
    ("pause inside pre-commit, 30,000 files: the hook", "pause by hand", "2.5"),
    ("summary, 1,000 sessions between base and head", "git cat-file of all blobs + python -c pass", "4"),
    ("prek, 3 staged files: mpm-check", "check-json + check-yaml", "0.4"),
    ("the action, warm: installed with uv", "its waits for the API + 5 s", "1.0"),
    ("the action, warm: installed with pip", "its waits for the API + 5 s", "1.0"),
    ("pause with commit, dirty", "processes of git", "8"),
    ("wheel", "kB", "150"),
]
PROGRAM = """
import sys
from contest import Contest, Figure, Pair
from side import PYTHON, MissingError, Side, see
from table import main

def made(folder):
    failing = Side(place=folder, commands=[PYTHON, (sys.executable, "-c", "raise SystemExit(3)")])
    return Pair(ours=failing, theirs=Side(place=folder, commands=[PYTHON]), seen="it fails")

def wrong(folder, runs):
    see(runs != 3, "it is three")
    return 7, "seven"

def missing(folder, runs):
    raise MissingError("nothing is installed")

ROWS = (
    Figure(work="a", against="things", at_most=1, measured=lambda folder, runs: (0.5, "half")),
    Figure(work="b", against="things", at_most=1, measured=lambda folder, runs: (2, "two")),
    Figure(work="c", against="things", measured=missing),
    Figure(work="d", against="things", measured=wrong),
    Figure(work="e", against="things", measured=wrong, takes_long=True),
    Contest(work="f", against="Python", made=made),
)
sys.exit(main("program", __doc__, ROWS, sys.argv[1:]))
"""


def call(*words: str, program: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program, or the text of one, as nox does."""
    command = [sys.executable, *(("-c", program) if program else ()), *words]
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": str(FOLDER)}
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment)


def listed(program: str) -> list[tuple[str, ...]]:
    """Return the rows of a program."""
    done = call(f"benchmarks/{program}.py", "--list")
    assert done.returncode == 0, done.stderr
    return [tuple(line.split(" | ")) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_tells_what_it_is_for(program: str) -> None:
    done = call(f"benchmarks/{program}.py", "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: nox -s bench -- {program} ")
    assert all(len(row) == 3 for row in listed(program))


def test_every_promise_is_measured_once() -> None:
    rows = [row for program in PROGRAMS for row in listed(program)]
    assert [row for row in PROMISED if rows.count(row) != 1] == []


def test_nox_runs_every_program() -> None:
    (names,) = re.findall(r"^BENCHMARKS = \((.*)\)$", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(re.findall(r'"(\w+)"', names)) == PROGRAMS


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param(["--only", "a"], 0, "0.500 +1 +met$", id="within the bound"),
        pytest.param(["--only", "b"], 0, "2 +1 +NOT MET$", id="beyond it"),
        pytest.param(["--only", "c"], 0, "not run: nothing is installed$", id="not installed"),
        pytest.param(["--only", "d"], 0, "no bound$", id="without a bound"),
        pytest.param(["--only", "d", "--runs", "3"], 1, "WRONG: it is three$", id="wrong"),
        pytest.param(["--only", "e", "--runs", "3", "--quick"], 0, "left out by --quick: 1 rows$", id="left out"),
        pytest.param(["--only", "f", "--runs", "1"], 0, r"no bound; exit status \[3\]$", id="one that fails"),
        pytest.param(["--only", "f", "--runs", "1"], 0, "1 runs; seen: it fails$", id="what was seen"),
    ],
)
def test_a_row_says_how_it_went(words: list[str], status: int, said: str) -> None:
    done = call(*words, program=PROGRAM)
    assert done.returncode == status, done.stderr
    assert re.search(said, done.stdout, re.MULTILINE), done.stdout


def test_a_process_is_timed_where_another_starts_it(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = call("benchmarks/process.py", str(report), sys.executable, "-c", "print('heard'); raise SystemExit(5)")
    assert (done.returncode, done.stdout) == (5, "heard\n")
    seconds, processor, megabytes, status = json.loads(report.read_text(encoding="utf-8"))
    assert status == 5
    assert min(seconds, processor, megabytes) > 0
