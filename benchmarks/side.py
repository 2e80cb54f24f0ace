"""What stands on one side of a contest: commands, where they run, and what else programs here run and look at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from process import Run, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SCRIPTS = Path(sys.executable).parent
PYTHON = (sys.executable, "-c", "pass")


class MissingError(Exception):
    """What a row needs is not here."""


class WrongError(Exception):
    """What would be timed does not do what it should."""


def _nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Commands that run one after the other, where they run, and what comes before without being timed."""

    place: Path
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = _nothing
    report: Path | None = None
    """Where `process` writes what one of the processes took, if that alone counts."""

    def run(self) -> Run:
        """Run them all; return what they took together."""
        self.before()
        os.chdir(self.place)
        kept = dict(os.environ)
        os.environ.update(self.environment)
        try:
            taken = reduce(_together, [run(command) for command in self.commands])
        finally:
            os.environ.clear()
            os.environ.update(kept)
        return taken if self.report is None else Run(*json.loads(self.report.read_bytes()))

    def heard(self) -> subprocess.CompletedProcess[str]:
        """Run the last of them, and return what it said."""
        self.before()
        command = self.commands[-1]
        return subprocess.run(
            command,
            check=False,
            cwd=self.place,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | dict(self.environment),
        )


def script(name: str, *words: str) -> tuple[str, ...]:
    """Return the command line of a program that stands beside our Python.

    Raises:
        MissingError: It is not there.
    """
    path = SCRIPTS / name
    if not path.exists():
        message = f"{name} is not installed: nox -s bench installs it"
        raise MissingError(message)
    return (str(path), *words)


def see(holds: object, told: str) -> None:
    """Go on if something holds.

    Raises:
        WrongError: It does not.
    """
    if not holds:
        raise WrongError(told)


def git(place: Path, *words: str, given: bytes | None = None) -> str:
    """Run git there; return what it printed."""
    done = subprocess.run(["git", *words], check=True, cwd=place, input=given, stdout=subprocess.PIPE)
    return done.stdout.decode(errors="surrogateescape")


def _together(one: Run, other: Run) -> Run:
    return Run(
        seconds=one.seconds + other.seconds,
        processor=one.processor + other.processor,
        megabytes=max(one.megabytes, other.megabytes),
        status=one.status or other.status,
    )
