"""The record of an auto-pause that is still open: finished with a session, or thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpm_hooks import account, disk, recorded, session
from mpm_hooks.facts import Recorded
from mpm_hooks.finding import MalformedError, UnableError
from mpm_hooks.parse import record
from mpm_hooks.rules import shape
from mpm_hooks.value import Value

_KEPT = ".kept"
"""Makes of a record's name one that nobody takes for a record's."""


class Record(Value):
    """An open record: what it holds, what that tells, and which of its lines tell nothing."""

    path: Path
    content: bytes
    told: Recorded
    broken: tuple[int, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What of the record could not be had for the session."""
        lines = account.enumerated([str(number) for number in self.broken])
        told = f"{self.path.name}: no whole action stands in line {lines}: the session knows nothing of it"
        return (told,) if lines else ()


def read(folder: Path) -> Record:
    """Read the open record, as far as it is whole.

    Raises:
        UnableError: There is none, or it is no file.
    """
    path = folder / session.ACTIVE_RECORD
    content = disk.content(path)
    if content is None:
        message = f"there is no {session.DIRECTORY}/{session.ACTIVE_RECORD}: no auto-pause is open; nothing was changed"
        raise UnableError(message)
    actions, broken = record.salvage(content)
    return Record(path=path, content=content, told=recorded.of(actions), broken=broken)


def close(found: Record, session_id: str) -> Path | None:
    """End the record: it is kept under the session's name, as upstream does; return where, None if nothing is in it.

    It is renamed as it is, and not written anew: whenever the process is killed, and whatever claude-mpm still appends,
    nothing is lost. At worst the record stays open, and another session is made of it.

    Raises:
        UnableError: It cannot be renamed; the session is written.
    """
    name = f"{session_id}{session.RECORD_SUFFIX}"
    with _sayable(f"; {session_id} is written, and the auto-pause is still open"):
        if not found.content.strip():
            found.path.unlink()
            return None
        name += "" if _is_sound(name, found.content) else _KEPT
        while name in disk.names(found.path.parent):
            name += _KEPT
        return found.path.rename(found.path.with_name(name))


def discard(folder: Path) -> Record:
    """Throw the open record away, whatever state it is in; return what it was.

    Raises:
        UnableError: There is none, or it is no file, or cannot be removed.
    """
    found = read(folder)
    with _sayable("; nothing was changed"):
        found.path.unlink()
    return found


def _is_sound(name: str, content: bytes) -> bool:
    """Tell whether a record may bear this name: that it is whole, and of the session after which it is named."""
    try:
        return not list(shape.no_action(name, name, record.parse(name, content)))
    except MalformedError:
        return False


@contextmanager
def _sayable(consequence: str) -> Iterator[None]:
    """Say what the system refuses, and where that leaves the user."""
    try:
        yield
    except OSError as error:
        message = f"{error.filename}: {error.strerror}{consequence}"
        raise UnableError(message) from None
