"""How long the step of the action takes, from its beginning to the comment, against a server on loopback.

Each answer of the API is held back for as long as GitHub takes for one. A step may take as long as it waits for answers
of the API, and five seconds. What pip and uv keep is warm from a first run that does not count.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

from contest import Figure
from side import ROOT, Side, git, script, see
from table import main

sys.path.insert(0, str(ROOT / "tests"))

from forge import NAME, TOKEN, Answer, Forge, serving
from sessions import files, full

_ANSWER = 0.3
"""Seconds for which an answer is held back."""
_BESIDE = 5.0


@dataclass
class Slow(Forge):
    """A server that takes its time."""

    waited: float = 0

    def answer(self, method: str, path: str, query: dict[str, list[str]], data: Any) -> Answer | None:  # noqa: ANN401 - a json
        """Answer a request of the API, late; keep how long that took."""
        began = time.perf_counter()
        time.sleep(_ANSWER)
        answered = super().answer(method, path, query, data)
        self.waited += time.perf_counter() - began
        return answered


def measured(folder: Path, runs: int, *, installer: str, is_second: bool = False) -> tuple[float, str]:
    """Measure steps; return the median of what each took of what it may."""
    root = _served(folder)
    forge = Slow(root)
    with serving(forge):
        environment = _environment(folder, forge) | {"PATH": _path(installer)}
        taken = [
            _step(forge, folder / f"{installer}{is_second}{run * (not is_second)}", environment)
            for run in range(runs + 1)
        ]
        comments = len(forge.comments)
    see(comments == 1, f"{comments} comments were made")
    seconds, processor, waited = (median(each) for each in zip(*taken[1:], strict=True))
    took = f"{seconds:.2f} s, {processor:.2f} s of the processor, {waited:.2f} s waiting for the API"
    return median(each[0] / (each[2] + _BESIDE) for each in taken[1:]), f"{took}; one comment, kept up to date"


def _step(forge: Slow, temporary: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """Run a step; return how long it takes, how long the processor works for it, and how long it waits."""
    temporary.mkdir(exist_ok=True)
    forge.waited = 0
    launch = str(ROOT / ".github" / "action" / "launch.py")
    step = Side(
        place=temporary,
        commands=[(sys.executable, "-I", launch)],
        environment=environment | {"RUNNER_TEMP": str(temporary)},
    )
    taken = step.run()
    see(taken.status == 0, f"the step ends with {taken.status}: {step.heard().stdout[-300:] if taken.status else ''}")
    return taken.seconds, taken.processor, forge.waited


@cache
def _served(folder: Path) -> Path:
    """Make what is served: a branch that adds a session."""
    work = folder / "pull"
    work.mkdir()
    git(work, "init", "--quiet")
    git(work, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    for name, content in files(full()).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
    git(work, "add", "--force", ".")
    git(work, "commit", "--quiet", "-m", "Pause")
    git(folder, "clone", "--quiet", "--bare", "pull", "pull.git")
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        git(folder / "pull.git", "config", f"uploadpack.{setting}", "true")
    return folder / "pull.git"


def _environment(folder: Path, forge: Forge) -> dict[str, str]:
    """Return the environment of a job for the pull request."""
    pull = forge.pull(forge.git("rev-parse", "main~1"), forge.git("rev-parse", "main"))
    (folder / "event.json").write_text(json.dumps({"pull_request": pull}), encoding="utf-8")
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_SERVER_URL": forge.url,
        "GITHUB_API_URL": f"{forge.url}/api/v3",
        "GITHUB_GRAPHQL_URL": f"{forge.url}/api/graphql",
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_TOKEN": TOKEN,
        "MPM_HOOKS_COMMENT": "true",
        "MPM_HOOKS_DRY_RUN": "false",
    }


def _path(installer: str) -> str:
    """Return a PATH on which uv is, or is not."""
    if installer == "uv":
        return os.pathsep.join((str(Path(script("uv")[0]).parent), os.environ["PATH"]))
    script("pip")
    return os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if not (Path(each) / "uv").exists())


def _row(work: str, installer: str, *, is_second: bool = False) -> Figure:
    return Figure(
        work=f"the action, warm: {work}",
        against="its waits for the API + 5 s",
        at_most=1.0,
        measured=partial(measured, installer=installer, is_second=is_second),
    )


ROWS = (
    _row("installed with uv", "uv"),
    _row("installed with pip", "pip"),
    _row("a second step of the job", "uv", is_second=True),
)

if __name__ == "__main__":
    sys.exit(main("publish", __doc__, ROWS))
