"""Where a branch stands is told as git tells it, from one log as long as that will do."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import history, objects, repo
from mpm_hooks.history import Standing
from mpm_hooks.process import Dialogue
from mpm_hooks.repo import GitError, Repo

pytestmark = pytest.mark.once


def standing(repository: Repository, branch: str | None, defaults: tuple[str, ...] = ()) -> Standing:
    with opened(repository) as (found, known):
        return history.standing(found, known, branch, defaults, 5)


@contextmanager
def opened(repository: Repository) -> Iterator[tuple[Repo, objects.Objects]]:
    found = repo.find(repository.path)
    assert found
    with objects.opened(found) as known:
        yield found, known


def empty_commits(repository: Repository, *subjects: str) -> None:
    for subject in subjects:
        repository.git("commit", "--quiet", "--allow-empty", "-m", subject)


def counted(repository: Repository, *words: str) -> tuple[int, int]:
    ahead, behind = repository.git("rev-list", "--left-right", "--count", *words).split()
    return int(ahead), int(behind)


@pytest.fixture(params=[(256,), (2, 4, 2**31 - 1)], ids=["one log", "several"])
def _windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_WINDOWS", request.param)


@pytest.mark.usefixtures("_windows")
@pytest.mark.parametrize("seed", range(8))
def test_any_graph(empty: Repository, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Merges both ways, and crosswise ones: distances and merge base are those that git itself tells."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    empty_commits(empty, "root")
    empty.git("branch", "-M", "main")
    empty.git("switch", "--quiet", "-c", "work")
    for number in range(14):
        if seed % 2:  # else all in one second
            monkeypatch.setenv("GIT_COMMITTER_DATE", f"{2_000_000_000 + number} +0000")
        empty.git("switch", "--quiet", chance.choice(["main", "work"]))
        if chance.random() < 0.25:
            empty.git("merge", "--quiet", "--no-edit", "--no-ff", "-s", "ours", chance.choice(["main", "work"]))
        else:
            empty_commits(empty, f"commit {number}")
    empty.git("switch", "--quiet", "work")
    told = standing(empty, "work")
    assert told.base
    assert (told.base.ahead, told.base.behind) == counted(empty, "HEAD...main")
    assert told.base.merge_base in empty.git("merge-base", "--all", "HEAD", "main").split()
    assert told.head == empty.git("rev-parse", "HEAD").strip()
    assert told.parent == empty.git("rev-parse", "HEAD^").strip()
    assert [each.sha for each in told.last] == empty.git("log", "-5", "--format=%h").split()
    own = empty.git("log", "--no-merges", "--format=%h", "HEAD", "--not", "main").split()
    assert sorted(each.sha for each in told.own) == sorted(own)


@pytest.mark.usefixtures("_windows")
def test_far_behind(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "work")
    empty_commits(repository, "mine")
    repository.git("switch", "--quiet", "main")
    empty_commits(repository, *(f"theirs {number}" for number in range(9)))
    repository.git("switch", "--quiet", "work")
    told = standing(repository, "work")
    assert told.base
    assert (told.base.ahead, told.base.behind) == (1, 9)
    assert [each.message for each in told.own] == ["mine"]


@pytest.mark.usefixtures("_windows")
def test_one_log_is_read_however_far(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    test_far_behind(repository)
    asked: list[str] = []
    talk = repo.talk

    def heard(found: Repo, *words: str) -> Dialogue:
        asked.append(words[0])
        return talk(found, *words)

    monkeypatch.setattr(repo, "talk", heard)
    standing(repository, "work")
    assert asked == ["cat-file", "log"]


def test_a_history_that_cannot_be_read(repository: Repository) -> None:
    repository.commit("more.txt")
    lost = repository.git("rev-parse", "HEAD^").strip()
    (repository.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(GitError, match=lost):
        standing(repository, "main")


@pytest.mark.usefixtures("_windows")
def test_nothing_in_common(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "pages")
    empty_commits(repository, "one", "two", "three")
    told = standing(repository, "pages")
    assert told.base
    assert (told.base.merge_base, told.base.ahead, told.base.behind) == (None, 3, 1)
    assert told.since is None


def test_on_the_default_branch_the_commits_since_the_last_pause(repository: Repository) -> None:
    assert standing(repository, "main").own == ()
    empty_commits(repository, "session: pause at 2026-01-21 10:00:00", "two", "three")
    told = standing(repository, "main")
    assert told.base is None
    assert [each.message for each in told.own] == ["three", "two"]


@pytest.fixture
def clone(repository: Repository, tmp_path: Path) -> Repository:
    """Clone a repository whose default branch has a name of its own."""
    repository.git("branch", "-m", "production")
    repository.git("clone", "--quiet", str(repository.path), str(tmp_path / "clone"))
    made = Repository(tmp_path / "clone")
    made.git("config", "user.name", "Ann Example")
    made.git("config", "user.email", "ann@example.com")
    made.git("switch", "--quiet", "-c", "work")
    return made


def test_what_the_remote_calls_its_head(clone: Repository) -> None:
    empty_commits(clone, "mine")
    told = standing(clone, "work")
    assert told.base
    assert (told.base.name, told.base.ahead) == ("production", 1)
    clone.git("branch", "--quiet", "-D", "production")
    told = standing(clone, "work")
    assert told.base
    assert told.base.name == "origin/production"


def test_what_the_remote_calls_its_head_in_no_file(clone: Repository) -> None:
    """A link, as of old, or a format of newer gits: they know themselves."""
    empty_commits(clone, "mine")
    clone.git("update-ref", "refs/remotes/origin/production", "HEAD")
    head = clone.path / ".git/refs/remotes/origin/HEAD"
    found = repo.find(clone.path)
    assert found
    for target in ("refs/remotes/origin/production", "production", "nothing"):
        head.unlink()
        head.symlink_to(target)
        names = history.default_branches(found, ())
        assert names == (("production",) if "/" in target else ())
    assert history.default_branches(found, ("trunk",)) == ("trunk",)


def test_on_a_default_branch_its_copy_on_the_remote(clone: Repository) -> None:
    clone.git("switch", "--quiet", "production")
    empty_commits(clone, "mine")
    told = standing(clone, "production")
    assert told.base
    assert (told.base.name, told.base.ahead, told.base.behind) == ("origin/production", 1, 0)


def test_a_branch_whose_commits_are_not_here(clone: Repository) -> None:
    """A fetch that was cut off."""
    empty_commits(clone, "mine")
    made = clone.git("commit-tree", "-p", "HEAD", "-m", "theirs", "HEAD^{tree}").strip()
    child = clone.git("commit-tree", "-p", made, "-m", "more", "HEAD^{tree}").strip()
    clone.git("update-ref", "refs/remotes/origin/production", child)
    clone.git("branch", "--quiet", "-D", "production")
    (clone.path / ".git/objects" / made[:2] / made[2:]).unlink()
    told = standing(clone, "work")
    assert told.base is None
    assert told.last[0].message == "mine"


def test_settings_that_cannot_be_read(repository: Repository) -> None:
    with opened(repository) as (found, known):
        (repository.path / ".git/config").rename(repository.path / ".git/settings")
        assert history._others(found, known, "work", ("main",)) == {  # noqa: SLF001 - git itself would not work here
            "refs/heads/main": repository.git("rev-parse", "HEAD").strip()
        }


NAMES = ("a.txt", "b.txt", "d/c.txt", "d/e f.txt", ".claude-mpm/sessions/x.md")


def worked(repository: Repository, chance: random.Random) -> None:
    """Commit changes of files, of which both branches may make the same."""
    for name in chance.sample(NAMES, 2):
        if chance.random() < 0.2 and (repository.path / name).exists():
            repository.git("rm", "--quiet", name)
        else:
            repository.write(name, f"{name}\n{chance.randrange(3)}\n" * 3)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "-m", "work")


@pytest.mark.parametrize("seed", range(30))
def test_what_is_merged_is_what_a_merge_shows(empty: Repository, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    worked(empty, chance)
    empty.git("branch", "-M", "main")
    empty.git("switch", "--quiet", "-c", "work")
    for _ in range(chance.randrange(1, 3)):
        worked(empty, chance)
    empty.git("switch", "--quiet", "main")
    if chance.random() < 0.5:
        empty.git("merge", "--quiet", "--squash", "work")
        empty.git("commit", "--quiet", "--allow-empty", "-m", "squashed")
    if chance.random() < 0.7:
        worked(empty, chance)
    empty.git("switch", "--quiet", "work")
    told = standing(empty, "work")
    monkeypatch.setattr(history, "_adds_a_file", lambda *_: False)
    assert told == standing(empty, "work")


def test_a_branch_that_was_squashed_is_merged_wherever_its_repository_is(tmp_path: Path, empty: Repository) -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    worked(empty, chance)
    empty.git("branch", "-M", "main")
    empty.git("switch", "--quiet", "-c", "work")
    empty.commit("new.txt")
    empty.git("switch", "--quiet", "main")
    empty.git("merge", "--quiet", "--squash", "work")
    empty.git("commit", "--quiet", "-m", "squashed")
    empty.git("switch", "--quiet", "work")
    odd = tmp_path / ("a b" if sys.platform == "win32" else 'a:b"c\\d')
    empty.path.rename(odd)
    base = standing(Repository(odd), "work").base
    assert base
    assert base.is_merged
