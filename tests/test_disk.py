from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sessions import ID

from mpm_hooks import disk, session
from mpm_hooks.finding import UnableError


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_placed_files_are_readable_as_the_umask_says(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    mask = os.umask(0o027)
    try:
        with disk.placed(tmp_path, {"a": b"1", "b": b"2"}, {"old": b"new", "other": b"3"}):
            assert (tmp_path / "old").read_bytes() == b"new"
    finally:
        os.umask(mask)
    assert contents(tmp_path) == {"a": b"1", "b": b"2", "old": b"new", "other": b"3"}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_what_is_raised_within_takes_files_back(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    before = (tmp_path / "old").stat()
    with pytest.raises(ZeroDivisionError), disk.placed(tmp_path, {"a": b"1"}, {"old": b"new", "other": b"2"}):
        raise ZeroDivisionError
    assert contents(tmp_path) == {"old": b"old"}
    assert (tmp_path / "old").stat().st_ino == before.st_ino


def test_placing_overwrites_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"mine")
    with pytest.raises(FileExistsError), disk.placed(tmp_path, {"a": b"1", "b": b"2"}, {"c": b"3"}):
        pytest.fail("it went on")
    assert contents(tmp_path) == {"b": b"mine"}


def test_placing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with (
        pytest.raises(UnableError, match="nothing was written"),
        disk.placed(tmp_path, {"a": b"1"}, {"b": b"2"}),
    ):
        pytest.fail("it went on")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def leftover(directory: Path, *placed: str) -> None:
    """Leave what a pause leaves that is killed after it has placed these forms."""
    for form in session.FORMS:
        hidden = directory / f".mpm-hooks-1-{ID}.{form}"
        hidden.write_bytes(b"x")
        if form in placed:
            os.link(hidden, directory / f"{ID}.{form}")


def test_parts_of_a_session_are_cleared_away(tmp_path: Path) -> None:
    leftover(tmp_path, "md", "yaml")
    (tmp_path / "mine").write_bytes(b"mine")
    assert disk.clear(tmp_path) == set()
    assert contents(tmp_path) == {"mine": b"mine"}
    assert disk.clear(tmp_path / "none") == set()


def test_a_whole_session_stays(tmp_path: Path) -> None:
    leftover(tmp_path, *session.FORMS)
    assert disk.clear(tmp_path) == {ID}
    assert contents(tmp_path) == {f"{ID}.{form}": b"x" for form in session.FORMS}


def test_a_file_that_is_not_ours_stays(tmp_path: Path) -> None:
    leftover(tmp_path, "md")
    (tmp_path / f"{ID}.yaml").write_bytes(b"mine")
    assert disk.clear(tmp_path) == set()
    assert contents(tmp_path) == {f"{ID}.yaml": b"mine"}


def test_present_takes_back_what_stayed_empty(tmp_path: Path) -> None:
    with disk.present(tmp_path / "a/b"):
        assert (tmp_path / "a/b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with disk.present(tmp_path / "a/b"):
        (tmp_path / "a/kept").touch()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept"]


def test_names(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert disk.names(tmp_path) == {"a"}
    assert disk.names(tmp_path / "none") == frozenset()
    with pytest.raises(UnableError, match="Not a directory"):
        disk.names(tmp_path / "a")


def test_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    assert (disk.content(tmp_path / "a"), disk.content(tmp_path / "none")) == (b"1", None)
    with pytest.raises(UnableError, match="is a directory, not a regular file"):
        disk.content(tmp_path)
    with pytest.raises(UnableError, match="Not a directory"):
        disk.content(tmp_path / "a/b")
