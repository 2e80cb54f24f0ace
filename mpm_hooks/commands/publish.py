"""Tell on a pull request where its sessions stand: in a job of GitHub Actions."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from mpm_hooks import comment, event, fetch, job, report, subject
from mpm_hooks.comment import Draft
from mpm_hooks.discussion import Discussion, Outcome
from mpm_hooks.event import Event
from mpm_hooks.finding import ERROR, SEVERITIES, MisuseError, UnableError
from mpm_hooks.github import Client
from mpm_hooks.github.answer import DeniedError, LockedError
from mpm_hooks.github.connection import Connection
from mpm_hooks.subject import Subject
from mpm_hooks.summary import Links, State, Summary, markdown

RECIPE = "https://github.com/mpm-hooks/mpm-hooks/blob/main/docs/pull-requests.md#forks-and-dependabot"
_SHORT = 10
"""Digits of a commit's name that are shown."""
LARGEST = 30_000_000
"""Bytes of the payload of an event."""
GONE = """\
### ⚪ No session

The sessions that this comment told of are gone from the pull request: it is outdated.
"""
_FAILING = ("never", "error", "warning", "blocked", "uncovered")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes; the token it takes from GITHUB_TOKEN."""
    parser.add_argument("--base", metavar="REF", default="", help="compare with this (default: the event tells)")
    parser.add_argument("--head", metavar="REF", default="", help="look at this (default: the event tells)")
    parser.add_argument("--directory", metavar="DIR", default="", help="look for sessions below this directory alone")
    parser.add_argument(
        "--key", default="sessions", help="what tells this comment from others on the same pull request"
    )
    parser.add_argument(
        "--comment",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="comment on the pull request (default: yes)",
    )
    parser.add_argument(
        "--fail-on",
        choices=_FAILING,
        default="never",
        help="exit with 1 if there are errors, or warnings too, if the work is blocked, or if a commit lacks "
        "its session (default: never)",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write no comment")


def run(args: argparse.Namespace) -> int:
    """Publish the summary; 1 if what was found is to fail the job."""
    key = comment.key(args.key)
    happened = event.read(os.environ, _payload(_variable("GITHUB_EVENT_PATH")))
    token = _variable("GITHUB_TOKEN")
    del os.environ["GITHUB_TOKEN"]  # it is left to nobody whom we start
    connection = Connection(_variable("GITHUB_API_URL"), _variable("GITHUB_GRAPHQL_URL"), token)
    client = Client(happened.repository, connection)
    about = subject.chosen(subject.find(happened, client), client, base=args.base, head=args.head)
    if not about.head:
        print(job.notice(about.why))
        return report.CLEAN
    _refuse(happened, about)
    span = subject.span(about, client)
    server = _variable("GITHUB_SERVER_URL")
    url = f"{server}/{happened.repository}.git"
    told = fetch.look(url, token, span, branch=happened.branch, directory=args.directory)
    links = Links(server=server, repository=happened.repository, head=span.head)
    if path := os.environ.get("GITHUB_STEP_SUMMARY", ""):
        job.summarise(path, markdown.page(told, links=links, most=job.room(path), size=markdown.utf8))
    outcome = Outcome(did="none")
    if args.comment and about.number:
        outcome = _say(happened, client, about, _draft(happened, key, told, links), dry=args.dry_run)
    elif args.comment:
        print(job.notice(f"no comment: {about.why}"))
    _report(told, outcome)
    return report.FOUND if _is_failing(args.fail_on, told) else report.CLEAN


def _refuse(happened: Event, about: Subject) -> None:
    """Refuse to go on where a pull request is checked out although the token may write."""
    place = os.environ.get("GITHUB_WORKSPACE", "") if happened.is_privileged else ""
    if found := place and job.checkout(place, about.head, of_fork=happened.is_fork):
        message = (
            f"{found} holds the head of the pull request, and on {happened.name} the token may write: whatever runs "
            f"there could use it. Check nothing of the pull request out: this action needs no checkout. See {RECIPE}"
        )
        raise UnableError(message)


def _draft(happened: Event, key: str, told: Summary, links: Links) -> Draft:
    address = f"{links.server}/{links.repository}/actions/runs/{happened.run}/attempts/{happened.attempt}"
    rest = f"There is more than fits here: [the summary of the job]({address}) has all of it."
    gone = told.status is State.NONE
    text = GONE if gone else markdown.page(told, links=links, most=comment.room(key), rest=rest)
    run = (happened.run, happened.attempt)
    return Draft(key=key, run=run, head=links.head, text=text, passing=address, outdated=gone)


def _say(happened: Event, client: Client, about: Subject, draft: Draft, *, dry: bool) -> Outcome:
    """Comment; no right to is told, and no failure."""
    try:
        discussion = Discussion(client, about.number, client.pull(about.number).head)
        if dry:
            print(f"dry run: the comment on pull request {about.number} would be {discussion.preview(draft)}")
            return Outcome(did="none")
        return discussion.settle(draft)
    except LockedError as error:
        print(job.notice(f"no comment: {error}"))
    except DeniedError as error:
        why = "on pull requests from forks and of Dependabot the token only reads" if happened.is_read_only else error
        print(job.notice(f"no comment, the job's summary has it all: {why}. See {RECIPE}"))
    return Outcome(did="none")


def _report(told: Summary, outcome: Outcome) -> None:
    """Tell the log, the diff and the steps to come."""
    for line in report.formatted("github", told.judged):
        print(line)
    if told.uncovered:
        names = ", ".join(each.id[:_SHORT] for each in told.uncovered)
        print(job.notice(f"no session covers {names}: mpm-hooks pause on the branch, and push it"))
    written = outcome.comment
    values = {
        "sessions": str(len(told.sessions) + told.left_out),
        "latest": told.latest,
        "status": str(told.status),
        "findings": str(len(told.findings)),
        "uncovered": str(len(told.uncovered)),
        "comment-id": str(written.id) if written else "",
        "comment-url": written.url if written else "",
    }
    print(report.printable(f"sessions: {values['sessions']}, {told.status}; comment {outcome.did}"))
    if path := os.environ.get("GITHUB_OUTPUT", ""):
        for name, value in values.items():
            job.output(path, name, value)


def _is_failing(fail_on: str, told: Summary) -> bool:
    if fail_on == "blocked":
        return told.status is State.BLOCKED
    if fail_on == "uncovered":
        return bool(told.uncovered)
    weights = {"error": (ERROR,), "warning": SEVERITIES}.get(fail_on, ())
    return any(told.count(each) for each in weights)


def _payload(path: str) -> object:
    try:
        with Path(path).open("rb") as stream:
            return json.loads(stream.read(LARGEST))
    except (OSError, ValueError):
        message = f"GITHUB_EVENT_PATH: {path[:100]} holds no event"
        raise MisuseError(message) from None


def _variable(name: str) -> str:
    return event.variable(os.environ, name)
