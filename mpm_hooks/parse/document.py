"""What a parser hands on: the data, and where each part of it stands."""

from __future__ import annotations

from mpm_hooks.finding import Finding
from mpm_hooks.session import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Key = str | int
Place = tuple[int, int]
"""Line and column, from 1."""


class Document:
    """A json or yaml form; ``locate`` finds places only when somebody asks, which is seldom."""

    __slots__ = ("_locate", "data", "path", "text")

    def __init__(
        self, *, path: str, text: str, data: Mapping[str, Json], locate: Callable[[str, tuple[Key, ...]], Place]
    ) -> None:
        """Keep the data and the text in which they stand."""
        self.path = path
        self.text = text
        self.data = data
        self._locate = locate

    def place(self, *keys: Key) -> Place:
        """Return where the value under these keys stands, or the nearest thing around it."""
        return self._locate(self.text, keys)

    def fault(self, keys: tuple[Key, ...], code: str, message: str, way_out: str) -> Finding:
        """Make a finding of what stands under these keys."""
        line, column = self.place(*keys)
        return Finding(
            path=self.path, line=line, column=column, code=code, message=message, way_out=way_out, field=spell(keys)
        )


def spell(keys: tuple[Key, ...]) -> str:
    """Spell a path of keys as people do: ``todos.active[0].content``."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def place_in(text: str, offset: int) -> Place:
    """Turn an offset into a line and a column."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
