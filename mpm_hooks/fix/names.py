"""The names of files, as claude-mpm's writer spoilt them -> as git has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mpm_hooks.session import Json

Known = Callable[[str], str | None]
"""A name that the repository never had -> the one that it has with a letter in front; None for any other."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\[abfnrtv"\\]|\\[0-7]{3})*)"')
_ODD = re.compile(r'".*|.*"|.*\\[0-7]{3}.*|.* -> .*', re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
# git-config(1), core.quotePath: as in C.
_LETTERS: Mapping[bytes, bytes] = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


def mended(names: list[Json], known: Known, *, is_first: bool) -> list[Json]:
    """Mend the names in a list; the first line that git printed lost its first blank, and so the name its first letter.

    Args:
        names: What stands in the list; what is no text is left alone.
        known: Tells a name that lacks its first letter.
        is_first: Whether the list begins with the first line that git printed.
    """
    return [
        _mended(name, known if is_first and place == 0 else _whole) if isinstance(name, str) else name
        for place, name in enumerate(names)
    ]


def _whole(_: str) -> None:
    """Know of no name that lacks a letter."""


def _mended(name: str, known: Known) -> str:
    if not _ODD.fullmatch(name):
        return known(name) or name
    new = name.rpartition(" -> ")[2] if not _QUOTED.fullmatch(name) else name
    if '"' in new:  # the blank that was lost makes the first quote the letter that is missing
        new = _unquoted(new if new.startswith('"') else f'"{new}') or new
    return name if _ODD.fullmatch(new) else new  # a file may be called so, and nobody could tell on the next run


def _unquoted(name: str) -> str | None:
    """Read a name that git quoted; None if it did not, or if the name is no UTF-8."""
    found = _QUOTED.fullmatch(name)
    if not found:
        return None
    try:
        return _ESCAPE.sub(_byte, found[1].encode()).decode()
    except UnicodeDecodeError:
        return None


def _byte(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    return bytes([int(escape, 8) & 0xFF]) if len(escape) > 1 else _LETTERS.get(escape, escape)
