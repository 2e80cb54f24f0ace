"""Whatever moment a pause is killed at, or the disk is full: every system call that writes is made to fail in turn.

strace addresses a call by its name and number within one process. Git's processes are told apart by a ``git`` that
stands before the real one on PATH and counts how often it is called for what: some of them run at the same time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import check, folder, session
from mpm_hooks.session import DIRECTORY, POINTER

pytestmark = pytest.mark.faults

OURS = "ours"
GIT = shutil.which("git") or ""
STRACE = shutil.which("strace")
WRITING = (
    "openat,creat,write,writev,pwrite64,ftruncate,truncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,utimensat,copy_file_range,sendfile"
)
AT_ONCE = 2 * (os.cpu_count() or 1)
"""Trials: they wait more than they work, for strace, and seconds for a lock that a git which was killed left."""
CALL = re.compile(r"(\w+)\((.*)")
SHIM = """\
#!/bin/sh
asked() { while [ "${1#-}" != "$1" ]; do shift 2; done; echo "$1"; }
command=$(asked "$@")
number=$command.$(($(cat "$FAULT_COUNT.$command" 2> /dev/null) + 1))
echo "${number#*.}" > "$FAULT_COUNT.$command"
if [ -n "$FAULT_LOGS" ]; then
  exec strace -y -qq -o "$FAULT_LOGS/$number" -e trace="$FAULT_TRACED" "$FAULT_GIT" "$@"
fi
if [ "$number" != "$FAULT_PROCESS" ]; then exec "$FAULT_GIT" "$@"; fi
strace -qq -o /dev/null -e trace="$FAULT_NAME" -e inject="$FAULT_NAME:$FAULT_WHAT:when=$FAULT_NUMBER" "$FAULT_GIT" "$@"
status=$?
if [ -n "$FAULT_ALL" ]; then kill -9 $PPID; fi
exit $status
"""


@dataclass(frozen=True)
class Point:
    """A system call: of which process, ours or git's such as ``add.1``, its name, and how many of it went before."""

    process: str
    name: str
    number: int
    shown: str

    def __str__(self) -> str:
        """Name it in a failure."""
        return f"process {self.process}, {self.name} number {self.number}: {self.shown}"


@pytest.fixture
def template(repository: Repository, tmp_path: Path) -> Repository:
    """Leave work in every state, and an earlier session; make the git that counts."""
    assert STRACE, "strace is not installed: apt-get install strace"
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(SHIM, encoding="utf-8")
    shim.chmod(0o755)
    repository.commit("both.txt", "1\n2\n3\n")
    assert pause(repository, {}).returncode == 0
    repository.write("both.txt", "1\n2\n3\nstaged\n")
    repository.write("staged.txt", "staged\n")
    repository.git("add", "both.txt", "staged.txt")
    repository.write("both.txt", "unstaged\n1\n2\n3\nstaged\n")
    repository.write("loose.txt", "loose\n")
    time.sleep(1.1)  # an id that is taken costs one more look into the folder, and numbers every call after it anew
    return repository


def pause(repository: Repository, fault: dict[str, str], *around: str) -> subprocess.CompletedProcess[str]:
    """Take a pause in a process of its own, with our git before the real one."""
    count = repository.path.parent / f"{repository.path.name}.count"
    for each in count.parent.glob(f"{count.name}.*"):
        each.unlink()
    shim = next((path / "bin" for path in repository.path.parents if (path / "bin/git").exists()), None)
    environment = os.environ | {"FAULT_COUNT": str(count), "FAULT_GIT": GIT, "FAULT_TRACED": WRITING} | fault
    if shim and fault:
        environment["PATH"] = f"{shim}:{environment['PATH']}"
    command = [*around, sys.executable, "-m", "mpm_hooks", "pause", "Halfway"]
    return subprocess.run(
        command, check=False, cwd=repository.path, env=environment, capture_output=True, encoding="utf-8", timeout=30
    )


def points(repository: Repository, logs: Path) -> Iterator[Point]:
    """Take a pause, and yield every system call in it that writes below the repository."""
    logs.mkdir()
    around = ("strace", "-y", "-qq", "-o", str(logs / OURS), "-e", f"trace={WRITING}")
    assert pause(repository, {"FAULT_LOGS": str(logs)}, *around).returncode == 0
    for log in sorted(logs.iterdir()):
        seen: Counter[str] = Counter()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if not (found := CALL.match(line)):
                continue
            name, words = found.groups()
            seen[name] += 1
            if is_writing(name, words, repository):
                yield Point(log.name, name, seen[name], words[:250])


def is_writing(name: str, words: str, repository: Repository) -> bool:
    """Tell a call that changes something below the repository; relative names are below it, too.

    One that fails anyway changes nothing: to be killed there is to be killed at the next. Nor does a file without a
    name, which Python takes for what git prints; where it gets none, it takes one with a name.
    """
    if " = -1 E" in words:
        return False
    if name == "openat":
        makes = any(flag in words for flag in ("O_CREAT", "O_WRONLY", "O_RDWR"))
        return makes and "O_TMPFILE" not in words and '"/dev/' not in words
    if name.startswith(("write", "pwrite", "f")):
        return f"<{repository.path}" in words.partition(",")[0]
    return True


def state(repository: Repository) -> tuple[object, ...]:
    """Return what a pause must leave as it was, whatever happens to it."""
    users = {
        path.relative_to(repository.path).as_posix(): path.read_bytes()
        for path in repository.path.rglob("*")
        if path.is_file() and not {".git", ".claude-mpm"} & set(path.relative_to(repository.path).parts)
    }
    others = (".", f":(exclude){DIRECTORY}")
    return (
        users,
        repository.git("diff", "--cached", "--binary", "--", *others),
        repository.git("status", "--porcelain=v2", "--", *others),
    )


def forms(repository: Repository) -> dict[str, set[str]]:
    """Return the forms of each session that are there."""
    found: dict[str, set[str]] = {}
    for path in repository.sessions.iterdir():
        if named := session.split(path.name):
            found.setdefault(named[0], set()).add(named[1])
    return found


def check_whole(repository: Repository, head: str, before: tuple[object, ...], *, killed: bool) -> None:
    """Hold the invariant: no session or a whole one, index and HEAD in order, the user's work as it was."""
    assert state(repository) == before
    assert repository.git("fsck", "--strict", "--no-dangling") == ""
    now = repository.git("rev-parse", "HEAD")
    if now != head:
        assert repository.git("rev-parse", "HEAD^") == head
        assert repository.git("diff", "HEAD", "--", DIRECTORY) == ""
        assert repository.git("diff", "--cached", "--", DIRECTORY) == ""
    for each, found in forms(repository).items():
        if "json" in found or not killed:
            assert found == set(session.FORMS), each
            for form in found:
                assert (repository.sessions / f"{each}.{form}").stat().st_size
        else:  # the json is the last to appear: without it there is no session, and the next pause takes these away
            assert list(repository.sessions.glob(f".mpm-hooks-*-{each}.json"))
    assert session.split((repository.sessions / POINTER).read_text(encoding="utf-8").split()[2] + ".json")


def check_tidy(repository: Repository) -> None:
    """Hold that nothing is left but sessions."""
    assert not [path for path in repository.sessions.iterdir() if path.name.startswith(".")]
    assert not list((repository.path / ".git").glob("mpm-hooks*"))
    assert not list((repository.path / ".git").rglob("*.lock"))


def check_next(repository: Repository, before: tuple[object, ...]) -> None:
    """Take the next pause: what the killed one left is cleared away or explained, and nothing is in the way."""
    done = pause(repository, {})
    told = done.stdout + done.stderr
    if done.returncode == 3:  # git's own locks, of a git that was killed, are named: he who looks may delete them
        named = re.search(r"another git holds (.*); if none is running, delete what it left", done.stderr)
        assert named, done.stderr
        for lock in named[1].split(" and "):
            Path(lock).unlink()
        done = pause(repository, {})
        told += done.stdout
    assert done.returncode == 0, done.stderr
    assert set(map(frozenset, forms(repository).values())) == {frozenset(session.FORMS)}
    check_tidy(repository)
    for each in repository.ids:
        if not repository.git("ls-tree", "HEAD", f"{DIRECTORY}/{each}.json"):
            assert each in told
    assert not list(check.check(folder.read(str(repository.sessions), DIRECTORY, check.relevant)))
    assert state(repository) == before
    assert json.loads((repository.sessions / f"{repository.ids[-1]}.json").read_bytes())


@pytest.mark.parametrize("kind", ["killed", "git killed", "all killed", "disk full"])
def test_every_call_that_writes(template: Repository, tmp_path: Path, kind: str) -> None:
    trial = Repository(tmp_path / "trial")
    shutil.copytree(template.path, trial.path, symlinks=True)
    trial.git("status")
    found = list(points(trial, tmp_path / "logs"))
    shutil.rmtree(trial.path)
    chosen = [point for point in found if kind == "disk full" or (point.process == OURS) == (kind == "killed")]
    if kind == "disk full":
        chosen = [point for point in chosen if not point.name.startswith(("unlink", "rmdir", "chmod", "fchmod", "f"))]
    if kind == "git killed":  # the last is what moves HEAD; how others fail is seen where the disk is full
        chosen = [point for point in chosen if point.process == "update-ref.1"]
    assert len(chosen) > (5 if kind == "git killed" else 40)
    head, before = template.git("rev-parse", "HEAD"), state(template)

    def tried(numbered: tuple[int, Point]) -> str | None:
        number, point = numbered
        copy = Repository(tmp_path / "copies" / f"{number}")
        shutil.copytree(template.path, copy.path, symlinks=True)
        copy.git("status")
        what = "error=ENOSPC" if kind == "disk full" else "signal=SIGKILL"
        fault = {
            "FAULT_PROCESS": point.process,
            "FAULT_NAME": point.name,
            "FAULT_NUMBER": str(point.number),
            "FAULT_WHAT": what,
            "FAULT_ALL": "yes" if kind == "all killed" else "",
        }
        inject = f"inject={point.name}:{what}:when={point.number}"
        around = ("strace", "-qq", "-o", "/dev/null", "-e", f"trace={point.name}", "-e", inject)
        done = pause(copy, fault, *(around if point.process == OURS else ()))
        try:
            assert "Traceback" not in done.stderr, done.stderr
            is_dead = kind in ("killed", "all killed")
            assert done.returncode in ((-9, 137, 0) if is_dead else (0, 3)), (done.returncode, done.stderr)
            check_whole(copy, head, before, killed=is_dead)
            if kind == "disk full":  # nobody died, so all is tidy at once
                check_tidy(copy)
            else:
                check_next(copy, before)
        except (AssertionError, subprocess.CalledProcessError) as error:
            return f"{point}\n{error}\n{getattr(error, 'stderr', '')}\n{done.stdout}{done.stderr}"
        shutil.rmtree(copy.path)
        return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = [failure for failure in pool.map(tried, enumerate(chosen)) if failure]
    assert not failures, f"{len(failures)} of {len(chosen)}:\n" + "\n\n".join(failures)
