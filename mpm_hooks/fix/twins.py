"""Two sessions of one second, from two branches that were merged: each gets files of its own.

Who keeps the second is decided by what the sessions say, not by whose side they are on: two people who merge the same
branches, each into the other, end with the same files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from mpm_hooks import session
from mpm_hooks.fix import encoding, source
from mpm_hooks.session import Json, Session

_SIDES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The files of a session and of its twin."""

    contents: Mapping[str, bytes]
    told: Mapping[str, str]
    """What was done to each."""


def part(session_id: str, read: Mapping[str, bytes], taken: AbstractSet[str]) -> Parted | None:
    """Give each of two sessions in conflict files of a name not taken; None for one, whatever its two sides say."""
    texts = {form: encoding.texts(read.get(f"{session_id}.{form}", b"")) for form in session.FORMS}
    both = [data for text in texts["json"] if (data := source.parsed(text)) is not None]
    moment = session.moment_of(session_id)
    if moment is None or len({*map(_pause, both)}) != _SIDES:
        return None
    other = _free(moment, taken)
    old, new = session.id_of(moment), session.id_of(other)
    first = int((_pause(both[1]), texts["json"][1]) < (_pause(both[0]), texts["json"][0]))
    contents: dict[str, bytes] = {}
    told: dict[str, str] = {}
    for side, owner in ((first, moment), (1 - first, other)):
        for form, found in texts.items():
            if (text := _of_side(form, found, both, side, first)) is not None:
                name = f"{session.id_of(owner)}.{form}"
                contents[name] = text.encode() if owner == moment else _moved(text, both[side], moment, owner).encode()
                told[name] = f"two sessions of one second were in conflict: they are {old} and {new} now"
    return Parted(contents=contents, told=told)


def _pause(data: dict[str, Json]) -> tuple[str, ...]:
    """Return what is different for two pauses, and the same for a session that was edited on two branches."""
    said = Session(id="", data=data)
    return tuple(said.text(*keys) for keys in (("paused_at",), ("git_context", "branch"), ("git_context", "head")))


def _free(moment: datetime, taken: AbstractSet[str]) -> datetime:
    """Return the first second from this one on of which the folder holds nothing."""
    known = session.ids(taken) | {session.record_id(name) for name in taken}
    while session.id_of(moment) in known:
        moment += timedelta(seconds=1)
    return moment


def _moved(text: str, data: dict[str, Json], old: datetime, new: datetime) -> str:
    """Give a form another second, in the names of files and as the time of the pause."""
    paused_at = Session(id="", data=data).text("paused_at")
    text = text.replace(session.id_of(old), session.id_of(new))
    try:
        return text.replace(paused_at, (datetime.fromisoformat(paused_at) + (new - old)).isoformat())
    except ValueError:
        return text


def _of_side(form: str, texts: Sequence[str], both: Sequence[dict[str, Json]], side: int, first: int) -> str | None:
    """Return what a form said on one side; where only one side had it, it is that side's alone."""
    if len(texts) != 1:
        return texts[side] if texts else None
    data = source.yaml_data(texts[0]) if form == "yaml" else None
    owner = 1 - first if data is not None and _pause(data) == _pause(both[1 - first]) else first
    if owner == side:
        return texts[0]
    return "" if side == first else None  # a file is there: it is written anew
