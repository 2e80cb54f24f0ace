"""Findings -> one array of JSON, in ASCII, an object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from mpm_hooks.policy import Judged
from mpm_hooks.report import spelled

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def lines(judged: Iterable[Judged], *, show_suppressed: bool = False, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - data shows all, and has no colour
    """Write the findings as they come, those that are suppressed, too."""
    yield "["
    yield from items(map(_record, judged))
    yield "]"


def items(records: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Write objects, a line each, with commas between them; none has to wait for more than the next."""
    line = ""
    for record in records:
        if line:
            yield f"{line},"
        line = dumped(record)
    if line:
        yield line


def dumped(value: object) -> str:
    """Write JSON in ASCII, in which nothing is a command to a CI service."""
    # `#` stands in strings alone, and there an escape means the same.
    return json.dumps(value, ensure_ascii=True).replace("##", r"#\u0023")


def plain(text: str) -> str:
    """Spell out lone surrogates, of which half of all readers of JSON say that they are none."""
    return _SURROGATE.sub(lambda found: spelled(found[0]), text)


def _record(judged: Judged) -> Mapping[str, object]:
    found = judged.finding
    return {
        "code": found.code,
        "name": judged.name,
        "severity": found.severity,
        "path": plain(found.path),
        "line": found.line,
        "column": found.column,
        "field": plain(found.field),
        "message": plain(found.message),
        "way_out": plain(found.way_out),
        "fixable": judged.fixable,
        "suppressed": judged.suppressed,
    }
