"""What a server answered -> how long to wait before asking again, if that is of any use.

PyGithub's own ``GithubRetry`` is not used: it repeats a POST whose answer was lost, which makes a second comment; it
never repeats a PATCH; a 429 without ``Retry-After`` is nothing to it; and ``Retry-After`` it obeys without limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 180.0
"""Seconds that all waits of a job may take together."""

_SLOW = 60.0
"""Seconds that GitHub asks for where it limits and does not say how long; each time twice as many."""

_QUICK = 2.0
"""Seconds before something that broke is tried again; each time twice as many."""

_TRIES = 5
"""How often something that broke is tried again."""

_SAID = 500
"""Characters of what the server says."""

_SECONDARY = ("secondary rate limit", "abuse detection", "please wait a few minutes", "retry your request again later")


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
        return str(said)[:_SAID] if said else self.reason or f"status {self.status}"

    @property
    def is_broken(self) -> bool:
        """Whether nobody answered, or a server that cannot."""
        return self.status == 0 or self.status >= 500  # noqa: PLR2004 - where HTTP begins to blame the server

    @property
    def is_limited(self) -> bool:
        """Whether it is about a limit: the same may be asked later, since nothing was done."""
        said = self.message.lower()
        is_told = "retry-after" in self.headers or self.headers.get("x-ratelimit-remaining") == "0"
        is_said = said.startswith("api rate limit exceeded") or any(phrase in said for phrase in _SECONDARY)
        # Too Many Requests; Forbidden, also of limits.
        return self.status == 429 or (self.status == 403 and (is_told or is_said))  # noqa: PLR2004


def wait(answer: Answer, *, tried: int, now: float, repeatable: bool) -> float | None:
    """Return how many seconds to wait before asking again, None if the answer is final.

    Args:
        answer: What came back.
        tried: How often this was asked before.
        now: The time, in seconds since 1970.
        repeatable: Whether the same may be asked twice although the first may have been done.
    """
    if answer.is_limited:
        return _told(answer.headers, now) or _SLOW * 2.0**tried
    if answer.is_broken and repeatable and tried < _TRIES:
        return max(_told(answer.headers, now), broken(tried))
    return None


def broken(tried: int) -> float:
    """Return how many seconds to wait after something broke."""
    return _QUICK * 2.0**tried


def _told(headers: Mapping[str, str], now: float) -> float:
    """Return how many seconds the server asks for, 0 if it does not."""
    if (after := headers.get("retry-after", "")).isdecimal():
        return float(after) or 1.0
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - now, 0.0) + 1.0  # nobody says when in that second
    return 0.0
