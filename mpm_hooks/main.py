"""The command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from mpm_hooks import __version__, report
from mpm_hooks.finding import MisuseError, UnableError

COMMANDS = {
    "check": "say what is wrong with session files",
    "committed": "say which sessions are not committed",
    "explain": "tell what a code means, why it matters and what to do",
    "fix": "rewrite what can be derived: yaml and md from the json, the pointer from the folder",
    "pause": "take a snapshot of the work at hand, and commit it",
}
_STATUSES = (
    "exit status: 0 clean, 1 findings, 2 wrong use, 3 the surroundings do not allow it (no repository, no git, …)"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal in another encoding is no reason to fail
    try:
        args = _parsed(sys.argv[1:] if argv is None else list(argv))
        status: int = args.run(args)
        sys.stdout.flush()
    except MisuseError as error:
        print(report.printable(f"mpm-hooks: {error}"), file=sys.stderr)
        return report.MISUSED
    except UnableError as error:
        print(report.printable(f"mpm-hooks: {error}"), file=sys.stderr)
        return report.UNABLE
    except KeyboardInterrupt:
        print("mpm-hooks: interrupted", file=sys.stderr)
        return report.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough; Python would complain again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return report.FOUND
    return status


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; only the command that is called is imported."""
    called = next((word for word in words if not word.startswith("-")), "")
    parser = argparse.ArgumentParser(
        prog="mpm-hooks", description="Keep claude-mpm's sessions honest.", epilog=_STATUSES
    )
    parser.add_argument("--version", action="version", version=f"mpm-hooks {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary.capitalize()}.", epilog=_STATUSES)
        if name == called:
            module = import_module(f"mpm_hooks.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser.parse_args(words)
