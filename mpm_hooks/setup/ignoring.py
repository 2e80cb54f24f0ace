"""``.gitignore``: sessions are not ignored, the rest of claude-mpm's folder stays so.

claude-mpm adds its own rule, for the whole folder, to the end of the topmost file wherever it is missing. So the rule
has to stand there, above the lines that undo it for the sessions.
"""

from __future__ import annotations

from collections.abc import Iterator

from mpm_hooks.rules.standing import UPSTREAM_RULE
from mpm_hooks.session import DIRECTORY
from mpm_hooks.setup import Left, Proposal, block

PATH = ".gitignore"
COMMENT = "# Sessions of claude-mpm are for everybody (mpm-hooks); delete no line: claude-mpm adds the first one again"
_REST = f"{UPSTREAM_RULE}*"
_SESSIONS = f"!{DIRECTORY}/"
_ALL_SESSIONS = f"!{DIRECTORY}/**"
_OURS = frozenset({UPSTREAM_RULE, f"!{UPSTREAM_RULE}", _REST, _SESSIONS, _ALL_SESSIONS})


def proposals(before: bytes | None, why: str, *, hides_all: bool) -> Iterator[Proposal]:
    """Yield what the file may have to hold, the least first; only git can tell what works.

    Args:
        before: What it holds.
        why: What hides the sessions.
        hides_all: Whether that hides all of claude-mpm's folder: then the rest of that stays hidden.
    """
    text = block.text(before or b"")
    if text is None:
        return
    base = block.removed(text, COMMENT, _OURS)
    start = (UPSTREAM_RULE, f"!{UPSTREAM_RULE}", *((_REST,) if hides_all else ()), _SESSIONS)
    for lines in (start, (*start, _ALL_SESSIONS)):
        after = block.added(base, (COMMENT, *lines)).encode()
        yield Proposal(path=PATH, before=before, after=after, why=why)


def left(rule: str) -> Left:
    """Say that no line of the topmost file undoes a rule."""
    return Left(path=PATH, what=f"sessions are ignored by {rule}, which no line here undoes: delete it there")


def withdraw(before: bytes | None) -> Proposal | None:
    """Say what the file holds without our lines."""
    text = block.text(before or b"")
    after = block.removed(text or "", COMMENT, _OURS)
    if before is None or text is None or after == text:
        return None
    kept = after.encode() if after.strip() else None
    return Proposal(path=PATH, before=before, after=kept, why="takes out what init wrote")


def as_upstream_does(content: bytes) -> bytes:
    """Return the file as claude-mpm leaves it."""
    text = block.text(content) or ""
    return content if UPSTREAM_RULE in block.lines(text) else (block.closed(text) + f"{UPSTREAM_RULE}\n").encode()
