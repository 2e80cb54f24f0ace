"""The facts of a snapshot, from where they are: git, the project's files, Claude Code's store, what the author says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from mpm_hooks import claude, config, disk, runner, snapshot, status, verify, work
from mpm_hooks.config import Config
from mpm_hooks.facts import Facts, Recorded, Statement, WorkState
from mpm_hooks.objects import Objects
from mpm_hooks.questions import Answer
from mpm_hooks.repo import Repo
from mpm_hooks.value import Value

_LARGEST = 1_000_000
"""Bytes of a file in which a project declares its commands."""
_MOST_DIRECTORIES = 20


class Asked(Value):
    """What is to be gathered: from the author's words, from Claude Code's store or not, from an auto-pause record."""

    statement: Statement
    claude: bool
    set_aside: str | None
    """The patch in which a hook runner keeps the unstaged changes."""
    recorded: Recorded | None
    known: Objects | None = None
    """The objects of the repository."""
    files: Answer | None = None
    """What waits for how the files stand, where git has been asked already."""


class Gathered(Value):
    """The facts, and what could not be had for them, in a sentence each."""

    facts: Facts
    warnings: tuple[str, ...]


def settings(root: Path) -> Config:
    """Read the project's settings.

    Raises:
        MisuseError: They are wrong.
    """
    return config.parse(_text(root / "pyproject.toml") or "")


def facts(
    found: Repo | None,
    root: Path,
    here: Path,
    chosen: Config,
    asked: Asked,
) -> Gathered:
    """Gather the facts.

    Args:
        found: The repository, None outside of any.
        root: Its top directory, or where the user stands.
        here: Where the user stands.
        chosen: The project's settings.
        asked: What is to be gathered.
    """
    # What does not need git's answers comes first: meanwhile git looks at the files.
    directory = _spelled(os.path.relpath(here.resolve(), root.resolve()))
    agent, warnings = claude.read(root, os.environ, runner.home()) if asked.claude else (None, ())
    version = _version(root)
    declared = _declaring(root)
    declared(".")
    state = None
    if found and asked.known:
        state = work.state(
            found,
            asked.known,
            chosen.default_branches,
            set_aside=asked.set_aside,
            files=asked.files,
            apart=found.own,
        )
    places = list(dict.fromkeys(_places(directory, state)))
    return Gathered(
        facts=Facts(
            statement=_cleaned(asked.statement),
            directory=directory,
            project=_spelled(root.name),
            version=version,
            work=state,
            agent=agent,
            recorded=asked.recorded,
            verify=verify.nearest(places, {place: declared(place) for place in (*places, ".")}),
        ),
        warnings=warnings,
    )


def _cleaned(said: Statement) -> Statement:
    """Take out of what the author says what no file form may hold, and what is empty then."""
    changes: dict[str, str | tuple[str, ...]] = {}
    for name in Statement.parts:
        value = getattr(said, name)
        cleaned = snapshot.clean(value) if isinstance(value, str) else tuple(filter(None, map(snapshot.clean, value)))
        changes[name] = cleaned
    return said.replaced(**changes)


def _declaring(root: Path) -> Callable[[str], Mapping[str, str]]:
    """Return what names the commands that verify the work in a directory."""
    listed = cache(lambda place: disk.entries(root / place))
    return cache(lambda place: verify.commands(*_manifests(root, place, listed)))


def _places(directory: str, state: WorkState | None) -> Iterator[str]:
    """Yield the directories of the work: from where the user stands upwards, then those of what changed most."""
    yield from _upwards(directory)
    changes = sorted(state.changes, key=lambda each: -each.size) if state and directory == "." else ()
    for change in changes[:_MOST_DIRECTORIES]:
        yield from _upwards(change.path.rpartition("/")[0] or ".")


def _upwards(directory: str) -> Iterator[str]:
    while directory not in ("", "."):
        yield directory
        directory = directory.rpartition("/")[0]


def _manifests(
    root: Path, place: str, listed: Callable[[str], Sequence[str]]
) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the names in a directory, with those that hold for all below, and the texts of its manifests."""
    names = listed(place)
    texts = {name: text for name in verify.MANIFESTS if name in names and (text := _text(root / place / name))}
    inherited = [name for above in (*list(_upwards(place))[1:], ".") for name in listed(above)]
    return [*names, *(name for name in inherited if name in verify.INHERITED)], texts


def _version(root: Path) -> str | None:
    """Return the version that pyproject.toml states; one that is computed at build time is not known."""
    if not (text := _text(root / "pyproject.toml")):
        return None
    import tomllib  # noqa: PLC0415 - not every project has one

    try:
        project = tomllib.loads(text).get("project", {})
    except (ValueError, RecursionError):
        return None
    version = project.get("version") if isinstance(project, dict) else None
    return version if isinstance(version, str) else None


def _text(path: Path) -> str | None:
    """Return the text of a file of the project, None if it is none, or cannot be read, or is very large."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _spelled(path: str) -> str:
    return status.spelled(os.fsencode(Path(path).as_posix()))
