"""Files of the store: opened so that none holds us up, read within bounds; what cannot be read is a warning."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpm_hooks.claude.record import on_one_line

LONGEST = 10_000_000
"""Of a line that is read, and of the end of a file in which a line is looked for; in bytes."""
_BLOCK = 16_384
_MOST_WARNINGS = 3
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)


class Store:
    """The store, as far as it can be read."""

    def __init__(self, directory: Path, shown: str) -> None:
        """Take the directory, and how to name it in a warning."""
        self._directory = directory
        self._shown = shown
        self._unread: dict[str, str] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read."""
        places = list(self._unread.items())
        shown = [f"{place} cannot be read: {reason}" for place, reason in places[:_MOST_WARNINGS]]
        rest = len(places) - _MOST_WARNINGS
        more = [f"{rest} more of its files cannot be read"] if rest > 0 else []
        return tuple(f"A part of Claude Code's store was left out: {each}" for each in [*shown, *more])

    def names(self, directory: str) -> list[str]:
        """Return the names in a directory, sorted; none if there is no such directory."""
        with self._complaining(directory) as path, os.scandir(path) as found:
            return sorted(entry.name for entry in found)
        return []

    def content(self, name: str) -> bytes:
        """Return what a file holds, nothing if there is none."""
        with self._complaining(name) as path, open(path, "rb", opener=_open) as stream:
            return stream.read(LONGEST)
        return b""

    def lines(self, name: str, most: int | None = None) -> Iterator[bytes]:
        """Yield the lines of a file but overlong ones; begin none after so many bytes."""
        read, whole = 0, True
        with self._complaining(name) as path, open(path, "rb", opener=_open) as stream:
            while (most is None or read < most) and (line := stream.readline(LONGEST)):
                ended = line.endswith(b"\n")
                if whole and (ended or len(line) < LONGEST):
                    yield line
                read, whole = read + len(line), ended

    def lines_backwards(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file from the last to the first, within bounds."""
        with self._complaining(name) as path, open(path, "rb", opener=_open) as stream:
            end = stream.seek(0, os.SEEK_END)
            position, floor, block, rest = end, max(0, end - LONGEST), _BLOCK, b""
            while position > floor:
                start = max(floor, position - block)
                stream.seek(start)
                rest, *lines = (stream.read(position - start) + rest).split(b"\n")
                yield from reversed(lines)
                # Twice as much each time: a long line is not put together from thousands of pieces.
                position, block = start, block * 2
            if position == 0:
                yield rest

    @contextmanager
    def _complaining(self, name: str) -> Iterator[str]:
        """Make a warning of what is there and cannot be read."""
        try:
            yield f"{self._directory}/{name}"
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            self._unread[on_one_line(f"{self._shown}/{name}")] = str(error.strerror)


def _open(path: str, flags: int) -> int:
    """Open a regular file: a pipe would wait for its other end."""
    handle = os.open(path, flags | _NO_WAITING)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, "not a regular file", path)
