"""One pause at a time: the turn is the kernel's lock of a file, which ends with the process, however that ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mpm_hooks.finding import UnableError

NAME = "mpm-hooks.turn"
"""What the file is called."""

_PATIENCE = 30.0
"""Seconds; a pause takes a few tenths of one, unless it asks for the passphrase of a key."""
_PAUSE = 0.02


@contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Wait for the turn, and have it alone: whatever a pause has left lying about is then a dead one's.

    Args:
        path: The file that is locked; it is there only as long as somebody has or wants the turn.

    Yields:
        Whether somebody else had it.

    Raises:
        UnableError: Another pause did not end, or the file cannot be made.
    """
    begun = time.monotonic()
    has_waited = False
    while (handle := _tried(path)) is None:
        has_waited = True
        if time.monotonic() > begun + _PATIENCE:
            message = "another pause is running here and does not end; nothing was written"
            raise UnableError(message)
        time.sleep(_PAUSE)
    try:
        yield has_waited
    finally:
        with suppress(OSError):  # Windows removes no open file; an empty one stays, and is locked the next time
            path.unlink()
        os.close(handle)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let what takes some hundredths of a second come to its end before the process may be ended from outside."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    kept = {each: signal.signal(each, signal.SIG_IGN) for name in names if (each := getattr(signal, name, None))}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler or signal.SIG_DFL)


def _tried(path: Path) -> int | None:
    """Return the handle of the locked file, None if somebody else has it or has removed it meanwhile."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        is_ours = _locked(handle) and _is_at(handle, path)
    except OSError as error:
        message = f"{path}: {error.strerror}; nothing was written"
        raise UnableError(message) from None
    if is_ours:
        return handle
    os.close(handle)
    return None


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":  # pragma: no cover - each system has its own lock
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
