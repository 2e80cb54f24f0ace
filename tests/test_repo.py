"""A repository is found as git finds it, by a git or without; what is asked in it is answered, or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import repo
from mpm_hooks.finding import UnableError

pytestmark = pytest.mark.once


def below(repository: Repository) -> Path:
    (repository.path / "a/b").mkdir(parents=True)
    return repository.path / "a/b"


def linked(repository: Repository) -> Path:
    repository.git("worktree", "add", "--quiet", "../beside")
    return repository.path.parent / "beside"


def through_a_link(repository: Repository) -> Path:
    link = repository.path.parent / "link"
    link.symlink_to(below(repository))
    return link


def inside(repository: Repository) -> Path:
    return repository.path / ".git"


def bare(repository: Repository) -> Path:
    repository.git("clone", "--quiet", "--bare", ".", "../bare")
    return repository.path.parent / "bare"


def no_longer_with_a_work_tree(repository: Repository) -> Path:
    repository.git("config", "core.bare", "true")
    return repository.path


def with_a_work_tree_elsewhere(repository: Repository) -> Path:
    other = repository.path.parent / "other"
    other.mkdir()
    repository.git("config", "core.worktree", str(other))
    return repository.path


def with_settings_of_its_own(repository: Repository) -> Path:
    other = repository.path.parent / "other"
    other.mkdir()
    repository.git("config", "extensions.worktreeConfig", "true")
    repository.git("config", "--worktree", "core.worktree", str(other))
    return repository.path


def with_a_folder_that_is_no_repository(repository: Repository) -> Path:
    (below(repository) / ".git").mkdir()
    return repository.path / "a/b"


def with_a_branch_of_a_telling_name(repository: Repository) -> Path:
    repository.git("config", "branch.worktree-bare.remote", "origin")
    return repository.path


def without_settings(repository: Repository) -> Path:
    (repository.path / ".git/config").unlink()
    return repository.path


def outside(repository: Repository) -> Path:
    return repository.path.parent


@pytest.mark.parametrize(
    "place",
    [
        below,
        linked,
        through_a_link,
        inside,
        bare,
        no_longer_with_a_work_tree,
        with_a_work_tree_elsewhere,
        with_settings_of_its_own,
        with_a_folder_that_is_no_repository,
        with_a_branch_of_a_telling_name,
        without_settings,
        outside,
    ],
)
def test_it_is_found_as_git_finds_it(repository: Repository, place: Callable[[Repository], Path]) -> None:
    here = place(repository)

    def told(find: Callable[[Path], repo.Repo | None]) -> tuple[object, ...]:
        try:
            found = find(here)
        except UnableError as error:
            return ("refused", str(error))
        return (found.root, found.git_dir, found.index, found.in_commit, found.shared) if found else ()

    assert told(repo.locate) == told(repo.find)


def test_above_a_ceiling(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.path.parent.resolve()))
    assert repo.locate(below(repository)) is not None
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.path.resolve()))
    assert repo.locate(repository.path / "a/b") is None


def test_where_it_is_plain_no_git_is_asked(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = repo.locate(repository.path)
    assert found
    assert found.root == repository.path.resolve()
    for ask in (lambda: repo.run(found, "status"), lambda: repo.talk(found, "cat-file", "--batch")):
        with pytest.raises(UnableError, match="git is not installed, or not on PATH"):
            ask()


def test_git_refuses(repository: Repository) -> None:
    found = repo.locate(repository.path)
    assert found
    with pytest.raises(repo.GitError, match=r"^fatal: .*nothing") as caught:
        repo.run(found, "rev-parse", "nothing^{commit}")
    assert caught.value.status == 128
    with pytest.raises(repo.GitError, match=r"^git does not work here: it ended with exit status 1$"):
        repo.run(found, "config", "no.such")


def test_input_environment_and_answer(repository: Repository) -> None:
    found = repo.locate(repository.path)
    assert found
    name = repo.run(found, "hash-object", "--stdin", given=b"x" * 200_000).decode().strip()
    assert len(name) == 40
    assert repo.text(found, "var", "GIT_EDITOR", environment={"GIT_EDITOR": "vi -x"}) == "vi -x"
    answers = [repo.begin(found, "rev-parse", "HEAD"), repo.begin(found, "rev-parse", "HEAD^{tree}")]
    assert [len(answer().strip()) for answer in answers] == [40, 40]
