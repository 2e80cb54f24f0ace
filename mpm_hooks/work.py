"""Where the work stands, also where a hook runner keeps a part of it aside."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mpm_hooks import history, operation, repo, status
from mpm_hooks.facts import Base, Change, Entry, WorkState
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import DIRECTORY

_SHOWN_COMMITS = 5
_LARGEST = 1_000_000
"""Bytes of an untracked file whose lines are counted."""
_MOST_COUNTED = 500
"""Untracked files whose lines are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The work tree as it was before a runner set a part of it aside: trees before and after, and where they are."""

    before: str
    after: str
    environment: Mapping[str, str]


def state(found: Repo, defaults: Sequence[str] = (), set_aside: Path | None = None) -> WorkState:
    """Ask git where the work stands, exactly as ``git status`` does.

    Args:
        found: The repository.
        defaults: The names of default branches by the settings.
        set_aside: The patch in which a hook runner keeps the unstaged changes, so that git does not see them.
    """
    answer = repo.run(found, "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=normal")
    headers, entries = status.parse(answer)
    oid, name = headers.get("branch.oid", "(initial)"), headers.get("branch.head", "(detached)")
    head, branch = None if oid == "(initial)" else oid, None if name == "(detached)" else name
    begun = operation.begun(found)
    worked_on = branch or (begun.branch if begun else None)
    base, own = history.base(found, worked_on, defaults) if head else (None, ())
    since = _since(found, head, base, is_clean=not entries and set_aside is None)
    incomplete = None
    changes: Sequence[Change] = ()
    if set_aside:
        try:
            with _rebuilt(found, set_aside) as tree:
                entries = _with_unstaged(entries, _letters(found, tree))
                changes = _changes(found, since, tree.after, environment=tree.environment)
        except GitError as error:
            incomplete = f"the hook runner set unstaged changes aside, and they cannot be read: {error}"
    return WorkState(
        branch=branch,
        head=head,
        commits=tuple(history.commits(found, f"-{_SHOWN_COMMITS}")) if head else (),
        entries=tuple(entries),
        operation=begun,
        base=base,
        own=tuple(own),
        since=since,
        changes=(*(changes or _changes(found, since)), *_untracked(found, entries)),
        incomplete=incomplete,
    )


def patched(found: Repo, patch: Path) -> Sequence[str]:
    """Return the files that a patch changes.

    Raises:
        UnableError: It is no patch.
    """
    # The user may have told git to refuse patches that leave blanks at the end of a line.
    options = ("--numstat", "-z", "--whitespace=nowarn")
    return [change.path for change in status.changes(repo.run(found, "apply", *options, "--", str(patch)))]


def _since(found: Repo, head: str | None, base: Base | None, *, is_clean: bool) -> str | None:
    """Choose the commit to count changes from; where nothing was done since, the last commit is what there is."""
    since = base.merge_base if base else head
    if since is None or since != head or not is_clean:
        return since
    try:
        return repo.text(found, "rev-parse", "--verify", "--quiet", "HEAD^")
    except GitError:
        return None


def _changes(
    found: Repo, since: str | None, until: str | None = None, environment: Mapping[str, str] | None = None
) -> Sequence[Change]:
    """Count the lines that changed between a commit, or nothing at all, and a tree, or what stands in the work tree."""
    start = since or repo.text(found, "hash-object", "-t", "tree", os.devnull)
    trees = [start, until] if until else [start]
    options = ("--numstat", "-z", "--find-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
    changed = status.changes(repo.run(found, "diff", *options, *trees, "--", environment=environment))
    return [change for change in changed if f"{DIRECTORY}/" not in change.path]


def _untracked(found: Repo, entries: Sequence[Entry]) -> Iterator[Change]:
    """Count the lines of files that git does not know, also of those in a directory that its status names alone."""
    paths = [entry.path for entry in entries if entry.is_untracked]
    if any(path.endswith("/") for path in paths):
        names = repo.run(found, "ls-files", "-z", "--others", "--exclude-standard").split(b"\0")
        paths = [status.spelled(name) for name in names if name]
    for path in [path for path in paths if ".claude-mpm/" not in path][:_MOST_COUNTED]:
        yield Change(path=path, added=_lines(found.root / path), deleted=0)


def _lines(path: Path) -> int | None:
    """Count the lines of a file, None if it is none, or is large, or is no text."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in content else len(content.splitlines())


@contextmanager
def _rebuilt(found: Repo, patch: Path) -> Iterator[Rebuilt]:
    """Apply the patch to a copy of the index; the objects that this makes go to a place that vanishes."""
    with tempfile.TemporaryDirectory(dir=found.own) as own:
        copy = Path(own, "index")
        shutil.copy2(found.index, copy)
        apart = {"GIT_INDEX_FILE": str(copy), **history.objects_apart(found, Path(own))}
        before = repo.text(found, "write-tree", environment=apart)
        repo.run(found, "apply", "--cached", "--whitespace=nowarn", "--", str(patch), environment=apart)
        after = repo.text(found, "write-tree", environment=apart)
        yield Rebuilt(before=before, after=after, environment=apart)


def _letters(found: Repo, tree: Rebuilt) -> Mapping[str, str]:
    """Return the letter of each unstaged change."""
    options = ("-r", "-z", "--no-renames", "--name-status")
    changes = repo.run(found, "diff-tree", *options, tree.before, tree.after, environment=tree.environment)
    words = changes.split(b"\0")
    return {status.spelled(name): letter.decode() for letter, name in zip(words[::2], words[1::2], strict=False)}


def _with_unstaged(entries: Sequence[Entry], letters: Mapping[str, str]) -> list[Entry]:
    """Put the letters of unstaged changes into the records of a status that was taken without them."""
    tracked = {entry.path: entry for entry in entries if not entry.is_untracked}
    for path, letter in letters.items():
        entry = tracked.get(path, Entry(xy="..", path=path))
        tracked[path] = replace(entry, xy=f"{entry.xy[0]}{letter}")
    # Of a file that was only intended to be added, the runner leaves an untracked one. Any other may share its name
    # with a record of the index: that was taken out of it alone.
    untracked = [entry for entry in entries if entry.is_untracked and entry.path not in letters]
    return [*sorted(tracked.values(), key=lambda entry: entry.path), *untracked]
