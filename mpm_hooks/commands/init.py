"""Give this repository what it needs: hooks, ignore rules, attributes, a workflow, skills."""

from __future__ import annotations

import argparse
import difflib
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from mpm_hooks import adoption, commands, repo, report, screen, worktrees
from mpm_hooks.adoption import Wanted
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.screen import Screen
from mpm_hooks.setup import Left, Proposal, prek


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    parser.add_argument("--remove", action="store_true", help="take out again what init has written, and nothing else")
    parser.add_argument(
        "--claude",
        action="store_true",
        help="also skills for Claude Code, and hooks that pause and resume by themselves",
    )
    parser.add_argument(
        "--push", action="store_true", help="also the hook that asks for a session when a branch is pushed"
    )
    parser.add_argument(
        "--github",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="the workflow for pull requests (default: if a remote is on GitHub, or there is a .github)",
    )


def run(args: argparse.Namespace) -> int:
    """Show what the repository lacks, and write it if somebody agrees; 1 if it was only shown."""
    if args.yes and args.dry_run:
        message = "--dry-run writes nothing, and --yes writes: leave one of them out"
        raise MisuseError(message)
    found = repo.find(Path.cwd())
    if found is None:
        message = f"{Path.cwd()} is in no git repository: git init makes one"
        raise UnableError(message)
    wanted = Wanted(claude=args.claude, push=args.push, github=args.github)
    answers = list(adoption.withdrawn(found) if args.remove else adoption.proposed(found, wanted))
    proposals = [each for each in answers if isinstance(each, Proposal)]
    for line in _shown(answers, commands.screen(sys.stdout)):
        print(line)
    if proposals and not _is_agreed(args):
        return report.FOUND
    adoption.write(found, proposals)
    for line in _told(found, proposals, args):
        print(line)
    return report.CLEAN


def _is_agreed(args: argparse.Namespace) -> bool:
    if args.yes:
        return True
    why = ""
    if args.dry_run:
        why = ": without --dry-run, this is"
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        why = ", since nobody can be asked here: --yes writes it"
    else:
        with suppress(EOFError):
            if input("Write this? [y/N] ").strip().lower() in ("y", "yes"):
                return True
    print(f"Nothing was written{why}")
    return False


def _shown(answers: Sequence[Proposal | Left], shown: Screen) -> Iterator[str]:
    """Say of each file why and how it is to change, and what is left to a person."""
    for each in answers:
        path = shown.paint(each.path, screen.BOLD)
        if isinstance(each, Left):
            yield f"{path}: {shown.paint('left to you', screen.YELLOW)}: {each.what}"
        else:
            yield f"{path}: {each.why}"
            old = os.devnull if each.before is None else f"a/{each.path}"
            new = os.devnull if each.after is None else f"b/{each.path}"
            for line in difflib.unified_diff(_lines(each.before), _lines(each.after), old, new, lineterm=""):
                yield shown.paint(report.printable(line), screen.DIFF.get(line[:1], ""))
        yield ""


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode(errors="backslashreplace").replace("\r\n", "\n").removesuffix("\n")
    return text.split("\n") if text else []


def _told(found: Repo, proposals: Sequence[Proposal], args: argparse.Namespace) -> Iterator[str]:
    paths = [each.path for each in proposals]
    nothing = "nothing of ours is here" if args.remove else "all is there"
    yield f"Wrote {', '.join(_here(found, paths))}" if paths else f"Nothing to do: {nothing}"
    lost = adoption.ignored(found, [each.path for each in proposals if each.after is not None])
    yield from (f"{path} is ignored by git: only this work tree has it" for path in _here(found, lost))
    steps = []
    if added := adoption.addable(found, paths):
        words = "Take mpm-hooks out" if args.remove else "Keep the sessions of claude-mpm with mpm-hooks"
        steps = [f"git add {shlex.join(_here(found, added))}", f"git commit -m {shlex.quote(words)}"]
    steps += [] if args.remove else _installing(found, push=args.push)
    yield from ["", "Next:", *(f"  {step}" for step in steps)] if steps else []


def _here(found: Repo, paths: Sequence[str]) -> list[str]:
    return [worktrees.shown(str(found.root.resolve() / path)) for path in paths]


def _installing(found: Repo, *, push: bool) -> Iterator[str]:
    hooks = [hook for hook in ("pre-commit", *["pre-push"] * push) if not adoption.installed(found, hook)]
    if not hooks:
        return
    runners = ["prek"] if (found.root / prek.PATH).exists() else ["pre-commit", "prek"]
    runner = next((each for each in runners if shutil.which(each)), runners[0])
    if not shutil.which(runner):
        yield f"pipx install {runner}"
    yield f"{runner} install{''.join(f' --hook-type {hook}' for hook in hooks) if 'pre-push' in hooks else ''}"
