"""Asks git without GitPython, whose import alone takes three times as long as a whole check may.

Only what reads objects and names is asked here; whatever changes something goes through ``repo``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

# What describes the repository for which a hook was started, and not the one that is asked about; see ``repo``.
_FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_FOREIGN_TOO = ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE")
_CHUNK = 65536
_SECONDS = 20.0
"""How long git may take."""
_FITS = 4096
"""Bytes that every pipe takes at once: nobody need wait for anybody."""


def top(directory: str) -> str | None:
    """Return the top of the work tree that a directory is in, None if it is in none."""
    directory = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(directory, ".git")):  # noqa: PTH118 - pathlib takes its time to import
        above = os.path.dirname(directory)  # noqa: PTH120 - …
        if above == directory:
            return None
        directory = above
    return directory


def objects(root: str, names: Sequence[str]) -> Sequence[str | None] | None:
    """Return the full name of each object, None for one that is not there; None for all if git does not work here.

    A name is whatever git takes for an object: a commit, ``:FILE`` in the index, ``HEAD:FILE``, a ref.
    """
    return asked(root, names)()


def asked(root: str, names: Sequence[str]) -> Callable[[], Sequence[str | None] | None]:
    """Ask for objects, and return what waits for the answer."""
    if not names:
        return tuple
    given = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    begun = _begun(root, ("cat-file", "--batch-check=%(objectname)"), given, _SECONDS)

    def answer() -> Sequence[str | None] | None:
        if (said := begun()) is None:
            return None
        lines = said.decode("utf-8", "surrogateescape").split("\n")
        return [None if line.endswith(" missing") else line for line in lines[: len(names)]]

    return answer


def lines(root: str, *words: str) -> Iterable[str]:
    """Return what git prints with NUL after each piece, nothing if it refuses."""
    return (text(piece) for piece in (run(root, *words) or b"").split(b"\0") if piece)


def text(printed: bytes) -> str:
    """Return what git printed as text, as ``os.fsdecode`` does; that one fails on Windows where it is no UTF-8."""
    return printed.decode("utf-8", "surrogateescape")


def run(root: str, *words: str, given: bytes = b"", seconds: float = _SECONDS) -> bytes | None:
    """Run git in a work tree; return what it prints, None if it refuses, is not there, or takes longer than that."""
    return _begun(root, words, given, seconds)()


def _begun(root: str, words: Sequence[str], given: bytes, seconds: float) -> Callable[[], bytes | None]:
    """Start git, and return what waits for what it prints."""
    command = ["git", "-C", root, "-c", "core.quotePath=false", *words]
    environment = {name: value for name, value in os.environ.items() if name not in (*_FOREIGN, *_FOREIGN_TOO)}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    if not hasattr(os, "posix_spawnp"):
        return lambda: _run_elsewhere(command, environment, given, seconds)
    return _spawned(command, environment, given, seconds)


def _spawned(
    command: Sequence[str], environment: dict[str, str], given: bytes, seconds: float
) -> Callable[[], bytes | None]:
    """Start a command; `subprocess` takes half as long to import as a whole check may."""
    child_in, our_out = os.pipe()
    our_in, child_out = os.pipe()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    actions = [
        (os.POSIX_SPAWN_DUP2, child_in, 0),
        (os.POSIX_SPAWN_DUP2, child_out, 1),
        (os.POSIX_SPAWN_DUP2, nowhere, 2),
    ]
    try:
        child = os.posix_spawnp(command[0], list(command), environment, file_actions=actions)
    except OSError:
        os.close(our_out)
        os.close(our_in)
        return _nothing
    finally:
        for stream in (child_in, child_out, nowhere):
            os.close(stream)
    is_told = _told_at_once(our_out, given)

    def answer() -> bytes | None:
        output = _read(our_in) if is_told else _exchanged(our_out, our_in, given, seconds)
        if output is None:
            os.kill(child, 9)
        _, status = os.waitpid(child, 0)
        return output if status == 0 else None

    return answer


def _nothing() -> None:
    """Answer for a git that is not there."""


def _told_at_once(out: int, given: bytes) -> bool:
    """Write what is given, if the pipe takes it and nobody has to wait; tell whether it did."""
    if not given or len(given) > _FITS:
        return False
    try:  # noqa: SIM105 - to import `contextlib` takes longer
        os.write(out, given)
    except BrokenPipeError:
        pass  # git has given up already, as its status tells
    os.close(out)
    return True


def _read(into: int) -> bytes:
    with open(into, "rb") as stream:
        return stream.read()


def _exchanged(out: int, into: int, given: bytes, seconds: float) -> bytes | None:
    """Write and read at once, so that neither side waits for the other; None if it takes too long."""
    import select  # noqa: PLC0415 - in C, and needed here alone
    import time  # noqa: PLC0415 - …

    end = time.monotonic() + seconds
    pieces: list[bytes] = []
    os.set_blocking(out, False)
    poll = select.poll()
    poll.register(into, select.POLLIN | select.POLLHUP)
    poll.register(out, select.POLLOUT)
    view, is_open = memoryview(given), True
    try:
        while (left := end - time.monotonic()) > 0:
            for ready, _ in poll.poll(left * 1000):
                if ready == into:
                    if not (piece := os.read(into, _CHUNK)):
                        return b"".join(pieces)
                    pieces.append(piece)
                    continue
                try:
                    view = view[os.write(out, view[:_CHUNK]) :]
                except BrokenPipeError:
                    view = view[:0]
                if not view:
                    poll.unregister(out)
                    os.close(out)
                    is_open = False
        return None
    finally:
        os.close(into)
        if is_open:
            os.close(out)


def _run_elsewhere(command: Sequence[str], environment: dict[str, str], given: bytes, seconds: float) -> bytes | None:
    """Run a command where there is no posix_spawn."""
    import subprocess  # noqa: PLC0415 - only here

    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, env=environment, timeout=seconds)  # noqa: S603 - git, with words of ours
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
