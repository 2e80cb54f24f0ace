"""What an event is about -> the commits to compare, and the pull request to tell it on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mpm_hooks.event import Event
from mpm_hooks.github import Client
from mpm_hooks.github.answer import AbsentError, Pull

_GENERATIONS = 50
"""How far back a branch is fetched of which nobody knows where it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be looked at, and where to tell."""

    head: str
    """Empty if there is nothing to look at."""
    base: str = ""
    """Empty to look at all that the head has."""
    number: int = 0
    """The pull request, 0 if there is none."""
    why: str = ""
    """Why there is nothing to look at, or no pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A branch, since it began."""

    head: str
    base: str
    """The commit that it began at."""
    depth: int
    """How many generations of it reach back there."""


def find(event: Event, client: Client) -> Subject:
    """Find out what an event is about.

    Raises:
        UnableError: GitHub does not tell.
    """
    if event.number:
        return Subject(head=event.head, base=event.base, number=event.number)
    if not event.head:
        return Subject(head="", why="a branch was deleted: there is nothing to look at")
    if event.name == "workflow_run":
        return _of_run(event, client)
    if event.name == "merge_group":
        return _of_queue(event, client)
    return _of_branch(event, client)


def chosen(subject: Subject, client: Client, *, base: str, head: str) -> Subject:
    """Return the same with another base or head, where somebody asks for one: a commit, a branch, a tag."""
    if base:
        subject = replace(subject, base=client.commit(base))
    return replace(subject, head=client.commit(head)) if head else subject


def span(subject: Subject, client: Client) -> Span:
    """Return where the branch began, and how long it is."""
    if not subject.base:
        return Span(head=subject.head, base="", depth=1)
    try:
        parted, ahead = client.compare(subject.base, subject.head)
    except AbsentError:  # they have no commit in common
        return Span(head=subject.head, base=subject.base, depth=_GENERATIONS)
    return Span(head=subject.head, base=parted, depth=ahead + 1)


def _of_run(event: Event, client: Client) -> Subject:
    """Find the pull request that another run was for; what that run left behind is not believed."""
    found = [each for each in _pulls(client, event, event.source) if each.head == event.head]
    if len(found) != 1:
        return Subject(head="", why=f"the run was of {event.head[:12]}, which is the head of {_count(found)}")
    return Subject(head=event.head, base=found[0].base, number=found[0].number)


def _of_queue(event: Event, client: Client) -> Subject:
    """Find the pull request that is about to be merged; a branch's name says which, and GitHub whether that is so."""
    try:
        found = client.pull(event.queued) if event.queued else None
    except AbsentError:
        found = None
    if found and found.is_open and found.branch == event.branch:
        return Subject(head=found.head, base=found.base, number=found.number)
    return Subject(head=event.head, base=event.base, why="no open pull request is known of this merge queue")


def _of_branch(event: Event, client: Client) -> Subject:
    """Find the pull request of a branch of this repository."""
    found = _pulls(client, event, event.repository)
    if len(found) == 1:
        return Subject(head=event.head, base=found[0].base, number=found[0].number)
    why = f"{event.branch or 'a tag'} is the head of {_count(found)}"
    if event.base:
        return Subject(head=event.head, base=event.base, why=why)
    default = client.default_branch()
    return Subject(head=event.head, base="" if event.branch == default else client.commit(default), why=why)


def _pulls(client: Client, event: Event, source: str) -> list[Pull]:
    """Return the open pull requests of the event's branch in a repository."""
    asked = client.pulls(f"{source.partition('/')[0]}:{event.branch}") if source and event.branch else []
    return [each for each in asked if each.source == source]


def _count(found: list[Pull]) -> str:
    return f"{len(found)} open pull requests" if found else "no open pull request"
