"""The command line as a whole: help, exit statuses, what is imported, and what reaches a terminal."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import files, full

import mpm_hooks
from mpm_hooks import main as line
from mpm_hooks import runner
from mpm_hooks.main import COMMANDS, main


def python(*words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *words],
        check=False,
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | variables,
    )


def test_module_and_version(tmp_path: Path) -> None:
    done = python("-m", "mpm_hooks", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"mpm-hooks {mpm_hooks.__version__}\n")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)
    assert "exit status" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "exit status" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["nothing"], ["check", "--nothing"]])
def test_wrong_use(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(argv)
    assert "usage: mpm-hooks" in capsys.readouterr().err


def test_arguments_are_those_of_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mpm-hooks", "check"])
    assert main() == 0


def test_hook_does_nothing_unless_it_is_asked_for(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(repository.path, "pause", "--hook").out == ""
    repository.write(".pre-commit-config.yaml", "repos: []\n")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert run(repository.path, "pause", "--hook").out == ""
    assert repository.ids == []


@pytest.mark.parametrize(
    ("words", "variables", "paused"),
    [
        pytest.param(["run", "mpm-pause"], {}, True, id="asked for"),
        pytest.param(["run", "mpm-pause"], {"GIT_INDEX_FILE": ".git/index"}, False, id="asked for, but in a commit"),
        pytest.param(["run"], {}, False, id="not asked for"),
    ],
)
def test_hook_under_a_process_that_looks_like_a_runner(
    repository: Repository, tmp_path: Path, words: list[str], variables: dict[str, str], *, paused: bool
) -> None:
    program = tmp_path / "pre-commit"
    call = "[sys.executable, '-m', 'mpm_hooks', 'pause', '--hook']"
    program.write_text(f"import subprocess, sys\nsubprocess.run({call}, check=True)\n", encoding="utf-8")
    done = python(str(program), *words, cwd=repository.path, **variables)
    assert (done.returncode, bool(repository.ids)) == (0, paused)


def test_hook_where_command_lines_are_hidden(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "ancestors", lambda: iter(()))
    monkeypatch.setenv("CI", "1")
    assert run(repository.path, "pause", "--hook").out == ""
    monkeypatch.delenv("CI")
    assert run(repository.path, "pause", "--hook").out.startswith("Session paused")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_the_terminal(repository: Repository, encoding: str) -> None:
    done = python(
        "-m", "mpm_hooks", "pause", "日本語 🚀", cwd=repository.path, PYTHONIOENCODING=encoding, LC_ALL="C.UTF-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert repository.ids


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_interrupted(repository: Repository) -> None:
    (repository.path / ".git/index.lock").touch()
    command = [sys.executable, "-m", "mpm_hooks", "pause"]
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # where tests run in the background, it is ignored
    with subprocess.Popen(
        command,
        cwd=repository.path,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=heed,  # noqa: PLW1509 - there are no threads here
    ) as process:
        while not (repository.path / ".git/mpm-hooks/mark").exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.5)  # it waits for the lock by now; a signal on the way there can end coverage's own tracing
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "mpm-hooks: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no shell to stand in for git")
def test_a_git_that_does_not_work(repository: Repository) -> None:
    repository.write("bin/git", "#!/bin/sh\nexit 134\n").chmod(0o755)
    done = python(
        "-m", "mpm_hooks", "committed", cwd=repository.path, PATH=f"{repository.path}/bin:{os.environ['PATH']}"
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("mpm-hooks: git does not work here: ")


def test_a_reader_that_has_seen_enough(repository: Repository) -> None:
    for name, content in files(*(full(f"session-20260121-{100000 + number}") for number in range(60))).items():
        repository.write(name, content.replace(b"{", b"", 1))
    command = [sys.executable, "-m", "mpm_hooks", "check"]
    with subprocess.Popen(command, cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert b"Broken" not in err


def test_help_in_any_encoding(tmp_path: Path) -> None:
    assert python("-m", "mpm_hooks", "--help", cwd=tmp_path, PYTHONIOENCODING="ascii").returncode == 0


def test_streams_of_another_kind(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(repository.path, "pause").status == 0
    assert stream.getvalue().startswith("Session paused")


def test_session_text_cannot_drive_the_terminal(repository: Repository, run: Run) -> None:
    for name, content in files(full(project_path="/x", paused_at="\x1b[2J\x07 \u202e\u200b \x9b31m")).items():
        repository.write(name, content)
    result = run(repository.path, "check")
    assert result.status == 1
    assert not set(result.out) & set("\x1b\x07\u202e\u200b\x9b")
    assert r"\x1b[2J\x07 \u202e\u200b \x9b31m" in result.out.replace("\\\\", "\\")


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "a.json", "b/c.md"],
        ["committed", "--hook"],
        ["fix"],
        ["fix", "--hook"],
        ["fix", "a.json", "b/c.md"],
        ["fix", "--hook", "a.json"],
        ["pause"],
        ["pause", "Login works", "and more"],
        ["pause", "--hook"],
        ["pause", "--hook", "Login works"],
    ],
)
def test_what_is_called_without_options_is_read_as_argparse_reads_it(words: list[str]) -> None:
    plain, parsed = line._plain(words), line._parsed(words)  # noqa: SLF001 - two ways that must be one
    assert plain is not None
    told = {key: tuple(value) if isinstance(value, list) else value for key, value in vars(parsed).items()}
    assert told == {key: tuple(value) if isinstance(value, list) else value for key, value in vars(plain).items()}
    assert line._plain([*words, "--exit-zero"]) is None  # noqa: SLF001 - …


@pytest.mark.parametrize("words", [[], ["list"], ["committed"], ["committed", "--hook", "a"], ["check", "--hook"]])
def test_what_no_commit_calls_is_left_to_argparse(words: list[str]) -> None:
    assert line._plain(words) is None  # noqa: SLF001 - it decides what a commit waits for


def test_a_pause_that_is_switched_off_says_so_outside_of_a_commit(tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "GIT_INDEX_FILE"} | {"MPM_HOOKS": "0"}
    command = [sys.executable, "-m", "mpm_hooks", "pause", "--hook"]
    done = subprocess.run(command, check=True, cwd=tmp_path, env=variables, capture_output=True, encoding="utf-8")
    assert done.stderr == "mpm-hooks: MPM_HOOKS=0: nothing done\n"
