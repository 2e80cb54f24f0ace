"""How long hooks take that run at every commit, where they run.

In a commit: a real ``git commit`` starts a program as its hook, which times our hook, or what stands beside it, by
itself (`process`) and then fails, so that every commit begins anew. Under prek: whole runs of ``prek run`` with three
files of a session staged, the pointer to it being committed; ours and theirs are installed by prek from git
repositories (`installed`).
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import installed
import large
from check import made as sessions
from contest import Contest, Pair
from side import HERE, PYTHON, Side, git, script, see
from table import main

STATUS = (
    *("git", "--no-optional-locks", "status", "--porcelain=v2", "-z", "--ignored=matching", "-uall"),
    *("--", ".claude-mpm/sessions"),
)
MANY, LARGE = 1_000, 100_000
ALL = ("mpm-fix", "mpm-check", "mpm-committed", "mpm-pause")
"""What the README's settings name."""
PEERS = ("check-json", "check-yaml")
POINTER = "LATEST-SESSION.txt"


def in_commit(place: Path, folder: Path, name: str, *commands: Sequence[str]) -> Side:
    """Return a side whose commands a commit starts, as its hook."""
    hooks, report = folder / f"hooks-{name}", folder / f"{name}.json"
    hooks.mkdir()
    joined = " && ".join(map(shlex.join, commands))
    timed = commands[0] if len(commands) == 1 else ("sh", "-c", joined)
    hook = hooks / "pre-commit"
    watched = shlex.join((sys.executable, str(HERE / "process.py"), str(report), *timed))
    hook.write_text(f"#!/bin/sh\n{watched}\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    command = ("git", "-c", f"core.hooksPath={hooks}", "commit", "--quiet", "--allow-empty", "-m", "Go on")
    return Side(place=place, commands=[command], report=report)


def seen_to_be_clean(side: Side, what: str) -> str:
    """See that a hook succeeds in a commit, says nothing and leaves no session."""
    heads = git(side.place, "rev-parse", "HEAD")
    taken, said = side.run(), side.heard()
    see(taken.status == 0, f"{what} ends with {taken.status}: {said.stderr[-300:]}")
    see(heads == git(side.place, "rev-parse", "HEAD"), f"{what} let the commit pass")
    see(not git(side.place, "status", "--porcelain", "--", large.SESSIONS), f"{what} left a session")
    return f"{what} ends with 0 and leaves nothing"


def idle(folder: Path) -> Pair:
    """Have a commit start the pause, which does nothing then, and Python alone."""
    root = large.made(folder / "idle", 50).root
    ours = in_commit(root, folder, "idle-pause", script("mpm-hooks", "pause", "--hook"))
    theirs = in_commit(root, folder, "idle-python", PYTHON)
    return Pair(
        ours=ours, theirs=theirs, seen=f"{seen_to_be_clean(ours, 'the hook')}; {seen_to_be_clean(theirs, 'Python')}"
    )


def committed(folder: Path) -> Pair:
    """Have a commit look for sessions that are not committed, and ask git for the same."""
    root = sessions(folder, MANY, "ours")
    large.grow(root, LARGE)
    ours = in_commit(root, folder, "committed", script("mpm-hooks", "committed", "--hook"))
    theirs = in_commit(root, folder, "status", STATUS, PYTHON)
    loose = root / large.SESSIONS / "session-20260101-000000.json"
    loose.write_text("{}", encoding="utf-8")
    finds = ours.run().status
    loose.unlink()
    see(finds == 1, f"the hook ends with {finds} where a session is not committed")
    seen = seen_to_be_clean(ours, "the hook"), seen_to_be_clean(theirs, "the other")
    return Pair(
        ours=ours, theirs=theirs, seen=f"the hook finds a session that is not committed; then {'; '.join(seen)}"
    )


def under_prek(folder: Path, ids: Sequence[str]) -> Pair:
    """Run hooks of ours and theirs on the same three files."""
    ours, theirs = _run(folder, "our", ids), _run(folder, "their", PEERS)
    seen = [seen_to_pass(side, len(names)) for side, names in ((ours, ids), (theirs, PEERS))]
    return Pair(ours=ours, theirs=theirs, seen=f"{seen[0]} and {seen[1]} hooks pass")


def seen_to_pass(side: Side, count: int) -> str:
    """See that so many hooks ran, and passed."""
    side.heard()  # installs them
    done = side.heard()
    passed = done.stdout.count("Passed")
    see(
        done.returncode == 0 and passed == count,
        f"{passed} of {count} hooks pass: {(done.stdout + done.stderr)[-500:]}",
    )
    return str(passed)


def _run(folder: Path, whose: str, ids: Sequence[str]) -> Side:
    source = installed.ours(folder) if whose == "our" else installed.theirs(folder)
    settings = folder / f"{whose}-{len(ids)}.yaml"
    settings.write_text(installed.config(source, *ids), encoding="utf-8")
    words = script("prek", "run", "--config", str(settings))
    path = os.pathsep.join((str(Path(words[0]).parent), os.environ["PATH"]))  # uv is there, with which prek installs
    return Side(
        place=_staged(folder),
        commands=[words],
        environment={"PATH": path, **installed.stores(folder)},
    )


@cache
def _staged(folder: Path) -> Path:
    """Make a repository with the three forms of a session staged, and nothing else."""
    root = folder / "staged"
    large.made(root, 50)
    git(root, "commit", "--quiet", "--all", "-m", "Done")
    git(root, "clean", "--quiet", "--force")
    done = Side(place=root, commands=[script("mpm-hooks", "pause", "--no-commit", "Login works")]).heard()
    see(done.returncode == 0, done.stderr)
    git(root, "add", f"{large.SESSIONS}/{POINTER}")
    git(root, "commit", "--quiet", "-m", "Point to it")
    git(root, "add", large.SESSIONS)
    staged = git(root, "diff", "--cached", "--name-only").split()
    see(len(staged) == 3 and not git(root, "diff", "--name-only"), f"staged: {staged}")
    return root


ROWS = (
    Contest(work="mpm-pause doing nothing, in git commit", against="python -c pass", at_most=1.6, made=idle),
    Contest(
        work="mpm-committed, clean, 1,000 of 100,000 files",
        against="its git status + python -c pass",
        at_most=2.0,
        made=committed,
        takes_long=True,
    ),
    Contest(
        work="prek, 3 staged files: mpm-check",
        against="check-json + check-yaml",
        at_most=0.4,
        made=partial(under_prek, ids=("mpm-check",)),
    ),
    Contest(
        work="prek, 3 staged files: mpm-fix + mpm-check",
        against="check-json + check-yaml",
        at_most=0.4,
        made=partial(under_prek, ids=("mpm-fix", "mpm-check")),
    ),
    Contest(
        work="prek, 3 staged files: all four",
        against="check-json + check-yaml",
        at_most=0.4,
        made=partial(under_prek, ids=ALL),
    ),
)

if __name__ == "__main__":
    sys.exit(main("hooks", __doc__, ROWS))
