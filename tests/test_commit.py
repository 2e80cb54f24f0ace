"""A commit holds its files and nothing else, however git was told to treat them."""

from __future__ import annotations

import os
import random
import sys

import pytest
from conftest import Repository, Run

from mpm_hooks import objects, repo
from mpm_hooks.repo import GitError
from mpm_hooks.session import DIRECTORY, POINTER

pytestmark = pytest.mark.once


@pytest.mark.parametrize("elsewhere", [False, True], ids=["spawned", "elsewhere"])
@pytest.mark.parametrize("seed", range(4))
def test_a_tree_is_the_one_that_git_makes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, seed: int, *, elsewhere: bool
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    names = ["a", "a.b", "a-b", "a/b", "a/é", "a0/c", ".claude-mpm/sessions/x", ".claude-mpm/y", "z/z/z/z"]
    start = [name for name in names if chance.random() < 0.5 and not (name == "a" or seed)]
    for name in start:
        repository.write(name, "before\n")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "-m", "start")
    blob = repository.git("hash-object", "-w", str(repository.write("../after", "after\n"))).strip()
    changes = {name: blob if chance.random() < 0.6 else None for name in names[1:]}
    if elsewhere:
        monkeypatch.delattr(os, "posix_spawnp", raising=False)
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        made = objects.with_changes(found, known, repository.git("rev-parse", "HEAD^{tree}").strip(), changes)
    for name, each in changes.items():
        words = ("--add", "--cacheinfo", f"100644,{each},{name}") if each else ("--force-remove", name)
        repository.git("update-index", *words)
    assert made == repository.git("write-tree").strip()


def test_a_tree_that_cannot_be_written(repository: Repository) -> None:
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        blob = known.name(b"new")
        name = known.name(b"100644 new.txt\0" + bytes.fromhex(blob), "tree")
        (repository.path / ".git/objects" / name[:2]).write_text("in the way", encoding="utf-8")
        with pytest.raises(GitError, match="git mktree could not write a tree"):
            objects.with_changes(found, known, None, {"new.txt": blob})


def test_objects(repository: Repository) -> None:
    found = repo.locate(repository.path)
    assert found
    with objects.opened(found) as known:
        assert known.find("nothing") is None
        assert known.find("a b") is None
        tree = known.find("HEAD^{tree}")
        assert tree
        assert known.entries(tree.name)[b"kept.txt"][0] == objects.FILE
        assert known.entries("HEAD") == {}
        assert known.name(b"") == repository.git("hash-object", "--stdin").strip()


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_a_pointer_that_git_was_told_to_pass_over(repository: Repository, run: Run, mark: str) -> None:
    assert run(repository.path, "pause").status == 0
    repository.git("update-index", mark, f"{DIRECTORY}/{POINTER}")
    assert run(repository.path, "pause").status == 0
    assert repository.git("show", f"HEAD:{DIRECTORY}/{POINTER}") == (repository.sessions / POINTER).read_text("utf-8")
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("diff-index", "HEAD", "--") == ""


def test_a_filter_of_the_user(repository: Repository, run: Run) -> None:
    repository.commit(".gitattributes", f"/{DIRECTORY}/*.json filter=shout\n")
    repository.git("config", "filter.shout.clean", "tr a-z A-Z")
    repository.write("staged.txt", "staged\n")
    repository.git("add", "staged.txt")
    result = run(repository.path, "pause")
    assert result.status == 0
    committed = repository.git("show", f"HEAD:{DIRECTORY}/{repository.ids[-1]}.json")
    assert committed == (repository.sessions / f"{repository.ids[-1]}.json").read_text("utf-8").upper()
    assert repository.git("status", "--porcelain") == "A  staged.txt\n"
    assert repository.git("rev-parse", "HEAD").startswith(result.out.partition("Committed as ")[2][:10])


def test_a_file_where_the_folder_goes(repository: Repository, run: Run) -> None:
    repository.commit(".claude-mpm", "once a file\n")
    (repository.path / ".claude-mpm").unlink()
    assert run(repository.path, "pause").status == 0
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("fsck", "--strict") == ""


@pytest.mark.parametrize(
    ("value", "signs"), [(" = true", True), ("", True), (" = on", True), (" = no", False), (" =", False)]
)
def test_whether_it_is_signed_is_read_as_git_reads_it(
    repository: Repository, run: Run, value: str, *, signs: bool
) -> None:
    signer = repository.write("../signer", f"#!{sys.executable}\nimport sys; sys.exit(1)\n")
    signer.chmod(0o755)
    repository.git("config", "gpg.program", str(signer))
    with (repository.path / ".git/config").open("a", encoding="utf-8") as settings:
        settings.write(f"[commit]\n\tgpgSign{value}\n")
    assert run(repository.path, "pause").status == (3 if signs else 0)


def test_commits_that_are_not_here(repository: Repository, run: Run) -> None:
    """Nothing can be told, nor committed, where git has lost what it needs."""
    first = repository.git("rev-parse", "HEAD").strip()
    repository.commit("more.txt")
    (repository.path / ".git/objects" / first[:2] / first[2:]).unlink()
    result = run(repository.path, "pause")
    assert (result.status, repository.sessions.exists()) == (3, False)
    assert "fatal: " in result.err


@pytest.mark.parametrize("branch", ["main", "new"])
def test_a_head_that_is_a_link(repository: Repository, run: Run, branch: str) -> None:
    """As git made it once; of a new branch nothing is there."""
    head = repository.path / ".git/HEAD"
    head.unlink()
    head.symlink_to(f"refs/heads/{branch}")
    result = run(repository.path, "pause")
    assert result.status == 0
    assert f" on {branch}: these files and nothing else" in result.out


def test_what_a_pause_left_that_was_killed_is_cleared_away(repository: Repository, run: Run) -> None:
    left = repository.path / ".git/mpm-hooks"
    (left / "objects/aa").mkdir(parents=True)
    (left / "objects/aa/bb").write_bytes(b"x")
    (left / "few").write_bytes(b"x")
    assert run(repository.path, "pause", "Halfway").status == 0
    assert not left.exists()
