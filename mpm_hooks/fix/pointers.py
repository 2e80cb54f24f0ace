"""The pointer, from the sessions that are there."""

from __future__ import annotations

import re

from mpm_hooks.finding import MalformedError
from mpm_hooks.fix import encoding, portable
from mpm_hooks.parse import pointer
from mpm_hooks.render import pointer as render_pointer

_PROJECT = re.compile(r"^Project: (.*)$", re.MULTILINE)


def lists_yaml(content: bytes, session_id: str) -> bool:
    """Tell whether a pointer, in whatever state, lists the yaml form of a session."""
    return f"- {session_id}.yaml ".encode() in content


def fault(content: bytes, target: str) -> str:
    """Say what is wrong with a pointer that has to lead to this session, in a word or two; empty if nothing is."""
    if len(encoding.texts(content)) > 1:
        return "was in conflict"
    try:
        found = pointer.parse("", content)
    except MalformedError:
        return "named no session"
    if found.joined:
        return f"named {len(found.joined)} sessions"
    if found.target != target:
        return f"led to {found.target}"
    project = _PROJECT.search(found.text)
    if portable.sessions(found.text) != found.text or (project and portable.is_absolute(project[1])):
        return "named a directory of one machine"
    return ""


def render(session_id: str, *, has_yaml: bool) -> bytes:
    """Write the pointer to a session; it lists the forms that are there."""
    lines = render_pointer.render(session_id).splitlines(keepends=True)
    return "".join(line for line in lines if has_yaml or not line.startswith(f"- {session_id}.yaml ")).encode()
