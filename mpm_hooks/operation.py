"""The merge, rebase, … that has been begun and not ended: what git's own files say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mpm_hooks import repo, status
from mpm_hooks.facts import Operation
from mpm_hooks.repo import GitError, Repo

_ID = re.compile(r"[0-9a-f]{40,64}")


def begun(found: Repo) -> Operation | None:
    """Tell what is in progress, None if nothing is (the files are those of git 2.20 to 2.51, ``wt-status.c``)."""
    name = repo.operation(found)
    return _told(found, name).replaced(resolved=tuple(_resolved(found))) if name else None


def _told(found: Repo, name: str) -> Operation:
    match name:
        case "merge":
            return Operation(name=name, target=_line(found, "MERGE_MSG") or _commit(found, _line(found, "MERGE_HEAD")))
        case "rebase" if (found.git_dir / "rebase-merge").exists():
            counted = _counted(found, "rebase-merge/msgnum", "rebase-merge/end")
            return _row(found, name, "rebase-merge", counted, "stopped-sha")
        case "rebase" | "am":
            counted = _counted(found, "rebase-apply/next", "rebase-apply/last")
            return _row(found, name, "rebase-apply", counted, "original-commit")
        case "bisect":
            return Operation(name=name, branch=_line(found, "BISECT_START") or None)
        case _:
            return Operation(name=name, target=_commit(found, _line(found, f"{name.upper().replace('-', '_')}_HEAD")))


def _counted(found: Repo, at: str, of: str) -> str:
    done, number = _line(found, at), _line(found, of)
    return f"step {done} of {number}" if done and number else ""


def _row(found: Repo, name: str, folder: str, counted: str, stopped: str) -> Operation:
    """Read what is known of a row of commits or patches, of which one made git stop."""
    subject = _commit(found, _line(found, f"{folder}/{stopped}")) or _line(found, f"{folder}/final-commit")
    return Operation(
        name=name,
        branch=_line(found, f"{folder}/head-name").removeprefix("refs/heads/") or None,
        target=_commit(found, _line(found, f"{folder}/onto")),
        step=", ".join(filter(None, (counted, f"at {subject}" if subject else ""))),
    )


def _resolved(found: Repo) -> Iterator[str]:
    """Yield the files whose conflicts were resolved: until its end, git keeps what they were."""
    undo = repo.run(found, "ls-files", "--resolve-undo", "-z")
    yield from dict.fromkeys(status.spelled(record.split(b"\t", 1)[1]) for record in undo.split(b"\0") if record)


def _line(found: Repo, name: str) -> str:
    """Return the first line of one of git's own files, empty if there is none."""
    try:
        content = (found.git_dir / name).read_bytes()
    except OSError:
        return ""
    return status.spelled(content.split(b"\n", 1)[0])


def _commit(found: Repo, named: str) -> str:
    """Word a commit by its short name and subject."""
    if not _ID.fullmatch(named):
        return named
    try:
        return repo.text(found, "log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%h (%s)", named, "--")
    except GitError:
        return named[:10]
