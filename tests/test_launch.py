"""The action starts ``publish`` from its own directory, with what its lock names."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement

from mpm_hooks import __version__
from mpm_hooks.commands import publish

LAUNCH = ROOT / ".github" / "action" / "launch.py"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
REUSABLE = yaml.safe_load((ROOT / ".github/workflows/sessions.yml").read_text(encoding="utf-8"))
LOCK = (LAUNCH.parent / "requirements.txt").read_text(encoding="utf-8")
DEFAULTS = {"MPM_HOOKS_COMMENT": "true", "MPM_HOOKS_DRY_RUN": "false", "MPM_HOOKS_KEY": "sessions"}


@pytest.fixture
def launch() -> ModuleType:
    """Load the launcher without running it."""
    found = importlib.util.spec_from_file_location("launch", LAUNCH)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, ["publish", "--key=sessions"], id="defaults"),
        pytest.param({"MPM_HOOKS_COMMENT": "false"}, ["publish", "--no-comment", "--key=sessions"], id="no comment"),
        pytest.param({"MPM_HOOKS_DRY_RUN": "true"}, ["publish", "--dry-run", "--key=sessions"], id="dry run"),
        pytest.param(
            {
                "MPM_HOOKS_BASE": "--help",
                "MPM_HOOKS_HEAD": "$(x)",
                "MPM_HOOKS_FAIL_ON": "error",
                "MPM_HOOKS_DIRECTORY": "a b",
            },
            ["publish", "--base=--help", "--head=$(x)", "--directory=a b", "--key=sessions", "--fail-on=error"],
            id="whatever is told is a value",
        ),
    ],
)
def test_words(launch: ModuleType, variables: dict[str, str], expected: list[str]) -> None:
    assert launch.words(DEFAULTS | variables) == expected


@pytest.mark.parametrize("name", ["COMMENT", "DRY_RUN"])
@pytest.mark.parametrize("value", ["", "yes", "::set-env::\n"])
def test_switch_that_is_none(launch: ModuleType, capsys: pytest.CaptureFixture[str], name: str, value: str) -> None:
    with pytest.raises(SystemExit) as caught:
        launch.words(DEFAULTS | {f"MPM_HOOKS_{name}": value})
    assert caught.value.code == 2
    assert capsys.readouterr().out == f"::error title=mpm-hooks::{name.lower().replace('_', '-')}: say true or false\n"


def started(place: Path, *, path: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Start the launcher as the action does, where nothing is installed: uv stands in for the network."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTHON", "COVERAGE"))
    }
    told = environ | DEFAULTS | {"RUNNER_TEMP": str(place), "GITHUB_TOKEN": "secret"} | variables
    if path:
        told["PATH"] = os.pathsep.join((path, told["PATH"]))
    return subprocess.run(
        [sys.executable, "-I", LAUNCH], check=False, cwd=place, capture_output=True, text=True, env=told
    )


def stand_in(place: Path, script: str) -> str:
    """Put a program named uv on PATH, which notes what it is called with."""
    place.mkdir()
    program = place / "uv"
    program.write_text(f'#!/bin/sh\necho "$@" >> {place}/words\nenv >> {place}/environ\n{script}\n', encoding="utf-8")
    program.chmod(0o755)
    return str(place)


def test_what_the_lock_names_is_installed_once(tmp_path: Path) -> None:
    path = stand_in(tmp_path / "bin", "exit 0")
    place = tmp_path / "runner"
    place.mkdir()
    (place / "json.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    for _ in range(2):
        done = started(place, path=path)
        assert done.returncode == 2
        assert "GITHUB_EVENT_PATH is not set" in done.stderr, "it came as far as the command"
    (words,) = (tmp_path / "bin" / "words").read_text(encoding="utf-8").splitlines()
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:", f"-r {LAUNCH.parent / 'requirements.txt'}"):
        assert option in words
    assert "secret" not in (tmp_path / "bin" / "environ").read_text(encoding="utf-8")
    assert len(list(place.glob("mpm-hooks-*"))) == 1


def test_pip_is_taken_where_uv_fails(tmp_path: Path) -> None:
    path = stand_in(tmp_path / "bin", "exit 1")
    done = started(tmp_path, path=path, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 3
    assert re.match(r"::error title=mpm-hooks::cannot install what requirements.txt names: .*\w", done.stdout)


def test_inputs_are_what_the_command_takes() -> None:
    parser = publish_parser()
    inputs = set(ACTION["inputs"]) - {"token"}
    assert inputs == {name for name in parser if name != "help"}
    assert set(REUSABLE[True]["workflow_call"]["inputs"]) == inputs
    steps = REUSABLE["jobs"]["publish"]["steps"]
    assert set(steps[0]["with"]) == inputs


def publish_parser() -> dict[str, Any]:
    """Return the options of the command, by their names."""
    parser = argparse.ArgumentParser()
    publish.add_arguments(parser)
    return {action.option_strings[0].removeprefix("--"): action for action in parser._actions[1:]}  # noqa: SLF001 - no other way


def test_outputs_are_handed_on() -> None:
    expected = {"sessions", "latest", "status", "findings", "uncovered", "comment-id", "comment-url"}
    assert set(ACTION["outputs"]) == expected
    assert set(REUSABLE[True]["workflow_call"]["outputs"]) == expected
    assert set(REUSABLE["jobs"]["publish"]["outputs"]) == expected


def test_inputs_come_by_variables_alone() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        for word in ("GITHUB_ENV", "GITHUB_PATH"):
            assert word not in step["run"]


def test_reusable_workflow_names_this_release() -> None:
    assert REUSABLE["jobs"]["publish"]["steps"][0]["uses"] == f"mpm-hooks/mpm-hooks@v{__version__}"


@pytest.mark.parametrize("name", ["README.md", "docs/pull-requests.md"])
def test_documents_name_this_release(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"uses: mpm-hooks/mpm-hooks\S*@(\S+)", text)
    assert set(named) == {f"v{__version__}"}


def test_documents_name_inputs_and_outputs() -> None:
    text = (ROOT / "docs/pull-requests.md").read_text(encoding="utf-8")
    for title, names in (("Inputs", ACTION["inputs"]), ("Outputs", ACTION["outputs"])):
        (table,) = re.findall(rf"^## {title}\n\n((?:\|.*\n)+)", text, re.MULTILINE)
        rows = [re.findall(r"`([a-z-]+)`", row.split("|")[1]) for row in table.splitlines()]
        assert {name for row in rows for name in row} == set(names)


def test_lock_holds_what_the_project_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = dict(re.findall(r"^([a-z0-9-]+)==([0-9.a-z]+)", LOCK, re.MULTILINE))
    wanted = [
        *project["optional-dependencies"]["github"],
        *(each for each in project["dependencies"] if "yaml" in each),
    ]
    for each in map(Requirement, wanted):
        assert each.specifier.contains(locked[each.name])
    given = (LAUNCH.parent / "requirements.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in given if not line.startswith("#")] == wanted


def test_lock_names_hashes_and_no_place() -> None:
    assert "://" not in LOCK
    for block in re.split(r"\n(?=\S)", LOCK.strip()):
        assert re.match(r"[a-z0-9-]+==\S+", block)
        assert "--hash=sha256:" in block
