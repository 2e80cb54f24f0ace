"""Our entry in the text of ``.pre-commit-config.yaml``: lines that are added, changed or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from mpm_hooks.setup import REV, URL, block, outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The settings of hooks: their text, what it says, and where."""

    text: str
    data: dict[str, Any]
    root: yaml.Node | None

    @property
    def repos(self) -> list[Any]:
        """The entries, ours among them or not."""
        return self.data.get("repos") or []


def added(page: Page, hooks: Sequence[str]) -> str:
    """Write our entry below the last one, indented as that is."""
    text, eol = page.text, block.end(page.text)
    found = outline.value(page.root, "repos")
    if found is None:
        lines = _lines(0, 2, 2, hooks)
        return "".join([block.closed(text), f"repos:{eol}", *(f"{line}{eol}" for line in lines)])
    key, value = found
    listed = outline.items(value)
    if listed:
        column = value.start_mark.column
        inner, below = _style(listed, column)
        place = outline.stop(text, listed[-1], column)
    else:
        column, inner, below = key.start_mark.column, key.start_mark.column + 2, key.start_mark.column + 2
        text = text[: key.end_mark.index] + ":" + text[value.end_mark.index :] if value.value != "" else text
        place = outline.stop(text, key, len(text))
    entry = "".join(f"{line}{eol}" for line in _lines(column, inner, below, hooks))
    return block.closed(text[:place]) + entry + text[place:]


def renewed(page: Page, number: int, rev: str | None, missing: Sequence[str]) -> str:
    """Write another version, and hooks below those that are there; from the end on, so that no place moves."""
    text, found = page.text, outline.value(page.root, "repos")
    listed = outline.items(found[1]) if found else []
    node = listed[number] if listed else None
    hooks, version = outline.value(node, "hooks"), outline.value(node, "rev")
    edits: list[tuple[int, int, str]] = []
    if hooks and missing and outline.items(hooks[1]):
        column = hooks[1].start_mark.column
        place = outline.stop(text, hooks[1], column)
        lines = "".join(f"{' ' * column}- id: {each}{block.end(text)}" for each in missing)
        edits.append((place, place, lines if text[:place].endswith("\n") else block.end(text) + lines))
    if version and rev:
        begin, stop = version[1].start_mark.index, version[1].end_mark.index
        edits.append((begin, stop, text[begin:stop].replace(version[1].value, rev)))
    for begin, stop, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[stop:]
    return text


def removed(page: Page, number: int) -> str:
    """Take the lines of an entry out; where it was the last, an empty list stays."""
    text, found = page.text, outline.value(page.root, "repos")
    listed = outline.items(found[1]) if found else []
    if not found or not listed:
        return text
    column = found[1].start_mark.column
    begin, stop = outline.start(text, listed[number]), outline.stop(text, listed[number], column)
    if len(listed) > 1:
        return text[:begin] + text[stop:]
    place = found[0].end_mark.index + 1
    return text[:place] + " []" + text[place:begin] + text[stop:]


def _style(listed: Sequence[yaml.Node], column: int) -> tuple[int, int]:
    """Return in which column the keys of an entry stand, and its hooks, as in the last one that shows it."""
    for node in reversed(listed):
        found = outline.value(node, "hooks")
        if found and outline.items(found[1]):
            return found[0].start_mark.column, found[1].start_mark.column
    return column + 2, column + 2


def _lines(column: int, inner: int, below: int, hooks: Sequence[str]) -> Sequence[str]:
    dash = f"{' ' * column}-{' ' * (inner - column - 1)}"
    keys = [f"{dash}repo: {URL}", f"{' ' * inner}rev: {REV}", f"{' ' * inner}hooks:"]
    return [*keys, *(f"{' ' * below}- id: {each}" for each in hooks)]
