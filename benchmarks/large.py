"""Repositories with many files, work in every state, and the way back to where they stood."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from side import git

SESSIONS = ".claude-mpm/sessions"
BRANCH = "feature/login"
CHANGED, STAGED, LOOSE = 3, 2, 2
"""Files that are modified, staged and untracked."""
_LONG_AGO = 1_700_000_000
_PER_FOLDER = 100
_WHO = "Ann Example <ann@example.org>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a repository stood: its head, its index, and the sessions that it had, which are none."""

    root: Path
    head: str
    index: Path

    def restore(self) -> None:
        """Go back there; the work tree is as it was but for sessions."""
        git(self.root, "update-ref", "HEAD", self.head)
        shutil.copy2(self.index, self.root / ".git" / "index")
        shutil.rmtree(self.root / SESSIONS, ignore_errors=True)


def grow(root: Path, count: int, branch: str = "main") -> None:
    """Commit so many files to the branch that is checked out."""
    git(root, "fast-import", "--quiet", "--force", given="".join(_commit(branch, count)).encode())
    git(root, "reset", "--quiet", "--hard")
    quiet(root)


def made(root: Path, count: int, *, config: str = "") -> Start:
    """Make a repository with so many files, a branch of three commits, and work in every state on it."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    git(root, "init", "--quiet")
    (root / ".pre-commit-config.yaml").write_text(config or "repos: []\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Begin")
    grow(root, count)
    git(root, "switch", "--quiet", "-c", BRANCH)
    for number in range(3):
        (root / name(number)).write_text(f"step = {number}\n", encoding="utf-8")
        git(root, "commit", "--quiet", "-am", f"Step {number}")
    quiet(root)
    for number in range(CHANGED):
        (root / name(number + 10)).write_text("changed = True\n", encoding="utf-8")
    for number in range(STAGED):
        (root / name(number + 20)).write_text("staged = True\n", encoding="utf-8")
        git(root, "add", name(number + 20))
    for number in range(LOOSE):
        (root / f"notes{number}.txt").write_text("later\n", encoding="utf-8")
    return started(root)


def started(root: Path) -> Start:
    """Keep where a repository stands."""
    kept = root.parent / f"{root.name}.index"
    shutil.copy2(root / ".git" / "index", kept)
    return Start(root=root, head=git(root, "rev-parse", "HEAD").strip(), index=kept)


def name(number: int) -> str:
    """Return the name of a file."""
    folder = number // _PER_FOLDER
    return f"packages/part{folder // 20}/source{folder % 20}/file{number}.py"


def quiet(root: Path) -> None:
    """Make every file older than the index: what is as new as it must be read to know whether it changed."""
    for folder, _, names in os.walk(root):
        if ".git" not in Path(folder).parts:
            for each in names:
                os.utime(Path(folder, each), (_LONG_AGO, _LONG_AGO))
    git(root, "status", "--porcelain")


def _commit(branch: str, count: int) -> Iterator[str]:
    yield f"commit refs/heads/{branch}\ncommitter {_WHO} {_LONG_AGO} +0000\n"
    yield f"data 5\nGrow\n\nfrom refs/heads/{branch}^0\n"
    for number in range(count):
        text = f"# {number}\n" + "x = 1\n" * (number % 40)
        yield f"M 100644 inline {name(number)}\ndata {len(text)}\n{text}\n"
    yield "\n"
