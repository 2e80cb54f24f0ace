"""What can be saved of a json form that is broken or gone: from what stands in it, and from the md."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import cast

from mpm_hooks.parse import md_form
from mpm_hooks.parse.document import Key, spell
from mpm_hooks.parse.md_form import Block
from mpm_hooks.session import Json, moment_of

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n,]*")
_END = re.compile(r"[ \t\r\n,\]}]")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_DEEPEST = 50
_UNTOLD = (
    "context_usage",
    "todos",
    "open_questions",
    "performance_metrics",
    "git_context.status.untracked_files",
    "git_context.recent_commits",
    "resume_instructions.files_to_review",
)
"""What claude-mpm's md never says, and its json does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What could be read of a broken json, and where reading ended."""

    data: dict[str, Json]
    cut: str
    """The path of the first value that could not be read, empty if there is none."""


def from_broken(text: str) -> Saved | None:
    """Read a json up to the first thing that makes no sense; None if that is how it begins.

    A comma too many or too few is no reason to stop, since it leaves no doubt about any value.
    """
    reader = _Reader(text)
    data = reader.value(())
    if not reader.is_cut and text[reader.at :].strip():
        reader.stop(())
    cut = (spell(reader.cut) or "the end") if reader.is_cut else ""
    return Saved(data=data, cut=cut) if isinstance(data, dict) and data else None


def from_page(page: tuple[Block, ...], session_id: str) -> dict[str, Json]:
    """Make a json of what an md says; the id and the second are those of the file's name."""
    moment = moment_of(session_id)
    data: dict[str, Json] = {"session_id": session_id, "paused_at": moment.isoformat() if moment else ""}
    data |= md_form.data_of(page)
    labels = md_form.first(page)
    _under(data, "conversation").setdefault("summary", "")
    if "Branch" in labels:
        data["git_context"] = {"is_git_repo": True} | _under(data, "git_context")
    elif "Git Context" in labels:
        _under(data, "git_context")["is_git_repo"] = False
    if "Validation Commands" in labels:
        _under(data, "resume_instructions")["validation_commands"] = _commands(labels["Validation Commands"].text)
    if "Summary" in labels and labels["Summary"].text.startswith(">"):  # as only we write it
        data |= {"project_path": "", "generator": "mpm-hooks"}
    return data


def untold(data: dict[str, Json]) -> str:
    """Name what a json that was made of an md lacks."""
    return ", ".join((*(path for path in _UNTOLD if not _has(data, path)), "keys that only a json has"))


class _Reader:
    """Reads JSON as far as it goes; ``cut`` is where that is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.cut: tuple[Key, ...] = ()
        self.is_cut = False

    def stop(self, keys: tuple[Key, ...]) -> None:
        if not self.is_cut:
            self.cut, self.is_cut = keys, True

    def value(self, keys: tuple[Key, ...]) -> Json:
        """Read a value; what stands under a cut container is what was read of it."""
        opening = self.text[self.at : self.at + 1]
        if opening in ("{", "[") and len(keys) < _DEEPEST:
            self.at += 1
            return self._mapping(keys) if opening == "{" else self._sequence(keys)
        try:
            value, end = _DECODER.raw_decode(self.text, self.at)
        except (ValueError, RecursionError):
            self.stop(keys)
            return None
        if not isinstance(value, str) and not _END.match(self.text, end):
            self.stop(keys)  # more digits may have followed
        else:
            self.at = end
        return cast("Json", value)

    def _mapping(self, keys: tuple[Key, ...]) -> Json:
        found: dict[str, Json] = {}
        while self._goes_on("}", keys):
            key = self._key(keys)
            if key is None:
                break
            value = self.value((*keys, key))
            if key in found and found[key] != value:
                self.stop((*keys, key))  # said twice, and differently: nobody knows which holds
            elif not self.is_cut or (isinstance(value, dict | list) and value):
                found[key] = value
        return found

    def _sequence(self, keys: tuple[Key, ...]) -> Json:
        found: list[Json] = []
        while self._goes_on("]", keys):
            value = self.value((*keys, len(found)))
            if not self.is_cut or (isinstance(value, dict | list) and value):
                found.append(value)
        return found

    def _goes_on(self, closing: str, keys: tuple[Key, ...]) -> bool:
        """Pass blanks and commas, and the bracket that ends it all."""
        if self.is_cut:
            return False
        self.at = _BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches nothing at all, too
        if self.at == len(self.text):
            self.stop(keys)
        if self.text.startswith(closing, self.at):
            self.at += 1
            return False
        return not self.is_cut

    def _key(self, keys: tuple[Key, ...]) -> str | None:
        try:
            key, end = _DECODER.raw_decode(self.text, self.at)
        except (ValueError, RecursionError):
            key, end = None, self.at
        colon = _COLON.match(self.text, end)
        if not isinstance(key, str) or not colon:
            self.stop(keys)
            return None
        self.at = colon.end()
        return key


def _under(data: dict[str, Json], key: str) -> dict[str, Json]:
    return cast("dict[str, Json]", data.setdefault(key, {}))


def _commands(text: str) -> dict[str, Json]:
    """Read the commands of a fenced block, under the names that claude-mpm gives to its own."""
    named: dict[str, Json] = {}
    for number, line in enumerate((line for line in text.split("\n") if line and not line.startswith("```")), 1):
        name = "check_git" if line.startswith("git status") else "check_session" if line.startswith("cat ") else ""
        named[name if name and name not in named else f"command_{number}"] = line
    return named


def _has(data: Json, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True
