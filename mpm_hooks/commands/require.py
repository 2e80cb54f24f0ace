"""Say which commits need a session and have none: those that an agent made, if the settings say nothing else."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpm_hooks import blobs, config, due, ending, gather, history, repo, report, runner
from mpm_hooks.account import count
from mpm_hooks.config import Config
from mpm_hooks.due import Judgement, Span
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.report import printable
from mpm_hooks.report.json_form import plain
from mpm_hooks.session import Json

_MOST = 10
"""Commits that are named; of more it is told how many there are."""
_DIGITS = 10
_HEADS = "refs/heads/"
_SWITCHED_OFF = 'require = "never" in the settings: no session is asked for'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    name: str
    span: Span
    local: str
    """What to switch to before a pause; empty where it is checked out, or no branch."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--base", metavar="REF", default="", help="look at what it has not (default: the default branch)"
    )
    parser.add_argument(
        "--head", metavar="REF", default="", help="look at what this has (default: what is checked out)"
    )
    parser.add_argument("--always", action="store_true", help="ask for a session whoever made the commits")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--hook", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Judge the branch, or all that is pushed; 1 if a session is missing."""
    found = repo.find(Path.cwd())
    if found is None:
        message = f"{Path.cwd()} is in no git repository: it has no commits"
        raise UnableError(message)
    chosen = gather.settings(found.root)
    chosen = chosen.replaced(require="always") if args.always else chosen
    asked, why = ([], _SWITCHED_OFF) if chosen.require == "never" else _asked(args, found, chosen)
    judged = [(each, due.of(each.span, chosen)) for each in asked]
    if args.format == "json":
        print(json.dumps({"branches": [_data(*each) for each in judged], "why": plain(why)}, indent=2))
    else:
        for line in _told(judged, why):
            print(printable(line))
    return report.FOUND if any(each.uncovered for _, each in judged) else report.CLEAN


def _asked(args: argparse.Namespace, found: Repo, chosen: Config) -> tuple[Sequence[_Asked], str]:
    """Return what is to be judged; if nothing is, why."""
    base, head = args.base, args.head
    if args.hook:
        processes = tuple(runner.ancestors())
        if pushed := runner.pushed(processes, os.environ):
            return [_pushed(found, chosen, *each) for each in ending.pushes(found, chosen, pushed)], ""
        base = base or os.environ.get("PRE_COMMIT_FROM_REF", "")
        head = head or os.environ.get("PRE_COMMIT_TO_REF", "")
    return _of_branch(found, chosen, base, head)


def _of_branch(found: Repo, chosen: Config, base: str, head: str) -> tuple[Sequence[_Asked], str]:
    """Return the branch that is meant; the default branch only where somebody says what it is to be compared with."""
    target = os.environ.get("GITHUB_BASE_REF", "")
    base = base or (f"origin/{target}" if target else "")
    root = found.top
    here = blobs.said(root, "symbolic-ref", "--quiet", "HEAD").removeprefix(_HEADS)
    name = _name(root, here, head) or os.environ.get("GITHUB_HEAD_REF", "")
    if config.is_exempt(name, chosen.exempt_branches):
        return [], f"{name} is exempt by the settings"
    defaults = history.default_branches(found, chosen.default_branches)
    if name in defaults and not base:
        return [], f"{name} is the default branch: --base REF says what it is to be compared with"
    if not head and blobs.commit(root, "HEAD") is None:
        return [], f"{name} has no commit yet"
    bases = (_commit(root, base),) if base else due.tips(root, defaults)
    span = Span(root=root, head=_commit(root, head or "HEAD"), bases=bases)
    return [_Asked(name=name or head or "HEAD", span=span, local="" if name == here else name)], ""


def _name(root: str, here: str, head: str) -> str:
    """Return the branch of which somebody names the newest commit; empty if it is none."""
    if not head:
        return here
    commit = _commit(root, head)
    named = blobs.said(root, "rev-parse", "--symbolic-full-name", head)
    if not named.startswith(_HEADS):
        return here if blobs.commit(root, "HEAD") == commit else ""
    return named.removeprefix(_HEADS)


def _pushed(found: Repo, chosen: Config, source: str, name: str) -> _Asked:
    root = found.top
    bases = due.tips(root, history.default_branches(found, chosen.default_branches))
    here = blobs.said(root, "symbolic-ref", "--quiet", "HEAD")
    span = Span(root=root, head=_commit(root, source), bases=bases)
    return _Asked(name=name, span=span, local="" if source in ("HEAD", here) else source.removeprefix(_HEADS))


def _commit(root: str, name: str) -> str:
    if name.startswith("-") or "\n" in name:
        message = f"{name!r} is no name of a commit: write a branch, a tag or a commit"
        raise MisuseError(message)
    if known := blobs.commit(root, name):
        return known
    message = f"{name} is no commit that is here: git fetch it; in CI, a checkout with fetch-depth: 0 has it"
    raise UnableError(message)


def _told(judged: Sequence[tuple[_Asked, Judgement]], why: str) -> Iterator[str]:
    """Say which commits lack a session, and the way out."""
    if not judged:
        yield f"mpm-hooks: {why or 'nothing is pushed that needs a session'}"
    for asked, found in judged:
        if not found.uncovered:
            clean = f"{found.covered_by} covers what needs it" if found.covered_by else "none needs a session"
            yield f"mpm-hooks: {asked.name}: {count(found.commits, 'commit')} looked at, {clean}"
            continue
        yield f"mpm-hooks: {asked.name}: no session covers {len(found.uncovered)} of {count(found.commits, 'commit')}"
        for made in found.uncovered[:_MOST]:
            yield f"  {made.id[:_DIGITS]} {made.subject}{f' ({made.sign})' if made.sign else ''}"
        yield from [f"  and {len(found.uncovered) - _MOST} more"] * (len(found.uncovered) > _MOST)
        switch = f"git switch {shlex.quote(asked.local)}, then " if asked.local else ""
        yield f"    -> {switch}pre-commit run mpm-pause, or mpm-hooks pause; then push again"


def _data(asked: _Asked, found: Judgement) -> Json:
    return {
        "branch": plain(asked.name),
        "head": asked.span.head,
        "commits": found.commits,
        "covered_by": found.covered_by,
        "uncovered": [
            {"commit": each.id, "subject": plain(each.subject), "author": plain(each.author), "sign": plain(each.sign)}
            for each in found.uncovered
        ],
    }
