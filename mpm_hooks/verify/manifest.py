"""Text of a manifest -> what it declares; a text that is broken, hostile or of the wrong shape declares nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_MOST_DOTS = 100
"""In a line: tomllib takes memory by the square of the parts of a dotted key."""

Table = Mapping[str, object]


def table(data: object, *keys: str) -> Table:
    """Return the table under these keys, an empty one if something else stands there."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def toml(text: str) -> Table:
    """Read a TOML text."""
    if not text:
        return {}
    import tomllib  # noqa: PLC0415 - most projects have few kinds of manifests

    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        return {}
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def json(text: str) -> Table:
    """Read a JSON text."""
    import json  # noqa: PLC0415 - most projects have few kinds of manifests

    try:
        return table(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def ini(text: str) -> Mapping[str, Mapping[str, str]]:
    """Read an INI text: the settings of each section."""
    if not text:
        return {}
    import configparser  # noqa: PLC0415 - most projects have few kinds of manifests

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {section: dict(parser.items(section)) for section in parser.sections()}


def yaml(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read the keys of a YAML text: those of the top level, and under each those of its mapping.

    No value is made of it, so no tag and no merge key can do harm.
    """
    if not text:
        return {}
    import yaml  # noqa: PLC0415 - most projects have few kinds of manifests

    from mpm_hooks.parse.json_form import DEEPEST  # noqa: PLC0415 - …
    from mpm_hooks.parse.yaml_form import Loader  # noqa: PLC0415 - …

    def pairs(node: object) -> Iterator[tuple[str, object]]:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                yield key.value, value

    depth = 0
    try:
        # Event by event first: libyaml takes a minute for a text of brackets, and its loader recurses.
        for event in yaml.parse(text, Loader=Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return {}
        root = Loader(text).get_single_node()
    except (yaml.YAMLError, ValueError):  # ValueError: a lone surrogate cannot be encoded for libyaml
        return {}
    return {key: tuple(inner for inner, _ in pairs(value)) for key, value in pairs(root)}
