"""Real ``git push`` to a bare repository, through the hook that a real runner installs ($MPM_HOOKS_RUNNER)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import Repository, call, install

from mpm_hooks.session import DIRECTORY, POINTER

pytestmark = pytest.mark.runners

AGAIN = "The session is not part of this push, which git has begun already: push again"


@pytest.fixture
def project(hooked: Repository) -> Repository:
    """Make a repository with the hook installed and a remote that has nothing yet, on a branch with work."""
    path = ".pre-commit-config.yaml"
    before, _, _ = (hooked.path / path).read_text(encoding="utf-8").partition("  - id:")
    hooked.commit(path, f"{before}  - id: mpm-pause-push\n", "Take a session when a branch is pushed")
    hooked.git("init", "-q", "--bare", "../remote")
    hooked.git("remote", "add", "origin", "../remote")
    install(hooked, "pre-push")
    hooked.git("switch", "-qc", "feature")
    hooked.commit("work.txt", "1\n2\n3\n")
    return hooked


@pytest.fixture
def known(project: Repository) -> Repository:
    """Make the same, where the remote has the default branch."""
    project.git("push", "-q", "--no-verify", "origin", "main")
    return project


def push(repository: Repository, *words: str) -> tuple[int, str]:
    """Push; return the exit status and all that was said."""
    done = subprocess.run(
        ["git", "push", *words], check=False, cwd=repository.path, capture_output=True, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


def remote(repository: Repository, name: str = "feature") -> str:
    """Return the commit that a branch of the remote stands at, nothing if it has none."""
    return repository.git("ls-remote", "origin", f"refs/heads/{name}").partition("\t")[0]


def tip(repository: Repository, name: str = "HEAD") -> str:
    """Return the commit that a name stands for."""
    return repository.git("rev-parse", name).strip()


@pytest.mark.parametrize("root", [pytest.param(False, id="branch"), pytest.param(True, id="root commit")])
def test_the_first_push_takes_a_session_and_the_second_brings_it(project: Repository, *, root: bool) -> None:
    if not root:
        project.git("push", "-q", "--no-verify", "origin", "main")
    project.write("staged.txt", "staged\n")
    project.write("work.txt", "staged\n1\n2\n3\n")
    project.git("add", "staged.txt", "work.txt")
    project.write("work.txt", "staged\n1\n2\n3\nunstaged\n")
    project.write("loose.txt", "loose\n")
    before = [project.git("status", "--porcelain"), project.git("diff", "--cached"), project.git("diff")]
    head = tip(project)

    status, said = push(project, "-u", "origin", "feature")
    assert status != 0
    assert "no session covers feature" in said
    assert AGAIN in said
    assert remote(project) == ""
    assert tip(project, "HEAD^") == head
    (taken,) = project.ids
    assert project.git("show", "--format=", "--name-only").split() == [
        f"{DIRECTORY}/{name}" for name in (POINTER, f"{taken}.json", f"{taken}.md", f"{taken}.yaml")
    ]
    assert [project.git("status", "--porcelain"), project.git("diff", "--cached"), project.git("diff")] == before
    context = json.loads((project.sessions / f"{taken}.json").read_bytes())["git_context"]
    assert [(entry["xy"], entry["path"]) for entry in context["status"]["entries"]] == [
        ("A.", "staged.txt"),
        ("MM", "work.txt"),
        ("??", "loose.txt"),
    ]
    assert (context["branch"], context["head"]) == ("feature", head)

    status, said = push(project, "-u", "origin", "feature")
    assert status == 0, said
    assert "mpm-hooks: " not in said
    assert remote(project) == tip(project)
    assert [project.git("status", "--porcelain"), project.git("diff", "--cached"), project.git("diff")] == before


def test_a_branch_with_a_session_at_its_tip_passes_until_work_follows(known: Repository) -> None:
    subprocess.run([sys.executable, "-m", "mpm_hooks", "pause"], check=True, cwd=known.path, capture_output=True)
    assert push(known, "origin", "feature")[0] == 0
    known.commit("more.txt")
    status, said = push(known, "origin", "feature")
    assert (status, len(known.ids)) != (0, 1)
    assert AGAIN in said


@pytest.mark.alike
def test_by_force_after_the_session_was_amended(known: Repository) -> None:
    push(known, "origin", "feature")
    assert push(known, "origin", "feature")[0] == 0
    known.write("work.txt", "amended\n")
    known.git("commit", "-q", "--all", "--amend", "--no-edit")
    status, said = push(known, "origin", "+feature")
    assert status == 0, said
    assert (remote(known), len(known.ids)) == (tip(known), 1)


@pytest.mark.alike
def test_head_to_another_name(known: Repository) -> None:
    status, said = push(known, "origin", "HEAD:feature/other")
    assert status != 0
    assert "no session covers feature/other" in said
    assert push(known, "origin", "HEAD:feature/other")[0] == 0
    assert remote(known, "feature/other") == tip(known)


def test_all_branches(known: Repository) -> None:
    known.git("switch", "-qc", "another", "main")
    known.commit("another.txt")
    idle = tip(known, "feature")
    status, said = push(known, "--all", "origin")
    assert status != 0
    assert "no session covers feature: feature is not checked out, and was not touched: git switch feature" in said
    assert "no session covers another\n" in said
    assert push(known, "--all", "origin")[0] == 0
    assert (remote(known), remote(known, "another")) == (idle, tip(known))
    assert len(known.ids) == 1


def test_several_refspecs(known: Repository) -> None:
    known.git("switch", "-qc", "another", "main")
    known.commit("another.txt")
    status, said = push(known, "origin", "feature", "another")
    assert status != 0
    assert "feature is not checked out" in said
    assert "no session covers another\n" in said


def test_a_branch_that_is_not_checked_out_is_said_and_left_alone(known: Repository) -> None:
    known.git("switch", "-q", "main")
    status, said = push(known, "origin", "feature")
    assert status == 0, said
    assert "no session covers feature: feature is not checked out, and was not touched: git switch feature" in said
    assert (remote(known), known.ids) == (tip(known, "feature"), [])


@pytest.mark.alike
def test_a_detached_head_is_said_and_left_alone(known: Repository) -> None:
    known.git("switch", "-q", "--detach")
    status, said = push(known, "origin", "HEAD:refs/heads/other")
    assert status == 0, said
    assert "no session covers other: HEAD is detached, and nothing was touched" in said
    assert (remote(known, "other"), known.ids) == (tip(known), [])


@pytest.mark.alike
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["v1"], id="tag"),
        pytest.param(["--tags"], id="tags"),
        pytest.param(["main"], id="default branch"),
        pytest.param(["feature:main"], id="to the default branch"),
        pytest.param(["HEAD:release/1"], id="exempt"),
        pytest.param([":idle"], id="deletion"),
        pytest.param(["--delete", "idle"], id="deletion by option"),
    ],
)
def test_what_is_none_of_its_business(known: Repository, words: list[str]) -> None:
    known.git("push", "-q", "--no-verify", "origin", "main:idle")
    known.git("tag", "v1")
    known.git("commit", "-q", "--allow-empty", "-m", "Go on")
    known.git("branch", "-f", "main")
    known.write("pyproject.toml", '[tool.mpm-hooks]\nexempt-branches = ["release/*"]\n')
    head = tip(known)
    status, said = push(known, "origin", *words)
    assert status == 0, said
    assert "mpm-hooks: " not in said
    assert (tip(known), known.ids) == (head, [])


@pytest.mark.alike
def test_outside_of_a_push_it_does_nothing(known: Repository) -> None:
    head = tip(known)
    done = call(known, "run", "--hook-stage", "pre-push", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mpm-hooks: " not in done.stdout
    assert (tip(known), known.ids) == (head, [])


@pytest.mark.alike
def test_settings_that_are_wrong_stop_the_push(known: Repository) -> None:
    known.write("pyproject.toml", "[tool.mpm-hooks]\nexempt-branch = []\n")
    status, said = push(known, "origin", "feature")
    assert status != 0
    assert 'did you mean "exempt-branches"?' in said
    assert known.ids == []
