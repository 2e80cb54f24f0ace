"""The quick writer of yaml writes what PyYAML does, or nothing."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from sessions import TEXT, full, rich

from mpm_hooks.parse import json_form
from mpm_hooks.render import block, dumper
from mpm_hooks.session import Json, Session

HERE = Path(__file__).parent
# Texts in which something stands that YAML could take for something else.
ODD = st.lists(
    st.sampled_from(
        [
            *("a", "Z", "0", "08", "12", "7e5", "0b1", "0x1f", "-", "+", ".", "..", "---", "...", ":", "#", " ", "  "),
            *("\n", "\n\n", "'", '"', "?", "!", "&", "*", "|", ">", "%", "@", "`", "{", "}", "[", "]", ",", "=", "<<"),
            *(
                "~",
                "yes",
                "No",
                "null",
                "é",
                "🚀",
                "\t",
                "x" * 30,
                "word word word",
                "2026-01-21",
                "10:00:00",
                "+00:00",
            ),
        ]
    ),
    max_size=6,
).map("".join)
LEAVES = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | TEXT | ODD
TREES: st.SearchStrategy[Json] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD | TEXT, inner, max_size=4), max_leaves=12
)


def by_pyyaml(data: dict[str, Json]) -> str:
    """Write as claude-mpm does."""
    return yaml.dump(data, default_flow_style=False, allow_unicode=True, sort_keys=False)


@given(st.dictionaries(ODD | TEXT, TREES, max_size=4))
def test_what_is_written_is_what_pyyaml_writes(data: dict[str, Json]) -> None:
    assert block.ours(data) in (None, dumper.dump(data))
    assert block.upstream(data) in (None, by_pyyaml(data))


def test_signs_that_yaml_could_take_for_its_own_are_no_reason_to_be_slow() -> None:
    data: dict[str, Json] = {"-": "? x", "---": "...", "08": ":", "x": "- "}
    assert block.upstream(data) == by_pyyaml(data)


@given(st.lists(ODD, min_size=1, max_size=30), st.integers(0, 3))
def test_long_texts_fold_where_pyyaml_folds(words: list[str], depth: int) -> None:
    data: Json = " ".join(words)
    for _ in range(depth):
        data = {"key": [data]}
    assert block.upstream({"key": data}) in (None, by_pyyaml({"key": data}))


@example([(80, " "), (3, " ")], "", 0)
@example([(75, " "), (1, " "), (3, " ")], "", 0)
@example([(70, "\n"), (60, " "), (30, " "), (3, " ")], "'", 1)
@given(
    st.lists(st.tuples(st.integers(1, 90), st.sampled_from("   \n")), min_size=2, max_size=20),
    st.sampled_from(["", "'", "# "]),
    st.integers(0, 3),
)
def test_a_text_of_words_folds_to_the_letter(words: list[tuple[int, str]], first: str, depth: int) -> None:
    data: Json = first + "".join("w" * length + space for length, space in words).rstrip()
    for _ in range(depth):
        data = {"key": [data]}
    assert block.upstream({"key": data}) == by_pyyaml({"key": data})


def test_what_stands_behind_a_long_key_folds_at_once() -> None:
    data: dict[str, Json] = {"k" * 90: "one two three, and more words than four", "x": {"k" * 76: "one two three"}}
    assert block.upstream(data) == by_pyyaml(data)


@pytest.mark.parametrize(
    "path", sorted((HERE / "genuine").glob("*/*/session-*.yaml")), ids=lambda path: path.parent.name
)
def test_genuine_yaml_is_written_to_the_letter(path: Path) -> None:
    data = json_form.parse("", path.with_suffix(".json").read_bytes()).data
    known = block.upstream(data)
    assert known is None or known == path.read_bytes().decode().replace("\r\n", "\n")


@pytest.mark.parametrize("said", [full(), rich()], ids=["full", "rich"])
def test_an_ordinary_session_is_written_without_pyyaml(said: Session) -> None:
    assert block.ours(said.data) == dumper.dump(said.data)
    assert block.upstream(said.data) == by_pyyaml(dict(said.data))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("6898e68", "6898e68"),
        ("1234567", "'1234567'"),
        ("0956973", "0956973"),
        ("0765432", "'0765432'"),
        ("2026-01-21 10:00:00 +0000", "2026-01-21 10:00:00 +0000"),
        ("2026-01-21T10:00:00+00:00", "'2026-01-21T10:00:00+00:00'"),
        ("5.6.48", "5.6.48"),
        ("one\ntwo", "'one\n\n  two'"),
        ("one\n", "'one\n\n  '"),
    ],
)
def test_what_sessions_hold_is_no_doubt(value: str, written: str) -> None:
    assert block.upstream({"key": value}) == f"key: {written}\n" == by_pyyaml({"key": value})


def test_what_was_written_is_remembered_up_to_a_bound() -> None:
    data: dict[str, Json] = {f"key {number}": f"text {number}" for number in range(6000)}
    for _ in range(2):
        assert block.ours(data) == "".join(f"{key}: {value}\n" for key, value in data.items())


class Grade(IntEnum):
    """A number that calls itself otherwise."""

    GOOD = 1


def test_a_number_of_another_kind_is_left_to_pyyaml() -> None:
    assert block.ours({"grade": Grade.GOOD}) is None
