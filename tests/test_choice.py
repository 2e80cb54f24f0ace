"""Which session a word means."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

import pytest

from mpm_hooks import stock
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY
from mpm_hooks.shelf import Kept

FIFTH = "session-20260121-233000"
FOURTH = "session-20260121-100000"
THIRD = "session-20260120-150000"
SECOND = "session-20251231-235959"
FIRST = "session-99999999-999999"


def kept(session_id: str, folder: str = DIRECTORY) -> Kept:
    return Kept(id=session_id, top="/work", folder=folder, names=(f"{session_id}.md", f"{session_id}.json"))


SESSIONS = [kept(FIFTH), kept(FOURTH), kept(FOURTH, LEGACY_DIRECTORY), kept(THIRD), kept(SECOND), kept(FIRST)]


@pytest.fixture(autouse=True)
def _far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let it be nine hours later here than in UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        _reset()
        yield
    _reset()


def _reset() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        pytest.param("", [FIFTH], id="nothing"),
        pytest.param("latest", [FIFTH], id="latest"),
        pytest.param("1", [FIFTH], id="first"),
        pytest.param("4", [THIRD], id="fourth"),
        pytest.param("0", [], id="none"),
        pytest.param("7", [], id="more than there are"),
        pytest.param("100", [], id="a number, no part of an id"),
        pytest.param("-1", [], id="not from the end"),
        pytest.param(THIRD, [THIRD], id="id"),
        pytest.param(FIRST, [FIRST], id="id of no second"),
        pytest.param("session-202601", [FIFTH, FOURTH, FOURTH, THIRD], id="beginning of ids"),
        pytest.param("session-20260120", [THIRD], id="beginning of one id"),
        pytest.param("2025", [SECOND], id="year"),
        pytest.param("2026-01-20", [THIRD], id="date"),
        pytest.param("2026-01-21", [FIFTH, FOURTH, FOURTH], id="date of several"),
        pytest.param("20260121-23", [FIFTH], id="hour"),
        pytest.param("2026-01-20T15:00", [THIRD], id="ISO"),
        pytest.param("2026-01-20 15:00:00", [THIRD], id="second"),
        pytest.param("1500", [THIRD], id="part"),
        pytest.param("0000", [FOURTH, FOURTH, THIRD], id="part of several"),
        pytest.param("1231", [SECOND], id="part of a date"),
        pytest.param("7777", [], id="part of none"),
        pytest.param("parser", [], id="word"),
        pytest.param("session-", [], id="no digits"),
        pytest.param("٣٣٣٣", [], id="digits of another script"),
        pytest.param(f"{THIRD}.json", [THIRD], id="file"),
        pytest.param(f"{FOURTH}.md", [FOURTH, FOURTH], id="file in two folders"),
        pytest.param(f"{LEGACY_DIRECTORY}/{FOURTH}.yaml", [FOURTH], id="file in a folder"),
        pytest.param(f"sessions\\{FOURTH}.json", [FOURTH], id="file as Windows writes it"),
        pytest.param(f"elsewhere/{FOURTH}.json", [], id="file in another folder"),
        pytest.param("today", [FIFTH], id="today, which began in UTC's yesterday"),
        pytest.param("yesterday", [FOURTH, FOURTH, THIRD], id="yesterday"),
    ],
)
def test_meant(word: str, meant: list[str]) -> None:
    assert [each.id for each in stock.named(word, SESSIONS, date(2026, 1, 22))] == meant


def test_of_none_none_is_meant() -> None:
    assert not stock.named("", [], date(2026, 1, 22))
