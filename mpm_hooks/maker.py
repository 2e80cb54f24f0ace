"""Who made a commit: an agent, a bot, a person; and whether it only takes another one back. Told by what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

_MODEL = r"claude[ -](?:code|mpm|opus|sonnet|haiku|\d)[^<\n]*"
"""A name that no person has; one who is called Claude is told by the address."""
_ADDRESS = r"<[^>\n]*@anthropic\.com>"
_AGENT = rf"(?:{_MODEL}|claude[ \t]*(?:$|{_ADDRESS})|[^<\n]*<noreply@anthropic\.com>)"
_SIGNS = re.compile(
    rf"^(?:(?:co-authored|assisted|generated|written)-by:[ \t]*{_AGENT}|claude-session:[ \t]*\S"
    # The last line of Claude Code and of claude-mpm begins with pictures, and its name is a link.
    r"|\W*generated (?:with|by) \[?claude[ -](?:code|mpm)\b).*",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHOR = re.compile(rf"(?:{_MODEL}|claude {_ADDRESS}|claude\[bot\]|.*<noreply@anthropic\.com>).*", re.IGNORECASE)
_REVERT = re.compile(r"^This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_LONGEST = 100
"""Characters of a sign; the rest of a line is nobody's business."""


@dataclass(frozen=True, slots=True)
class Made:
    """A commit: who made it, and what was said of it."""

    id: str
    author: str
    address: str
    message: str

    @property
    def subject(self) -> str:
        """The first line."""
        return self.message.strip("\n").partition("\n")[0]

    @property
    def is_agents_own(self) -> bool:
        """Whether an agent is named as its author."""
        return bool(_AUTHOR.match(f"{self.author} <{self.address}>"))

    @property
    def sign(self) -> str:
        """What shows that an agent made it; empty if nothing does."""
        if found := _SIGNS.search(self.message):
            return found[0].strip()[:_LONGEST]
        return f"Author: {self.author} <{self.address}>"[:_LONGEST] if self.is_agents_own else ""

    @property
    def reverts(self) -> str:
        """The commit that it says to take back; empty if it says so of none, or of several."""
        named = _REVERT.findall(self.message)
        return named[0] if len(named) == 1 else ""


def is_named(made: Made, patterns: Iterable[str]) -> bool:
    """Tell whether the author's name or address matches a pattern; in names, a bracket is a bracket."""
    plain = [pattern.lower().replace("[", "[[]") for pattern in patterns]
    return any(fnmatchcase(said.lower(), pattern) for said in (made.author, made.address) for pattern in plain)
