"""Which folders of sessions a command is for, and which files in them: the named ones, or all of a repository."""

from __future__ import annotations

import os

from mpm_hooks import check, plumbing, session
from mpm_hooks.finding import MisuseError, UnableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

Selected: TypeAlias = "tuple[str, str, AbstractSet[str] | None]"
"""A folder, its path as it is shown, and the names that were chosen in it; None for all that are a session's."""


def of(files: Sequence[str], top: str) -> Iterator[Selected]:
    """Yield the folders of the named files; without any, those of the repository, or the directory, with this top.

    Raises:
        MisuseError: One of the files is not there.
        UnableError: A folder cannot be read, or git refuses to work here.
    """
    return _named(files) if files else _below(top)


def _named(files: Sequence[str]) -> Iterator[Selected]:
    chosen: dict[str, set[str]] = {}
    for file in (os.path.normpath(each).replace(os.sep, "/") for each in files):
        above, name = os.path.split(file)
        if not check.relevant([name]) and os.path.isdir(file):  # noqa: PTH112 - a check waits for no pathlib
            for part in ("", "pause", session.DIRECTORY, session.LEGACY_DIRECTORY):
                directory = f"{file}/{part}" if part else file
                chosen.setdefault(_plain(directory), set()).update(check.relevant(_names(directory)))
        elif os.path.lexists(file):
            chosen.setdefault(above, set()).add(name)
        else:
            message = f"{file}: no such file"
            raise MisuseError(message)
    for directory, names in chosen.items():
        if names:
            yield directory, directory or ".", names


def _plain(directory: str) -> str:
    """Name a directory without the dot that stands for this one."""
    return directory.removeprefix("./") if directory != "." else ""


def _names(directory: str) -> Sequence[str]:
    try:
        return os.listdir(directory or ".")  # noqa: PTH208 - as above
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise UnableError(message) from None


def _below(top: str) -> Iterator[Selected]:
    for path in _folders(top):
        if os.path.isdir(f"{top}/{path}"):  # noqa: PTH112 - as above
            yield f"{top}/{path}", path, None


def _folders(top: str) -> Sequence[str]:
    found = {session.DIRECTORY, session.LEGACY_DIRECTORY}
    if os.path.lexists(f"{top}/.git"):
        pattern = f":(top,glob)**/{session.DIRECTORY}/**"
        listed = plumbing.run(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern)
        if listed is None:
            from pathlib import Path  # noqa: PLC0415 - git refuses, and this says why

            from mpm_hooks import repo  # noqa: PLC0415 - …

            listed = repo.run(root, "rev-parse") if (root := repo.find(Path(top))) else b""
        folders = {plumbing.text(name.rpartition(b"/")[0]) for name in listed.split(b"\0")}
        found |= {each for each in folders if each.endswith((session.DIRECTORY, session.LEGACY_DIRECTORY))}
    return sorted(found)
