"""Values are what dataclasses would be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mpm_hooks.value import Value


class Point(Value):
    """A value."""

    across: int
    down: int = 0
    """One that need not be given."""

    @property
    def size(self) -> int:
        """What is no part."""
        return self.across + self.down


class Named(Point):
    """One with more parts."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What it is held to."""

    across: int
    down: int = 0


def test_a_value_is_what_a_dataclass_would_be() -> None:
    one, model = Point(across=1), Model(across=1)
    assert repr(one) == repr(model).replace("Model", "Point")
    assert (one == Point(across=1, down=0)) == (model == Model(across=1, down=0))
    assert (one == Point(across=2)) == (model == Model(across=2))
    assert len({one, Point(across=1), Point(across=2)}) == len({model, Model(across=1), Model(across=2)}) == 2
    assert one.replaced(down=3).as_dict() == vars(replace(model, down=3))
    assert one.size == 1


def test_a_value_of_another_kind_is_another() -> None:
    assert Named(across=1) != Point(across=1)
    assert Named(across=1) != "Named"
    assert Named.parts == ("across", "down", "name")
    assert Named(across=1, name="a").as_dict() == {"across": 1, "down": 0, "name": "a"}
