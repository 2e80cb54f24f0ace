"""Session -> json form."""

from __future__ import annotations

import json

from mpm_hooks.session import Session


def render(session: Session) -> str:
    """Write the json form.

    In ASCII, since upstream opens it in the encoding of the locale; with a final newline, which upstream leaves out and
    the hook end-of-file-fixer then adds.
    """
    return json.dumps(session.data, indent=2) + "\n"
