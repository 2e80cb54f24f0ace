"""The yaml form: bytes -> Document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import yaml

from mpm_hooks.finding import Finding, MalformedError, correcting
from mpm_hooks.parse import read
from mpm_hooks.parse.document import Document, Key, Place, place_in, spell
from mpm_hooks.parse.json_form import DEEPEST, kind, too_deep, too_long

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import it takes its time
    from typing import Any

# PyYAML without libyaml has no C loader: slower, the same result.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What PyYAML lets pass on: 2026-13-45, 4,300 digits, !!int '', !!bool x, !!timestamp x, 1:1:…:1.5.
_MISTAKEN = (ValueError, IndexError, KeyError, AttributeError, OverflowError)

# What could be nested deeper than that: many brackets, or many indicators in a row (``- - - -``).
_BRACKETS = 500
_INDICATORS = re.compile(r"(?:[-?:][ \t]+){50}")

# YAML 1.1 (PyYAML, claude-mpm's reader) has other types for these than the core schema of YAML 1.2.2, section 10.3.2.
_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_OLD_NUMBER = re.compile(
    r"[-+]?(?:0[0-7_]+|0b[01_]+|[\d.]*_[\d._]*|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|0x[\da-fA-F_]*_[\da-fA-F_]*)"
)
_NEW_NUMBER = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+")
_INT, _FLOAT, _STR = (f"tag:yaml.org,2002:{name}" for name in ("int", "float", "str"))
_MOST = 1000
_LONGEST = 400
"""Signs of a number; a billion has ten."""


def parse(path: str, content: bytes) -> Document:
    """Read a yaml form as PyYAML, upstream's reader, reads it.

    Raises:
        MalformedError: It is no YAML, its top level is no mapping, a key stands twice, or it makes use of what no
            session needs and readers differ in: aliases, tags, several documents.
    """
    text, faults = read(path, content)
    if faults and any("\udc80" <= sign <= "\udcff" for sign in text):
        raise MalformedError(*faults)  # libyaml takes no bytes that are no UTF-8
    try:
        faults += _refused(path, text)
        if faults:
            raise MalformedError(*faults)
        loader = Loader(text)
        root = loader.get_single_node()
        faults += _duplicates(path, root)
        faults += _numbers(path, root)
        if faults:
            raise MalformedError(*faults)
        data = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MalformedError(*faults, _fault(path, f"no YAML: {error.problem or error.context}", where)) from None
    except yaml.reader.ReaderError as error:
        where = place_in(text, min(error.position, len(text)))
        raise MalformedError(*faults, _fault(path, f"no YAML: {error.reason}", where)) from None
    except _MISTAKEN as error:
        found, where = [*_mistakes(text), (str(error), (1, 1))][0]
        raise MalformedError(*faults, _fault(path, f"a value is not what it looks like: {found}", where)) from None
    if not isinstance(data, dict):
        message = f"the top level is {kind(data)}, not a mapping"
        raise MalformedError(Finding(path=path, code="MPM201", message=message, way_out=correcting(path)))
    return Document(path=path, text=text, data=data, locate=place)


def ambiguous(text: str) -> Iterator[tuple[tuple[Key, ...], Place, str, bool]]:
    """Yield the plain scalars of a valid YAML text that mean something else to a reader of YAML 1.2.

    Yields:
        Their keys, their place, what they are written like, and whether PyYAML takes them for a text.
    """
    for keys, node in nodes(Loader(text).get_single_node()):
        if not isinstance(node, yaml.ScalarNode) or node.style:
            continue
        written = node.value
        if node.tag == _STR and _NEW_NUMBER.fullmatch(written):
            yield keys, _place(node), written, True
        elif (node.tag in (_INT, _FLOAT) and _OLD_NUMBER.fullmatch(written) and written.strip("-+0")) or (
            node.tag == "tag:yaml.org,2002:bool" and _BOOLEAN.fullmatch(written)
        ):
            yield keys, _place(node), written, False


def place(text: str, keys: tuple[Key, ...]) -> Place:
    """Find the value under these keys in a valid YAML text, or the nearest thing around it."""
    known = _places(text)
    while keys and keys not in known:
        keys = keys[:-1]
    return known.get(keys, (1, 1))


@lru_cache(maxsize=1)  # the findings of a file come one after another, and each asks
def _places(text: str) -> Mapping[tuple[Key, ...], Place]:
    return {keys: _place(node) for keys, node in nodes(Loader(text).get_single_node())}


def nodes(root: yaml.Node) -> Iterator[tuple[tuple[Key, ...], yaml.Node]]:
    """Yield every node below this one with its path, in the order of the text."""
    waiting: list[tuple[tuple[Key, ...], yaml.Node]] = [((), root)]
    while waiting:
        keys, node = waiting.pop()
        yield keys, node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(((*keys, str(key.value)), value) for key, value in reversed(node.value))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(((*keys, index), value) for index, value in reversed(list(enumerate(node.value))))


def _refused(path: str, text: str) -> Iterator[Finding]:
    """Report what makes much of little or is read differently, before anything recurses or a value is made.

    On 100,000 levels libyaml's loader ends the whole process; an alias of an alias makes gigabytes of a line.
    """
    if text.count("[") + text.count("{") >= _BRACKETS or _INDICATORS.search(text):
        _refuse_depth(path, text)
    if not any(sign in text for sign in "&*!%") and "<<" not in text and "---" not in text and "? " not in text:
        return
    events = yaml.parse(text, Loader=Loader)
    told: set[tuple[str, str]] = set()
    for event, (code, message, way_out) in _tricks(events):
        if (code, message) not in told and len(told) < _MOST:
            told.add((code, message))
            line, column = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
            yield Finding(path=path, line=line, column=column, code=code, message=message, way_out=way_out)


def _tricks(events: Iterable[yaml.Event]) -> Iterator[tuple[yaml.Event, tuple[str, str, str]]]:
    """Yield the events that are no plain data, each with code, message and way out."""
    documents = 0
    for event in events:
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent):
            message = f"*{event.anchor} stands for another value: readers that know no aliases refuse the file"
            yield event, ("MPM113", message, "write the value out")
        elif anchor := getattr(event, "anchor", None):
            message = f"&{anchor} is an anchor: readers that know no aliases refuse the file"
            yield event, ("MPM113", message, "delete the anchor, and write the value out where it is meant")
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            message = "<< merges another mapping in YAML 1.1, and is a key like any other in YAML 1.2"
            yield event, ("MPM113", message, "write the merged keys out")
        if _is_tagged(event):
            message = f"{getattr(event, 'tag', '')} is a tag: what it makes of the value differs between readers"
            yield event, ("MPM114", message, "delete the tag; put a text in quotes")
        if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            yield event, ("MPM115", "has a directive: readers differ in what they make of it", "delete the line")
        if isinstance(event, yaml.DocumentStartEvent) and documents > 1:
            yield event, ("MPM115", "holds several documents: readers take the first, or none", "keep one of them")


def _is_tagged(event: yaml.Event) -> bool:
    tag = getattr(event, "tag", None)
    return bool(tag) and not (isinstance(event, yaml.ScalarEvent) and event.style and tag == "!")


def _refuse_depth(path: str, text: str) -> None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST and event.start_mark:
                raise MalformedError(too_deep(path, (event.start_mark.line + 1, event.start_mark.column + 1)))
    except yaml.MarkedYAMLError as error:
        # Newer releases of libyaml have a limit of their own; all else is broken, and is told when it is read.
        if "depth" in str(error.problem) and error.problem_mark:
            mark = error.problem_mark
            raise MalformedError(too_deep(path, (mark.line + 1, mark.column + 1))) from None


def _mistakes(text: str) -> Iterator[tuple[str, Place]]:
    """Find the scalars of which no value can be made."""
    loader = Loader("")
    for _, node in nodes(Loader(text).get_single_node()):
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except (yaml.YAMLError, *_MISTAKEN) as error:
                yield f"{node.value[:40]}: {str(error).splitlines()[0][:100]}", _place(node)


def _duplicates(path: str, root: yaml.Node | None) -> Iterator[Finding]:
    """Report every key that stands a second time in its mapping; PyYAML itself takes the last in silence."""
    told = 0
    for keys, node in nodes(root) if root else ():
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen and told < _MOST:
                told += 1
                line, column = _place(key)
                message = f"{spell((*keys, str(key.value)))} stands twice; readers take the last and lose the first"
                yield Finding(
                    path=path, line=line, column=column, code="MPM107", message=message, way_out="keep one of them"
                )
            seen.add(str(key.value))


def _numbers(path: str, root: yaml.Node | None) -> Iterator[Finding]:
    """Report numbers so long that to make a value of them takes for ever, as 1:1:1:… and 0xffff… do."""
    for _, node in nodes(root) if root else ():
        if isinstance(node, yaml.ScalarNode) and node.tag in (_INT, _FLOAT) and len(node.value) > _LONGEST:
            yield too_long(path, _place(node))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _fault(path: str, message: str, where: Place) -> Finding:
    line, column = where
    return Finding(path=path, line=line, column=column, code="MPM104", message=message, way_out=correcting(path))
