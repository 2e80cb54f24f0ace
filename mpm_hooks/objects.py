"""Git's objects, asked for one after another of a single process, and trees made from them by another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from mpm_hooks import plumbing, process, repo
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import either takes its time
    import hashlib
    from typing import TypeAlias

FILE = "100644"
"""The mode of a plain file."""
_FOLDER = "40000"
_KINDS = {_FOLDER: "tree", "160000": "commit"}
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Known to every repository that names its objects by SHA-1, whether or not it holds it."""

Named = tuple[str, str]
"""The mode of an entry of a tree, and the name of its object."""
Differing: TypeAlias = "tuple[bytes, Named | None, Named | None]"
"""A path, and the file there before and after, if there is one."""
_Changes: TypeAlias = "dict[bytes, str | _Changes | None]"
"""By name: the blob that a file gets, None if it goes; what changes in a folder."""


class Object(Value):
    """What an object is called, its kind, and what it holds."""

    name: str
    kind: str
    content: bytes


class Objects:
    """A ``git cat-file --batch`` (git-cat-file(1))."""

    def __init__(self, git: process.Dialogue) -> None:
        """Ask this one."""
        self._git = git

    def find(self, named: str) -> Object | None:
        """Return what a name stands for, none if it is nobody's or that of several; it holds no end of a line."""
        self._git.tell(named.encode("utf-8", "surrogateescape") + b"\n")
        words = self._git.line().split(b" ")
        if len(words) != 3 or not words[2].isdigit():  # noqa: PLR2004 - name, kind and size
            return None
        content = self._git.read(int(words[2]) + 1)[:-1]
        return Object(name=words[0].decode(), kind=words[1].decode(), content=content)

    def name(self, content: bytes, kind: str = "blob") -> str:
        """Return what an object is called that holds this, whether or not it is here."""
        return self.digest(b"%b %d\0%b" % (kind.encode(), len(content), content)).hex()

    def digest(self, content: bytes) -> bytes:
        """Hash as the repository does."""
        return (_sha1(content) if self._is_sha1 else _sha256(content)).digest()

    @cached_property
    def _is_sha1(self) -> bool:
        return self.find(_EMPTY_TREE) is not None

    def entries(self, tree: str) -> dict[bytes, Named]:
        """Return the entries of a tree by their names; none where there is no such tree."""
        found = self.find(tree) if tree else None
        return dict(_entries(found.content, len(found.name) // 2)) if found and found.kind == "tree" else {}


def _sha1(content: bytes) -> hashlib._Hash:
    """Hash as git does; ``hashlib`` would wait for OpenSSL, which may refuse a hash that is this old."""
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]  # noqa: PLC0415 - CPython's own
    except ImportError:  # pragma: no cover - another Python
        from hashlib import sha1  # noqa: PLC0415 - …
    return sha1(content)  # type: ignore[no-any-return]  # noqa: S324 - git's own choice


def _sha256(content: bytes) -> hashlib._Hash:
    from hashlib import sha256  # noqa: PLC0415 - few repositories need it

    return sha256(content)


@contextmanager
def opened(found: Repo) -> Iterator[Objects]:
    """Ask for objects as long as it is needed."""
    git = repo.talk(found, "cat-file", "--batch")
    try:
        yield Objects(git)
    finally:
        git.close()


def differing(known: Objects, one: str, other: str, above: bytes = b"") -> Iterator[Differing]:
    """Yield the files that two trees do not have alike; they are read as far as they differ."""
    left, right = known.entries(one), known.entries(other)
    for name in left.keys() | right.keys():
        before, after = left.get(name), right.get(name)
        if before == after:
            continue
        first, second = (each[1] if each and each[0] == _FOLDER else "" for each in (before, after))
        if (before and not first) or (after and not second):
            yield above + name, None if first else before, None if second else after
        if first or second:
            yield from differing(known, first, second, above + name + b"/")


def with_changes(found: Repo, known: Objects, tree: str | None, changes: Mapping[str, str | None]) -> str:
    """Make the tree that differs from another by these files; return its name.

    Args:
        found: The repository.
        known: Its objects.
        tree: The tree to start from, None for one that holds nothing.
        changes: The names of blobs by the paths of the files, None for a file that goes; the blobs may come later.

    Raises:
        GitError: Git refused.
    """
    nested: _Changes = {}
    for path, blob in changes.items():
        *folders, name = path.encode("utf-8", "surrogateescape").split(b"/")
        inner = nested
        for folder in folders:
            below = inner.setdefault(folder, {})
            assert isinstance(below, dict)  # noqa: S101 - no file is a folder, too
            inner = below
        inner[name] = blob
    git = repo.talk(found, "mktree", "-z", "--missing", "--batch")
    try:
        return _made(git, known, tree, nested)
    finally:
        git.close()


def _made(git: process.Dialogue, known: Objects, tree: str | None, changes: _Changes) -> str:
    """Make a tree, after those in it, and return its name; empty if nothing is left in it."""
    entries = known.entries(tree or "")
    for name, change in changes.items():
        mode, below = entries.pop(name, ("", ""))
        if isinstance(change, str):
            entries[name] = (FILE, change)
        elif change and (made := _made(git, known, below if mode == _FOLDER else None, change)):
            entries[name] = (_FOLDER, made)
    if not entries:
        return ""  # git keeps no empty folder
    for name, (mode, each) in entries.items():
        git.tell(f"{mode} {_KINDS.get(mode, 'blob')} {each}\t".encode() + name + b"\0")
    git.tell(b"\0")
    made = plumbing.text(git.line())
    if not known.find(made):  # git 2.39 at least names a tree that it could not write, on a full disk, and is content
        message = "git mktree could not write a tree"
        raise GitError(message, None)
    return made


def _entries(content: bytes, width: int) -> Iterator[tuple[bytes, Named]]:
    """Read a tree: mode, blank, name, NUL, and the object's name in as many bytes, again and again."""
    start = 0
    while start < len(content):
        middle = content.index(b"\0", start)
        mode, _, name = content[start:middle].partition(b" ")
        start = middle + 1 + width
        yield name, (mode.decode(), content[middle + 1 : start].hex())
