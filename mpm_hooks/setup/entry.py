"""Our entry in the text of ``.pre-commit-config.yaml``: lines that are added, changed or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from mpm_hooks.setup import REV, URL, block


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

    @property
    def nodes(self) -> list[yaml.Node]:
        """Where they stand, if each has lines of its own."""
        found = _value(self.root, "repos")
        return _items(found[1]) if found else []


def added(page: Page, hooks: Sequence[str]) -> str:
    """Write our entry below the last one, indented as that is."""
    text, eol = page.text, block.end(page.text)
    found = _value(page.root, "repos")
    if found is None:
        return f"{block.closed(text)}repos:{eol}{_lines(0, 2, 2, hooks, eol)}"
    key, value = found
    listed = _items(value)
    if listed:
        column = value.start_mark.column
        inner, below = _style(listed, column)
        place = _stop(text, listed[-1], column)
    else:
        column, inner, below = key.start_mark.column, key.start_mark.column + 2, key.start_mark.column + 2
        text = text[: key.end_mark.index] + ":" + text[value.end_mark.index :] if value.value != "" else text
        place = _stop(text, key, len(text))
    return block.closed(text[:place]) + _lines(column, inner, below, hooks, eol) + text[place:]


def renewed(page: Page, number: int, rev: str | None, missing: Sequence[str]) -> str:
    """Write another version, and hooks below those that are there; from the end on, so that no place moves."""
    text, node = page.text, page.nodes[number] if page.nodes else None
    hooks, version = _value(node, "hooks"), _value(node, "rev")
    edits: list[tuple[int, int, str]] = []
    if hooks and missing and _items(hooks[1]):
        column = hooks[1].start_mark.column
        place = _stop(text, hooks[1], column)
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
    text, found, nodes = page.text, _value(page.root, "repos"), page.nodes
    if not found or not nodes:
        return text
    begin = text.rfind("\n", 0, nodes[number].start_mark.index) + 1
    stop = _stop(text, nodes[number], found[1].start_mark.column)
    if len(nodes) > 1:
        return text[:begin] + text[stop:]
    place = found[0].end_mark.index + 1
    return text[:place] + " []" + text[place:begin] + text[stop:]


def _style(listed: Sequence[yaml.Node], column: int) -> tuple[int, int]:
    """Return in which column the keys of an entry stand, and its hooks, as in the last one that shows it."""
    for node in reversed(listed):
        found = _value(node, "hooks")
        if found and _items(found[1]):
            return found[0].start_mark.column, found[1].start_mark.column
    return column + 2, column + 2


def _lines(column: int, inner: int, below: int, hooks: Sequence[str], eol: str) -> str:
    dash, blank = f"{' ' * column}-".ljust(inner), " " * inner
    ids = (f"{' ' * below}- id: {each}" for each in hooks)
    return "".join(f"{line}{eol}" for line in (f"{dash}repo: {URL}", f"{blank}rev: {REV}", f"{blank}hooks:", *ids))


def _value(node: yaml.Node | None, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """Return the key of a mapping, and its value; None if there is none, or the node is no mapping."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((pair for pair in pairs if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key), None)


def _items(node: yaml.Node) -> list[yaml.Node]:
    """Return the items of a list that has a line for each; of any other node none."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) and not node.flow_style else []


def _stop(text: str, node: yaml.Node, column: int) -> int:
    """Return where the lines of a node end, with the comments below it that are indented deeper than this column."""
    place = _line_end(text, len(text[: _last(node).end_mark.index].rstrip()))
    reached = place
    while reached < len(text):
        following = _line_end(text, reached)
        line = text[reached:following]
        bare = line.lstrip(" ")
        if bare.startswith("#") and len(line) - len(bare) > column:
            place = following
        elif bare.strip():
            break
        reached = following
    return place


def _last(node: yaml.Node) -> yaml.Node:
    if not isinstance(node, yaml.CollectionNode) or not node.value or node.flow_style:
        return node
    below = node.value[-1]
    return _last(below[1] if isinstance(node, yaml.MappingNode) else below)


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1
