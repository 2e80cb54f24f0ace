"""The command line."""
# PYTHON_ARGCOMPLETE_OK

from __future__ import annotations

import gc
import os
import sys

from mpm_hooks import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from mpm_hooks.plumbing import Listener
    from mpm_hooks.questions import Answer
    from mpm_hooks.repo import Repo

COMMANDS = {
    "check": "say what is wrong with session files",
    "committed": "say which sessions are not committed",
    "doctor": "say why nothing is happening: what of Python, git, hooks and sessions is not as it should be",
    "explain": "tell what a code means, why it matters and what to do",
    "fix": "rewrite what can be derived: yaml and md from the json, the pointer from the folder",
    "init": "give this repository what it needs to use mpm-hooks, after a look at it",
    "list": "list the paused sessions, newest first: what each is about, and whether it still holds",
    "pause": "take a snapshot of the work at hand, and commit it",
    "prune": "fold old sessions into one line each of a ledger, after a look at which",
    "publish": "tell on a pull request where its sessions stand, in a job of GitHub Actions",
    "require": "say which commits of an agent no session covers",
    "resume": "say what the next one needs to go on from a session, and what has changed since",
    "schema": "print the JSON Schema of a session, for editors and other programs",
    "show": "show a session in full",
    "summary": "show where the work of a branch stands, by the sessions that it adds",
}
_MANY = 100_000
"""Objects that come to be before Python looks for garbage among them; its own 700 is for processes that stay."""

_OFF = ("0", "false", "no", "off")
_AUTOMATIC = frozenset({"--hook", "--auto", "--notice"})
"""What calls give that nobody types: hooks of git, and those of Claude Code."""
_IN_HOOK = ("PRE_COMMIT", "GIT_INDEX_FILE")
"""What is set in a hook of pre-commit or prek, and in any hook of a commit."""


class _Words:
    """What a command line says, as ``argparse.Namespace`` has it: to import that or ``types`` takes its time."""

    is_alone: bool
    ahead: object
    run: Callable[[object], int]

    def __init__(self, **words: object) -> None:
        self.__dict__.update(words)


def run() -> int:
    """Run a command as the whole of a process, which ends with its exit status.

    A process that lives for a moment makes no garbage: to look for it, and to take everything apart at the end, would
    take a tenth of it.
    """
    if sys.getfilesystemencoding() != "utf-8" or sys._xoptions:  # noqa: SLF001 - documented
        from mpm_hooks import utf8  # noqa: PLC0415 - hardly anybody needs it

        utf8.settle()
    if _is_idle(sys.argv[1:]):
        return 0
    gc.set_threshold(_MANY)
    status = main(is_alone=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None, *, is_alone: bool = False) -> int:
    """Run a command; return its exit status. ``is_alone`` tells that nothing else goes on in this process."""
    from io import TextIOWrapper  # noqa: PLC0415 - see _is_idle

    from mpm_hooks import report  # noqa: PLC0415 - …
    from mpm_hooks.finding import MisuseError, UnableError  # noqa: PLC0415 - …

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal in another encoding is no reason to fail
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        if "MPM_HOOKS" in os.environ and _is_off(words, os.environ):
            print(f"mpm-hooks: MPM_HOOKS={os.environ['MPM_HOOKS']}: nothing done", file=sys.stderr)
            return report.CLEAN
        ahead = _ahead(words, is_alone=is_alone)
        args = _plain(words) or _parsed(words)
        args.is_alone, args.ahead = is_alone, ahead
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


def _is_idle(words: Sequence[str]) -> bool:
    """Tell whether this is the hook of a pause where nobody asks for one, as ``commands.pause`` does.

    Every commit of everybody waits for it, so there it waits for no import.
    """
    if words[:2] != ["pause", "--hook"] or any(word.startswith("-") for word in words[2:]):
        return False
    if "GIT_INDEX_FILE" in os.environ:
        return True
    if "MPM_HOOKS" in os.environ:  # main says what comes of that
        return False
    from mpm_hooks import runner  # noqa: PLC0415 - see above

    return not runner.is_asked_for(tuple(runner.ancestors()), os.environ)


def _ahead(words: Sequence[str], *, is_alone: bool) -> tuple[str, Listener] | tuple[Repo, Answer] | None:
    """Let git begin with what it takes longest for, while Python imports what reads the words, and all the rest."""
    if words[:1] == ["check"] and is_alone:  # if nobody asks it anything, it ends with us
        from mpm_hooks import plumbing  # noqa: PLC0415 - a check and a pause need it

        top = plumbing.top(os.path.dirname(words[-1]) if len(words) > 1 else "")  # noqa: PTH120 - pathlib takes its time
        return (top, plumbing.listening(top)) if top else None
    if words[:1] == ["pause"]:
        from mpm_hooks import questions  # noqa: PLC0415 - only a pause needs it

        return questions.ahead(words)
    return None


def _is_off(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Tell whether hooks are switched off and this is one; what is typed by hand is not."""
    is_hook = not _AUTOMATIC.isdisjoint(words) or any(name in environment for name in _IN_HOOK)
    return is_hook and environment["MPM_HOOKS"].lower() in _OFF


def _plain(words: Sequence[str]) -> _Words | None:
    """Read what is called without options: argparse takes as long as half of a check.

    Tests hold the result to what argparse makes of the same words.
    """
    command, is_hook = words[0] if words else "", words[1:2] == ["--hook"]
    files = words[1 + is_hook :]
    if any(word.startswith("-") for word in files):
        return None
    from mpm_hooks import commands  # noqa: PLC0415 - only the command that is called is imported

    if command == "check" and not is_hook:
        from mpm_hooks.commands import check  # noqa: PLC0415 - …

        return _Words(command=command, files=files, run=check.run, **commands.REPORT)
    if command == "fix":
        from mpm_hooks.commands import fix  # noqa: PLC0415 - …

        return _Words(command=command, files=files, diff=False, hook=is_hook, run=fix.run)
    if command == "pause":
        from mpm_hooks.commands import pause  # noqa: PLC0415 - …

        return _Words(command=command, message=files, hook=is_hook, run=pause.run, **pause.PLAIN)
    if command != "committed" or not is_hook or files:
        return None
    from mpm_hooks.commands import committed  # noqa: PLC0415 - …

    chosen = {"hook": True, "allow_ignored": False, "no_staged": False}
    return _Words(command="committed", run=committed.run, **chosen, **commands.REPORT)


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; only the command that is called is imported."""
    import argparse  # noqa: PLC0415 - see _plain
    from importlib import import_module  # noqa: PLC0415 - …

    from mpm_hooks import completion, usage  # noqa: PLC0415 - …

    asked = completion.words(os.environ)  # by a shell, in its environment
    called = next((word for word in (words if asked is None else asked) if not word.startswith("-")), "")
    parser = argparse.ArgumentParser(
        prog="mpm-hooks",
        description="Keep claude-mpm's sessions honest.",
        epilog=usage.epilog(),
        formatter_class=usage.Layout,
    )
    parser.add_argument("--version", action="version", version=f"mpm-hooks {__version__}")
    parser.add_argument(
        "--completion",
        action=completion.Print,
        choices=completion.SHELLS,
        default=argparse.SUPPRESS,
        help="print what makes the shell complete our commands",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Who names a command first needs no other: each takes its time to declare.
    names = [called] if words[:1] == [called] and called in COMMANDS else COMMANDS
    for name in names:
        summary = COMMANDS[name]
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=usage.epilog(name),
            formatter_class=usage.Layout,
        )
        if name == called:
            module = import_module(f"mpm_hooks.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    if asked is not None:
        completion.answer(parser)
    return parser.parse_args(words)
