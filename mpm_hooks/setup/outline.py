"""Where in a YAML text its nodes end, and how they are indented: what has to be known to write a line between them."""

from __future__ import annotations

import yaml


def value(node: yaml.Node | None, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """Return the key of a mapping, and its value; None if there is none, or the node is no mapping."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((pair for pair in pairs if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key), None)


def items(node: yaml.Node) -> list[yaml.Node]:
    """Return the items of a list that has a line for each; of any other node none."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) and not node.flow_style else []


def stop(text: str, node: yaml.Node, column: int) -> int:
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


def start(text: str, node: yaml.Node) -> int:
    """Return where the line begins in which a node does."""
    return text.rfind("\n", 0, node.start_mark.index) + 1


def _last(node: yaml.Node) -> yaml.Node:
    """Return the node that stands last in a node."""
    if not isinstance(node, yaml.CollectionNode) or not node.value or node.flow_style:
        return node
    below = node.value[-1]
    return _last(below[1] if isinstance(node, yaml.MappingNode) else below)


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1
