"""The keys of a YAML text. No value is made of it, so no tag and no merge key can do harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from mpm_hooks.parse.json_form import DEEPEST
from mpm_hooks.parse.yaml_form import Loader


def read(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return the keys of the top level, and under each those of its mapping; none if the text is broken."""
    try:
        root = None if _is_deep(text) else Loader(text).get_single_node()
    except (yaml.YAMLError, ValueError):  # ValueError: a lone surrogate cannot be encoded for libyaml
        return {}
    return {key: tuple(inner for inner, _ in _pairs(value)) for key, value in _pairs(root)}


def _is_deep(text: str) -> bool:
    """Tell deep nesting, event by event: libyaml takes a minute for a text of brackets, and its loader recurses."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def _pairs(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            yield key.value, value
