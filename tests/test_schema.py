"""The schema says of every session what the check says of its shape."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sessions import ID, VALUES, any_session, quiet, rich

from mpm_hooks import model, schema
from mpm_hooks.model import Kind
from mpm_hooks.parse.record import Action
from mpm_hooks.rules import shape
from mpm_hooks.session import Json, Session, record_id

pytestmark = pytest.mark.once

SESSION = Draft202012Validator(schema.session())
RECORD = Draft202012Validator(schema.record())
GENUINE = sorted((ROOT / "tests/genuine").rglob("session-*.json"))
REFUSED = {"MPM202", "MPM203", "MPM212", "MPM213"}
"""What the model finds as an error; MPM213 is told as MPM205 of the id and as MPM206 of the date."""
UNLIKE_YAML_1_2 = "sha-looks-like-float"
"""Upstream's yaml of this says a number to a reader of YAML 1.2, of which MPM903 warns."""

Keys = tuple[str | int, ...]


def places(kind: Kind, keys: Keys = ()) -> Iterator[tuple[Keys, Kind]]:
    """Yield every place that the model knows, with what it may hold."""
    yield keys, kind
    for key, member in kind.members.items():
        yield from places(member, (*keys, key))
    if kind.items:
        yield from places(kind.items, (*keys, 0))


KNOWN = dict(places(model.SESSION))
SAMPLE = rich().data


def arabic(text: str) -> list[str]:
    """Write each digit of a text in Arabic, one at a time: to Python they are digits, too."""
    return [
        f"{text[:place]}{chr(0x660 + int(digit))}{text[place + 1 :]}"
        for place, digit in enumerate(text)
        if digit.isdigit()
    ]


NUMBERS: list[Json] = [0, -0.0, 1.0, 0.5, -1, -0.5, 10**30, 1e300, -1e300]
IDS = [ID, f"{ID}\n", f" {ID}", f"{ID}-2", "session-99999999-999999", ID.upper(), *arabic(ID)]
DATES = [
    *("2026-01-21T10:00:00+00:00", "2026-01-21 10:00", "2026-01-21T10:00:00,123456789Z", "2024-02-29T23:59:59-0530"),
    *("2000-02-29T10:00:00Z", "1900-02-29T10:00:00Z", "2026-02-29T10:00:00Z", "2026-01-21T24:00:00Z", "2026-01-21"),
    *("2026-01-21T10:00:00+00:00\n", "2026/01/21T10.00.00+00:00", "2026-01-21t10:00:00z"),
    *arabic("2026-01-21T10:00:00.5+00:00"),
]
NAMES = ["abc", "abcd", "abcd\n", "ABCD", "a" * 64, "a" * 65, *arabic("4444")]
STATES = ["..", ".M", ".M\n", "R?", "x.", "M", "...", "pending", "doing"]
CONTAINERS: list[Json] = [[], {}, [0], [None], ["x"], [{}], {"x": 1}]
EDGES: list[Json] = [None, True, "", "x", *NUMBERS, *CONTAINERS, *IDS, *DATES, *NAMES, *STATES]
CHANGED: st.SearchStrategy[tuple[Keys, Json]] = st.tuples(
    st.sampled_from(list(KNOWN)[1:]), st.sampled_from(EDGES) | VALUES
)


def placed(data: Json, keys: Keys, value: Json) -> Json:
    """Put a value in its place; what is not there on the way to it is made."""
    if not keys:
        return value
    key, *rest = keys
    if isinstance(key, int):
        items = data if isinstance(data, list) else []
        return [placed(items[0] if items else None, tuple(rest), value), *items[1:]]
    members = data if isinstance(data, dict) else {}
    return {**members, key: placed(members.get(key), tuple(rest), value)}


def changed(data: Mapping[str, Json], keys: Keys, value: Json) -> dict[str, Json]:
    """Put a value in its place in a session."""
    made = placed(dict(data), keys, value)
    assert isinstance(made, dict)
    return made


def is_of_the_right_shape(data: Mapping[str, Json]) -> bool:
    """Tell what the check says of it."""
    return not any(code in REFUSED for _, code, _ in shape.faults(data))


def agree(data: Mapping[str, Json]) -> bool:
    """See both say the same, and tell what it is."""
    told = is_of_the_right_shape(data)
    assert SESSION.is_valid(data) == told, [error.message for error in SESSION.iter_errors(data)] or shape.faults(data)
    return told


@pytest.mark.parametrize(("words", "made"), [([], schema.session()), (["--record"], schema.record())])
def test_what_is_printed_is_a_schema(words: list[str], made: dict[str, Json], tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "schema", *words)
    assert (result.status, result.err) == (0, "")
    assert result.out.isascii()  # a shell may redirect it in any encoding
    assert json.loads(result.out) == made
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["title"]


def test_each_has_a_name_of_its_own() -> None:
    assert schema.session()["$id"] != schema.record()["$id"]


@pytest.mark.parametrize("kind", [model.SESSION, model.ACTION], ids=["session", "record"])
def test_an_editor_has_something_to_show_at_every_key(kind: Kind) -> None:
    assert [keys for keys, each in places(kind) if not each.says and keys[-1:] != (0,)] == []
    described = schema.session()["properties"]
    assert isinstance(described, dict)
    assert described["paused_at"] == {
        "description": model.SESSION.members["paused_at"].says,
        "type": "string",
        "pattern": f"^(?:{model.DATE})$",
        "not": {"type": "string", "pattern": "\\n"},
    }


@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.relative_to(ROOT / "tests/genuine").as_posix())
def test_what_claude_mpm_writes_passes(path: Path) -> None:
    assert agree(json.loads(path.read_bytes()))


@pytest.mark.plenty
@given(any_session())
def test_any_session_passes(session: Session) -> None:
    assert agree(session.data)


@pytest.mark.plenty
@pytest.mark.parametrize("keys", [keys for keys in KNOWN if keys], ids=lambda keys: ".".join(map(str, keys)))
def test_every_value_at_every_place(keys: Keys) -> None:
    told = {agree(changed(SAMPLE, keys, value)) for value in EDGES}
    assert False in told


@pytest.mark.parametrize("keys", [keys for keys in KNOWN if keys], ids=lambda keys: ".".join(map(str, keys)))
def test_without_it(keys: Keys) -> None:
    data = json.loads(json.dumps(changed(SAMPLE, keys, None)))
    *above, last = keys
    del reduce(getitem, above, data)[last]
    needed = {"session_id", "paused_at", "conversation", "conversation.summary"}
    assert agree(data) == (".".join(map(str, keys)) not in needed)


@pytest.mark.plenty
@given(st.lists(CHANGED, min_size=1, max_size=4))
def test_any_wrong_values_at_any_places(changes: list[tuple[Keys, Json]]) -> None:
    data = SAMPLE
    for keys, value in changes:
        data = changed(data, keys, value)
    agree(data)


@pytest.mark.parametrize("value", [value for value in EDGES if not isinstance(value, dict)], ids=repr)
def test_a_top_level_that_is_no_object(value: Json, tmp_path: Path, run: Run) -> None:
    (tmp_path / f"{ID}.json").write_text(json.dumps(value), encoding="utf-8")
    assert not SESSION.is_valid(value)
    assert " MPM201 " in run(tmp_path, "check", f"{ID}.json").out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({}, "", id="fine"),
        pytest.param({"conversation": {}}, "MPM202", id="missing"),
        pytest.param({"version": 1}, "MPM203", id="type"),
        pytest.param({"session_id": "session"}, "MPM205", id="id"),
        pytest.param({"paused_at": "2026/01/21T10.00.00+00:00"}, "MPM206", id="date"),
        pytest.param({"duration_hours": -1}, "MPM212", id="negative"),
        pytest.param({"task_list": {"completed_count": 0.5}}, "MPM212", id="half"),
        pytest.param({"git_context": {"head": "HEAD"}}, "MPM213", id="commit"),
    ],
)
def test_the_command_check_says_so_too(changes: dict[str, Json], code: str, tmp_path: Path, run: Run) -> None:
    data = quiet(**changes).data
    (tmp_path / f"{ID}.json").write_text(json.dumps(data), encoding="utf-8")
    shaped = "MPM201,MPM202,MPM203,MPM205,MPM206,MPM212,MPM213"
    out = run(tmp_path, "check", "--select", shaped, f"{ID}.json").out
    assert re.findall(r"MPM\d{3}", out) == ([code] if code else [])
    assert SESSION.is_valid(data) == (not code)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({**SAMPLE, "sesion_id": ID}, id="a key nearly like another"),
        pytest.param({**SAMPLE, "todos": {"active": [{"status": "doing"}]}}, id="a word that there is not"),
        pytest.param({**SAMPLE, "context_usage": {"tokens_used": 227000, "percentage": 113.5}}, id="too much"),
    ],
)
def test_what_is_but_a_warning_passes(data: dict[str, Json]) -> None:
    assert SESSION.is_valid(data)


ACTION: dict[str, Json] = {
    "type": "pause_started",
    "timestamp": "2026-01-21T10:00:00+00:00",
    "session_id": ID,
    "data": {"reason": "x"},
    "context_percentage": 0.9,
}


@pytest.mark.parametrize("key", ACTION)
def test_a_line_of_a_record(key: str) -> None:
    assert record_agrees(ACTION)
    assert not record_agrees({each: value for each, value in ACTION.items() if each != key})
    assert False in {record_agrees(ACTION | {key: value}) for value in EDGES}
    assert not record_agrees(ACTION | {f"{key}s": ACTION[key]})


def record_agrees(data: dict[str, Json]) -> bool:
    """See both say the same of a line, whatever stands before it and however its file is named; tell what it is."""
    found = [found.message for found in shape.no_action("x.jsonl", "x.jsonl", [Action(line=1, data=data)])]
    told = not [each for each in found if each != "the first action is not pause_started"]
    assert RECORD.is_valid(data) == told, found
    return told


def test_every_line_of_genuine_records() -> None:
    records = [path for path in (ROOT / "tests/genuine").rglob("*.jsonl") if record_id(path.name)]
    lines = [line for path in records for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert all(RECORD.is_valid(json.loads(line)) for line in lines)


def checked(directory: Path, files: list[Path], *words: str) -> set[str]:
    """Let check-jsonschema check files against what the command prints; return the names of those that it refuses."""
    printed = subprocess.run([sys.executable, "-m", "mpm_hooks", "schema"], check=True, capture_output=True).stdout
    (directory / "schema.json").write_bytes(printed)
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json", "--output-format", "json"]
    done = subprocess.run([*command, *words, *files], check=False, cwd=directory, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout)
    assert not report.get("parse_errors")
    return {Path(error["filename"]).name for error in report.get("errors", [])}


@pytest.mark.unmeasured
def test_check_jsonschema_agrees(tmp_path: Path) -> None:
    genuine = GENUINE + [path.with_suffix(".yaml") for path in GENUINE if path.with_suffix(".yaml").exists()]
    # Its regular expressions are those of ECMA 262: where a text has a pattern, nothing is left out.
    cases = [(keys, EDGES if kind.pattern else EDGES[::10]) for keys, kind in KNOWN.items() if keys]
    written: dict[Path, dict[str, Json]] = {}
    for keys, value in ((keys, value) for keys, values in cases for value in values):
        written[tmp_path / f"{len(written)}.json"] = changed(SAMPLE, keys, value)
    for path, data in written.items():
        path.write_text(json.dumps(data), encoding="utf-8")
    wrong = {path.name for path, data in written.items() if not is_of_the_right_shape(data)}
    odd = {path.name for path in genuine if UNLIKE_YAML_1_2 in path.parts and path.suffix == ".yaml"}
    assert checked(tmp_path, [*genuine, *written]) == wrong | odd
