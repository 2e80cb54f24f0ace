"""Time the step of the action, from its beginning to the comment, against a server on loopback.

The median of some runs for each way to install, with seconds of the processor beside: those hardly depend on what else
the machine does. Caches of uv and pip are warm from a first run that does not count.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from forge import NAME, TOKEN, Forge, serving  # noqa: E402 - the line above makes them there
from sessions import files, full  # noqa: E402 - …

RUNS = 5


def main() -> int:
    """Print a table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as directory, _prepared(Path(directory)) as environ:
        ways = {"uv": f"{uv.parent}{os.pathsep}{environ['PATH']}", "pip": _without_uv(environ["PATH"])}
        print(f"{'':24}{'seconds':>9}{'of processor':>14}")
        for name, path in ways.items():
            taken = [_taken(environ | {"PATH": path}, Path(directory) / f"{name}{run}") for run in range(runs + 1)][1:]
            _print(f"installed with {name}", taken)
        again = [_taken(environ, Path(directory) / "pip1") for _ in range(runs)]
        _print("second step of a job", again)
    return 0


@contextmanager
def _prepared(place: Path) -> Iterator[dict[str, str]]:
    """Serve a pull request with a session; yield the environment of a job for it."""
    work = place / "work"
    work.mkdir()
    _git(work, "init", "--quiet", "--initial-branch=main")
    _git(work, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    for name, content in files(full()).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
    _git(work, "add", "--force", ".")
    _git(work, "commit", "--quiet", "-m", "Pause")
    _git(place, "clone", "--quiet", "--bare", "work", "repo.git")
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        _git(place / "repo.git", "config", f"uploadpack.{setting}", "true")
    with serving(Forge(place / "repo.git")) as forge:
        pull = forge.pull(forge.git("rev-parse", "main~1"), forge.git("rev-parse", "main"))
        (place / "event.json").write_text(json.dumps({"pull_request": pull}), encoding="utf-8")
        yield {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": forge.url,
            "GITHUB_API_URL": f"{forge.url}/api/v3",
            "GITHUB_GRAPHQL_URL": f"{forge.url}/api/graphql",
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_TOKEN": TOKEN,
            "MPM_HOOKS_COMMENT": "true",
            "MPM_HOOKS_DRY_RUN": "false",
        }


def _taken(environ: Mapping[str, str], temporary: Path) -> tuple[float, float]:
    """Return how long a step takes, and how long the processor works for it."""
    temporary.mkdir(exist_ok=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    launch = ROOT / ".github" / "action" / "launch.py"
    subprocess.run(
        [sys.executable, "-I", launch],
        check=True,
        capture_output=True,
        env={**environ, "RUNNER_TEMP": str(temporary)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _without_uv(path: str) -> str:
    return os.pathsep.join(each for each in path.split(os.pathsep) if not (Path(each) / "uv").exists())


def _print(name: str, taken: list[tuple[float, float]]) -> None:
    wall, processor = (statistics.median(each) for each in zip(*taken, strict=True))
    print(f"{name:24}{wall:9.1f}{processor:14.1f}")


def _git(place: Path, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *words], check=True, cwd=place)


if __name__ == "__main__":
    sys.exit(main())
