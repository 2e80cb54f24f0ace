"""What a terminal shows: columns, characters, colours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks.screen import BOLD, Screen, padded, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("parser", 6, id="ascii"),
        pytest.param("Prüfung", 7, id="latin"),
        pytest.param("日本語", 6, id="wide"),
        pytest.param("\uff46\uff55", 4, id="full width"),
        pytest.param("🚀", 2, id="emoji"),
        pytest.param("e\u0301", 1, id="accent over a letter"),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(padded(text, 10)) == 10


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("parser", 6, "parser"),
        ("parser", 5, "pars…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("a word", 3, "a…"),
        ("parser", 1, "…"),
        ("parser", 0, ""),
    ],
)
def test_cut(text: str, room: int, shown: str) -> None:
    assert Screen().cut(text, room) == shown


@given(st.text(), st.integers(0, 30))
def test_what_is_cut_fits(text: str, room: int) -> None:
    for screen in (Screen(), Screen(encoding="ascii")):
        assert width(screen.cut(screen.text(text), room)) <= room


def test_characters_that_there_are_not() -> None:
    screen = Screen(encoding="ascii")
    assert screen.text("naïve\n\tline \x1b[2J") == r"na\xefve line \x1b[2J"
    assert screen.cut("a long word", 8) == "a lon..."


def test_lines() -> None:
    assert list(Screen().lines("\none \r\n\ttwo\u202e\n")) == ["one", r"    two\u202e"]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        pytest.param(0, ["  one two three four five six"], id="no terminal"),
        pytest.param(21, ["  one two three four five six"], id="too narrow for anything"),
        pytest.param(26, ["  one two three four", "  five six"], id="narrow"),
        pytest.param(80, ["  one two three four five six"], id="wide"),
    ],
)
def test_wrapped(columns: int, rows: list[str]) -> None:
    assert list(Screen(width=columns).wrapped("  one two three four five six", 4)) == rows


def test_a_word_that_is_too_long_is_broken() -> None:
    assert list(Screen(width=24).wrapped("  a " + "b" * 40, 2)) == ["  a", f"  {'b' * 20}", f"  {'b' * 20}"]
    assert list(Screen(width=24).wrapped("日" * 20, 2)) == ["日" * 11, "日" * 9]
    assert list(Screen(width=24).wrapped("", 2)) == [""]


def test_a_line_that_fits_stays_as_it_is() -> None:
    assert list(Screen(width=24).wrapped("  a   b", 2)) == ["  a   b"]


@given(st.text(), st.integers(22, 60))
def test_what_is_wrapped_fits(text: str, columns: int) -> None:
    screen = Screen(width=columns)
    rows = [row for line in screen.lines(text) for row in screen.wrapped(line, 2)]
    assert all(width(row) <= columns - 2 for row in rows)


def test_colours() -> None:
    assert Screen(colour=True).paint("x", BOLD) == "\x1b[1mx\x1b[0m"
    assert Screen(colour=True).paint("x", "") == "x"
    assert Screen(colour=True).paint("", BOLD) == ""
    assert Screen().paint("x", BOLD) == "x"
