"""Make a commit of some files and nothing else, whatever the user has staged.

First the commit is made, which nobody sees; then, under git's own lock of the index, it is published: the index is put
in place and the branch moved. Were the branch moved first, a crash in between would leave the files staged for
deletion.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mpm_hooks import disk, repo
from mpm_hooks.finding import UnableError
from mpm_hooks.repo import GitError, Repo

_LOCK_PATIENCE = 3.0
"""Seconds."""
_LOCK_PAUSE = 0.05
# With core.autocrlf git may be told to refuse what it would give back with other ends of lines; no session is worse
# for those.
_ADD = ("-c", "core.safecrlf=false", "update-index", "--add", "--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A commit on no branch yet: its name, the one that it follows, and its entries as ``update-index`` takes them."""

    sha: str
    head: str | None
    entries: bytes


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


def make(found: Repo, files: Mapping[str, bytes], message: str, gone: Sequence[str] = ()) -> Made:
    """Make a commit that differs from HEAD by these files, given by path and content; nothing refers to it yet.

    Files that are gone are given by their paths; one file at least has to be there.

    No commit hook runs; git signs it where ``commit.gpgSign`` says so. The filters that git applies to the files of a
    work tree are applied: they are added from a work tree of their own.

    Raises:
        GitError: Git refused, or could not sign.
    """
    head = at(found)
    apart = replace(found, root=found.own / "tree")
    for path, content in files.items():
        (apart.root / path).parent.mkdir(parents=True, exist_ok=True)
        (apart.root / path).write_bytes(content)
    index = {"GIT_INDEX_FILE": str(found.own / "ours")}
    place = {"GIT_DIR": str(found.git_dir), "GIT_WORK_TREE": str(apart.root), **index}
    # A sparse checkout would have its paths passed over, though their files are there.
    repo.run(found, "-c", "core.sparseCheckout=false", "read-tree", head or "--empty", environment=index)
    removal = b"".join(
        b"0 %s\t%s\0" % (b"0" * len(head or ""), path.encode("utf-8", "surrogateescape")) for path in gone
    )
    if removal:
        repo.run(found, "update-index", "-z", "--index-info", given=removal, environment=index)
    repo.run(apart, *_ADD, *files, environment=place)
    tree = repo.text(found, "write-tree", environment=index)
    entries = removal + repo.run(found, "ls-files", "--stage", "-z", "--", *files, environment=index)
    words = found.own / "message"
    words.write_bytes(message.encode())  # as text, Windows would end its lines in its own way
    sign = ["-S"] if _signs(found) else []
    parent = ["-p", head] if head else []
    sha = repo.text(found, "commit-tree", *sign, *parent, "-F", str(words), tree)
    return Made(sha=sha, head=head, entries=entries)


def publish(found: Repo, made: Made, files: Mapping[str, bytes], message: str) -> None:
    """Move the branch to a commit that has been made; its files stand in the work tree, and the index is locked.

    The user's index is kept but for these entries, whatever is staged in it.

    Raises:
        GitError: Git refused: somebody moved the branch meanwhile, say. Index and branch are as they were.
    """
    copy, kept = found.own / "index", found.own / "kept"
    users = {"GIT_INDEX_FILE": str(copy)}
    if found.index.exists():
        shutil.copy2(found.index, copy)
        shutil.copy2(found.index, kept)
    # The entries themselves, then their times: by name alone, those of a sparse checkout would be passed over.
    repo.run(found, "update-index", "-z", "--index-info", given=made.entries, environment=users)
    repo.run(found, *_ADD, *files, environment=users)
    disk.put(copy, found.index)
    before = made.head or "0" * len(made.sha)
    try:
        repo.run(found, "update-ref", "-m", f"commit: {message.splitlines()[0]}", "HEAD", made.sha, before)
    except UnableError:
        if at(found) == made.sha:  # git was killed when it had done its work
            return
        if kept.exists():
            disk.put(kept, found.index)
        else:
            found.index.unlink()
        raise


def at(found: Repo) -> str | None:
    """Return the commit that HEAD names, None before the first."""
    try:
        return repo.text(found, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return None


def holds(found: Repo, path: str) -> bool:
    """Tell whether HEAD holds a file."""
    try:
        repo.run(found, "cat-file", "-e", f"HEAD:{path}")
    except GitError:
        return False
    return True


@contextmanager
def locked(found: Repo) -> Iterator[None]:
    """Hold git's own lock of the index, so that no other git writes it meanwhile.

    Raises:
        UnableError: Another git holds it, or that of the branch, and goes on holding it; or one was killed.
    """
    deadline = time.monotonic() + _LOCK_PATIENCE
    _mark(found).write_text("mpm-hooks pause\n", encoding="utf-8")
    while not _tried(found):
        if time.monotonic() > deadline:
            held = " and ".join(str(lock) for lock in (_lock(found), *_ref_locks(found)) if lock.exists())
            message = f"another git holds {held}; if none is running, delete what it left; nothing was written"
            raise UnableError(message)
        time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        _lock(found).unlink()


def _tried(found: Repo) -> bool:
    """Take the lock of the index if nobody has it, nor that of HEAD, which every move of the branch takes."""
    if (found.git_dir / "HEAD.lock").exists():
        return False
    try:
        os.link(_mark(found), _lock(found))
    except FileExistsError:
        return False
    except OSError as error:  # there are file systems without hard links
        message = f"{_lock(found)}: {error.strerror}; nothing was written"
        raise UnableError(message) from None
    return True


def _ref_locks(found: Repo) -> Sequence[Path]:
    branch = repo.text(found, "symbolic-ref", "HEAD")
    path = repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", f"{branch}.lock")
    return found.git_dir / "HEAD.lock", Path(path)


@contextmanager
def workshop(found: Repo) -> Iterator[None]:
    """Have our directory in git's as long as it is needed."""
    found.own.mkdir()
    try:
        yield
    finally:
        clear(found)


def clear(found: Repo) -> None:
    """Clear away what a pause left in git's directory that was killed; the lock of the index only if it was ours."""
    try:
        if _mark(found).samefile(_lock(found)):
            _lock(found).unlink()
    except FileNotFoundError:
        pass
    shutil.rmtree(found.own, ignore_errors=True)


def _mark(found: Repo) -> Path:
    """Name the file of which our lock of the index is a second name: that tells it from everybody else's."""
    return found.own / "mark"


def _lock(found: Repo) -> Path:
    return found.index.with_name(f"{found.index.name}.lock")


def _signs(found: Repo) -> bool:
    try:
        return repo.text(found, "config", "--type=bool", "--get", "commit.gpgsign") == "true"
    except GitError:
        return False
