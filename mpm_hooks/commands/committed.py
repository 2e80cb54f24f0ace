"""Say which sessions are not committed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from mpm_hooks import disk, repo, runner, tracking, work
from mpm_hooks.commands import add_report_arguments, policy, tell
from mpm_hooks.finding import UnableError
from mpm_hooks.rules import standing
from mpm_hooks.rules.standing import Standing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--allow-ignored",
        action="store_true",
        help="leave sessions in peace that an ignore rule hides, for teams that do not commit theirs",
    )
    parser.add_argument(
        "--no-staged",
        action="store_true",
        help="count only what is committed, as by itself in CI and before a push",
    )
    parser.add_argument("--hook", action="store_true", help=argparse.SUPPRESS)
    add_report_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print which sessions are not, or not wholly, committed; 0 if all are."""
    found = repo.find(Path.cwd())
    if found is None:
        message = f"{Path.cwd()} is in no git repository: nothing can be committed here"
        raise UnableError(message)
    decided = policy(args, str(found.root))
    folders = tracking.folders(found)
    links = {folder: link for folder in folders if (link := disk.linked(found.root, folder))}
    files: Sequence[Standing] = [
        file for folder in folders if folder not in links for file in tracking.standing(found, folder)
    ]
    processes = tuple(runner.ancestors())
    if args.hook and (patch := runner.set_aside(processes, os.environ)):
        files = tracking.with_changes(files, work.patched(found, patch))
    findings = [finding for link in links.values() for finding in standing.check_linked(link)]
    findings += standing.check_standing(
        files,
        tracking.gitignore_lines(found),
        staged_counts=found.in_commit or not (args.no_staged or _is_final(processes)),
        ignored_counts=args.allow_ignored,
    )
    return tell(args, sorted(findings), lambda: len({file.session for file in files if file.session}), decided)


def _is_final(processes: Sequence[runner.Process]) -> bool:
    """Tell whether what is not committed now will not be there: in CI, and before a push."""
    return runner.in_ci(os.environ) or runner.is_pre_push(processes, os.environ)
