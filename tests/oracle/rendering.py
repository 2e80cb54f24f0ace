"""Markdown as GitHub shows it, and what is found in that beyond the text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Rendered = dict[str, Any]

ZERO_WIDTH = "\u200b"


def render(texts: Iterable[str]) -> dict[str, Rendered]:
    """Render as GitHub does, all at once: to start takes the longest."""
    home = Path(os.environ["MPM_HOOKS_ORACLE"])
    chosen = list(dict.fromkeys(texts))
    run = subprocess.run(
        ["node", home / "render.mjs"], input=json.dumps(chosen).encode(), check=True, stdout=subprocess.PIPE
    )
    return dict(zip(chosen, json.loads(run.stdout), strict=True))


def harms(markdown: str, shown: Rendered, harmless: Rendered) -> set[str]:
    """Name what a text does beyond being shown; ``harmless`` is what a word does in the same place."""
    found = set(shown["found"])
    found |= {"links"} if shown["links"] != harmless["links"] else set()
    found |= {"images"} if shown["images"] else set()
    found |= {"elements"} if skeleton(shown) != skeleton(harmless) else set()
    found |= {"command"} if re.search(r"^\s*(?:::|/)|##\w*\[", markdown.replace("\r", "\n"), re.MULTILINE) else set()
    found |= {"hidden"} if any(map(is_hidden, markdown + shown["text"])) else set()
    return found


def skeleton(shown: Rendered) -> list[str]:
    """Return the elements, without that which stands around a dollar."""
    return [each for each in shown["outline"] if each not in {"<span>", "</span>"}]


def is_hidden(character: str) -> bool:
    """Say whether a character hides, or drives what shows it."""
    if character in {"\n", ZERO_WIDTH}:
        return False
    return (
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or "\U000e0100" <= character <= "\U000e01ef"
    )


def is_lost(text: str, seen: str) -> bool:
    """Say whether a reader misses something of a text."""
    if any(map(is_hidden, text)):
        return any(word not in seen for word in words(text)) and "hidden characters" not in seen
    return " ".join(text.split()) not in " ".join(seen.replace("⟨U+000A⟩", " ").split())


def words(text: str) -> list[str]:
    """Return what is to be read in a text."""
    return re.findall(r"[^\W_]+", "".join(" " if is_hidden(each) else each for each in text.replace(ZERO_WIDTH, " ")))
