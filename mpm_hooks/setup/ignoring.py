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
_LINES = (UPSTREAM_RULE, f"!{UPSTREAM_RULE}", f"{UPSTREAM_RULE}*", f"!{DIRECTORY}/", f"!{DIRECTORY}/**")


def proposals(before: bytes | None, why: str, *, hides_all: bool) -> Iterator[Proposal]:
    """Yield what the file may have to hold, the least first: only git can tell what works.

    Where all of claude-mpm's folder is hidden, the rest of it stays so.
    """
    text = block.text(before or b"")
    if text is None:
        return
    base = block.removed(text, COMMENT, _LINES)
    theirs, undone, rest, *sessions = _LINES
    for count in (1, 2):
        lines = (COMMENT, theirs, undone, *[rest] * hides_all, *sessions[:count])
        yield Proposal(path=PATH, before=before, after=block.added(base, lines).encode(), why=why)


def left(rule: str) -> Left:
    """Say that no line of the topmost file undoes a rule."""
    return Left(path=PATH, what=f"sessions are ignored by {rule}, which no line here undoes: delete it there")


def withdraw(before: bytes | None) -> Proposal | None:
    """Say what the file holds without our lines."""
    return block.withdrawn(PATH, before, COMMENT, _LINES)


def as_upstream_does(content: bytes) -> bytes:
    """Return the file as claude-mpm leaves it."""
    text = block.text(content) or ""
    return content if UPSTREAM_RULE in block.lines(text) else (block.closed(text) + f"{UPSTREAM_RULE}\n").encode()
