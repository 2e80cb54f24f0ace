"""An index of a few files, in which git finds what differs without a look at all others (gitformat-index(5))."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mpm_hooks.value import Value

_VERSION = 3
_EXTENDED, _SKIP_WORKTREE = 0x4000, 0x4000
_LONGEST = 0xFFF


class Staged(Value):
    """A file in an index: its name and stage, its mode and its blob.

    Git does not look at a file that is known to be ``clean``, as at one that a sparse checkout leaves out.
    """

    name: bytes
    mode: str
    blob: str
    stage: int = 0
    clean: bool = False


def written(files: Iterable[Staged], digest: Callable[[bytes], bytes]) -> bytes:
    """Write an index that says nothing of when a file was changed, so that git reads it if it is not clean.

    Args:
        files: What is in it.
        digest: The hash by which the repository names its objects.
    """
    entries = sorted(files, key=lambda file: (file.name, file.stage))
    content = b"".join((b"DIRC", _VERSION.to_bytes(4), len(entries).to_bytes(4), *map(_entry, entries)))
    return content + digest(content)


def _entry(file: Staged) -> bytes:
    flags = file.stage << 12 | min(len(file.name), _LONGEST)
    more = _SKIP_WORKTREE.to_bytes(2) if file.clean else b""
    entry = b"".join(
        (
            bytes(24),  # times, device and inode
            int(file.mode, 8).to_bytes(4),
            bytes(12),  # owner, group and size
            bytes.fromhex(file.blob),
            (flags | (_EXTENDED if more else 0)).to_bytes(2),
            more,
            file.name,
        )
    )
    return entry + bytes(8 - len(entry) % 8)
