from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mpm_hooks import disk
from mpm_hooks.finding import UnableError


def test_create_writes_whole_files_readable_as_the_umask_says(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        assert disk.create(tmp_path, {"a": b"1", "b": b"2"})
    finally:
        os.umask(mask)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"1", "b": b"2"}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_create_overwrites_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"mine")
    assert not disk.create(tmp_path, {"a": b"1", "b": b"2"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b": b"mine"}


def test_create_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="nothing was written"):
        disk.create(tmp_path, {"a": b"1", "no/b": b"2"})
    assert list(tmp_path.iterdir()) == []


def test_replace(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    disk.replace(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]
    with pytest.raises(UnableError, match="No such file"):
        disk.replace(tmp_path / "none/a", b"new")


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


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="No such file"):
        disk.folder(tmp_path / "none", "none", lambda names: names)


def test_linked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").symlink_to("nowhere")
    assert disk.linked(tmp_path, "a/b/c") == "a/b"
    assert disk.linked(tmp_path, "a/c") is None
