"""What a session says of one machine -> the same for any clone."""

from __future__ import annotations

import re

from mpm_hooks.session import DIRECTORY, POINTER, Json

_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
# Upstream quotes no path, so one may hold blanks; it ends where another command or another path begins.
_SESSIONS = re.compile(r"cat (['\"]?)(?:/|[A-Za-z]:[\\/]|\\\\)(?:(?! [-/])[^'\";&|])*?\.claude-mpm[\\/]sessions[\\/]")
_NAMED = f"Run: cat {DIRECTORY}/{POINTER}"


def portable(data: dict[str, Json], *, has_yaml: bool) -> dict[str, Json]:
    """Return a session's data without the paths of its machine; all else stays.

    Args:
        data: What the json says.
        has_yaml: Whether there is a yaml form, or its writer wrote one.
    """
    roots = _roots(data)
    new = dict(data)
    if is_absolute(data.get("project_path")):
        new["project_path"] = ""
    context, resume = data.get("active_context"), data.get("resume_instructions")
    if isinstance(context, dict) and is_absolute(place := context.get("working_directory")):
        new["active_context"] = context | {"working_directory": relative(str(place), roots)}
    if isinstance(resume, dict):
        new["resume_instructions"] = resume | {
            key: _commands(resume[key], roots) for key in ("quick_start", "validation_commands") if key in resume
        }
    return new if has_yaml or names_pointer(data) else _without_yaml(new)


def relative(text: str, roots: list[str]) -> str:
    """Write what lies below one of these directories from there, and the directory itself as a full stop."""
    for root in roots:
        text = re.sub(rf"(?<![^\s'\"=(:]){re.escape(root)}[\\/](?=[^\s'\"])", "", text)
        text = re.sub(rf"(?<![^\s'\"=(:]){re.escape(root)}(?![^\s'\";)])", ".", text)
    return text


def sessions(text: str) -> str:
    """Shorten the command that shows a session's file: of the path to it, only what every clone has is kept."""
    return _SESSIONS.sub(rf"cat \1{DIRECTORY}/", text)


def is_absolute(value: Json) -> bool:
    """Tell a path that begins at the top of a file system."""
    return isinstance(value, str) and _ABSOLUTE.match(value) is not None


def names_pointer(data: dict[str, Json]) -> bool:
    """Tell whether a session names the pointer as releases do that wrote a yaml, and as we do."""
    resume = data.get("resume_instructions")
    quick_start = resume.get("quick_start") if isinstance(resume, dict) else None
    return isinstance(quick_start, list) and _NAMED in quick_start


def _roots(data: dict[str, Json]) -> list[str]:
    """Return the directory of the project, if it is told; claude-mpm writes it in two places."""
    context = data.get("active_context")
    places = data.get("project_path"), context.get("working_directory") if isinstance(context, dict) else None
    return [root for path in places if is_absolute(path) and (root := str(path).rstrip("/\\"))][:1]


def _commands(value: Json, roots: list[str]) -> Json:
    if isinstance(value, str):
        return relative(sessions(value), roots)
    if isinstance(value, list):
        return [_commands(each, roots) for each in value]
    return {key: _commands(each, roots) for key, each in value.items()} if isinstance(value, dict) else value


def _without_yaml(data: dict[str, Json]) -> dict[str, Json]:
    """Name the pointer otherwise than those releases do that wrote a yaml: else one would be missed."""
    resume = data.get("resume_instructions")
    if not names_pointer(data) or not isinstance(resume, dict) or not isinstance(steps := resume["quick_start"], list):
        return data
    other = f"Run: cat ./{DIRECTORY}/{POINTER}"
    renamed: list[Json] = [other if each == _NAMED else each for each in steps]
    return data | {"resume_instructions": resume | {"quick_start": renamed}}
