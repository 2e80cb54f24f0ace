"""The record of an auto-pause that is still open: finished with a session, or thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mpm_hooks import disk, recorded, session
from mpm_hooks.facts import Recorded
from mpm_hooks.finding import UnableError
from mpm_hooks.parse import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An open record: what it tells, and which of its lines are whole."""

    path: Path
    told: Recorded
    whole: bytes
    broken: tuple[int, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What of the record was not to be had."""
        if not self.broken:
            return ()
        lines = ", ".join(map(str, self.broken))
        return (f"{self.path.name}: line {lines} is broken off or holds no action, and was left out",)


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
    whole = {action.line for action in actions}
    lines = [line for number, line in enumerate(content.split(b"\n"), 1) if number in whole]
    kept = b"".join(line + b"\n" for line in lines)
    return Record(path=path, told=recorded.of(actions), whole=kept, broken=broken)


def close(open_record: Record, session_id: str) -> Path | None:
    """End the record: what is whole of it is kept under the session's name, as upstream does; return where."""
    target = open_record.path.with_name(f"{session_id}{session.RECORD_SUFFIX}")
    if open_record.whole:
        with disk.placed(target.parent, {target.name: open_record.whole}, {}):
            pass
    open_record.path.unlink()
    return target if open_record.whole else None


def discard(folder: Path) -> Record:
    """Throw the open record away, whatever state it is in; return what it was.

    Raises:
        UnableError: There is none, or it is no file.
    """
    found = read(folder)
    found.path.unlink()
    return found
