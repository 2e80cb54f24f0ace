"""Say which sessions are not committed."""

from __future__ import annotations

import os

from mpm_hooks import questions, repo
from mpm_hooks.commands import add_report_arguments, judge, tell
from mpm_hooks.finding import UnableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mpm_hooks import runner


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from argparse import SUPPRESS  # noqa: PLC0415 - a commit calls without what has to be parsed

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
    parser.add_argument("--hook", action="store_true", help=SUPPRESS)
    add_report_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print which sessions are not, or not wholly, committed; 0 if all are."""
    found = repo.locate("")
    if found is None:
        message = f"{os.getcwd()} is in no git repository: nothing can be committed here"  # noqa: PTH109 - see below
        raise UnableError(message)
    answers = questions.survey(found)

    # While git looks, Python imports what is needed then.
    from mpm_hooks import runner, tracking  # noqa: PLC0415 - …
    from mpm_hooks.rules import standing  # noqa: PLC0415 - …

    weigh = judge(args, found.top)
    processes = tuple(runner.ancestors())
    files, links = tracking.survey(found, answers)
    if args.hook and (patch := runner.set_aside(processes, os.environ)):
        from mpm_hooks import work  # noqa: PLC0415 - few have unstaged changes

        files = tracking.with_changes(files, work.patched(found, patch))
    findings = [finding for link in links for finding in standing.check_linked(link)]
    findings += standing.check_standing(
        files,
        tracking.gitignore_lines(found),
        staged_counts=found.in_commit or not (args.no_staged or _is_final(processes)),
        ignored_counts=args.allow_ignored,
    )
    return tell(args, sorted(findings), lambda: len({file.session for file in files if file.session}), weigh)


def _is_final(processes: Sequence[runner.Process]) -> bool:
    """Tell whether what is not committed now will not be there: in CI, and before a push."""
    from mpm_hooks import runner  # noqa: PLC0415 - see above

    return runner.in_ci(os.environ) or runner.is_pre_push(processes, os.environ)
