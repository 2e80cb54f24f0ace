"""How far a branch has moved on since a session: by the session's commit, or by what has become of it.

A squash or a rebase takes a commit away and keeps what it changed. The same tree, or the same patch since the base,
then stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from mpm_hooks import blobs, plumbing
from mpm_hooks.blobs import Obtain
from mpm_hooks.session import DIRECTORY
from mpm_hooks.summary import Change, Drift, Match, Told

_OURS = DIRECTORY.partition("/")[0]
_NOT_OURS = ("--", ".", f":(exclude,glob)**/{_OURS}/**")
_WHOLE = (40, 64)
"""Digits of a commit's full name: a server gives out commits by these alone."""

_MOST_COMMITS = 100
_MOST_PATCHES = 30
_MOST_BLOBS = 500


def of(root: str, told: Told, change: Change, obtain: Obtain | None = None) -> Drift:
    """Compare the commit at which a session was paused with the head of the branch; ``obtain`` what may be missing."""
    commit = _found(root, told.commit, obtain)
    if commit is None:
        return Drift(match=Match.UNKNOWN)
    at, by = commit, "commit"
    if plumbing.run(root, "merge-base", "--is-ancestor", commit, change.head) is None:
        at, by = _same_tree(root, change, commit), "tree"
        if not at:
            at, by = _same_patch(root, change, commit, obtain), "patch"
    return _since(root, told, change, at, by) if at else Drift(match=Match.DIVERGED)


def _found(root: str, name: str, obtain: Obtain | None) -> str | None:
    """Return the full name of a commit, None if it is not to be had."""
    known = blobs.commit(root, name) if name else None
    if obtain and not known and len(name) in _WHOLE:
        obtain([name])
        known = blobs.commit(root, name)
    return known


def _since(root: str, told: Told, change: Change, commit: str, by: str) -> Drift:
    """Count what followed a commit of the branch, and see which of the session's files it touched."""
    followed = commits(root, f"{commit}..{change.head}", change.base)
    named = {*told.files, *told.loose}
    moved = [each.path for each in blobs.changed(root, commit, change.head) if each.path in named] if followed else []
    match = Match.BEHIND if followed else Match.FRESH
    return Drift(match=match, commits=len(followed), by=by, at=commit, touched=tuple(moved))


def commits(root: str, span: str, base: str) -> Sequence[str]:
    """Return commits, the newest first: neither those that the base has, nor those that hold sessions alone."""
    without = [f"^{base}"] if base else []
    return blobs.said(root, "rev-list", "--no-merges", span, *without, *_NOT_OURS).split()


def _candidates(root: str, change: Change) -> Sequence[str]:
    """Return the commits of the branch, the newest first."""
    without = [f"^{change.base}"] if change.base else []
    return blobs.said(root, "rev-list", f"--max-count={_MOST_COMMITS}", change.head, *without).split()


def _same_tree(root: str, change: Change, commit: str) -> str:
    """Return the newest commit of the branch that holds the same files as another, sessions aside; empty if none."""
    candidates = _candidates(root, change)
    trees = plumbing.objects(root, [f"{each}^{{tree}}" for each in (commit, *candidates)]) or ()
    held = blobs.contents(root, filter(None, trees))
    wanted, *others = [list(_entries(held.get(each or "", b""), len(commit))) for each in trees] or [[]]
    return next((each for each, found in zip(candidates, others, strict=False) if wanted and found == wanted), "")


def _entries(tree: bytes, digits: int) -> Iterator[bytes]:
    """Take a tree object apart, and leave out what is claude-mpm's own; an id has half as many bytes as digits."""
    place = 0
    while place < len(tree):
        end = tree.index(b"\0", place)
        following = end + 1 + digits // 2
        if tree[place:end].partition(b" ")[2] != _OURS.encode():
            yield tree[place:following]
        place = following


def _same_patch(root: str, change: Change, commit: str, obtain: Obtain | None) -> str:
    """Return the newest commit of the branch that changes the same since the base; empty if none does."""
    start = blobs.said(root, "merge-base", commit, change.base) if change.base else ""
    if not start:
        return ""
    if obtain:
        obtain(list(islice(_blobs(root, f"{start}..{commit}", f"{change.base}..{change.head}"), _MOST_BLOBS)))
    wanted = _patch(root, start, commit)
    candidates = _candidates(root, change)[:_MOST_PATCHES] if wanted else ()
    return next((each for each in candidates if _patch(root, change.base, each) == wanted), "")


def _patch(root: str, before: str, after: str) -> bytes:
    """Return the id of what changes between two commits, sessions aside; empty if nothing does, or it is not known."""
    words = ("-c", "core.bigFileThreshold=1m", "diff-tree", "-r", "-p", "--no-renames", "--no-ext-diff")
    return patch_id(root, *words, "--no-textconv", before, after, *_NOT_OURS)


def patch_id(root: str, *words: str) -> bytes:
    """Return the id of the patch that git prints with these words; empty if it prints none."""
    shown = plumbing.run(root, *words)
    answer = plumbing.run(root, "patch-id", "--stable", given=shown) if shown else None
    return (answer or b"").partition(b" ")[0]


def _blobs(root: str, *spans: str) -> Iterator[str]:
    """Yield the ids of what commits have changed, before and after."""
    for span in spans:
        words = ("log", "--raw", "--no-renames", "--no-abbrev", "--no-merges", "--format=", span, *_NOT_OURS)
        for line in blobs.said(root, *words).split("\n"):
            yield from (each for each in line.split(" ")[2:4] if each.strip("0"))
