"""Every command in the locales and terminals of old: nothing fails for a character, and what is kept is UTF-8."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path

import pytest
from conftest import Repository
from sessions import files, quiet

from mpm_hooks import utf8

pytestmark = pytest.mark.once

SAID = "Größe → 日本"
OLD = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""What makes Python take names for ASCII."""
LOOKS: Sequence[tuple[int, Sequence[str]]] = [
    (0, ["list"]),
    (0, ["list", "--format", "json"]),
    (0, ["list", "--format", "markdown"]),
    (0, ["show"]),
    (0, ["resume"]),
    (0, ["resume", "--format", "markdown"]),
    (0, ["summary", "--base", "main"]),
    (0, ["summary", "--base", "main", "--format", "html"]),
    (0, ["summary", "--base", "main", "--format", "json", "--output-file", "../ü.json"]),
    (1, ["init", "--dry-run"]),
    (0, ["explain", "MPM501"]),
    (0, ["schema"]),
    (0, ["require"]),
    (1, ["prune", "--keep", "1"]),
    (0, ["check", ".", "--format", "sarif"]),
    (0, ["check", ".", "--output-file", "../ü.txt"]),
    (0, ["committed"]),
    (2, ["check", "kein Ümlaut"]),
    (1, ["resume", "ß"]),
    (2, ["explain", "ß"]),
    (0, ["--help"]),
]


@pytest.fixture
def work(repository: Repository) -> Repository:
    """Make a repository where everything has a name of its own language: its directory, its branch, its files."""
    path = repository.path.with_name("Çafé 日本")
    repository.path.rename(path)
    moved = Repository(path)
    moved.git("config", "user.name", "Ånn Exämple")
    moved.git("switch", "-qc", "wörk/é")
    moved.commit("dïr/naïve.txt", message="Ünï → “quoted”")
    if sys.platform == "linux":  # other file systems hold no such name
        Path(os.fsdecode(os.fsencode(path) + b"/b\xe9d.txt")).touch()
    moved.write("dïr/naïve.txt", "2\n")
    moved.write("dïr/ф.txt", "1\n")
    return moved


def call(
    place: Path, surroundings: Mapping[str, str], *words: str | bytes, program: Sequence[str] = (), given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Call ``mpm-hooks`` in other surroundings."""
    unset = {"LANG", "LC_ALL", "LC_CTYPE", "PYTHONIOENCODING", "PYTHONUTF8"}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    command = [sys.executable, *program, "-m", "mpm_hooks", *words]
    done = subprocess.run(
        command, check=False, cwd=place, input=given, capture_output=True, env={**kept, **surroundings}
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("surroundings", "encoding", "part"),
    [
        pytest.param(OLD | {"PYTHONIOENCODING": "ascii"}, "ascii", slice(None), id="C"),
        pytest.param(OLD, "ascii", slice(0, None, 4), id="C, and nothing said of the terminal"),
        pytest.param(OLD | {"PYTHONIOENCODING": "latin-1"}, "latin-1", slice(1, None, 4), id="latin-1"),
        pytest.param({"LANG": "C", "PYTHONIOENCODING": "cp1252"}, "cp1252", slice(2, None, 4), id="cp1252"),
    ],
)
def test_every_command(work: Repository, surroundings: Mapping[str, str], encoding: str, part: slice) -> None:
    done = call(work.path / "dïr", surroundings, "pause", SAID, "--next", "Weiter → ok")
    assert done.returncode == 0, done.stderr
    (taken,) = work.ids
    told = json.loads((work.sessions / f"{taken}.json").read_bytes())
    assert told["conversation"]["primary_task"] == SAID
    assert told["conversation"]["next_steps"] == ["Weiter → ok"]
    assert told["git_context"]["branch"] == "wörk/é"
    assert {"dïr/naïve.txt", "dïr/ф.txt"} <= {each["path"] for each in told["git_context"]["status"]["entries"]}
    shown = done.stdout.decode(encoding)
    assert SAID.encode(encoding, "backslashreplace").decode(encoding) in shown

    work.git("commit", "-qam", "Co-Authored-By: Claude")
    assert call(work.path, surroundings, "pause", "--from", "-", given="message: Ж\n".encode()).returncode == 0
    assert call(work.path, surroundings, "doctor").returncode in (0, 1)  # as this machine is
    for status, words in LOOKS[part]:
        done = call(work.path, surroundings, *words)
        done.stdout.decode(encoding)
        assert (words, done.returncode) == (words, status), done.stderr
    assert work.git("status", "--porcelain", "--", ".claude-mpm") == ""


@pytest.mark.unmeasured
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_fix(work: Repository, encoding: str) -> None:
    contents = files(quiet(conversation={"primary_task": SAID, "summary": SAID, "next_steps": ["→"]}))
    for name, content in contents.items():
        work.write(name, content[:100] if name.endswith("yaml") else content)
    surroundings = OLD | {"PYTHONIOENCODING": encoding}
    assert call(work.path, surroundings, "fix", "--diff").returncode == 1
    assert call(work.path / "dïr", surroundings, "fix").returncode == 1
    assert call(work.path / "dïr", surroundings, "fix").returncode == 0
    done = call(work.path, surroundings, "check")
    assert done.returncode == 0, done.stdout
    for name, content in contents.items():
        assert (work.path / name).read_bytes() == content


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such word")
def test_a_word_in_another_encoding(work: Repository) -> None:
    assert call(work.path, OLD, "pause", b"Gr\xf6\xdfe").returncode == 0
    assert call(work.path, OLD, "check").returncode == 0


def test_python_is_told_once() -> None:
    first = utf8.again(["/x/python", "-m", "mpm_hooks", "list"], "latin-1", {})
    assert first == ["/x/python", "-X", "utf8", "-X", f"{utf8.STDIO}=latin-1", "-m", "mpm_hooks", "list"]
    assert utf8.again(["/x/python", "-m", "mpm_hooks"], "ascii", {"utf8": True, utf8.STDIO: "latin-1"}) is None
    assert utf8.again(["", "-m", "mpm_hooks"], "ascii", {}) is None


def test_nothing_is_done_where_names_are_utf8() -> None:
    before = sys.stdout.encoding if isinstance(sys.stdout, TextIOWrapper) else None
    utf8.settle()
    assert (sys.stdout.encoding if isinstance(sys.stdout, TextIOWrapper) else None) == before


@pytest.mark.skipif(sys.platform == "win32", reason="there Python always reads names as UTF-8")
def test_utf8_mode_switched_off_by_hand(work: Repository) -> None:
    done = call(work.path, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, "pause", SAID, program=["-X", "utf8=0"])
    assert done.returncode == 0, done.stderr
    assert SAID.encode("ascii", "backslashreplace") in done.stdout
