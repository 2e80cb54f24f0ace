"""Say what is wrong with session files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from mpm_hooks import check, claims, commands, folder, plumbing, session
from mpm_hooks.check import Folder, World
from mpm_hooks.finding import Finding, MisuseError, UnableError
from mpm_hooks.rules import shape

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check waits for no parser of arguments
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="session files, or folders of them; each is judged with the other forms of its session "
        "(default: every session of this repository)",
    )
    commands.add_report_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what is wrong with these files; 0 if nothing is."""
    top = plumbing.top("") or os.getcwd()  # noqa: PTH109 - pathlib takes its time to import
    decided = commands.policy(args, top)
    folders = list(_named(args.files) if args.files else _all(top))
    return commands.tell(args, _checked(folders), lambda: sum(len(check.judged(each)) for _, each in folders), decided)


def _checked(folders: Sequence[tuple[str, Folder]]) -> Iterator[Finding]:
    """Check folders, each against the repository in which it lies."""
    worlds: dict[str | None, World] = {}
    for directory, each in sorted(folders, key=lambda pair: pair[1].path):
        top = plumbing.top(directory)
        if top not in worlds:
            worlds[top] = _world(top)
        yield from check.check(each, worlds[top])


def _world(top: str | None) -> World:
    """Say what the rules hold sessions against; the environment names this machine and its user."""
    latest = time.strftime("session-%Y%m%d-%H%M%S", time.gmtime(time.time() + shape.AHEAD))
    user = next((name for key in ("USER", "LOGNAME", "USERNAME") if (name := os.environ.get(key))), "")
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return World(latest=latest, user=user, host=host, known=claims.Repository(top).known if top else None)


def _named(files: Sequence[str]) -> Iterator[tuple[str, Folder]]:
    """Read the folders of the named files, of each what the names ask for."""
    chosen: dict[str, set[str]] = {}
    for file in map(os.path.normpath, files):
        above, name = os.path.split(file)
        if os.path.isdir(file) and not check.relevant([name]):  # noqa: PTH112 - as above
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
            yield directory, _read(directory, names)


def _read(directory: str, chosen: set[str]) -> Folder:
    shown = directory.replace(os.sep, "/") or "."
    return folder.read(directory, shown, lambda names: check.wanted(names, chosen))


def _plain(directory: str) -> str:
    """Name a directory without the dot that stands for this one."""
    return directory.removeprefix("./") if directory != "." else ""


def _names(directory: str) -> Sequence[str]:
    try:
        return os.listdir(directory)  # noqa: PTH208 - as above
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise UnableError(message) from None


def _all(top: str) -> Iterator[tuple[str, Folder]]:
    """Read every folder of sessions of this repository; outside of one, that of this directory."""
    for path in _folders(top):
        directory = f"{top}/{path}"
        if os.path.isdir(directory):  # noqa: PTH112 - as above
            yield directory, folder.read(directory, path, check.relevant)


def _folders(top: str) -> Sequence[str]:
    """Return the folders of sessions below a directory: the usual one, and those of nested projects."""
    found = {session.DIRECTORY, session.LEGACY_DIRECTORY}
    if os.path.lexists(f"{top}/.git"):
        pattern = f":(top,glob)**/{session.DIRECTORY}/**"
        listed = plumbing.run(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern)
        if listed is None:
            from pathlib import Path  # noqa: PLC0415 - git refuses, and this says why

            from mpm_hooks import repo  # noqa: PLC0415 - …

            repo.find(Path(top))
        folders = {os.fsdecode(name.rpartition(b"/")[0]) for name in (listed or b"").split(b"\0")}
        found |= {each for each in folders if each.endswith((session.DIRECTORY, session.LEGACY_DIRECTORY))}
    return sorted(found)
