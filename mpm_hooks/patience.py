"""What a server answered -> how long to wait before asking again, if that is of any use.

PyGithub's own ``GithubRetry`` is not used: it repeats a POST whose answer was lost, which makes a second comment; it
never repeats a PATCH; a 429 without ``Retry-After`` is nothing to it; and ``Retry-After`` it obeys without limit.
"""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 180.0
"""Seconds that all waits of a job may take together."""

_SLOW = 60.0
"""Seconds that GitHub asks for where it limits and does not say how long; each time twice as many."""

_QUICK = 2.0
"""Seconds before something that broke is tried again; each time twice as many."""

_TRIES = 5
"""How often something that broke is tried again."""

_SECONDARY = ("secondary rate limit", "abuse detection", "please wait a few minutes", "retry your request again later")


def wait(  # noqa: PLR0913 - each says one thing, the last by their names
    status: int, headers: Mapping[str, str], message: str, *, tried: int, now: float, repeatable: bool
) -> float | None:
    """Return how many seconds to wait before asking again, None if the answer is final.

    Args:
        status: The status of the answer, 0 if there was none.
        headers: Its headers, with lower-case names.
        message: What it said.
        tried: How often this was asked before.
        now: The time, in seconds since 1970.
        repeatable: Whether the same may be asked twice although the first may have been done.
    """
    if is_limited(status, headers, message):
        return _told(headers, now) or _SLOW * 2.0**tried
    if is_broken(status) and repeatable and tried < _TRIES:
        return max(_told(headers, now), broken(tried))
    return None


def broken(tried: int) -> float:
    """Return how many seconds to wait after something broke."""
    return _QUICK * 2.0**tried


def is_broken(status: int) -> bool:
    """Tell whether nobody answered, or a server that cannot."""
    return status == 0 or status >= 500  # noqa: PLR2004 - where HTTP begins to blame the server


def is_limited(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Tell whether an answer is about a limit: the same may be asked later, since nothing was done."""
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return True
    if status != 403:  # noqa: PLR2004 - Forbidden, also of limits
        return False
    said = message.lower()
    return (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or said.startswith("api rate limit exceeded")
        or any(phrase in said for phrase in _SECONDARY)
    )


def _told(headers: Mapping[str, str], now: float) -> float:
    """Return how many seconds the server asks for, 0 if it does not."""
    if (after := headers.get("retry-after", "")).isdecimal():
        return float(after) or 1.0
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - now, 0.0) + 1.0  # nobody says when in that second
    return 0.0
