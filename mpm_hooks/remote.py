"""Looks at the sessions of a branch that stands on a server, without a clone of it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace

from mpm_hooks import blobs, config, fetch, review
from mpm_hooks.config import Config
from mpm_hooks.fetch import Store
from mpm_hooks.subject import Span
from mpm_hooks.summary import Summary

_SETTINGS = "pyproject.toml"
_LARGEST = 1_000_000
"""Bytes of a file of settings; a larger one has none."""


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
        settings = _settings(store, span.base or span.head)
        told = review.of(store.root, span.base, span.head, config=settings, directory=directory, obtain=store.obtain)
        return replace(told, uncovered=()) if config.is_exempt(branch, settings.exempt_branches) else told


def _settings(store: Store, commit: str) -> Config:
    """Return the settings as they were where the branch began: what it does to them must not silence a check."""
    found = blobs.entries(store.root, commit, "").get(_SETTINGS)
    if found is None or not found.mode.startswith("100"):
        return Config()
    store.obtain([found.id])
    content = blobs.contents(store.root, [found.id]).get(found.id, b"")
    return config.parse(content.decode(errors="replace")) if len(content) <= _LARGEST else Config()
