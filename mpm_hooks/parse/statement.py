"""What the author says of the work, from a file in yaml or json: bytes -> Statement."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import yaml

from mpm_hooks.facts import Statement
from mpm_hooks.finding import Finding, MalformedError, MisuseError, suggestion
from mpm_hooks.parse import json_form, text_of, yaml_form
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.session import Json

LARGEST = 100_000
"""Bytes; who takes a pause writes a page, not a book."""

_DEEPEST = 10
_LONGEST = 60
_LONGEST_MESSAGE = 200
_EXAMPLE = 'write "message: why the work stops", "next: [the next step]" or the like'


_IS_LIST = {name: getattr(Statement, name) == () for name in Statement.parts}
_SYNONYMS = {
    "decision": "decisions",
    "question": "questions",
    "blocker": "blockers",
    # as claude-mpm's sessions have it
    "summary": "message",
    "primary_task": "task",
    "current_phase": "phase",
    "next_steps": "next",
    "accomplishments": "done",
    "open_questions": "questions",
}
_FIELDS = {name: name for name in _IS_LIST} | _SYNONYMS

# Of a session's file these are told in another way.
_MESSAGES = {"MPM105": "is empty", "MPM201": "says nothing under a name"}
_WAYS_OUT = {
    "MPM102": "save the file as UTF-8",
    "MPM103": "correct it there",
    "MPM104": "correct it there, or put the text in quotes",
    "MPM105": _EXAMPLE,
    "MPM108": "write plain texts and lists of texts",
    "MPM201": _EXAMPLE,
}


def parse(path: str, content: bytes) -> Statement:
    """Read a statement; json if the file is named so or begins with a brace, else yaml.

    Raises:
        MisuseError: It is neither, too large, or says something that nobody would read; one sentence tells everything.
    """
    if len(content) > LARGEST:
        message = f"{path}: holds {len(content):,} bytes, more than {LARGEST:,}: say it shorter"
        raise MisuseError(message)
    try:
        document, words = _read(path, content.removeprefix(codecs.BOM_UTF8))
        faults = tuple(_faults(document))
    except MalformedError as error:
        faults = error.findings
    if faults:
        raise MisuseError("; ".join(map(_told, faults)))
    said = {_FIELDS[key]: tuple(_texts((key,), value, words)) for key, value in document.data.items()}
    values: dict[str, Any] = {name: texts if _IS_LIST[name] else "".join(texts) for name, texts in said.items()}
    return Statement(**values)


def joined(first: Statement, second: Statement) -> Statement:
    """Join two statements: a text of the first holds, lists go on in the second without repeats."""
    both: dict[str, Any] = {}
    for name, is_list in _IS_LIST.items():
        one, other = getattr(first, name), getattr(second, name)
        both[name] = tuple(dict.fromkeys((*one, *other))) if is_list else one or other
    return Statement(**both)


def _read(path: str, content: bytes) -> tuple[Document, Mapping[tuple[Key, ...], str]]:
    """Read the file, and the words of its scalars: YAML takes 12:30 for a number, and 1.10 for 1.1."""
    text = text_of(path, content)
    if path.endswith(".json") or text.lstrip().startswith("{"):
        return json_form.parse(path, content), {}
    _refuse_tricks(path, text)
    document = yaml_form.parse(path, content)
    nodes = yaml_form.nodes(yaml_form.Loader(text).get_single_node())
    return document, {keys: node.value for keys, node in nodes if isinstance(node, yaml.ScalarNode)}


def _refuse_tricks(path: str, text: str) -> None:
    """Refuse what makes much of little, before a value is made; broken YAML is left to its parser."""
    depth = 0
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=yaml_form.Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if (trick := _trick(event, depth)) and (mark := event.start_mark):
                raise MalformedError(_fault(path, "MPM108", trick, mark.line + 1, mark.column + 1))


def _trick(event: yaml.Event, depth: int) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "is an alias of another text"
    if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
        return "merges another mapping"
    if getattr(event, "tag", None):
        return "has a tag"
    return "is nested too deeply" if depth > _DEEPEST else None


def _faults(document: Document) -> Iterator[Finding]:
    """Report every key that nobody would read, and every value that is no text."""
    given: dict[str, str] = {}
    for key, value in document.data.items():
        name = _FIELDS.get(key)
        if name is None:
            shown = str(key)[:_LONGEST]
            yield document.fault(
                (str(key),), "", f"there is no {json.dumps(shown)}", suggestion(shown, _FIELDS, _IS_LIST)
            )
        elif name in given:
            yield document.fault((key,), "", f"{given[name]} and {key} say the same", "keep one of them")
        else:
            given[name] = key
            yield from _no_texts(document, key, value)


def _no_texts(document: Document, key: str, value: Json) -> Iterator[Finding]:
    name = _FIELDS[key]
    if isinstance(value, list) and _IS_LIST[name]:
        for index, item in enumerate(value):
            if isinstance(item, list | dict) and not (name == "next" and _is_task(item)):
                message = f"{spell((key, index))} is {json_form.kind(item)}, not a text"
                yield document.fault((key, index), "", message, "put it in quotes")
    elif isinstance(value, list | dict):
        expected = "a text or a list of texts" if _IS_LIST[name] else "a text"
        message = f"{key} is {json_form.kind(value)}, not {expected}"
        yield document.fault((key,), "", message, f"write {expected}")


def _is_task(item: object) -> bool:
    """Tell a next step as claude-mpm writes it: an object with its task, and perhaps a priority."""
    task = item.get("task") if isinstance(item, dict) else None
    return task is not None and not isinstance(task, list | dict)


def _texts(keys: tuple[Key, ...], value: Json, words: Mapping[tuple[Key, ...], str]) -> Iterator[str]:
    """Yield the texts of a value, as their author wrote them; what is empty says nothing."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts((*keys, index), item, words)
    elif isinstance(value, dict):
        yield from _texts((*keys, "task"), value["task"], words)
    elif value is not None:
        text = value if isinstance(value, str) else words.get(keys) or json.dumps(value)
        if text.strip():
            yield text.strip()


def _fault(path: str, code: str, message: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(path=path, line=line, column=column, code=code, message=message, way_out=_WAYS_OUT[code])


def _told(finding: Finding) -> str:
    """Word a finding for one line; a key may be long, and hold what no terminal should see."""
    message = _MESSAGES.get(finding.code, finding.message)[:_LONGEST_MESSAGE]
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in message)
    return (
        f"{finding.path}:{finding.line}:{finding.column}: {printable}: {_WAYS_OUT.get(finding.code, finding.way_out)}"
    )
