"""The model -> a JSON Schema, for editors and for programs that check data against one.

A schema sees values alone. It refuses a json, a yaml or a line of a record if and only if the check finds one of these:

- MPM201, MPM202, MPM203, MPM206 and MPM213, wholly;
- MPM212 as to a number less than nothing, or a half of what is counted, not as to numbers that belie each other;
- MPM205 as to a ``session_id`` that names no second at all, whatever the file is called;
- MPM207 as to the five fields of a line, not as to the order of lines.

It knows no files, so nothing of their names, bytes and places, of other forms and of git; it refuses nothing that is
only a warning: of a todo's status (MPM214) it gives examples.
"""

from __future__ import annotations

from collections.abc import Mapping

from mpm_hooks import model
from mpm_hooks.model import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mpm_hooks.session import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES: Mapping[str, str] = {
    model.TEXT: "string",
    model.NUMBER: "number",
    model.FLAG: "boolean",
    model.ARRAY: "array",
    model.OBJECT: "object",
}


def session() -> dict[str, Json]:
    """Make the schema of a session, in its json or its yaml."""
    return _document("session", model.SESSION)


def record() -> dict[str, Json]:
    """Make the schema of a line of a record; claude-mpm ends no pause whose record has any other field."""
    return _document("record", model.ACTION) | {"additionalProperties": False}


def _document(name: str, kind: Kind) -> dict[str, Json]:
    """Make a schema that stands by itself; its id is a name, not a place."""
    identity: dict[str, Json] = {"$schema": DIALECT, "$id": f"urn:mpm-hooks:{name}", "title": kind.says}
    return identity | _schema(kind, "See `mpm-hooks explain MPM2` for what else a check looks at.")


def _schema(kind: Kind, says: str) -> dict[str, Json]:
    """Make the schema of a value; keywords that ask for another type than it has ask for nothing."""
    made: dict[str, Json] = {"description": says} if says else {}
    made["type"] = _type(kind)
    if kind.pattern:
        made |= _pattern(kind.pattern)
    if kind.words:
        made["examples"] = list(kind.words)
    if kind.least is not None:
        made["minimum"] = kind.least
    if kind.items:
        made["items"] = _schema(kind.items, kind.items.says)
    if kind.members:
        made["properties"] = {key: _schema(member, member.says) for key, member in kind.members.items()}
    if kind.required:
        made["required"] = list(kind.required)
    return made


def _type(kind: Kind) -> Json:
    """Name the types; what counts something is an integer, to JSON Schema also if it is written 1.0."""
    types: list[Json] = ["integer" if kind.whole else _TYPES[each] for each in kind.kinds]
    types += ["null"] * kind.nullable
    return types if len(types) > 1 else types[0]


def _pattern(pattern: str) -> dict[str, Json]:
    """Ask for all of a text; Python's ``$`` also stands before a last line feed, so that is refused by itself."""
    return {"pattern": f"^(?:{pattern})$", "not": {"type": "string", "pattern": "\\n"}}
