"""Who started the hook: read from real processes here, from given ones where no such process can be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mpm_hooks import runner
from mpm_hooks.runner import Process

CONFIG = """\
repos:
- repo: x
  hooks:
  - id: mpm-check
    alias: look
  - id: mpm-pause
    alias: "stop-here"
  - alias: first
    id: 'mpm-pause'
  - id: other
    alias: another
  - stages: [manual]
    id: mpm-pause
    alias: third
  - {alias: fourth, id: mpm-pause}
"""


def process(*argv: str, pid: int = 100, began: float = 1000.0) -> Process:
    return Process(pid=pid, argv=argv, began=began)


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        pytest.param(["python", "/x/bin/pre-commit", "run", "mpm-pause"], True, id="by id"),
        pytest.param(["pre-commit", "run", "-v", "mpm-pause"], True, id="after an option"),
        pytest.param(["pre-commit", "run", "mpm-pause", "--hook-stage", "manual"], True, id="stage after it"),
        pytest.param(["python", "-m", "pre_commit", "run", "mpm-pause"], True, id="module"),
        pytest.param(["pre-commit", "try-repo", "..", "mpm-pause"], True, id="try-repo"),
        pytest.param(["prek", "mpm-pause"], True, id="prek"),
        pytest.param(["/x/prek", "run", ":mpm-pause"], True, id="prek, in the root project"),
        pytest.param(["C:\\x\\pre-commit.exe", "run", "mpm-pause"], True, id="Windows"),
        pytest.param(["pre-commit", "run", "stop-here"], True, id="alias"),
        pytest.param(["pre-commit", "run", "first"], True, id="alias before the id"),
        pytest.param(["pre-commit", "run", "third"], True, id="alias in an entry that begins otherwise"),
        pytest.param(["pre-commit", "run", "fourth"], True, id="alias in an entry on one line"),
        pytest.param(["pre-commit", "run", "another"], False, id="alias of another hook"),
        pytest.param(["pre-commit", "run", "look"], False, id="alias of another hook of ours"),
        pytest.param(["pre-commit", "run"], False, id="all hooks"),
        pytest.param(["pre-commit", "run", "--all-files"], False, id="all files"),
        pytest.param(["pre-commit", "hook-impl", "--hook-type=pre-commit"], False, id="git hook"),
        pytest.param(["make", "mpm-pause"], False, id="another program"),
        pytest.param(["git", "commit", "-m", "mpm-pause"], False, id="a message"),
        pytest.param(["sh", "-c", "pre-commit run && echo mpm-pause"], False, id="a script"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_names_hook(argv: list[str], named: bool) -> None:  # noqa: FBT001 - a column of the table
    processes = [process("mpm-hooks", "pause", "--hook"), process(*argv), process("bash")]
    assert runner.names_hook(processes, "mpm-pause", CONFIG) == named


def test_names_hook_without_settings() -> None:
    assert runner.names_hook([process("pre-commit", "run", "mpm-pause")], "mpm-pause", "")
    assert not runner.names_hook([process("pre-commit", "run", "stop-here")], "mpm-pause", "")


@pytest.mark.parametrize(
    "config",
    ["alias: [", "alias", "alias: 2026-13-45", "repos: alias", "repos: [alias, {hooks: alias}, {hooks: [alias]}]"],
)
def test_settings_that_are_none_have_no_alias(config: str) -> None:
    assert not runner.names_hook([process("pre-commit", "run", "alias")], "mpm-pause", config)


@pytest.mark.parametrize(
    ("argv", "environment", "expected"),
    [
        pytest.param(["pre-commit", "hook-impl", "--hook-type=pre-push"], {}, True, id="pre-commit"),
        pytest.param(["pre-commit", "run", "--hook-stage", "pre-push"], {}, True, id="by hand"),
        pytest.param(["git", "config", "pre-push"], {}, False, id="another program"),
        pytest.param(["x"], {"PREK_HOOK_STAGE": "pre-push"}, True, id="prek"),
        pytest.param(["x"], {"PREK_HOOK_STAGE": "pre-commit"}, False, id="prek in a commit"),
    ],
)
def test_is_pre_push(argv: list[str], environment: dict[str, str], *, expected: bool) -> None:
    assert runner.is_pre_push([process(*argv)], environment) == expected


def test_set_aside(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    store, other = tmp_path / "pre-commit", tmp_path / "prek/patches"
    processes = [process("x", pid=7, began=1000.5), process("y", pid=8, began=1000.5)]
    assert runner.set_aside(processes, environment) is None
    store.mkdir()
    other.mkdir(parents=True)
    for name in ("patch990-7", "patch2000-9", "db.db"):
        (store / name).touch()
    assert runner.set_aside(processes, environment) is None
    (store / "patch1000-7").touch()
    assert runner.set_aside(processes, environment) == str(store / "patch1000-7")
    (other / "1700000000000-8.patch").touch()
    assert runner.set_aside(processes, environment) == str(other / "1700000000000-8.patch")
    own = {"PRE_COMMIT_HOME": str(store), "PREK_HOME": str(tmp_path / "none")}
    assert runner.set_aside(processes, own) == str(store / "patch1000-7")


CHILD = "import mpm_hooks.runner as r; print(*[(p.pid, p.argv[-1], p.began) for p in r.ancestors()], sep='\\n')"


def test_ancestors_of_a_real_process() -> None:
    nested = ["import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)", CHILD]
    before = time.time()
    done = subprocess.run([sys.executable, "-c", *nested], check=True, capture_output=True, encoding="utf-8")
    first, second, *_ = [eval(line) for line in done.stdout.splitlines()]  # noqa: S307 - printed by the line above
    assert first[1] == CHILD
    assert second[0] == os.getpid()
    assert before - 2 <= first[2] <= time.time() + 2


# Slim systems have no ps: this one says the same from /proc.
PS = f"""#!{sys.executable}
import os, pathlib, sys, time
place = pathlib.Path("/proc", sys.argv[-1])
fields = place.joinpath("stat").read_text().rpartition(")")[2].split()
age = int(float(pathlib.Path("/proc/uptime").read_text().split()[0]) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
days, clock = divmod(age, 86400)
words = place.joinpath("cmdline").read_bytes().replace(bytes(1), b" ").decode(errors="replace")
print(fields[1], f"{{days}}-{{time.strftime('%H:%M:%S', time.gmtime(clock))}}", words)
"""


@pytest.fixture
def _ps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if shutil.which("ps") is None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/ps").write_text(PS, encoding="utf-8")
        (tmp_path / "bin/ps").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no ps")
@pytest.mark.usefixtures("_ps")
def test_ancestors_by_ps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    by_proc = list(runner.ancestors())
    monkeypatch.setattr(runner, "_PROC", tmp_path / "none")
    by_ps = list(runner.ancestors())
    assert [each.pid for each in by_ps] == [each.pid for each in by_proc]
    assert [" ".join(each.argv).split() for each in by_ps] == [" ".join(each.argv).split() for each in by_proc]
    assert all(abs(one.began - two.began) <= 2 for one, two in zip(by_ps, by_proc, strict=True))


def test_a_process_that_has_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(os, "getppid", lambda: gone.pid)
    assert list(runner.ancestors()) == []
    monkeypatch.setattr(runner, "_PROC", tmp_path / "none")
    assert list(runner.ancestors()) == []


@pytest.mark.parametrize(("variables", "expected"), [({}, True), ({"CI": "true"}, False)], ids=["at home", "in CI"])
def test_where_no_process_tells_all_but_ci_ask(variables: dict[str, str], *, expected: bool) -> None:
    assert runner.is_asked_for((), variables) == expected


@pytest.mark.parametrize(
    ("config", "word", "expected"),
    [
        pytest.param(None, "mpm-pause", True, id="no settings"),
        pytest.param(None, "p", False, id="no alias"),
        pytest.param("repos: [{hooks: [{id: mpm-pause, alias: p}]}]", "p", True, id="alias"),
    ],
)
def test_a_pause_is_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str | None, word: str, *, expected: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if config is not None:
        Path(".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    assert runner.is_asked_for([process("pre-commit", "run", word)], {}) == expected
