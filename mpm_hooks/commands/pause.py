"""Take a snapshot of the work at hand, and commit it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from mpm_hooks import report, runner

HOOK = "mpm-pause"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "message", nargs="*", metavar="MESSAGE", help="what you were doing, and what comes next ($MPM_PAUSE_MESSAGE)"
    )
    parser.add_argument("--no-commit", action="store_true", help="write the session's files, and leave git alone")
    parser.add_argument("--export", metavar="PATH", type=Path, help="also write a copy there: .json, .yaml or .md")
    parser.add_argument("--hook", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Pause; as a hook only if somebody asked for it by name."""
    processes: tuple[runner.Process, ...] = ()
    if args.hook:
        if runner.inside_commit(os.environ):
            return 0
        processes = tuple(runner.ancestors())
        if not _is_asked_for(processes):
            return 0
    from mpm_hooks import pause  # noqa: PLC0415 - a hook that does nothing must not wait for what a pause needs

    request = pause.Request(
        message=" ".join(args.message) or os.environ.get("MPM_PAUSE_MESSAGE", ""),
        commit=not args.no_commit,
        export=args.export,
        set_aside=runner.set_aside(processes, os.environ),
    )
    for line in pause.told(pause.take(request, Path.cwd()), Path.cwd()):
        print(report.printable(line))
    return 0


def _is_asked_for(processes: tuple[runner.Process, ...]) -> bool:
    """Tell whether a runner was told to run this hook; where the system hides command lines, all but CI may pause."""
    if not processes:
        return not runner.in_ci(os.environ)
    try:
        config = Path(".pre-commit-config.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        config = ""
    return runner.names_hook(processes, HOOK, config)
