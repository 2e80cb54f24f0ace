"""The json form: bytes -> Document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from mpm_hooks.finding import Finding, MalformedError, correcting
from mpm_hooks.parse.document import Document, Key, Place, place_in, spell
from mpm_hooks.parse.plain import text_of
from mpm_hooks.session import Json

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def parse(path: str, content: bytes) -> Document:
    """Read a json form.

    Raises:
        MalformedError: It is no JSON, its top level is no object, or a key stands twice.
    """
    text = text_of(path, content)
    doubled = False

    def as_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal doubled
        mapping = dict(pairs)
        doubled = doubled or len(mapping) < len(pairs)
        return mapping

    data = _load(path, text, as_object)
    if doubled:
        raise MalformedError(*_duplicates(path, text))
    if not isinstance(data, dict):
        message = f"the top level is {kind(data)}, not an object: claude-mpm can then resume no session at all"
        way_out = "restore the file, or delete it"
        raise MalformedError(Finding(path=path, code="MPM201", message=message, way_out=way_out))
    return Document(path=path, text=text, data=data, locate=places)


def kind(value: object) -> str:
    """Name the JSON type of a value."""
    for types, name in (
        (bool, "a boolean"),
        (int | float, "a number"),
        (str, "a string"),
        (list, "an array"),
        (dict, "an object"),
    ):
        if isinstance(value, types):
            return name
    return "null" if value is None else f"a {type(value).__name__}"


@lru_cache(maxsize=1)  # the findings of a file come one after another, and each asks
def places(text: str) -> Mapping[tuple[Key, ...], Place]:
    """Map the path of every value in a valid JSON text to its place."""
    found: dict[tuple[Key, ...], Place] = {}
    for keys, offset, is_key in _walk(text):
        if not is_key:
            found[keys] = place_in(text, offset)
    return found


def _load(path: str, text: str, as_object: Any) -> Json:  # noqa: ANN401 - the type of json.loads's own hook
    """Load the text; turn each way in which Python's parser gives up into a finding."""
    try:
        data: Json = json.loads(text, object_pairs_hook=as_object)
    except json.JSONDecodeError as error:
        message, line, column = f"no JSON: {error.msg}", error.lineno, error.colno
        way_out = correcting(path)
        finding = Finding(path=path, line=line, column=column, code="MPM103", message=message, way_out=way_out)
    except RecursionError:
        way_out = "no session is nested like that: restore the file"
        finding = Finding(path=path, code="MPM108", message="is nested too deeply", way_out=way_out)
    except ValueError:  # Python refuses integers of more than 4,300 digits (sys.set_int_max_str_digits)
        way_out = "no session counts that far: restore the file"
        finding = Finding(path=path, code="MPM108", message="holds a number of thousands of digits", way_out=way_out)
    else:
        return data
    raise MalformedError(finding)


def _duplicates(path: str, text: str) -> Iterator[Finding]:
    """Report every key that stands a second time in its object."""
    seen: set[tuple[Key, ...]] = set()
    for keys, offset, is_key in _walk(text):
        if is_key and keys in seen:
            line, column = place_in(text, offset)
            message = f"{spell(keys)} stands twice; readers take the last and lose the first"
            way_out = "keep one of them"
            yield Finding(path=path, line=line, column=column, code="MPM107", message=message, way_out=way_out)
        if is_key:
            seen.add(keys)


def _walk(text: str) -> Iterator[tuple[tuple[Key, ...], int, bool]]:
    """Yield path, offset and "is a key" for each key and each value of a valid JSON text."""
    stack: list[Key] = []
    objects: list[bool] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "}]":
            objects.pop()
            stack.pop()
            expects_key = False
        elif mark == ",":
            expects_key = objects[-1]
            if not objects[-1]:
                stack[-1] = int(stack[-1]) + 1
        elif mark == ":":
            expects_key = False
        elif expects_key:
            stack[-1] = json.loads(mark)
            yield tuple(stack), token.start(), True
        else:
            yield tuple(stack), token.start(), False
            if mark in "{[":
                objects.append(mark == "{")
                stack.append("" if mark == "{" else 0)
                expects_key = mark == "{"
