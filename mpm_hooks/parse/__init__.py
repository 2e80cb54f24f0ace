"""Read the files of a session: a module for each kind; all faults of a file at once, with line and column.

Here stand the faults that any of them can have: bytes -> text.
"""

from __future__ import annotations

from mpm_hooks.finding import Finding, MalformedError, restoring
from mpm_hooks.lean import compiled
from mpm_hooks.parse.document import Place, place_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 1_000_000
"""Bytes of a form or a pointer; real sessions hold some thousands."""

LARGEST_RECORD = 10_000_000
"""Bytes of a record, which grows with every action of an auto-pause."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_RESAVE = "save the file as UTF-8 without a byte order mark: mpm-hooks fix"
_MOST = 1000
"""Faults of one kind in one file: of more, only the first are told."""


def text_of(path: str, content: bytes) -> str:
    """Decode a file of a session.

    Raises:
        MalformedError: The bytes are no text, no UTF-8, empty, too many, or hold a merge conflict.
    """
    text, faults = read(path, content)
    if faults:
        raise MalformedError(*faults)
    return text


def read(path: str, content: bytes) -> tuple[str, list[Finding]]:
    """Decode a file of a session; return what is wrong with its bytes, too, so that its parser can go on.

    Raises:
        MalformedError: There is no text in it to go on with.
    """
    if not content[:LARGEST].strip(b" \t\r\n\0"):
        way_out = f"delete it, or restore it: {restoring(path)}"
        raise MalformedError(_fault(path, "MPM105", "is empty: its writer was interrupted", way_out))
    largest = LARGEST_RECORD if path.endswith(".jsonl") else LARGEST
    if len(content) > largest:
        message = f"holds {len(content):,} bytes, more than {largest:,}"
        raise MalformedError(_fault(path, "MPM108", message, "no session is that large: delete what does not belong"))
    text, faults = _decoded(path, content)
    if "\0" in text:
        message = "holds a NUL character: it is no text, or was cut off by a crash"
        faults.append(
            _fault(path, "MPM110", message, f"restore it: {restoring(path)}", place_in(text, text.index("\0")))
        )
        raise MalformedError(*faults)
    if "<" in text and (conflicts := list(_conflicts(path, text))):
        raise MalformedError(*faults, *conflicts)
    return text.replace("\r\n", "\n") if "\r" in text else text, faults


def _decoded(path: str, content: bytes) -> tuple[str, list[Finding]]:
    if content.startswith(_UTF16_MARKS) or b"\0" in content[:4]:
        fault = _fault(path, "MPM102", "is UTF-16 or UTF-32, not UTF-8", _RESAVE)
        return _wide(content), [fault]
    faults: list[Finding] = []
    if content.startswith(_UTF8_MARK):
        message = "begins with a byte order mark: claude-mpm drops such a file"
        faults.append(_fault(path, "MPM102", message, _RESAVE))
        content = content[len(_UTF8_MARK) :]
    try:
        return content.decode(), faults
    except UnicodeDecodeError:
        text = content.decode(errors="surrogateescape")
        return text, [*faults, *_undecoded(path, text)]


def _wide(content: bytes) -> str:
    """Decode UTF-16 or UTF-32 as far as it goes: what it says is looked at, too."""
    mark = content[:4]
    is_utf32 = mark in (b"\xff\xfe\0\0", b"\0\0\xfe\xff") or mark.count(0) == 3  # noqa: PLR2004 - of an ASCII letter
    bits = "32" if is_utf32 else "16"
    order = "" if content.startswith(_UTF16_MARKS) or mark == b"\0\0\xfe\xff" else "be" if mark[:1] == b"\0" else "le"
    return content.decode(f"utf-{bits}{'-' if order else ''}{order}", errors="replace").removeprefix("\ufeff")


def _undecoded(path: str, text: str) -> Iterator[Finding]:
    """Report bytes that are no UTF-8; Python has put a surrogate in the place of each."""
    for found, _ in zip(compiled("[\udc80-\udcff]").finditer(text), range(_MOST), strict=False):
        message = f"byte 0x{ord(found[0]) - 0xDC00:02x} is not UTF-8"
        yield _fault(path, "MPM102", message, _RESAVE, place_in(text, found.start()))


def _conflicts(path: str, text: str) -> Iterator[Finding]:
    """Report every conflict marker; a lone row of equals signs is a heading, not a conflict."""
    if "<<<<<<<" not in text or not compiled(r"(?m)^<{7}( |\r?$)").search(text):
        return
    way_out = "settle the merge, keep one side and delete the markers"
    marks = compiled(r"(?m)^(<{7}|>{7}|\|{7})( |\r?$)|^={7}\r?$").finditer(text)
    for found, _ in zip(marks, range(_MOST), strict=False):
        message = f"merge conflict: {found[0].strip()}"
        yield _fault(path, "MPM106", message, way_out, place_in(text, found.start()))


def _fault(path: str, code: str, message: str, way_out: str, place: Place = (1, 1)) -> Finding:
    line, column = place
    return Finding(path=path, line=line, column=column, code=code, message=message, way_out=way_out)
