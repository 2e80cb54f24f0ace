"""Run a process to its end and say what it took: ``python benchmarks/process.py FILE COMMAND …`` writes that to a file.

So a hook can be timed by itself where git or a hook runner starts it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024
_NOWHERE = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]


class Run(NamedTuple):
    """What a process took, or some that ran one after the other."""

    seconds: float
    processor: float
    """Seconds in which a processor was at work for it and those that it started."""
    megabytes: float
    status: int


def run(command: Sequence[str], *, is_heard: bool = False) -> Run:
    """Run a command here; what it prints is dropped unless it is to be heard."""
    began = time.perf_counter()
    child = os.posix_spawnp(command[0], list(command), os.environ, file_actions=[] if is_heard else _NOWHERE)
    _, status, usage = os.wait4(child, 0)
    return Run(
        seconds=time.perf_counter() - began,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / _PER_MEGABYTE,
        status=os.waitstatus_to_exitcode(status),
    )


def main(argv: Sequence[str]) -> int:
    """Run what is named, and write down what it took; end as it ended."""
    path, *command = argv
    taken = run(command, is_heard=True)
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - to import pathlib takes longer than some hooks
        json.dump(taken, file)
    return taken.status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
