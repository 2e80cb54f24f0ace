"""Looks at the sessions of a branch that stands on a server, without a clone of it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace

from mpm_hooks import config, fetch, review
from mpm_hooks.subject import Span
from mpm_hooks.summary import Summary


def look(url: str, token: str, span: Span, *, branch: str, directory: str = "") -> Summary:
    """Fetch what there is to see of a branch, and look at it.

    Args:
        url: The repository.
        token: What may read it.
        span: The commits.
        branch: What the branch is called: the settings may say that it needs no session.
        directory: The directory below which sessions are looked for.

    Raises:
        UnableError: It cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="mpm-hooks-", dir=os.environ.get("RUNNER_TEMP")) as place:
        store = fetch.Store(place, url, token)
        store.commits(span.head, span.base, span.depth)
        settings = review.settings(store.root, span.base or span.head, store.obtain)
        told = review.of(store.root, span.base, span.head, config=settings, directory=directory, obtain=store.obtain)
        return replace(told, uncovered=()) if config.is_exempt(branch, settings.exempt_branches) else told
