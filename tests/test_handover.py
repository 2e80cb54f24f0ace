"""A colleague who has the md alone, or the json alone, can go on: real repositories, paused as they stand."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stores
from conftest import Repository, Result, Run

from mpm_hooks import machine, runner
from mpm_hooks.session import DIRECTORY, Json

pytestmark = pytest.mark.once

UNKNOWN = "Todos, tokens, model and duration: Claude Code's store told nothing of this project"

# Of these an empty value is known: git was asked, and told it.
KNOWN = {
    "project_path",
    "git_context.branch",
    "git_context.recent_commits",
    "git_context.base.ahead",
    "git_context.base.behind",
    "git_context.status.modified_files",
    "git_context.status.untracked_files",
    "git_context.status.entries",
    "git_context.change.insertions",
    "git_context.change.deletions",
    "git_context.change.files.added",
    "git_context.change.files.deleted",
    "todos.active",
    "todos.completed",
    "task_list.pending_tasks",
    "task_list.in_progress_tasks",
}


def data(repository: Repository) -> Any:  # noqa: ANN401 - a json
    return json.loads((repository.sessions / f"{repository.ids[-1]}.json").read_bytes())


def page(repository: Repository) -> str:
    return (repository.sessions / f"{repository.ids[-1]}.md").read_text(encoding="utf-8")


def section(repository: Repository, title: str) -> list[str]:
    """Return the lines under a heading or a bold label of the md, none if there is no such."""
    for mark in (f"## {title}\n\n", f"**{title}**:\n"):
        _, found, rest = page(repository).partition(mark)
        if found:
            return rest.split("\n\n", 1)[0].splitlines()
    return []


def empty_values(value: Json, keys: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from empty_values(inner, (*keys, key))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from empty_values(inner, keys)
    elif value in (0, "", []) and not isinstance(value, bool):
        yield ".".join(keys)


def paused(repository: Repository, run: Run, *argv: str, place: str = ".") -> Result:
    """Pause, and hold what is true of every session."""
    result = run(repository.path / place, "pause", *argv)
    assert (result.status, result.err) == (0, "")
    assert set(empty_values(data(repository))) <= KNOWN
    checked = run(repository.path, "check")
    assert (checked.status, checked.out) == (0, "")
    agrees(repository)
    return result


def agrees(repository: Repository) -> None:
    """The md says what the json does: each of its texts, but for those of records that md puts in words."""
    said, text = data(repository), page(repository)
    talk = said["conversation"]
    lists = ("blockers", "decisions", "open_questions", "tried", "important_reminders", "not_known")
    texts = [talk["primary_task"], talk["current_phase"], *talk["summary"].split("\n")]
    texts += talk.get("accomplishments", []) + talk.get("next_steps", [])
    texts += [item for name in lists for item in said.get(name, [])]
    resume = said["resume_instructions"]
    texts += [*resume["quick_start"], *resume.get("files_to_review", []), *resume["validation_commands"].values()]
    assert [each for each in texts if each not in text] == []


def steps(repository: Repository) -> list[str]:
    found: list[str] = data(repository)["conversation"].get("next_steps", [])
    assert section(repository, "Next Steps (Priority Order)") == [f"{n}. {step}" for n, step in enumerate(found, 1)]
    return found


def done(repository: Repository) -> list[str]:
    found: list[str] = data(repository)["conversation"].get("accomplishments", [])
    assert section(repository, "Accomplishments This Session") == [f"- {each}" for each in found]
    return found


def talk(repository: Repository) -> tuple[str, str, str]:
    found = data(repository)["conversation"]
    return found["primary_task"], found["current_phase"], found["summary"]


def sha(repository: Repository, ref: str) -> str:
    return repository.git("rev-parse", "--short", ref).strip()


def numbers(last: int, first: int = 1) -> str:
    return "".join(f"{number}\n" for number in range(first, last + 1))


# A branch in the middle of work


@pytest.fixture
def feature(repository: Repository) -> Repository:
    """A branch that is 3 commits ahead of main and 1 behind, with work in every state."""
    repository.write("pyproject.toml", '[project]\nname = "demo"\nversion = "1.2"\n[tool.pytest.ini_options]\n')
    repository.write("uv.lock", "")
    repository.git("add", ".")
    repository.git("commit", "-qm", "Set up")
    repository.git("switch", "-qc", "feature/yaml")
    for name, last in (("scan", 30), ("parse", 20), ("emit", 10)):
        repository.commit(f"src/{name}.py", numbers(last), f"Add src/{name}.py")
    repository.git("switch", "-q", "main")
    repository.commit("other.txt", message="Bob's own")
    repository.git("switch", "-q", "feature/yaml")
    repository.write("src/scan.py", numbers(33))
    repository.git("add", "src/scan.py")
    repository.write("src/parse.py", numbers(60))
    repository.write("tests/test_yaml.py", numbers(5))
    return repository


def plant(repository: Repository) -> None:
    """Leave a store in which a list of todos was written and half done."""
    stores.plant(
        Path.home(),
        repository.path,
        stores.prompt("Nobody's business"),
        stores.answer("My secret plan", usage=stores.usage(), answer_id="1"),
        stores.todo_write(
            stores.todo("Write the tests"),
            stores.todo("Read anchors", "in_progress"),
            stores.todo("Read scalars", "completed"),
        ),
        *[stores.prompt("more")] * 86,
        stores.answer(usage=stores.usage(output=2000), answer_id="2"),
    )


SAID = {
    "task": ["Read yaml, so that settings need no json"],
    "phase": ["Parser done but for anchors"],
    "next": ["Refuse aliases in src/parse.py", "Ask Bob for a review"],
    "done": ["Scalars are read", "Lists are read"],
    "decision": ["No tags: nobody needs them", "YAML 1.2: no is a word"],
    "question": ["Are merge keys wanted?"],
    "blocker": ["The schema is Bob's to send"],
    "tried": ["A regular expression: nested lists break it", "A generated parser: 4 MB"],
}
FLAGS = [word for name, texts in SAID.items() for text in texts for word in (f"--{name}", text)]
NAMES = {"decision": "decisions", "question": "questions", "blocker": "blockers"}
STATED: dict[str, Json] = {
    NAMES.get(name, name): texts[0] if name in ("task", "phase") else list(texts) for name, texts in SAID.items()
}


def as_yaml(statement: dict[str, Json]) -> str:
    lines = []
    for name, value in statement.items():
        items = [f"- {json.dumps(each)}" for each in value] if isinstance(value, list) else []
        lines += [f"{name}:", *items] if items else [f"{name}: {json.dumps(value)}"]
    return "\n".join(lines)


@pytest.mark.parametrize("way", ["flags", "yaml", "json", "-", "both"])
def test_everything_that_is_known(feature: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    plant(feature)
    outside = feature.path.parent / f"said.{way}"
    half = {name: value for name, value in STATED.items() if name in ("task", "tried", "questions")}
    texts = {"json": json.dumps(STATED), "yaml": as_yaml(STATED), "both": as_yaml(half)}
    outside.write_text(texts.get(way, ""), encoding="utf-8")
    flags = {
        "flags": FLAGS,
        "-": ["--from", "-"],
        "both": ["--from", str(outside), "--tried", SAID["tried"][0]]
        + [
            word
            for name in ("phase", "next", "done", "decision", "blocker")
            for text in SAID[name]
            for word in (f"--{name}", text)
        ],
    }
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_yaml(STATED).encode())))
    paused(feature, run, *flags.get(way, ["--from", str(outside)]), "Stopped for today: anchors are next")

    said = data(feature)
    base, head = feature.git("rev-parse", "main^").strip(), feature.git("rev-parse", "HEAD^").strip()
    commits = [f"Add src/{name}.py ({sha(feature, ref)})" for name, ref in _refs("emit", "parse", "scan")]
    assert said["conversation"] == {
        "primary_task": SAID["task"][0],
        "current_phase": SAID["phase"][0],
        "summary": "Stopped for today: anchors are next",
        "accomplishments": [*SAID["done"], *commits],
        "next_steps": [*SAID["next"], "Read anchors", "Write the tests"],
    }
    lists = {"decisions": "decision", "open_questions": "question", "blockers": "blocker", "tried": "tried"}
    assert {name: said[name] for name in lists} == {name: SAID[flag] for name, flag in lists.items()}
    context = said["git_context"]
    assert (context["branch"], context["head"]) == ("feature/yaml", head)
    assert context["base"] == {"branch": "main", "merge_base": base, "ahead": 3, "behind": 1}
    assert [(entry["xy"], entry["path"]) for entry in context["status"]["entries"]] == [
        (".M", "src/parse.py"),
        ("M.", "src/scan.py"),
        ("??", "tests/"),
    ]
    assert (context["change"]["files_changed"], context["change"]["insertions"]) == (4, 108)
    review = ["src/parse.py", "src/scan.py", "src/emit.py", "tests/test_yaml.py"]
    assert said["resume_instructions"]["files_to_review"] == review
    assert next(iter(said["resume_instructions"]["validation_commands"].items())) == ("test", "uv run pytest")
    assert said["context_usage"] == {"tokens_used": 6310}
    assert (said["duration_hours"], said["performance_metrics"]["models"]) == (1.5, [stores.MODEL])
    assert [each["content"] for each in said["todos"]["active"]] == ["Write the tests", "Read anchors"]
    assert [each["content"] for each in said["todos"]["completed"]] == ["Read scalars"]
    assert said["important_reminders"] == [
        "Uncommitted, so only in the work tree that was paused, and in no clone: src/parse.py, src/scan.py, tests/"
    ]
    assert said["not_known"] == ["Whether the tests pass: a pause runs nothing; this tells: uv run pytest"]
    for text in ("Nobody's business", "My secret plan"):
        assert text not in page(feature)
        assert text not in json.dumps(said)

    assert page(feature).split("## Resume Instructions")[0] == EVERYTHING.format(
        id=said["session_id"],
        paused_at=said["paused_at"],
        head=head,
        base=base,
        emit=sha(feature, "HEAD^"),
        parse=sha(feature, "HEAD~2"),
        scan=sha(feature, "HEAD~3"),
        setup=sha(feature, "HEAD~4"),
        begin=sha(feature, "HEAD~5"),
    )


def _refs(*names: str) -> list[tuple[str, str]]:
    return [(name, f"HEAD~{number}") for number, name in enumerate(names, 1)]


EVERYTHING = """\
# Claude MPM Session Pause Document

## Session Metadata

- **Session ID**: `{id}`
- **Paused At**: {paused_at}
- **Version**: 1.2
- **Duration**: 1.5 hours, last active 2026-01-21T10:30:00+00:00
- **Model**: `claude-opus-4-1`
- **Tokens**: 6,310 in the context (in all: 20 input, 2,020 output, 600 cache creation, 8,000 cache read)

## What You Were Working On

- **Primary Task**: Read yaml, so that settings need no json
- **Current Phase**: Parser done but for anchors

**Summary**:
> Stopped for today: anchors are next

## Accomplishments This Session

- Scalars are read
- Lists are read
- Add src/emit.py ({emit})
- Add src/parse.py ({parse})
- Add src/scan.py ({scan})

## Next Steps (Priority Order)

1. Refuse aliases in src/parse.py
2. Ask Bob for a review
3. Read anchors
4. Write the tests

## Todos

- [ ] Write the tests
- [ ] Read anchors (in progress)
- [x] Read scalars

## Blockers

- The schema is Bob's to send

## Open Questions

- Are merge keys wanted?

## Decisions

- No tags: nobody needs them
- YAML 1.2: no is a word

## Tried Without Success

- A regular expression: nested lists break it
- A generated parser: 4 MB

## Active Context

- **Working Directory**: `.`

## Git Context

- **Branch**: `feature/yaml`
- **Head**: `{head}`
- **Base**: `main`: 3 ahead, 1 behind, parted at `{base}`
- **Status**: Modified
- **Change**: 4 files, +108 -0 lines since `{base}`

**Modified files**:
- `src/parse.py` (modified)
- `src/scan.py` (modified, staged)

**Untracked files**:
- `tests/`

**Recent commits**:
- `{emit}` - Add src/emit.py (Ann Example)
- `{parse}` - Add src/parse.py (Ann Example)
- `{scan}` - Add src/scan.py (Ann Example)
- `{setup}` - Set up (Ann Example)
- `{begin}` - Begin (Ann Example)

## Important Reminders

- Uncommitted, so only in the work tree that was paused, and in no clone: src/parse.py, src/scan.py, tests/

## Files to Review

- `src/parse.py` (+60 -0)
- `src/scan.py` (+33 -0)
- `src/emit.py` (+10 -0)
- `tests/test_yaml.py` (+5 -0)

"""


def test_nobody_said_anything(feature: Repository, run: Run) -> None:
    paused(feature, run)
    task, phase, summary = talk(feature)
    assert (task, phase) == ("Work on feature/yaml (last commit: Add src/emit.py)", "Changes in progress")
    assert summary == (
        f"Paused on feature/yaml after commit {sha(feature, 'HEAD^')} (Add src/emit.py), 3 commits ahead of and "
        "1 commit behind main, with 2 changed files and 1 untracked file. No message was given."
    )
    assert steps(feature) == ["Go on with src/parse.py, src/scan.py, verify with: uv run pytest; then commit"]
    assert section(feature, "Quick Resume (5 minutes)") == [
        f"1. Read {feature.ids[0]}.md for full context",
        "2. Run: git switch feature/yaml",
        "3. Run: git status to check current state",
        f"4. Run: cat {DIRECTORY}/LATEST-SESSION.txt",
    ]
    assert section(feature, "Validation Commands")[:2] == ["```bash", "uv run pytest"]
    said = data(feature)
    assert said["not_known"] == [
        "Whether the tests pass: a pause runs nothing; this tells: uv run pytest",
        "The goal in the author's words: no message was given; task and summary come from git",
        "The next step: none was stated; the one named comes from git",
        "Decisions, open questions, blockers, failed attempts: none were stated",
        UNKNOWN,
    ]
    unknown = (
        "context_usage",
        "duration_hours",
        "performance_metrics",
        "todos",
        "task_list",
        "open_questions",
        "tried",
    )
    assert [key for key in unknown if key in said] == []


def test_what_is_said_of_the_next_step_and_the_todos(feature: Repository, run: Run) -> None:
    tasks = [stores.task_create(number, f"Task {number}") for number in (1, 2, 3)]
    updates = [stores.task_update("3", status="in_progress"), stores.task_update("1", status="completed")]
    stores.plant(Path.home(), feature.path, stores.prompt(), *tasks, *updates)
    paused(feature, run, "--decision", "None")
    assert steps(feature) == ["Task 3", "Task 2"]
    assert section(feature, "Tasks") == ["- [ ] #3 Task 3 (in progress)", "- [ ] #2 Task 2", "- [x] 1 completed"]
    assert "Open questions, blockers, failed attempts: none were stated" in data(feature)["not_known"]
    assert "Tokens: Claude Code's session counted none" in data(feature)["not_known"]
    assert not any("next step" in each for each in data(feature)["not_known"])


def test_a_store_without_todos(feature: Repository, run: Run) -> None:
    stores.plant(Path.home(), feature.path, stores.prompt(), stores.answer(usage=stores.usage()))
    paused(feature, run)
    assert data(feature)["not_known"][-1] == "Todos: Claude Code's session kept none"
    assert "todos" not in data(feature)


@pytest.mark.parametrize("way", ["flag", "setting"])
def test_the_store_is_not_asked(repository: Repository, run: Run, way: str) -> None:
    plant(repository)
    if way == "setting":
        repository.commit("pyproject.toml", "[tool.mpm-hooks]\nclaude = false\n")
    paused(repository, run, *(["--no-claude"] if way == "flag" else []))
    assert "Todos, tokens, model and duration: Claude Code's store was not asked" in data(repository)["not_known"]
    assert not {"todos", "context_usage", "duration_hours", "performance_metrics"} & data(repository).keys()


def test_an_odd_store_costs_a_warning(repository: Repository, run: Run) -> None:
    odd = Path.home() / ".claude/projects/odd"
    odd.parent.mkdir(parents=True)
    odd.symlink_to("odd")
    result = run(repository.path, "pause")
    assert result.status == 0
    assert "~/.claude/projects/odd cannot be read: Too many levels of symbolic links" in result.err
    assert UNKNOWN in data(repository)["not_known"]
    assert run(repository.path, "check").status == 0
    odd.unlink()
    odd.mkdir()
    plant(repository)
    transcript = next(odd.parent.rglob("*.jsonl"))
    transcript.write_bytes(transcript.read_bytes() + b"\0\xff{[\n" + b'{"type": 7, "message": []}\n"')
    paused(repository, run)
    assert data(repository)["context_usage"] == {"tokens_used": 6310}


# Where the work is


@pytest.mark.parametrize(
    ("place", "commands"),
    [
        pytest.param("packages/web", ["cd packages/web && npm test", "make test"], id="below"),
        pytest.param(".", ["cd packages/web && npm test", "make test"], id="top"),
        pytest.param("packages", ["make test"], id="beside"),
    ],
)
def test_a_package_among_others(repository: Repository, run: Run, place: str, commands: list[str]) -> None:
    repository.write("Makefile", "test:\n\ttrue\n")
    repository.write("packages/web/package.json", '{"scripts": {"test": "vitest"}}')
    repository.commit("packages/web/index.js", "1\n")
    repository.git("add", ".")
    repository.git("commit", "-qm", "Set up")
    repository.write("packages/web/index.js", "2\n")
    paused(repository, run, place=place)
    assert section(repository, "Validation Commands")[1 : 1 + len(commands)] == commands
    assert list(data(repository)["resume_instructions"]["validation_commands"].values())[: len(commands)] == commands
    assert data(repository)["not_known"][0].endswith(f"this tells: {commands[0]}")
    assert section(repository, "Active Context") == [f"- **Working Directory**: `{place}`"]


@pytest.mark.parametrize(
    ("files", "command"),
    [
        pytest.param({"Cargo.toml": "[package]\n", "src/lib.rs": ""}, "cargo test", id="Rust"),
        pytest.param({"go.mod": "module x\n", "x.go": ""}, "go test ./...", id="Go"),
        pytest.param({"Makefile": "check:\n\ttrue\n"}, "make check", id="make"),
    ],
)
def test_no_python_in_sight(repository: Repository, run: Run, files: dict[str, str], command: str) -> None:
    for name, content in files.items():
        repository.write(name, content)
    paused(repository, run)
    assert section(repository, "Validation Commands")[1] == command
    assert steps(repository)[0].endswith(f", verify with: {command}")
    assert "version" not in data(repository)


def test_a_manifest_that_cannot_be_read(repository: Repository, run: Run) -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("there is no file that nobody can read")
    (repository.path / "Makefile").symlink_to("/proc/self/mem")
    paused(repository, run)
    assert "How to verify: the project declares no command for it" in data(repository)["not_known"]


def test_files_by_the_size_of_their_change(repository: Repository, run: Run) -> None:
    for name, last in (("big.txt", 40), ("old.txt", 30), ("gone.txt", 20), ("small.txt", 3)):
        repository.write(name, numbers(last))
    repository.write("logo.png", b"\0\1")
    repository.git("add", ".")
    repository.git("commit", "-qm", "Files")
    repository.git("mv", "old.txt", "a b.txt")
    repository.write("a b.txt", numbers(35))
    repository.write("big.txt", numbers(40, 21))
    repository.git("rm", "-q", "gone.txt")
    repository.write("small.txt", numbers(4))
    repository.write("logo.png", b"\0\2")
    repository.write("new.txt", numbers(7))
    repository.write("new.bin", b"\0")
    repository.write("large.txt", b"\n" * 1_000_001)
    (repository.path / "link").symlink_to("nowhere")
    paused(repository, run)
    review = [
        "- `big.txt` (+0 -20)",
        "- `gone.txt` (+0 -20)",
        "- `new.txt` (+7 -0)",
        "- `a b.txt` (+5 -0)",
        "- `small.txt` (+1 -0)",
    ]
    no_lines = ["- `large.txt`", "- `link`", "- `logo.png`", "- `new.bin`"]
    shown = section(repository, "Files to Review")
    assert (shown[:5], sorted(shown[5:])) == (review, no_lines)
    assert [f"- `{name}`" for name in data(repository)["resume_instructions"]["files_to_review"]] == [
        line.split(" (")[0] for line in shown
    ]
    assert "- `a b.txt` (renamed from `old.txt`, staged; modified)" in section(repository, "Modified files")


# In the middle of an operation of git


def at_odds(repository: Repository, *names: str) -> None:
    """Let main and the branch topic change the same files."""
    for name in names:
        repository.write(name, "one\n")
    repository.git("add", ".")
    repository.git("commit", "-qm", "Files")
    repository.git("switch", "-qc", "topic")
    for name in names:
        repository.write(name, "topic\n")
    repository.git("commit", "-qam", "Topic")
    repository.commit("more.txt", message="More")
    repository.git("switch", "-q", "main")
    for name in names:
        repository.write(name, "main\n")
    repository.git("commit", "-qam", "Main")


def waiting(repository: Repository, run: Run, operation: str, phase: str, *awaited: str) -> None:
    """Hold what a session says of an operation that is not finished."""
    paused(repository, run, "--no-commit")
    context = data(repository)["git_context"]
    assert context["operation_detail"] == operation
    assert f"- **In Progress**: {operation}\n" in page(repository)
    assert talk(repository)[:2] == (operation, phase)
    assert steps(repository) == list(awaited)
    alone = "only in the work tree that was paused, and in no clone"
    assert data(repository)["important_reminders"][0] == f"{operation}: in progress {alone}"
    assert not any("git switch" in line for line in data(repository)["resume_instructions"]["quick_start"])


def test_a_rebase_that_stopped(repository: Repository, run: Run) -> None:
    at_odds(repository, "a b.txt", "c.txt")
    topic, main = sha(repository, "topic^"), sha(repository, "main")
    repository.git("switch", "-q", "topic")
    repository.git("rebase", "main", check=False)
    waiting(
        repository,
        run,
        f"Rebase of topic onto {main} (Main), stopped at step 1 of 2, at {topic} (Topic)",
        "Rebase in progress, 2 files in conflict",
        "Resolve the conflicts in a b.txt, c.txt and git add them, then git rebase --continue",
    )
    assert section(repository, "Modified files") == ["- `a b.txt` (in conflict)", "- `c.txt` (in conflict)"]
    assert section(repository, "Files to Review")[0].startswith("- `a b.txt`")
    assert "- **Branch**: detached" in page(repository)
    assert f"on a detached HEAD after commit {main} (Main), level with main" in talk(repository)[2]
    assert done(repository)[-1] == f"Topic ({topic})"


def test_a_rebase_by_patches(repository: Repository, run: Run) -> None:
    at_odds(repository, "c.txt")
    topic, main = sha(repository, "topic^"), sha(repository, "main")
    repository.git("switch", "-q", "topic")
    repository.git("rebase", "--apply", "main", check=False)
    waiting(
        repository,
        run,
        f"Rebase of topic onto {main} (Main), stopped at step 1 of 2, at {topic} (Topic)",
        "Rebase in progress, 1 file in conflict",
        "Resolve the conflicts in c.txt and git add it, then git rebase --continue",
    )


def test_a_rebase_that_a_command_stopped(feature: Repository, run: Run) -> None:
    feature.git("stash", "-qu")
    feature.git("rebase", "-q", "--exec", "false", "HEAD~3", check=False)
    waiting(
        feature,
        run,
        f"Rebase of feature/yaml onto {sha(feature, 'main^')} (Set up), stopped at step 2 of 6",
        "Rebase in progress",
        "Finish the rebase: git rebase --continue",
    )
    # The branch has all of its commits still, whatever HEAD has of them.
    shas = [sha(feature, f"feature/yaml~{back}") for back in range(3)]
    names = ("emit", "parse", "scan")
    assert done(feature) == [f"Add src/{name}.py ({each})" for name, each in zip(names, shas, strict=True)]


def test_a_merge_half_resolved(repository: Repository, run: Run) -> None:
    at_odds(repository, "a.txt", "b.txt", "c.txt")
    repository.git("merge", "topic", check=False)
    repository.write("b.txt", "both\n")
    repository.git("add", "b.txt")
    waiting(
        repository,
        run,
        "Merge into main: Merge branch 'topic'",
        "Merge in progress, 2 files in conflict, 1 file resolved",
        "Resolve the conflicts in a.txt, c.txt and git add them, then git merge --continue",
    )
    assert section(repository, "Modified files") == [
        "- `b.txt` (modified, staged)",
        "- `more.txt` (added, staged)",
        "- `a.txt` (in conflict)",
        "- `c.txt` (in conflict)",
    ]
    assert talk(repository)[2].startswith(
        f"Paused in the middle of a merge on main after commit {sha(repository, 'HEAD')}"
    )
    for name in ("a.txt", "c.txt"):
        repository.git("add", name)
    waiting(
        repository,
        run,
        "Merge into main: Merge branch 'topic'",
        "Merge in progress, 3 files resolved",
        "Finish the merge: git merge --continue",
    )
    repository.git("checkout", "-m", "--", "b.txt")
    paused(repository, run, "--no-commit")
    assert talk(repository)[1] == "Merge in progress, 1 file in conflict, 2 files resolved"


def test_a_merge_without_a_message(repository: Repository, run: Run) -> None:
    at_odds(repository, "a.txt")
    repository.git("merge", "topic", check=False)
    (repository.path / ".git/MERGE_MSG").unlink()
    paused(repository, run, "--no-commit")
    assert talk(repository)[0] == f"Merge into main: {sha(repository, 'topic')} (More)"
    repository.write(".git/MERGE_HEAD", f"{'1' * 40}\n")
    paused(repository, run, "--no-commit")
    assert talk(repository)[0] == "Merge into main: 1111111111"


def test_a_cherry_pick(repository: Repository, run: Run) -> None:
    at_odds(repository, "a.txt")
    repository.git("cherry-pick", "topic^", check=False)
    waiting(
        repository,
        run,
        f"Cherry-pick on main of {sha(repository, 'topic^')} (Topic)",
        "Cherry-pick in progress, 1 file in conflict",
        "Resolve the conflicts in a.txt and git add it, then git cherry-pick --continue",
    )


def test_a_revert(repository: Repository, run: Run) -> None:
    at_odds(repository, "a.txt")
    repository.git("revert", "HEAD^", check=False)
    waiting(
        repository,
        run,
        f"Revert on main of {sha(repository, 'HEAD^')} (Files)",
        "Revert in progress, 1 file in conflict",
        "Resolve the conflicts in a.txt and git add it, then git revert --continue",
    )
    assert section(repository, "Files to Review") == ["- `a.txt`"]


@pytest.mark.parametrize("three_way", [True, False])
def test_patches_of_a_mailbox(repository: Repository, run: Run, *, three_way: bool) -> None:
    at_odds(repository, "a.txt")
    repository.write("../0.patch", repository.git("format-patch", "--stdout", "-1", "topic^"))
    repository.git("am", "-q", *(["-3"] if three_way else []), "../0.patch", check=False)
    hand = "Apply by hand what git am --show-current-patch=diff shows, git add it, then git am --continue"
    conflict = "Resolve the conflicts in a.txt and git add it, then git am --continue"
    waiting(
        repository,
        run,
        "Git am on main, stopped at step 1 of 1, at Topic",
        f"Git am in progress{', 1 file in conflict' if three_way else ''}",
        conflict if three_way else hand,
    )
    assert "Paused in the middle of a git am on main" in talk(repository)[2]


def test_a_bisection(repository: Repository, run: Run) -> None:
    for number in range(1, 8):
        repository.commit("kept.txt", f"{number}\n", f"Change {number}")
    repository.git("bisect", "start", "HEAD", "HEAD~6")
    head = sha(repository, "HEAD")
    subject = repository.git("log", "-1", "--format=%s").strip()
    waiting(
        repository,
        run,
        "Bisect of main",
        "Bisect in progress",
        f"Test commit {head} ({subject}), then say git bisect good or git bisect bad",
    )
    assert "The distance from a default branch: no remote has a copy of it" in data(repository)["not_known"]


def test_conflicts_without_an_operation(repository: Repository, run: Run) -> None:
    repository.write("kept.txt", "stashed\n")
    repository.git("stash", "-q")
    repository.commit("kept.txt", "two\n")
    repository.git("stash", "pop", check=False)
    paused(repository, run, "--no-commit")
    assert talk(repository)[1] == "Merge in progress, 1 file in conflict"
    assert steps(repository) == ["Resolve the conflicts in kept.txt and git add it"]


# Where a branch stands


def test_a_branch_that_was_squashed_into_main(repository: Repository, run: Run) -> None:
    repository.git("switch", "-qc", "topic")
    repository.commit("a.txt")
    repository.commit("b.txt")
    repository.git("switch", "-q", "main")
    repository.git("merge", "--squash", "topic")
    repository.git("commit", "-qm", "Topic, as one")
    repository.git("switch", "-q", "topic")
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["merged"] is True
    assert "1 behind, parted at" in page(repository)
    assert "; it has all of these changes already\n" in page(repository)
    assert talk(repository)[1] == "Everything committed, and main has it"
    assert "behind main, which has its changes already" in talk(repository)[2]
    assert steps(repository) == ["Nothing is left on this branch: main has its changes"]
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["merged"] is True


def test_a_branch_that_main_does_not_have(repository: Repository, run: Run) -> None:
    repository.git("switch", "-qc", "topic")
    repository.commit("a.txt")
    repository.git("switch", "-q", "main")
    repository.commit("b.txt")
    repository.git("switch", "-q", "topic")
    paused(repository, run)
    assert "merged" not in data(repository)["git_context"]["base"]
    assert steps(repository) == ["Bring topic into main, which lacks 1 commit of it"]
    assert not any("commits are this work's" in each for each in data(repository)["not_known"])


def test_a_branch_that_main_has_whole(repository: Repository, run: Run) -> None:
    repository.git("switch", "-qc", "topic")
    repository.commit("a.txt")
    repository.git("branch", "-qf", "main")
    paused(repository, run)
    assert talk(repository)[:2] == ("Work on topic", "Everything committed, and main has it")
    assert (steps(repository), done(repository)) == ([], [])
    assert "Which commits are this work's: main has all that are here" in data(repository)["not_known"]
    assert "The next step: none was stated" in data(repository)["not_known"]


def test_branches_with_nothing_in_common(repository: Repository, run: Run) -> None:
    repository.git("switch", "-q", "--orphan", "topic")
    repository.commit("a.txt", message="Anew")
    paused(repository, run)
    assert data(repository)["git_context"]["base"] == {"branch": "main", "merge_base": None, "ahead": 1, "behind": 1}
    assert "- **Base**: `main`: 1 ahead, 1 behind, with no commit in common\n" in page(repository)


def test_main_without_a_remote(repository: Repository, run: Run) -> None:
    paused(repository, run)
    assert data(repository)["not_known"][-2:] == [
        "The distance from a default branch: no remote has a copy of it",
        "Which commits are this work's: no branch sets them apart, and there is no earlier pause to begin at",
    ]
    assert "base" not in data(repository)["git_context"]
    assert (steps(repository), done(repository)) == ([], [])
    begin = sha(repository, "HEAD^")
    paused(repository, run)
    assert talk(repository)[0] == f"After commit {begin}: Begin"
    assert talk(repository)[2].startswith(f"Paused on main after commit {begin} (Begin), with nothing")
    assert not any("commits are this work's" in each for each in data(repository)["not_known"])
    repository.commit("a.txt", message="Since then")
    paused(repository, run)
    assert done(repository) == [f"Since then ({sha(repository, 'HEAD^')})"]


def test_nothing_but_pauses_among_the_last_commits(repository: Repository, run: Run) -> None:
    for _ in range(6):
        paused(repository, run, "x")
    paused(repository, run)
    assert talk(repository)[2] == "Paused on main, with nothing uncommitted. No message was given."


def test_a_branch_where_no_default_one_is_known(repository: Repository, run: Run) -> None:
    repository.git("branch", "-m", "alpha")
    paused(repository, run)
    assert "The distance from a default branch: none is known" in data(repository)["not_known"]


def remote(repository: Repository, branch: str = "main") -> Repository:
    """Make a remote that is called origin, with this branch as its default."""
    path = repository.path.parent / "origin"
    repository.git("clone", "-q", "--bare", ".", str(path))
    Repository(path).git("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    repository.git("remote", "add", "origin", str(path))
    repository.git("fetch", "-q")
    return Repository(path)


def by_bob(repository: Repository, branch: str = "main") -> None:
    """Let a colleague push a commit."""
    bob = Repository(repository.path.parent / "bob")
    repository.git("clone", "-q", "-b", branch, "../origin", str(bob.path))
    bob.commit("bob.txt", message="Bob's own")
    bob.git("push", "-q")
    repository.git("fetch", "-q")


def test_main_is_ahead_of_its_remote(repository: Repository, run: Run) -> None:
    repository.write("Makefile", "test:\n")
    repository.commit("Makefile", "test:\n")
    remote(repository)
    paused(repository, run, "--no-commit")
    assert talk(repository)[1] == "Everything committed, and origin/main has it"
    assert "Which commits are this work's: origin/main has all that are here" in data(repository)["not_known"]
    shutil.rmtree(repository.path / ".claude-mpm")
    repository.commit("a.txt", message="Mine")
    paused(repository, run)
    assert done(repository) == [f"Mine ({sha(repository, 'HEAD^')})"]
    assert steps(repository) == ["Push: origin/main lacks 1 commit, verify with: make test"]
    assert talk(repository)[0] == f"After commit {sha(repository, 'HEAD^')}: Mine"
    by_bob(repository)
    paused(repository, run)
    assert steps(repository) == [
        "Pull: origin/main is 1 commit further",
        "Push: origin/main lacks 2 commits, verify with: make test",
    ]
    assert done(repository) == [f"Mine ({sha(repository, 'HEAD~2')})"]


def test_commits_of_others_are_not_claimed(repository: Repository, run: Run) -> None:
    remote(repository)
    repository.git("switch", "-qc", "topic")
    by_bob(repository)
    repository.git("rebase", "-q", "origin/main")
    repository.commit("mine.txt", message="Mine")
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["branch"] == "origin/main"
    assert done(repository) == [f"Mine ({sha(repository, 'HEAD^')})"]
    assert steps(repository) == ["Bring topic into origin/main, which lacks 1 commit of it"]
    assert data(repository)["resume_instructions"]["files_to_review"] == ["mine.txt"]


def test_commits_of_no_copy_of_main_are_claimed(repository: Repository, run: Run) -> None:
    remote(repository)
    by_bob(repository)
    repository.commit("ann.txt", message="Ann's, on main alone")
    repository.git("switch", "-qc", "topic")
    repository.git("merge", "-q", "origin/main", "-m", "Both")
    repository.commit("mine.txt", message="Mine")
    paused(repository, run)
    assert done(repository) == [f"Mine ({sha(repository, 'HEAD^')})"]


def test_the_remote_names_its_default_branch(repository: Repository, run: Run) -> None:
    repository.git("branch", "trunk")
    remote(repository, "trunk")
    repository.git("remote", "set-head", "origin", "trunk")
    by_bob(repository, "trunk")
    repository.git("switch", "-qc", "topic", "origin/trunk")
    repository.commit("mine.txt", message="Mine")
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["branch"] == "origin/trunk"
    assert done(repository) == [f"Mine ({sha(repository, 'HEAD^')})"]


def test_the_settings_name_the_default_branch(repository: Repository, run: Run) -> None:
    repository.commit("pyproject.toml", '[tool.mpm-hooks]\ndefault-branches = ["next"]\n')
    repository.git("branch", "next")
    repository.git("switch", "-qc", "develop")
    repository.commit("mine.txt", message="Mine")
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["branch"] == "next"
    assert steps(repository) == ["Bring develop into next, which lacks 1 commit of it"]
    assert talk(repository)[0] == "Work on develop (last commit: Mine)"


@pytest.mark.parametrize("content", ["ref: refs/remotes/origin/gone", "1" * 40])
def test_a_remote_whose_default_branch_is_not_here(repository: Repository, run: Run, content: str) -> None:
    repository.write(".git/refs/remotes/origin/main", f"{content}\n")
    repository.git("switch", "-qc", "topic")
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["branch"] == "main"
    paused(repository, run)
    assert data(repository)["git_context"]["base"]["ahead"] == 1
    assert (steps(repository), done(repository)) == ([], [])
    assert not any("commits are this work's" in each for each in data(repository)["not_known"])


def test_many_commits(repository: Repository, run: Run) -> None:
    repository.git("switch", "-qc", "topic")
    for number in range(52):
        repository.git("commit", "-q", "--allow-empty", "-m", f"Commit {number}")
    paused(repository, run)
    assert (len(done(repository)), done(repository)[-1]) == (51, "and 2 commits more")


def test_before_the_first_commit(empty: Repository, run: Run) -> None:
    empty.write("a.txt", "x\n")
    paused(empty, run, "--no-commit")
    assert talk(empty) == (
        "Changes to a.txt",
        "New files not added yet",
        "Paused on main, before the first commit, with 1 untracked file. No message was given.",
    )
    assert steps(empty) == ["Add or ignore the new files: a.txt"]
    assert "- **Head**: no commit yet" in page(empty)
    assert data(empty)["resume_instructions"]["validation_commands"]["check_git"] == "git status"
    assert not any("git switch" in line for line in data(empty)["resume_instructions"]["quick_start"])
    assert "- **Change**: 1 file, +1 -0 lines\n" in page(empty)


def test_sessions_are_no_work(repository: Repository, run: Run) -> None:
    begin = sha(repository, "HEAD")
    paused(repository, run, "--no-commit")
    paused(repository, run, "--no-commit")
    assert talk(repository)[:2] == (f"After commit {begin}: Begin", "Everything committed but sessions")
    assert steps(repository) == []
    assert "important_reminders" not in data(repository)


def test_staged_work(repository: Repository, run: Run) -> None:
    repository.write("kept.txt", "two\n")
    repository.git("add", ".")
    paused(repository, run)
    assert steps(repository) == ["Commit what is staged: kept.txt"]


def test_a_detached_head(repository: Repository, run: Run) -> None:
    repository.commit("a.txt")
    repository.git("checkout", "-q", "HEAD^")
    repository.commit("b.txt", message="Adrift")
    paused(repository, run, "--no-commit")
    assert "on a detached HEAD after commit" in talk(repository)[2]
    assert "- **Branch**: detached" in page(repository)
    assert steps(repository) == ["Bring the work into main, which lacks 1 commit of it"]
    assert done(repository) == [f"Adrift ({sha(repository, 'HEAD')})"]


def test_outside_of_git(tmp_path: Path, run: Run) -> None:
    outside = Repository(tmp_path / "notes")
    outside.write("Makefile", "test:\n")
    paused(outside, run)
    assert talk(outside) == (
        "Work in notes",
        "Not under version control",
        "Paused in notes, outside version control. No message was given.",
    )
    assert section(outside, "Git Context") == ["*Not a git repository*"]
    assert section(outside, "Validation Commands")[1] == "make test"
    assert (steps(outside), done(outside)) == ([], [])
    assert data(outside)["not_known"] == [
        "Whether the tests pass: a pause runs nothing; this tells: make test",
        "The goal in the author's words: no message was given; task and summary come from the folder's name",
        "The next step: none was stated",
        "Decisions, open questions, blockers, failed attempts: none were stated",
        UNKNOWN,
        "What was changed: there is no version control to ask",
    ]


# What nobody may read


def test_secrets_are_hidden_everywhere(repository: Repository, run: Run) -> None:
    token, key = "ghp_" + "a1B2c3D4e5F6" * 3, "AKIA" + "Q3EGZ7R2XKTN5WVB"
    password = "hunter2" + "hunter3"
    repository.git("switch", "-qc", f"fix/{key}")
    repository.commit("a.txt", message=f"Use {token}")
    history_before = repository.git("cat-file", "--batch-all-objects", "--batch").count(token)
    stores.plant(Path.home(), repository.path, stores.prompt(), stores.todo_write(stores.todo(f"Replace {token}")))
    result = run(repository.path, "pause", f"Log in with password={password} and {token}")
    assert result.status == 0
    shown = result.out + result.err
    for secret in (token, key, password):
        assert secret not in shown
        for path in repository.sessions.iterdir():
            assert secret not in path.read_text(encoding="utf-8")
        assert secret not in repository.git("log", "-1", "--format=%B")
    objects = repository.git("cat-file", "--batch-all-objects", "--batch")
    assert (objects.count(token), objects.count(key), objects.count(password)) == (history_before, 0, 0)
    said = data(repository)
    assert "[REDACTED:" in said["git_context"]["branch"]
    for hidden in (*talk(repository)[::2], done(repository)[0], said["todos"]["active"][0]["content"]):
        assert "[REDACTED:" in hidden
    assert "[REDACTED:" in repository.git("log", "-1", "--format=%B")
    told = {line.partition(" (")[2].partition(")")[0]: line for line in result.err.splitlines()}
    assert "git_context.branch" in told["aws-access-key"]
    assert "conversation.summary" in told["github-token"]
    assert "todos.active[0].content" in told["github-token"]
    assert run(repository.path, "check").status == 0


def test_nothing_of_this_machine(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "annabel77")
    monkeypatch.setattr(machine, "host", lambda: "kraken42")
    repository.write("deep/a.txt", "x")
    message = f"Look at {repository.path}/deep/a.txt and {Path.home()}/notes.txt, annabel77@kraken42"
    result = run(repository.path / "deep", "pause", message)
    assert result.status == 0
    texts = [path.read_text(encoding="utf-8") for path in repository.sessions.iterdir()]
    texts += [repository.git("log", "-1", "--format=%B")]
    for text in texts:
        for private in (str(repository.path), str(Path.home()), "annabel77", "kraken42"):
            assert private not in text
    assert talk(repository)[2].startswith("Look at deep/a.txt and ~/notes.txt")


def test_a_user_who_has_no_name(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    paused(repository, run, "x")


def test_a_statement_that_is_not_there(repository: Repository, run: Run) -> None:
    result = run(repository.path, "pause", "--from", "none.yaml")
    assert (result.status, repository.ids) == (2, [])
    assert "--from none.yaml: No such file or directory; nothing was written" in result.err


def test_the_terminal_names_the_next_step(feature: Repository, run: Run) -> None:
    result = run(feature.path, "pause", "--next", "Write the tests")
    assert result.out.splitlines()[2] == "  next: Write the tests"


def test_work_that_a_runner_set_aside_and_nobody_finds(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pre_commit = runner.Process(pid=7, argv=["pre-commit", "run", "mpm-pause"], began=1000)
    monkeypatch.setattr(runner, "ancestors", lambda: iter([pre_commit]))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "store"))
    patch = "diff --git a/kept.txt b/kept.txt\n--- a/kept.txt\n+++ b/kept.txt\n@@ -1 +1 @@\n-another\n+two\n"
    Repository(tmp_path).write("store/patch1000-7", patch)
    result = run(repository.path, "pause", "--hook")
    assert (result.status, len(repository.ids)) == (0, 1)
    assert "mpm-hooks: the status in the session is incomplete: the hook runner set unstaged changes" in result.err
    (known,) = [each for each in data(repository)["not_known"] if each.startswith("Part of the status: ")]
    assert known in page(repository)
    assert data(repository)["important_reminders"] == [f"The status is incomplete: {known.partition(': ')[2]}"]
