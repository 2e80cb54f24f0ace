"""A folder of sessions is read file by file, and nothing in it is waited for."""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mpm_hooks import folder
from mpm_hooks.finding import UnableError
from mpm_hooks.parse import LARGEST_RECORD


def link(path: Path) -> None:
    path.symlink_to("a.json")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


MAKE: dict[str, Callable[[Path], object]] = {
    "a directory": Path.mkdir,
    "a symbolic link": link,
    "a pipe": pipe,
    "a socket": bound,
}


def test_read(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.json"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    found = folder.read(str(tmp_path), "shown", lambda names: {"a.json", "b.json", "z.json"} & names)
    assert found.path == "shown"
    assert found.names == {"a.json", "b.json", "c.json"}
    assert dict(found.contents) == {"a.json": b"a.json", "b.json": b"b.json"}
    assert (len(found.contents), found.odd) == (2, {})
    assert found.contents.get("c.json") is None


def test_what_somebody_chooses_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    assert dict(folder.read(str(tmp_path), "x", lambda _: {"a.json"}).contents) == {}


def test_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert dict(folder.read("", ".", lambda names: names).contents) == {"a.json": b"x"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes and few links")
@pytest.mark.parametrize("what", MAKE)
def test_what_is_no_file_is_named_and_not_read(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    MAKE[what](tmp_path / "b.json")
    found = folder.read(str(tmp_path), "x", lambda names: names)
    assert (dict(found.contents), found.odd) == ({}, {"b.json": what})


@pytest.mark.parametrize(
    ("mode", "what"), [(stat.S_IFCHR, "a device"), (stat.S_IFBLK, "a device"), (0, "something else")]
)
def test_kind(mode: int, what: str) -> None:
    assert folder.kind(mode | 0o644) == what


def test_of_a_file_without_end_no_more_is_read_than_anybody_looks_at(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as stream:
        stream.truncate(5 * LARGEST_RECORD)
    content = folder.read(str(tmp_path), "x", lambda names: names).contents["a.json"]
    assert LARGEST_RECORD < len(content) < 3 * LARGEST_RECORD


@pytest.mark.parametrize("what", ["a pipe", "a directory"])
def test_a_file_that_has_become_something_else_meanwhile_is_empty(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"x")
    found = folder.read(str(tmp_path), "x", lambda names: names)
    path.unlink()
    MAKE[what](path)
    assert found.contents["a.json"] == b""


@pytest.mark.parametrize("is_link", [False, True], ids=["deleted", "a link"])
def test_a_file_that_is_gone_meanwhile_cannot_be_read(tmp_path: Path, *, is_link: bool) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"x")
    found = folder.read(str(tmp_path), "x", lambda names: names)
    path.unlink()
    if is_link:
        path.symlink_to("/dev/zero")
    with pytest.raises(UnableError, match=r"a\.json: "):
        found.contents["a.json"]


def test_a_folder_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="nowhere: No such file or directory"):
        folder.read(str(tmp_path / "nowhere"), "x", lambda names: names)


def test_a_name_that_was_not_asked_for_has_no_content(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"x")
    found = folder.read(str(tmp_path), "x", lambda _: set())
    with pytest.raises(KeyError):
        found.contents["a.json"]
