"""What a command costs beside its own work: the modules that it loads, and the processes of git that it starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository
from sessions import ID, files, quiet

from mpm_hooks.session import DIRECTORY

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no shell to stand in for git"),
]

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
GENUINE = Path(__file__).parent / "genuine"
IN_COMMIT = {"GIT_INDEX_FILE": ".git/index"}

# GitPython is for `init` alone; the metadata of packages, and everything for networks and logs, for nobody.
NEVER = frozenset(
    {"git", "importlib.metadata", "pkg_resources", "logging", "socket", "ssl", "asyncio", "typing_extensions"}
)
# Each takes a tenth of the time that a check takes, or more.
SLOW = frozenset(
    {
        *("argparse", "collections", "contextlib", "dataclasses", "datetime", "enum", "functools", "inspect", "json"),
        *("pathlib", "re", "subprocess", "types", "typing", "yaml"),
    }
)

# What a pause does without; each takes as long as to write a session, or longer.
HEAVY = frozenset(
    {
        *("argparse", "ast", "configparser", "dataclasses", "hashlib", "inspect", "shutil", "subprocess", "tempfile"),
        *("tomllib", "typing", "yaml"),
    }
)

SHIM = """\
#!/bin/sh
asked() { while [ "${1#-}" != "$1" ]; do shift 2; done; echo "$1"; }
asked "$@" >> "$COUNTED"
exec "$REAL_GIT" "$@"
"""


def clean(repository: Repository) -> None:
    """Commit a session of ours that says little."""
    for name, content in files(quiet(generator="mpm-hooks")).items():
        repository.write(name, content)
    repository.write(".pre-commit-config.yaml", "repos: []\n")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "session")


def busy(repository: Repository) -> None:
    """Work on a branch: a commit, staged, unstaged and untracked changes."""
    clean(repository)
    repository.git("switch", "--quiet", "-c", "work")
    repository.commit("work.txt", "1\n")
    repository.write("work.txt", "2\n")
    repository.git("add", "work.txt")
    repository.write("kept.txt", "changed\n")
    repository.write("new.txt", "new\n")


def paused(repository: Repository) -> None:
    """Take a session that claims commits and files."""
    busy(repository)
    subprocess.run([sys.executable, "-m", "mpm_hooks", "pause"], check=True, cwd=repository.path, capture_output=True)


def with_a_directory(repository: Repository) -> None:
    busy(repository)
    repository.write("new/directory.txt", "new\n")


def parted(repository: Repository) -> None:
    busy(repository)
    repository.git("stash", "--quiet")
    repository.git("switch", "--quiet", "main")
    repository.commit("theirs.txt")
    repository.git("switch", "--quiet", "work")


def squashed(repository: Repository) -> None:
    parted(repository)
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--squash", "work")
    repository.git("commit", "--quiet", "-m", "work")
    repository.git("switch", "--quiet", "work")


@pytest.mark.parametrize(
    ("words", "variables", "absent"),
    [
        pytest.param(["pause", "--hook"], IN_COMMIT, {"io", *SLOW}, id="pause in a commit"),
        pytest.param(["pause", "--hook"], {}, {"io", *SLOW}, id="pause in a run of all hooks"),
        pytest.param(["check", f"{DIRECTORY}/{ID}.json"], {}, SLOW, id="check"),
        pytest.param(["committed", "--hook"], IN_COMMIT, {"tempfile", *SLOW}, id="committed"),
        pytest.param(["pause", "Halfway"], {}, HEAVY, id="pause"),
        pytest.param(["fix", "--hook", f"{DIRECTORY}/{ID}.json"], {}, SLOW, id="fix"),
        pytest.param(["list"], {}, {"subprocess"}, id="list"),
        pytest.param(["summary", "--base", "main~1"], {}, {"github"}, id="summary"),
        pytest.param(["explain", "MPM203"], {}, {"yaml", "subprocess"}, id="explain"),
    ],
)
def test_nothing_is_imported_that_is_not_needed(
    repository: Repository, words: list[str], variables: dict[str, str], absent: set[str]
) -> None:
    clean(repository)
    status, modules = loaded(repository, words, variables)
    assert status == 0
    assert not modules & {*NEVER, *absent}


@pytest.mark.parametrize("sample", ["4.21.0/clean", "5.6.48/clean-empty-message", "6.5.83/clean"])
def test_nor_is_for_what_is_usual_in_sessions_of_claude_mpm(repository: Repository, sample: str) -> None:
    for path in (GENUINE / sample).glob("session-*"):
        repository.write(f"{DIRECTORY}/{path.name}", path.read_bytes())
    status, modules = loaded(repository, ["check", DIRECTORY], {})
    assert status == 0
    assert not modules & {*NEVER, *SLOW}


def loaded(repository: Repository, words: list[str], variables: dict[str, str]) -> tuple[int, set[str]]:
    """Run a command in a process of its own; return its exit status, and the modules that it has loaded."""
    program = (
        "import sys; sys.argv[0] = 'mpm-hooks'; before = {*sys.modules};"
        " from mpm_hooks import main; status = 0 if main._is_idle(sys.argv[1:]) else main.main(is_alone=True);"
        " print('\\n!', status, *({*sys.modules} - before))"
    )
    # Coverage imports what it needs itself, before.
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        check=True,
        cwd=repository.path,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **variables},
    )
    status, *modules = done.stdout.partition("\n! ")[2].split()
    return int(status), {*modules}


GITS = [
    ("check FILES", paused, ["check", DIRECTORY], {}),
    ("committed --hook", clean, ["committed", "--hook"], IN_COMMIT),
    ("pause --hook, in a commit or a run of all hooks", busy, ["pause", "--hook"], IN_COMMIT),
    ("pause", busy, ["pause", "Halfway"], {}),
    ("pause", with_a_directory, ["pause", "Halfway"], {}),
    ("pause", parted, ["pause", "Halfway"], {}),
    ("pause, of a branch that was squashed into its base", squashed, ["pause", "Halfway"], {}),
    ("pause --no-commit", busy, ["pause", "--no-commit"], {}),
    ("fix", paused, ["fix"], {}),
    ("explain", clean, ["explain", "MPM203"], {}),
]


@pytest.mark.parametrize(
    ("row", "prepare", "words", "variables"), GITS, ids=[f"{row}, {prepare.__name__}" for row, prepare, _, _ in GITS]
)
def test_processes_of_git_are_those_that_the_page_gives_a_reason_for(
    repository: Repository,
    tmp_path: Path,
    row: str,
    prepare: Callable[[Repository], None],
    words: list[str],
    variables: dict[str, str],
) -> None:
    prepare(repository)
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    shim.write_text(SHIM, encoding="utf-8")
    shim.chmod(0o755)
    counted = tmp_path / "counted"
    counted.touch()
    told = {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "REAL_GIT": shutil.which("git") or "",
        "COUNTED": str(counted),
    }
    subprocess.run(
        [sys.executable, "-m", "mpm_hooks", *words],
        check=True,
        cwd=repository.path,
        capture_output=True,
        env={**os.environ, **variables, **told},
    )
    rows = re.findall(r"^\| `?([^|`]+)`?([^|]*) \| (\d+) \|([^|]*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    given = {f"{command}{rest}": sorted(re.findall(r"`([\w-]+)`", gits)) for command, rest, _, gits in rows}
    assert sorted(counted.read_text(encoding="utf-8").split()) == given[row]
    assert all(int(number) == len(given[f"{command}{rest}"]) for command, rest, number, _ in rows)
