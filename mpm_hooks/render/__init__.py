"""Write the forms of a session and the pointer: what is to be written is data first, ``forms(session)``."""

from __future__ import annotations

from mpm_hooks.session import Session


def forms(session: Session) -> dict[str, bytes]:
    """Return the session's files by name, in the order in which they are to be written."""
    from mpm_hooks.render import json_form, md_form, yaml_form  # noqa: PLC0415 - a check renders, and needs not all

    texts = {
        f"{session.id}.md": md_form.render(session),
        f"{session.id}.yaml": yaml_form.render(session),
        f"{session.id}.json": json_form.render(session),
    }
    return {name: text.encode() for name, text in texts.items()}
