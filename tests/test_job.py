"""What a runner is handed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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
