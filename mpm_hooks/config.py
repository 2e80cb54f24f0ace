"""The settings: ``[tool.mpm-hooks]`` of pyproject.toml -> Config."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from mpm_hooks import policy
from mpm_hooks.finding import SEVERITIES, MisuseError, Severity, suggestion
from mpm_hooks.parse.json_form import kind
from mpm_hooks.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import it takes its time
    from typing import Any, TypeAlias

_Faults: TypeAlias = "Callable[[Any], Iterable[str]]"

_LONGEST = 60
"""Characters of a key that somebody mistyped; more of it says no more."""


class Config(Value):
    """What a project has set; the defaults are those of a project that has set nothing."""

    default_branches: tuple[str, ...] = ()
    """Branches that need no pause; if none is given, git tells which is the default."""
    exempt_branches: tuple[str, ...] = ()
    """Patterns of other branches that need no pause."""
    claude: bool = True
    """Whether a pause reads Claude Code's own store."""
    select: tuple[str, ...] = (policy.ALL,)
    """The rules that count, by code or by how codes begin."""
    ignore: tuple[str, ...] = ()
    """Those of them that do not."""
    severity: tuple[tuple[str, Severity], ...] = ()
    """What rules weigh here, by code or by how codes begin."""
    per_session_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of sessions, and what has been accepted in them: a code, or a code, a blank and a field."""
    require: str = "agent"
    """Which commits a session is asked for: those that an agent made, always all, or never any."""
    exempt_paths: tuple[str, ...] = ("*.md", "*.mdx", "*.rst", "*.adoc", "docs/*", "LICENSE", "NOTICE")
    """Patterns of files that say nothing to a program: a commit of these alone needs no session."""
    exempt_authors: tuple[str, ...] = ("*[bot]",)
    """Patterns of names and addresses whose commits need no session; a bracket is a bracket there."""


# What keeps a value of the right type from being right.


def _strings(value: list[object]) -> Iterator[str]:
    if odd := [item for item in value if not (isinstance(item, str) and item)]:
        yield f"holds {'an empty string' if odd[0] == '' else kind(odd[0])}, and is an array of strings"


def _selectors(value: list[Any]) -> Iterator[str]:
    """Look at the rules; of a field after one, everything goes."""
    if odd := tuple(_strings(value)):
        yield from odd
    elif value:  # an empty array needs no catalogue
        yield from (f"names {fault}" for fault in policy.faults(each.partition(" ")[0] for each in value))


def _codes(value: list[object]) -> Iterator[str]:
    if blank := [each for each in value if isinstance(each, str) and " " in each]:
        yield f"holds {_shown(blank[0])}, which is no code: fields stand in per-session-ignores alone"
    else:
        yield from _selectors(value)


def _severities(value: dict[str, object]) -> Iterator[str]:
    yield from _codes([*value])
    for selector, each in value.items():
        if not isinstance(each, str):
            yield f"gives {_shown(selector)} {kind(each)}, not a severity"
        elif each not in SEVERITIES:
            yield f"gives {_shown(selector)} {_shown(each)}, which is no severity ({suggestion(each, SEVERITIES)})"


def _by_session(value: dict[str, object]) -> Iterator[str]:
    for session, each in value.items():
        yield from (f"of {_shown(session)} {fault}" for fault in _wrong(each, list, _selectors))


def _requirement(value: str) -> Iterator[str]:
    if value not in REQUIREMENTS:
        yield f"is {_shown(value)}, which is no such word ({suggestion(value, REQUIREMENTS)})"


def _wrong(value: object, type_: type, faults: _Faults) -> Iterable[str]:
    return faults(value) if isinstance(value, type_) else (f"is {kind(value)}, not {_TYPES[type_]}",)


def _shown(text: str) -> str:
    return json.dumps(text[:_LONGEST])


REQUIREMENTS = ("agent", "always", "never")

_TYPES = {bool: "a boolean", list: "an array of strings", dict: "a table", str: "a string"}

# Of which type a value is, what keeps it from being right, and an example of one that is.
_SETTINGS: Mapping[str, tuple[type, _Faults, str]] = {
    "default-branches": (list, _strings, '["main"]'),
    "exempt-branches": (list, _strings, '["release/*"]'),
    "claude": (bool, lambda _: (), "false"),
    "select": (list, _codes, '["ALL"]'),
    "ignore": (list, _codes, '["MPM901"]'),
    "severity": (dict, _severities, '{ MPM904 = "error" }'),
    "per-session-ignores": (dict, _by_session, '{ session-20260121-100000 = ["MPM501 conversation.summary"] }'),
    "require": (str, _requirement, '"agent"'),
    "exempt-paths": (list, _strings, '["docs/*"]'),
    "exempt-authors": (list, _strings, '["*[bot]"]'),
}


def parse(text: str, path: str = "pyproject.toml") -> Config:
    """Read the settings.

    Raises:
        MisuseError: The text is no TOML, or a setting is unknown or wrong; one sentence tells everything.
    """
    if "mpm-hooks" not in text:  # most projects set nothing, and every commit runs the hook
        return Config()
    table = _table(text, path)
    if faults := [fault for key, value in table.items() for fault in _faults(key, value)]:
        message = f"{path}: [tool.mpm-hooks] {'; '.join(faults)}"
        raise MisuseError(message)
    values: Mapping[str, Any] = {key.replace("-", "_"): _frozen(value) for key, value in table.items()}
    return Config(**values)


def is_exempt(branch: str, patterns: Iterable[str]) -> bool:
    """Tell whether a branch matches one of the patterns; ``*`` matches slashes, too."""
    return any(fnmatchcase(branch, pattern) for pattern in patterns)


def _table(text: str, path: str) -> Mapping[str, object]:
    import tomllib  # noqa: PLC0415 - most projects set nothing, and every commit runs the hook

    try:
        tools = tomllib.loads(text).get("tool", {})
    except RecursionError:
        message = f"{path}: is nested too deeply: write the settings plainly under [tool.mpm-hooks]"
        raise MisuseError(message) from None
    except ValueError as error:
        message = f"{path}: no TOML: {error}: correct it there"
        raise MisuseError(message) from None
    table = tools.get("mpm-hooks", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        message = f"{path}: tool.mpm-hooks is {kind(table)}, not a table: write the settings under [tool.mpm-hooks]"
        raise MisuseError(message)
    return table


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return tuple((key, _frozen(each)) for key, each in value.items())
    return tuple(value) if isinstance(value, list) else value


def _faults(key: str, value: object) -> Iterator[str]:
    if key in _SETTINGS:
        type_, faults, example = _SETTINGS[key]
        yield from (f"{key} {fault}: write {key} = {example}" for fault in _wrong(value, type_, faults))
    else:
        yield f"has no setting {_shown(key)}: {suggestion(key[:_LONGEST], _SETTINGS)}"
