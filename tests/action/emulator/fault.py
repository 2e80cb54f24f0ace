"""What goes wrong on demand."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from emulator.answer import Answer

ABUSE = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "For more on scraping GitHub and how it may affect your rights, please review our Terms of Service"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to requests whose ``METHOD /path`` a pattern finds, so many times."""

    pattern: str
    answer: Answer | None = None
    times: int = 1
    seconds: float = 0.0
    """How long it takes until anything happens."""
    is_done: bool = False
    """Whether the work is done all the same, and only its answer is not told."""
    is_dropped: bool = False
    """Whether the connection is closed without a word."""


def secondary(pattern: str, *, status: int = 403, wait: int | None = 1, times: int = 1) -> Fault:
    """Limit the rate of writing; without a wait GitHub does not say how long."""
    headers = {} if wait is None else {"Retry-After": str(wait)}
    data = {"message": ABUSE, "documentation_url": "https://docs.github.com/rest/overview/rate-limits", "status": "403"}
    return Fault(pattern=pattern, times=times, answer=Answer(status=status, data=data, headers=headers))


def primary(pattern: str, *, wait: int = 1, times: int = 1) -> Fault:
    """Say that all requests of the hour are used up."""
    reset = str(int(time.time()) + wait)
    headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    data = {"message": "API rate limit exceeded for installation ID 1.", "documentation_url": "", "status": "403"}
    return Fault(pattern=pattern, times=times, answer=Answer(status=403, data=data, headers=headers))


def gateway(pattern: str, *, status: int = 502, times: int = 1, is_done: bool = False) -> Fault:
    """Answer as a proxy does when there is nobody behind it: a page, no JSON."""
    page = f"<html><body><h1>{status} {HTTPStatus(status).phrase}</h1></body></html>".encode()
    answer = Answer(status=status, data=page, headers={"Content-Type": "text/html"})
    return Fault(pattern=pattern, times=times, answer=answer, is_done=is_done)


def slow(pattern: str, seconds: float, *, times: int = 1) -> Fault:
    """Take long."""
    return Fault(pattern=pattern, times=times, seconds=seconds, is_done=True)


def dropped(pattern: str, *, times: int = 1, is_done: bool = True) -> Fault:
    """Close the connection instead of an answer, after the work or before."""
    return Fault(pattern=pattern, times=times, is_done=is_done, is_dropped=True)


def redirect(pattern: str, place: str, *, status: int = 302, times: int = 1) -> Fault:
    """Send the caller to another address."""
    data = {"message": "Moved", "url": place, "documentation_url": ""}
    return Fault(pattern=pattern, times=times, answer=Answer(status=status, data=data, headers={"Location": place}))


@dataclass(slots=True)
class Faults:
    """The faults still to come, each as often as it is to."""

    _left: list[tuple[Fault, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *faults: Fault) -> None:
        """Let these happen, in this order."""
        with self._lock:
            self._left += [(fault, fault.times) for fault in faults]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first that is for a request, and count it."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if re.search(fault.pattern, f"{method} {path}"):
                    self._left[index : index + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None

    def clear(self) -> None:
        """Let nothing more happen."""
        with self._lock:
            self._left.clear()

    @property
    def waiting(self) -> list[str]:
        """The patterns of those that have not happened."""
        return [fault.pattern for fault, _ in self._left]
