"""Say what is wrong with session files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from mpm_hooks import check, disk, session
from mpm_hooks.check import Folder
from mpm_hooks.commands import tell
from mpm_hooks.finding import MisuseError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        type=Path,
        help="session files, or folders of them; each is judged with the other forms of its session "
        "(default: every session of this repository)",
    )


def run(args: argparse.Namespace) -> int:
    """Print what is wrong with these files; 0 if nothing is."""
    folders = list(_named(args.files) if args.files else _all())
    findings = [found for folder in folders for found in check.check(folder)]
    return tell(findings, sum(len(check.judged(folder)) for folder in folders))


def _named(files: Sequence[Path]) -> Iterator[Folder]:
    """Read the folders of the named files, of each what the names ask for."""
    chosen: dict[Path, set[str]] = {}
    for file in files:
        if file.is_dir() and not session.split(file.name):
            for folder in (file, file / "pause", file / session.DIRECTORY, file / session.LEGACY_DIRECTORY):
                chosen.setdefault(folder, set()).update(check.relevant(disk.names(folder)))
        elif file.exists() or file.is_symlink():
            chosen.setdefault(file.parent, set()).add(file.name)
        else:
            message = f"{file}: no such file"
            raise MisuseError(message)
    for directory, names in chosen.items():
        if names:
            yield disk.folder(directory, directory.as_posix(), partial(check.wanted, chosen=names))


def _all() -> Iterator[Folder]:
    """Read every folder of sessions of this repository; outside of one, that of this directory."""
    from mpm_hooks import repo, tracking  # noqa: PLC0415 - the hook names its files, and then need not wait for GitPython

    found = repo.find(Path.cwd())
    root = found.root if found else Path.cwd()
    for folder in tracking.folders(found) if found else (session.DIRECTORY, session.LEGACY_DIRECTORY):
        if (root / folder).is_dir():
            yield disk.folder(root / folder, folder, check.relevant)
