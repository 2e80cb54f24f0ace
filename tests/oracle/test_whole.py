"""A whole comment, made from sessions in which every text is hostile, shows the texts and does nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import Repository
from hostile import HOSTILE, PAGE
from rendering import ZERO_WIDTH, Rendered, harms, is_lost, render, skeleton
from sessions import ID, LATER, full

from mpm_hooks.main import main
from mpm_hooks.session import DIRECTORY, Json

pytestmark = pytest.mark.oracle

HARMLESS = "word"
SETTINGS = "[tool.mpm-hooks]\nselect = []\n"


def saying(text: str) -> dict[str, Json]:
    """Write a text into every field of a session that may be told."""
    return {
        "conversation": {
            "primary_task": text,
            "current_phase": text,
            "summary": f"{text} ",
            "accomplishments": [text],
            "next_steps": [text, {"task": f"{text} ", "status": text, "priority": text}],
        },
        "git_context": {
            "branch": text,
            "head": text,
            "status": {"modified_files": [text], "untracked_files": [text], "entries": [{"path": text}]},
            "change": {"files": [{"path": text}]},
        },
        "resume_instructions": {"files_to_review": [text], "validation_commands": {"own": text, text: "make"}},
        "decisions": [text],
        "open_questions": [text],
        "blockers": [text],
        "tried": [text],
        "todos": {"active": [{"content": text, "status": "pending", "activeForm": text}], "completed": []},
        "task_list": {"pending_tasks": [{"id": text, "title": text}], "in_progress_tasks": [{"title": text}]},
        "version": text,
        "project_path": text,
        text: text,
    }


def file_name(text: str) -> str:
    """Return a text as the name of a file that no session names, as far as it can be one."""
    return text.encode(errors="replace").replace(b"/", b"%").replace(b"\0", b"")[:200].decode(errors="ignore") + ".x"


def comment(base: str, directory: Path) -> str:
    """Write the comment for what is checked out."""
    written = directory / "comment.md"
    arguments = ["summary", "--base", base, "--repository-url", PAGE, "--output-file", str(written)]
    assert main(arguments) == 0
    return written.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Make a repository with two bases: of one the settings silence the check."""
    made = Repository(tmp_path_factory.mktemp("comment"))
    made.git("init", "--quiet", "--initial-branch=main")
    for name, value in {"user.name": "Ann", "user.email": "ann@example.org", "core.quotePath": "false"}.items():
        made.git("config", name, value)
    made.commit("kept.txt")
    made.git("switch", "--quiet", "-c", "quiet")
    made.commit("pyproject.toml", SETTINGS)
    return made


@pytest.fixture(scope="module")
def comments(project: Repository, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """Write the comments for every text."""
    directory = tmp_path_factory.mktemp("written")
    written = {}
    before = Path.cwd()
    os.chdir(project.path)
    try:
        for what, text in {HARMLESS: HARMLESS, **{what: text for what, (_, text) in HOSTILE.items()}}.items():
            project.git("checkout", "--quiet", "--force", "-B", "work", "main")
            for named in (ID, LATER):
                data = json.dumps({**full(named).data, **saying(text)})
                project.write(f"{DIRECTORY}/{named}.json", data)
            project.write(file_name(text), "1\n")
            project.git("add", "--force", "--all", ".")
            project.git("commit", "--quiet", "-m", "Change it")
            for base in ("main", "quiet"):
                head = project.git("rev-parse", "HEAD").strip()
                written[what, base] = comment(base, directory).replace(head, "HEAD")
    finally:
        os.chdir(before)
    return written


@pytest.fixture(scope="module")
def shown(comments: dict[tuple[str, str], str]) -> dict[tuple[str, str], Rendered]:
    """Render the comments."""
    rendered = render(comments.values())
    return {case: rendered[text] for case, text in comments.items()}


@pytest.mark.parametrize("what", HOSTILE)
def test_comment_shows_the_text_and_does_nothing(
    what: str, comments: dict[tuple[str, str], str], shown: dict[tuple[str, str], Rendered]
) -> None:
    case = (what, "quiet")
    assert harms(comments[case], shown[case], shown[HARMLESS, "quiet"]) <= {"links"}
    assert {each for each in shown[case]["links"] if not each.startswith(f"{PAGE}/blob/HEAD/")} == set()
    assert not is_lost(HOSTILE[what][1], shown[case]["text"].replace(ZERO_WIDTH, ""))


@pytest.mark.parametrize("what", HOSTILE)
def test_findings_repeat_no_attack(
    what: str, comments: dict[tuple[str, str], str], shown: dict[tuple[str, str], Rendered]
) -> None:
    case = (what, "main")
    ours = {*skeleton(shown[HARMLESS, "main"])}
    assert harms(comments[case], shown[case], shown[case]) == set()
    assert {*skeleton(shown[case])} <= ours
    assert {each for each in shown[case]["links"] if not each.startswith(f"{PAGE}/blob/HEAD/")} == set()
