"""Write the files of a session: what is to be written is data first, ``files(session)``."""

from __future__ import annotations

from mpm_hooks.render import json_form, md_form, pointer, yaml_form
from mpm_hooks.session import POINTER, Session


def forms(session: Session) -> dict[str, bytes]:
    """Return the session's files by name, in the order in which they are to be written."""
    texts = {
        f"{session.id}.md": md_form.render(session),
        f"{session.id}.yaml": yaml_form.render(session),
        f"{session.id}.json": json_form.render(session),
    }
    return {name: text.encode() for name, text in texts.items()}


def files(session: Session) -> dict[str, bytes]:
    """Return the session's forms and, last, the pointer that leads to them."""
    return forms(session) | {POINTER: pointer.render(session.id).encode()}
