"""The act: a folder of sessions rewritten where it is not what it has to be, or what would change as a diff."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mpm_hooks import claims, disk, plumbing, repo, runner, secret, worktrees
from mpm_hooks import work as worked
from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError
from mpm_hooks.fix import folder
from mpm_hooks.fix.folder import Fixed

_LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")


@dataclass(frozen=True, kw_only=True)
class Work:
    """A folder of sessions, what was read of it, and the top of the repository that it lies in."""

    directory: Path
    read: Folder
    top: str | None

    @cached_property
    def fixed(self) -> Fixed:
        """What the folder has to be."""
        known = claims.Repository(self.top).whole_name if self.top else _unknown
        return folder.mended(self.read, known, self.is_committed)

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


def of(directory: str, lazy: Folder) -> Work:
    """Read all of a folder that is looked at: what is written in its place holds words of these files."""
    read = Folder(path=lazy.path, names=frozenset(lazy.names), contents=dict(lazy.contents), odd=lazy.odd)
    return Work(directory=Path(directory), read=read, top=plumbing.top(directory))


def refuse_patched(paths: Sequence[Path]) -> None:
    """Refuse to write what a runner keeps aside: it could not put the user's work back, none of it.

    Raises:
        UnableError: It keeps changes of one of these files aside.
    """
    patch = runner.set_aside(tuple(runner.ancestors()), os.environ)
    found = repo.find(Path.cwd()) if patch else None
    if patch is None or found is None:
        return
    mine = sorted({*worked.patched(found, patch)} & {_below(found.top, path) for path in paths})
    if mine:
        message = f"{mine[0]} has unstaged changes, which the hook runner keeps aside and could not put back: "
        raise UnableError(message + f"git add {mine[0]} first, or run mpm-hooks fix; nothing was written")


def addable(works: Sequence[Work]) -> Sequence[str]:
    """Return those of the files that can be added: what is ignored, or gone and never was added, cannot."""
    found: set[str] = set()
    for work in works:
        if work.top and work.paths:
            specs = [f":(top,literal){_below(work.top, path)}" for path in work.paths if ".broken" not in path.name]
            found |= {f"{work.top}/{name}" for name in plumbing.lines(work.top, *_LISTED, *specs)}
    return [worktrees.shown(name) for name in sorted(found)]


def _unknown(_: str) -> None:
    """Know of no file, outside of a repository."""


def _below(top: str, path: Path) -> str:
    """Name a file as git does, from the top."""
    return os.path.relpath(path.resolve(), os.path.realpath(top)).replace(os.sep, "/")


def _text(content: bytes | None) -> list[str]:
    return [] if content is None else content.decode(errors="backslashreplace").removesuffix("\n").split("\n")
