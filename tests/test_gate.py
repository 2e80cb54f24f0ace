"""Real ``git push`` through the gate that a real runner installs ($MPM_HOOKS_RUNNER)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import Repository, call, install

pytestmark = pytest.mark.runners

AGENT = "Write it\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def project(hooked: Repository) -> Repository:
    """Make a repository with the gate installed and a remote that has main, on a branch with an agent's work."""
    path = ".pre-commit-config.yaml"
    before, _, _ = (hooked.path / path).read_text(encoding="utf-8").partition("  - id:")
    hooked.commit(path, f"{before}  - id: mpm-require\n", "Require a session")
    hooked.git("init", "-q", "--bare", "../remote")
    hooked.git("remote", "add", "origin", "../remote")
    hooked.git("push", "-q", "origin", "main")
    install(hooked, "pre-push")
    hooked.git("switch", "-qc", "feature")
    hooked.commit("work.py", "1\n", AGENT)
    return hooked


def push(repository: Repository, *words: str) -> tuple[int, str]:
    """Push; return the exit status and all that was said."""
    done = subprocess.run(
        ["git", "push", *words], check=False, cwd=repository.path, capture_output=True, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


def test_a_push_waits_for_a_session(project: Repository) -> None:
    status, said = push(project, "-u", "origin", "feature")
    assert status != 0
    assert "feature: no session covers 1 of 1 commit" in said
    assert "pre-commit run mpm-pause, or mpm-hooks pause; then push again" in said
    assert project.git("ls-remote", "origin", "refs/heads/feature") == ""
    subprocess.run([sys.executable, "-m", "mpm_hooks", "pause"], check=True, cwd=project.path, capture_output=True)
    status, said = push(project, "-u", "origin", "feature")
    assert status == 0, said
    project.commit("note.md", "1\n", AGENT)
    assert push(project)[0] == 0
    project.commit("work.py", "2\n", AGENT)
    assert push(project)[0] != 0


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["v1"], id="tag"),
        pytest.param(["main"], id="default branch"),
        pytest.param(["feature:main"], id="to the default branch"),
        pytest.param(["people"], id="of a person"),
    ],
)
def test_what_needs_none(project: Repository, words: list[str]) -> None:
    project.git("tag", "v1")
    project.git("switch", "-qc", "people", "main")
    project.commit("by_hand.py")
    status, said = push(project, "origin", *words)
    assert status == 0, said


@pytest.mark.alike
def test_by_hand(project: Repository) -> None:
    done = call(project, "run", "--hook-stage", "manual", "mpm-require")
    assert done.returncode == 1
    assert "feature: no session covers 1 of 1 commit" in done.stdout
    done = call(project, "run", "--hook-stage", "manual", "mpm-require", "--from-ref", "feature", "--to-ref", "feature")
    assert done.returncode == 0, done.stdout
