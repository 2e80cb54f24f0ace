"""The probes of a repository, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Sequence

from mpm_hooks.probes import Within, hooks, repository, sessions

WITHIN: Sequence[Within] = (
    repository.settings,
    hooks.configuration,
    hooks.installed,
    sessions.ignored,
    sessions.lacking,
    repository.head,
    repository.begun,
    repository.identity,
    repository.locks,
    repository.clone,
    sessions.here,
    sessions.uncommitted,
    sessions.elsewhere,
    sessions.at_home,
    sessions.record,
    sessions.leftovers,
)
