from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mpm_hooks import session
from mpm_hooks.session import Session

SECOND = datetime(2026, 1, 21, 10, 0, 0, tzinfo=UTC)


def test_id_and_moment_are_one() -> None:
    assert session.id_of(SECOND) == "session-20260121-100000"
    assert session.moment_of("session-20260121-100000") == SECOND


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("session-20260230-100000", id="30 February"),
        pytest.param("session-20260121-250000", id="25 o'clock"),
        pytest.param("session-99999999-999999", id="digits"),
        pytest.param("session-20260121-100060", id="second 60"),
        pytest.param("session-2026-01-21", id="dashes"),
        pytest.param("session-20260121-100000-2", id="suffix"),
        pytest.param("", id="nothing"),
    ],
)
def test_moment_of_no_real_second(name: str) -> None:
    assert session.moment_of(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("session-20260121-100000.json", ("session-20260121-100000", "json"), id="json"),
        pytest.param("session-20260121-100000.yaml", ("session-20260121-100000", "yaml"), id="yaml"),
        pytest.param("session-20260121-100000.md", ("session-20260121-100000", "md"), id="md"),
        pytest.param("session-20260121-100000.yml", None, id="another ending"),
        pytest.param("session-20260121-100000-incremental.jsonl", None, id="record"),
        pytest.param(".session-20260121-100000_abcdefgh.tmp.sha256", None, id="checksum"),
        pytest.param("LATEST-SESSION.txt", None, id="pointer"),
    ],
)
def test_split(name: str, expected: tuple[str, str] | None) -> None:
    assert session.split(name) == expected


def test_find_reads_what_is_there_and_minds_not_what_is_absent() -> None:
    said = Session(id="x", data={"a": {"b": ["c", 1, {"d": 2}]}, "e": "f"})
    assert said.find("a", "b") == ["c", 1, {"d": 2}]
    assert said.find("a", "b", "c") is None
    assert said.text("e") == "f"
    assert said.text("a") == ""
    assert said.texts("a", "b") == ("c",)
    assert said.texts("e") == ()
    assert said.objects("a", "b") == ({"d": 2},)
    assert said.objects("e") == ()


def test_sessions_are_alike_if_they_say_the_same() -> None:
    said = Session(id="x", data={"a": 1})
    assert said == Session(id="x", data={"a": 1})
    assert said != Session(id="y", data={"a": 1})
    assert said != Session(id="x", data={"a": 2})
    assert said != "x"
