"""The command line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from types import SimpleNamespace

from mpm_hooks import __version__, report
from mpm_hooks.finding import MisuseError, UnableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

COMMANDS = {
    "check": "say what is wrong with session files",
    "committed": "say which sessions are not committed",
    "explain": "tell what a code means, why it matters and what to do",
    "fix": "rewrite what can be derived: yaml and md from the json, the pointer from the folder",
    "pause": "take a snapshot of the work at hand, and commit it",
    "schema": "print the JSON Schema of a session, for editors and other programs",
    "summary": "show where the work of a branch stands, by the sessions that it adds",
}
_MANY = 100_000
"""Objects that come to be before Python looks for garbage among them; its own 700 is for processes that stay."""

_STATUSES = (
    "exit status: 0 clean, 1 findings, 2 wrong use, 3 the surroundings do not allow it (no repository, no git, …)"
)


def run() -> int:
    """Run a command as the whole of a process, and return its exit status.

    A process that lives for a moment makes no garbage: to look for it, and again at the end, would take a tenth of it.
    """
    gc.set_threshold(_MANY)
    status = main()
    gc.freeze()
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal in another encoding is no reason to fail
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        args = _plain(words) or _parsed(words)
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


def _plain(words: Sequence[str]) -> SimpleNamespace | None:
    """Read a check of files without options, as at each commit: argparse takes as long as half of it.

    Tests hold the result to what argparse makes of the same words.
    """
    if words[:1] != ["check"] or any(word.startswith("-") for word in words):
        return None
    from mpm_hooks import commands  # noqa: PLC0415 - only the command that is called is imported
    from mpm_hooks.commands import check  # noqa: PLC0415 - …

    return SimpleNamespace(command="check", files=words[1:], run=check.run, **commands.REPORT)


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; only the command that is called is imported."""
    import argparse  # noqa: PLC0415 - see _plain
    from importlib import import_module  # noqa: PLC0415 - …

    called = next((word for word in words if not word.startswith("-")), "")
    parser = argparse.ArgumentParser(
        prog="mpm-hooks", description="Keep claude-mpm's sessions honest.", epilog=_STATUSES
    )
    parser.add_argument("--version", action="version", version=f"mpm-hooks {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", epilog=_STATUSES
        )
        if name == called:
            module = import_module(f"mpm_hooks.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser.parse_args(words)
