"""A block of lines in a file of lines: a comment says whose it is; all else stays as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mpm_hooks.setup import Proposal

_MARK = "\ufeff"


def text(content: bytes) -> str | None:
    """Decode a file; None if it is no UTF-8, or no text."""
    try:
        found = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in found else found


def end(found: str) -> str:
    """Return how a text ends its lines."""
    return "\r\n" if "\r\n" in found else "\n"


def lines(found: str) -> Sequence[str]:
    """Return the lines of a text without what stands around them."""
    return [line.strip() for line in found.removeprefix(_MARK).split("\n")]


def closed(found: str) -> str:
    """End the last line of a text."""
    return found if found.removeprefix(_MARK) == "" or found.endswith("\n") else found + end(found)


def added(found: str, block: Sequence[str]) -> str:
    """Put a block at the end of a text, an empty line between."""
    start = closed(found)
    apart = end(found) if any(lines(found)) and lines(found)[-2:] != ["", ""] else ""
    return start + apart + "".join(f"{line}{end(found)}" for line in block)


def withdrawn(path: str, before: bytes | None, comment: str, ours: Collection[str]) -> Proposal | None:
    """Propose a file without a block; one that holds nothing else goes."""
    found = text(before or b"") or ""
    after = removed(found, comment, ours)
    kept = after.encode() if after.strip() else None
    return None if after == found else Proposal(path=path, before=before, after=kept)


def removed(found: str, comment: str, ours: Collection[str]) -> str:
    """Take a block out of a text: its comment, and the lines right below it that are ours."""
    every = found.splitlines(keepends=True)
    starts = [number for number, line in enumerate(every) if line.removeprefix(_MARK).strip() == comment]
    for start in reversed(starts):
        stop = start + 1
        while stop < len(every) and every[stop].strip() in ours:
            stop += 1
        is_last = stop == len(every) or not every[stop].strip()
        del every[start - (1 if is_last and start and not every[start - 1].strip() else 0) : stop]
    return "".join(every)
