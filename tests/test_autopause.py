"""An auto-pause that claude-mpm left open: a session is made of its record, or it is thrown away; nothing gets lost."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository, Result, Run
from sessions import ID, files, full

from mpm_hooks import autopause, session
from mpm_hooks.finding import UnableError
from mpm_hooks.parse import record
from mpm_hooks.session import ACTIVE_RECORD, DIRECTORY, Json

pytestmark = pytest.mark.once

GENUINE = Path(__file__).parent / "genuine/6.5.83/incremental-full"
PROSE = ("parse_me.py", "Wrote the parser", "please stop", "It rained")
NEXT = "session-20260121-100001"


def action(kind: str, minutes: int, share: float, **data: Json) -> dict[str, Json]:
    """Make an action as upstream writes one."""
    return {
        "type": kind,
        "timestamp": f"2026-01-21T10:{minutes:02}:00.500000+00:00",
        "session_id": ID,
        "data": data,
        "context_percentage": share,
    }


ACTIONS = (
    action("pause_started", 0, 0.905, context_percentage=0.905, reason="Auto-pause threshold exceeded (90%+)"),
    action("tool_call", 10, 0.91, tool="Read", args_summary={"file_path": f"/x/{PROSE[0]}"}),
    action("assistant_response", 20, 0.92, summary=f"{PROSE[1]} ✅"),
    action("user_message", 40, 0.925, summary=PROSE[2]),
    action("system_event", 45, 0.93, event=PROSE[3]),
)


def lines(*actions: object) -> bytes:
    """Write a record as upstream does."""
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in actions)


WHOLE = lines(*ACTIONS)


def without(key: str) -> dict[str, Json]:
    """Make an action that lacks a key."""
    return {name: value for name, value in ACTIONS[1].items() if name != key}


def opened(repository: Repository, content: bytes = WHOLE) -> Path:
    """Leave a record open."""
    return repository.write(f"{DIRECTORY}/{ACTIVE_RECORD}", content)


def finalized(repository: Repository, run: Run, *words: str) -> Result:
    """Make a session of the record that is open."""
    return run(repository.path, "pause", "--no-claude", "--finalize", *words)


def said(repository: Repository, named: str = ID) -> Any:  # noqa: ANN401 - a json
    """Return the json form of a session."""
    return json.loads((repository.sessions / f"{named}.json").read_bytes())


def names(repository: Repository) -> set[str]:
    """Return what is in the folder besides the forms and the pointer."""
    return {path.name for path in repository.sessions.iterdir()} - {
        name for each in repository.ids for name in files(full(each)) for name in [Path(name).name]
    }


def kept(named: str = ID) -> str:
    """Name the record of a finished auto-pause."""
    return f"{named}{session.RECORD_SUFFIX}"


# --finalize


def test_a_session_is_made_of_the_record(repository: Repository, run: Run) -> None:
    opened(repository)
    result = finalized(repository, run, "Halfway")
    assert (result.status, result.err) == (0, "")
    assert repository.ids == [ID]
    told = said(repository)
    assert told["paused_at"] == "2026-01-21T10:45:00.500000+00:00"
    assert told["duration_hours"] == 0.75
    assert told["context_usage"] == {"percentage": 93.0}
    assert told["incremental_pause"] == {
        "enabled": True,
        "action_count": 5,
        "duration_seconds": 2700,
        "context_range": [0.905, 0.93],
        "tool_calls": 1,
        "actions_summary": [{"type": each["type"], "timestamp": each["timestamp"]} for each in ACTIONS],
    }
    assert told["conversation"]["summary"] == "Halfway"
    (reminder,) = told["important_reminders"]
    assert reminder == (
        "Finished from an auto-pause record of 5 actions, 1 of them tool calls, "
        "from 2026-01-21 10:00 to 2026-01-21 10:45 UTC, with 90% to 93% of the context used"
    )
    assert repository.git("log", "-1", "--format=%s") == "session: pause at 2026-01-21 10:45:00\n"
    assert repository.git("show", "--format=", "--name-only").split() == sorted(files(full()))


def test_the_record_is_kept_uncommitted_as_it_was(repository: Repository, run: Run) -> None:
    opened(repository)
    result = finalized(repository, run)
    assert f"The auto-pause has ended; its record is kept, uncommitted, as {DIRECTORY}/{kept()}\n" in result.out
    assert names(repository) == {kept()}
    assert (repository.sessions / kept()).read_bytes() == WHOLE
    assert repository.git("status", "--porcelain") == f"?? {DIRECTORY}/{kept()}\n"
    assert run(repository.path, "check").status == 0
    assert run(repository.path, "committed").status == 0


def test_no_prose_of_the_record_gets_into_a_session_or_git(repository: Repository, run: Run) -> None:
    odd = action("It rained", 50, 0.94) | {"It rained": "It rained", "data": "It rained"}
    opened(repository, lines(*ACTIONS, odd))
    assert finalized(repository, run).status == 0
    forms = [path.read_text(encoding="utf-8") for path in repository.sessions.glob(f"{ID}.*")]
    objects = repository.git("cat-file", "--batch", "--batch-all-objects")
    assert len(forms) == 3
    assert ID in objects
    assert not [prose for prose in PROSE for text in (*forms, objects) if prose in text]
    assert said(repository)["incremental_pause"]["actions_summary"][-1]["type"] == "other"
    assert run(repository.path, "check").status == 0


def test_what_upstream_makes_of_a_genuine_record(repository: Repository, run: Run) -> None:
    name = next(GENUINE.glob("*.jsonl")).name
    upstreams = json.loads(next(GENUINE.glob("*.json")).read_bytes())
    opened(repository, (GENUINE / name).read_bytes())
    assert finalized(repository, run).status == 0
    ours = said(repository, upstreams["session_id"])
    for key in ("paused_at", "duration_hours", "incremental_pause"):
        assert ours[key] == upstreams[key]
    assert ours["context_usage"]["percentage"] == upstreams["context_usage"]["percentage"]
    assert names(repository) == {name}
    assert run(repository.path, "check").status == 0


# Records such as nobody but we can end


@pytest.mark.parametrize(
    ("content", "count", "broken", "end"),
    [
        pytest.param(b"", 0, "", "", id="empty"),
        pytest.param(b" \r\n\n", 0, "", "", id="blank"),
        pytest.param(b"\0\0\0", 0, "1", ".kept", id="zeros"),
        pytest.param(WHOLE[:50], 0, "1", ".kept", id="half of the first line"),
        pytest.param(WHOLE[:-10], 4, "5", ".kept", id="last line torn"),
        pytest.param(WHOLE[: WHOLE.index("✅".encode()) + 1], 2, "3", ".kept", id="torn in a character"),
        pytest.param(WHOLE[:-1], 5, "", "", id="no newline at the end"),
        pytest.param(WHOLE.replace(b"\n", b"\r\n"), 5, "", "", id="crlf"),
        pytest.param(WHOLE.replace(b"\n", b"\n\n"), 5, "", "", id="blank lines"),
        pytest.param(b"{\n" * 4 + WHOLE, 5, "1, 2, 3 and 1 more", ".kept", id="many torn lines"),
        pytest.param(lines(*ACTIONS[1:]), 4, "", ".kept", id="the start is missing"),
        pytest.param(lines(*ACTIONS, ACTIONS[0] | {"more": 1}), 6, "", ".kept", id="unknown key"),
        pytest.param(lines(*ACTIONS, without("data")), 6, "", ".kept", id="no data"),
        pytest.param(lines(*ACTIONS, without("session_id")), 6, "", ".kept", id="no session_id"),
        pytest.param(lines(*ACTIONS, without("context_percentage")), 6, "", ".kept", id="no share"),
        pytest.param(lines(*ACTIONS, without("timestamp")), 5, "6", ".kept", id="no timestamp"),
        pytest.param(lines(*ACTIONS, without("type")), 5, "6", ".kept", id="no type"),
        pytest.param(lines(*ACTIONS, ACTIONS[1] | {"type": ["x"]}), 5, "6", ".kept", id="type is no text"),
        pytest.param(lines(*ACTIONS, ACTIONS[1] | {"timestamp": "noon"}), 5, "6", "", id="timestamp is no time"),
        pytest.param(
            lines(*ACTIONS, ACTIONS[1] | {"timestamp": "0001-01-01T00:00:00+09:00"}), 5, "6", "", id="before all time"
        ),
        pytest.param(lines(*ACTIONS, [], None, 1), 5, "6, 7, 8", ".kept", id="no objects"),
        pytest.param(WHOLE + b"[" * 100_000 + b"\n", 5, "6", ".kept", id="deep"),
        pytest.param(WHOLE + b'{"n": ' + b"1" * 5000 + b"}\n", 5, "6", ".kept", id="endless number"),
        pytest.param(lines(*ACTIONS, action("pause_finalized", 46, 0.93)), 5, "", "", id="ended, but for its name"),
    ],
)
@pytest.mark.parametrize("in_git", [pytest.param(True, id="git"), pytest.param(False, id="no git")])
def test_any_record_can_be_ended(
    tmp_path: Path, run: Run, content: bytes, count: int, broken: str, end: str, *, in_git: bool
) -> None:
    project = Repository(tmp_path / "project")
    project.path.mkdir()
    if in_git:
        project.git("init", "-q")
    opened(project, content)
    result = finalized(project, run)
    assert result.status == 0, result.err
    (taken,) = project.ids
    assert said(project, taken).get("incremental_pause", {}).get("action_count", 0) == count
    warning = f"mpm-hooks: {ACTIVE_RECORD}: no whole action stands in line {broken}: the session knows nothing of it\n"
    assert result.err == (warning if broken else "")
    assert names(project) == ({f"{kept(taken)}{end}"} if content.strip() else set())
    assert [path.read_bytes() for path in project.sessions.glob("*.jsonl*")] == [content] * bool(content.strip())
    checked = run(project.path, "check")
    assert (checked.status, checked.err) == (0, "1 session looked at\n")


def test_a_record_in_which_nothing_whole_stands_is_said(repository: Repository, run: Run) -> None:
    opened(repository, b"")
    assert "is kept" not in finalized(repository, run).out
    told = said(repository, repository.ids[0])
    assert told["important_reminders"] == ["Finished from an auto-pause record in which nothing whole stood"]
    assert not {"incremental_pause", "duration_hours", "context_usage"} & set(told)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        pytest.param([0.9, 1.135], [0.9, 1.135], id="more than there is"),
        pytest.param([float("nan"), 0.9, 0.95, float("nan")], [0.9, 0.95], id="nan"),
        pytest.param([float("inf"), 0.9, float("-inf")], [0.9, 0.9], id="endless"),
        pytest.param([10**400, 0.9], [0.9, 0.9], id="huge"),
        pytest.param([-0.1, 0.9], [0.9, 0.9], id="below nothing"),
        pytest.param([True, "0.5", None, [], 0.9, False], [0.9, 0.9], id="no numbers"),
        pytest.param([0, 0], [0.0, 0.0], id="nothing"),
        pytest.param([float("nan")], None, id="none"),
    ],
)
def test_shares_of_the_context(
    repository: Repository, run: Run, shares: list[Json], expected: list[float] | None
) -> None:
    opened(repository, lines(*(ACTIONS[0] | {"context_percentage": share} for share in shares)))
    assert finalized(repository, run).status == 0
    told = said(repository)
    assert told["incremental_pause"].get("context_range") == expected
    usage = {"percentage": round(expected[1] * 100, 1)} if expected else None
    assert told.get("context_usage") == usage
    assert ("of the context" in told["important_reminders"][0]) == bool(expected)
    assert run(repository.path, "check").status == 0


@pytest.mark.parametrize(
    ("began", "ended", "paused_at", "seconds", "hours"),
    [
        pytest.param("2026-01-21T10:00:00Z", "2026-01-21T11:30:30Z", "2026-01-21T11:30:30+00:00", 5430, 1.51, id="utc"),
        pytest.param("2026-01-21T10:00:00", "2026-01-21T10:00:36", "2026-01-21T10:00:36+00:00", 36, 0.01, id="no zone"),
        pytest.param(
            "2026-01-21T10:00:00+00:00", "2026-01-21T12:00:00+01:00", "2026-01-21T11:00:00+00:00", 3600, 1, id="zones"
        ),
        pytest.param("2026-01-21T10:00:00Z", "2026-01-21T09:00:00Z", "2026-01-21T09:00:00+00:00", 0, 0, id="clock set"),
        pytest.param("2026-01-21", "2026-01-22", "2026-01-22T00:00:00+00:00", 86400, 24, id="no time of day"),
    ],
)
def test_times(
    repository: Repository, run: Run, began: str, ended: str, paused_at: str, seconds: int, hours: float
) -> None:
    opened(repository, lines(ACTIONS[0] | {"timestamp": began}, ACTIONS[1] | {"timestamp": ended}))
    assert finalized(repository, run).status == 0
    told = said(repository)
    assert (told["paused_at"], told["duration_hours"]) == (paused_at, hours)
    assert told["incremental_pause"]["duration_seconds"] == seconds
    assert run(repository.path, "check").status == 0


def test_the_last_ten_actions_are_shown(repository: Repository, run: Run) -> None:
    opened(repository, lines(ACTIONS[0], *(action("tool_call", minute, 0.9) for minute in range(1, 13))))
    finalized(repository, run)
    pause = said(repository)["incremental_pause"]
    assert (pause["action_count"], pause["tool_calls"]) == (13, 12)
    shown = [each["timestamp"][14:16] for each in pause["actions_summary"]]
    assert shown == [f"{minute:02}" for minute in range(3, 13)]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        pytest.param([None, "x", ID], ID, id="the first that is one"),
        pytest.param(["session-20261399-000000"], None, id="no real second"),
        pytest.param(["session-00010101-000000"], None, id="before all clocks"),
        pytest.param(["session-99991231-235959"], None, id="the end of time"),
        pytest.param(["../../session-20260121-100000"], None, id="a path"),
    ],
)
def test_the_id_of_the_record(repository: Repository, run: Run, given: list[Json], taken: str | None) -> None:
    opened(repository, lines(*(ACTIONS[0] | {"session_id": each} for each in given)))
    assert finalized(repository, run).status == 0
    assert (repository.ids == [taken]) == bool(taken)
    assert len(repository.ids) == 1
    assert run(repository.path, "check").status == 0


# What is there already


@pytest.mark.parametrize(
    "names_there",
    [
        pytest.param(sorted(files(full())), id="session"),
        pytest.param([f"{DIRECTORY}/{ID}.md"], id="one form"),
        pytest.param([f"{DIRECTORY}/{kept()}"], id="record"),
    ],
)
def test_nothing_is_overwritten(repository: Repository, run: Run, names_there: list[str]) -> None:
    there = {name: files(full()).get(name, WHOLE) for name in names_there}
    for name, content in there.items():
        repository.write(name, content)
    opened(repository, WHOLE + b"\n")
    assert finalized(repository, run).status == 0
    assert NEXT in repository.ids
    assert (repository.sessions / f"{kept(NEXT)}.kept").read_bytes() == WHOLE + b"\n"
    unchanged = [name for name in there if not name.endswith(session.POINTER)]
    assert all((repository.path / name).read_bytes() == there[name] for name in unchanged)


def test_no_kept_record_is_overwritten(repository: Repository, run: Run) -> None:
    before = repository.write(f"{DIRECTORY}/{kept()}.kept", "mine")
    opened(repository, b"{\n" + WHOLE)
    finalized(repository, run)
    assert before.read_text(encoding="utf-8") == "mine"
    assert (repository.sessions / f"{kept()}.kept.kept").read_bytes() == b"{\n" + WHOLE


def test_a_session_of_this_second_in_git_alone_counts(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(name, content)
    repository.git("add", ".")
    for name in files(full()):
        (repository.path / name).unlink()
    opened(repository)
    finalized(repository, run)
    assert repository.ids == [NEXT]


def test_a_record_that_git_tracks(repository: Repository, run: Run) -> None:
    opened(repository)
    repository.git("add", ".")
    repository.git("commit", "-qm", "Add it")
    assert finalized(repository, run).status == 0
    assert repository.git("status", "--porcelain") == f" D {DIRECTORY}/{ACTIVE_RECORD}\n?? {DIRECTORY}/{kept()}\n"
    assert repository.git("show", "--format=", "--name-only").split() == sorted(files(full()))


def test_a_pause_without_finalize_leaves_the_record_open(repository: Repository, run: Run) -> None:
    opened(repository)
    assert run(repository.path, "pause").status == 0
    assert names(repository) == {ACTIVE_RECORD}
    assert "incremental_pause" not in said(repository, repository.ids[0])


# Whatever happens, the record is somewhere


def test_killed_before_the_record_was_ended(repository: Repository, run: Run) -> None:
    opened(repository)
    finalized(repository, run)
    (repository.sessions / kept()).rename(repository.sessions / ACTIVE_RECORD)
    assert finalized(repository, run).status == 0
    assert repository.ids == [ID, NEXT]
    assert names(repository) == {f"{kept(NEXT)}.kept"}
    assert said(repository)["incremental_pause"] == said(repository, NEXT)["incremental_pause"]
    assert run(repository.path, "check").status == 0


def test_what_is_appended_meanwhile_is_kept(repository: Repository) -> None:
    path = opened(repository)
    found = autopause.read(repository.sessions)
    with path.open("ab") as stream:
        stream.write(lines(ACTIONS[1]))
    ended = autopause.close(found, ID)
    assert ended
    assert ended.read_bytes() == WHOLE + lines(ACTIONS[1])


def test_somebody_else_ended_it_meanwhile(repository: Repository) -> None:
    path = opened(repository)
    found = autopause.read(repository.sessions)
    path.unlink()
    with pytest.raises(UnableError, match=f"No such file .*; {ID} is written, and the auto-pause is still open"):
        autopause.close(found, ID)


@pytest.mark.parametrize("words", [["--finalize"], ["--finalize", "--no-commit"], ["--discard"]])
@pytest.mark.parametrize("in_git", [pytest.param(True, id="git"), pytest.param(False, id="no git")])
def test_no_record_is_open(tmp_path: Path, run: Run, words: list[str], *, in_git: bool) -> None:
    if in_git:
        Repository(tmp_path).git("init", "-q")
    before = sorted(tmp_path.rglob("*"))
    result = run(tmp_path, "pause", *words)
    assert (result.status, result.err) == (
        3,
        f"mpm-hooks: there is no {DIRECTORY}/{ACTIVE_RECORD}: no auto-pause is open; nothing was changed\n",
    )
    assert sorted(tmp_path.rglob("*")) == before


def linked(path: Path) -> None:
    """Put a link there that leads to a good record."""
    path.symlink_to(path.parent.parent / "elsewhere.jsonl")
    path.resolve().write_bytes(WHOLE)


def piped(path: Path) -> None:
    """Put a pipe there, from which nobody would ever read an end."""
    os.mkfifo(path)


def closed(path: Path) -> None:
    """Put a record there that nobody may read."""
    path.write_bytes(WHOLE)
    path.chmod(0)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        pytest.param(linked, "is a symbolic link, not a regular file", id="link"),
        pytest.param(Path.mkdir, "is a directory, not a regular file", id="directory"),
        pytest.param(
            closed,
            "Permission denied",
            id="closed",
            marks=pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is closed to this user"),
        ),
        pytest.param(
            piped,
            "is a pipe, not a regular file",
            id="pipe",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes"),
        ),
    ],
)
@pytest.mark.parametrize("word", ["--finalize", "--discard"])
def test_something_else_is_in_its_place(
    repository: Repository, run: Run, make: Callable[[Path], object], fault: str, word: str
) -> None:
    repository.sessions.mkdir(parents=True)
    make(repository.sessions / ACTIVE_RECORD)
    result = run(repository.path, "pause", word)
    assert result.status == 3
    assert fault in result.err
    assert [path.name for path in repository.sessions.iterdir()] == [ACTIVE_RECORD]
    assert repository.git("log", "--format=%s") == "Begin\n"


def test_a_refusal_leaves_the_record_open(repository: Repository, run: Run) -> None:
    opened(repository)
    repository.git("switch", "-q", "--detach")
    assert finalized(repository, run).status == 3
    assert [path.name for path in repository.sessions.iterdir()] == [ACTIVE_RECORD]
    assert finalized(repository, run, "--no-commit").status == 0
    assert names(repository) == {kept()}


# --discard


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(WHOLE, "5 actions", id="whole"),
        pytest.param(lines(ACTIONS[0]), "1 action", id="one"),
        pytest.param(WHOLE[:-10], "4 actions", id="torn"),
        pytest.param(b"", "0 actions", id="empty"),
        pytest.param(b"\xff\n", "0 actions", id="no text"),
    ],
)
@pytest.mark.parametrize("in_git", [pytest.param(True, id="git"), pytest.param(False, id="no git")])
def test_discard(tmp_path: Path, run: Run, content: bytes, told: str, *, in_git: bool) -> None:
    project = Repository(tmp_path)
    if in_git:
        project.git("init", "-q")
    opened(project, content)
    for name, there in files(full()).items():
        project.write(name, there)
    result = run(project.path, "pause", "--discard")
    assert (result.status, result.out, result.err) == (0, f"Discarded {ACTIVE_RECORD}: {told}\n", "")
    assert (project.ids, names(project)) == ([ID], set())
    assert run(project.path, "check").status == 0


def test_discard_of_a_record_that_git_tracks(repository: Repository, run: Run) -> None:
    opened(repository)
    repository.git("add", ".")
    repository.git("commit", "-qm", "Add it")
    assert run(repository.path, "pause", "--discard").status == 0
    assert repository.git("status", "--porcelain") == f" D {DIRECTORY}/{ACTIVE_RECORD}\n"
    assert repository.git("log", "-1", "--format=%s") == "Add it\n"


def test_discard_follows_no_link(repository: Repository, run: Run, tmp_path: Path) -> None:
    elsewhere = Repository(tmp_path / "elsewhere")
    opened(elsewhere)
    (repository.path / ".claude-mpm").symlink_to(elsewhere.path / ".claude-mpm")
    result = run(repository.path, "pause", "--discard")
    assert result.status == 3
    assert ".claude-mpm is a symbolic link" in result.err
    assert names(elsewhere) == {ACTIVE_RECORD}


def test_finalize_and_discard_exclude_each_other(
    repository: Repository, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(repository)
    with pytest.raises(SystemExit) as ended:
        run(repository.path, "pause", "--finalize", "--discard")
    assert ended.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
    assert names(repository) == {ACTIVE_RECORD}


@pytest.mark.parametrize(
    "moment", ["", "noon", None, 5, "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00", "2026-13-01T00:00:00"]
)
def test_a_moment_that_is_none(moment: Json) -> None:
    assert record.Action(line=1, data={"timestamp": moment}).moment is None


@pytest.mark.parametrize("words", [["Halfway"], ["--from", "x"], ["--export", "x"], ["--branch-end"]])
def test_discarding_takes_no_session(repository: Repository, run: Run, words: list[str]) -> None:
    repository.write(f"{DIRECTORY}/{ACTIVE_RECORD}", "")
    result = run(repository.path, "pause", "--discard", *words)
    assert (result.status, result.err[:35]) == (2, "mpm-hooks: --discard takes no sessi")
    assert (repository.sessions / ACTIVE_RECORD).exists()
