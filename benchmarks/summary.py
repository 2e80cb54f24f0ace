"""How long a summary of a branch takes beside git, which only hands out what a reader of the sessions needs.

A summary lists all sessions of a branch and reads the newest. So git is asked for the blobs of all sessions, and, by
itself, for those that a summary asks it for: what those are is taken down from one run, by a program in git's place.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from check import made
from contest import Contest, Pair
from side import PYTHON, Side, git, script, see
from table import main

COUNT = 1_000
BASE, HEAD = "main~1", "main"
LISTENER = """\
#!/bin/sh
for word in "$@"; do
    case "$word" in
    --batch|--batch=*)
        tee -a {asked} | {git} "$@"
        exit
    esac
done
exec {git} "$@"
"""


def pair(folder: Path, *, is_all: bool) -> Pair:
    """Make a summary of many sessions, and have git print the same blobs."""
    root = made(folder, COUNT, "ours")
    ours = Side(place=root, commands=[script("mpm-hooks", "summary", "--base", BASE, "--head", HEAD)])
    done = ours.heard()
    newest = max((root / ".claude-mpm/sessions").glob("session-*.json")).stem
    see(done.returncode == 0 and newest in done.stdout, f"{done.returncode}: {done.stderr[-300:]}")
    asked = _all(root) if is_all else _asked(folder, ours)
    listed = folder / f"{'all' if is_all else 'asked'}.txt"
    listed.write_text("".join(f"{each}\n" for each in asked), encoding="utf-8")
    printed = ("sh", "-c", f"git cat-file --batch < {shlex.quote(str(listed))}")
    theirs = Side(place=root, commands=[printed, PYTHON])
    found = Side(place=root, commands=[printed]).heard()
    see(found.returncode == 0 and " missing" not in found.stdout, f"git cat-file: {found.returncode}")
    return Pair(ours=ours, theirs=theirs, seen=f"{newest} is told of; {len(asked)} blobs are printed")


def _all(root: Path) -> Sequence[str]:
    """Return the blobs that differ between both commits."""
    return [line.split()[3] for line in git(root, "diff-tree", "-r", BASE, HEAD).splitlines()]


def _asked(folder: Path, ours: Side) -> Sequence[str]:
    """Return what a summary asks git for, by having a program in git's place take it down."""
    place, taken = folder / "listener", folder / "taken.txt"
    place.mkdir()
    real = shutil.which("git")
    see(real, "there is no git")
    (place / "git").write_text(
        LISTENER.format(asked=shlex.quote(str(taken)), git=shlex.quote(str(real))), encoding="utf-8"
    )
    (place / "git").chmod(0o755)
    path = os.pathsep.join((str(place), os.environ["PATH"]))
    done = Side(place=ours.place, commands=ours.commands, environment={"PATH": path}).run()
    see(done.status == 0 and taken.exists(), "what a summary asks git for could not be taken down")
    return taken.read_text(encoding="utf-8").splitlines()


ROWS = tuple(
    Contest(
        work="summary, 1,000 sessions between base and head",
        against=f"git cat-file of {which} + python -c pass",
        at_most=4 if is_all else None,
        made=partial(pair, is_all=is_all),
    )
    for which, is_all in (("all blobs", True), ("those read", False))
)

if __name__ == "__main__":
    sys.exit(main("summary", __doc__, ROWS))
