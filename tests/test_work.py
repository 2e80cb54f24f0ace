"""What changed is counted as git counts it, though git is told where to look."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import objects, repo, status, work

pytestmark = pytest.mark.once

NAMES = ("a.txt", "b.txt", "a/deep/c.txt", "a/d.txt", "e f.txt", "glob[x]*.txt", ":(top)g.txt", "a.b/h.txt", "é/i.txt")


def changed_at_random(repository: Repository, chance: random.Random) -> None:
    """Write, move and remove files, stage some of it."""
    for name in NAMES:
        path = repository.path / name
        match chance.randrange(6):
            case 0:
                repository.write(name, "".join(f"{chance.randrange(9)}\n" for _ in range(chance.randrange(12))))
            case 1 if path.is_file():
                path.unlink()
            case 2 if path.is_file():
                shutil.move(path, repository.write(f"moved/{name}", ""))
            case 3 if path.is_file():
                path.unlink()
                repository.write(f"{name}/below.txt", "below\n")
    for place in ("a", "a.b", "moved", "."):
        if chance.random() < 0.3 and (repository.path / place).exists():
            repository.git("add", "--all", "--", place)


@pytest.mark.parametrize("most", [1000, 2, 0], ids=["named", "too many to name", "too many committed"])
@pytest.mark.parametrize("seed", range(12))
def test_any_change(repository: Repository, monkeypatch: pytest.MonkeyPatch, seed: int, most: int) -> None:
    monkeypatch.setattr(work, "_MOST_NAMED", most)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(3):
        changed_at_random(repository, chance)
        repository.git("add", "--all")
        repository.git("commit", "--quiet", "--allow-empty", "-m", f"commit {number}")
        if number == 0:
            repository.git("switch", "--quiet", "-c", "work")
    changed_at_random(repository, chance)
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        state = work.state(found, known)
        paths = {path.decode() for path in objects.differing(known, "main^{tree}", "HEAD^{tree}")}
    assert paths == {name for name in listed(repository, "diff", "--name-only", "--no-renames", "main", "HEAD") if name}
    whole = repository.git("diff", "--numstat", "-z", "--find-renames", "main", "--")
    untracked = set(listed(repository, "ls-files", "--others", "--exclude-standard"))
    assert [change for change in state.changes if change.path not in untracked] == status.changes(whole.encode())
    assert {change.path for change in state.changes} >= untracked - {""}
    # Of a directory in the place of a file that it knows, git's status tells nothing by itself.
    entries = [(entry.xy, entry.path) for entry in state.entries if ".txt/" not in entry.path]
    assert entries == [each for each in told(repository) if ".txt/" not in each[1]]


def told(repository: Repository) -> list[tuple[str, str]]:
    """Return how files stand as git says it by itself: of a directory that it does not know, the name alone."""
    words = ("git", "status", "--porcelain=v2", "-z", "--untracked-files=normal")
    done = subprocess.run(words, check=True, cwd=repository.path, capture_output=True)
    return [(entry.xy, entry.path) for entry in status.parse(done.stdout)[1]]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there, a name is text")
def test_a_directory_that_git_does_not_know_is_named_as_git_does(repository: Repository) -> None:
    repository.commit("kept/é/in.txt")
    for name in (
        "new/a.txt",
        "new/deep/b.txt",
        "kept/c.txt",
        "kept/é/d.txt",
        "kept/é/e/f.txt",
        "out/g.txt",
        "staged/h",
    ):
        repository.write(name, "1\n")
    repository.write(".gitignore", "out/\n")
    for raw in (b"kept/\xff/i.txt", b"\xfe/j.txt", b"kept/two\nlines/k.txt", b"kept/\xe9.txt"):
        path = os.path.join(os.fsencode(repository.path), raw)  # noqa: PTH118 - pathlib takes no bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - …
        Path(os.fsdecode(path)).write_bytes(b"1\n")
    repository.git("add", "staged/h", "kept/c.txt")
    repository.write("staged/l.txt", "1\n")
    repository.git("init", "--quiet", "nested")
    repository.write("nested/m.txt", "1\n")
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        state = work.state(found, known)
    entries = [(entry.xy, entry.path) for entry in state.entries]
    alike = ("??", "kept/two\nlines/k.txt"), ("??", "kept/two\nlines/")
    assert entries == [alike[0] if each == alike[1] else each for each in told(repository)]
    assert {"new/a.txt", "new/deep/b.txt", "kept/c.txt"} <= {change.path for change in state.changes}


def listed(repository: Repository, *words: str) -> list[str]:
    return repository.git(words[0], "-z", *words[1:]).split("\0")


def test_nothing_changed_but_what_git_does_not_know(repository: Repository) -> None:
    repository.write("new.txt", "1\n2\n")
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        (change,) = work.state(found, known).changes
    assert (change.path, change.added) == ("new.txt", 2)
