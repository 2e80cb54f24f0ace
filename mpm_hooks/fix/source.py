"""What a session says: from its json, or from what can be saved where that is broken or gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from mpm_hooks.finding import MalformedError
from mpm_hooks.fix import encoding, keeping, saving
from mpm_hooks.page import TITLE
from mpm_hooks.parse import json_form, md_form, yaml_form
from mpm_hooks.session import Json

Mend = Callable[[dict[str, Json]], dict[str, Json]]
"""A session's data -> the same without what claude-mpm's writer is known to do to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a session says, and where that comes from."""

    data: dict[str, Json]
    how: str = ""
    """What had to be done to know it; empty if a whole json says it."""
    is_rebuilt: bool = False
    """Whether something in the broken json may say more."""


def find(contents: Mapping[str, bytes], session_id: str, mend: Mend, *, is_gone: bool) -> Source | None:
    """Find what a session says; None if nobody can tell, or nobody has to: a page by hand is a session of its own.

    Args:
        contents: The forms that could be read, by their ending.
        session_id: Its id.
        mend: Makes two sides of a conflict alike that differ in nothing else.
        is_gone: Whether there is no json, and not only none that could be read.
    """
    if "json" not in contents:
        return _rebuilt(None, contents, session_id, "the json was missing") if is_gone else None
    texts = encoding.texts(contents["json"])
    found = [data for text in texts if (data := parsed(text)) is not None]
    if found and len(found) == len(texts):
        if len(found) == 1:
            return Source(data=found[0])
        settled = keeping.same(mend(found[0]), mend(found[1]))
        return Source(data=mend(found[0]), how="settled a conflict of sides that say the same") if settled else None
    if any(encoding.is_in_conflict(text) for text in texts) or len(texts) > 1:
        return None
    return _saved(contents, session_id, texts)


def is_exact(text: str) -> bool:
    """Tell whether each number of a json is one that Python writes as it reads it."""
    rounded: list[str] = []

    def as_float(digits: str) -> float:
        number = float(digits)
        if Decimal(digits) != Decimal(repr(number)):
            rounded.append(digits)
        return number

    json.loads(text, parse_float=as_float)
    return not rounded


def parsed(text: str) -> dict[str, Json] | None:
    """Return what a json says, None if it is broken."""
    try:
        return dict(json_form.parse("", text.encode()).data)
    except MalformedError:
        return None


def yaml_data(text: str) -> dict[str, Json] | None:
    """Return what a yaml says, None if it is broken."""
    try:
        return cast("dict[str, Json]", keeping.plain(yaml_form.parse("", text.encode()).data))
    except MalformedError:
        return None


def _saved(contents: Mapping[str, bytes], session_id: str, texts: Sequence[str]) -> Source | None:
    """Read what a broken json still says; the rest is told by the other forms."""
    saved = saving.from_broken(texts[0].strip()) if texts and not encoding.is_blank(contents["json"]) else None
    if saved and not saved.cut:
        return Source(data=saved.data, how="mended the syntax") if _holds(saved.data) else None
    what = "was empty" if encoding.is_blank(contents["json"]) else "was broken"
    return _rebuilt(saved, contents, session_id, f"the json {what}")


def _rebuilt(saved: saving.Saved | None, contents: Mapping[str, bytes], session_id: str, why: str) -> Source | None:
    """Join what was saved with what the yaml says, or the md; where they contradict each other nobody can tell."""
    known: dict[str, Json] = saved.data if saved else {}
    if (told := _from_yaml(contents)) is not None:
        data = cast("dict[str, Json]", keeping.merged(known, told))
        return None if keeping.says_more(told, data) else _source(data, f"rebuilt from the yaml: {why}")
    if (page := _page(contents)) is not None:
        data = cast("dict[str, Json]", keeping.merged(known, saving.from_page(page, session_id)))
        return _source(data, f"rebuilt from the md: {why}; lost is what an md does not tell: {saving.untold(data)}")
    if saved and isinstance(known.get("conversation"), dict):
        how = f"closed where it broke off; lost: {saved.cut} and what follows"
        return _source({"session_id": session_id, **known}, how)
    return None


def _source(data: dict[str, Json], how: str) -> Source | None:
    return Source(data=data, how=how, is_rebuilt=True) if _holds(data) else None


def _holds(data: dict[str, Json]) -> bool:
    """Tell whether a json can say this, and be read again; it has no word for infinity, say."""
    return parsed(json.dumps(data)) == data


def _from_yaml(contents: Mapping[str, bytes]) -> dict[str, Json] | None:
    """Return what the yaml says, if it is whole."""
    texts = encoding.texts(contents.get("yaml", b""))
    return yaml_data(texts[0]) if len(texts) == 1 else None


def _page(contents: Mapping[str, bytes]) -> tuple[md_form.Block, ...] | None:
    """Return the md, if a program wrote it: it wrote a json, too."""
    texts = encoding.texts(contents.get("md", b""))
    page = md_form.blocks(texts[0]) if len(texts) == 1 else ()
    return page if any(block.label == TITLE for block in page) else None
