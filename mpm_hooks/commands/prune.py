"""Fold old sessions into one line each of a ledger: say which, and do it where somebody says so."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from mpm_hooks import commands, ledger, prune, repo, report, retention, screen, worktrees
from mpm_hooks.account import count
from mpm_hooks.briefing import words
from mpm_hooks.commands.list import progress
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.prune import Plan, Verdict
from mpm_hooks.repo import Repo
from mpm_hooks.report.json_form import plain
from mpm_hooks.retention import Criteria
from mpm_hooks.screen import Screen, padded, width
from mpm_hooks.session import Json

_USUAL = 5
_GAP = "  "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    group = parser.add_argument_group("which sessions go", "those that all of these select, and that git has wholly")
    group.add_argument(
        "--keep", metavar="N", type=int, default=_USUAL, help=f"the newest N stay, at least one (default: {_USUAL})"
    )
    group.add_argument("--older-than", metavar="AGE", default="", help="only older ones: 90d, 12w, 6m, 1y")
    group.add_argument("--merged", action="store_true", help="only those whose branch the default branch has")
    parser.add_argument("--yes", action="store_true", help="do it (default: only say what would go)")
    parser.add_argument(
        "--commit", action="store_true", help="with --yes: commit it, and nothing else (default: leave git alone)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Say which sessions would go, or remove them; 1 if something would go and nothing was done."""
    if args.keep < 0:
        message = "--keep takes a number from 0 on"
        raise MisuseError(message)
    older = retention.age(args.older_than) if args.older_than else None
    criteria = Criteria(keep=args.keep, older=older, merged=args.merged)
    found = repo.find(Path.cwd())
    if found is None:
        message = f"{Path.cwd()} is in no git repository: what is removed here could not be had back"
        raise UnableError(message)
    planned = prune.plan(found, commands.place(), criteria, partial(progress, stream=sys.stderr))
    is_done = bool(args.yes and planned.gone)
    made = prune.carry_out(found, planned, commits=args.commit) if is_done else None
    if args.format == "json":
        print(json.dumps(_data(planned, made, is_done=is_done), indent=2))
    else:
        for line in _told(planned, criteria, commands.screen(sys.stdout), is_done=is_done):
            print(line)
        for line in _steps(found, planned, args, made) if planned.gone else ():
            print(report.printable(line))
    return report.FOUND if planned.gone and not is_done else report.CLEAN


def _told(planned: Plan, criteria: Criteria, shown: Screen, *, is_done: bool) -> Iterator[str]:
    gone, held = planned.gone, [each for each in planned.verdicts if each.held]
    rest = len(planned.verdicts) - len(gone) - len(held)
    if gone:
        verb = "went" if is_done else "would go"
        yield f"{len(gone)} of {count(len(planned.verdicts), 'session')} {verb}: {criteria.words}"
        yield from _table(gone, shown)
    else:
        yield f"nothing to prune: none of {count(len(planned.verdicts), 'session')} is {criteria.words}"
    for each in held:
        yield shown.paint(shown.text(f"{each.kept.id} stays: {each.stays}"), screen.YELLOW)
    if gone and rest:
        yield f"{count(rest, 'other')} {'stays' if rest == 1 else 'stay'}"


def _table(gone: Sequence[Verdict], shown: Screen) -> Iterator[str]:
    rows = [
        (each.kept.id, told.age, told.told.branch, words.standing(told.standing), told.told.goal or told.told.account)
        for each in gone
        if (told := each.briefing)
    ]
    cells = [[*map(shown.text, row)] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = _GAP.join(padded(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip()
        yield f"{_GAP}{shown.cut(line, shown.width - len(_GAP)) if shown.width else line}"


def _steps(found: Repo, planned: Plan, args: argparse.Namespace, made: str | None) -> Iterator[str]:
    ledgers = _here(found, planned.after)
    if made:
        yield f"Committed as {made[:10]}: these files and {', '.join(ledgers)}, and nothing else"
    elif args.yes:
        yield f"Wrote {', '.join(ledgers)}; not committed. Next:"
        folders = sorted({each.kept.folder for each in planned.gone})
        yield f"  git add {shlex.join(ledgers)}"
        yield f"  git add --update {shlex.join(_here(found, folders))}"
        yield f"  git commit -m {shlex.quote('Prune sessions')}"
    else:
        yield f"Nothing was removed: --yes leaves a line of each in {ledger.NAME}; --yes --commit commits that, too"


def _here(found: Repo, paths: Iterable[str]) -> list[str]:
    return [worktrees.shown(str(found.root / path)) for path in paths]


def _data(planned: Plan, made: str | None, *, is_done: bool) -> Json:
    return {
        "done": is_done,
        "commit": made,
        "gone": [{"session": each.kept.id, "files": [plain(path) for path in each.paths]} for each in planned.gone],
        "stay": [
            {"session": each.kept.id, "why": plain(each.stays), "held": each.held}
            for each in planned.verdicts
            if each.stays
        ],
        "ledgers": [plain(path) for path in planned.after],
    }
