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

from mpm_hooks import commit, objects, repo, status, work
from mpm_hooks.facts import WorkState

pytestmark = pytest.mark.once

# Some of each length by eight: an index pads them.
NAMES: tuple[str, ...] = (
    "letter.txt",
    "a.txt",
    "b.txt",
    "a/deep/c.txt",
    "a/d.txt",
    "e f.txt",
    "glob[x]*.txt",
    ":(top)g.txt",
    "a.b/h.txt",
    "é/i.txt",
)


def changed_at_random(repository: Repository, chance: random.Random) -> None:
    """Write, move and remove files, stage some of it."""
    for name in NAMES:
        if not (repository.path / name).is_dir():
            changed(repository, name, chance)
    for place in ("a", "a.b", "moved", "."):
        if chance.random() < 0.3 and (repository.path / place).exists():
            repository.git("add", "--all", "--", place, check=False)
    if chance.random() < 0.2:
        repository.write("intended.txt", "later\n")
        repository.git("add", "-N", "intended.txt")
    for words in (("update-index", "--skip-worktree"), ("update-index", "--assume-unchanged")):
        name = chance.choice(NAMES)
        if chance.random() < 0.2 and (repository.path / name).is_file():
            repository.git("--literal-pathspecs", *words, "--", name, check=False)
            repository.write(name, "nobody looks at this\n")


def changed(repository: Repository, name: str, chance: random.Random) -> None:
    """Do something to a file, or nothing."""
    path = repository.path / name
    match chance.randrange(8):
        case 0:
            repository.write(name, "".join(f"{chance.randrange(9)}\n" for _ in range(chance.randrange(12))))
        case 1 if path.is_file():
            path.unlink()
        case 2 if path.is_file():
            shutil.move(path, repository.write(f"moved/{name}", ""))
        case 3 if path.is_file():
            path.unlink()
            repository.write(f"{name}/below.txt", "below\n")
        case 4 if path.is_file() and sys.platform != "win32":
            path.chmod(0o755)
        case 5 if path.is_file() and sys.platform != "win32":
            path.unlink()
            path.symlink_to("elsewhere")


@pytest.mark.parametrize(("most", "longest"), [(1000, 25_000), (2, 25_000), (1000, 40)], ids=["few", "many", "long"])
@pytest.mark.parametrize("seed", range(25))
def test_any_change(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, seed: int, most: int, longest: int
) -> None:
    monkeypatch.setattr(work, "_MOST_NAMED", most)
    monkeypatch.setattr(work, "_LONGEST", longest)
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
    with commit.workshop(found) as known:
        state = work.state(found, known, apart=found.own)
        paths = {path.decode() for path, _, _ in objects.differing(known, "main^{tree}", "HEAD^{tree}")}
    assert paths == {name for name in listed(repository, "diff", "--name-only", "--no-renames", "main", "HEAD") if name}
    assert_counted(repository, state)


def assert_counted(repository: Repository, state: WorkState) -> None:
    """Hold what is told of the changes to what git says without help."""
    whole = repository.git("diff", "--numstat", "-z", "--find-renames", "main", "--")
    untracked = set(listed(repository, "ls-files", "--others", "--exclude-standard"))
    expected = status.changes(os.fsencode(whole))
    assert list(map(counts, state.changes[: len(expected)])) == list(map(counts, expected))
    assert {change.path for change in state.changes[len(expected) :]} == untracked - {""}
    # Of a directory in the place of a file that it knows, git's status tells nothing by itself.
    entries = [(entry.xy, entry.path) for entry in state.entries if ".txt/" not in entry.path]
    assert entries == [each for each in told(repository) if ".txt/" not in each[1]]


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_what_git_was_told_not_to_look_at(repository: Repository, flag: str) -> None:
    repository.git("switch", "--quiet", "-c", "work")
    repository.commit("committed.txt", "1\n")
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    for name in ("committed.txt", "staged.txt"):
        repository.git("update-index", flag, name)
        repository.write(name, "nobody\nlooks\nat\nthis\n")
    found = repo.locate(repository.path)
    assert found
    with commit.workshop(found) as known:
        state = work.state(found, known, apart=found.own)
    assert [*map(counts, state.changes)] == [("committed.txt", 1, 0), ("staged.txt", 1, 0)]
    assert_counted(repository, state)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, a name is text")
def test_names_that_are_no_text(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "work")
    repository.commit("caf\udce9/a.txt", "1\n2\n")
    repository.commit("kept.txt", "1\n")
    repository.write("caf\udce9/a.txt", "1\n3\n4\n")
    found = repo.locate(repository.path)
    assert found
    with commit.workshop(found) as known:
        state = work.state(found, known, apart=found.own)
    assert_counted(repository, state)
    assert [entry.path for entry in state.entries] == ['"caf\\351/a.txt"']


def test_conflicts_and_a_submodule(repository: Repository) -> None:
    for name in ("both.txt", "ours.txt", "theirs.txt"):
        repository.commit(name, "1\n2\n3\n")
    repository.git("switch", "--quiet", "-c", "work")
    repository.commit("both.txt", "1\nours\n3\n")
    repository.git("rm", "--quiet", "theirs.txt")
    repository.commit("ours.txt", "1\n2\nours\n")
    repository.commit("same.txt", "ours\n")
    repository.git("switch", "--quiet", "-c", "other", "main")
    repository.commit("both.txt", "1\ntheirs\n3\n")
    repository.git("rm", "--quiet", "ours.txt")
    repository.commit("theirs.txt", "1\n2\ntheirs\n")
    repository.commit("same.txt", "theirs\n")
    repository.git("switch", "--quiet", "work")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.path), "part")
    repository.git("commit", "--quiet", "-m", "a part")
    repository.git("merge", "--quiet", "other", check=False)
    Repository(repository.path / "part").commit("below.txt", "1\n")
    repository.write("part/loose.txt", "1\n")
    found = repo.locate(repository.path)
    assert found
    with commit.workshop(found) as known:
        state = work.state(found, known, apart=found.own)
    assert {entry.xy for entry in state.entries} == {"UU", "AA", "DU", "UD", ".M"}
    assert_counted(repository, state)
    assert [(entry.xy, entry.path) for entry in state.entries] == told(repository)


def counts(change: status.Change) -> tuple[str, int | None, int | None]:
    return change.path, change.added, change.deleted


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
    with commit.workshop(found) as known:
        state = work.state(found, known, apart=found.own)
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
    with commit.workshop(found) as known:
        (change,) = work.state(found, known, apart=found.own).changes
    assert (change.path, change.added) == ("new.txt", 2)
