"""Work that processes share is done as by one: the same results in the same order, whatever befalls one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
from conftest import Repository, Run
from sessions import files, full

from mpm_hooks import hands
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="work is not shared here"),
]

MANY = 290
"""Sessions that are enough to be shared."""

# Two processes, wherever this runs; a process that says so listens to SIGINT, be it started in the background.
BEGIN = """\
import os, signal, sys, time
from mpm_hooks import hands, main
hands.processors = lambda: 2
signal.signal(signal.SIGINT, signal.default_int_handler)
ours = os.getpid()
"""
PLACE = str(Path(hands.__file__).parents[1])


@contextmanager
def started(program: str, cwd: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program of two processes or more, in a group of their own."""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + dedent(program), *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": PLACE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:  # the test has failed, and need not wait
                os.killpg(process.pid, signal.SIGKILL)


def is_there(group: int) -> bool:
    """Tell whether any process of a group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def check_that_none_is_left(process: subprocess.Popen[str]) -> None:
    """Hold that a program has ended and all processes that it began with it, but a git that is just ending."""
    process.wait(timeout=60)
    end = time.monotonic() + 20
    while is_there(process.pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_there(process.pid)


def done(program: str, cwd: Path, *words: str) -> tuple[int, str, str]:
    """Run a program; return its status and what it said."""
    with started(program, cwd, *words) as process:
        out, err = process.communicate(timeout=60)
        check_that_none_is_left(process)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("tasks", "processes", "at_work"), [(0, 4, 0), (1, 4, 1), (5, 1, 1), (5, 2, 2), (5, 3, 3), (5, 9, 5)]
)
def test_results_come_in_order_and_each_process_has_its_share(
    tmp_path: Path, tasks: int, processes: int, at_work: int
) -> None:
    program = f"""\
        found = list(hands.mapped(lambda task: [task, os.getpid()], range({tasks}), {processes}))
        print([task for task, _ in found], len(set(process for _, process in found)))
        """
    assert done(program, tmp_path) == (0, f"{list(range(tasks))} {at_work}\n", "")


def test_results_that_fill_every_pipe(tmp_path: Path) -> None:
    program = """\
        found = list(hands.mapped(lambda task: "\\ud83d" * 100_000 + str(task), range(20), 4))
        print([len(text) for text in found] == [100_001] * 10 + [100_002] * 10, found[7][-1])
        """
    assert done(program, tmp_path) == (0, "True 7\n", "")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(3)", "1 / 0"])
def test_what_another_process_does_not_hand_over_is_done_here(tmp_path: Path, end: str) -> None:
    program = f"""\
        def do(task):
            if os.getpid() != ours and task == 3:
                {end}
            return [task, os.getpid() == ours]
        print(list(hands.mapped(do, range(6), 2)))
        """
    here = [[0, True], [1, False], [2, True], [3, True], [4, True], [5, True]]
    assert done(program, tmp_path) == (0, f"{here}\n", "")


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    program = """\
        for found in hands.mapped(lambda task: [6 // (task - 3)], range(6), 2):
            print(found, flush=True)
        """
    status, out, err = done(program, tmp_path)
    assert (status, out, err.count("Traceback")) == (1, "[-2]\n[-3]\n[-6]\n", 1)


def test_who_has_seen_enough_waits_for_nobody(tmp_path: Path) -> None:
    program = """\
        shared = hands.mapped(lambda task: time.sleep(100) if task else ["first"], range(6), 4)
        print(next(shared))
        shared.close()
        """
    assert done(program, tmp_path) == (0, "['first']\n", "")


@pytest.mark.parametrize("is_for_all", [True, False], ids=["of a terminal", "of the first process alone"])
def test_interrupted(tmp_path: Path, *, is_for_all: bool) -> None:
    program = """\
        def do(task):
            os.write(1, b"at work\\n")
            for _ in range(1000):
                time.sleep(0.1)  # a signal on the way to a sleep does not end it
        list(hands.mapped(do, range(6), 3))
        """
    with started(program, tmp_path) as process:
        assert process.stdout
        assert [process.stdout.readline() for _ in range(3)] == ["at work\n"] * 3
        (os.killpg if is_for_all else os.kill)(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        check_that_none_is_left(process)
    assert err.count("Traceback") == 1
    assert err.endswith("KeyboardInterrupt\n")


def test_when_the_first_process_is_killed_the_others_end(tmp_path: Path) -> None:
    program = """\
        def do(task):
            if os.getpid() == ours:
                os.kill(ours, signal.SIGKILL)
            return [0] * 100_000
        list(hands.mapped(do, range(60), 3))
        """
    with started(program, tmp_path) as process:
        assert process.communicate(timeout=60) == ("", "")  # which ends when nobody can write there any more
    assert process.returncode == -signal.SIGKILL


def test_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hands.processors() >= 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(200))
    assert hands.processors() == 8
    monkeypatch.delattr(os, "sched_getaffinity")
    assert hands.processors() == 1


CHECK = "sys.exit(main.run())"


@pytest.fixture
def many(repository: Repository) -> Repository:
    """Fill two folders with sessions, of which every fifth is wrong in some way, and some are in both."""
    for name, content in everything().items():
        repository.write(name, content)
    return repository


@cache
def everything() -> dict[str, bytes]:
    """Return what is in the folders; to write it down takes longer than what is tried with it."""
    ids = [f"session-20260{1 + number // 140}{10 + number // 24 % 18}-{number % 24:02}1500" for number in range(MANY)]
    made = {}
    for number, (each, directory) in enumerate(
        (each, place) for place in (DIRECTORY, LEGACY_DIRECTORY) for each in ids
    ):
        if directory == DIRECTORY or number % 41 == 0:
            for name, content in files(full(each, **({"branch": "x"} if number % 3 else {}))).items():
                wrong = content.replace(b"6898e68", b"6898e6\xff", 1) if number % 5 == 0 else content
                made[name.replace(DIRECTORY, directory)] = wrong
    return made


def findings(many: Repository, *words: str) -> tuple[int, str, str]:
    return done(CHECK, many.path, "check", *words)


@pytest.mark.parametrize("words", [(), ("--format", "json"), ("--format", "sarif"), (DIRECTORY,)])
def test_a_check_that_is_shared_finds_the_same(many: Repository, run: Run, words: Sequence[str]) -> None:
    alone = run(many.path, "check", *words)
    assert findings(many, *words) == (alone.status, alone.out, alone.err)
    assert "MPM102" in alone.out
    assert "MPM309" in alone.out  # of the same second as one in the other folder


def test_a_process_that_is_killed_costs_time_alone(many: Repository, run: Run) -> None:
    program = """\
        from mpm_hooks import check
        from mpm_hooks.check import forms
        judge = forms.judge
        def killed(*given):
            if os.getpid() != ours:
                open("killed", "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return judge(*given)
        forms.judge = killed
        sys.exit(main.run())
        """
    alone = run(many.path, "check")
    assert done(program, many.path, "check") == (alone.status, alone.out, alone.err)
    assert (many.path / "killed").exists()


def test_a_file_that_cannot_be_read_is_told_once(many: Repository) -> None:
    program = """\
        from mpm_hooks import finding, folder
        read = folder.content
        def content(path):
            if "session-20260110-14" in path:
                raise finding.UnableError(f"{path}: gone")
            return read(path)
        folder.content = content
        sys.exit(main.run())
        """
    status, _, err = done(program, many.path, "check")
    assert (status, err.count("\n"), err[-5:]) == (3, 1, "gone\n")


def test_a_reader_that_has_seen_enough(many: Repository) -> None:
    with started(CHECK, many.path, "check") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        check_that_none_is_left(process)
    assert process.returncode == 1
