"""Pauses at the same time, beside each other and beside the user's own git: nothing is lost, nothing is left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Repository, Run

from mpm_hooks import commit, session, turn
from mpm_hooks.session import DIRECTORY, FORMS, POINTER

pytestmark = [pytest.mark.once, pytest.mark.unmeasured]

SIXTEEN = 16
SIGNALS = (signal.SIGINT, signal.SIGTERM)

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(session.__file__).parents[1]))


def begun(directory: Path, *argv: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mpm_hooks", "pause", "--no-claude", *argv]
    return subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    )


def ended(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Wait for processes; return the status and what was said of each."""
    said = [process.communicate() for process in processes]
    return [(process.returncode, "".join(each)) for process, each in zip(processes, said, strict=True)]


def messages(repository: Repository) -> list[str]:
    """Return the messages of the sessions, oldest first."""
    texts = [(repository.sessions / f"{each}.json").read_text(encoding="utf-8") for each in repository.ids]
    return [json.loads(text)["conversation"]["summary"] for text in texts]


def check_sessions(repository: Repository, number: int) -> None:
    """Hold that there are so many sessions, each whole, with a pointer to the newest, and nothing else."""
    ids = repository.ids
    assert len(ids) == number
    names = {f"{each}.{form}" for each in ids for form in FORMS} | {POINTER}
    assert {path.name for path in repository.sessions.iterdir()} == names
    pointer = (repository.sessions / POINTER).read_text(encoding="utf-8")
    assert pointer.startswith(f"Latest Session: {ids[-1]}\n")


def leftovers(directory: Path) -> list[str]:
    """Return what a pause may leave only while it runs."""
    patterns = ("mpm-hooks*", ".mpm-hooks*", "*.lock")
    return sorted(str(path) for pattern in patterns for path in directory.rglob(pattern))


def pauses(repository: Repository) -> list[str]:
    """Return the commits of pauses, oldest first."""
    return repository.git("log", "--reverse", "--format=%H", "--grep=^session: pause at ").split()


def check_commits(repository: Repository) -> None:
    """Hold that each commit of a pause has one session and the pointer to it, and that git finds no fault."""
    for sha, each in zip(pauses(repository), repository.ids, strict=True):
        changed = repository.git("show", "--format=", "--name-only", sha).split()
        assert changed == [f"{DIRECTORY}/{name}" for name in (POINTER, *(f"{each}.{form}" for form in sorted(FORMS)))]
        assert f"Session ID: {each}" in repository.git("show", "-s", "--format=%B", sha)
        assert repository.git("show", f"{sha}:{DIRECTORY}/{POINTER}").startswith(f"Latest Session: {each}\n")
    assert repository.git("fsck", "--strict", "--no-dangling") == ""
    assert leftovers(repository.path) == []


# At once


def test_sixteen_at_once(repository: Repository, run: Run) -> None:
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    repository.write("kept.txt", "two\n")
    results = ended([begun(repository.path, f"Pause {number}") for number in range(SIXTEEN)])
    assert [said for status, said in results if status] == []
    check_sessions(repository, SIXTEEN)
    check_commits(repository)
    assert sorted(messages(repository)) == sorted(f"Pause {number}" for number in range(SIXTEEN))
    assert repository.git("rev-list", "--count", "HEAD") == f"{SIXTEEN + 1}\n"
    assert repository.git("status", "--porcelain") == " M kept.txt\nA  staged.txt\n"
    assert run(repository.path, "check").err == "16 sessions looked at\n"


def test_sixteen_at_once_outside_of_git(tmp_path: Path, run: Run) -> None:
    outside = Repository(tmp_path / "notes")
    outside.path.mkdir()
    results = ended([begun(outside.path, f"Pause {number}") for number in range(SIXTEEN)])
    assert [said for status, said in results if status] == []
    check_sessions(outside, SIXTEEN)
    assert sorted(messages(outside)) == sorted(f"Pause {number}" for number in range(SIXTEEN))
    assert leftovers(outside.path) == []
    assert run(outside.path, "check").err == "16 sessions looked at\n"


def test_sixteen_at_once_without_a_commit(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    results = ended([begun(repository.path, "--no-commit", f"Pause {number}") for number in range(SIXTEEN)])
    assert [said for status, said in results if status] == []
    check_sessions(repository, SIXTEEN)
    assert sorted(messages(repository)) == sorted(f"Pause {number}" for number in range(SIXTEEN))
    assert (repository.git("rev-parse", "HEAD"), repository.git("status", "--porcelain")) == (head, "?? .claude-mpm/\n")
    assert leftovers(repository.path) == []


def test_beside_the_commits_of_the_user(repository: Repository, run: Run) -> None:
    written: dict[str, str] = {}
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            number += 1
            name = f"work/{number}.txt"
            repository.write(name, f"{number}\n")
            command = ["git", "commit", "-qm", f"Work {number}"]
            added = subprocess.run(["git", "add", name], cwd=repository.path, check=False, capture_output=True)
            if added.returncode == 0:
                done = subprocess.run(command, cwd=repository.path, check=False, capture_output=True)
                if done.returncode == 0:
                    written[f"Work {number}"] = name

    worker = threading.Thread(target=work)
    worker.start()
    try:
        results = ended([begun(repository.path, f"Pause {number}") for number in range(8)])
    finally:
        over.set()
        worker.join()
    refused = [said for status, said in results if status]
    assert all("nothing was written" in said for said in refused)
    check_sessions(repository, 8 - len(refused))
    check_commits(repository)
    assert written
    subjects = repository.git("log", "--format=%s").splitlines()
    assert {subject for subject in subjects if subject.startswith("Work ")} == set(written)
    for name in written.values():
        assert repository.git("show", f"HEAD:{name}") == (repository.path / name).read_text(encoding="utf-8")
    assert repository.git("diff", "HEAD", "--", *written.values()) == ""
    assert run(repository.path, "check").status == 0


# The turn


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let another process have the turn, until it is told to end."""
    script = "import sys; from pathlib import Path; from mpm_hooks import turn\n"
    script += "with turn.taken(Path(sys.argv[1])):\n    print(flush=True)\n    sys.stdin.read()"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_turn_that_does_not_end(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "_PATIENCE", 0.1)
    with held(repository.path / ".git/mpm-hooks.turn"):
        result = run(repository.path, "pause")
        assert (result.status, result.err) == (
            3,
            "mpm-hooks: another pause is running here and does not end; nothing was written\n",
        )
        assert not (repository.path / ".claude-mpm").exists()
    assert run(repository.path, "pause").status == 0
    assert leftovers(repository.path) == []


def test_a_turn_ends_with_its_process(tmp_path: Path) -> None:
    with held(tmp_path / "turn") as other:
        threading.Timer(0.2, other.kill).start()
        with turn.taken(tmp_path / "turn"):
            assert other.wait() != 0
    assert list(tmp_path.iterdir()) == []


def test_a_turn_file_that_is_removed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def removing(path: Path, flags: int, mode: int) -> int:
        monkeypatch.setattr(os, "open", opened)
        handle = opened(path, flags, mode)
        path.unlink()
        return handle

    monkeypatch.setattr(os, "open", removing)
    with turn.taken(tmp_path / "turn"):
        assert (tmp_path / "turn").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_place_for_no_turn(repository: Repository, run: Run) -> None:
    (repository.path / ".git/mpm-hooks.turn").mkdir()
    result = run(repository.path, "pause")
    assert result.status == 3
    assert "mpm-hooks.turn: Is a directory; nothing was written" in result.err
    assert not (repository.path / ".claude-mpm").exists()


def test_a_signal_finds_nothing_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    kept = {each: signal.signal(each, lambda number, _: heard.append(number)) for each in SIGNALS}
    try:
        with turn.undisturbed():
            for each in SIGNALS:
                signal.raise_signal(each)
        assert heard == []
        monkeypatch.delattr(signal, "SIGHUP", raising=False)  # as on Windows
        with turn.undisturbed():
            signal.raise_signal(signal.SIGTERM)
        for each in SIGNALS:
            signal.raise_signal(each)
        assert heard == list(SIGNALS)
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)


# Another git is at work


@pytest.mark.parametrize("name", ["index.lock", "HEAD.lock"])
def test_a_lock_that_another_git_holds(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(commit, "_LOCK_PATIENCE", 0.1)
    repository.write(f".git/{name}", "")
    head, listing = repository.git("rev-parse", "HEAD"), repository.git("ls-files", "--stage")
    result = run(repository.path, "pause")
    assert result.status == 3
    assert f"another git holds {repository.path}/.git/{name}; if none is running, delete what it left" in result.err
    assert not (repository.path / ".claude-mpm").exists()
    assert (repository.git("rev-parse", "HEAD"), repository.git("ls-files", "--stage")) == (head, listing)
    assert leftovers(repository.path) == [str(repository.path / ".git" / name)]
    (repository.path / ".git" / name).unlink()
    assert run(repository.path, "pause").status == 0


def test_a_lock_that_is_let_go(repository: Repository, run: Run) -> None:
    lock = repository.write(".git/index.lock", "")
    threading.Timer(0.8, lock.unlink).start()
    assert run(repository.path, "pause").status == 0
    check_sessions(repository, 1)
    check_commits(repository)


def signer(repository: Repository, *lines: str) -> None:
    """Let git sign with a program that does this first, while the commit is made and not yet published."""
    script = [
        "#!/bin/sh",
        "said=$(cat)",
        *lines,
        "printf '\\n[GNUPG:] SIG_CREATED \\n' >&2",
        "echo '-----BEGIN PGP SIGNATURE-----'",
        "echo '-----END PGP SIGNATURE-----'",
    ]
    path = repository.write(".git/signer", "\n".join(script) + "\n")
    path.chmod(0o755)
    repository.git("config", "commit.gpgSign", "true")
    repository.git("config", "gpg.program", str(path))


MOVE = 'git update-ref HEAD "$(git -c commit.gpgSign=false commit-tree -p HEAD -m Meanwhile HEAD^{tree})"'


@posix
def test_the_branch_moves_while_the_commit_is_made(repository: Repository, run: Run) -> None:
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    signer(repository, f"mkdir .git/once 2>/dev/null && {MOVE}")
    assert run(repository.path, "pause", "Mine").status == 0
    assert repository.git("log", "--format=%s").split("\n")[1:] == ["Meanwhile", "Begin", ""]
    assert repository.git("status", "--porcelain") == "A  staged.txt\n"
    check_sessions(repository, 1)
    check_commits(repository)


@posix
def test_the_branch_moves_again_and_again(repository: Repository, run: Run) -> None:
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    signer(repository, MOVE)
    result = run(repository.path, "pause", "Mine")
    assert result.status == 3
    assert "the session cannot be committed: fatal: update_ref failed" in result.err
    assert "nothing was written" in result.err
    assert repository.git("log", "--format=%s").split() == ["Meanwhile", "Meanwhile", "Begin"]
    assert repository.git("status", "--porcelain") == "A  staged.txt\n"
    assert leftovers(repository.path) == []


@posix
def test_a_file_of_somebody_else_takes_the_name(repository: Repository, run: Run) -> None:
    named = "$(echo \"$said\" | sed -n 's/^Session ID: //p')"
    signer(repository, f'mkdir .git/once 2>/dev/null && echo mine > "{DIRECTORY}/{named}.md"')
    assert run(repository.path, "pause").status == 0
    (taken,) = repository.ids
    (theirs,) = [path for path in repository.sessions.glob("*.md") if path.stem != taken]
    assert theirs.read_text(encoding="utf-8") == "mine\n"
    assert theirs.stem < taken
    assert repository.git("status", "--porcelain") == f"?? {DIRECTORY}/{theirs.name}\n"
    check_commits(repository)


@posix
def test_git_is_killed_when_it_has_moved_the_branch(repository: Repository, run: Run) -> None:
    hook = '#!/bin/sh\n[ "$1" = committed ] && kill -9 "$PPID"\nexit 0\n'
    repository.write(".git/hooks/reference-transaction", hook).chmod(0o755)
    result = run(repository.path, "pause")
    (repository.path / ".git/hooks/reference-transaction").unlink()
    assert (result.status, repository.git("status", "--porcelain")) == (0, "")
    check_sessions(repository, 1)
    check_commits(repository)


# What a pause left that was killed


def test_what_a_killed_pause_left_is_cleared_away(repository: Repository, run: Run) -> None:
    mark = repository.write(".git/mpm-hooks/mark", "mpm-hooks pause\n")
    os.link(mark, repository.path / ".git/index.lock")
    repository.write(".git/mpm-hooks.turn", "")
    whole, part = "session-20260121-100000", "session-20260121-100001"
    assert run(repository.path, "pause", "--no-commit").status == 0
    (taken,) = repository.ids
    for form in FORMS:
        text = (repository.sessions / f"{taken}.{form}").read_text(encoding="utf-8").replace(taken, whole)
        copy = repository.write(f"{DIRECTORY}/.mpm-hooks-1-{whole}.{form}", text)
        os.link(copy, repository.sessions / f"{whole}.{form}")
    os.link(repository.write(f"{DIRECTORY}/.mpm-hooks-1-{part}.md", "part"), repository.sessions / f"{part}.md")
    result = run(repository.path, "pause")
    assert result.status == 0
    assert f"An earlier pause was interrupted before its commit: git add {DIRECTORY}/{whole}.*" in result.out
    check_sessions(repository, 3)
    assert leftovers(repository.path) == []


def test_a_pause_that_was_killed_when_it_had_committed(repository: Repository, run: Run) -> None:
    run(repository.path, "pause")
    for form in FORMS:
        name = f"{repository.ids[0]}.{form}"
        os.link(repository.sessions / name, repository.sessions / f".mpm-hooks-1-{name}")
    result = run(repository.path, "pause")
    assert (result.status, "interrupted" in result.out) == (0, False)
    check_sessions(repository, 2)
    check_commits(repository)


def test_a_folder_that_cannot_be_written(repository: Repository, run: Run) -> None:
    repository.write(".git/mpm-hooks", "mine")
    result = run(repository.path, "pause")
    assert result.status == 3
    assert "Not a directory; nothing was written" in result.err
    assert not (repository.path / ".claude-mpm").exists()
