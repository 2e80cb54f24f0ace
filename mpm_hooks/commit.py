"""Make a commit of some files and nothing else, whatever the user has staged.

First the commit is made, which nobody sees; then, under git's own lock of the index, it is published: the index is put
in place and the branch moved. Were the branch moved first, a crash in between would leave the files staged for
deletion.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from mpm_hooks import disk, objects, repo, tracking
from mpm_hooks.finding import UnableError
from mpm_hooks.objects import Objects
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.value import Value

_LOCK_PATIENCE = 3.0
"""Seconds."""
_LOCK_PAUSE = 0.05
# With core.autocrlf git may be told to refuse what it would give back with other ends of lines; no session is worse
# for those.
_UNWARNED = ("-c", "core.safecrlf=false")
_TRUE = ("true", "yes", "on", "1")
DETACHED = "HEAD is detached, so that no branch would hold the commit: git switch -c NAME first"


class Change(Value):
    """What a commit changes: the files that it brings, by path, those that it takes away, and its message."""

    files: Mapping[str, bytes]
    gone: Sequence[str] = ()
    message: str


class Made(Value):
    """A commit on no branch yet: its name, the one that it follows, and what its files are called as objects."""

    sha: str
    head: str | None
    blobs: Mapping[str, str]


def obstacle(found: Repo) -> str | None:
    """Say in one sentence why no commit can be made here, None if one can."""
    if begun := busy(found):
        return begun
    try:
        repo.run(found, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return DETACHED
    return nameless(found)


def busy(found: Repo) -> str | None:
    """Say what has been begun here that a commit would become part of, None if nothing has."""
    if found.in_commit:
        return "a git commit is running, and a second one inside it would break it"
    if begun := repo.operation(found):
        return f"a git {begun} is in progress, and a commit would become part of it"
    return None


def nameless(found: Repo) -> str | None:
    """Say that git knows no author, None if it knows one."""
    try:
        repo.run(found, "var", "GIT_AUTHOR_IDENT")
        repo.run(found, "var", "GIT_COMMITTER_IDENT")
    except GitError:
        return "git does not know who you are: git config user.name NAME and git config user.email ADDRESS first"
    return None


def make(found: Repo, known: Objects, change: Change) -> Made:
    """Make a commit that differs from HEAD by this change; nothing refers to it yet.

    No commit hook runs; git signs it where ``commit.gpgSign`` says so. Its files are not in the repository yet: they
    come with ``publish``, which finds out whether git puts them there as they are.

    Raises:
        GitError: Git refused, or could not sign.
    """
    return _made(found, known, change, {path: known.name(content) for path, content in change.files.items()})


def publish(found: Repo, known: Objects, made: Made, change: Change) -> str:
    """Move the branch to a commit that has been made; its files stand in the work tree, and the index is locked.

    The user's index is kept but for these files, whatever is staged in it.

    Returns:
        The commit: another one if a filter of the user's changes files on their way into the repository.

    Raises:
        GitError: Git refused: somebody moved the branch meanwhile, say. Index and branch are as they were.
    """
    copy, kept = found.own / "index", found.own / "kept"
    users = {"GIT_INDEX_FILE": str(copy)}
    if found.index.exists():
        # Git never writes into an index: it puts another one in its place (lockfile.h), so that these stay as they are.
        os.link(found.index, copy)
        os.link(found.index, kept)
    if change.gone:
        _enter(found, users, dict.fromkeys(change.gone, "0" * len(made.sha)))
    if not _is_added(found, users, change) or not all(map(known.find, made.blobs.values())):
        made = _made(found, known, change, _entered(found, users, change))
    disk.put(copy, found.index)
    before = made.head or "0" * len(made.sha)
    try:
        repo.run(found, "update-ref", "-m", f"commit: {change.message.splitlines()[0]}", "HEAD", made.sha, before)
    except UnableError:
        if at(found) == made.sha:  # git was killed when it had done its work
            return made.sha
        if kept.exists():
            disk.put(kept, found.index)
        else:
            found.index.unlink()
        raise
    return made.sha


def _made(found: Repo, known: Objects, change: Change, blobs: Mapping[str, str]) -> Made:
    before, base = tip(known), known.find("HEAD^{tree}")
    tree = objects.with_changes(found, known, base.name if base else None, {**blobs, **dict.fromkeys(change.gone)})
    words = found.own / "message"
    words.write_bytes(change.message.encode())  # as text, Windows would end its lines in its own way
    told = ("-F", str(words), *(("-p", before) if before else ()), tree)
    sha, signs = _unsigned(found, told)
    return Made(sha=repo.text(found, "commit-tree", "-S", *told) if signs else sha, head=before, blobs=blobs)


def _unsigned(found: Repo, told: Sequence[str]) -> tuple[str, bool]:
    """Make a commit, and have git write down meanwhile whether it should have been signed: one process less.

    See "def_param" in git's Documentation/technical/api-trace2.
    """
    trace = found.own / "trace"
    traced = {"GIT_TRACE2_EVENT": str(trace), "GIT_TRACE2_CONFIG_PARAMS": "commit.gpgsign"}
    try:
        sha = repo.text(found, "commit-tree", *told, environment=traced)
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    except GitError as error:
        # Git up to 2.39 at least crashes where it writes down a setting without a value, which means yes.
        if isinstance(error.status, int) and error.status < 0:
            return "", True
        raise
    values = [event.get("value") for event in map(json.loads, lines) if event["event"] == "def_param"]
    return sha, bool(values) and str(values[-1]).lower() in _TRUE


def _is_added(found: Repo, users: Mapping[str, str], change: Change) -> bool:
    """Add files to an index; tell whether git did so, which passes over what a sparse checkout leaves out.

    Raises:
        GitError: An ignore rule hides one of them.
    """
    try:
        repo.run(found, *_UNWARNED, "add", "--", *change.files, environment=users)
    except GitError:
        if tracking.ignore_rules(found, list(change.files)):
            raise
        return False
    return True


def _enter(found: Repo, users: Mapping[str, str], blobs: Mapping[str, str]) -> None:
    """Enter files into an index, or take them out of it, whatever it says of them already."""
    lines = [f"{objects.FILE if blob.strip('0') else '0'} {blob}\t{path}\0" for path, blob in blobs.items()]
    given = "".join(lines).encode("utf-8", "surrogateescape")
    repo.run(found, "update-index", "-z", "--index-info", given=given, environment=users)


def _entered(found: Repo, users: Mapping[str, str], change: Change) -> Mapping[str, str]:
    """Enter files as a filter of the user's makes them, or in spite of what hides them; return what they are called.

    ``git add`` passes over what is marked as skip-worktree or assume-unchanged. First the entries, then their times: by
    name alone ``git update-index`` passes over them, too.
    """
    words = (*_UNWARNED, "hash-object", "-w", "--", *change.files)
    blobs = dict(zip(change.files, repo.text(found, *words).split("\n"), strict=True))
    _enter(found, users, blobs)
    repo.run(found, *_UNWARNED, "update-index", "--add", "--", *change.files, environment=users)
    return blobs


def tip(known: Objects) -> str | None:
    """Return the commit that HEAD names, None before the first."""
    found = known.find("HEAD")
    return found.name if found else None


def at(found: Repo) -> str | None:
    """Ask anew which commit HEAD names, None before the first."""
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
def workshop(found: Repo) -> Iterator[Objects]:
    """Have our directory in git's, and git's objects at hand, as long as they are needed."""
    found.own.mkdir()
    try:
        with objects.opened(found) as known:
            yield known
    finally:
        clear(found)


def clear(found: Repo) -> None:
    """Clear away what a pause left in git's directory that was killed; the lock of the index only if it was ours."""
    try:
        if _mark(found).samefile(_lock(found)):
            _lock(found).unlink()
    except FileNotFoundError:
        pass
    if not found.own.exists():
        return
    try:
        for path in found.own.iterdir():
            path.unlink()
        found.own.rmdir()
    except OSError:  # a directory is in it
        import shutil  # noqa: PLC0415 - it takes its time, and hardly any pause leaves one

        shutil.rmtree(found.own, ignore_errors=True)


def _mark(found: Repo) -> Path:
    """Name the file of which our lock of the index is a second name: that tells it from everybody else's."""
    return found.own / "mark"


def _lock(found: Repo) -> Path:
    return found.index.with_name(f"{found.index.name}.lock")
