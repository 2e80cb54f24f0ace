"""What the md form is made of: its title, and the labels that both its reader and its writer know."""

from __future__ import annotations

TITLE = "Claude MPM Session Pause Document"

DETAILS = (("estimated_hours", "Est. time"), ("status", "Status"), ("notes", "Notes"))
"""What may stand under a next step, by its key and its label."""

LISTS = {
    "Blockers": "blockers",
    "Open Questions": "open_questions",
    "Decisions": "decisions",
    "Tried Without Success": "tried",
}
"""Sections whose items are the texts under a key."""

STATES = {
    "M": "modified",
    "T": "type changed",
    "A": "added",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
    "U": "in conflict",
    "?": "untracked",
}
"""What stands behind a file, by the letter of ``git status``."""

IN_PROGRESS = " (in progress)"
"""What stands behind a todo or a task that is at work."""
