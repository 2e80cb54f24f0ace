"""Make a commit of some files and nothing else, whatever the user has staged."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mpm_hooks import repo
from mpm_hooks.finding import UnableError
from mpm_hooks.repo import GitError, Repo

_LOCK_PATIENCE = 3.0
"""Seconds."""
_LOCK_PAUSE = 0.05


def obstacle(found: Repo) -> str | None:
    """Say in one sentence why no commit can be made here, None if one can."""
    if found.in_commit:
        return "a git commit is running, and a second one inside it would break it"
    if begun := repo.operation(found):
        return f"a git {begun} is in progress, and a commit would become part of it"
    try:
        repo.run(found, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return "HEAD is detached, so that no branch would hold the commit: git switch -c NAME first"
    try:
        repo.run(found, "var", "GIT_AUTHOR_IDENT")
        repo.run(found, "var", "GIT_COMMITTER_IDENT")
    except GitError:
        return "git does not know who you are: git config user.name NAME and git config user.email ADDRESS first"
    return None


def make(found: Repo, paths: Sequence[str], message: str) -> str:
    """Commit these files as they stand in the work tree, and nothing else; return the new commit's name.

    The user's index is kept but for these entries, whatever is staged in it. No commit hook runs. The order is: take
    git's own lock of the index, make the commit, put the new index in place, move the branch if nobody else did, else
    put the old index back. Were the branch moved first, a crash in between would leave the files staged for deletion.

    Raises:
        UnableError: Git refused; nothing has been committed.
    """
    with _index_lock(found), tempfile.TemporaryDirectory(dir=found.git_dir, prefix="mpm-hooks-") as own:
        copy, kept = Path(own, "index"), Path(own, "kept")
        ours, users = {"GIT_INDEX_FILE": str(Path(own, "ours"))}, {"GIT_INDEX_FILE": str(copy)}
        head = _head(found)
        # A sparse checkout would have its paths passed over, though their files are there.
        repo.run(found, "-c", "core.sparseCheckout=false", "read-tree", head or "--empty", environment=ours)
        repo.run(found, "update-index", "--add", "--", *paths, environment=ours)
        tree = repo.text(found, "write-tree", environment=ours)
        words = Path(own, "message")
        words.write_text(message, encoding="utf-8")
        sign = ["-S"] if _signs(found) else []
        parent = ["-p", head] if head else []
        made = repo.text(found, "commit-tree", *sign, *parent, "-F", str(words), tree)
        if found.index.exists():
            shutil.copy2(found.index, copy)
            shutil.copy2(found.index, kept)
        # The entries themselves, then their times: by name alone, too, those of a sparse checkout would be passed over.
        entries = repo.run(found, "ls-files", "--stage", "-z", "--", *paths, environment=ours)
        repo.run(found, "update-index", "-z", "--index-info", given=entries, environment=users)
        repo.run(found, "update-index", "--add", "--", *paths, environment=users)
        copy.replace(found.index)
        before = head or "0" * len(made)
        try:
            repo.run(found, "update-ref", "-m", f"commit: {message.splitlines()[0]}", "HEAD", made, before)
        except GitError:
            if kept.exists():
                kept.replace(found.index)
            else:
                found.index.unlink()
            raise
    return made


def _head(found: Repo) -> str | None:
    try:
        return repo.text(found, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return None


def _signs(found: Repo) -> bool:
    try:
        return repo.text(found, "config", "--type=bool", "--get", "commit.gpgsign") == "true"
    except GitError:
        return False


@contextmanager
def _index_lock(found: Repo) -> Iterator[None]:
    """Hold git's own lock of the index, so that no other git writes it meanwhile."""
    lock = found.index.with_name(f"{found.index.name}.lock")
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            lock.touch(exist_ok=False)
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                message = f"another git holds {lock}; if none is running, delete it"
                raise UnableError(message) from None
            time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        lock.unlink()
