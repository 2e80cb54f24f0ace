"""What a project declares -> the commands that verify it. They are told, never run."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from mpm_hooks.verify import conventions, python, recipes
from mpm_hooks.verify.project import LABELS, Command, Project

_KINDS = (python, recipes, conventions)
"""What somebody wrote for this project comes before what its tools do by themselves."""

MANIFESTS: tuple[str, ...] = tuple(dict.fromkeys(chain.from_iterable(kind.MANIFESTS for kind in _KINDS)))
"""The files whose text tells something; of all others the name does."""

INHERITED = frozenset({*recipes.LOCKS, *python.LOCKS})
"""Names that tell something of the directories below, too: a workspace has one lock file, at its top."""

_MOST = 6
_MOST_OF_TWO = 8
_TOP = "."
_WHOLE = ("all", "test", "check")


def commands(names: Collection[str], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the commands for a directory by what they verify; the first is the one to run if only one is.

    Args:
        names: All names in the directory.
        texts: The texts of those among ``MANIFESTS`` that could be read.
    """
    project = Project(names=frozenset(names), texts=texts)
    return dict(islice(_labelled(chain.from_iterable(kind.commands(project) for kind in _KINDS)), _MOST))


def nearest(directories: Sequence[str], declared: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the commands for the place of the work, to be typed at the repository's top; the top's own come last.

    Args:
        directories: Where the work is, relative to the top, the most telling first; ``.`` is the top.
        declared: What ``commands`` returned for each directory.
    """
    top = declared.get(_TOP, {})
    candidates = [place for place in directories if place.isprintable() and declared.get(place)]
    whole = [place for place in candidates if _verifies(declared[place])]
    place = next(iter(whole or (not top and candidates) or ()), _TOP)
    if place == _TOP:
        return dict(top)
    to_place = shlex.quote(f"./{place}" if place.startswith("-") else place)
    own = {label: f"cd {to_place} && {line}" for label, line in declared[place].items()}
    return dict(islice((own | {f"root_{label}": line for label, line in top.items()}).items(), _MOST_OF_TWO))


def _labelled(found: Iterable[Command]) -> Iterator[tuple[str, str]]:
    """Yield label and line, the most telling first; of two with one label only tests stand beside each other."""
    chosen: dict[tuple[str, str], Command] = {}
    for command in found:
        chosen.setdefault((command.label, command.tool), command)
    labels: set[str] = set()
    for command in sorted(chosen.values(), key=lambda command: LABELS.index(command.label)):
        if command.label not in labels:
            labels.add(command.label)
            yield command.label, command.line
        elif command.label == "test":
            yield f"test_{command.tool}", command.line


def _verifies(declared: Mapping[str, str]) -> bool:
    """Tell commands that verify the code as a whole from those that only look at its form."""
    return any(label.partition("_")[0] in _WHOLE for label in declared)
