"""How long a pause with its commit takes beside claude-mpm's own, and beside a mere look at the work tree.

Each run starts from the same commit, index and work tree, which are put back between runs, untimed. claude-mpm is run
by its own command line, and by the class in it that takes the pause, in a process that does nothing else; it has a home
directory, and a repository, of its own, since it leaves files in both. Its first run sets itself up, uncounted.

Inside pre-commit the hook runs while unstaged changes are set aside. Its own process is timed there, by `process`, and
the whole of ``pre-commit run mpm-pause``: that starts Python, asks git what to set aside and puts it back, whatever the
hook is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from contest import Contest, Pair
from large import CHANGED, LOOSE, SESSIONS, STAGED, Start, made
from side import HERE, MissingError, Side, git, script, see
from table import main

RELEASE = "5.6.48"
MESSAGE = "Login works, the refresh token is next"
SMALL, MEDIUM, LARGE = 50, 30_000, 100_000
STATUS = ("git", "--no-optional-locks", "status", "--porcelain=v2", "-z", "--branch")
CLASS = """
import sys
from pathlib import Path
from claude_mpm.services.cli.session_pause_manager import SessionPauseManager

print(SessionPauseManager(project_path=Path.cwd()).create_pause_session(message=sys.argv[1]))
"""
CONFIG = """\
repos:
- repo: local
  hooks:
  - {{id: mpm-pause, alias: alone, name: alone, entry: {timed} {entry}, {rest}}}
  - {{id: mpm-pause, alias: plain, name: plain, entry: {entry}, {rest}}}
"""
REST = "language: system, always_run: true, pass_filenames: false"


@cache
def place(folder: Path, count: int, owner: str) -> Start:
    """Make a repository for one of both sides."""
    return made(folder / f"{owner}-{count}", count)


def ours(folder: Path, count: int) -> tuple[Side, str]:
    """Return a pause of ours, seen to be one."""
    start = place(folder, count, "ours")
    side = _side(start, script("mpm-hooks", "pause", MESSAGE), folder)
    return side, paused(side, start, "ours")


def paused(side: Side, start: Start, whose: str) -> str:
    """See that a pause is taken and committed; that ours tells the work tree's state, and leaves it alone."""
    start.restore()
    before = git(start.root, "status", "--porcelain", "-z")
    done = side.heard()
    see(done.returncode == 0, f"{whose} ends with {done.returncode}: {(done.stdout + done.stderr)[-300:]}")
    see(git(start.root, "rev-parse", "HEAD^").strip() == start.head, f"{whose} made no commit: {done.stdout[-300:]}")
    (taken,) = (start.root / SESSIONS).glob("session-*.json")
    if whose == "ours":
        seen = json.loads(taken.read_bytes())["git_context"]["status"]["entries"]
        see(len(seen) == CHANGED + STAGED + LOOSE, f"{len(seen)} changes are told of")
        see(git(start.root, "status", "--porcelain", "-z") == before, "the work is not as it was")
        files = git(start.root, "show", "--format=", "--name-only").split()
        see(len(files) == 4, f"committed: {files}")
    return f"{whose} commits {taken.stem}"


def upstream(folder: Path, words: Sequence[str], owner: str) -> tuple[Side, str]:
    """Return a pause of claude-mpm, seen to be one."""
    start = place(folder, SMALL, owner)
    side = _side(start, words, folder)
    return side, paused(side, start, "claude-mpm")


def installed(name: str) -> str:
    """Return a program of claude-mpm's environment.

    Raises:
        MissingError: There is none.
    """
    home = os.environ.get("MPM_BENCH_UPSTREAM", "")
    path = Path(home, "bin", name)
    if not home or not path.exists():
        message = f"claude-mpm {RELEASE} is not in $MPM_BENCH_UPSTREAM: nox -s bench installs it"
        raise MissingError(message)
    return str(path)


def _side(start: Start, command: Sequence[str], folder: Path) -> Side:
    surroundings = {"HOME": str(folder / "home"), "PYTHONWARNINGS": "ignore"}
    return Side(place=start.root, commands=[command], environment=surroundings, before=start.restore)


def by_command_line(folder: Path) -> Pair:
    """Pause by both command lines."""
    theirs, done = upstream(folder, (installed("claude-mpm"), "mpm-init", "pause", "-m", MESSAGE), "command-line")
    side, seen = ours(folder, SMALL)
    return Pair(ours=side, theirs=theirs, seen=f"{seen}, {done}")


def by_class(folder: Path) -> Pair:
    """Pause by claude-mpm's class alone."""
    theirs, done = upstream(folder, (installed("python"), "-c", CLASS, MESSAGE), "class")
    side, seen = ours(folder, SMALL)
    return Pair(ours=side, theirs=theirs, seen=f"{seen}, {done}")


def large(folder: Path) -> Pair:
    """Pause where a look at the work tree takes long."""
    side, seen = ours(folder, LARGE)
    return Pair(ours=side, theirs=_side(place(folder, LARGE, "ours"), STATUS, folder), seen=seen)


def hooked(folder: Path, alias: str) -> Pair:
    """Pause as a hook that pre-commit runs, and by hand, in the same repository."""
    start, report = _hooked(folder)
    runner = _side(start, script("pre-commit", "run", alias), folder)
    inside = Side(
        place=start.root,
        commands=runner.commands,
        environment=dict(runner.environment) | {"PRE_COMMIT_HOME": str(folder / "pre-commit")},
        before=start.restore,
        report=report if alias == "alone" else None,
    )
    outside = _side(start, script("mpm-hooks", "pause", MESSAGE), folder)
    inside.run()  # makes the runner's own store
    seen = [paused(each, start, "ours") for each in (inside, outside)]
    return Pair(ours=inside, theirs=outside, seen="; ".join(seen))


@cache
def _hooked(folder: Path) -> tuple[Start, Path]:
    report = folder / "hook.json"
    timed = f"{sys.executable} {HERE / 'process.py'} {report}"
    entry = " ".join(script("mpm-hooks", "pause", "--hook"))
    config = CONFIG.format(timed=timed, entry=entry, rest=REST)
    return made(folder / "hooked", MEDIUM, config=config), report


ROWS = (
    Contest(
        work="pause with commit, 50 files",
        against=f"claude-mpm {RELEASE} mpm-init pause",
        at_most=0.06,
        made=by_command_line,
        takes_long=True,
    ),
    Contest(work="pause with commit, 50 files", against="claude-mpm's class, bare process", at_most=0.5, made=by_class),
    Contest(
        work="pause with commit, 100,000 files, dirty",
        against="git status",
        at_most=2.0,
        made=large,
        takes_long=True,
    ),
    Contest(
        work="pause inside pre-commit, 30,000 files: the hook",
        against="pause by hand",
        at_most=2.5,
        made=lambda folder: hooked(folder, "alone"),
        takes_long=True,
    ),
    Contest(
        work="pause inside pre-commit, 30,000 files: all of it",
        against="pause by hand",
        made=lambda folder: hooked(folder, "plain"),
        takes_long=True,
    ),
)

if __name__ == "__main__":
    sys.exit(main("pause", __doc__, ROWS))
