"""What a terminal shows: how much room a text takes, which characters there are, and colours."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mpm_hooks.report import printable

_WIDE = ("W", "F")
_NO_ROOM = ("Mn", "Me", "Cf")
"""Categories of what is drawn over the character before, or not at all."""
_TAB = "    "
_NARROWEST = 20
"""Columns on which something is readable."""

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"
DIFF = {"+": GREEN, "-": RED, "@": CYAN}
"""Colours of the lines of a diff, by how they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What standard output is."""

    width: int = 0
    """Columns; 0 if it is no terminal: then nothing is cut."""
    colour: bool = False
    encoding: str = "utf-8"

    def text(self, text: str) -> str:
        """Write a text on one line, with what this screen has no character for spelled out."""
        return self._encoded(" ".join(printable(text.replace("\t", " ").replace("\n", " ")).split()))

    def lines(self, text: str) -> Iterator[str]:
        """Write a text, its lines kept."""
        for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
            yield self._encoded(printable(line.replace("\t", _TAB).rstrip()))

    def shows(self, letter: str) -> bool:
        """Tell whether this screen has a character."""
        return self._encoded(letter) == letter

    def paint(self, text: str, colour: str) -> str:
        """Colour a text, if colours are shown."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour and text and colour else text

    def cut(self, text: str, room: int) -> str:
        """Cut a text to the columns that there are for it."""
        if width(text) <= room:
            return text
        end = "…" if self.shows("…") else "..."
        kept = text[: max(room, 0)]
        while kept and width(kept) + len(end) > room:
            kept = kept[:-1]
        return kept.rstrip() + end if room >= len(end) else ""

    def wrapped(self, line: str, indent: int) -> Iterator[str]:
        """Break a line between words where this screen ends, which leaves some columns for what stands before it."""
        room = self.width - indent
        if room < _NARROWEST or width(line) <= room:
            yield line
            return
        blanks = line[: len(line) - len(line.lstrip())][: room // 2]
        row = ""
        for word in (piece for each in line.split() for piece in _pieces(each, room - len(blanks))):
            if row and width(row) + 1 + width(word) > room:
                yield row
                row = blanks
            row = f"{row} {word}" if row.strip() else f"{blanks}{word}"
        yield row

    def _encoded(self, text: str) -> str:
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _pieces(word: str, room: int) -> Iterator[str]:
    """Take a word apart that has no room on a line; a terminal would do so where nothing stands before the rest."""
    while width(word) > room:
        end = next(end for end in range(room, 0, -1) if width(word[:end]) <= room)
        yield word[:end]
        word = word[end:]
    yield word


def padded(text: str, room: int) -> str:
    """Fill a text up to so many columns."""
    return text + " " * (room - width(text))


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in _NO_ROOM:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
