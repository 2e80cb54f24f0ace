"""What GitHub refuses, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mpm_hooks import patience
from mpm_hooks.finding import UnableError

_LONGEST = 500
"""Characters of what GitHub says."""


class DeniedError(UnableError):
    """The token may not do that; the message names what it lacks."""


class LockedError(UnableError):
    """Nobody may comment there any more."""


class AbsentError(UnableError):
    """What was asked for is not there, or may not be seen: GitHub does not tell which."""


class LostError(UnableError):
    """Nobody knows whether it was done: the answer is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    """0 if nothing did."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case names."""
    data: object = None
    reason: str = ""
    """Why nothing came back."""

    @property
    def message(self) -> str:
        """What the server said; a page of HTML says nothing."""
        said = self.data.get("message") if isinstance(self.data, dict) else None
        return str(said)[:_LONGEST] if said else self.reason or f"status {self.status}"


def of(what: str, answer: Answer, *, repeatable: bool) -> UnableError:
    """Return the error for an answer that is final."""
    status, said = answer.status, answer.message
    if patience.is_limited(status, answer.headers, said):
        return UnableError(f"GitHub limits requests, for longer than this job can wait ({said}): run it again later")
    if status == 403:  # noqa: PLR2004 - Forbidden
        is_locked = "locked" in said.lower()
        return LockedError("the conversation is locked") if is_locked else DeniedError(_lacking(what, answer))
    if status in {404, 410}:
        return AbsentError(f"GitHub has nothing at {what}, or the token may not see it ({said})")
    if status == 401:  # noqa: PLR2004 - Unauthorized
        return UnableError(f"GitHub does not accept the token ({said}): is it expired, or of another server?")
    if patience.is_broken(status):
        kind = UnableError if repeatable else LostError
        return kind(f"GitHub does not answer to {what} ({said}): run it again later")
    return UnableError(f"GitHub refuses {what} with {status} ({said})")


def of_query(what: str, faults: object) -> DeniedError:
    """Return the error for what GraphQL says, always with status 200."""
    first = faults[0] if isinstance(faults, list) and faults else None
    said = first.get("message") if isinstance(first, dict) else faults
    return DeniedError(f"GitHub denies {what} ({str(said)[:_LONGEST]})")


def of_form(what: str) -> UnableError:
    """Return the error for an answer that lacks what it must have."""
    return UnableError(f"GitHub's answer is not as its documents say: {what} is missing")


def _lacking(what: str, answer: Answer) -> str:
    """Name the permission that a token lacks, as the answer does."""
    accepted = answer.headers.get("x-accepted-github-permissions", "")
    ways = [each.strip().replace("_", "-").replace("=", ": ") for each in accepted.split(";") if each.strip()]
    lacks = f"the workflow needs the permission `{'` or `'.join(ways)}`" if ways else "the token lacks a permission"
    return f"GitHub denies {what} ({answer.message}): {lacks}"
