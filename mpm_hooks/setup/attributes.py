"""``.gitattributes``: sessions are generated, the same bytes in every clone, and their pointer merges by itself.

A merge driver of our own would have to be set up in each clone. ``union`` is git's own: of a conflict it keeps the
lines of both sides. A pointer that leads to two sessions is read as leading to the newer one; ``fix`` writes it anew.
"""

from __future__ import annotations

from mpm_hooks.setup import Answer, Left, Proposal, block

PATH = ".gitattributes"
COMMENT = "# Sessions of claude-mpm: generated, the same bytes in every clone, merged without a conflict (mpm-hooks)"
LINES = (
    "**/.claude-mpm/sessions/** linguist-generated text eol=lf",
    "**/.claude-mpm/sessions/LATEST-SESSION.txt merge=union",
    "**/.claude-mpm/sessions/*.jsonl merge=union",
    "**/.claude-mpm/sessions/LEDGER.md merge=union",
)


def propose(before: bytes | None) -> Answer:
    """Say what the file has to hold."""
    text = block.text(before or b"")
    if text is None:
        return Left(path=PATH, what=f"is no UTF-8 text; add at its end: {'; '.join(LINES)}")
    if {*LINES} <= {*block.lines(text)}:
        return None
    after = block.added(block.removed(text, COMMENT, LINES), (COMMENT, *LINES))
    why = "branches that both paused merge without a conflict, and reviewers see sessions folded"
    return Proposal(path=PATH, before=before, after=after.encode(), why=why)


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our lines."""
    return block.withdrawn(PATH, before, COMMENT, LINES)
