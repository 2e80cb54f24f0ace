"""What GitHub tells -> what of it is used here."""

from __future__ import annotations

from dataclasses import dataclass

from mpm_hooks.comment import Author, Comment
from mpm_hooks.github import refusal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How a commit stands to another."""

    parted: str
    """The newest commit that both come from."""
    ahead: int
    """How many commits it has that the other has not."""


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


def compared(data: object) -> Compared:
    """Take a comparison."""
    return Compared(parted=text(data, "merge_base_commit.sha"), ahead=number(data, "ahead_by"))


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


def get(data: object, path: str) -> object:
    """Return what stands there, None if nothing does."""
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


def text(data: object, path: str) -> str:
    """Return the text that stands there.

    Raises:
        UnableError: None does.
    """
    if not isinstance(found := get(data, path), str):
        raise refusal.of_form(path)
    return found


def number(data: object, path: str) -> int:
    """Return the number that stands there.

    Raises:
        UnableError: None does.
    """
    if not isinstance(found := get(data, path), int):
        raise refusal.of_form(path)
    return found
