"""Bytes -> the same words as UTF-8 with line feeds, and the two sides of a merge conflict."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

# UTF-32 first: its little-endian mark begins as that of UTF-16 does.
_MARKS = {
    "utf-8-sig": (codecs.BOM_UTF8,),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
WINDOWS = "cp1252"
"""The code page in which a claude-mpm on Windows wrote yaml and md."""

_WIDE = re.compile(rb"(?:\0[^\0]){2}|(?:[^\0]\0){2}")
"""Two letters of ASCII in UTF-16; zeros that a crash left stand otherwise."""
_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: .*)?")
_TURNS: Mapping[tuple[str, str], str] = {
    ("both", "<"): "ours",
    ("ours", "|"): "base",
    ("ours", "="): "theirs",
    ("base", "="): "theirs",
    ("theirs", ">"): "both",
}
"""What part of a conflict a marker leads to, from which part."""


def is_blank(content: bytes) -> bool:
    """Tell a file that says nothing: its writer was interrupted, or a crash left zeros."""
    return not content.strip(b" \t\r\n\0")


def mended(content: bytes) -> tuple[bytes, Sequence[str]]:
    """Write a file in UTF-8 without a byte order mark, and with line feeds; say what was done.

    What is neither UTF-8 nor marked as something else stays as it is: nobody can tell what it was meant to be.
    """
    if is_blank(content):
        return content, ()
    try:
        text, coding = _decoded(content)
    except UnicodeDecodeError:
        return content, ()
    done = [f"re-encoded from {coding}"] if coding else []
    straight = unix(text)
    if straight != text and not is_windows(content):
        done.append("line ends are line feeds now")
    return straight.encode(), done


def is_windows(content: bytes) -> bool:
    """Tell a file whose lines all end in CR LF, as git for Windows checks them out: they stay so."""
    ends = content.count(b"\r\n")
    return ends > 0 and ends == content.count(b"\n") == content.count(b"\r")


def unix(text: str) -> str:
    r"""Write line feeds only; a lone ``\r`` ends a line only where no other line end is: else it belongs to a text."""
    text = text.replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def texts(content: bytes, *codings: str) -> Sequence[str]:
    """Return what a file may say: its text, or both sides of its conflict; none if the bytes are no text.

    What is no UTF-8 may be of one of these codings: then the text has to be held against another form.
    """
    for coding in ("utf-8", *codings):
        try:
            text = unix(content.decode(coding))
        except UnicodeDecodeError:
            continue
        return sides(text) or (text,)
    return ()


def sides(text: str) -> Sequence[str]:
    """Return the two sides of a text with merge conflicts, none of one without, or where the markers are muddled."""
    parts: dict[str, list[str]] = {"ours": [], "base": [], "theirs": []}
    part, met = "both", False
    for line in text.split("\n"):
        found = _MARK.fullmatch(line)
        if found and (turn := _TURNS.get((part, found[1][0]))):
            part, met = turn, True
            continue
        for each in ("ours", "theirs") if part == "both" else (part,):
            parts[each].append(line)
    return ("\n".join(parts["ours"]), "\n".join(parts["theirs"])) if met and part == "both" else ()


def is_utf8(content: bytes) -> bool:
    """Tell whether the encoding of a file is known; else whatever is read in it is a guess."""
    return content.decode(errors="ignore").encode() == content


def is_in_conflict(text: str) -> bool:
    """Tell a text with a conflict, however muddled."""
    return any(line.startswith("<" * 7) and _MARK.fullmatch(line) for line in text.split("\n"))


def _decoded(content: bytes) -> tuple[str, str]:
    """Decode by the mark in front, or by the zeros between ASCII letters; name the coding if it is not UTF-8."""
    for coding, marks in _MARKS.items():
        if content.startswith(marks):
            return content.decode(coding), "UTF-8 with a byte order mark" if coding == "utf-8-sig" else coding.upper()
    if _WIDE.match(content):
        coding = "utf-16-be" if content.startswith(b"\0") else "utf-16-le"
        return content.decode(coding), "UTF-16"
    return content.decode(), ""
