"""Rewrite what can be derived: yaml and md from the json, the pointer from the folder."""

from __future__ import annotations

import os
import sys

from mpm_hooks import check, fix, folder, plumbing, report, selection, session
from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError
from mpm_hooks.selection import Selected

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_PARTS = frozenset(session.LEGACY_DIRECTORY.split("/"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from argparse import SUPPRESS  # noqa: PLC0415 - a commit calls without what has to be parsed

    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="session files, or folders of them; each is mended with the other forms of its session "
        "(default: every session of this repository)",
    )
    parser.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--hook", action="store_true", help=SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Mend session files, and print what was done; 0 if nothing was to do."""
    folders = [_read(each) for each in selection.of(args.files, plumbing.top("") or os.getcwd())]  # noqa: PTH109 - a text is wanted
    is_in_order = all(fix.is_in_order(each) for _, each in folders)  # the most usual, and then nothing else is imported
    changed, left = (0, 0) if is_in_order else _mended(folders, dry=args.diff, hook=args.hook)
    looked = sum(len(check.judged(each)) for _, each in folders)
    print(_told(looked, changed, dry=args.diff), file=sys.stderr)
    return report.FOUND if changed or left else report.CLEAN


def _read(selected: Selected) -> tuple[str, Folder]:
    """Read a folder; a link where it should be would lead the writer elsewhere."""
    directory, shown, chosen = selected
    path = directory
    for _ in range(shown.count("/") + 1):
        if os.path.basename(path) in _PARTS and os.path.islink(path):  # noqa: PTH114, PTH119 - …
            message = f"{path} is a symbolic link: the sessions would be written elsewhere; nothing was written"
            raise UnableError(message)
        path = os.path.dirname(path)  # noqa: PTH120 - …
    if chosen is None:
        return directory, folder.read(directory, shown, check.relevant)
    return directory, folder.read(directory, shown, lambda names: fix.wanted(names, chosen))


def _mended(folders: Sequence[tuple[str, Folder]], *, dry: bool, hook: bool) -> tuple[int, int]:
    """Mend folders, and print what was done; return how many files were to change, and how much is left to a person."""
    import shlex  # noqa: PLC0415 - most runs of the hook find nothing to do

    from mpm_hooks import commands, mending  # noqa: PLC0415 - …
    from mpm_hooks.policy import Judged  # noqa: PLC0415 - …
    from mpm_hooks.report import text  # noqa: PLC0415 - …
    from mpm_hooks.screen import BOLD, CYAN, DIFF, GREEN, Screen  # noqa: PLC0415 - …

    works = [mending.of(directory, each) for directory, each in folders]
    changed = [path for work in works for path in work.paths]
    shown = Screen(colour=commands.is_coloured())
    if dry:
        for line in (line for work in works for line in work.diff()):
            print(shown.paint(report.printable(line), DIFF.get(line[:1], "")))
    else:
        if hook and changed:
            mending.refuse_patched(changed)
        for work in works:
            work.write()
        for done in (done for work in works for done in work.fixed.done):
            place, word = shown.paint(report.printable(done.path), BOLD), shown.paint("fixed", GREEN)
            print(f"{place}: {word}: {report.printable(done.what)}")
        if names := mending.addable(works):
            print(f"    {shown.paint('->', CYAN)} {report.printable(f'git add {shlex.join(names)}')}")
    left = [found for work in works for found in work.fixed.left]
    for line in (line for found in left for line in text.told(Judged(found), colour=shown.colour)):
        print(line)
    return len(changed), len(left)


def _told(looked: int, changed: int, *, dry: bool) -> str:
    sessions = f"{looked} session{'s' * (looked != 1)} looked at"
    files = f"{changed} file{'s' * (changed != 1)} {'would change' if dry else 'changed'}"
    return f"{sessions}: {files}" if changed else sessions
