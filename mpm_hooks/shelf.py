"""The sessions of a work tree, the newest first: by what they are called and say, never by the time of a file."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mpm_hooks import folder, selection, session
from mpm_hooks.finding import Finding, MalformedError, UnableError
from mpm_hooks.fix import encoding, source
from mpm_hooks.parse import LARGEST, json_form, md_form
from mpm_hooks.session import Json, Session
from mpm_hooks.summary import told

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A session in a work tree."""

    id: str
    top: str
    """The top of the work tree, or of the directory."""
    folder: str
    """From there; of a single file, as somebody typed it."""
    names: tuple[str, ...]
    """Its files, the one that counts last."""

    @property
    def path(self) -> str:
        """The file that counts, from the top."""
        return f"{self.folder}/{self.names[-1]}"

    @property
    def directory(self) -> str:
        """The folder, for this system."""
        return os.path.join(self.top, self.folder)  # noqa: PTH118 - as ``folder`` takes it

    @property
    def is_in_git(self) -> bool:
        """Whether it lies in a work tree, of which ``top`` is the top."""
        is_below = not (os.path.isabs(self.folder) or self.folder.startswith(".."))  # noqa: PTH117 - …
        return is_below and os.path.lexists(os.path.join(self.top, ".git"))  # noqa: PTH118 - …


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a work tree keeps."""

    kept: tuple[Kept, ...] = ()
    """Its sessions, the newest first."""
    passed_over: tuple[str, ...] = ()
    """Files that mean to be sessions and are not named as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a session says, or why nobody can tell."""

    session: Session | None = None
    how: str = ""
    """What had to be done to know it; empty if the json says it all."""
    why: str = ""
    """What keeps it from being read."""


def of(top: str) -> Shelf:
    """Look which sessions there are below the top of a work tree, or of a directory.

    Raises:
        UnableError: One of the folders cannot be read.
    """
    kept: list[Kept] = []
    passed_over: list[str] = []
    for directory, shown, _ in selection.of((), top):
        names = folder.read(directory, shown, lambda _: frozenset()).names
        for each in session.ids(names):
            files = tuple(name for form in session.FORMS if (name := f"{each}.{form}") in names)
            kept.append(Kept(id=each, top=top, folder=shown, names=files))
        odd = (each for each in sorted(names) if session.is_misnamed(each) or session.is_stray(each))
        passed_over += [f"{shown}/{each}" for each in odd]
    return Shelf(kept=tuple(_ordered(kept)), passed_over=tuple(passed_over))


def single(file: str) -> Kept | None:
    """Return the session that a file is part of, wherever it lies; None if it is named like none, or not there."""
    above, name = os.path.split(file)
    found = session.split(name)
    if found is None or not os.path.isfile(file):  # noqa: PTH113 - a name as somebody typed it
        return None
    beside = (f"{found[0]}.{form}" for form in session.FORMS)
    names = tuple(each for each in beside if os.path.isfile(os.path.join(above, each)))  # noqa: PTH113, PTH118 - …
    return Kept(id=found[0], top=os.path.realpath(""), folder=above.replace(os.sep, "/") or ".", names=names)


def _ordered(kept: Sequence[Kept]) -> Sequence[Kept]:
    """Put the newest first: by the second in the id; only where that does not tell, by what the session says."""
    counts = Counter(each.id for each in kept)

    def moments(each: Kept) -> tuple[datetime, datetime]:
        second = session.moment_of(each.id)
        if second and counts[each.id] == 1:
            return second, second
        said = read(each).session
        paused = (told.paused(said) if said else None) or _BEGINNING
        return second or paused, paused

    return sorted(sorted(kept, key=lambda each: (each.folder, each.id)), key=moments, reverse=True)


def read(kept: Kept) -> Reading:
    """Read a session: the json; where that is broken or gone, what the yaml, the md or its own beginning tell."""
    try:
        contents = _contents(kept)
    except UnableError as error:
        return Reading(why=str(error))
    if any(len(content) > LARGEST for content in contents.values()):
        return Reading(why=f"a file of it is larger than {LARGEST:,} bytes")
    is_gone = f"{kept.id}.json" not in kept.names
    if found := source.find(contents, kept.id, lambda data: data, is_gone=is_gone):
        return Reading(session=Session(id=kept.id, data=found.data), how=found.how)
    if set(contents) == {"md"} and (data := _by_hand(contents["md"])):
        return Reading(session=Session(id=kept.id, data=data), how="read from an md that was written by hand")
    # What it says is not repeated: there may be a secret in it.
    fault = _fault(contents["json"]) if "json" in contents else None
    what = f"its json is broken at line {fault.line} ({fault.code})" if fault else "its files cannot be made out"
    return Reading(why=what)


def _contents(kept: Kept) -> Mapping[str, bytes]:
    """Read the files of a session; no more of them than it takes."""
    contents: dict[str, bytes] = {}
    for name in reversed(kept.names):
        path = os.path.join(kept.directory, name)  # noqa: PTH118 - …
        try:
            mode = os.lstat(path).st_mode
        except OSError as error:
            message = f"{error.filename}: {error.strerror}"
            raise UnableError(message) from None
        if not stat.S_ISREG(mode):
            message = f"{path} is {folder.kind(mode)}"
            raise UnableError(message)
        contents[name.rpartition(".")[2]] = folder.content(path)
        if [*contents] == ["json"] and _fault(contents["json"]) is None:
            break
    return contents


def _fault(content: bytes) -> Finding | None:
    try:
        json_form.parse("", content)
    except MalformedError as error:
        return min(error.findings)
    return None


def _by_hand(content: bytes) -> dict[str, Json] | None:
    """Return what a page by hand says: what stands under claude-mpm's headings, else its title."""
    texts = encoding.texts(content)
    page = md_form.blocks(texts[0]) if len(texts) == 1 else ()
    if not page:
        return None
    data = md_form.data_of(page)
    said = data.get("conversation")
    said = said if isinstance(said, dict) else {}
    titled: dict[str, Json] = {} if {"primary_task", "summary"} & said.keys() else {"primary_task": page[0].label}
    return {**data, "conversation": {**said, **titled}}
