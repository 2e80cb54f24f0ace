from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks.facts import Statement
from mpm_hooks.finding import MisuseError
from mpm_hooks.parse import statement

WHOLE = """\
# what the next one should know
message: |
  The login is half done.
  Mind the tests.
task: Login
phase: Tests
next:
  - Write the migration
  - {task: Ask Ann, priority: 1}
done: [Routes, Forms]
decisions:
  - Cookies, no tokens
questions: Which timeout?
blockers:
tried:
  - Redis
"""
SAID = Statement(
    message="The login is half done.\nMind the tests.",
    task="Login",
    phase="Tests",
    next=("Write the migration", "Ask Ann"),
    done=("Routes", "Forms"),
    decisions=("Cookies, no tokens",),
    questions=("Which timeout?",),
    tried=("Redis",),
)
THERE = "there are message, task, phase, next, done, decisions, questions, blockers, tried"
AFRESH = 'write "message: why the work stops", "next: [the next step]" or the like'
PLAINLY = "write plain texts and lists of texts"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("s.yaml", WHOLE, SAID, id="yaml"),
        pytest.param("s.yml", "\ufeff" + WHOLE, SAID, id="byte order mark"),
        pytest.param("s.txt", WHOLE.replace("\n", "\r\n"), SAID, id="Windows"),
        pytest.param(
            "s.json",
            '{"message": "m", "next": [1.10, true, null, "", " a ", {"task": 3}], "done": 12, "tried": null}',
            Statement(message="m", next=("1.1", "true", "a", "3"), done=("12",)),
            id="json",
        ),
        pytest.param("-", '\n {"task": "t"}', Statement(task="t"), id="json by its brace"),
        pytest.param(
            "s.yaml",
            "next: [12:30, 1.10, yes, No, 2026-01-05, 0x1F, 1_000, ~, '', ' x ', null]",
            Statement(next=("12:30", "1.10", "yes", "No", "2026-01-05", "0x1F", "1_000", "x")),
            id="as the author wrote it",
        ),
        pytest.param("s.yaml", "message: 7\nphase: '<<'", Statement(message="7", phase="<<"), id="number for a text"),
        pytest.param("s.yaml", "next: [{task: 12:30}]", Statement(next=("12:30",)), id="task of digits"),
        pytest.param(
            "s.yaml",
            "summary: m\nprimary_task: t\ncurrent_phase: p\nnext_steps: n\naccomplishments: d\nopen_questions: q\n",
            Statement(message="m", task="t", phase="p", next=("n",), done=("d",), questions=("q",)),
            id="upstream's names",
        ),
        pytest.param(
            "s.yaml",
            "decision: d\nquestion: [q, r]\nblocker: b",
            Statement(decisions=("d",), questions=("q", "r"), blockers=("b",)),
            id="singular",
        ),
        pytest.param("s.yaml", "message:\nnext:\n", Statement(), id="left empty"),
        pytest.param("s.yaml", "{}", Statement(), id="nothing said"),
    ],
)
def test_parse(path: str, text: str, expected: Statement) -> None:
    assert statement.parse(path, text.encode()) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"nexxt: a", 's:1:8: there is no "nexxt": did you mean "next"?', id="misspelt"),
        pytest.param(b"task: a\nzzz: b", f's:2:6: there is no "zzz": {THERE}', id="unknown"),
        pytest.param(b"z" * 99 + b": b", f's:1:102: there is no "{"z" * 60}": {THERE}', id="endless key"),
        pytest.param(b'{"z\\u001b": 1}', f's:1:13: there is no "z\\u001b": {THERE}', id="control character"),
        pytest.param(b"1: b", f's:1:4: there is no "1": {THERE}', id="key no text"),
        pytest.param(
            b"summary: a\nmessage: b", "s:2:10: summary and message say the same: keep one of them", id="both"
        ),
        pytest.param(b"message: [a]", "s:1:10: message is an array, not a text: write a text", id="list for a text"),
        pytest.param(
            b"next: {a: b}",
            "s:1:7: next is an object, not a text or a list of texts: write a text or a list of texts",
            id="object for a list",
        ),
        pytest.param(b"done:\n- [a]", "s:2:3: done[0] is an array, not a text: put it in quotes", id="list in a list"),
        pytest.param(b"done:\n- fix: it", "s:2:3: done[0] is an object, not a text: put it in quotes", id="unquoted"),
        pytest.param(b"done: [{task: a}]", "s:1:8: done[0] is an object, not a text: put it in quotes", id="task done"),
        pytest.param(b"next: [{task: ~}]", "s:1:8: next[0] is an object, not a text: put it in quotes", id="no task"),
        pytest.param(
            b"next: [{task: [a]}]", "s:1:8: next[0] is an object, not a text: put it in quotes", id="odd task"
        ),
        pytest.param(
            b"done: {a: b}\nphase: []",
            "s:1:7: done is an object, not a text or a list of texts: write a text or a list of texts; "
            "s:2:8: phase is an array, not a text: write a text",
            id="all faults at once",
        ),
        pytest.param(
            b"task: a\ntask: b",
            "s:2:1: task stands twice; readers take the last and lose the first: keep one of them",
            id="twice",
        ),
        pytest.param(
            b'{"task": 1, "task": 2}',
            "s:1:13: task stands twice; readers take the last and lose the first: keep one of them",
            id="twice in json",
        ),
        pytest.param(
            b'"a\\e[2J": 1\n"a\\e[2J": 2',
            "s:2:1: a\ufffd[2J stands twice; readers take the last and lose the first: keep one of them",
            id="twice, with a control character",
        ),
        pytest.param(b"- a", f"s:1:1: says nothing under a name: {AFRESH}", id="list"),
        pytest.param(b"a", f"s:1:1: says nothing under a name: {AFRESH}", id="text"),
        pytest.param(b"", f"s:1:1: is empty: {AFRESH}", id="empty"),
        pytest.param(b" \n", f"s:1:1: is empty: {AFRESH}", id="blank"),
        pytest.param(b"# a\n", f"s:1:1: says nothing under a name: {AFRESH}", id="only a remark"),
        pytest.param(
            b"task: \xff",
            "s:1:7: byte 0xff is not UTF-8: save the file as UTF-8",
            id="no UTF-8",
        ),
        pytest.param(
            b"task: " + b"x" * 99_995, "s: holds 100,001 bytes, more than 100,000: say it shorter", id="too large"
        ),
        pytest.param(b'{"task":' + b"[" * 90_000, f"s:1:108: is nested too deeply: {PLAINLY}", id="deep json"),
        pytest.param(b"task: " + b"[" * 90, f"s:1:16: is nested too deeply: {PLAINLY}", id="deep yaml"),
        pytest.param(b"a: &a [b]\nc: [*a, *a]", f"s:2:5: is an alias of another text: {PLAINLY}", id="alias"),
        pytest.param(b"<<: {task: b}", f"s:1:1: merges another mapping: {PLAINLY}", id="merge key"),
        pytest.param(b"task: !!int ''", f"s:1:7: has a tag: {PLAINLY}", id="tag"),
        pytest.param(b"task: !!python/object:os.system x", f"s:1:7: has a tag: {PLAINLY}", id="tag of Python"),
        pytest.param(b"next: !!set {a}", f"s:1:7: has a tag: {PLAINLY}", id="tag of a collection"),
    ],
)
def test_misuse(content: bytes, message: str) -> None:
    with pytest.raises(MisuseError) as caught:
        statement.parse("s", content)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "begin", "end"),
    [
        pytest.param(b"task: a: b", "s:1:8: no YAML: ", ": correct it there, or put the text in quotes", id="no yaml"),
        pytest.param(b"task: =", "s:1:7: no YAML: ", ": correct it there, or put the text in quotes", id="yaml 1.1"),
        pytest.param(b'{"task": }', "s:1:10: no JSON: ", ": correct it there", id="no json"),
        pytest.param(
            b"task: 2026-13-45",
            "s:1:7: a value is not what it looks like: ",
            ": correct it there, or put the text in quotes",
            id="no date",
        ),
        pytest.param(
            b"task: " + b"1:" * 999 + b"1.5",
            "s:1:7: holds a number of thousands of digits",
            PLAINLY,
            id="sexagesimal",
        ),
    ],
)
def test_misuse_in_the_words_of_the_parser(content: bytes, begin: str, end: str) -> None:
    with pytest.raises(MisuseError) as caught:
        statement.parse("s", content)
    assert str(caught.value).startswith(begin)
    assert str(caught.value).endswith(end)


def test_ten_levels_are_no_trick() -> None:
    with pytest.raises(MisuseError, match="is an array, not a text"):
        statement.parse("s", b"task: " + b"[" * 9 + b"]" * 9)


def test_endless_message_is_cut() -> None:
    with pytest.raises(MisuseError) as caught:
        statement.parse("s.json", json.dumps({"k" * 999: 1}).replace("}", f', "{"k" * 999}": 2}}').encode())
    assert str(caught.value) == f"s.json:1:1008: {'k' * 200}: keep one of them"


KEYS = st.sampled_from([*Statement.parts, "summary", "question", "nexxt", "1", "~", "<<", "? a"])
PLAIN = st.sampled_from(
    ["a", "12:30", "2026-01-01", "2026-13-01", "!!int", "&a b", "*a", "'x'", "|", "=", "", "~", "{}"]
)
NESTED = st.recursive(
    PLAIN | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]") | inner.map("{{task: {}}}".format)
    ),
)


@given(st.lists(st.tuples(KEYS, NESTED), max_size=4))
def test_any_yaml_is_a_statement_or_misuse(pairs: list[tuple[str, str]]) -> None:
    with suppress(MisuseError):
        statement.parse("s.yaml", "\n".join(f"{key}: {value}" for key, value in pairs).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.just("task") | st.text(max_size=3), inner, max_size=3)
    ),
)


@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_any_json_is_a_statement_or_misuse(data: dict[str, object]) -> None:
    with suppress(MisuseError):
        statement.parse("s.json", json.dumps(data).encode())


@given(st.binary(max_size=50), st.sampled_from(["s.yaml", "s.json"]))
def test_any_bytes_are_a_statement_or_misuse(content: bytes, path: str) -> None:
    with suppress(MisuseError):
        statement.parse(path, content)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(Statement(), SAID, SAID, id="nothing first"),
        pytest.param(SAID, Statement(), SAID, id="nothing second"),
        pytest.param(SAID, SAID, SAID, id="twice the same"),
        pytest.param(Statement(task="a"), Statement(task="b", phase="p"), Statement(task="a", phase="p"), id="texts"),
        pytest.param(
            Statement(next=("b", "a")), Statement(next=("c", "a")), Statement(next=("b", "a", "c")), id="lists"
        ),
    ],
)
def test_joined(first: Statement, second: Statement, expected: Statement) -> None:
    assert statement.joined(first, second) == expected
