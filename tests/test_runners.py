"""The hooks as a stranger has them: installed from a git URL, run by a real pre-commit or prek ($MPM_HOOKS_RUNNER)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import ROOT, Repository, call, install
from sessions import ID, files, quiet

from mpm_hooks.session import DIRECTORY, POINTER, Json

pytestmark = pytest.mark.runners


@pytest.fixture
def project(hooked: Repository) -> Repository:
    """Make a repository with the hooks installed, and files to work on."""
    hooked.commit("changed.txt", "".join(f"{line}\n" for line in range(20)))
    hooked.commit("gone.txt")
    hooked.commit("tool.sh")
    hooked.commit("both.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    install(hooked)
    return hooked


def commit(repository: Repository, *words: str) -> subprocess.CompletedProcess[str]:
    """Call ``git commit`` with its hooks."""
    command = ["git", "commit", *words]
    return subprocess.run(command, check=False, cwd=repository.path, capture_output=True, encoding="utf-8")


def work(repository: Repository) -> None:
    """Leave work in every state: staged, unstaged, both, renamed, deleted, untracked, another mode."""
    repository.write("staged.txt", "staged\n")
    repository.write("both.txt", "staged\n2\n3\n4\n5\n6\n7\n8\n9\n")
    repository.git("add", "staged.txt", "both.txt")
    repository.git("mv", "kept.txt", "renamed é.txt")
    repository.write("both.txt", "staged\n2\n3\n4\n5\n6\n7\n8\nunstaged\n")
    repository.write("changed.txt", "".join(f"{line}!\n" for line in range(20)))
    (repository.path / "gone.txt").unlink()
    (repository.path / "tool.sh").chmod(0o755)
    repository.write("loose file.txt", "loose\n")


def state(repository: Repository) -> tuple[str, str, str, list[tuple[str, bytes]]]:
    """Return all that a pause must leave as it was: status, index, unstaged changes, the content of every file."""
    contents = [
        (path.name, path.read_bytes())
        for path in sorted(repository.path.rglob("*"))
        if path.is_file() and not {".git", ".claude-mpm"} & set(path.relative_to(repository.path).parts)
    ]
    return (
        repository.git("status", "--porcelain=v2", "-z"),
        repository.git("diff", "--cached", "--binary"),
        repository.git("diff", "--binary"),
        contents,
    )


def pauses(repository: Repository) -> int:
    """Count the commits that are pauses."""
    return repository.git("log", "--format=%s").count("session: pause at ")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["run", "mpm-pause"], id="exactly so"),
        pytest.param(["run", "--verbose", "mpm-pause"], id="with an option"),
        pytest.param(["run", "--hook-stage", "manual", "mpm-pause"], id="manual stage"),
        pytest.param(["run", "--all-files", "mpm-pause"], id="all files"),
        pytest.param(["run", "stop-here"], id="by alias"),
    ],
)
def test_pause_by_name(project: Repository, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPM_PAUSE_MESSAGE", "Halfway")
    work(project)
    before, head = state(project), project.git("rev-parse", "HEAD")
    done = call(project, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Session paused: session-" in done.stdout
    assert state(project) == before
    assert project.git("rev-parse", "HEAD^") == head
    (taken,) = project.ids
    assert project.git("show", "--format=", "--name-only").split() == [
        f"{DIRECTORY}/{name}" for name in (POINTER, f"{taken}.json", f"{taken}.md", f"{taken}.yaml")
    ]
    said = json.loads((project.sessions / f"{taken}.json").read_bytes())
    assert said["conversation"]["summary"] == "Halfway"
    entries = [(entry["xy"], entry["path"]) for entry in said["git_context"]["status"]["entries"]]
    assert sorted(entries) == [
        (".D", "gone.txt"),
        (".M", "changed.txt"),
        (".M", "tool.sh"),
        ("??", "loose file.txt"),
        ("A.", "staged.txt"),
        ("MM", "both.txt"),
        ("R.", "renamed é.txt"),
    ]
    assert "incomplete" not in said["git_context"]["status"]
    # The next commit neither pauses nor fails.
    committed = commit(project, "-m", "Go on")
    assert committed.returncode == 0, committed.stdout + committed.stderr
    assert pauses(project) == 1


@pytest.mark.parametrize(
    "words", [pytest.param(["run"], id="all hooks"), pytest.param(["run", "--all-files"], id="all files")]
)
def test_no_pause_unless_asked_for(project: Repository, words: list[str]) -> None:
    work(project)
    assert call(project, *words).returncode == 0
    assert (pauses(project), project.ids) == (0, [])


@pytest.mark.parametrize(
    "words", [["-m", "mpm-pause"], ["-am", "x"], ["-m", "x", "changed.txt"], ["--amend", "-m", "x"]]
)
def test_no_pause_inside_a_commit(project: Repository, words: list[str]) -> None:
    work(project)
    done = commit(project, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (pauses(project), project.ids) == (0, [])


@pytest.mark.alike
def test_a_broken_session_is_refused_with_its_place(project: Repository) -> None:
    call(project, "run", "mpm-pause")
    path = project.sessions / f"{project.ids[0]}.json"
    path.write_bytes(path.read_bytes().replace(b'"session_id":', b'"session_id"', 1))
    project.git("add", ".")
    done = commit(project, "-m", "Break it")
    assert done.returncode == 1
    assert f"{DIRECTORY}/{path.name}:2:16: MPM103 " in done.stdout + done.stderr


def add(repository: Repository, contents: Mapping[str, bytes]) -> None:
    """Write and stage files."""
    for name, content in contents.items():
        repository.write(name, content)
    repository.git("add", "--all", *contents)


def test_a_good_session_passes(project: Repository) -> None:
    add(project, files(quiet()))
    done = commit(project, "-m", "Hand over")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.git("status", "--porcelain") == ""


@pytest.mark.alike
def test_a_secret_is_refused_and_not_shown(project: Repository) -> None:
    secret, head = "ghp_" + "Ab3dEf6h" * 4 + "Ij9k", project.git("rev-parse", "HEAD")
    conversation: Json = {"summary": f"Log in with {secret}", "next_steps": ["Go on"]}
    add(project, files(quiet(conversation=conversation)))
    done = commit(project, "-m", "Tell it")
    assert (done.returncode, project.git("rev-parse", "HEAD")) == (1, head)
    said = done.stdout + done.stderr
    assert re.search(rf"{re.escape(DIRECTORY)}/{ID}\.json:\d+:\d+: MPM501 ", said)
    assert secret[4:] not in said


def test_a_fix_fails_once_and_passes_once_it_is_added(project: Repository) -> None:
    settings = (project.path / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    project.commit(
        ".pre-commit-config.yaml", settings.replace("  - id: mpm-check\n", "  - id: mpm-fix\n  - id: mpm-check\n")
    )
    whole = files(quiet())
    broken = f"{DIRECTORY}/{ID}.yaml"
    add(project, whole | {broken: whole[broken][:100]})
    project.write("changed.txt", "not staged\n")
    done = commit(project, "-m", "Hand over")
    assert done.returncode == 1
    assert f"{broken}: fixed: written from the json\n" in done.stdout + done.stderr
    assert f"-> git add {broken}\n" in done.stdout + done.stderr
    assert (project.path / broken).read_bytes() == whole[broken]
    project.git("add", broken)
    done = commit(project, "-m", "Hand over")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.git("status", "--porcelain") == " M changed.txt\n"
    assert (project.path / "changed.txt").read_bytes() == b"not staged\n"


def test_a_hundred_sessions(project: Repository) -> None:
    contents = files(*(quiet(f"session-20260121-10{number // 60:02}{number % 60:02}") for number in range(100)))
    add(project, contents)
    done = call(project, "run", "mpm-check", "--all-files", "--verbose")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "100 sessions looked at" in done.stdout + done.stderr
    broken = f"{DIRECTORY}/session-20260121-100042.json"
    add(project, {broken: contents[broken][:-2]})
    done = call(project, "run", "mpm-check", "--all-files")
    assert done.returncode == 1
    assert (done.stdout + done.stderr).count(" MPM") == 1
    assert f"{broken}:" in done.stdout + done.stderr


@pytest.mark.alike
def test_a_forgotten_session_is_refused_until_it_is_added(project: Repository) -> None:
    (project.sessions).mkdir(parents=True)
    for form in ("md", "json"):
        shutil.copy(ROOT / f"tests/genuine/6.5.83/clean/session-20261122-092102.{form}", project.sessions)
    shutil.copy(ROOT / "tests/genuine/6.5.83/clean" / POINTER, project.sessions)
    project.write("staged.txt", "x")
    project.git("add", "staged.txt")
    done = commit(project, "-m", "Forget it")
    assert done.returncode == 1
    assert "MPM401 the session is not committed" in done.stdout + done.stderr
    project.git("add", DIRECTORY)
    done = commit(project, "-m", "Remember it")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_change_that_is_not_staged_does_not_pass_unseen(project: Repository) -> None:
    call(project, "run", "mpm-pause")
    path = project.sessions / f"{project.ids[0]}.json"
    path.write_bytes(path.read_bytes() + b"x")
    project.write("staged.txt", "x")
    project.git("add", "staged.txt")
    done = commit(project, "-m", "Leave it out")
    assert done.returncode == 1
    assert f"{DIRECTORY}/{path.name}:1:1: MPM402 was changed or deleted after it was added" in done.stdout + done.stderr
    assert path.read_bytes().endswith(b"x")


@pytest.mark.alike
def test_a_deletion_does_not_pass_unseen(project: Repository) -> None:
    call(project, "run", "mpm-pause")
    project.git("rm", "-q", f"{DIRECTORY}/{project.ids[0]}.md")
    done = commit(project, "-m", "Lose the md")
    assert done.returncode == 1
    assert "MPM403" in done.stdout + done.stderr


def test_work_on_the_pointer_itself_is_not_put_at_risk(project: Repository) -> None:
    call(project, "run", "mpm-pause")
    project.write(f"{DIRECTORY}/{POINTER}", "mine\n")
    before = state(project)
    done = call(project, "run", "mpm-pause")
    assert done.returncode != 0
    assert f"git add {DIRECTORY}/{POINTER} first" in done.stdout + done.stderr
    assert (state(project), pauses(project)) == (before, 1)


def test_a_refusal_is_said_and_fails(project: Repository) -> None:
    project.git("checkout", "-q", "--detach")
    done = call(project, "run", "mpm-pause")
    assert done.returncode != 0
    assert "HEAD is detached" in done.stdout + done.stderr
    assert project.ids == []


def test_in_a_linked_worktree(project: Repository) -> None:
    project.git("worktree", "add", "-q", "-b", "other", "../linked")
    linked = Repository(project.path.parent / "linked")
    linked.write("changed.txt", "other\n")
    assert call(linked, "run", "mpm-pause").returncode == 0
    assert linked.git("status", "--porcelain") == " M changed.txt\n"
    assert len(linked.ids) == 1
    done = commit(linked, "-am", "Go on")
    assert done.returncode == 0, done.stdout + done.stderr
    assert pauses(linked) == 1


@pytest.mark.alike
def test_our_own_settings_pass(hooks: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(cache / "pre-commit"))
    monkeypatch.setenv("PREK_HOME", str(cache / "prek"))
    monkeypatch.setenv("SKIP", "ruff-check,ruff-format")  # the session lint runs them
    done = call(hooks, "run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.alike
def test_in_ci_a_staged_session_does_not_count(project: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    call(project, "run", "mpm-pause")
    project.git("reset", "-q", "--soft", "HEAD^")
    monkeypatch.setenv("CI", "true")
    assert "MPM405" in call(project, "run", "--all-files", "mpm-committed").stdout


def test_before_a_push_a_staged_session_does_not_count(project: Repository) -> None:
    call(project, "run", "mpm-pause")
    project.git("reset", "-q", "--soft", "HEAD^")
    assert "MPM405" in call(project, "run", "--hook-stage", "pre-push", "mpm-committed").stdout
    assert "MPM405" not in call(project, "run", "mpm-committed").stdout
