"""Reads folders of sessions: their names, and each file when somebody asks for it.

With ``os`` alone: to import pathlib takes a sixth of what a whole check may.
"""

from __future__ import annotations

import os
import stat
from _collections_abc import Mapping  # as `os` does: `collections` itself takes longer than some checks

from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError
from mpm_hooks.parse import LARGEST_RECORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def kind(mode: int) -> str:
    """Name what a file is that is no regular one."""
    return _KINDS.get(stat.S_IFMT(mode), "something else")


def read(directory: str, shown: str, choose: Callable[[AbstractSet[str]], AbstractSet[str]]) -> Folder:
    """Return a folder of sessions, of which the chosen files are read one by one, when they are asked for.

    Raises:
        UnableError: The folder cannot be read; a file that cannot be raises it when it is asked for.
    """
    try:
        with os.scandir(directory or ".") as entries:
            is_regular = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
        chosen = choose(is_regular.keys()) & is_regular.keys()
        odd = {name: kind(os.lstat(_join(directory, name)).st_mode) for name in chosen if not is_regular[name]}
    except OSError as error:
        raise _unable(error) from None
    names = frozenset(name for name in chosen if is_regular[name])
    return Folder(path=shown, names=is_regular.keys(), contents=_Contents(directory, names), odd=odd)


class _Contents(Mapping[str, bytes]):
    """What files hold; nothing is kept."""

    def __init__(self, directory: str, names: AbstractSet[str]) -> None:
        self._directory = directory
        self._names = names

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        return content(_join(self._directory, name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def content(path: str) -> bytes:
    """Read a file as far as anybody looks at it; one that has become a pipe meanwhile is not waited for."""
    try:
        stream = os.open(path, _FLAGS)
        try:
            found = os.fstat(stream)
            if not stat.S_ISREG(found.st_mode):
                return b""
            return os.read(stream, min(found.st_size, LARGEST_RECORD) + 1)
        finally:
            os.close(stream)
    except OSError as error:
        raise _unable(error) from None


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _unable(error: OSError) -> UnableError:
    return UnableError(f"{error.filename}: {error.strerror}")
