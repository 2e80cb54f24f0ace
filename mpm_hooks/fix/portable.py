"""What claude-mpm's writer does to a session -> undone: the paths of one machine, and the names of files it spoilt."""

from __future__ import annotations

from mpm_hooks.lean import compiled
from mpm_hooks.rules import faults
from mpm_hooks.session import DIRECTORY, POINTER, Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from typing import TypeAlias

Known: TypeAlias = "Callable[[str], str | None]"
"""A name that the repository never had -> the one that it has with a letter in front; None for any other."""

# Upstream quotes no path, so one may hold blanks; it ends where another command or another path begins.
_SESSIONS = r"cat (['\"]?)(?:/|[A-Za-z]:[\\/]|\\\\)(?:(?! [-/])[^'\";&|])*?\.claude-mpm[\\/]sessions[\\/]"
_NAMED = f"Run: cat {DIRECTORY}/{POINTER}"
_QUOTED = r'"((?:[^"\\]|\\[abfnrtv"\\]|\\[0-7]{3})*)"'
_ODD = r'(?s:".*|.*"|.*\\[0-7]{3}.*|.* -> .*)'
_ESCAPE = rb"\\([0-7]{3}|.)"
_LETTERS = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))
"""As in C (git-config(1), core.quotePath)."""


def mended(data: dict[str, Json], known: Known, *, has_yaml: bool) -> dict[str, Json]:
    """Return a session without the paths of a machine, and with the names of files as git has them, if not by us."""
    new = portable(data, has_yaml=has_yaml)
    if "generator" in new:
        return new
    context = _object(new.get("git_context"))
    status = _object(context.get("status"))
    lists: dict[str, Json] = {
        key: names(listed, known, is_first=key == "modified_files")
        for key in ("modified_files", "untracked_files")
        if isinstance(listed := status.get(key), list)
    }
    return new | {"git_context": context | {"status": status | lists}} if lists else new


def portable(data: dict[str, Json], *, has_yaml: bool) -> dict[str, Json]:
    """Return a session without the paths of its machine; ``has_yaml``: there is a yaml, or its writer wrote one."""
    context, resume = _object(data.get("active_context")), _object(data.get("resume_instructions"))
    project, place = data.get("project_path"), context.get("working_directory")
    # claude-mpm tells the directory of the project in two places.
    root = next((root for path in (project, place) if is_absolute(path) and (root := str(path).rstrip("/\\"))), "")
    new = dict(data)
    if is_absolute(project):
        new["project_path"] = ""
    if is_absolute(place):
        new["active_context"] = context | {"working_directory": _relative(str(place), root)}
    commands: dict[str, Json] = {
        key: _commands(resume[key], root) for key in ("quick_start", "validation_commands") if key in resume
    }
    if not (has_yaml or names_pointer(data)) and isinstance(steps := commands.get("quick_start"), list):
        # The pointer is named otherwise than by those releases that wrote a yaml: else one would be missed.
        commands["quick_start"] = [f"Run: cat ./{DIRECTORY}/{POINTER}" if each == _NAMED else each for each in steps]
    return new | {"resume_instructions": resume | commands} if commands else new


def sessions(text: str) -> str:
    """Shorten the command that shows a session's file: of the path to it, only what every clone has is kept."""
    if not any(is_absolute(each.lstrip("'\"")) for each in text.split("cat ")[1:]):
        return text
    return compiled(_SESSIONS).sub(rf"cat \1{DIRECTORY}/", text)


def is_absolute(value: Json) -> bool:
    """Tell a path that begins at the top of a file system."""
    return isinstance(value, str) and faults.is_absolute(value)


def names_pointer(data: dict[str, Json]) -> bool:
    """Tell whether a session names the pointer as releases do that wrote a yaml, and as we do."""
    quick_start = _object(data.get("resume_instructions")).get("quick_start")
    return isinstance(quick_start, list) and _NAMED in quick_start


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _commands(value: Json, root: str) -> Json:
    if isinstance(value, str):
        return _relative(sessions(value), root)
    if isinstance(value, list):
        return [_commands(each, root) for each in value]
    return {key: _commands(each, root) for key, each in value.items()} if isinstance(value, dict) else value


def _relative(text: str, root: str) -> str:
    """Write what lies below the directory of the project from there, and the directory itself as a full stop."""
    if not root:
        return text
    import re  # noqa: PLC0415 - what we write names no directory of a machine

    text = re.sub(rf"(?<![^\s'\"=(:]){re.escape(root)}[\\/](?=[^\s'\"])", "", text)
    return re.sub(rf"(?<![^\s'\"=(:]){re.escape(root)}(?![^\s'\";)])", ".", text)


def names(listed: list[Json], known: Known, *, is_first: bool) -> list[Json]:
    """Mend names of files; what is no text is left alone.

    If the list ``is_first``, it begins with the first line that git printed: that lost its first blank, and so the name
    its first letter.
    """
    return [
        _named(name, known if is_first and place == 0 else None) if isinstance(name, str) else name
        for place, name in enumerate(listed)
    ]


def _named(name: str, known: Known | None) -> str:
    is_odd = compiled(_ODD).fullmatch
    if not is_odd(name):
        return (known and known(name)) or name
    new = name.rpartition(" -> ")[2] if not compiled(_QUOTED).fullmatch(name) else name
    if '"' in new:  # the blank that was lost makes the first quote the letter that is missing
        new = _unquoted(new if new.startswith('"') else f'"{new}') or new
    return name if is_odd(new) else new  # a file may be called so, and nobody could tell on the next run


def _unquoted(name: str) -> str | None:
    """Read a name that git quoted; None if it did not, or if the name is no UTF-8."""
    import re  # noqa: PLC0415 - see above

    found = compiled(_QUOTED).fullmatch(name)
    try:
        return re.sub(_ESCAPE, _byte, found[1].encode()).decode() if found else None
    except UnicodeDecodeError:
        return None


def _byte(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    return bytes([int(escape, 8) & 0xFF if len(escape) > 1 else _LETTERS.get(escape[0], escape[0])])
