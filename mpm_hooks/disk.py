"""The only module that reads and writes the files of sessions."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path

from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def folder(directory: Path, shown: str, choose: Callable[[AbstractSet[str]], AbstractSet[str]]) -> Folder:
    """Read the chosen files of a folder of sessions.

    Raises:
        UnableError: The folder or one of the files cannot be opened.
    """
    try:
        names = frozenset(path.name for path in directory.iterdir())
        chosen = choose(names) & names
        modes = {name: (directory / name).lstat().st_mode for name in chosen}
        contents = {name: (directory / name).read_bytes() for name in sorted(chosen) if stat.S_ISREG(modes[name])}
    except OSError as error:
        raise _unable(error) from None
    odd = {
        name: _KINDS.get(stat.S_IFMT(mode), "something else") for name, mode in modes.items() if name not in contents
    }
    return Folder(path=shown, names=names, contents=contents, odd=odd)


def names(directory: Path) -> AbstractSet[str]:
    """Return the names in a directory, none if there is no such directory."""
    try:
        return frozenset(path.name for path in directory.iterdir())
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise _unable(error) from None


def linked(root: Path, path: str) -> str | None:
    """Return the first part of a path below the root that is a symbolic link, None if none is."""
    parts = Path(path).parts
    for count in range(1, len(parts) + 1):
        part = Path(*parts[:count])
        if (root / part).is_symlink():
            return part.as_posix()
    return None


@contextmanager
def present(directory: Path) -> Iterator[None]:
    """Make a directory and those above it; those that were made and are empty in the end are removed again.

    Raises:
        UnableError: It cannot be made.
    """
    made = [path for path in (directory, *directory.parents) if not path.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unable(error) from None
    try:
        yield
    finally:
        for path in made:
            with suppress(OSError):
                path.rmdir()


def create(directory: Path, files: Mapping[str, bytes]) -> bool:
    """Write new files, each whole or not at all, in the order given; False, and nothing written, if one exists.

    Raises:
        UnableError: A file cannot be written; what had been written is removed again.
    """
    written: list[Path] = []
    try:
        for name, content in files.items():
            try:
                _place(directory / name, content, os.link)
            except FileExistsError:
                _remove(written)
                return False
            written.append(directory / name)
    except OSError as error:
        _remove(written)
        raise _unable(error, "; nothing was written") from None
    return True


def replace(path: Path, content: bytes) -> None:
    """Write a file anew, whole or not at all.

    Raises:
        UnableError: It cannot be written.
    """
    try:
        _place(path, content, os.replace)
    except OSError as error:
        raise _unable(error) from None


def _place(path: Path, content: bytes, into_place: Callable[[Path, Path], object]) -> None:
    """Write to a temporary file beside, then move or link it into place: nobody ever sees half a file."""
    handle, name = tempfile.mkstemp(prefix=".mpm-hooks-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        into_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    """Return the umask, which can only be read by setting it; mkstemp's 0600 would keep a colleague's group out."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _unable(error: OSError, consequence: str = "") -> UnableError:
    return UnableError(f"{error.filename}: {error.strerror}{consequence}")


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
