"""The pointer LATEST-SESSION.txt: bytes -> Pointer."""

from __future__ import annotations

from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse import text_of
from mpm_hooks.session import is_id

_LABEL = "Latest Session: "


class Pointer:
    """Which session the pointer leads to, in which line and column, and the whole text.

    A merge may have joined the pointers of two branches line by line: then it leads to the newest of them.
    """

    __slots__ = ("column", "joined", "line", "path", "target", "text")

    def __init__(  # noqa: PLR0913 - each says one thing, by its name
        self, *, path: str, target: str, line: int, column: int, text: str, joined: tuple[str, ...] = ()
    ) -> None:
        """Keep what the pointer says, and where; ``joined`` are all that it leads to, if they are several."""
        self.path = path
        self.joined = joined
        self.target = target
        self.line = line
        self.column = column
        self.text = text

    def names(self, file: str) -> bool:
        """Tell whether the pointer lists this file of the session."""
        return f"- {file} " in self.text


def parse(path: str, content: bytes) -> Pointer:
    """Read a pointer.

    Raises:
        MalformedError: The bytes are no text, hold a merge conflict, or name no session.
    """
    text = text_of(path, content)
    numbers: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        target = line.removeprefix(_LABEL).rstrip()
        if line.startswith(_LABEL) and is_id(target):
            numbers.setdefault(target, number)
    if numbers:
        newest, joined = max(numbers), tuple(numbers) if len(numbers) > 1 else ()
        place = {"line": numbers[newest], "column": len(_LABEL) + 1}
        return Pointer(path=path, target=newest, text=text, joined=joined, **place)
    message = "names no session: there is no line 'Latest Session: session-YYYYMMDD-HHMMSS'"
    way_out = "restore the file, or write it anew: mpm-hooks fix"
    raise MalformedError(Finding(path=path, code="MPM304", message=message, way_out=way_out))
