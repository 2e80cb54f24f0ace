"""Bytes -> text: the faults that any file can have."""

from __future__ import annotations

import codecs
import re

from mpm_hooks.finding import Finding, MalformedError, restoring
from mpm_hooks.parse.document import Place, place_in

LARGEST = 10_000_000
"""Bytes; real sessions hold some thousands."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7})( |$)|^={7}$", re.MULTILINE)
_OPENING = re.compile(r"^<{7}( |$)", re.MULTILINE)
_RESAVE = "save the file as UTF-8 without a byte order mark"


def text_of(path: str, content: bytes) -> str:
    """Decode a file of a session.

    Raises:
        MalformedError: The bytes are no text, no UTF-8, empty, too many, or hold a merge conflict.
    """
    if not content.strip(b" \t\r\n\0"):
        way_out = f"delete it, or restore it: {restoring(path)}"
        raise MalformedError(_fault(path, "MPM105", "is empty: its writer was interrupted", way_out))
    if len(content) > LARGEST:
        message = f"holds {len(content):,} bytes, more than {LARGEST:,}"
        raise MalformedError(_fault(path, "MPM108", message, "no session is that large: delete what does not belong"))
    if content.startswith(_UTF16) or b"\0" in content[:4]:
        raise MalformedError(_fault(path, "MPM102", "is UTF-16 or UTF-32, not UTF-8", _RESAVE))
    if content.startswith(codecs.BOM_UTF8):
        message = "begins with a byte order mark: claude-mpm drops such a file"
        raise MalformedError(_fault(path, "MPM102", message, _RESAVE))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        bad = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise MalformedError(_fault(path, "MPM102", bad, _RESAVE, place_in(before, len(before)))) from None
    _refuse_conflicts(path, text)
    return text.replace("\r\n", "\n")


def _refuse_conflicts(path: str, text: str) -> None:
    """Report every conflict marker; a lone row of equals signs is a heading, not a conflict."""
    if not _OPENING.search(text):
        return
    way_out = "settle the merge, keep one side and delete the markers"
    raise MalformedError(
        *(
            _fault(path, "MPM106", f"merge conflict: {found[0].strip()}", way_out, place_in(text, found.start()))
            for found in _CONFLICT.finditer(text)
        )
    )


def _fault(path: str, code: str, message: str, way_out: str, place: Place = (1, 1)) -> Finding:
    line, column = place
    return Finding(path=path, line=line, column=column, code=code, message=message, way_out=way_out)
