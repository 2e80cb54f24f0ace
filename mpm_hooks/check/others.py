"""Judges what lies beside the forms: the pointer, records, leftovers, and what is named otherwise."""

from __future__ import annotations

from mpm_hooks import session
from mpm_hooks.check import texts
from mpm_hooks.check.subject import Folder, World
from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse import pointer
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.rules import agreement, faults, shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from mpm_hooks.parse.record import Action

    T = TypeVar("T")


def pointer_of(folder: Folder) -> tuple[Pointer | None, list[Finding]]:
    """Judge the pointer; return it if it can be read, and what is wrong with it."""
    path = f"{folder.path}/{session.POINTER}"
    content = folder.contents.get(session.POINTER)
    if content is None:
        is_due = session.POINTER not in folder.names and not session.is_legacy(folder.path)
        return None, list(agreement.no_pointer(folder.path, folder.sessions)) if is_due else []
    found = list(carriage_returns(path, content)) if b"\r" in content else []
    target, malformed = tried(pointer.parse, path, content)
    if target is None:
        return None, [*found, *malformed]
    sessions = folder.sessions
    wrong = [*agreement.pointer_to_nothing(target, sessions), *agreement.pointer_to_an_older_one(target, sessions)]
    inside = agreement.pointer_of_several_branches if target.joined else agreement.pointer_contradicts_itself
    return target, [*found, *(wrong or inside(target))]


def others_of(folder: Folder, world: World) -> dict[str, list[Finding]]:
    """Judge the files that are no forms: records, leftovers, and what is named otherwise."""
    found: dict[str, list[Finding]] = {}
    for name in folder.contents:
        if not session.split(name) and name != session.POINTER:
            found[name] = list(_other(folder, name, world))
            texts.conceal(found[name])
    for name, what in folder.odd.items():
        if not session.split(name) and name != session.POINTER:
            found[name] = list(not_regular(f"{folder.path}/{name}", what))
    return found


def _other(folder: Folder, name: str, world: World) -> Iterator[Finding]:
    path = f"{folder.path}/{name}"
    if session.is_record(name):
        from mpm_hooks.parse import record  # noqa: PLC0415 - few sessions have one

        content = folder.contents[name]
        actions, malformed = tried(record.parse, path, content)
        yield from malformed
        yield from _of_record(path, name, actions or (), is_ended=_is_ended(folder, name))
        yield from texts.of_text(path, content, world)
    elif session.is_misnamed(name):
        yield from shape.no_second(path, name.rpartition(".")[0])
    elif session.is_checksum(name):
        yield from faults.leftover_checksum(path)
    else:
        yield from shape.other_name(path)


def _is_ended(folder: Folder, name: str) -> bool:
    """Tell a record that we have ended: claude-mpm adds a last line to one, we leave it as it is."""
    return b'"generator": "mpm-hooks' in folder.contents.get(f"{session.record_id(name)}.json", b"")


def _of_record(path: str, name: str, actions: Sequence[Action], *, is_ended: bool) -> Iterator[Finding]:
    wrong = list(shape.no_action(path, name, actions))
    yield from wrong or (() if is_ended else shape.never_ended(path, name, actions))


def tried(parse: Callable[[str, bytes], T], path: str, content: bytes) -> tuple[T | None, list[Finding]]:
    """Parse a file; gather the faults if it cannot be."""
    try:
        return parse(path, content), []
    except MalformedError as error:
        from mpm_hooks.rules import reading  # noqa: PLC0415 - see not_regular

        rules = (*reading.PARSED, shape.no_object, agreement.pointer_to_no_name)
        return None, [found for find in rules for found in find(error.findings)]


def not_regular(path: str, what: str) -> Iterator[Finding]:
    """Tell of what is no regular file."""
    from mpm_hooks.rules import reading  # noqa: PLC0415 - nothing of this family is needed while all is well

    return reading.not_regular(path, what)


def carriage_returns(path: str, content: bytes) -> Iterator[Finding]:
    """Tell of carriage returns that are no ends of lines."""
    from mpm_hooks.rules import reading  # noqa: PLC0415 - see not_regular

    return reading.carriage_return(path, content)
