"""What a parser hands on: the data, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mpm_hooks.finding import Finding
from mpm_hooks.session import Json

Key = str | int
Place = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A json or yaml form; ``locate`` finds places only when somebody asks, which is seldom."""

    path: str
    text: str
    data: Mapping[str, Json]
    locate: Callable[[str], Mapping[tuple[Key, ...], Place]] = field(repr=False)

    def place(self, *keys: Key) -> Place:
        """Return where the value under these keys stands, or the nearest thing around it."""
        places = self.locate(self.text)
        while keys and keys not in places:
            keys = keys[:-1]
        return places.get(keys, (1, 1))

    def fault(self, keys: tuple[Key, ...], code: str, message: str, way_out: str) -> Finding:
        """Make a finding of what stands under these keys."""
        line, column = self.place(*keys)
        return Finding(path=self.path, line=line, column=column, code=code, message=message, way_out=way_out)


def spell(keys: tuple[Key, ...]) -> str:
    """Spell a path of keys as people do: ``todos.active[0].content``."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def place_in(text: str, offset: int) -> Place:
    """Turn an offset into a line and a column."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)
