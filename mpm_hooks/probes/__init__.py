"""What may keep us from working here: each probe looks at one thing, and says what it found and the way out.

Nothing is changed, and nothing is run but git and the hook runners, which are asked for their versions. claude-mpm is
not: it writes into whatever project it is called in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mpm_hooks import blobs

if TYPE_CHECKING:  # it cannot be imported where git does not work, which is what somebody may want to be told
    from mpm_hooks.repo import Repo


class Mark(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and may surprise."""
    ERROR = "error"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a probe found."""

    mark: Mark
    name: str
    what: str
    way_out: str = ""


ok = partial(Symptom, Mark.OK)
warning = partial(Symptom, Mark.WARNING)
error = partial(Symptom, Mark.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where somebody asks."""

    here: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A repository in which somebody asks."""

    repo: Repo
    environment: Mapping[str, str]

    @property
    def top(self) -> str:
        """The top of the work tree."""
        return str(self.repo.root)

    def says(self, *words: str) -> str:
        """Return what git says here, nothing if it refuses."""
        return blobs.said(self.top, *words)


Anywhere: TypeAlias = Callable[[Scene], Iterator[Symptom]]
Within: TypeAlias = Callable[[Site], Iterator[Symptom]]
