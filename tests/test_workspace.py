"""The head of a pull request must not be checked out where the token may write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import workspace


@pytest.fixture
def origin(repository: Repository) -> Repository:
    """Make a repository with a base, a head, and both merged."""
    repository.git("checkout", "--quiet", "-b", "head")
    repository.commit("new.txt")
    repository.git("checkout", "--quiet", "-b", "merged", "main")
    repository.commit("other.txt")
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "head")
    repository.git("checkout", "--quiet", "main")
    return repository


def clone(origin: Repository, place: Path, ref: str, depth: int = 1) -> None:
    """Check something out as actions/checkout does."""
    subprocess.run(["git", "init", "--quiet", place], check=True)
    git = Repository(place).git
    git("fetch", "--quiet", f"--depth={depth}", origin.path.as_uri(), ref)
    git("checkout", "--quiet", "FETCH_HEAD")


def found(origin: Repository, place: Path, *, of_fork: bool = True) -> str:
    return workspace.found(str(place), origin.git("rev-parse", "head").strip(), of_fork=of_fork)


@pytest.mark.parametrize("ref", ["head", "merged"])
@pytest.mark.parametrize("below", [".", "pr", "a/b"])
@pytest.mark.parametrize("of_fork", [True, False])
def test_head_is_checked_out(origin: Repository, tmp_path: Path, ref: str, below: str, of_fork: bool) -> None:  # noqa: FBT001 - a column
    place = tmp_path / "space"
    (place / below).mkdir(parents=True)
    clone(origin, place / below, ref)
    assert found(origin, place, of_fork=of_fork) == str(place / below if below != "." else place)


def test_base_is_checked_out(origin: Repository, tmp_path: Path) -> None:
    place = tmp_path / "space"
    place.mkdir()
    assert found(origin, place) == ""
    clone(origin, place, "main")
    assert found(origin, place) == ""


def test_head_was_fetched(origin: Repository, tmp_path: Path) -> None:
    place = tmp_path / "space"
    place.mkdir()
    clone(origin, place, "main")
    Repository(place).git("fetch", "--quiet", origin.path.as_uri(), "head")
    assert found(origin, place) == str(place)
    assert found(origin, place, of_fork=False) == "", "the branches of a repository are no strangers to it"


def test_links_are_not_followed(origin: Repository, tmp_path: Path) -> None:
    (tmp_path / "space").mkdir()
    clone(origin, tmp_path / "other", "head")
    (tmp_path / "space" / "link").symlink_to(tmp_path / "other")
    assert found(origin, tmp_path / "space") == ""


def test_no_repository_at_all(origin: Repository, tmp_path: Path) -> None:
    assert found(origin, tmp_path / "nowhere") == ""
    (tmp_path / "space" / ".git").mkdir(parents=True)
    assert found(origin, tmp_path / "space") == ""
