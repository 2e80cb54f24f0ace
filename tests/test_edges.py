"""A day with every hook, wherever somebody stands and whatever calls the runner ($MPM_HOOKS_RUNNER)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, RUNNER, Repository
from sessions import ID, LATER, files, quiet

from mpm_hooks.session import DIRECTORY, POINTER, Json

pytestmark = pytest.mark.runners

IDS = ("mpm-fix", "mpm-check", "mpm-committed", "mpm-pause", "mpm-require", "mpm-pause-push")
"""Every hook; what asks for a session comes before what takes one."""
MANAGERS = os.environ.get("MPM_HOOKS_MANAGERS", "")
"""Where the programs of other hook managers are, which the nox session e2e installs."""
OWN = f"3.{sys.version_info.minor}"
PYTHONS = [each for each in os.environ.get("MPM_HOOKS_PYTHONS", "").split() if each != OWN]
"""The others that the project supports and this machine has: ours runs all other tests."""
STAGES = ("pre-commit", "pre-push")
THIRD = "session-20260123-100000"


@dataclass(frozen=True)
class Desk:
    """A work tree, and the directory in it from which somebody works."""

    tree: Repository
    place: Path

    def call(self, *command: str) -> tuple[int, str]:
        """Call a program from here; return its exit status and all that it said."""
        done = subprocess.run(command, check=False, cwd=self.place, capture_output=True, encoding="utf-8")
        return done.returncode, done.stdout + done.stderr

    def must(self, *command: str) -> str:
        """Call a program that has to succeed."""
        status, said = self.call(*command)
        assert status == 0, said
        return said


@pytest.fixture
def project(hooked: Repository) -> Repository:
    """Make a repository that names every hook, with a remote, on a branch."""
    configure(hooked)
    hooked.git("init", "-q", "--bare", "../remote")
    hooked.git("remote", "add", "origin", str(hooked.path.parent / "remote"))
    hooked.git("push", "-q", "origin", "main")
    hooked.git("switch", "-qc", "feature")
    hooked.commit("deep/er/work.py")
    return hooked


def configure(repository: Repository, python: str = "") -> None:
    """Name every hook in the runner's settings, with the Python that it is to have."""
    path = ".pre-commit-config.yaml"
    before, _, _ = (repository.path / path).read_text(encoding="utf-8").partition("  - id:")
    hooks = "".join(f"  - id: {each}\n" for each in IDS)
    version = f"default_language_version: {{python: {python}}}\n" if python else ""
    repository.commit(path, f"{version}{before}{hooks}", "Name the hooks")


def here(project: Repository) -> Desk:
    """Work from the top."""
    return Desk(project, project.path)


def below(project: Repository) -> Desk:
    """Work from a directory below."""
    return Desk(project, project.path / "deep/er")


def linked(project: Repository) -> Desk:
    """Work in a linked work tree, on a branch of its own."""
    project.git("worktree", "add", "-q", "-b", "other", "../linked work")
    tree = Repository(project.path.parent / "linked work")
    return Desk(tree, tree.path)


def below_linked(project: Repository) -> Desk:
    """Work from a directory below, in a linked work tree."""
    desk = linked(project)
    return Desk(desk.tree, desk.place / "deep/er")


def script(desk: Desk, path: Path, *lines: str) -> None:
    """Write a hook of git by hand."""
    desk.tree.write(str(path), "\n".join(("#!/bin/sh", *lines, ""))).chmod(0o755)


def installed(desk: Desk) -> None:
    """Let the runner install its own."""
    desk.must(RUNNER, "install", *(f"--hook-type={stage}" for stage in STAGES))


def beside_older_hooks(desk: Desk) -> None:
    """Install the runner's own where there are hooks already: it calls those first."""
    hooks = Path(desk.must("git", "rev-parse", "--path-format=absolute", "--git-path", "hooks").strip())
    for stage in STAGES:  # it hears git out: prek 0.5 fails with a broken pipe where an older pre-push does not
        called = f'echo {stage} >> "$(git rev-parse --git-common-dir)/called"'
        script(desk, hooks / stage, "cat > /dev/null", called)
    installed(desk)
    assert len([*hooks.glob("*.legacy")]) == len(STAGES)


def hooks_path(desk: Desk) -> None:
    """Keep hooks in a directory of the repository; they call the runner as its own hooks do."""
    for stage in STAGES:
        words = f"hook-impl --hook-type={stage} --config=.pre-commit-config.yaml --hook-dir"
        script(desk, Path("tools/hooks", stage), f'exec {RUNNER} {words} "$(dirname "$0")" -- "$@"')
    desk.must("git", "config", "core.hooksPath", "tools/hooks")


def manager(name: str) -> str:
    """Return the program of another hook manager."""
    found = shutil.which(name, path=MANAGERS)
    assert found, f"{name} is not installed: run this by nox -s e2e, which installs it and says where"
    return found


def husky(desk: Desk) -> None:
    """Let husky call the runner as its users write it."""
    desk.tree.write("package.json", "{}")
    subprocess.run([manager("husky")], check=True, cwd=desk.tree.path, capture_output=True)
    for stage in STAGES:
        desk.tree.write(f".husky/{stage}", f"{RUNNER} run --hook-stage {stage}\n")


def lefthook(desk: Desk) -> None:
    """Let lefthook call the runner."""
    stages = {stage: {"commands": {"runner": {"run": f"{RUNNER} run --hook-stage {stage}"}}} for stage in STAGES}
    desk.tree.write("lefthook.yml", json.dumps(stages))
    desk.must(manager("lefthook"), "install")


def simple_git_hooks(desk: Desk) -> None:
    """Let simple-git-hooks call the runner."""
    hooks = {stage: f"{RUNNER} run --hook-stage {stage}" for stage in STAGES}
    desk.tree.write("package.json", json.dumps({"simple-git-hooks": hooks}))
    subprocess.run([manager("simple-git-hooks")], check=True, cwd=desk.tree.path, capture_output=True)


def spoil(tree: Repository) -> None:
    """Leave something for each hook: a yaml cut short, a secret, a session that is not added."""
    secret: Json = {"summary": "Log in with ghp_" + "Ab3dEf6h" * 4 + "Ij9k", "next_steps": ["Go on"]}
    first, second, third = files(quiet()), files(quiet(LATER, conversation=secret)), files(quiet(THIRD))
    cut = f"{DIRECTORY}/{ID}.yaml"
    for name, content in (first | second | {cut: first[cut][:100]}).items():
        tree.write(name, content)
    tree.git("add", "--all")
    for name in third.keys() - {f"{DIRECTORY}/{POINTER}"}:
        tree.write(name, third[name])


def mend(tree: Repository) -> None:
    """Do what they ask for."""
    for name, content in files(*(quiet(name) for name in (ID, LATER, THIRD))).items():
        tree.write(name, content)
    tree.git("add", "--all")


def live_a_day(desk: Desk) -> None:
    """See every hook do its work, and nothing that it should not."""
    tree = desk.tree
    spoil(tree)
    status, said = desk.call("git", "commit", "-m", "Spoil it")
    assert status == 1, said
    assert f"{ID}.yaml: fixed: written from the json" in said
    assert re.search(rf"{re.escape(DIRECTORY)}/{LATER}\.json:\d+:\d+: MPM501 ", said)
    assert f"{DIRECTORY}/{THIRD}.json:1:1: MPM401 " in said
    mend(tree)
    desk.must("git", "commit", "-m", "Mend it")

    before, head = tree.ids, tree.git("rev-parse", "HEAD")
    tree.write("deep/er/work.py", "not staged\n")
    said = desk.must(RUNNER, "run", "mpm-pause")
    assert "Session paused: session-" in said
    (taken,) = {*tree.ids} - {*before}
    entries = json.loads((tree.sessions / f"{taken}.json").read_bytes())["git_context"]["status"]["entries"]
    assert [(entry["xy"], entry["path"]) for entry in entries] == [(".M", "deep/er/work.py")]
    assert tree.git("rev-parse", "HEAD^") == head
    assert tree.git("status", "--porcelain") == " M deep/er/work.py\n"

    desk.must("git", "commit", "-am", "Go on\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    before, head = tree.ids, tree.git("rev-parse", "HEAD").strip()
    status, said = desk.call("git", "push", "origin", "HEAD")
    assert status != 0, said
    assert "push again" in said
    assert f"{head[:10]} Go on" in said
    assert len(tree.ids) == len(before) + 1
    desk.must("git", "push", "origin", "HEAD")
    branch = tree.git("symbolic-ref", "--short", "HEAD").strip()
    assert tree.git("ls-remote", "origin", f"refs/heads/{branch}").startswith(tree.git("rev-parse", "HEAD").strip())
    assert tree.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("place", "hook"),
    [
        pytest.param(linked, installed, id="linked work tree"),
        pytest.param(below, beside_older_hooks, id="sub-directory, beside older hooks"),
        pytest.param(below_linked, hooks_path, id="core.hooksPath, sub-directory of a linked work tree"),
        pytest.param(below, husky, id="husky, sub-directory"),
        pytest.param(linked, lefthook, id="lefthook, linked work tree", marks=pytest.mark.alike),
        pytest.param(here, simple_git_hooks, id="simple-git-hooks", marks=pytest.mark.alike),
    ],
)
def test_a_day(project: Repository, place: Callable[[Repository], Desk], hook: Callable[[Desk], None]) -> None:
    desk = place(project)
    hook(desk)
    desk.tree.git("add", "--all")
    desk.tree.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", "Set up hooks")
    live_a_day(desk)
    if hook is beside_older_hooks:
        called = (project.path / ".git/called").read_text(encoding="utf-8").split()
        assert called == ["pre-commit"] * 3 + ["pre-push"] * 2


@pytest.mark.skipif(not PYTHONS, reason="there is no other Python")
@pytest.mark.parametrize("python", PYTHONS)
def test_on_every_python(project: Repository, cache: Path, python: str) -> None:
    configure(project, f"python{python}")
    desk = here(project)
    installed(desk)
    live_a_day(desk)
    made = [path.read_text(encoding="utf-8") for path in cache.rglob("pyvenv.cfg")]
    assert [text for text in made if re.search(rf"^version(_info)? = {re.escape(python)}\.", text, re.MULTILINE)]


def test_every_hook_is_here() -> None:
    declared = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {*IDS} == {hook["id"] for hook in declared}
