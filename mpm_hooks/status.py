"""What git prints of files -> entries of its status, and changes."""

from __future__ import annotations

from mpm_hooks.facts import Change, Entry

_RENAMED, _ORDINARY, _UNMERGED = "2", "1", "u"
_PRINTED = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


def parse(output: bytes) -> tuple[dict[str, str], list[Entry]]:
    """Parse ``git status --porcelain=v2 -z`` (git-status(1), Porcelain Format Version 2)."""
    headers: dict[str, str] = {}
    entries: list[Entry] = []
    records = iter(output.split(b"\0"))
    for record in records:
        kind, _, rest = record.partition(b" ")
        match kind.decode():
            case "#":
                name, _, value = rest.partition(b" ")
                headers[name.decode()] = spelled(value)
            case "?" | "!" as letter:
                entries.append(Entry(xy=letter * 2, path=spelled(rest)))
            case "1" | "2" | "u" as letter:
                # Before the name: XY sub mH mI mW hH hI; a rename's score too; for a conflict m1 m2 m3 mW h1 h2 h3.
                fields = rest.split(b" ", {_ORDINARY: 7, _RENAMED: 8, _UNMERGED: 9}[letter])
                original = spelled(next(records)) if letter == _RENAMED else None
                entries.append(Entry(xy=fields[0].decode(), path=spelled(fields[-1]), original_path=original))
    return headers, entries


def changes(output: bytes) -> list[Change]:
    """Parse ``--numstat -z`` of diff and apply: where a file was renamed, both names follow as records of their own."""
    found = []
    records = iter(output.split(b"\0"))
    for record in records:
        if not record:
            continue
        added, deleted, name = record.split(b"\t", 2)
        if not name:
            next(records)
            name = next(records)
        lines = [int(count) if count.isdigit() else None for count in (added, deleted)]
        found.append(Change(path=spelled(name), added=lines[0], deleted=lines[1]))
    return found


def spelled(name: bytes) -> str:
    """Return a file name as text; one that is no UTF-8 as git quotes it, in quotes and octal."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return '"' + "".join(chr(byte) if byte in _PRINTED else f"\\{byte:03o}" for byte in name) + '"'
