"""The ledger: a line for each session that was pruned, the oldest first. Lines are added; none is changed.

Two branches that both prune add lines to it, and a merge that keeps those of both is right. What else stands there,
somebody has written, and it stays above the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mpm_hooks import markup
from mpm_hooks.briefing import Fate, Standing, words
from mpm_hooks.summary import Told

NAME = "LEDGER.md"
"""No reader of claude-mpm takes it for a session, nor does a check."""

_HEAD = """\
# Sessions that were pruned

One line each, the oldest first; the commit that removed a session has all of it in its parent.
"""
_LINE = re.compile(r"- session-\d{8}-\d{6}: ")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) .*|={7}")
_GOAL = 160
"""Characters of what a session was about."""


def line(told: Told, standing: Standing) -> str:
    """Write the line of a session: where it was paused, what it was about, what came of it."""
    at = markup.code(words.short(told.commit))
    place = " ".join(filter(None, (markup.code(told.branch), at and f"at {at}")))
    about = markup.plain(told.goal or told.account or next(iter(told.done), ""), _GOAL)
    merged = f"merged into {markup.code(standing.default)}"
    became = {Fate.MERGED: merged, Fate.GONE: "branch gone"}.get(standing.fate, "")
    return f"- {told.id}: {': '.join(filter(None, (place, about)))} ({', '.join(filter(None, (told.state, became)))})"


def added(text: str, lines: Iterable[str]) -> str:
    """Add lines to a ledger, each once; of a merge in conflict, the lines of both sides are kept."""
    kept = [each.rstrip() for each in text.replace("\r\n", "\n").split("\n") if not _CONFLICT.fullmatch(each.rstrip())]
    prose = "\n".join(each for each in kept if not _LINE.match(each)).strip("\n")
    listed = sorted({*lines, *filter(_LINE.match, kept)})
    return "\n".join([prose or _HEAD.strip("\n"), "", *listed, ""])
