"""Take a snapshot of the work at hand, and commit it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mpm_hooks import report, runner

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import any of it takes its time
    import argparse
    from collections.abc import Iterator, Mapping

    from mpm_hooks.facts import Statement
    from mpm_hooks.pause import Outcome

_OF_MACHINE = ("root", "home", "temp", "user", "host")

_SAID = {
    "next": "what comes next, the first thing first",
    "done": "what is done, besides the commits",
    "decision": "what was decided, and why",
    "question": "what is open",
    "blocker": "what the work waits for",
    "tried": "what was tried and did not work",
}


PLAIN: Mapping[str, object] = {
    "task": "",
    "phase": "",
    "file": None,
    "export": None,
    **dict.fromkeys(_SAID, ()),
    **dict.fromkeys(("no_claude", "branch_end", "auto", "finalize", "discard", "no_commit"), False),
}
"""What ``add_arguments`` declares, as it is if nobody gives any of it, but for the message."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from argparse import SUPPRESS  # noqa: PLC0415 - as above

    parser.add_argument(
        "message", nargs="*", metavar="MESSAGE", help="what you were doing, and what comes next ($MPM_PAUSE_MESSAGE)"
    )
    parser.add_argument("--task", metavar="TEXT", default="", help="the goal (default: the message's first line)")
    parser.add_argument("--phase", metavar="TEXT", default="", help="how far it has come (default: what git tells)")
    for name, meaning in _SAID.items():
        parser.add_argument(f"--{name}", metavar="TEXT", action="append", default=[], help=f"{meaning} (repeatable)")
    parser.add_argument(
        "--from", metavar="FILE", dest="file", help="read all this from a file in yaml or json, - for standard input"
    )
    parser.add_argument("--no-claude", action="store_true", help="do not read Claude Code's own store")
    parser.add_argument(
        "--branch-end", action="store_true", help="pause only if no session covers the branch, and it is no default one"
    )
    parser.add_argument(
        "--auto", action="store_true", help="pause only if a branch has work that no session tells of; never fail"
    )
    record = parser.add_mutually_exclusive_group()
    record.add_argument(
        "--finalize", action="store_true", help="make the session from claude-mpm's open auto-pause record"
    )
    record.add_argument("--discard", action="store_true", help="throw claude-mpm's open auto-pause record away")
    parser.add_argument("--no-commit", action="store_true", help="write the session's files, and leave git alone")
    parser.add_argument("--export", metavar="PATH", type=Path, help="also write a copy there: .json, .yaml or .md")
    parser.add_argument("--hook", action="store_true", help=SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Pause; as a hook only if somebody asked for it by name, or at the end of branch work if that is pushed."""
    processes: tuple[runner.Process, ...] = ()
    if args.hook:
        if runner.inside_commit(os.environ):
            return 0
        processes = tuple(runner.ancestors())
        if not args.branch_end and not runner.is_asked_for(processes, os.environ):
            return 0
    if args.discard:
        return _discard(args)
    if args.auto:
        return _by_itself(args)
    if args.branch_end and not _is_due(args, processes):
        return 0
    return _take(args, processes)


def _take(args: argparse.Namespace, processes: tuple[runner.Process, ...]) -> int:
    from mpm_hooks import pause  # noqa: PLC0415 - a hook that does nothing must not wait for what a pause needs

    request = pause.Request(
        statement=_statement(args),
        commit=not args.no_commit,
        export=args.export,
        asks_claude=not args.no_claude,
        set_aside=runner.set_aside(processes, os.environ),
        finalizes=args.finalize,
    )
    outcome = pause.take(request, Path.cwd(), args.ahead)
    for line in _told(outcome, Path.cwd()):
        print(report.printable(line))
    for line in _warned(outcome):
        print(report.printable(line), file=sys.stderr)
    if args.branch_end and args.hook:
        print("\nThe session is not part of this push, which git has begun already: push again")
        return report.FOUND
    return report.CLEAN


def _by_itself(args: argparse.Namespace) -> int:
    """Pause if there is something to keep; whatever stands in the way, who called goes on."""
    from mpm_hooks import gather, idle, repo  # noqa: PLC0415 - as in _take
    from mpm_hooks.finding import MisuseError, UnableError  # noqa: PLC0415 - as in _take

    try:
        found = repo.locate(Path.cwd())
        if found and not idle.reason(found, gather.settings(found.root)):
            _take(args, ())
    except (MisuseError, UnableError) as error:
        print(report.printable(f"mpm-hooks: no automatic pause: {error}"), file=sys.stderr)
    return report.CLEAN


def _discard(args: argparse.Namespace) -> int:
    from mpm_hooks import pause  # noqa: PLC0415 - as in _take
    from mpm_hooks.finding import MisuseError  # noqa: PLC0415 - as in _take
    from mpm_hooks.session import ACTIVE_RECORD  # noqa: PLC0415 - as in _take

    if args.message or args.file or args.export or args.branch_end:
        message = "--discard takes no session: leave out the message, --from, --export and --branch-end"
        raise MisuseError(message)
    discarded = pause.discard(Path.cwd())
    actions = len(discarded.told.moments)
    print(report.printable(f"Discarded {ACTIVE_RECORD}: {actions} {'action' if actions == 1 else 'actions'}"))
    return report.CLEAN


def _is_due(args: argparse.Namespace, processes: tuple[runner.Process, ...]) -> bool:
    """Tell whether a branch that ends lacks a session; say which, and why nothing is done for others."""
    from mpm_hooks import ending, gather, repo  # noqa: PLC0415 - as in _take
    from mpm_hooks.finding import MisuseError, UnableError  # noqa: PLC0415 - as in _take

    if args.no_commit:
        message = "--branch-end commits the session: there is no --no-commit with it"
        raise MisuseError(message)
    found = repo.locate(Path.cwd())
    if found is None:
        message = f"{Path.cwd()} is in no git repository: it has no branch"
        raise UnableError(message)
    chosen = gather.settings(found.root)
    if args.hook:
        pushed = runner.pushed(processes, os.environ)
        ends = list(ending.ends(found, chosen, pushed))
    else:
        ends = [ending.end(found, chosen)]
    for end in ends:
        print(report.printable(f"mpm-hooks: {end.words}"), flush=True)
    return any(end.takes for end in ends)


def _statement(args: argparse.Namespace) -> Statement:
    """Join what flags, environment and a file say."""
    from mpm_hooks.facts import Statement  # noqa: PLC0415 - as in _take

    said = Statement(
        message=" ".join(args.message) or os.environ.get("MPM_PAUSE_MESSAGE", ""),
        task=args.task,
        phase=args.phase,
        next=tuple(args.next),
        done=tuple(args.done),
        decisions=tuple(args.decision),
        questions=tuple(args.question),
        blockers=tuple(args.blocker),
        tried=tuple(args.tried),
    )
    if not args.file:
        return said
    from mpm_hooks.parse import statement  # noqa: PLC0415 - few have one, and it needs yaml

    return statement.joined(said, _from_file(args.file))


def _from_file(name: str) -> Statement:
    from mpm_hooks.finding import MisuseError  # noqa: PLC0415 - as in _take
    from mpm_hooks.parse import statement  # noqa: PLC0415 - as in _take

    if name == "-":
        return statement.parse("standard input", sys.stdin.buffer.read(statement.LARGEST + 1))
    try:
        with Path(name).open("rb") as stream:
            return statement.parse(name, stream.read(statement.LARGEST + 1))
    except OSError as error:
        message = f"--from {name}: {error.strerror}; nothing was written"
        raise MisuseError(message) from None


def _told(outcome: Outcome, here: Path) -> Iterator[str]:
    """Tell what was done, and how to resume."""
    from mpm_hooks.session import DIRECTORY, POINTER  # noqa: PLC0415 - as in _take

    written, folder = outcome.written, outcome.root / DIRECTORY
    taken = written.session
    yield f"Session paused: {taken.id}"
    yield f"  {taken.text('conversation', 'primary_task')} ({taken.text('conversation', 'current_phase')})"
    if steps := taken.texts("conversation", "next_steps"):
        yield f"  next: {steps[0]}"
    for form, use in (("md", "to read"), ("yaml", "to edit"), ("json", "for tools")):
        yield f"  {_relative(folder / f'{taken.id}.{form}', here)}  ({use})"
    target = "it" if written.newest == taken.id else f"{written.newest}, which is dated later"
    yield f"  {_relative(folder / POINTER, here)}  (points to {target})"
    if outcome.export:
        yield f"Copied to {outcome.export}"
    if outcome.kept:
        yield f"The auto-pause has ended; its record is kept, uncommitted, as {_relative(outcome.kept, here)}"
    if outcome.work is None:
        yield f"Not committed: {outcome.root} is in no git repository"
    elif written.commit:
        branch = taken.text("git_context", "branch")
        yield f"Committed as {written.commit[:10]} on {branch}: these files and nothing else"
    else:
        yield "Not committed, as you asked"
    for each in outcome.interrupted:
        paths = " ".join(_relative(folder / name, here) for name in (f"{each}.*", POINTER))
        yield f"An earlier pause was interrupted before its commit: git add {paths} and commit {each}, or delete it"
    yield from ("", "To resume, here or in any clone:", "  /mpm-resume")
    yield f"  cat {_relative(folder / f'{taken.id}.md', here)}"


def _warned(outcome: Outcome) -> Iterator[str]:
    """Tell what the session lacks, and what was hidden in it."""
    if outcome.work and outcome.work.incomplete:
        yield f"mpm-hooks: the status in the session is incomplete: {outcome.work.incomplete}"
    yield from (f"mpm-hooks: {warning}" for warning in outcome.warnings)
    hidden: dict[str, list[str]] = {}
    for each in outcome.written.redactions:
        hidden.setdefault(each.rule, []).append(each.where)
    for rule, places in hidden.items():
        what = f"names this machine ({rule})" if rule in _OF_MACHINE else f"looks like a secret ({rule})"
        yield f"mpm-hooks: replaced what {what} in {', '.join(places)}"


def _relative(path: Path, here: Path) -> str:
    return Path(os.path.relpath(path, here)).as_posix()
