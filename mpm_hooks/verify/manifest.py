"""Text of a manifest -> what it declares; a text that is broken, hostile or of the wrong shape declares nothing."""

from __future__ import annotations

from collections.abc import Mapping

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
    import configparser  # noqa: PLC0415 - most projects have few kinds of manifests

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {section: dict(parser.items(section)) for section in parser.sections()}


def yaml(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read the keys of a YAML text: those of the top level, and under each those of its mapping."""
    from mpm_hooks.verify import yaml_keys  # noqa: PLC0415 - most projects have few kinds of manifests

    return yaml_keys.read(text)
