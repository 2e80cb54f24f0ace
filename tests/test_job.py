"""What a runner is handed, and that the head of a pull request is not checked out where the token may write."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import Repository
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import job
from mpm_hooks.finding import UnableError


def outputs(text: str) -> dict[str, str]:
    """Read a file of outputs as GitHub's runner does."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, mark = line.partition("<<")
            value = []
            while (each := next(lines)) != mark:
                value.append(each)
            found[name] = "\n".join(value)
    return found


@given(value=st.text() | st.sampled_from(["a\nb", "a\r\nb\rc", "EOF\nx=1", "", "name<<EOF"]))
def test_outputs_are_read_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    path = tmp_path_factory.mktemp("job") / "output"
    job.output(str(path), "one", value)
    job.output(str(path), "two", "2")
    found = outputs(path.read_bytes().decode())
    shown = value.encode(errors="backslashreplace").decode()
    assert found == {"one": shown.replace("\r\n", "\n").replace("\r", "\n"), "two": "2"}


def test_marks_cannot_be_known(tmp_path: Path) -> None:
    path = tmp_path / "output"
    job.output(str(path), "one", "1")
    job.output(str(path), "one", "1")
    assert len(set(re.findall(r"<<mpm-hooks-[0-9a-f]{32}\n", path.read_text(encoding="utf-8")))) == 2


def test_summary_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    assert job.room(str(path)) == job.LARGEST - 2
    job.summarise(str(path), "one")
    job.summarise(str(path), "two")
    assert path.read_bytes() == b"one\n\ntwo\n"


def test_summary_is_as_large_as_may_be(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * 1000)
    job.summarise(str(path), "y" * job.room(str(path)))
    assert path.stat().st_size == job.LARGEST
    assert job.room(str(path)) == 0


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="cannot write"):
        job.summarise(str(tmp_path), "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "::notice title=mpm-hooks::a"),
        ("100 %\n::error::x", r"::notice title=mpm-hooks::100 %25\n::error::x"),
        ("a\r##[error]b", r"::notice title=mpm-hooks::a\r#\x23[error]b"),
    ],
)
def test_notice(text: str, expected: str) -> None:
    assert job.notice(text) == expected


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
    return job.checkout(str(place), origin.git("rev-parse", "head").strip(), of_fork=of_fork)


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
