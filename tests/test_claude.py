"""What Claude Code's store says of a project, and what it can never make us do."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import VALUES
from stores import (
    BEGAN,
    MODEL,
    OTHER,
    SESSION,
    Line,
    answer,
    plant,
    plant_task,
    plant_todos,
    prompt,
    sidechain,
    task_create,
    task_update,
    todo,
    todo_write,
    tool_result,
    tool_use,
    usage,
)

from mpm_hooks import claude
from mpm_hooks.facts import Agent, Task, Todo, Tokens
from mpm_hooks.session import Json

LATER = BEGAN + timedelta(days=1)
MANY = 300


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project."""
    (tmp_path / "a/proj/.git").mkdir(parents=True)
    return tmp_path / "a/proj"


def agent(root: Path, home: Path, **environment: str) -> Agent:
    """Read what must be there, without a warning."""
    found, warnings = claude.read(root, environment, home)
    assert warnings == ()
    assert found is not None
    return found


def began(root: Path, home: Path, **environment: str) -> datetime | None:
    """Read when the session began, by which tests tell one from the other."""
    found, warnings = claude.read(root, environment, home)
    assert warnings == ()
    return found.began if found else None


def raw(**fields: Json) -> bytes:
    """Write a line that has these fields only."""
    return json.dumps(fields).encode() + b"\n"


def test_a_session(root: Path, home: Path) -> None:
    plant(
        home,
        root,
        prompt(),
        answer(usage=usage()),
        todo_write(todo("Read json", "in_progress")),
        task_create(1, "Read yaml"),
        task_update("1", status="completed"),
    )
    assert agent(root, home) == Agent(
        began=BEGAN,
        last_active=BEGAN + timedelta(minutes=7),
        todos=(Todo(content="Read json", status="in_progress", active_form="Doing: Read json"),),
        tasks=(Task(id="1", subject="Read yaml", status="completed", description="As agreed"),),
        models=(MODEL,),
        tokens=Tokens(context=4330, input=10, output=20, cache_creation=300, cache_read=4000),
    )


def test_no_prose_leaves(root: Path, home: Path) -> None:
    plant(
        home,
        root,
        raw(type="summary", summary="secret", leafUuid="x"),
        prompt("secret"),
        answer("secret", usage=usage()),
        tool_use("toolu_1", "Bash", {"command": "echo secret", "description": "secret"}),
        tool_result("toolu_1", "secret", toolUseResult={"stdout": "secret"}),
        tool_use("toolu_2", "TaskCreate", {"subject": "Read yaml"}),
        tool_result("toolu_2", "Task #1 created successfully: secret", toolUseResult={"task": {"id": "1"}}),
        prompt("secret", isCompactSummary=True),
    )
    found = agent(root, home)
    assert found.tasks
    assert "secret" not in repr(found)


# Which transcript


def test_nothing_is_the_normal_state(root: Path, home: Path) -> None:
    assert claude.read(root, {}, home) == (None, ())
    (home / ".claude").mkdir()
    (home / ".claude/projects").write_text("a file", encoding="utf-8")
    assert claude.read(root, {}, home) == (None, ())
    (home / ".claude/projects").unlink()
    (home / ".claude/projects").mkdir()
    (home / ".claude/projects/.DS_Store").touch()
    assert claude.read(root, {}, home) == (None, ())


@pytest.mark.parametrize(
    ("cwd", "is_ours"),
    [
        pytest.param("a/proj", True, id="the project"),
        pytest.param("a/proj/", True, id="with a slash"),
        pytest.param("a/proj/src/deep", True, id="below"),
        pytest.param("a/proj/gone/by/now", True, id="below, gone"),
        pytest.param("link/src", True, id="through a link"),
        pytest.param("a", False, id="above"),
        pytest.param("a/proj-2", False, id="same start"),
        pytest.param("a/proj/../other", False, id="out again"),
        pytest.param("a/proj/out", False, id="out by a link"),
        pytest.param("a/proj/inner", False, id="a repository below"),
        pytest.param("a/proj/inner/src/deep", False, id="in a repository below"),
        pytest.param("a/proj/tree", False, id="a worktree below"),
        pytest.param("a/proj/" + "x/" * 3000, False, id="too long"),
        pytest.param("a/proj/\0", False, id="NUL"),
        pytest.param("a/proj/\ud800", False, id="half a character"),
        pytest.param("loop", False, id="a link to itself"),
        pytest.param("chain0", False, id="no end of links"),
    ],
)
def test_a_transcript_belongs_where_its_session_began(tmp_path: Path, home: Path, cwd: str, *, is_ours: bool) -> None:
    root = tmp_path / "a/proj"
    for folder in (root / "inner/.git", root / "inner/src", root / "src/deep", root / "tree", tmp_path / "a/proj-2"):
        folder.mkdir(parents=True)
    (root / "tree/.git").write_text("gitdir: elsewhere", encoding="utf-8")
    (tmp_path / "link").symlink_to(root)
    (root / "out").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for number in range(1100 if cwd == "chain0" else 0):
        (tmp_path / f"chain{number}").symlink_to(tmp_path / f"chain{number + 1}")
    plant(home, root, prompt(cwd=f"{tmp_path}/{cwd}"), prompt())
    assert began(root, home) == (BEGAN if is_ours else None)


def test_a_relative_directory_is_nobodys(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    plant(home, root, prompt(cwd="."), prompt())
    assert began(root, home) is None


def test_the_root_may_be_a_link(tmp_path: Path, root: Path, home: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    plant(home, root, prompt())
    assert began(tmp_path / "link", home) == BEGAN


def test_names_of_folders_tell_nothing(tmp_path: Path, root: Path, home: Path) -> None:
    ours = "".join(letter if letter.isalnum() else "-" for letter in str(root))
    plant(home, tmp_path, prompt(), folder=ours, session=OTHER, began=LATER)
    plant(home, root, prompt(), folder="renamed")
    assert began(root, home) == BEGAN


def test_times_of_files_tell_nothing(root: Path, home: Path) -> None:
    os.utime(plant(home, root, prompt()), (4e9, 4e9))
    os.utime(plant(home, root, prompt(), session=OTHER, began=LATER), (1e9, 1e9))
    assert began(root, home) == LATER


def test_the_last_time_tells(root: Path, home: Path) -> None:
    plant(home, root, prompt(), prompt(timestamp="2026-03-01T00:00:00.000Z"))
    plant(home, root, prompt(), session=OTHER, began=LATER)
    assert began(root, home) == BEGAN


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("agent-1.jsonl", id="beside, as in 2.0"),
        pytest.param(f"{SESSION}/subagents/agent-1.jsonl", id="below"),
        pytest.param(f"{SESSION}/subagents/1.jsonl", id="anything below"),
        pytest.param("1.json", id="no transcript"),
        pytest.param("../1.jsonl", id="in no folder"),
    ],
)
def test_only_transcripts_of_sessions_count(root: Path, home: Path, name: str) -> None:
    path = plant(home, root, prompt(), began=LATER)
    (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
    path.rename(path.parent / name)
    assert began(root, home) is None


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="empty"),
        pytest.param(sidechain(prompt(), prompt()), id="a subagent's"),
        pytest.param([raw(type="summary", summary="x", leafUuid="y")], id="summaries only"),
        pytest.param([prompt(timestamp=None), prompt(timestamp=1)], id="no times"),
        pytest.param([prompt(timestamp="2026-01-21T10:00:00")], id="no zone"),
        pytest.param([prompt(timestamp="0001-01-01T00:00:00+23:00")], id="before all time"),
        pytest.param([prompt(timestamp="yesterday")], id="no time"),
        pytest.param([prompt(cwd=None), prompt(cwd=["x"])], id="no directory"),
        pytest.param([b"{\n", b"\xff\xfe\0\n", b"null\n", b"[" * 200_000], id="garbage"),
    ],
)
def test_what_is_no_session(root: Path, home: Path, lines: list[Line]) -> None:
    plant(home, root, lines)
    assert began(root, home) is None
    plant(home, root, lines, session=OTHER)
    plant(home, root, prompt())
    assert began(root, home) == BEGAN


def test_a_subagent_does_not_tell_where_or_when(tmp_path: Path, root: Path, home: Path) -> None:
    other = {"cwd": str(tmp_path)}
    plant(home, root, sidechain(prompt(**other)), prompt(), prompt(), sidechain(prompt(), prompt()))
    found = agent(root, home)
    assert (found.began, found.last_active) == (BEGAN + timedelta(minutes=1), BEGAN + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, LATER, id="none"),
        pytest.param({"CLAUDE_CODE_SESSION_ID": SESSION}, BEGAN, id="ours"),
        pytest.param({"CLAUDE_CODE_SESSION_ID": "gone"}, LATER, id="not there"),
        pytest.param({"CLAUDE_CODE_SESSION_ID": ""}, LATER, id="empty"),
        pytest.param({"CLAUDE_CODE_SESSION_ID": "elsewhere"}, LATER, id="another project's"),
    ],
)
def test_the_session_at_work(
    tmp_path: Path, root: Path, home: Path, environment: dict[str, str], expected: datetime
) -> None:
    plant(home, root, prompt())
    plant(home, root, prompt(), session=OTHER, began=LATER)
    plant(home, tmp_path, prompt(), session="elsewhere", began=LATER + timedelta(days=1))
    assert began(root, home, **environment) == expected


def test_the_store_may_be_elsewhere(tmp_path: Path, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, root, prompt())
    monkeypatch.chdir(tmp_path / ".claude")
    assert began(root, home, CLAUDE_CONFIG_DIR=str(tmp_path / ".claude")) == BEGAN
    assert began(root, home, CLAUDE_CONFIG_DIR="") is None


# When


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([prompt(timestamp="2026-01-21T12:00:00.500+01:00")], ("11:00:00.500000",) * 2, id="a zone"),
        pytest.param([prompt(), b'{"isSidechain":false,"timestamp":"2026-'], ("09:00:00",) * 2, id="half a last line"),
        pytest.param([prompt(), prompt(timestamp="x")], ("09:00:00",) * 2, id="no time in the last line"),
        pytest.param(
            [prompt(), prompt(timestamp="2026-01-21T08:00:00Z")], ("08:00:00",) * 2, id="a clock that was put back"
        ),
        pytest.param(
            [prompt(), prompt(), raw(type="last-prompt", lastPrompt="x")], ("09:00:00", "09:01:00"), id="more after it"
        ),
        pytest.param([prompt(), prompt("x" * 100_000), b"\n\n"], ("09:00:00", "09:01:00"), id="a long last line"),
        pytest.param(
            [prompt(timestamp=None), prompt(), prompt()], ("09:01:00", "09:02:00"), id="no time in the first line"
        ),
        pytest.param([prompt(), b'"timestamp" \xff\n', prompt()], ("09:00:00", "09:02:00"), id="garbage between"),
    ],
)
def test_when(root: Path, home: Path, lines: list[Line], expected: tuple[str, str]) -> None:
    plant(home, root, lines)
    found = agent(root, home)
    moments = (found.began, found.last_active)
    assert [moment.tzinfo for moment in moments] == [UTC, UTC]
    assert tuple(str(moment.time()) for moment in moments) == expected


def test_when_there_is_no_last_line_end(root: Path, home: Path) -> None:
    path = plant(home, root, prompt(), prompt())
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert agent(root, home).last_active == BEGAN + timedelta(minutes=1)


LONGEST = 10_000_000


def listing(content: str) -> bytes:
    """Write a todo list, without the end of the line."""
    return raw(**tool_use(content, "TodoWrite", {"todos": [todo(content)]})).rstrip(b"\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(listing("b").ljust(LONGEST - 1) + b"\n", ["b"], id="just fits"),
        pytest.param(listing("b").ljust(LONGEST) + b"\n", ["a"], id="too long"),
        pytest.param(b" " * LONGEST + listing("b") + b"\n", ["a"], id="too long, told by its end"),
        pytest.param(b" " * LONGEST * 2 + b"\n" + listing("b") + b"\n", ["b"], id="after one too long"),
        pytest.param(listing("b"), ["b"], id="no end"),
    ],
)
def test_overlong_lines_are_passed_over(root: Path, home: Path, line: bytes, expected: list[str]) -> None:
    plant(home, root, prompt(), todo_write(todo("a")), line, [prompt()] * line.endswith(b"\n"))
    assert [each.content for each in agent(root, home).todos] == expected


def test_a_first_directory_too_far_from_the_start_is_not_looked_for(root: Path, home: Path) -> None:
    path = plant(home, root, prompt())
    path.write_bytes(b"x" * 999 + b"\n" + path.read_bytes())
    assert began(root, home) == BEGAN
    path.write_bytes(b"x" * LONGEST + b"\n" + path.read_bytes())
    assert began(root, home) is None


def test_a_last_time_too_far_from_the_end_is_not_looked_for(root: Path, home: Path) -> None:
    path = plant(home, root, prompt())
    line = path.read_bytes()
    path.write_bytes(b"{}\n" + b" " * (LONGEST - len(line)) + line)
    assert began(root, home) is None  # it begins before
    path.write_bytes(line + b" " * LONGEST)
    assert began(root, home) is None
    path.write_bytes(line + b" " * (LONGEST - len(line)))
    assert began(root, home) == BEGAN


# Answers

NO_NUMBERS: list[Json] = [True, -1, 1.5, "4"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([prompt()], None, id="no answer"),
        pytest.param([answer()], None, id="an answer that does not say"),
        pytest.param([answer(usage=usage(1, 2, 3, 4))], (10, 1, 2, 3, 4), id="one"),
        pytest.param(
            [answer(usage=usage(1, 2, 3, 4), answer_id="x"), answer(usage=usage(1, 9, 3, 4), answer_id="x")],
            (17, 1, 9, 3, 4),
            id="an answer of two lines",
        ),
        pytest.param(
            [answer(usage=usage(1, 2, 3, 4)), answer(usage=usage(1, 2, 3, 5))], (11, 2, 4, 6, 9), id="without ids"
        ),
        pytest.param(
            [
                answer(usage=usage(1, 2, 3, 4), answer_id="x"),
                answer(usage=usage(5, 6, 7, 8), answer_id="y"),
                prompt(),
                answer(),
            ],
            (26, 6, 8, 10, 12),
            id="two",
        ),
        pytest.param(
            [
                answer(usage=usage(1, 1, 1, 1)),
                answer(model="<synthetic>", usage=usage(0, 0, 0, 0)),
                answer(usage=usage(0, 0, 0, 0)),
            ],
            (4, 1, 1, 1, 1),
            id="an error in place of an answer",
        ),
        pytest.param(
            [answer(usage=usage(1, 1, 1, 1)), *sidechain(answer(usage=usage()))], (4, 1, 1, 1, 1), id="a subagent"
        ),
        pytest.param([prompt(message={"usage": usage(), "model": "x"}, x="assistant")], None, id="no answer's"),
        pytest.param([answer(usage=usage(*NO_NUMBERS))], None, id="no numbers"),
        pytest.param([answer(usage=usage(10**12, None, [1], float("nan")))], None, id="beyond belief"),
        pytest.param([answer(usage=usage(1, *NO_NUMBERS[:3]))], (1, 1, 0, 0, 0), id="some numbers"),
        pytest.param([answer(usage=[1]), answer(usage="x")], None, id="another type"),
        pytest.param(
            [b'{"type":"assistant","message":{"usage":{"input_tokens":' + b"9" * 5000 + b"}}}\n", prompt()],
            None,
            id="digits",
        ),
    ],
)
def test_tokens(root: Path, home: Path, lines: list[Line], expected: tuple[int, ...] | None) -> None:
    plant(home, root, prompt(), lines)
    tokens = agent(root, home).tokens
    assert (tokens and tuple(tokens.as_dict().values())) == expected


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        pytest.param(["a", "b", "a"], ["a", "b"], id="order"),
        pytest.param(["<synthetic>", "b", "<synthetic>"], ["b"], id="synthetic"),
        pytest.param([None, "", 1, ["a"], "b"], ["b"], id="odd"),
        pytest.param([f"{number}" for number in range(MANY)], [f"{number}" for number in range(200)], id="many"),
    ],
)
def test_models(root: Path, home: Path, models: list[Json], expected: list[str]) -> None:
    plant(home, root, prompt(), [answer(model=model) for model in models], sidechain(answer(model="subagent's")))
    assert list(agent(root, home).models) == expected


# Todos


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([*todo_write(todo("a"), todo("b")), *todo_write(todo("b"))], ["b"], id="the last list"),
        pytest.param([*todo_write(todo("a")), *todo_write()], [], id="emptied"),
        pytest.param([*todo_write(todo("a")), *todo_write(todo("b"), failed=True)], ["a"], id="failed"),
        pytest.param([*todo_write(todo("a")), todo_write(todo("b"))[0]], ["b"], id="no result yet"),
        pytest.param([todo_write(todo("a"))[0], prompt(), *todo_write(todo("b"))], ["b"], id="interrupted"),
        pytest.param([*todo_write(todo("a")), *sidechain(*todo_write(todo("b")))], ["a"], id="a subagent's"),
        pytest.param([*todo_write(todo("a")), tool_use("x", "TodoWrite", {"todos": "b"})], ["a"], id="no list"),
        pytest.param([*todo_write(todo("a")), tool_use("x", "TodoWrite", "b")], ["a"], id="no input"),
        pytest.param([*todo_write(todo("a")), tool_use("x", ["TodoWrite"], {"todos": []})], ["a"], id="no tool"),
        pytest.param(
            [
                *todo_write(todo("a")),
                answer(),
                {"type": "assistant", "message": {"content": [{"name": "TodoWrite", "input": {"todos": []}}]}},
            ],
            ["a"],
            id="no call",
        ),
        pytest.param(
            [tool_use("x", "Bash", {}), *todo_write(todo("a"))[:1], tool_result("x", "Exit code 1", failed=True)],
            ["a"],
            id="another tool failed",
        ),
        pytest.param(
            [raw(**tool_use("x", "TodoWrite", {"todos": [todo("a?")]})).replace(b"?", b"\xff")],
            ["a\N{REPLACEMENT CHARACTER}"],
            id="a byte that is no text",
        ),
        pytest.param([tool_use(None, "TodoWrite", {"todos": [todo("a")]})], ["a"], id="no id"),
        pytest.param(
            [*todo_write(todo("a", "done"), todo("b", "completed"), {**todo("c"), "status": []}, todo("d", ""))],
            ["b"],
            id="odd statuses",
        ),
        pytest.param(
            [*todo_write("a", None, 1, [], {}, {"content": 1, "status": "pending"}, todo(" \n"), todo("b"))],
            ["b"],
            id="odd items",
        ),
        pytest.param([*todo_write({"content": "a", "status": "pending"})], ["a"], id="no active form"),
        pytest.param(
            [*todo_write(todo(" a\r\n\tb\0\x1b[0m c\ud800 "))], ["a b [0m c\N{REPLACEMENT CHARACTER}"], id="on one line"
        ),
        pytest.param([*todo_write(todo("x" * 500), todo("y" * 501))], ["x" * 500, "y" * 499 + "…"], id="too long"),
        pytest.param(
            [*todo_write(*[todo(f"{each}") for each in range(MANY)])], [f"{n}" for n in range(200)], id="many"
        ),
    ],
)
def test_todos(root: Path, home: Path, lines: list[Line], expected: list[str]) -> None:
    plant(home, root, prompt(), lines)
    assert [each.content for each in agent(root, home).todos] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], ["old"], id="no list in the transcript"),
        pytest.param([*todo_write(todo("new"))], ["new"], id="a list"),
        pytest.param([*todo_write()], [], id="an emptied list"),
    ],
)
def test_todos_of_old_installations(root: Path, home: Path, lines: list[Line], expected: list[str]) -> None:
    plant_todos(home, todo("old"), "odd")
    plant_todos(home, todo("a subagent's"), agent=OTHER)
    plant_todos(home, todo("another session's"), session=OTHER)
    plant(home, root, prompt(), lines)
    assert [each.content for each in agent(root, home).todos] == expected


def test_todos_of_old_installations_may_be_anything(root: Path, home: Path) -> None:
    plant(home, root, prompt())
    for content in (b"", b"{", b"{}", b"[" * 100_000, b"\xff", b'[{"content": NaN}]'):
        plant_todos(home).write_bytes(content)
        assert agent(root, home).todos == ()


# Tasks


def shown(tasks: tuple[Task, ...]) -> list[str]:
    return [f"{task.id} {task.subject} {task.status}" for task in tasks]


def created(content: Json, **fields: Json) -> list[Line]:
    """Create a task with this result."""
    return [tool_use("toolu_1", "TaskCreate", {"subject": "a"}), tool_result("toolu_1", content, **fields)]


BLOCKS: Json = [{"type": "text", "text": "Task #7 created successfully: a"}]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(task_create(1, "a"), ["1 a pending"], id="created"),
        pytest.param([*task_create(10, "a"), *task_create(9, "b")], ["9 b pending", "10 a pending"], id="order"),
        pytest.param(created("Task #7 created successfully: a"), ["7 a pending"], id="number in a text"),
        pytest.param(created(BLOCKS), ["7 a pending"], id="number in a block"),
        pytest.param(created("x", toolUseResult={"task": {"id": "8"}}), ["8 a pending"], id="number in the result"),
        pytest.param(created(None, toolUseResult={"task": {"id": 8}}), ["8 a pending"], id="a number"),
        pytest.param(created("x", toolUseResult={"task": {"id": True}}), [], id="truth"),
        pytest.param(created("x", toolUseResult={"task": {"id": "1/../2"}}), [], id="a path"),
        pytest.param(created("x", toolUseResult={"task": {"id": "9" * 5000}}), [], id="digits"),
        pytest.param(created("x", toolUseResult={"task": []}), [], id="no task"),
        pytest.param(created([1, {"text": 1}], toolUseResult="Error"), [], id="no number"),
        pytest.param(created("Task #7 created successfully: a")[:1], [], id="no result yet"),
        pytest.param([*sidechain(*task_create(1, "a"))], [], id="a subagent's"),
        pytest.param(task_create(1, "a", failed=True), [], id="failed"),
        pytest.param(task_create(1, " "), [], id="no subject"),
        pytest.param([*created("x"), tool_result("toolu_1", BLOCKS)], [], id="a second result"),
        pytest.param([tool_use("x", "Bash", {}), tool_result("x", BLOCKS)], [], id="another tool's words"),
        pytest.param(
            [
                tool_use("x", "TaskCreate", {"subject": "a"}),
                tool_use("y", "TaskCreate", {"subject": "b"}),
                tool_result("y", "Task #2 created successfully: b"),
                tool_result("x", "Task #1 created successfully: a"),
            ],
            ["1 a pending", "2 b pending"],
            id="at the same time",
        ),
        pytest.param([*task_create(1, "a"), *task_update("1", status="completed")], ["1 a completed"], id="done"),
        pytest.param([*task_create(1, "a"), *task_update(1, status="completed")], ["1 a completed"], id="by number"),
        pytest.param(
            [*task_create(1, "a"), *task_update("1", status="completed", failed=True)], ["1 a pending"], id="not done"
        ),
        pytest.param([*task_create(1, "a"), *task_update("1", subject="b")], ["1 b pending"], id="renamed"),
        pytest.param([*task_create(1, "a"), *task_update("1", subject=["b"], status="x")], ["1 a pending"], id="odd"),
        pytest.param(
            [*task_create(1, "a"), *task_create(2, "b"), *task_update("1", status="deleted")],
            ["2 b pending"],
            id="deleted",
        ),
        pytest.param(
            [*task_create(1, "a"), *task_update("1", status="deleted"), *task_update("1", status="pending")],
            [],
            id="changed when deleted",
        ),
        pytest.param([*task_update("5", status="completed", subject="x")], [], id="never created here"),
        pytest.param(
            [line for number in range(MANY) for line in task_create(number, "a")],
            [f"{number} a pending" for number in range(100, MANY)],
            id="many",
        ),
    ],
)
def test_tasks(root: Path, home: Path, lines: list[Line], expected: list[str]) -> None:
    plant(home, root, prompt(), lines)
    assert shown(agent(root, home).tasks) == expected


def test_the_description_of_a_task_is_kept_and_changed(root: Path, home: Path) -> None:
    plant(home, root, task_create(1, "a", "one"), task_create(2, "b", "one"), task_update("2", description="two"))
    assert [task.description for task in agent(root, home).tasks] == ["one", "two"]


@pytest.mark.parametrize(
    ("folder", "environment", "expected"),
    [
        pytest.param(SESSION, {}, ["1 a pending", "2 new completed", "3 c pending"], id="by id"),
        pytest.param("session-0b7f4c1e", {}, ["1 a pending", "2 new completed", "3 c pending"], id="by its start"),
        pytest.param(OTHER, {}, ["1 a pending", "2 b pending"], id="another session's"),
        pytest.param(
            "my-list",
            {"CLAUDE_CODE_TASK_LIST_ID": "my list", "CLAUDE_CODE_SESSION_ID": SESSION},
            ["1 a pending", "2 new completed", "3 c pending"],
            id="named",
        ),
        pytest.param(
            "my-list",
            {"CLAUDE_CODE_TASK_LIST_ID": "my list", "CLAUDE_CODE_SESSION_ID": OTHER},
            ["1 a pending", "2 b pending"],
            id="named for another session",
        ),
        pytest.param("my-list", {"CLAUDE_CODE_TASK_LIST_ID": "my list"}, ["1 a pending", "2 b pending"], id="for none"),
        pytest.param(
            ".",
            {"CLAUDE_CODE_TASK_LIST_ID": "", "CLAUDE_CODE_SESSION_ID": SESSION},
            ["1 a pending", "2 b pending"],
            id="in no list",
        ),
        pytest.param(
            "../out",
            {"CLAUDE_CODE_TASK_LIST_ID": "../out", "CLAUDE_CODE_SESSION_ID": SESSION},
            ["1 a pending", "2 b pending"],
            id="outside",
        ),
    ],
)
def test_files_of_tasks_are_newer(
    root: Path, home: Path, folder: str, environment: dict[str, str], expected: list[str]
) -> None:
    plant(home, root, task_create(1, "a"), task_create(2, "b"))
    plant_task(home, folder, 2, "new", "completed")
    plant_task(home, folder, 3, "c")
    (home / ".claude/tasks/msg-1.json").write_text('{"id": "9", "subject": "x", "status": "pending"}', encoding="utf-8")
    assert shown(agent(root, home, **environment).tasks) == expected


def test_the_named_list_is_the_newest(root: Path, home: Path) -> None:
    plant(home, root, prompt())
    for folder in ("mine", SESSION, "session-0b7f4c1e"):
        plant_task(home, folder, 1, folder)
    own = {"CLAUDE_CODE_TASK_LIST_ID": "mine", "CLAUDE_CODE_SESSION_ID": SESSION}
    assert shown(agent(root, home, **own).tasks) == ["1 mine pending"]


def test_names_of_lists_are_tame(root: Path, home: Path) -> None:
    plant(home, root, prompt(), session="a.b c")
    plant_task(home, "a-b-c", 1, "a")
    plant_task(home, "session-a-b-c", 2, "b")
    assert shown(agent(root, home).tasks) == ["1 a pending", "2 b pending"]


def test_files_of_tasks_that_are_none(root: Path, home: Path) -> None:
    plant(home, root, task_create(1, "a"))
    for number, content in enumerate([b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"id": "1", "subject": "half wr']):
        plant_task(home, SESSION, number, "x").write_bytes(content)
    plant_task(home, SESSION, 20, "x", status="deleted")
    plant_task(home, SESSION, 21, "")
    plant_task(home, SESSION, 22, "x", id=None)
    plant_task(home, SESSION, 23, "x").rename(home / f".claude/tasks/{SESSION}/.lock")
    plant_task(home, SESSION, 24, "x").rename(home / f".claude/tasks/{SESSION}/x24.json")
    assert shown(agent(root, home).tasks) == ["1 a pending"]


def test_files_of_many_tasks(root: Path, home: Path) -> None:
    plant(home, root, prompt())
    for number in range(MANY):
        plant_task(home, SESSION, number, "a")
    assert [task.id for task in agent(root, home).tasks] == [str(number) for number in range(100, MANY)]


# What cannot be read

Harm = Callable[[Path], None]
LEFT_OUT = "A part of Claude Code's store was left out: "


def into_directory(path: Path) -> None:
    """Put a directory in the place of a file."""
    path.unlink()
    path.mkdir()


def into_pipe(path: Path) -> None:
    """Put a pipe, to which nobody writes, in the place of a file."""
    path.unlink()
    os.mkfifo(path)


def into_loop(path: Path) -> None:
    """Put a link to itself in the place of a file."""
    path.unlink()
    path.symlink_to(path)


def closed(path: Path) -> None:
    """Let nobody read a file."""
    path.chmod(0)


HARMS = [
    pytest.param(into_directory, "not a regular file", id="a directory"),
    pytest.param(into_pipe, "not a regular file", id="a pipe"),
    pytest.param(into_loop, "Too many levels of symbolic links", id="a loop"),
    pytest.param(
        closed,
        "Permission denied",
        id="closed",
        marks=pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is closed to this user"),
    ),
]
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes and few links")


@posix
@pytest.mark.parametrize(("harm", "reason"), HARMS)
def test_a_transcript_that_cannot_be_read(root: Path, home: Path, harm: Harm, reason: str) -> None:
    plant(home, root, prompt(), session=OTHER)
    harm(plant(home, root, prompt(), folder="x", began=LATER))
    warning = f"{LEFT_OUT}~/.claude/projects/x/{SESSION}.jsonl cannot be read: {reason}"
    for environment in ({}, {"CLAUDE_CODE_SESSION_ID": SESSION}):
        found, warnings = claude.read(root, environment, home)
        assert found is not None
        assert found.began == BEGAN
        assert warnings == (warning,)


@posix
@pytest.mark.parametrize(("harm", "reason"), HARMS)
def test_lists_that_cannot_be_read(root: Path, home: Path, harm: Harm, reason: str) -> None:
    plant(home, root, task_create(1, "a"))
    harm(plant_task(home, SESSION, 1, "b"))
    harm(plant_todos(home, todo("c")))
    found, warnings = claude.read(root, {}, home)
    assert found is not None
    assert (found.todos, shown(found.tasks)) == ((), ["1 a pending"])
    assert warnings == (
        f"{LEFT_OUT}~/.claude/todos/{SESSION}-agent-{SESSION}.json cannot be read: {reason}",
        f"{LEFT_OUT}~/.claude/tasks/{SESSION}/1.json cannot be read: {reason}",
    )


@posix
def test_folders_that_cannot_be_read(root: Path, home: Path) -> None:
    plant(home, root, prompt())
    (home / ".claude/projects/a").symlink_to("a")
    found, warnings = claude.read(root, {}, home)
    assert found is not None
    assert warnings == (f"{LEFT_OUT}~/.claude/projects/a cannot be read: Too many levels of symbolic links",)


@posix
def test_nothing_stays_open(root: Path, home: Path) -> None:
    plant(home, root, prompt(), answer(), prompt())
    into_pipe(plant(home, root, prompt(), session=OTHER))
    before = len(list(Path("/dev/fd").iterdir()))
    claude.read(root, {}, home)
    assert len(list(Path("/dev/fd").iterdir())) == before


@posix
def test_warnings_are_few_and_tell_no_home(root: Path, home: Path) -> None:
    for number in range(5):
        into_directory(plant(home, root, prompt(), folder=f"{number}\n\x1b[0m", session="x"))
    found, warnings = claude.read(root, {"CLAUDE_CONFIG_DIR": str(home / ".claude")}, home)
    assert found is None
    assert warnings == (
        *(
            f"{LEFT_OUT}$CLAUDE_CONFIG_DIR/projects/{number} [0m/x.jsonl cannot be read: not a regular file"
            for number in range(3)
        ),
        f"{LEFT_OUT}2 more of its files cannot be read",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems hold no such name")
def test_a_name_that_is_no_text(root: Path, home: Path) -> None:
    into_directory(plant(home, root, prompt(), folder="caf\udce9"))
    _, warnings = claude.read(root, {}, home)
    assert "".join(warnings).encode().decode().count("caf\N{REPLACEMENT CHARACTER}") == 1


# What may be in it

KEYS = ["type", "message", "content", "name", "input", "todos", "tool_use_id", "toolUseResult", "task", "id", "usage"]
WORDS = ["assistant", "user", "tool_use", "tool_result", "TodoWrite", "TaskCreate", "TaskUpdate", "1", "completed"]
ANYTHING: st.SearchStrategy[Json] = st.recursive(
    VALUES | st.sampled_from(WORDS) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)
CALLS: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["tool_use", "tool_result"]) | ANYTHING,
        "id": st.sampled_from(["x", "y"]) | ANYTHING,
        "tool_use_id": st.sampled_from(["x", "y"]) | ANYTHING,
        "name": st.sampled_from(WORDS) | ANYTHING,
        "input": st.dictionaries(st.sampled_from(["todos", "subject", "status", "taskId"]), ANYTHING),
        "is_error": st.booleans() | ANYTHING,
        "content": st.just("Task #1 created successfully") | ANYTHING,
    }
)
LINES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["assistant", "user"]) | ANYTHING,
        "message": ANYTHING
        | st.fixed_dictionaries({"content": ANYTHING | st.lists(CALLS, max_size=3), "usage": ANYTHING, "id": ANYTHING}),
        "toolUseResult": ANYTHING,
        "isSidechain": st.just(value=False) | ANYTHING,
        "timestamp": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | ANYTHING,
    }
)


@given(st.lists(LINES | st.binary().map(lambda line: line + b"\n"), max_size=6), ANYTHING)
def test_nothing_in_it_bursts(tmp_path_factory: pytest.TempPathFactory, lines: list[Line], item: Json) -> None:
    directory = tmp_path_factory.getbasetemp() / "anything"
    home, root = directory / "home", directory / "root"
    plant(home, root, prompt(), lines, task_create(1, "a"))
    plant_todos(home, item)
    plant_task(home, SESSION, 1, "x").write_text(json.dumps(item), encoding="utf-8")
    found, warnings = claude.read(root, {}, home)
    assert found is not None
    assert found.began <= found.last_active
    assert warnings == ()
    assert json.dumps([task.subject for task in found.tasks] + [each.content for each in found.todos])
