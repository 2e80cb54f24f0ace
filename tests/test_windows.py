"""What is otherwise on Windows, as far as it can be tried elsewhere: what it says is given, and its names are."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import Repository, Run

from mpm_hooks import commands, commit, disk, plumbing, repo, runner, windows
from mpm_hooks.finding import UnableError

WINDOWS_ANSWER = """\
[{"ProcessId":0,"ParentProcessId":0,"CommandLine":null,"Began":null},
{"ProcessId":70,"ParentProcessId":4,"CommandLine":"C:\\\\x\\\\x.exe","Began":1700000000000},
{"ProcessId":80,"ParentProcessId":70,"CommandLine":"\\"C:\\\\P F\\\\git\\" push -o \\"a b\\"","Began":1700000001500},
{"ProcessId":90,"ParentProcessId":80,"CommandLine":"sh.exe .git/hooks/pre-push","Began":1700000002000},
{"ProcessId":95,"ParentProcessId":90,"CommandLine":"later.exe","Began":1700000009000},
{"ProcessId":99,"ParentProcessId":95,"CommandLine":"python.exe","Began":1700000003000}]
"""


@pytest.mark.parametrize(
    "mark", [pytest.param("", id="as it is"), pytest.param("\ufeff", id="after a byte order mark")]
)
def test_processes_are_read(mark: str) -> None:
    found = windows.parse(f"{mark}{WINDOWS_ANSWER}".encode())
    assert found.keys() == {70, 80, 90, 95, 99}
    git = found[80]
    assert (git.argv, git.began, git.parent) == (["C:\\P F\\git", "push", "-o", "a b"], 1700000001.5, 70)
    assert found[70].parent == 0  # nobody has that number
    assert found[99].parent == 0  # somebody has it again


@pytest.mark.parametrize("answer", [b"", b"\xff", b"{}", b"1", b"[1, {}]", b'[{"ProcessId": "1"}]'])
def test_an_answer_that_is_none(answer: bytes) -> None:
    assert windows.parse(answer) == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("git  push", ["git", "push"], id="blanks"),
        pytest.param('"C:\\a b\\git.exe" push', ["C:\\a b\\git.exe", "push"], id="quotes"),
        pytest.param('git --repo="a b"', ["git", "--repo=a b"], id="quotes inside"),
        pytest.param('git "a b', ["git", "a b"], id="a quote that does not end"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert windows.words(line) == words


# Stands in for PowerShell, and says the same from /proc.
POWERSHELL = f"""#!{sys.executable}
import json, os, pathlib, time
now, told = time.time(), []
uptime = float(pathlib.Path("/proc/uptime").read_text().split()[0])
for place in pathlib.Path("/proc").iterdir():
    try:
        fields = (place / "stat").read_text().rpartition(")")[2].split()
        words = (place / "cmdline").read_bytes().decode(errors="replace").split(chr(0))
    except OSError:
        continue
    if place.name.isdigit():
        began = now - uptime + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        told.append({{"ProcessId": int(place.name), "ParentProcessId": int(fields[1]), "Began": int(began * 1000)}})
        told[-1]["CommandLine"] = " ".join(f'"{{word}}"' for word in words if word) or None
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_ancestors_by_powershell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    by_proc = list(runner.ancestors())
    (tmp_path / "powershell").write_text(POWERSHELL, encoding="utf-8")
    (tmp_path / "powershell").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    told = list(runner.ancestors("nt"))
    assert [each.pid for each in told] == [each.pid for each in by_proc][: len(told)]
    assert told[0].pid == os.getppid()


@pytest.mark.skipif(sys.platform == "win32", reason="there it answers")
def test_no_ancestors_where_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(runner.ancestors("nt")) == []


def test_where_prek_keeps_what_it_sets_aside(tmp_path: Path) -> None:
    kept = tmp_path / "prek/patches/1700000000000-8.patch"
    kept.parent.mkdir(parents=True)
    kept.touch()
    processes = [runner.Process(pid=8, argv=["prek.exe"], began=1000.0)]
    elsewhere = {"XDG_CACHE_HOME": str(tmp_path / "none")}
    assert runner.set_aside(processes, elsewhere) is None
    assert runner.set_aside(processes, elsewhere | {"LOCALAPPDATA": str(tmp_path)}) == str(kept)


@pytest.mark.parametrize(
    ("system", "environment", "shows"),
    [
        pytest.param("nt", {}, False, id="the old console"),
        pytest.param("nt", {"WT_SESSION": "1"}, True, id="Windows Terminal"),
        pytest.param("nt", {"TERM": "xterm"}, True, id="Git Bash"),
        pytest.param("posix", {}, True, id="elsewhere"),
        pytest.param("posix", {"TERM": "dumb"}, False, id="a dumb terminal"),
    ],
)
def test_who_shows_colours(system: str, environment: dict[str, str], *, shows: bool) -> None:
    assert commands.shows_colours(system, environment) == shows


def test_a_file_is_put_into_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    disk.put(tmp_path / "new", tmp_path / "old")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old", b"new")]


@pytest.mark.skipif(sys.platform != "linux", reason="nowhere else is there a file that nobody may rename")
def test_a_file_that_cannot_be_replaced_is_waited_for_and_named() -> None:
    with pytest.raises(UnableError, match=r"^/proc/uptime: "):
        disk.put(Path("/proc/version"), Path("/proc/uptime"), patience=0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no second file system")
def test_a_file_system_without_hard_links(repository: Repository) -> None:
    found = repo.find(repository.path)
    assert found
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        apart = repo.Repo(found.top, str(found.git_dir), f"{elsewhere}/index", in_commit=False)
        message = rf"^{elsewhere}/index\.lock: .+; nothing was written$"
        with commit.workshop(found), pytest.raises(UnableError, match=message), commit.locked(apart):
            pytest.fail("nobody has the lock")


def test_a_name_that_is_no_utf8_is_no_reason_to_fail() -> None:
    assert plumbing.text("é".encode() + b"\xff") == "é\udcff"


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems hold no such name")
def test_check_where_git_knows_a_name_that_is_no_utf8(repository: Repository, run: Run) -> None:
    path = os.fsdecode(os.fsencode(repository.path) + b"/caf\xe9.txt")
    Path(path).write_text("1\n", encoding="utf-8")
    repository.git("add", "--all")
    repository.git("commit", "-qm", "Add it")
    assert run(repository.path, "pause", "Go on").status == 0
    assert run(repository.path, "check").status == 0


def test_a_checkout_with_the_line_ends_of_windows(repository: Repository, run: Run) -> None:
    repository.git("config", "core.autocrlf", "true")
    assert run(repository.path, "pause", "Go on").status == 0
    repository.git("rm", "-rq", "--cached", ".")
    for path in repository.sessions.iterdir():
        path.unlink()
    repository.git("reset", "-q", "--hard")
    (taken,) = repository.ids
    assert b"\r\n" in (repository.sessions / f"{taken}.yaml").read_bytes()
    for command in ("check", "committed", "fix"):
        found = run(repository.path, command)
        assert (command, found.status, found.out) == (command, 0, "")
    assert json.loads(run(repository.path, "resume", "--format", "json").out)["session"]["id"] == taken
    assert repository.git("status", "--porcelain") == ""
    assert b"\r" not in (plumbing.run(str(repository.path), "cat-file", "commit", "HEAD") or b"\r")
