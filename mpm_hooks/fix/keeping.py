"""What a form says that the json does not: words that must not be lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import yaml

from mpm_hooks.parse import md_form
from mpm_hooks.parse.md_form import Block
from mpm_hooks.session import Json

_WORD = re.compile(r"[^\s\0\"'`\\{}\[\],:*<>|-]+")
_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrtbf])")
_HEADER = re.compile(r"[|>][-+\d]*[ \t]+(#.*)")
_BULLET = re.compile(r"(?:[-+#>*\s]+|\d+\.\s)*")
_FORCE = re.compile(r"[*`\\\s]+")


def plain(value: object) -> Json:
    """Turn what PyYAML reads into what a json can hold: a date that nobody quoted is the text of one."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def says_more(theirs: Json, ours: Json) -> bool:
    """Tell whether one value says anything that the other does not; to lack something is no word."""
    if theirs is None or theirs in ("", [], {}):
        return False
    if isinstance(theirs, dict):
        return not isinstance(ours, dict) or any(says_more(value, ours.get(key)) for key, value in theirs.items())
    if isinstance(theirs, list):
        rest = iter(ours if isinstance(ours, list) else [])
        return not all(any(not says_more(item, other) for other in rest) for item in theirs)
    return not same(theirs, ours)


def merged(first: Json, second: Json) -> Json:
    """Join two values; where both say something, and not the same, the first holds."""
    if not says_more(first, second):
        return second
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return first
    both = {key: merged(first[key], value) if key in first else value for key, value in second.items()}
    return both | {key: value for key, value in first.items() if key not in second}


def same(one: Json, other: Json) -> bool:
    """Compare as JSON does: true is not 1, and whole values are alike if all in them is."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def words(text: str) -> list[str]:
    """Return the words of a text, whatever the marks and escapes of its format around them."""
    spelled = _ESCAPES.sub(_character, text)
    # A json spells a character beyond the first 65,536 as two.
    return _WORD.findall(spelled.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def has_other_words(text: str, known: Iterable[str]) -> bool:
    """Tell whether a broken text holds a word that none of the known ones does; its last word may be cut off."""
    found = words(text)
    all_known = {word for each in known for word in words(each)}
    if found and not text[-1].isspace():
        last = found.pop()
        if not any(word.startswith(last) for word in all_known):
            return True
    return any(word not in all_known for word in found)


def comments(text: str) -> Iterator[str]:
    """Yield the comments of a valid YAML text: nobody but people writes any."""
    if "#" not in text:
        return
    before = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start, end = token.start_mark.index, token.end_mark.index
        yield from _remarks(text[before:start])
        before = max(before, end)
        if isinstance(token, yaml.ScalarToken) and (header := _HEADER.match(text[start:end])):
            yield header[1]
    yield from _remarks(text[before:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An md form beside what the json makes of it."""

    notes: Sequence[str]
    """What people wrote, under headings of their own."""
    contradicts: bool
    """Whether it says something else under a label of the json's."""


def page(text: str, derived: Sequence[str], told: Sequence[str]) -> Page:
    """Hold an md against the pages derived from the json, and what is told by it without being shown on any."""
    lines = text.split("\n")
    known = _by_label(derived)
    blocks = md_form.blocks(text)
    starts = [block.line - 1 for block in blocks]
    notes = [line for line in lines[: starts[0] if starts else None] if _bare(line)]
    seen: set[str] = set()
    for block, start, end in zip(blocks, starts, [*starts[1:], len(lines)], strict=False):
        is_first = block.label not in seen
        seen.add(block.label)
        if not _says_more(block, known, is_last=end == len(lines)) or _repeats(block, known, told):
            continue
        if block.label in known and block.label and is_first:
            return Page(notes=(), contradicts=True)
        notes += lines[start + (not block.label) : end]
    return Page(notes=notes, contradicts=False)


def agrees(text: str, layouts: Sequence[str]) -> bool:
    """Tell whether a page says under each label what one of the layouts does; what stands beside them is free."""
    found = md_form.first(md_form.blocks(text))
    pages = [md_form.first(md_form.blocks(layout)) for layout in layouts]
    return "Session ID" in found and all(
        _said(found, label) in [_said(each, label) for each in pages] for each in pages for label in each
    )


def _said(page: Mapping[str, Block], label: str) -> str | None:
    return page[label].text if label in page else None


def _by_label(texts: Sequence[str]) -> Mapping[str, AbstractSet[str]]:
    """Map each label of the pages to the lines under it, the label's own too."""
    lines: dict[str, set[str]] = {}
    for block in (block for text in texts for block in md_form.blocks(text)):
        lines.setdefault(block.label, set()).update(_lines(block))
    return lines


def _says_more(block: Block, known: Mapping[str, AbstractSet[str]], *, is_last: bool) -> bool:
    """Tell whether a line of a block is none that stands under its label; the last line of all may be cut off."""
    others = [line for line in _lines(block) if line not in known.get(block.label, ())]
    if block.label not in known:
        others.insert(0, _bare(block.label))
    if not is_last or len(others) != 1:
        return bool(others)
    everywhere = [line for label, lines in known.items() for line in (_bare(label), *lines)]
    return not any(line.startswith(others[0]) for line in everywhere)


def _repeats(block: Block, known: Mapping[str, AbstractSet[str]], told: Sequence[str]) -> bool:
    """Tell a part of a page that is not made now, and of which the json says every word."""
    is_label = block.label not in known and bool(md_form.data_of((block,)))
    return is_label and not has_other_words(f"{block.text}\n", told)


def _lines(block: Block) -> list[str]:
    return [bare for line in block.text.split("\n") if (bare := _bare(line))]


def _bare(line: str) -> str:
    """Take what is only layout from a line of Markdown."""
    return _FORCE.sub("", _BULLET.sub("", line, count=1))


def _remarks(gap: str) -> Iterator[str]:
    yield from (line[line.index("#") :].rstrip() for line in gap.split("\n") if "#" in line)


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else " "
