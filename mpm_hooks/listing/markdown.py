"""A Listing as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from mpm_hooks import markup
from mpm_hooks.briefing import words
from mpm_hooks.listing import Listing, text


def lines(found: Listing) -> Iterator[str]:
    """Write a list: a row for each session, then what else there is."""
    if found.rows:
        yield "| # | session | paused | state | branch | drift | topic |"
        yield "|---|---|---|---|---|---|---|"
    for row in found.rows:
        cells = (
            str(row.index),
            markup.code_cell(row.told.id),
            row.age,
            str(row.told.state),
            markup.code_cell(row.told.branch),
            "" if row.why else words.standing(row.standing),
            markup.cell(row.topic),
        )
        yield f"| {' | '.join(cells)} |"
    if not found.rows:
        yield "No session here."
    notes = list(text.notes(found))
    if notes:
        yield ""
        yield from (f"- {markup.plain(each)}" for each in notes)
