"""What git prints of files -> entries of its status, and changes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check must not wait for `typing`
    from collections.abc import Sequence
    from typing import TypeAlias

Stages: TypeAlias = "Sequence[tuple[int, str, str]]"
"""What the index holds of a file: number of the stage, mode and blob."""

_PRINTED = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


class Entry:
    """One record of git's status: the letters for index and work tree, the name, and the name before a rename.

    ``raw`` is the name in bytes, and ``staged`` mode and blob of each stage of the index, where git has told them.
    """

    __slots__ = ("original_path", "path", "raw", "staged", "xy")

    def __init__(
        self, *, xy: str, path: str, original_path: str | None = None, raw: bytes = b"", staged: Stages = ()
    ) -> None:
        """Keep what is given."""
        self.xy, self.path, self.original_path, self.raw, self.staged = xy, path, original_path, raw, staged

    @property
    def is_untracked(self) -> bool:
        """Whether git does not know the file."""
        return self.xy == "??"


class Change:
    """How many lines of a file were added and deleted; None for both where it is no text."""

    __slots__ = ("added", "deleted", "path")

    def __init__(self, *, path: str, added: int | None, deleted: int | None) -> None:
        """Keep what is given."""
        self.path, self.added, self.deleted = path, added, deleted

    @property
    def size(self) -> int:
        """How much changed, to compare files by."""
        return (self.added or 0) + (self.deleted or 0)


def parse(output: bytes) -> tuple[dict[str, str], list[Entry]]:
    """Parse ``git status --porcelain=v2 -z`` (git-status(1), Porcelain Format Version 2)."""
    headers: dict[str, str] = {}
    entries: list[Entry] = []
    records = iter(output.split(b"\0"))
    for record in records:
        kind, _, rest = record.partition(b" ")
        match kind.decode():
            case "#":
                header, _, value = rest.partition(b" ")
                headers[header.decode()] = spelled(value)
            case "?" | "!" as letter:
                entries.append(Entry(xy=letter * 2, path=spelled(rest), raw=rest))
            case "1" | "2" | "u" as letter:  # ordinary, renamed, unmerged
                # Before the name: XY sub mH mI mW hH hI; a rename's score too; for a conflict m1 m2 m3 mW h1 h2 h3.
                fields = rest.split(b" ", {"1": 7, "2": 8, "u": 9}[letter])
                original = spelled(next(records)) if letter == "2" else None
                xy, *told, name = fields
                entries.append(
                    Entry(
                        xy=xy.decode(),
                        path=spelled(name),
                        original_path=original,
                        raw=name,
                        staged=_staged(letter, [word.decode() for word in told]),
                    )
                )
    return headers, entries


def _staged(letter: str, told: Sequence[str]) -> Stages:
    """Return what the index holds of a file, by the fields between its letters and its name."""
    if letter == "u":
        _, *modes, _, one, two, three = told
        stages = [*zip((1, 2, 3), modes, (one, two, three), strict=True)]
    else:
        stages = [(0, told[2], told[5])]
    return [(stage, mode, blob) for stage, mode, blob in stages if mode.strip("0")]


def changes(output: bytes) -> list[Change]:
    """Parse ``--numstat -z`` of diff and apply: where a file was renamed, both names follow as records of their own."""
    found = []
    records = filter(None, output.split(b"\0"))
    for record in records:
        *counts, name = record.split(b"\t", 2)
        if not name:
            next(records)
            name = next(records)
        added, deleted = (int(count) if count.isdigit() else None for count in counts)
        found.append(Change(path=spelled(name), added=added, deleted=deleted))
    return found


def spelled(name: bytes) -> str:
    """Return a file name as text; one that is no UTF-8 as git quotes it, in quotes and octal."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return '"' + "".join(chr(byte) if byte in _PRINTED else f"\\{byte:03o}" for byte in name) + '"'
