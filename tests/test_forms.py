"""What we render we can parse; what upstream rendered, too."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from io import StringIO

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sessions import ID, LINE, TEXT, VALUES, any_session, full, paused, rich

from mpm_hooks import check, render, report
from mpm_hooks.finding import MalformedError
from mpm_hooks.parse import json_form, md_form, pointer, record, yaml_form
from mpm_hooks.render import md_form as render_md
from mpm_hooks.render import pointer as render_pointer
from mpm_hooks.render import upstream
from mpm_hooks.render import yaml_form as render_yaml
from mpm_hooks.session import POINTER, Json, Session


@given(any_session())
def test_any_session_comes_back_from_json_and_yaml(session: Session) -> None:
    files = render.forms(session)
    assert list(files) == [f"{ID}.md", f"{ID}.yaml", f"{ID}.json"]
    assert json_form.parse("", files[f"{ID}.json"]).data == session.data
    assert yaml_form.parse("", files[f"{ID}.yaml"]).data == session.data


@given(any_session())
def test_any_session_of_ours_has_no_findings(session: Session) -> None:
    files = paused(session)
    folder = check.Folder(path="x", names=frozenset(files), contents=files, odd={})
    assert [found for found in check.check(folder) if found.severity == "error"] == []


@given(VALUES)
def test_yaml_means_the_same_in_both_versions(value: Json) -> None:
    text = render_yaml.render(Session(id="", data={"key": value}))
    assert yaml.safe_load(text) == {"key": value}
    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        assert reader.load(StringIO(text)) == {"key": value}


@pytest.mark.parametrize(
    "text",
    [
        *("6898e68", "85e7439", "0956973", "1e5", "08", "0o17", "0x1F", "1_000", "12:30:45", ".5", ".inf", ".NaN"),
        *("~", "null", "yes", "No", "on", "OFF", "y", "N", "true", "2026-01-21", "2026-01-21T10:00:00Z", "=", "<<"),
        *("", " ", "-", "? x", "a: b", "a #b", "@x", "`x`", "%x", "&x", "*x", "!x", "|", ">", "{}", "[]", "tab\there"),
        *("a\nb", "\na", "a\n", " a\nb", "a \nb", "a\r\nb", "a\n\n\nb", "#\n#", "x" * 300),
        *("nel\x85x", "ls\u2028x", "bom\ufeffx", "esc\x1b", "e\u0301", "🚀"),
    ],
)
def test_yaml_scalar(text: str) -> None:
    written = render_yaml.render(Session(id="", data={"key": text, text: 1}))
    expected = {"key": text, text: 1} if text != "key" else {"key": 1}
    assert yaml.safe_load(written) == expected
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    assert reader.load(StringIO(written)) == expected
    assert not any(line.endswith(" ") for line in written.split("\n") if not line.endswith('" '))


def test_yaml_quotes_what_is_no_number() -> None:
    text = render_yaml.render(Session(id="", data={"sha": "6898e68", "plain": "words", "long": "one\ntwo\n"}))
    assert text == "sha: '6898e68'\nplain: words\nlong: |\n  one\n  two\n"


def test_json_is_ascii_and_ends_with_a_newline() -> None:
    content = render.forms(full(note="é"))[f"{ID}.json"]
    assert content.isascii()
    assert content.endswith(b"}\n")


@given(any_session())
def test_md_has_no_trailing_blanks_and_ends_with_one_newline(session: Session) -> None:
    text = render_md.render(session)
    assert all(line == line.rstrip() for line in text.split("\n"))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_md_comes_back() -> None:
    session = rich()
    data = md_form.data_of(md_form.parse("", render.forms(session)[f"{ID}.md"]))
    conversation = session.data["conversation"]
    status = session.find("git_context", "status")
    assert isinstance(conversation, dict)
    assert isinstance(status, dict)
    step: Json = {"task": "Read md", "priority": "2", "status": "pending"}
    expected: dict[str, object] = {
        "session_id": ID,
        "paused_at": "2026-01-21T10:00:00+00:00",
        "conversation": {
            **conversation,
            "next_steps": ["Read yaml", step],
        },
        "git_context": {
            "branch": "feature/parser",
            "head": "6898e68000000000000000000000000000000000",
            "operation_detail": "Merge on feature/parser: Merge branch 'main'",
            "base": {"branch": "main", "ahead": 2, "behind": 1, "merge_base": "1234567"},
            "change": {
                "files_changed": 3,
                "insertions": 30,
                "deletions": 4,
                "since": "1234567",
                "files": [{"path": "parse.py", "added": 20, "deleted": 4}],
            },
            "recent_commits": [{"sha": "6898e68", "author": "Ann", "message": "Begin (again)"}],
            "status": {
                "clean": False,
                "modified_files": ["parse.py", "a b.py"],
                "untracked_files": ["new`.py"],
                "entries": status["entries"],
            },
        },
        "active_context": {"working_directory": "src"},
        "important_reminders": ["Tell Bob"],
        "resume_instructions": {
            "quick_start": [f"Read {ID}.md"],
            "files_to_review": ["parse.py", "logo.png"],
        },
        **{key: session.data[key] for key in ("blockers", "open_questions", "decisions", "tried", "not_known")},
        "todos": {
            "active": [{"content": "yaml", "status": "in_progress"}],
            "completed": [{"content": "json", "status": "completed"}],
        },
        "task_list": {
            "pending_tasks": [{"id": "2", "title": "Read md"}],
            "in_progress_tasks": [{"id": "1", "title": "Read yaml"}],
            "completed_count": 3,
        },
        "duration_hours": 1.5,
        "context_usage": {"tokens_used": 1000},
        "performance_metrics": session.data["performance_metrics"],
        "version": "1.2.3",
    }
    assert data == expected


def test_lines_that_belong_to_no_item_are_passed_over() -> None:
    page = md_form.blocks("## Accomplishments\n\nThese:\n- one\n\n  and more\n- two\n")
    assert md_form.data_of(page) == {"conversation": {"accomplishments": ["one\nand more", "two"]}}
    page = md_form.blocks("## Tasks\n\n- [ ] #1 one\n- two\n- [x] 3 completed\n")
    tasks: Json = {"pending_tasks": [{"id": "1", "title": "one"}], "completed_count": 3}
    assert md_form.data_of(page) == {"task_list": tasks}


def test_labels_that_say_less_than_we_write_are_read_as_far_as_they_go() -> None:
    page = md_form.blocks("- **Base**: `main`\n- **Change**: 3 files\n")
    git: Json = {"base": {"branch": "main"}, "change": {"files_changed": 3}}
    assert md_form.data_of(page) == {"git_context": git}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("- **Base**: `main`", {"base": {"branch": "main"}}, id="a base without a distance"),
        pytest.param("- **Change**: 3 files", {"change": {"files_changed": 3}}, id="a change without lines"),
        pytest.param("**Modified files**:\n- `a.py`", {"status": {"modified_files": ["a.py"]}}, id="no state"),
        pytest.param(
            "**Modified files**:\n- `a.py` (modified)\n**Untracked files**:\n- `b.py`",
            {
                "status": {
                    "modified_files": ["a.py"],
                    "untracked_files": ["b.py"],
                    "entries": [{"xy": ".M", "path": "a.py"}, {"xy": "??", "path": "b.py"}],
                }
            },
            id="states of both",
        ),
    ],
)
def test_lines_that_say_less_than_ours(line: str, expected: dict[str, Json]) -> None:
    assert md_form.data_of(md_form.blocks(f"## Git Context\n{line}\n")) == {"git_context": expected}


def test_md_of_upstream_comes_back() -> None:
    session = full(project_path="/srv/project")
    data = md_form.data_of(md_form.blocks(upstream.as_markdown(session)))
    assert data["session_id"] == ID
    assert data["project_path"] == "/srv/project"
    assert data["conversation"]["summary"] == "The parser reads json.\nNext: yaml."  # type: ignore[index,call-overload] # an object
    assert data["git_context"]["status"] == {"clean": False, "modified_files": ["parse.py", "a b.py"]}  # type: ignore[index,call-overload] # an object


def test_names_come_back_from_code_spans() -> None:
    names: Json = ["a\\<b", "<b>", "a b", "`", "``a`", "a``b`", "é"]
    status: Json = {"clean": False, "modified_files": names}
    page = render_md.render(full(git_context={"is_git_repo": True, "branch": "a\\<b", "status": status}))
    assert md_form.data_of(md_form.blocks(page))["git_context"] == {
        "branch": "a\\<b",
        "head": None,
        "status": status,
    }


@pytest.mark.parametrize("text", ["<script>", "\\<b>", "a\\\\<!-- x", "1 < 2 \\", "`<b>`"])
def test_html_is_without_force_and_comes_back(text: str) -> None:
    conversation: Json = {"summary": text, "primary_task": text, "accomplishments": [text], "next_steps": [text]}
    page = render_md.render(full(conversation=conversation))
    assert not re.search(r"(?<!\\)(\\\\)*<", page)
    assert md_form.data_of(md_form.blocks(page))["conversation"] == conversation


@given(st.lists(LINE, min_size=1, max_size=4), TEXT)
def test_names_and_summary_come_back_from_md(lines: list[str], branch: str) -> None:
    summary = "\n".join(line.strip() or "." for line in lines)
    session = full(
        conversation={"summary": summary},
        git_context={"is_git_repo": True, "branch": branch, "status": {"clean": True}},
    )
    data = md_form.data_of(md_form.blocks(render_md.render(session)))
    assert data["conversation"]["summary"] == summary  # type: ignore[index,call-overload] # an object
    if branch and branch.strip() == branch and branch.isprintable():
        assert data["git_context"]["branch"] == branch  # type: ignore[index,call-overload] # an object


@pytest.mark.parametrize(
    ("name", "span"),
    [
        pytest.param("a.py", "`a.py`", id="plain"),
        pytest.param("a`b", "``a`b``", id="backtick"),
        pytest.param("`a``", "``` `a`` ```", id="backticks at the ends"),
        pytest.param("a\nb\t\x1b", "`a\\nb\\t\\x1b`", id="control characters"),
    ],
)
def test_span(name: str, span: str) -> None:
    assert render_md.span(name) == span


def test_md_of_a_detached_head_and_of_no_repository() -> None:
    detached = render_md.render(full(git_context={"is_git_repo": True, "branch": ""}))
    assert "- **Branch**: detached\n- **Head**: no commit yet\n- **Status**: Modified" in detached
    outside = render_md.render(full(git_context={"is_git_repo": False}, resume_instructions={}, active_context={}))
    assert "*Not a git repository*" in outside
    assert "Validation" not in outside
    assert "Active Context" not in outside


def test_upstream_pages_of_little() -> None:
    text = upstream.as_markdown(Session(id=ID, data={"git_context": {"is_git_repo": False}}))
    assert "*Not a git repository*" in text
    empty: Json = {"is_git_repo": True, "status": {"clean": True, "modified_files": []}, "recent_commits": []}
    assert "**Status**: Clean" in upstream.as_markdown(Session(id=ID, data={"git_context": empty}))


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        pytest.param(".M", " (modified)", id="modified"),
        pytest.param("M.", " (modified, staged)", id="staged"),
        pytest.param("MM", " (modified, staged; modified)", id="both"),
        pytest.param("UU", " (in conflict)", id="conflict"),
        pytest.param("R.", " (renamed from `b`, staged)", id="renamed"),
        pytest.param("RM", " (renamed from `b`, staged; modified)", id="renamed and modified"),
        pytest.param(".R", " (renamed from `b`)", id="renamed, only intended to be added"),
        pytest.param("..", "", id="nothing"),
    ],
)
def test_state_in_words(letters: str, words: str) -> None:
    before: dict[str, Json] = {"original_path": "b"} if "R" in letters else {}
    status: Json = {"modified_files": ["a"], "entries": [{"xy": letters, "path": "a", **before}]}
    text = render_md.render(full(git_context={"is_git_repo": True, "status": status}))
    assert f"- `a`{words}\n" in text


def test_pointer_comes_back() -> None:
    found = pointer.parse(POINTER, render_pointer.render(ID).encode())
    assert (found.target, found.line, found.column) == (ID, 1, 17)
    assert found.names(f"{ID}.yaml")
    assert not found.names(f"{ID}.txt")


def test_record_comes_back() -> None:
    action = {"type": "pause_started", "timestamp": "x", "session_id": ID, "data": {}, "context_percentage": 0.9}
    actions = record.parse("", (json.dumps(action) + "\n\n").encode())
    assert [(each.line, each.data) for each in actions] == [(1, action)]


def test_place_is_the_nearest_that_there_is() -> None:
    document = json_form.parse("", b'{"a": {"b": [1,\n  22]},\n "c": "x,y"}')
    assert document.place("a", "b", 1) == (2, 3)
    assert document.place("a", "b", 7) == (1, 13)
    assert document.place("c") == document.place("c", "deeper", 0) == (3, 7)
    assert document.place("nothing") == (1, 1)
    assert document.place() == (1, 1)
    blank = json_form.parse("", b' {\t"a"\n:\n [ 1 ,\t2.5 \n, true ]\t,"b" : null }')
    assert [blank.place(*keys) for keys in ((), ("a", 1), ("a", 2), ("b",))] == [(1, 2), (3, 8), (4, 3), (4, 17)]
    loaded = yaml_form.parse("", b"a:\n  b: [1, 22]\nc: x\n")
    assert loaded.place("a", "b", 1) == (2, 10)
    assert loaded.place("c") == loaded.place("c", "deeper", 0) == (3, 4)
    assert loaded.place("a", "b", 7) == (2, 6)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"b": 1}, "b": 2}',
        '{"b": 2, "a": {"b": 1}}',
        r'{"x": {"b": 1}, "\u0062": 2}',
        r'{"x": ["b"], "\u0062": 2}',
        '{"x": 1, "b":\n 2}',
        '{"x": [{"b": 1}], "y": "\\"b\\": 3", "b": 2}',
    ],
)
def test_a_place_is_that_of_its_own_key(text: str) -> None:
    found = json_form.parse("", text.encode()).place("b")
    assert found == json_form.place(text, ("b",))
    line, column = found
    assert text.split("\n")[line - 1][column - 1] == "2"


@pytest.mark.parametrize(
    ("key", "text"), [('x": "y', r'{"x": "y", "x\": \"y": 2}'), ("é", r'{"x": {"é": 1}, "\u00e9": 2}')]
)
def test_a_key_that_may_be_spelled_otherwise(key: str, text: str) -> None:
    _, column = json_form.parse("", text.encode()).place(key)
    assert text[column - 1] == "2"


def test_a_place_behind_a_carriage_return() -> None:
    assert json_form.place('{\r"a":\r\t[0,\r1]}', ("a", 1)) == (1, 13)


@given(VALUES)
def test_every_value_of_a_json_has_its_place(value: Json) -> None:
    text = json.dumps({"key": value})
    line, column = json_form.place(text, ("key",))
    assert line == 1
    assert json.JSONDecoder().raw_decode(text, column - 1)[0] == value


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(content: bytes) -> None:
    for parse in (json_form.parse, yaml_form.parse, md_form.parse, pointer.parse, record.parse):
        try:
            parse("x", content)
        except MalformedError as error:
            assert error.findings  # noqa: PT017 - either is right, and nothing else may be raised


@given(
    st.dictionaries(st.sampled_from(sorted(full().data)), VALUES),
    st.dictionaries(st.sampled_from(["primary_task", "summary", "accomplishments", "next_steps"]), VALUES),
    st.dictionaries(st.sampled_from(["is_git_repo", "branch", "recent_commits", "status"]), VALUES),
    st.text(st.characters(exclude_categories=()), max_size=5),
)
def test_no_values_are_too_odd(
    top: dict[str, Json], conversation: dict[str, Json], git: dict[str, Json], text: str
) -> None:
    contents = paused(full())
    data = {**full().data, "conversation": {"summary": text, **conversation}, "git_context": git, **top}
    contents[f"{ID}.json"] = json.dumps(data).encode()
    folder = check.Folder(path="x", names=frozenset(contents), contents=contents, odd={})
    lines = "".join(report.lines(check.check(folder)))
    assert not {unicodedata.category(character) for character in lines} & {"Cc", "Cs"}


@pytest.mark.parametrize(
    ("value", "name"), [(None, "null"), (True, "a boolean"), (1.5, "a number"), (datetime.now(UTC), "a datetime")]
)
def test_kind(value: object, name: str) -> None:
    assert json_form.kind(value) == name
