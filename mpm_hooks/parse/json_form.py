"""The json form: bytes -> Document."""

from __future__ import annotations

from mpm_hooks.finding import Finding, MalformedError, correcting
from mpm_hooks.lean import compiled, remembered, scanned, scanner
from mpm_hooks.parse import read
from mpm_hooks.parse.document import Document, Key, Place, place_in, spell
from mpm_hooks.session import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DEEPEST = 100
"""Levels of nesting; real sessions have five."""

_INFINITE = (float("inf"), float("-inf"))
_MOST = 1000
_ESCAPES = ("\\u003", "\\u004", "\\u005", "\\u006", "\\u007")
"""How the letters of a key may be spelled in another way."""
_BLANKS = frozenset(" \t\n\r")


def parse(path: str, content: bytes) -> Document:
    """Read a json form.

    Raises:
        MalformedError: It is no JSON, its top level is no object, or a key stands twice.
    """
    text, faults = read(path, content)
    if text.count("[") + text.count("{") > DEEPEST and (deep := _deep(text)) is not None:
        raise MalformedError(*faults, too_deep(path, place_in(text, deep)))
    doubled: list[int] = []
    constants: list[str] = []

    def as_float(written: str) -> float:
        value = float(written)
        if value in _INFINITE:
            constants.append(written)
        return value

    def as_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            doubled.append(len(pairs))
        return mapping

    data = _load(
        path,
        text,
        faults,
        {"object_pairs_hook": as_object, "parse_constant": constants.append, "parse_float": as_float},
    )
    if doubled:
        faults += _duplicates(path, text)
    if constants:
        faults += _constants(path, text)
    if not isinstance(data, dict):
        message = f"the top level is {kind(data)}, not an object: claude-mpm can then resume no session at all"
        way_out = "restore the file, or delete it"
        faults.append(Finding(path=path, code="MPM201", message=message, way_out=way_out))
        raise MalformedError(*faults)
    if faults:
        raise MalformedError(*faults)
    told: Json = data
    return Document(
        path=path, text=text, data=data, locate=lambda text, keys: _quickly(told, text, keys) or place(text, keys)
    )


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


def place(text: str, keys: tuple[Key, ...]) -> Place:
    """Find the value under these keys in a valid JSON text, or the nearest thing around it."""
    offset = _blanks(text, 0)
    for key in keys:
        inner = _members((text, offset)).get(key)
        if inner is None:
            break
        offset = inner
    return place_in(text, offset)


def _quickly(data: Json, text: str, keys: tuple[Key, ...]) -> Place | None:
    """Find a value that is there by its key, where no other object has such a key; None if that is not sure."""
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            return None
        data = data[str(key)]
    key = str(keys[-1]) if keys else ""
    start = text.find(f'"{key}"')
    is_only = key.isidentifier() and key.isascii() and text.find(f'"{key}"', start + 1) < 0
    if start < 0 or not is_only or any(escape in text for escape in _ESCAPES):
        return None
    return place_in(text, _blanks(text, _blanks(text, start + len(key) + 2) + 1))


@remembered(16)  # an array may hold a fault in each of its items
def _members(place: tuple[str, int]) -> Mapping[Key, int]:
    """Map the keys of an object, or the indices of an array, to where their values stand; a scalar has none."""
    return {key: at for key, _, at in _walk(*place)}


def _walk(text: str, offset: int) -> Iterator[tuple[Key, int, int]]:
    """Yield each key of an object with its place and its value's, each index of an array with its item's twice."""
    opening, number, decode = text[offset], 0, scanner({})
    if opening not in "{[":
        return
    offset = _blanks(text, offset + 1)
    while text[offset] not in "}]":
        key: Key = number
        start = offset
        if opening == "{":
            key, offset = decode(text, offset)
            offset = _blanks(text, _blanks(text, offset) + 1)
        yield key, start, offset
        _, offset = decode(text, offset)
        offset = _blanks(text, offset)
        offset = _blanks(text, offset + 1) if text[offset] == "," else offset
        number += 1


def _blanks(text: str, offset: int) -> int:
    """Return where the blanks end that stand here."""
    while text[offset : offset + 1] in _BLANKS:
        offset += 1
    return offset


def _deep(text: str) -> int | None:
    """Return where the nesting becomes too deep, None if it never does; the text need not be valid."""
    depth = 0
    for found in compiled(r'(?s)"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[{]|[\]}]').finditer(text):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            return found.start()
    return None


def _load(
    path: str,
    text: str,
    faults: list[Finding],
    hooks: Mapping[str, Callable[..., object]],
) -> Json:
    """Load the text; turn each way in which Python's parser gives up into a finding."""
    if whole := scanned(text, hooks):
        read_at_once: Json = whole[0]
        return read_at_once
    import json  # noqa: PLC0415 - see above

    try:
        data: Json = json.loads(text, **hooks)  # type: ignore[arg-type]  # each by its name
    except json.JSONDecodeError as error:
        line, column = place_in(text, error.pos)
        faults.append(
            Finding(
                path=path,
                line=line,
                column=column,
                code="MPM103",
                message=f"no JSON: {error.msg}",
                way_out=correcting(path),
            )
        )
    except ValueError:  # Python refuses integers of more than 4,300 digits (sys.set_int_max_str_digits)
        faults.append(too_long(path))
    else:
        return data
    raise MalformedError(*faults)


def too_deep(path: str, place: Place = (1, 1)) -> Finding:
    """Say that the nesting is too deep."""
    line, column = place
    message, way_out = "is nested too deeply", "no session is nested like that: restore the file"
    return Finding(path=path, line=line, column=column, code="MPM108", message=message, way_out=way_out)


def too_long(path: str, place: Place = (1, 1)) -> Finding:
    """Say that a number has more digits than Python reads."""
    line, column = place
    message, way_out = "holds a number of thousands of digits", "no session counts that far: restore the file"
    return Finding(path=path, line=line, column=column, code="MPM108", message=message, way_out=way_out)


def _duplicates(path: str, text: str) -> Iterator[Finding]:
    """Report every key that stands a second time in its object."""
    told = 0
    for keys, offset in _objects(text):
        seen: set[Key] = set()
        for key, start, _ in _walk(text, offset):
            if key in seen and text[offset] == "{" and told < _MOST:
                told += 1
                line, column = place_in(text, start)
                message = f"{spell((*keys, key))} stands twice; readers take the last and lose the first"
                yield Finding(
                    path=path, line=line, column=column, code="MPM107", message=message, way_out="keep one of them"
                )
            seen.add(key)


def _objects(text: str) -> Iterator[tuple[tuple[Key, ...], int]]:
    """Yield path and place of each object and array, in the order of the text."""
    waiting: list[tuple[tuple[Key, ...], int]] = [((), _blanks(text, 0))]
    while waiting:
        keys, offset = waiting.pop()
        yield keys, offset
        inner = [((*keys, key), at) for key, _, at in _walk(text, offset) if text[at] in "{["]
        waiting += reversed(inner)


def _constants(path: str, text: str) -> Iterator[Finding]:
    """Report the constants that Python's writer knows and JSON does not, and the numbers that are beyond its bounds."""
    from math import isfinite  # noqa: PLC0415 - in a library of its own, and needed here alone

    words = compiled(r'(?s)"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?[eE][-+]?\d+')
    found = (each for each in words.finditer(text) if each[0][:1] != '"' and not isfinite(float(each[0])))
    for each, _ in zip(found, range(_MOST), strict=False):
        line, column = place_in(text, each.start())
        message = f"{each[0][:40]} is no JSON: only Python reads it"
        way_out = "write a number, or leave the field out"
        yield Finding(path=path, line=line, column=column, code="MPM112", message=message, way_out=way_out)
