"""Help and messages stay as they are, completion completes, and ``MPM_HOOKS=0`` switches off what runs by itself.

Help and messages are compared with tests/snapshots. To write those anew: ``MPM_HOOKS_SNAPSHOTS=write`` in the
environment of this test, or ``nox -s record``; then read the difference.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Repository, Run
from pages import steady
from sessions import files, full, quiet

from mpm_hooks import completion, main, usage
from mpm_hooks.commands import check
from mpm_hooks.main import COMMANDS
from mpm_hooks.session import DIRECTORY

SNAPSHOTS = Path(__file__).resolve().parent / "snapshots"
IS_WRITTEN = os.environ.get("MPM_HOOKS_SNAPSHOTS") == "write"
TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


def held(name: str, text: str) -> None:
    """Compare a text with what was written down of it."""
    path = SNAPSHOTS / f"{name}.txt"
    if IS_WRITTEN:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "is that better? then: MPM_HOOKS_SNAPSHOTS=write"


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("MPM_HOOKS", "PRE_COMMIT", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.once  # argparse lays help out in another way in each Python
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main.main([*filter(None, [command]), "--help"])
    held(f"help/{command or 'mpm-hooks'}", capsys.readouterr().out)


def test_there_is_no_snapshot_of_what_is_gone() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("help/*")} == {"mpm-hooks", *COMMANDS}
    assert {path.stem for path in SNAPSHOTS.glob("messages/*")} == set(SCENES)


@dataclass(frozen=True)
class Scene:
    """Commands, and what was done before."""

    commands: Sequence[Sequence[str]]
    before: Callable[[Repository], object] = lambda _: None


def _paused(repository: Repository) -> None:
    for name, content in files(full()).items():
        repository.write(name, content)
    repository.git("add", ".")
    repository.git("commit", "--quiet", "-m", "Pause")


def _broken(repository: Repository) -> None:
    for name, content in files(full()).items():
        if not name.endswith((".md", ".txt")):
            repository.write(name, content.replace(b'"version"', b'"version" '))
    repository.write(f"{DIRECTORY}/session-20260121.json", "{}\n")


def _told(repository: Repository) -> None:
    """Keep a secret in the json alone, at the end of a text that is too long to be shown."""
    for name, content in files(full()).items():
        told = content.replace(b'"summary": "', f'"summary": "{"x" * 30} {TOKEN} '.encode())
        repository.write(name, told if name.endswith(".json") else content)


def _merging(repository: Repository) -> None:
    repository.git("switch", "--quiet", "-c", "other")
    repository.commit("kept.txt", "two\n", "Two")
    repository.git("switch", "--quiet", "main")
    repository.commit("kept.txt", "three\n", "Three")
    repository.git("merge", "other", check=False)


def _ignored(repository: Repository) -> None:
    _paused(repository)
    repository.git("rm", "-r", "--quiet", "--cached", ".claude-mpm")
    repository.commit(".gitignore", ".claude-mpm/\n", "Ignore")


def _misset(repository: Repository) -> None:
    repository.write("pyproject.toml", '[tool.mpm-hooks]\nignroe = ["MPM9"]\nclaude = "no"\n')


SCENES = {
    "check": Scene([["check"], ["check", "--select", "MPM2"]], _broken),
    "check-clean": Scene([["check"]]),
    "check-secret": Scene([["check"]], _told),
    "check-settings": Scene([["check"]], _misset),
    "check-wrong-use": Scene([["check", "nothing.json"], ["check", "--select", "MPM777"], ["explain", "MPM777"]]),
    "committed": Scene([["committed"]], _ignored),
    "fix": Scene([["fix", "--diff"], ["fix"], ["fix"]], _broken),
    "init": Scene([["init"], ["init", "--yes"], ["init", "--yes"], ["init", "--remove", "--yes"]]),
    "pause": Scene([["pause", "--no-claude", "Login works"], ["pause", "--discard"], ["pause", "--finalize"]]),
    "pause-ignored": Scene([["pause", "--no-claude"]], _ignored),
    "pause-in-a-merge": Scene([["pause", "--no-claude"]], _merging),
    "resume": Scene([["list"], ["show", "1"], ["resume", "2019"], ["resume", "--format", "markdown"]], _paused),
    "resume-nothing": Scene([["list"], ["show"], ["resume"], ["resume", "--notice"]]),
    "summary-nothing": Scene([["summary"], ["summary", "--base", "nothing"]]),
}


@pytest.mark.once
@pytest.mark.skipif(os.name == "nt", reason="programs and paths have other names there")
@pytest.mark.parametrize("name", SCENES)
def test_messages(name: str, repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pre-commit").touch(0o755)  # what is to be done next depends on what is installed
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path / "bin"), os.environ["PATH"])))
    SCENES[name].before(repository)
    held(f"messages/{name}", "\n".join(_shown(repository, run, SCENES[name].commands)))


def _shown(repository: Repository, run: Run, commands: Sequence[Sequence[str]]) -> Iterator[str]:
    for words in commands:
        done = run(repository.path, *words)
        yield f"$ mpm-hooks {' '.join(words)}"
        for stream in (done.out, done.err):
            if stream:
                yield steady(stream.replace(str(repository.path), "~/work")).rstrip("\n")
        yield f"[{done.status}]\n"


def test_no_message_has_a_part_of_a_secret(repository: Repository, run: Run) -> None:
    _told(repository)
    done = run(repository.path, "check")
    assert "MPM303" in done.out
    assert "MPM501" in done.out
    assert TOKEN[:12] not in done.out + done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_in_narrow_terminals_keeps_examples(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with pytest.raises(SystemExit, match="0"):
        main.main([command, "--help"])
    lines = capsys.readouterr().out.split("\n")
    assert {f"  {example}" for example, _ in usage.EXAMPLES[command]} <= {*lines}


HOOK_CALLS = [
    pytest.param(["pause", "--hook"], {}, id="pause"),
    pytest.param(["fix", "--hook"], {}, id="fix"),
    pytest.param(["pause", "--auto"], {}, id="of Claude Code, at its end"),
    pytest.param(["resume", "--notice"], {}, id="of Claude Code, at its start"),
    pytest.param(["check", f"{DIRECTORY}/x.json"], {"PRE_COMMIT": "1"}, id="check under a runner"),
    pytest.param(["check"], {"GIT_INDEX_FILE": ".git/index"}, id="check in a commit"),
]


@pytest.mark.parametrize("value", ["0", "false", "No", "OFF"])
@pytest.mark.parametrize(("words", "variables"), HOOK_CALLS)
def test_hooks_are_switched_off(
    repository: Repository,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    variables: dict[str, str],
    value: str,
) -> None:
    _broken(repository)
    for key, each in ({"MPM_HOOKS": value} | variables).items():
        monkeypatch.setenv(key, each)
    done = run(repository.path, *words)
    assert (done.status, done.out, done.err) == (0, "", f"mpm-hooks: MPM_HOOKS={value}: nothing done\n")


@pytest.mark.parametrize("value", ["", "1", "true", "nonsense"])
def test_other_values_switch_nothing_off(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    _broken(repository)
    monkeypatch.setenv("MPM_HOOKS", value)
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert run(repository.path, "check").status == 1


@pytest.mark.parametrize("words", [["check"], ["committed"], ["fix", "--diff"]])
def test_what_is_typed_works_on(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    _broken(repository)
    monkeypatch.setenv("MPM_HOOKS", "0")
    assert run(repository.path, *words).status == 1


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_code_for_the_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main.main(["--completion", shell])
    assert "mpm-hooks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mpm-hooks ", set(COMMANDS)),
        ("mpm-hooks com", {"committed "}),
        ("mpm-hooks check --f", {"--format "}),
        ("mpm-hooks check --format ", {"text", "json", "github", "sarif"}),
        ("mpm-hooks show 2026", {"20260121-100000 "}),
        ("mpm-hooks explain MPM99", set()),
        ("mpm-hooks explain MPM101", {"MPM101 "}),
    ],
)
def test_completion(repository: Repository, tmp_path: Path, line: str, offered: set[str]) -> None:
    _paused(repository)
    variables = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(tmp_path / "offered"),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    command = [sys.executable, "-m", "mpm_hooks"]
    done = subprocess.run(command, check=False, cwd=repository.path, env=os.environ | variables, capture_output=True)
    assert done.returncode == 0
    assert set(filter(None, (tmp_path / "offered").read_text(encoding="utf-8").split("\n"))) == offered


def test_completion_without_its_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "argcomplete", None)  # as Python keeps what cannot be imported
    assert main.main(["--completion", "bash"]) == 3
    assert "pip install 'mpm-hooks[completion]'" in capsys.readouterr().err


@pytest.mark.once
@pytest.mark.unmeasured
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "words",
    [["check"], ["list"], ["show"], ["resume"], ["fix"], ["summary"], ["init", "--dry-run"], ["explain", "MPM101"]],
)
def test_any_locale(repository: Repository, words: list[str], encoding: str) -> None:
    """No locale and no encoding is a reason to fail, and what the terminal lacks is spelled out."""
    content = files(full(conversation={"summary": "日本語 🚀 naïve", "primary_task": "日本語 🚀 naïve"}))
    for name, each in content.items():
        repository.write(name, each)
    repository.git("add", ".")
    repository.git("commit", "--quiet", "-m", "Pausé 日本")
    variables = {
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    command = [sys.executable, "-m", "mpm_hooks", *words]
    done = subprocess.run(command, check=False, cwd=repository.path, env=os.environ | variables, capture_output=True)
    assert done.returncode in {0, 1}, done.stderr
    assert b"Traceback" not in done.stderr
    done.stdout.decode(encoding)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("patience", "told"),
    [(0, "2 of 5 sessions\r\x1b[K4 of 5 sessions\r\x1b[K"), (3600, "")],
)
def test_long_checks_say_how_far_they_are(patience: float, told: str) -> None:
    stream = Terminal()
    answers = check.watched(map, len, [["a", "b"], ["c", "d"], ["e"]], stream=stream, patience=patience)
    assert list(answers) == [2, 2, 1]
    assert stream.getvalue() == told


def test_a_check_of_many_sessions_on_a_terminal_finds_the_same(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(250):
        for name, content in files(quiet(f"session-20260121-{100000 + number // 60 * 100 + number % 60}")).items():
            repository.write(name, content)
    monkeypatch.chdir(repository.path)
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert main.main(["check"], is_alone=True) == 0
    assert stream.getvalue().rpartition("\x1b[K")[2] == "250 sessions looked at\n"  # a slow machine says more before
