"""The settings: ``[tool.mpm-hooks]`` of pyproject.toml -> Config."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from mpm_hooks.finding import MisuseError, suggestion
from mpm_hooks.parse.json_form import kind

_LONGEST = 60
"""Characters of a key that somebody mistyped; more of it says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project has set; the defaults are those of a project that has set nothing."""

    default_branches: tuple[str, ...] = ()
    """Branches that need no pause; if none is given, git tells which is the default."""
    exempt_branches: tuple[str, ...] = ()
    """Patterns of other branches that need no pause."""
    claude: bool = True
    """Whether a pause reads Claude Code's own store."""


def _booleans(value: object) -> Iterator[str]:
    """Say what keeps a value from being a boolean."""
    if not isinstance(value, bool):
        yield f"is {kind(value)}, not a boolean"


def _strings(value: object) -> Iterator[str]:
    """Say what keeps a value from being an array of strings."""
    if not isinstance(value, list):
        yield f"is {kind(value)}, not an array of strings"
        return
    odd = [item for item in value if not (isinstance(item, str) and item)]
    if odd:
        yield f"holds {'an empty string' if odd[0] == '' else kind(odd[0])}, and is an array of strings"


# What keeps a value from being right, and an example of one that is.
_SETTINGS: Mapping[str, tuple[Callable[[object], Iterator[str]], str]] = {
    "default-branches": (_strings, '["main"]'),
    "exempt-branches": (_strings, '["release/*"]'),
    "claude": (_booleans, "false"),
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
    values: Mapping[str, Any] = {
        key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Config(**values)


def is_exempt(branch: str, patterns: Iterable[str]) -> bool:
    """Tell whether a branch matches one of the patterns; ``*`` matches slashes, too."""
    return any(fnmatchcase(branch, pattern) for pattern in patterns)


def _table(text: str, path: str) -> Mapping[str, object]:
    """Return what stands under ``[tool.mpm-hooks]``."""
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


def _faults(key: str, value: object) -> Iterator[str]:
    if key in _SETTINGS:
        wrong, example = _SETTINGS[key]
        yield from (f"{key} {fault}: write {key} = {example}" for fault in wrong(value))
    else:
        yield f"has no setting {json.dumps(key[:_LONGEST])}: {suggestion(key[:_LONGEST], _SETTINGS)}"
