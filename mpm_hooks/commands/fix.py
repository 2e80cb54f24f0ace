"""Rewrite what can be derived: yaml and md from the json, the pointer from the folder."""

from __future__ import annotations

import argparse
import difflib
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from mpm_hooks import check, claims, commands, disk, fix, folder, plumbing, report, secret, selection, session
from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError
from mpm_hooks.fix import Fixed
from mpm_hooks.policy import Judged
from mpm_hooks.report import text
from mpm_hooks.screen import BOLD, CYAN, DIFF, GREEN, Screen
from mpm_hooks.selection import Selected

_PARTS = frozenset(session.LEGACY_DIRECTORY.split("/"))
_LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="session files, or folders of them; each is mended with the other forms of its session "
        "(default: every session of this repository)",
    )
    parser.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--hook", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Mend session files, and print what was done; 0 if nothing was to do."""
    works = [_read(each) for each in selection.of(args.files, plumbing.top("") or os.getcwd())]  # noqa: PTH109 - a text is wanted
    changed = [path for work in works for path in work.paths]
    shown = Screen(colour=commands.is_coloured())
    if args.diff:
        _print(shown.paint(report.printable(line), DIFF.get(line[:1], "")) for work in works for line in work.diff())
    else:
        if args.hook and changed:
            _refuse_patched(changed)
        for work in works:
            work.write()
        _print(_done(shown, done.path, done.what) for work in works for done in work.fixed.done)
        arrow = shown.paint("->", CYAN)
        _print(
            f"    {arrow} {report.printable(f'git add {shlex.join(names)}')}" for names in [_addable(works)] if names
        )
    left = [found for work in works for found in work.fixed.left]
    _print(line for found in left for line in text.told(Judged(found), colour=shown.colour))
    looked = sum(len(check.judged(work.read)) for work in works)
    print(_told(looked, len(changed), dry=args.diff), file=sys.stderr)
    return report.FOUND if changed or left else report.CLEAN


@dataclass(frozen=True, kw_only=True)
class _Work:
    """A folder of sessions, what was read of it, and the top of the repository that it lies in."""

    directory: Path
    read: Folder
    top: str | None

    @cached_property
    def fixed(self) -> Fixed:
        """What the folder has to be."""
        known = claims.Repository(self.top).whole_name if self.top else _unknown
        return fix.folder(self.read, known, self.is_committed)

    @property
    def paths(self) -> list[Path]:
        """Every file that is written or removed."""
        return [self.directory / name for name in (*self.fixed.writes, *sorted(self.fixed.removals))]

    def is_committed(self, name: str, content: bytes) -> bool:
        """Tell whether the last commit holds a file with these bytes."""
        if self.top is None:
            return False
        place = f"HEAD:{_below(self.top, self.directory / name)}"
        return plumbing.run(self.top, "cat-file", "blob", place) == content

    def write(self) -> None:
        """Do it."""
        if self.paths:
            disk.rewrite(self.directory, self.read.contents, self.fixed.writes, self.fixed.removals)

    def diff(self) -> Iterator[str]:
        """Write what would change as a unified diff; a secret in it is shown to nobody."""
        old, shown = self.read.contents, self.read.path
        for name in (path.name for path in self.paths):
            before, after = _text(old.get(name)), _text(self.fixed.writes.get(name))
            lines = difflib.unified_diff(before, after, f"a/{shown}/{name}", f"b/{shown}/{name}", lineterm="")
            yield from map(secret.hidden, lines)


def _read(selected: Selected) -> _Work:
    """Read a folder; a link where it should be would lead the writer elsewhere."""
    directory, shown, chosen = Path(selected[0]), selected[1], selected[2]
    for path in (directory, *directory.parents)[: shown.count("/") + 1]:
        if path.name in _PARTS and path.is_symlink():
            message = f"{path} is a symbolic link: the sessions would be written elsewhere; nothing was written"
            raise UnableError(message)
    choose = check.relevant if chosen is None else partial(fix.wanted, chosen=chosen)
    lazy = folder.read(str(directory), shown, choose)
    read = Folder(path=shown, names=frozenset(lazy.names), contents=dict(lazy.contents), odd=lazy.odd)
    return _Work(directory=directory, read=read, top=plumbing.top(str(directory)))


def _unknown(_: str) -> None:
    """Know of no file, outside of a repository."""


def _refuse_patched(paths: Sequence[Path]) -> None:
    """Refuse to write what a runner keeps aside: it could not put the user's work back, none of it."""
    from mpm_hooks import repo, runner, work  # noqa: PLC0415 - most runs of the hook find nothing to do

    patch = runner.set_aside(tuple(runner.ancestors()), os.environ)
    found = repo.find(Path.cwd()) if patch else None
    if patch is None or found is None:
        return
    mine = sorted({*work.patched(found, patch)} & {_below(found.top, path) for path in paths})
    if mine:
        message = f"{mine[0]} has unstaged changes, which the hook runner keeps aside and could not put back: "
        raise UnableError(message + f"git add {mine[0]} first, or run mpm-hooks fix; nothing was written")


def _addable(works: Sequence[_Work]) -> Sequence[str]:
    """Return those of the files that can be added: what is ignored, or gone and never was added, cannot."""
    from mpm_hooks import worktrees  # noqa: PLC0415 - most runs of the hook find nothing to do

    found: set[str] = set()
    for work in works:
        if work.top and work.paths:
            specs = [f":(top,literal){_below(work.top, path)}" for path in work.paths if ".broken" not in path.name]
            found |= {f"{work.top}/{name}" for name in plumbing.lines(work.top, *_LISTED, *specs)}
    return [worktrees.shown(name) for name in sorted(found)]


def _below(top: str, path: Path) -> str:
    """Name a file as git does, from the top."""
    return os.path.relpath(path.resolve(), os.path.realpath(top)).replace(os.sep, "/")


def _done(shown: Screen, path: str, what: str) -> str:
    place, word = shown.paint(report.printable(path), BOLD), shown.paint("fixed", GREEN)
    return f"{place}: {word}: {report.printable(what)}"


def _text(content: bytes | None) -> list[str]:
    return [] if content is None else content.decode(errors="backslashreplace").removesuffix("\n").split("\n")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _told(looked: int, changed: int, *, dry: bool) -> str:
    sessions = f"{looked} session{'s' * (looked != 1)} looked at"
    files = f"{changed} file{'s' * (changed != 1)} {'would change' if dry else 'changed'}"
    return f"{sessions}: {files}" if changed else sessions
