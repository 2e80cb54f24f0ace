"""Run a workflow as GitHub would, by ``act`` on this machine, against an emulator."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from emulator.server import Emulator
from events import Event

REPOSITORY = "mpm-hooks/mpm-hooks"
"""The repository from which workflows believe to take the action under test."""
ACTION = f"{REPOSITORY}@v1"
"""The name by which they call it."""

SHELL = """\
#!/bin/sh
# act has a RUNNER_TEMP of its own for each run, and lets nobody say otherwise.
export RUNNER_TEMP="$WORKFLOW_TEMP"
# act loses the last lines of a step that ends quickly. What a step prints is kept here whole, byte for byte.
printed=$(mktemp)
{bash} "$@" >"$printed" 2>&1
status=$?
cat "$printed" >>"$WORKFLOW_LOG"
cat "$printed"
rm "$printed"
sleep 0.05
exit $status
"""

FOREIGN = re.compile(r"^(GITHUB|RUNNER|ACTIONS|ACT|INPUT|MPM_HOOKS|COVERAGE|PYTEST)_")
"""Variables of whatever runs the tests, which a job must not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a runner does because of a line in a log."""

    name: str
    properties: Mapping[str, str]
    message: str


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of a workflow."""

    status: int
    log: str
    """All that the steps printed."""
    said: str
    """All that act printed."""
    outputs: Mapping[str, Mapping[str, str]]
    """The id of a step -> its outputs."""
    summary: str
    seconds: float

    @cached_property
    def commands(self) -> list[Command]:
        """What the runner does because of the log."""
        return list(commands(self.log))

    def annotations(self, *levels: str) -> list[Command]:
        """Return the annotations of these levels, or of all."""
        return [each for each in self.commands if each.name in (levels or ("notice", "warning", "error"))]


def commands(log: str) -> Iterator[Command]:
    """Find the commands in a log as GitHub's runner does: in more places than one would think.

    White space may stand before ``::``, ``##[`` may stand anywhere in a line, and a bare CR ends a line.
    """
    for line in re.split(r"\r\n|\r|\n", log):
        if found := re.match(r"\s*::([\w-]+)(?: ([^\r\n]*?))?::(.*)", line):
            yield _command(found[1], found[2] or "", ",", found[3])
        elif found := re.search(r"##\[([\w-]+)(?: ([^\]]*))?\](.*)", line):
            yield _command(found[1], found[2] or "", ";", found[3])


def _command(name: str, properties: str, separator: str, message: str) -> Command:
    pairs = [pair.partition("=") for pair in properties.split(separator) if "=" in pair]
    return Command(
        name=name.lower(),
        properties={key.strip(): _plain(value) for key, _, value in pairs},
        message=_plain(message),
    )


def _plain(text: str) -> str:
    for written, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, meant)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A machine of its own: act, the action under test, and a place for each run."""

    action: Path
    python: Path
    """Where the Python of the machine is."""
    home: Path
    """What stays from run to run, as the caches of a warm runner do."""
    directory: Path
    github: Emulator
    is_cold: bool = False
    """Whether nothing is there that an earlier step of the same job left."""

    @property
    def released(self) -> str:
        """The release that the reusable workflow of the action takes it from."""
        text = (self.action / ".github" / "workflows" / "sessions.yml").read_text(encoding="utf-8")
        (found,) = re.findall(rf"uses: {REPOSITORY}@(\S+)", text)
        return str(found)

    def run(
        self,
        workflow: str,
        event: Event,
        *,
        token: str,
        repository: str = "own/repo",
        run: int = 1,
        attempt: int = 1,
        actor: str = "ann",
        **environment: str,
    ) -> Ran:
        """Run a workflow for an event."""
        place = self._place(workflow, event, repository)
        log, temp = place / "log", place / "temp" if self.is_cold else self.home / "temp"
        temp.mkdir(parents=True, exist_ok=True)
        told = self.github.environment | {
            "CI": "true",
            "GITHUB_RUN_ID": str(run),
            "GITHUB_RUN_ATTEMPT": str(attempt),
            "WORKFLOW_LOG": str(log),
            "WORKFLOW_TEMP": str(temp),
        }
        act = shutil.which("act")
        assert act, "act is not installed"
        began = time.monotonic()
        done = subprocess.run(
            [
                *(act, event.name, "--json", "--actor", actor, "--action-cache-path", place / "act"),
                *("--workflows", place / "workflow.yml", "--eventpath", place / "event.json"),
                *("--platform", "ubuntu-latest=-self-hosted", "--container-daemon-socket", "-", "--no-cache-server"),
                *("--local-repository", f"{ACTION}={self.action}"),
                *("--local-repository", f"{REPOSITORY}@{self.released}={self.action}"),
                # Nothing is starred out: a test looks for the token in the log.
                *("--secret", f"GITHUB_TOKEN={token}", "--insecure-secrets"),
                *(word for pair in (told | environment).items() for word in ("--env", "=".join(pair))),
            ],
            check=False,
            cwd=place / "clone",
            env=self._environment(place),
            capture_output=True,
            timeout=240,
        )
        seconds = time.monotonic() - began
        said = (done.stdout + done.stderr).decode(errors="surrogateescape")
        shutil.rmtree(place / "act", ignore_errors=True)
        outputs, summary = _gathered(said)
        printed = log.read_bytes().decode(errors="surrogateescape") if log.exists() else ""
        return Ran(status=done.returncode, log=printed, said=said, outputs=outputs, summary=summary, seconds=seconds)

    def _place(self, workflow: str, event: Event, repository: str) -> Path:
        """Make a place for a run, with a clone in it: by that act knows repository, branch and commit."""
        self.directory.mkdir(exist_ok=True)
        number = 0
        while True:
            place = self.directory / f"run-{number}"
            try:
                place.mkdir()
                break
            except FileExistsError:
                number += 1
        (place / "workflow.yml").write_text(workflow, encoding="utf-8")
        (place / "event.json").write_text(json.dumps(event.payload), encoding="utf-8")
        clone = place / "clone"
        shutil.copytree(self.action / ".github", clone / ".github")
        for words in (
            ("init", "--quiet", f"--initial-branch={event.branch}", clone),
            ("-C", clone, "remote", "add", "origin", f"https://github.com/{repository}"),
            ("-C", clone, "fetch", "--quiet", self.github.site.repositories[repository].path, event.sha),
            ("-C", clone, "update-ref", f"refs/heads/{event.branch}", event.sha),
        ):
            subprocess.run(["git", *words], check=True)
        bash = shutil.which("bash")
        assert bash
        (place / "bin").mkdir()
        (place / "bin" / "bash").write_text(SHELL.format(bash=bash), encoding="utf-8")
        (place / "bin" / "bash").chmod(0o755)
        return place

    def _environment(self, place: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        # The environment of the tests has more packages than a runner's Python.
        others = [each for each in kept["PATH"].split(os.pathsep) if not each.startswith(sys.prefix + os.sep)]
        path = os.pathsep.join((str(place / "bin"), str(self.python), *others))
        return kept | {"PATH": path, "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}


def _gathered(said: str) -> tuple[dict[str, dict[str, str]], str]:
    """Return the outputs of steps, and the summary of the job, from what act printed."""
    outputs: dict[str, dict[str, str]] = {}
    pages: list[tuple[tuple[str, ...], str]] = []
    for line in said.splitlines():
        told: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        step = tuple(told.get("stepID", ()))
        match told.get("command"):
            case "set-output" if len(step) == 1:
                outputs.setdefault(step[0], {})[told["name"]] = told["arg"]
            case "summary":
                pages.append((step, told["content"]))
    inner = {step[:1] for step, _ in pages if len(step) > 1}
    # act tells the summary of the last step inside of an action once more as the action's own.
    return outputs, "".join(text for step, text in pages if step not in inner)
