"""Starts programs and hears what they say, without ``subprocess``: to import that takes half as long as a check may."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

_CHUNK = 65536
_BROKEN_PIPE = (13,)
"""SIGPIPE: Python ignores it, and what it starts would inherit that."""


class Ended:
    """A program that has ended: its exit status, negative where a signal ended it, and what it printed."""

    __slots__ = ("errors", "output", "status")

    def __init__(self, status: int, output: bytes, errors: bytes) -> None:
        """Keep what is given."""
        self.status, self.output, self.errors = status, output, errors


Answer: TypeAlias = "Callable[[], Ended | None]"
"""Waits for the end of a program; None if it is not there, or was ended since it took too long."""

Listener: TypeAlias = "Callable[[bytes], Answer]"
"""A program that waits for its input, to be given once and whole; one that is never given any ends with us."""


def begun(
    command: Sequence[str],
    environment: Mapping[str, str],
    given: bytes = b"",
    *,
    seconds: float | None = None,
    hears_errors: bool = True,
) -> Answer:
    """Start a program, give it its input, and return what waits for its end; see ``listening``."""
    return listening(command, environment, seconds=seconds, hears_errors=hears_errors)(given)


def listening(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    seconds: float | None = None,
    hears_errors: bool = True,
) -> Listener:
    """Start a program, and return what gives it its input.

    Args:
        command: The program and its arguments; it is looked up on PATH.
        environment: All its variables.
        seconds: How long it may take from its input on, None for as long as it likes.
        hears_errors: Whether its standard error is kept.
    """
    if not hasattr(os, "posix_spawnp"):
        return lambda given: lambda: _run(command, environment, given, seconds)
    our_err, child_err = os.pipe() if hears_errors else (None, os.open(os.devnull, os.O_WRONLY))
    try:
        child, our_out, our_in = _spawned(command, environment, child_err)
    except OSError:
        if our_err is not None:
            os.close(our_err)
        return lambda _: _nothing
    return lambda given: _heard(child, (our_out, our_in, our_err), given, seconds)


def _heard(child: int, streams: tuple[int, int, int | None], given: bytes, seconds: float | None) -> Answer:
    """Give a program its input, and return what waits for its end."""
    our_out, our_in, our_err = streams
    left = _told(our_out, given)

    def answer() -> Ended | None:
        heard: tuple[bytes, bytes] | None = None
        try:
            if not left and our_err is None and seconds is None:
                heard = _read(our_in), b""
            else:
                heard = exchanged(our_out if left else None, (our_in, our_err), left, seconds)
        finally:
            if heard is None:
                os.kill(child, 9)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return Ended(status, *heard) if heard else None

    return answer


class Dialogue:
    """A program that is asked and answers at once, again and again, until it is closed."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it.

        Raises:
            OSError: It is not there.
        """
        self._popen: subprocess.Popen[bytes] | None = None
        if not hasattr(os, "posix_spawnp"):
            import subprocess  # noqa: PLC0415 - only where there is no posix_spawn

            quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
            self._popen = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=quiet)  # noqa: S603 - git, with words of ours
            assert self._popen.stdin  # noqa: S101 - as was asked for
            assert self._popen.stdout  # noqa: S101 - …
            self._out, self._in = self._popen.stdin, self._popen.stdout
            return
        self._child, out, into = _spawned(command, environment, os.open(os.devnull, os.O_WRONLY))
        self._out, self._in = os.fdopen(out, "wb"), os.fdopen(into, "rb")

    def tell(self, words: bytes) -> None:
        """Write something; who has gone away does not hear it."""
        try:
            self._out.write(words)
            self._out.flush()
        except BrokenPipeError:
            pass

    def line(self) -> bytes:
        """Read a line without its end; empty if there is none any more."""
        return self._in.readline().rstrip(b"\n")

    def read(self, count: int) -> bytes:
        """Read as many bytes."""
        return self._in.read(count)

    def some(self) -> bytes:
        """Read what there is, and wait if that is nothing; empty if there comes nothing any more."""
        return self._in.read1(_CHUNK)  # type: ignore[no-any-return, attr-defined]  # both are buffered

    def close(self) -> int:
        """End it, and wait for that; return its exit status, negative where a signal ended it."""
        try:  # noqa: SIM105 - as below
            self._out.close()
        except BrokenPipeError:
            pass
        self._in.close()
        if self._popen:
            return self._popen.wait()
        return os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])


def _spawned(command: Sequence[str], environment: Mapping[str, str], err: int) -> tuple[int, int, int]:
    """Start a program with this as its error, which is closed here; return its number, and the ends of two pipes.

    The first is for what it is told, the second for what it says.
    """
    child_in, out = os.pipe()
    into, child_out = os.pipe()
    streams = (child_in, child_out, err)
    actions = [(os.POSIX_SPAWN_DUP2, stream, number) for number, stream in enumerate(streams)]
    try:
        child = os.posix_spawnp(command[0], list(command), environment, file_actions=actions, setsigdef=_BROKEN_PIPE)
    except OSError:
        os.close(out)
        os.close(into)
        raise
    finally:
        for stream in streams:
            os.close(stream)
    return child, out, into


def _nothing() -> None:
    """Answer for a program that is not there."""


def _told(out: int, given: bytes) -> bytes:
    """Write as much as the pipe takes at once, so that the program can begin; return what is left."""
    os.set_blocking(out, False)
    left = bytes(_written(out, memoryview(given), len(given)))
    if not left:
        os.close(out)
    return left


def _read(into: int) -> bytes:
    with open(into, "rb") as stream:
        return stream.read()


def exchanged(
    out: int | None, into: Sequence[int | None], given: bytes, seconds: float | None
) -> tuple[bytes, bytes] | None:
    """Write to one stream and read two others at once, so that nobody waits for anybody; None if it takes too long."""
    import select  # noqa: PLC0415 - in C, and needed here alone
    import time  # noqa: PLC0415 - …

    end = None if seconds is None else time.monotonic() + seconds
    pieces: dict[int, list[bytes]] = {stream: [] for stream in into if stream is not None}
    poll = select.poll()
    view, waiting, open_streams = memoryview(given), set(pieces), set(pieces)
    for stream in pieces:
        poll.register(stream, select.POLLIN | select.POLLHUP)
    if out is not None:
        os.set_blocking(out, False)
        poll.register(out, select.POLLOUT)
        open_streams.add(out)
    try:
        while waiting:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return None
            for ready, _ in poll.poll(None if left is None else left * 1000):
                if ready == out:
                    view = _written(out, view)
                    if not view:
                        poll.unregister(out)
                        open_streams.discard(out)
                        os.close(out)
                elif piece := os.read(ready, _CHUNK):
                    pieces[ready].append(piece)
                else:
                    poll.unregister(ready)
                    waiting.discard(ready)
    finally:
        for stream in open_streams:
            os.close(stream)
    output, errors = (b"".join(pieces[stream]) if stream is not None else b"" for stream in into)
    return output, errors


def _written(out: int, view: memoryview, most: int = _CHUNK) -> memoryview:
    """Write as much as goes; return what is left, nothing if nobody listens any more."""
    try:
        return view[os.write(out, view[:most]) :]
    except BrokenPipeError:
        return view[:0]


def _run(command: Sequence[str], environment: Mapping[str, str], given: bytes, seconds: float | None) -> Ended | None:
    """Run a program where there is no posix_spawn."""
    import subprocess  # noqa: PLC0415 - only here

    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, env=environment, timeout=seconds)  # noqa: S603 - git, with words of ours
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Ended(done.returncode, done.stdout, done.stderr)
