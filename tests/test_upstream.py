"""Real releases of claude-mpm resume what we write; run by ``nox -s upstream``, which installs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository, Run

pytestmark = pytest.mark.upstream

MESSAGE = "Halfway: 'quotes', [brackets], é and 日本"
RESUME = """
import json, sys
from pathlib import Path
from claude_mpm.services.cli.session_resume_helper import SessionResumeHelper

helper = SessionResumeHelper(Path.cwd())
recent = helper.get_most_recent_session()
print(json.dumps({
    "has": helper.has_paused_sessions(),
    "recent": recent and {key: value for key, value in recent.items() if key != "file_path"},
    "file": recent and str(recent["file_path"]),
    "prompt": recent and helper.format_resume_prompt(recent),
    "check": helper.check_and_display_resume_prompt(),
    "list": [session.get("session_id") for session in helper.list_all_sessions()],
    "lines": helper.format_session_list() if hasattr(helper, "format_session_list") else "",
}, default=str))
"""
PAUSE = """
import sys
from pathlib import Path
from claude_mpm.services.cli.session_pause_manager import SessionPauseManager

print(SessionPauseManager(project_path=Path.cwd()).create_pause_session(message=sys.argv[1]))
"""
IGNORE = """
from claude_mpm.utils.gitignore import ensure_claude_mpm_gitignore

print(ensure_claude_mpm_gitignore("."))
"""


@pytest.fixture(scope="session", autouse=True)
def release() -> str:
    """Name the release that is installed."""
    try:
        return version("claude-mpm")
    except PackageNotFoundError:
        pytest.fail("claude-mpm is not installed: run this by nox -s upstream")


def upstream(directory: Path, program: str, *words: str) -> str:
    """Run a program with claude-mpm in it, in a process of its own; return its last line."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *words],
        check=False,
        cwd=directory,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def resumed(directory: Path) -> Any:  # noqa: ANN401 - a json
    """Return what claude-mpm makes of the sessions there."""
    return json.loads(upstream(directory, RESUME))


def by_file_time(directory: Path) -> None:
    """Make each json as new as its md: a clone's files are, unless the clock ticked between the two.

    5.4.89 to 6.2.40 take the newest file for the newest session, and cannot read an md.
    """
    for path in sorted((directory / ".claude-mpm/sessions").glob("session-*.json")):
        path.touch()


def test_resume_in_place_and_in_a_clone(repository: Repository, run: Run, release: str) -> None:
    repository.write("changed é.txt", "1\n")
    assert run(repository.path, "pause", MESSAGE).status == 0
    (taken,) = repository.ids
    clone = repository.path.parent / "elsewhere"
    repository.git("clone", "-q", ".", str(clone))
    by_file_time(clone)
    moved = repository.path.parent / "moved"
    shutil.copytree(repository.path, moved)
    for directory in (repository.path, clone, moved):
        found = resumed(directory)
        assert found["has"], release
        assert found["file"].endswith(f"{taken}.json")
        assert found["recent"]["session_id"] == taken
        assert found["recent"]["conversation"]["summary"] == MESSAGE
        assert MESSAGE in found["prompt"]
        assert found["check"]["session_id"] == taken
        assert taken in found["list"]


def test_the_newest_of_several_is_resumed(repository: Repository, run: Run) -> None:
    for message in ("one", "two", "three"):
        run(repository.path, "pause", message)
    assert resumed(repository.path)["recent"]["session_id"] == repository.ids[-1]
    assert set(repository.ids) <= set(resumed(repository.path)["list"])


def test_a_session_outside_git_is_resumed(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path, "pause", MESSAGE).status == 0
    assert MESSAGE in resumed(tmp_path)["prompt"]


def test_a_session_without_a_message_is_resumed(repository: Repository, run: Run) -> None:
    assert run(repository.path, "pause").status == 0
    assert "No message was given." in resumed(repository.path)["prompt"]


def test_what_claude_mpm_writes_now_is_accepted(repository: Repository, run: Run) -> None:
    repository.write("kept.txt", "two\n")
    upstream(repository.path, PAUSE, MESSAGE)
    result = run(repository.path, "check")
    assert result.status == 0, result.out
    assert "1 session looked at" in result.err


def test_ours_and_theirs_live_side_by_side(repository: Repository, run: Run) -> None:
    upstream(repository.path, PAUSE, "theirs")
    result = run(repository.path, "pause", "ours")
    assert result.status == 0, result.err
    assert len(repository.ids) == 2
    assert run(repository.path, "check").status == 0
    assert "ours" in resumed(repository.path)["prompt"]


def test_the_way_out_of_an_ignore_rule_survives_what_claude_mpm_does_to_it(repository: Repository, run: Run) -> None:
    upstream(repository.path, IGNORE)
    result = run(repository.path, "pause", "x")
    assert result.status == 3
    line = result.err.partition("add at the end of .gitignore: ")[2].partition(" (")[0]
    assert line == "!.claude-mpm/"
    ignore = repository.path / ".gitignore"
    ignore.write_text(ignore.read_text(encoding="utf-8") + f"{line}\n", encoding="utf-8")
    assert run(repository.path, "pause", "x").status == 0
    upstream(repository.path, IGNORE)
    assert run(repository.path, "pause", "y").status == 0
    assert run(repository.path, "committed").status == 0
