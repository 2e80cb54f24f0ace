"""The other work trees of a repository, and its other branches: where else sessions may be."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from mpm_hooks import blobs, plumbing, session

_MOST_BRANCHES = 50


def others(top: str) -> Mapping[str, str]:
    """Return the other work trees of a repository that are there, and the branch of each; empty if it has none."""
    found: dict[str, str] = {}
    listed = plumbing.run(top, "worktree", "list", "--porcelain", "-z")
    ending = b"\0"
    if listed is None:  # git before 2.36 ends lines in its own way alone
        listed, ending = plumbing.run(top, "worktree", "list", "--porcelain") or b"", b"\n"
    for record in listed.split(ending * 2):
        pairs = (plumbing.text(line).partition(" ") for line in record.split(ending) if line)
        said = {key: value for key, _, value in pairs}
        path = said.get("worktree", "")
        is_there = path and os.path.lexists(os.path.join(path, ".git"))  # noqa: PTH118 - as git names them
        if is_there and os.path.realpath(path) != os.path.realpath(top):
            found[path] = said.get("branch", "").removeprefix("refs/heads/")
    return found


def shown(path: str) -> str:
    """Name a directory as seen from here."""
    is_near = os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0]  # noqa: PTH109 - as above
    return (os.path.relpath(path) if is_near else path).replace(os.sep, "/")


def on_branches(top: str) -> Sequence[tuple[str, str]]:
    """Return branches that hold sessions, those with the newest commits, and the newest session of each."""
    words = ("for-each-ref", "--sort=-committerdate", f"--count={_MOST_BRANCHES}", "--format=%(refname)")
    listed = blobs.said(top, *words, "refs/heads", "refs/remotes").split("\n")
    refs = [ref for ref in listed if ref and not ref.endswith("/HEAD")]
    there = plumbing.objects(top, [f"{ref}:{session.DIRECTORY}" for ref in refs]) or ()
    found: dict[str, str] = {}
    for ref, known in zip(refs, there, strict=False):
        ids = session.ids(blobs.entries(top, ref, session.DIRECTORY)) if known else ()
        if ids:
            # As ``git switch`` takes it: for a remote's branch, the name without the remote.
            found.setdefault(re.sub("^refs/(heads|remotes/[^/]*)/", "", ref), max(ids))
    return list(found.items())
