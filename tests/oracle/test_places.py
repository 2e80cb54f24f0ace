"""A renderer like GitHub's finds nothing in what ``markup`` has written but the text itself."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache, partial

import pytest
from hostile import HOSTILE, PAGE
from rendering import ZERO_WIDTH, Rendered, harms, is_lost, render

from mpm_hooks import markup

pytestmark = pytest.mark.oracle

HARMLESS = "word"
ROW = "| a | b |\n|---|---|\n| {} | x |\n"
DIAGRAM = "```mermaid\ntimeline\n    title Sessions\n    {} : {}\n    2026-01-22 : {}\n```\n\nAfter\n"
PLACES: dict[str, tuple[str, Callable[[str], str]]] = {
    # name: (what stands around the text, what writes it)
    "paragraph": ("Before\n\n{}\n\nAfter\n", markup.plain),
    "line": ("Before\n{}\nafter\n", markup.plain),
    "item": ("- {}\n- **Next:** {}\n  1. {}\n", markup.plain),
    "heading": ("### {}\n\nAfter\n", markup.plain),
    "quote": ("> {}\n", markup.plain),
    "summary": ("<details><summary>{}</summary>\n\nInside\n\n</details>\n\nAfter\n", markup.plain),
    "cell": (ROW, markup.plain),
    "code": ("{} and\n- {}\n- so {} and {}\n", markup.code),
    "code in a cell": (ROW, markup.code_cell),
    "label": ("- {}, so\n", partial(markup.link, url=f"{PAGE}/blob/main/x", server="https://github.com")),
    "label in a cell": (ROW, partial(markup.link, url=f"{PAGE}/blob/main/x", as_code=True)),
    "diagram": (DIAGRAM, partial(markup.mermaid, most=500)),
}
CASES = [pytest.param(what, place, id=f"{what}-{place}") for place in PLACES for what in HOSTILE]


def placed(place: str, text: str) -> str:
    """Write a text in its place, as it is."""
    return PLACES[place][0].replace("{}", text)


def defused(place: str, text: str) -> str:
    """Write a text in its place, as the product does."""
    return placed(place, PLACES[place][1](text))


@cache
def everything() -> dict[str, Rendered]:
    """Render every text in every place, raw and defused."""
    texts = [HARMLESS, *(text for _, text in HOSTILE.values())]
    return render(write(place, text) for write in (placed, defused) for place in PLACES for text in texts)


def read(place: str, shown: Rendered) -> str:
    """Return what a reader sees: Mermaid writes ``@`` for ``#commat;``."""
    text = "".join(shown["fences"]) if place == "diagram" else shown["text"]
    text = re.sub(r"#(\w+);", lambda entity: html.unescape(f"&{entity[1]};"), text) if place == "diagram" else text
    return str(text).replace(ZERO_WIDTH, "")


def of_word(place: str) -> Rendered:
    """Return what a word becomes in a place."""
    return everything()[defused(place, HARMLESS)]


@pytest.mark.parametrize(("what", "place"), CASES)
def test_text_is_shown_and_does_nothing(what: str, place: str) -> None:
    text = HOSTILE[what][1]
    written = defused(place, text)
    shown = everything()[written]
    assert not harms(written, shown, of_word(place))
    assert not is_lost(text, read(place, shown)), read(place, shown)


@pytest.mark.parametrize("what", [what for what, (harm, _) in HOSTILE.items() if harm])
def test_oracle_sees_what_is_not_defused(what: str) -> None:
    harm, text = HOSTILE[what]
    seen: set[str] = set()
    for place in PLACES.keys() - {"code", "code in a cell", "label", "label in a cell", "diagram"}:
        shown = everything()[placed(place, text)]
        seen |= harms(placed(place, text), shown, of_word(place))
        seen |= {"lost"} if is_lost(text, read(place, shown)) else set()
    assert harm in seen
