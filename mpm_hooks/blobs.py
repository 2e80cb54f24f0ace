"""Reads sessions as git keeps them at a commit: there is no work tree, so nothing that a link could lead out of.

Whatever a pull request holds is data here. Symbolic links and submodules are told of and not followed, large files are
not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from mpm_hooks import check, plumbing
from mpm_hooks.check import Folder
from mpm_hooks.parse import LARGEST_RECORD

Obtain: TypeAlias = Callable[[Sequence[str]], None]
"""Fetches objects that may be missing, as far as they can be had."""

_KINDS = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a directory"}
_AT_ONCE = 100_000
"""Bytes of a file that is read together with others; a larger one is read when it is asked for."""


class Entry(NamedTuple):
    """A file at a commit, or what stands in its place."""

    mode: str
    id: str


class Changed(NamedTuple):
    """A file that differs between two commits; the id is the one that it has afterwards, empty if it is gone."""

    path: str
    id: str


def said(root: str, *words: str) -> str:
    """Return what git prints, without the end of the last line; nothing if it refuses."""
    return plumbing.text(plumbing.run(root, *words) or b"").rstrip("\n")


def commit(root: str, name: str) -> str | None:
    """Return the full name of a commit, None if it is not there."""
    return (plumbing.objects(root, [f"{name}^{{commit}}"]) or [None])[0]


def changed(root: str, before: str, after: str) -> Iterator[Changed]:
    """Yield the files that differ between two commits or trees, without looking into them."""
    words = iter(plumbing.lines(root, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", before, after))
    for record in words:
        _, _, _, found, state = record.split(" ")
        yield Changed(path=next(words), id="" if state.startswith("D") else found)


def entries(root: str, commit: str, path: str) -> Mapping[str, Entry]:
    """Return what stands in a directory at a commit, by name; nothing if it is not there."""
    found = {}
    for line in plumbing.lines(root, "ls-tree", "-z", f"{commit}:{path}"):
        kept, _, name = line.partition("\t")
        mode, _, object_id = kept.split(" ")
        found[name] = Entry(mode=mode, id=object_id)
    return found


def folder(
    root: str, path: str, found: Mapping[str, Entry], chosen: AbstractSet[str], obtain: Obtain | None = None
) -> Folder:
    """Return a folder of sessions by what was found in it: those of the names that are chosen are to be judged."""
    names = check.wanted(found.keys(), chosen) & found.keys()
    odd = {name: _KINDS[mode] for name in names if (mode := found[name].mode) in _KINDS}
    files = {name: found[name].id for name in names if name not in odd}
    if obtain:
        obtain(sorted(set(files.values())))
    sizes = dict(zip(files, _sizes(root, files.values()), strict=False))
    for name in list(files):
        size = sizes.get(name)
        if size is None or size > LARGEST_RECORD:
            odd[name] = "not to be had" if size is None else f"{size:,} bytes large"
            del files[name]
    return Folder(path=path, names=found.keys(), contents=_Contents(root, files, sizes), odd=odd)


def contents(root: str, ids: Iterable[str]) -> Mapping[str, bytes]:
    """Return what objects hold, by their ids; what is not there is left out."""
    given = "".join(f"{each}\n" for each in dict.fromkeys(ids))
    answer = plumbing.run(root, "cat-file", "--batch", given=given.encode()) if given else None
    return dict(_taken_apart(answer or b""))


def _taken_apart(answer: bytes) -> Iterator[tuple[str, bytes]]:
    """Take apart what ``--batch`` prints: a head of id, type and size for each object, then its bytes."""
    place = 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        name, *kept = answer[place:end].decode().split(" ")
        place = end + 1
        if len(kept) == 2:  # noqa: PLR2004 - else it is missing
            size = int(kept[1])
            yield name, answer[place : place + size]
            place += size + 1


def _sizes(root: str, ids: Iterable[str]) -> Iterator[int | None]:
    given = "".join(f"{each}\n" for each in ids).encode()
    answer = plumbing.run(root, "cat-file", "--batch-check=%(objectsize)", given=given) if given else None
    yield from (int(line) if line.isdigit() else None for line in (answer or b"").splitlines())


class _Contents(Mapping[str, bytes]):
    """What the files hold: of the small ones all is read at once, of the others each when it is asked for."""

    def __init__(self, root: str, files: Mapping[str, str], sizes: Mapping[str, int | None]) -> None:
        self._root = root
        self._files = files
        self._small = contents(root, [files[name] for name in files if (sizes[name] or 0) <= _AT_ONCE])

    def __getitem__(self, name: str) -> bytes:
        found = self._files[name]
        return self._small[found] if found in self._small else contents(self._root, [found]).get(found, b"")

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
