"""Where a session's file comes from: the commits that wrote it, and how they are signed."""

from __future__ import annotations

from datetime import UTC, datetime

from mpm_hooks import plumbing
from mpm_hooks.briefing import Commit, Origin, Signature

_LETTERS = {
    "G": Signature.GOOD,
    "B": Signature.BAD,
    "U": Signature.UNTRUSTED,
    "X": Signature.EXPIRED,
    "Y": Signature.EXPIRED_KEY,
    "R": Signature.REVOKED,
    "E": Signature.UNCHECKED,
    "N": Signature.NONE,
}
_FIELDS = 4


def of(top: str, path: str) -> Origin:
    """Find the commits that wrote a file.

    Args:
        top: The top of the work tree.
        path: The file, from there.
    """
    if plumbing.objects(top, [f"HEAD:{path}"]) in (None, [None]):
        return Origin()  # it would be looked for in all of the history
    added = _commit(top, path, "--diff-filter=A")
    last = _commit(top, path)
    is_same = plumbing.run(top, "diff", "--quiet", "--no-ext-diff", "HEAD", "--", _literal(path)) is not None
    return Origin(added=added or last, changed=last if added and last != added else None, is_altered=not is_same)


def _commit(top: str, path: str, *words: str) -> Commit | None:
    """Return the newest commit that touched a file."""
    layout = "--format=%H%x00%an%x00%at%x00%G?"
    said = plumbing.run(top, "log", "-1", "--no-show-signature", layout, *words, "--", _literal(path))
    fields = (said or b"").decode(errors="replace").rstrip("\n").split("\0")
    if len(fields) != _FIELDS:
        return None
    name, author, seconds, letter = fields
    return Commit(
        name=name, author=author, moment=_moment(seconds), signature=_LETTERS.get(letter, Signature.UNCHECKED)
    )


def _moment(seconds: str) -> datetime | None:
    """Return a commit's time, None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _literal(path: str) -> str:
    return f":(top,literal){path}"
