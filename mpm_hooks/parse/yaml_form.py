"""The yaml form: bytes -> Document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

from mpm_hooks.finding import Finding, MalformedError, correcting
from mpm_hooks.parse.document import Document, Key, Place, place_in, spell
from mpm_hooks.parse.json_form import kind
from mpm_hooks.parse.plain import text_of

# PyYAML without libyaml has no C loader: slower, the same result.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 100
"""Levels of nesting; real sessions have five."""

# What PyYAML lets pass on: 2026-13-45, 4,300 digits, !!int '', !!bool x, !!timestamp x, 1:1:…:1.5.
_MISTAKEN = (ValueError, IndexError, KeyError, AttributeError, OverflowError)

# What could be nested deeper than that: many brackets, or many indicators in a row (``- - - -``).
_BRACKETS = 500
_INDICATORS = re.compile(r"(?:[-?:][ \t]+){50}")


def parse(path: str, content: bytes) -> Document:
    """Read a yaml form as PyYAML, upstream's reader, reads it.

    Raises:
        MalformedError: It is no YAML, its top level is no mapping, or a key stands twice.
    """
    text = text_of(path, content)
    try:
        _refuse_depth(path, text)
        loader = Loader(text)
        root = loader.get_single_node()
        duplicates = tuple(_duplicates(path, root))
        data = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MalformedError(_fault(path, f"no YAML: {error.problem or error.context}", line, column)) from None
    except yaml.reader.ReaderError as error:
        line, column = place_in(text, error.position)
        raise MalformedError(_fault(path, f"no YAML: {error.reason}", line, column)) from None
    except _MISTAKEN as error:
        raise MalformedError(_fault(path, f"a value is not what it looks like: {error}")) from None
    if duplicates:
        raise MalformedError(*duplicates)
    if not isinstance(data, dict):
        message = f"the top level is {kind(data)}, not a mapping"
        raise MalformedError(Finding(path=path, code="MPM201", message=message, way_out=correcting(path)))
    return Document(path=path, text=text, data=data, locate=places)


@lru_cache(maxsize=1)  # the findings of a file come one after another, and each asks
def places(text: str) -> Mapping[tuple[Key, ...], Place]:
    """Map the path of every value in a valid YAML text to its place."""
    return {keys: _place(node) for keys, node in nodes(Loader(text).get_single_node())}


def nodes(root: yaml.Node) -> Iterator[tuple[tuple[Key, ...], yaml.Node]]:
    """Yield every node below this one with its path, an aliased one once."""
    waiting: list[tuple[tuple[Key, ...], yaml.Node]] = [((), root)]
    seen: set[int] = set()
    while waiting:
        keys, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield keys, node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(((*keys, str(key.value)), value) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(((*keys, index), value) for index, value in enumerate(node.value))


def _refuse_depth(path: str, text: str) -> None:
    """Refuse deep nesting before anything recurses: on 100,000 levels libyaml's loader ends the whole process."""
    if text.count("[") + text.count("{") < _BRACKETS and not _INDICATORS.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST and event.start_mark:
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            message, way_out = "is nested too deeply", "no session is nested like that: restore the file"
            finding = Finding(path=path, line=line, column=column, code="MPM108", message=message, way_out=way_out)
            raise MalformedError(finding)


def _duplicates(path: str, root: yaml.Node | None) -> Iterator[Finding]:
    """Report every key that stands a second time in its mapping; PyYAML itself takes the last in silence."""
    for keys, node in nodes(root) if root else ():
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                line, column = _place(key)
                message = f"{spell((*keys, str(key.value)))} stands twice; readers take the last and lose the first"
                way_out = "keep one of them"
                yield Finding(path=path, line=line, column=column, code="MPM107", message=message, way_out=way_out)
            seen.add(str(key.value))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _fault(path: str, message: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(path=path, line=line, column=column, code="MPM104", message=message, way_out=correcting(path))
