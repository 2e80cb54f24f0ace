"""Data -> YAML, by PyYAML: every scalar means the same to a reader of YAML 1.1 and of YAML 1.2."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from mpm_hooks.session import Json

# Plain is only what begins with a letter and is no word of either version: dates and SHAs such as 6898e68 are quoted.
_PLAIN = re.compile(r"[A-Za-z][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_UNFOLDED = 2**31 - 1


class Dumper(yaml.SafeDumper):
    """Quotes what a reader could take for something else. The C dumper writes other bytes: this is the Python one."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Write a value out each time it occurs: an alias is one more thing that a reader may refuse."""
        return True


def _text(dumper: Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Choose how a text is written: plain, as a block, in single or in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return None
    if not _BLOCK.fullmatch(text):
        return '"'  # PyYAML does not read its own other styles back where they hold U+0085, U+2028 or U+2029
    if "\n" not in text:
        return "'"
    return "|" if _fits_a_block(text) else '"'


def _fits_a_block(text: str) -> bool:
    lines = text.split("\n")
    return bool(lines[0].strip()) and not lines[0].startswith(" ") and not any(line.endswith(" ") for line in lines)


Dumper.add_representer(str, _text)


def dump(data: Mapping[str, Json]) -> str:
    """Write a mapping in block style."""
    return yaml.dump(
        dict(data),
        Dumper=Dumper,
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        width=_UNFOLDED,
    )
