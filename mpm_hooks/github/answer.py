"""What GitHub answers: what of it is used here, or what it refuses, and why."""

from __future__ import annotations

from dataclasses import dataclass

from mpm_hooks.comment import Author, Comment
from mpm_hooks.event import get
from mpm_hooks.finding import UnableError
from mpm_hooks.patience import Answer

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
class Pull:
    """A pull request."""

    number: int
    head: str
    """The commit that it is at."""
    base: str
    branch: str
    """The branch that it is to be merged into."""
    source: str
    """The repository of its head, empty if that is gone."""
    is_open: bool


def pull(data: object) -> Pull:
    """Take a pull request."""
    source = get(data, "head.repo")
    return Pull(
        number=number(data, "number"),
        head=text(data, "head.sha"),
        base=text(data, "base.sha"),
        branch=text(data, "base.ref"),
        source=text(source, "full_name") if source is not None else "",
        is_open=text(data, "state") == "open",
    )


def comment(data: object) -> Comment:
    """Take a comment; one whose author is gone is nobody's."""
    user = get(data, "user")
    return Comment(
        id=number(data, "id"),
        node=text(data, "node_id"),
        url=text(data, "html_url"),
        author=Author(login=text(user, "login"), kind=text(user, "type")) if user else Author(login="", kind=""),
        body=str(get(data, "body") or ""),
    )


def text(data: object, path: str) -> str:
    """Return the text that stands there; raise an UnableError if none does."""
    if not isinstance(found := get(data, path), str):
        raise misshapen(path)
    return found


def number(data: object, path: str) -> int:
    """Return the number that stands there; raise an UnableError if none does."""
    if not isinstance(found := get(data, path), int):
        raise misshapen(path)
    return found


def misshapen(what: str) -> UnableError:
    """Return the error for an answer that lacks what it must have."""
    return UnableError(f"GitHub's answer is not as its documents say: {what} is missing")


def refused(what: str, answer: Answer, *, repeatable: bool) -> UnableError:
    """Return the error for an answer that is final."""
    status, said = answer.status, answer.message
    if answer.is_limited:
        return UnableError(f"GitHub limits requests, for longer than this job can wait ({said}): run it again later")
    if status == 403:  # noqa: PLR2004 - Forbidden
        is_locked = "locked" in said.lower()
        return LockedError("the conversation is locked") if is_locked else DeniedError(_lacking(what, answer))
    if status in {404, 410}:
        return AbsentError(f"GitHub has nothing at {what}, or the token may not see it ({said})")
    if status == 401:  # noqa: PLR2004 - Unauthorized
        return UnableError(f"GitHub does not accept the token ({said}): is it expired, or of another server?")
    if answer.is_broken:
        kind = UnableError if repeatable else LostError
        return kind(f"GitHub does not answer to {what} ({said}): run it again later")
    return UnableError(f"GitHub refuses {what} with {status} ({said})")


def denied(what: str, faults: object) -> DeniedError:
    """Return the error for what GraphQL says, always with status 200."""
    said = get(faults[0], "message") if isinstance(faults, list) and faults else None
    return DeniedError(f"GitHub denies {what} ({str(said or faults)[:_LONGEST]})")


def _lacking(what: str, answer: Answer) -> str:
    """Name the permission that a token lacks, as the answer does."""
    accepted = answer.headers.get("x-accepted-github-permissions", "")
    ways = [each.strip().replace("_", "-").replace("=", ": ") for each in accepted.split(";") if each.strip()]
    lacks = f"the workflow needs the permission `{'` or `'.join(ways)}`" if ways else "the token lacks a permission"
    return f"GitHub denies {what} ({answer.message}): {lacks}"
