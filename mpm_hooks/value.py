"""Values: parts that belong together, each by its name, made a hundred times as fast as ``dataclasses`` makes them.

To import that, and to have it write the classes of a pause, takes a quarter of the pause.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import it takes its time
    from typing import Any, ClassVar, Self, dataclass_transform
else:

    def dataclass_transform(**_):  # noqa: ANN003, ANN201, D103 - a word for those who check types
        return lambda cls: cls


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """What a class of its own declares: parts by name, with their types, and what they are if nobody says so.

    Values are equal if all their parts are. Nothing but what checks types sees to it that all are given, and that
    nothing changes them.
    """

    parts: ClassVar[tuple[str, ...]] = ()
    """The names of all parts."""

    def __init_subclass__(cls) -> None:
        """Gather the parts."""
        cls.parts = (*cls.parts, *cls.__annotations__)

    def __init__(self, **parts: object) -> None:
        """Take the parts."""
        self.__dict__.update(parts)

    def replaced(self, **parts: object) -> Self:
        """Return the same but for these parts."""
        return type(self)(**{**self.__dict__, **parts})

    def as_dict(self) -> dict[str, Any]:
        """Return the parts by their names."""
        return {name: getattr(self, name) for name in self.parts}

    def __eq__(self, other: object) -> bool:
        """Compare all parts."""
        return type(other) is type(self) and other.as_dict() == self.as_dict()

    def __hash__(self) -> int:
        """Hash all parts."""
        return hash(tuple(self.as_dict().values()))

    def __repr__(self) -> str:
        """Show all parts."""
        return f"{type(self).__name__}({', '.join(f'{name}={part!r}' for name, part in self.as_dict().items())})"
