"""Show where the work of a branch stands, by the sessions that it adds or changes."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from mpm_hooks import blobs, commands, due, history, repo, report, review
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.summary import Links, Summary, html, json_form, markdown

_LONGEST = 100
"""Characters of a wrong argument that are repeated."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--base", metavar="REF", help="what the branch is compared with (default: the default branch; on it, nothing)"
    )
    parser.add_argument("--head", metavar="REF", default="HEAD", help="the newest commit of the branch (default: HEAD)")
    parser.add_argument(
        "--format",
        choices=("markdown", "json", "html"),
        default="markdown",
        help="how it is written (default: markdown)",
    )
    parser.add_argument("--output-file", metavar="FILE", help="write it there (default: standard output)")
    parser.add_argument("--directory", metavar="DIR", default="", help="look for sessions below this directory alone")
    parser.add_argument(
        "--repository-url",
        metavar="URL",
        help="link files to this, as https://github.com/OWNER/NAME (default: no links)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the summary; 0 however the work stands."""
    found = _repository()
    root = found.top
    head = _commit(root, args.head)
    base = _commit(root, args.base) if args.base else _default(found, head)
    links = _links(args.repository_url, head) if args.repository_url else None
    told = review.of(root, base, head, config=review.settings(root, base or head), directory=args.directory)
    with commands.opened(args.output_file) if args.output_file else nullcontext(sys.stdout) as stream:
        stream.write(_written(told, args.format, links))
    return report.CLEAN


def _repository() -> Repo:
    """Return the repository, which may be a bare one: no work tree is looked at."""
    here = Path.cwd()
    if blobs.said(str(here), "rev-parse", "--is-bare-repository") == "true":
        return Repo(str(here), str(here), str(here / "index"), in_commit=False)
    if found := repo.find(here):
        return found
    message = "this is no git repository: a summary is made from commits"
    raise UnableError(message)


def _commit(root: str, name: str) -> str:
    is_name = name and "\n" not in name and "\0" not in name
    if is_name and (known := blobs.commit(root, name)):
        return known
    message = f"{name[:_LONGEST]}: there is no such commit here; in a shallow clone, fetch it first"
    raise MisuseError(message)


def _default(found: Repo, head: str) -> str:
    """Return the default branch that has the most of the head; nothing if it has all of it, or there is none."""
    names = history.default_branches(found, review.settings(found.top, head).default_branches)
    words = {tip: blobs.said(found.top, "rev-list", "--count", f"{tip}..{head}") for tip in due.tips(found.top, names)}
    apart = {tip: int(number) for tip, number in words.items() if number}  # none of one whose fetch was cut off
    nearest = min(apart, key=lambda tip: apart[tip], default="")
    return nearest if apart.get(nearest) else ""


def _links(url: str, head: str) -> Links:
    """Take the address of a repository apart."""
    server, _, path = url.rstrip("/").removesuffix(".git").partition("://")
    host, _, repository = path.partition("/")
    if server not in ("https", "http") or not host or repository.count("/") < 1 or not url.isprintable() or " " in url:
        message = f"--repository-url {url[:_LONGEST]}: give it as https://github.com/OWNER/NAME"
        raise MisuseError(message)
    return Links(server=f"{server}://{host}", repository=repository, head=head)


def _written(found: Summary, form: str, links: Links | None) -> str:
    if form == "json":
        return json_form.page(found) + "\n"
    return html.page(found, links=links) if form == "html" else markdown.page(found, links=links)
