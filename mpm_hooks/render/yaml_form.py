"""Session -> yaml form."""

from __future__ import annotations

from mpm_hooks.render import block
from mpm_hooks.session import Session


def render(session: Session) -> str:
    """Write the yaml form."""
    if (text := block.ours(session.data)) is not None:
        return text
    from mpm_hooks.render import dumper  # noqa: PLC0415 - few sessions need PyYAML, which takes its time to import

    return dumper.dump(session.data)
