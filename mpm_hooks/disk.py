"""The only module that reads and writes the files of sessions."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path

from mpm_hooks import session
from mpm_hooks.finding import UnableError

_HIDDEN = re.compile(r"\.mpm-hooks-\d+-(.+)")
_PATIENCE = 1.0
"""Seconds for which somebody else may have a file open: a scanner for viruses, or git."""
_PAUSE = 0.02
_REMOVABLE = stat.S_IWUSR if os.name == "nt" else 0
"""What the mode of a file must have so that it can be taken away again."""


def names(directory: Path) -> AbstractSet[str]:
    """Return the names in a directory, none if there is no such directory."""
    return frozenset(path.name for path in _listed(directory))


def content(path: Path) -> bytes | None:
    """Return what a regular file holds, None if there is none.

    Raises:
        UnableError: It is something else, or cannot be read.
    """
    try:
        if not stat.S_ISREG(mode := path.lstat().st_mode):
            from mpm_hooks import folder  # noqa: PLC0415 - it knows how to check, which a pause need not

            message = f"{path} is {folder.kind(mode)}, not a regular file"
            raise UnableError(message)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unable(error) from None


def entries(directory: Path) -> Sequence[str]:
    """Return the names in a directory in their order, none where it cannot be read."""
    try:
        return sorted(path.name for path in directory.iterdir())
    except OSError:
        return ()


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


@contextmanager
def placed(directory: Path, new: Mapping[str, bytes], renewed: Mapping[str, bytes]) -> Iterator[None]:
    """Put files into place in the order given, all or none; what is raised within takes them away again.

    All bytes are on the disk, under hidden names, before the first file appears: no more space is needed then. The
    hidden names go last: where the process was killed, they tell ``clear`` what it had begun.

    Args:
        directory: Where the files go.
        new: Files that must not exist yet.
        renewed: Files that may; what they held is put back where something is raised.

    Raises:
        FileExistsError: One of the new files exists; nothing was written.
        UnableError: A file cannot be written; nothing was written.
    """
    files = {**new, **renewed}
    try:
        try:
            for name, content in files.items():
                _write(_hidden(directory, name), content)
            for name in new:
                os.link(_hidden(directory, name), directory / name)
            for name in renewed:
                _renew(directory, name)
        except FileExistsError:
            raise
        except OSError as error:
            raise _unable(error, "; nothing was written") from None
        yield
    except BaseException:
        for name in reversed(files):
            _take_back(_hidden(directory, name), directory / name)
        raise
    finally:
        for name in files:
            _hidden(directory, name).unlink(missing_ok=True)
            _kept(_hidden(directory, name)).unlink(missing_ok=True)
            _moving(_hidden(directory, name)).unlink(missing_ok=True)


@contextmanager
def removed(directory: Path, names: Sequence[str]) -> Iterator[None]:
    """Take files away, all or none; what is raised within puts them back, each with its mode and its time.

    Until then they have hidden names, which ``clear`` clears away where the process was killed.

    Raises:
        UnableError: One cannot be taken away; nothing was removed.
    """
    moved: list[str] = []
    try:
        try:
            for name in names:
                (directory / name).rename(_hidden(directory, name))
                moved.append(name)
        except OSError as error:
            raise _unable(error, "; nothing was removed") from None
        yield
    except BaseException:
        for name in moved:
            _hidden(directory, name).rename(directory / name)
        raise
    for name in moved:
        _hidden(directory, name).unlink(missing_ok=True)


def rewrite(directory: Path, before: Mapping[str, bytes], files: Mapping[str, bytes], gone: AbstractSet[str]) -> None:
    """Give files new content, in the order given and each at once, then remove those that have to go.

    All bytes are on the disk before the first file changes. A file keeps its mode and its time: claude-mpm takes the
    newest file for the newest session.

    Args:
        directory: Where the files are.
        before: What they held when somebody decided on this.
        files: What they have to hold.
        gone: The names of those that have to go.

    Raises:
        UnableError: A file cannot be written, or was changed since.
    """
    try:
        for name, new in files.items():
            _write(_hidden(directory, name), new)
            _liken(_hidden(directory, name), directory, name)
        for name in (*files, *gone):
            if content(directory / name) != before.get(name):
                message = f"{directory / name} was changed meanwhile; nothing was written: try again"
                raise UnableError(message)
        for name in files:
            put(_hidden(directory, name), directory / name)
        for name in gone:
            (directory / name).unlink()
    except OSError as error:
        raise _unable(error) from None
    finally:
        for name in files:
            _hidden(directory, name).unlink(missing_ok=True)


def put(source: Path, target: Path, patience: float = _PATIENCE) -> None:
    """Put a file into the place of another, at once; on Windows that has to wait while somebody has it open.

    Raises:
        UnableError: Somebody goes on having it open, or may forbid it.
    """
    end = time.monotonic() + patience
    while True:
        try:
            source.replace(target)
        except PermissionError as error:
            if time.monotonic() > end:
                message = f"{target}: {error.strerror}"
                raise UnableError(message) from None
            time.sleep(_PAUSE)
        else:
            return


def has_hidden(directory: Path) -> bool:
    """Tell whether there is something to clear."""
    return any(map(_HIDDEN.fullmatch, names(directory)))


def clear(directory: Path) -> AbstractSet[str]:
    """Clear away what a writer left that was killed: the parts of a session that is not whole, and hidden names.

    Only he who has the turn may do so: to anybody else a writer who is at work looks the same.

    Returns:
        The ids of the sessions that the writer had written whole.
    """
    copies = {path: found[1] for path in _listed(directory) if (found := _HIDDEN.fullmatch(path.name))}
    begun = session.ids(copies.values())
    whole = {each for each in begun if all((directory / f"{each}.{form}").exists() for form in session.FORMS)}
    for path, name in copies.items():
        if session.ids([name]) - whole:
            _take_back(path, directory / name)
        path.unlink()
    return whole


def _listed(directory: Path) -> Sequence[Path]:
    try:
        return list(directory.iterdir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _unable(error) from None


def _hidden(directory: Path, name: str) -> Path:
    return directory / f".mpm-hooks-{os.getpid()}-{name}"


def _kept(hidden: Path) -> Path:
    """Name the link that keeps what a renewed file held."""
    return hidden.with_name(f"{hidden.name}.kept")


def _moving(hidden: Path) -> Path:
    """Name the link that takes the place of a renewed file."""
    return hidden.with_name(f"{hidden.name}.new")


def _write(path: Path, content: bytes) -> None:
    """Write a file anew; its mode is what the umask says."""
    path.unlink(missing_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _liken(hidden: Path, directory: Path, name: str) -> None:
    """Give a file the mode and the time of the one whose place it takes, or of another form where there is none."""
    name = name.removeprefix(".")
    others = [f"{name[: name.index('.')]}.{form}" for form in session.FORMS] if name.startswith("session-") else []
    found = [path.stat() for each in (name.partition(".broken")[0], *others) if (path := directory / each).is_file()]
    if found:
        hidden.chmod(stat.S_IMODE(found[0].st_mode) | _REMOVABLE)
        os.utime(hidden, ns=(found[0].st_atime_ns, found[0].st_mtime_ns))


def _renew(directory: Path, name: str) -> None:
    """Replace a file, so that nobody ever sees half of it; what it held stays under another name, for no space."""
    hidden = _hidden(directory, name)
    with suppress(FileNotFoundError):
        os.link(directory / name, _kept(hidden))
    os.link(hidden, _moving(hidden))
    put(_moving(hidden), directory / name)


def _take_back(hidden: Path, path: Path) -> None:
    """Take a file away again if it is the one that was placed, and put back what it replaced."""
    try:
        is_ours = hidden.samefile(path)
    except FileNotFoundError:
        return
    if is_ours:
        try:
            _kept(hidden).replace(path)
        except FileNotFoundError:
            path.unlink()


def _unable(error: OSError, consequence: str = "") -> UnableError:
    return UnableError(f"{error.filename}: {error.strerror}{consequence}")
