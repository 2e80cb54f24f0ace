"""Samples: whoever drops a folder into ``bad/CODE`` or ``good`` has added a case.

A case holds what lies in ``.claude-mpm/sessions`` of a project (the folder ``pause`` below it, too), byte for byte.
What files cannot say stands in a ``case.toml`` beside them, which is no part of the project:

    places       where its code is found: FILE:LINE:COLUMN, in the folder of sessions
    before       what is done in the project before the files are laid into it, a step a line
    after        what is done when they have been
    folder       another folder of sessions than the project's own
    command      another command than ``check`` (``committed`` is that of MPM4xx)
    arguments    what else the command is given
    environment  variables by name
    fill         what is put in the place of a word, in pieces: a whole secret would be one to other scanners, too;
                 a number at their end tells how often

A step is a command of git, or one of those in ``STEPS``. The project has two commits, each of a file:
login.py on main, token.py on feature/login, which is checked out.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository, Result, Run

from mpm_hooks import rules
from mpm_hooks.finding import ERROR
from mpm_hooks.session import DIRECTORY

HERE = Path(__file__).parent
BAD = sorted(path for path in (HERE / "bad").glob("*/*") if path.is_dir())
GOOD = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())
CODES = [rule.code for rule in rules.catalogue()]
RECIPE = "case.toml"
KEYS = {"places", "before", "after", "folder", "command", "arguments", "environment", "fill"}
DESCRIBED = {
    *(
        "MPM101",
        "MPM102",
        "MPM105",
        "MPM108",
        "MPM301",
        "MPM306",
        "MPM307",
        "MPM308",
        "MPM309",
        "MPM501",
        "MPM914",
        "MPM915",
    ),
    *("MPM217", "MPM508"),
    *("MPM401", "MPM402", "MPM403", "MPM404", "MPM405"),
}
"""Rules whose example is no piece of a file but tells of one."""

ALWAYS = "2026-01-21T09:00:00+0000"
"""When every commit is made, so that each has the same name on any machine."""

STEPS: Mapping[str, Callable[..., object]] = {
    "commit": lambda at, name, *words: at.commit(name, " ".join(words or "1") + "\n", f"Change {name}"),
    "write": lambda at, name, *words: at.write(name, " ".join(words) + "\n"),
    "remove": lambda at, name: (at.path / name).unlink(),
    "mkdir": lambda at, name: (at.path / name).mkdir(),
    "link": lambda at, name, target: (at.path / name).symlink_to(target),
    "pipe": lambda at, name: os.mkfifo(at.path / name),
}


def named(path: Path) -> str:
    return path.relative_to(HERE).as_posix().removeprefix("bad/").removeprefix("good/")


def recipe(case: Path) -> dict[str, Any]:
    """Return what a case says beside its files."""
    path = case / RECIPE
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    assert said.keys() <= KEYS, f"{path}: {said.keys() - KEYS}"
    return said


def contents(case: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a case, each with every word filled in."""
    fill = recipe(case).get("fill", {})
    for path in sorted(path for path in case.rglob("*") if path.is_file() and path.name != RECIPE):
        content = path.read_bytes()
        for word, (*pieces, last) in fill.items():
            text = "".join(pieces) * last if isinstance(last, int) else "".join((*pieces, last))
            content = content.replace(word.encode(), text.encode())
        yield path.relative_to(case).as_posix(), content


def done(project: Repository, steps: str) -> Repository:
    """Do some steps; return the project in which they end."""
    for line in steps.strip().splitlines():
        verb, *words = shlex.split(line)
        if verb == "cd":
            project = Repository(project.path / words[0])
        elif verb == "git":
            project.git(*words)
        else:
            STEPS[verb](project, *words)
    return project


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make room for a project that all cases begin with."""
    return tmp_path_factory.mktemp("made") / "project"


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Make a project with two commits."""
    monkeypatch.setenv("GIT_AUTHOR_DATE", ALWAYS)
    monkeypatch.setenv("GIT_COMMITTER_DATE", ALWAYS)
    if not made.exists():
        made.mkdir()
        begin = "git init -q --template= --object-format=sha1 -b main\nmkdir .git/info\ncommit login.py"
        done(Repository(made), f"{begin}\ngit switch -q -c feature/login\ncommit token.py")
    return Repository(shutil.copytree(made, tmp_path / "project"))


@pytest.fixture
def judge(project: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Result]:
    """Lay a case into the project, and run its command there."""

    def judged(case: Path) -> Result:
        said = recipe(case)
        if "pipe " in said.get("after", "") and not hasattr(os, "mkfifo"):
            pytest.skip("there are no pipes here")
        at = done(project, said.get("before", ""))
        folder = said.get("folder", DIRECTORY)
        for name, content in contents(case):
            at.write(f"{folder}/{name}", content)
        done(at, said.get("after", ""))
        for name, value in ({"USER": "somebody"} | said.get("environment", {})).items():
            monkeypatch.setenv(name, value)
        command = said.get("command", "committed" if case.parent.name.startswith("MPM4") else "check")
        return run(at.path, command, "--format", "json", *said.get("arguments", ()))

    return judged


@pytest.mark.parametrize("case", BAD, ids=named)
def test_a_bad_sample_earns_its_code_and_no_other(case: Path, judge: Callable[[Path], Result]) -> None:
    result = judge(case)
    found = json.loads(result.out)
    rule = rules.find(case.parent.name)
    assert {each["code"] for each in found} == {rule.code}, result
    assert result.status == (rule.severity == ERROR)
    for each in found:
        assert each["severity"] == rule.severity
        assert each["message"]
        assert each["way_out"]
    said = recipe(case)
    folder = said.get("folder", DIRECTORY)
    places = [f"{each['path'].removeprefix(f'{folder}/')}:{each['line']}:{each['column']}" for each in found]
    assert said.get("places", places) == places


@pytest.mark.parametrize("case", GOOD, ids=named)
def test_a_good_sample_has_no_findings(case: Path, judge: Callable[[Path], Result]) -> None:
    result = judge(case)
    assert (json.loads(result.out), result.status) == ([], 0)
    assert not result.err.startswith("0 sessions")


def test_every_rule_has_samples_and_no_other_code_has() -> None:
    assert sorted({case.parent.name for case in BAD}) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_sample_of_every_rule_names_its_places(code: str) -> None:
    assert any(recipe(case).get("places") for case in BAD if case.parent.name == code)


@pytest.mark.parametrize("code", [code for code in CODES if code not in DESCRIBED])
def test_the_example_of_a_page_is_a_sample(code: str) -> None:
    (line, *_) = rules.find(code).example.split("\n")
    said = [
        bare(f"{name}: {content.decode(errors='replace')}")
        for case in BAD
        if case.parent.name == code
        for name, content in contents(case)
    ]
    assert any(bare(line) in each for each in said), line


def bare(text: str) -> str:
    """Return a text without blanks and the brackets around it; what nobody sees is spelt out as on the pages."""
    for sign, spelt in (("\0", r"\0"), ("\r", r"\r"), ("\x85", "<U+0085>")):
        text = text.replace(sign, spelt)
    return re.sub(r"^(?:yaml|md):|\s|^[{]+|[}]+$", "", text)
