"""The other work trees of a repository, and its other branches: where else sessions may be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mpm_hooks import blobs, plumbing, session

_MOST_BRANCHES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A work tree."""

    path: str
    branch: str = ""
    """The branch that is checked out there; empty if none is."""


def others(top: str) -> Sequence[Worktree]:
    """Return the other work trees of a repository, as far as they are there."""
    found = [each for each in _listed(top) if os.path.lexists(os.path.join(each.path, ".git"))]  # noqa: PTH118 - as git names them
    return [each for each in found if os.path.realpath(each.path) != os.path.realpath(top)]


def _listed(top: str) -> Iterator[Worktree]:
    listed = plumbing.run(top, "worktree", "list", "--porcelain", "-z")
    ending = b"\0"
    if listed is None:  # git before 2.36 ends lines in its own way alone
        listed, ending = plumbing.run(top, "worktree", "list", "--porcelain") or b"", b"\n"
    for record in listed.split(ending * 2):
        pairs = (plumbing.text(line).partition(" ") for line in record.split(ending) if line)
        said = {key: value for key, _, value in pairs}
        if "worktree" in said:
            yield Worktree(path=said["worktree"], branch=said.get("branch", "").removeprefix("refs/heads/"))


def shown(path: str) -> str:
    """Name a directory as seen from here."""
    is_near = os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0]  # noqa: PTH109 - as above
    return (os.path.relpath(path) if is_near else path).replace(os.sep, "/")


def on_branches(top: str) -> Sequence[tuple[str, str]]:
    """Return branches that hold sessions, those with the newest commits, and the newest session of each."""
    words = ("for-each-ref", "--sort=-committerdate", f"--count={_MOST_BRANCHES}", "--format=%(refname)")
    listed = plumbing.text(plumbing.run(top, *words, "refs/heads", "refs/remotes") or b"").split("\n")
    refs = [ref for ref in listed if ref and not ref.endswith("/HEAD")]
    there = plumbing.objects(top, [f"{ref}:{session.DIRECTORY}" for ref in refs]) or ()
    found: dict[str, str] = {}
    for ref, known in zip(refs, there, strict=False):
        ids = session.ids(blobs.entries(top, ref, session.DIRECTORY)) if known else ()
        if ids:
            found.setdefault(_short(ref), max(ids))
    return list(found.items())


def _short(ref: str) -> str:
    """Return what ``git switch`` takes: for a remote's branch, the name without the remote."""
    kind, _, rest = ref.removeprefix("refs/").partition("/")
    return rest.partition("/")[2] if kind == "remotes" else rest
