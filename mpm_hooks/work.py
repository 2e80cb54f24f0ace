"""Where the work stands, also where a hook runner keeps a part of it aside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mpm_hooks import repo, status
from mpm_hooks.facts import Commit, Entry, WorkState
from mpm_hooks.repo import GitError, Repo

_SHOWN_COMMITS = 5


def state(found: Repo, set_aside: Path | None = None) -> WorkState:
    """Ask git where the work stands, exactly as ``git status`` does.

    Args:
        found: The repository.
        set_aside: The patch in which a hook runner keeps the unstaged changes, so that git does not see them.
    """
    answer = repo.run(found, "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=normal")
    headers, entries = status.parse(answer)
    oid, branch = headers.get("branch.oid", "(initial)"), headers.get("branch.head", "(detached)")
    head = None if oid == "(initial)" else oid
    incomplete = None
    if set_aside:
        try:
            entries = _with_unstaged(entries, _unstaged(found, set_aside))
        except GitError as error:
            incomplete = f"the hook runner set unstaged changes aside, and they cannot be read: {error}"
    return WorkState(
        branch=None if branch == "(detached)" else branch,
        head=head,
        commits=tuple(_commits(found)) if head else (),
        entries=tuple(entries),
        operation=repo.operation(found),
        last_changed=tuple(_last_changed(found)) if head and not entries else (),
        incomplete=incomplete,
    )


def patched(found: Repo, patch: Path) -> Sequence[str]:
    """Return the files that a patch changes.

    Raises:
        UnableError: It is no patch.
    """
    records = repo.run(found, "apply", "--numstat", "-z", "--", str(patch)).split(b"\0")
    return [status.spelled(record.split(b"\t", 2)[2]) for record in records if record]


def _unstaged(found: Repo, patch: Path) -> Mapping[str, str]:
    """Return the letter of each unstaged change: apply the patch to a copy of the index, and compare the two.

    The objects that this makes go to a place of their own, which is removed again.
    """
    with tempfile.TemporaryDirectory(dir=found.git_dir, prefix="mpm-hooks-") as own:
        copy = Path(own, "index")
        shutil.copy2(found.index, copy)
        objects = repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        apart = {
            "GIT_INDEX_FILE": str(copy),
            "GIT_OBJECT_DIRECTORY": own,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
        }
        before = repo.text(found, "write-tree", environment=apart)
        repo.run(found, "apply", "--cached", "--whitespace=nowarn", "--", str(patch), environment=apart)
        after = repo.text(found, "write-tree", environment=apart)
        options = ("-r", "-z", "--no-renames", "--name-status")
        changes = repo.run(found, "diff-tree", *options, before, after, environment=apart)
    words = changes.split(b"\0")
    return {status.spelled(name): letter.decode() for letter, name in zip(words[::2], words[1::2], strict=False)}


def _with_unstaged(entries: Sequence[Entry], letters: Mapping[str, str]) -> list[Entry]:
    """Put the letters of unstaged changes into the records of a status that was taken without them."""
    by_path = {entry.path: entry for entry in entries}
    for path, letter in letters.items():
        entry = by_path.get(path)
        # Of a file that was only intended to be added, the runner leaves an untracked one.
        index = entry.xy[0] if entry and not entry.is_untracked else "."
        by_path[path] = replace(entry or Entry(xy="", path=path), xy=f"{index}{letter}")
    tracked = sorted((entry for entry in by_path.values() if not entry.is_untracked), key=lambda entry: entry.path)
    return [*tracked, *(entry for entry in by_path.values() if entry.is_untracked)]


def _commits(found: Repo) -> Iterator[Commit]:
    layout = "--format=%h%n%an%n%ai%n%s"
    options = ("--no-show-signature", "--encoding=UTF-8", f"-{_SHOWN_COMMITS}", "-z", layout)
    for record in repo.run(found, "log", *options).split(b"\0"):
        if record.strip():
            sha, author, timestamp, subject = (record.decode(errors="replace").split("\n", 3) + [""] * 3)[:4]
            yield Commit(sha=sha, author=author, timestamp=timestamp, message=subject.strip("\n"))


def _last_changed(found: Repo) -> Iterator[str]:
    options = ("--no-commit-id", "--name-only", "-r", "-z", "--root", "-m", "--first-parent")
    names = repo.run(found, "diff-tree", *options, "HEAD").split(b"\0")
    yield from (status.spelled(name) for name in names if name)
