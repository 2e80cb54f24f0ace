"""Items of a todo or task list: JSON -> facts; odd ones are left out."""

from __future__ import annotations

from itertools import islice

from mpm_hooks.claude.record import MOST, Record, objects, text
from mpm_hooks.facts import Task, Todo
from mpm_hooks.session import Json

_STATUSES = ("pending", "in_progress", "completed")


def todos(value: Json) -> tuple[Todo, ...]:
    """Return the items of a todo list."""
    found = (
        Todo(content=text(item, "content"), status=status(item), active_form=text(item, "activeForm"))
        for item in objects(value)
        if text(item, "content") and status(item)
    )
    return tuple(islice(found, MOST))


def task(number: str, item: Record, state: str) -> Task | None:
    """Return a task, None if anything that it needs is missing."""
    subject = text(item, "subject")
    if not (number and subject and state):
        return None
    return Task(id=number, subject=subject, status=state, description=text(item, "description"))


def status(item: Record) -> str:
    """Return the status of an item, empty if it is none of the known."""
    found = text(item, "status")
    return found if found in _STATUSES else ""
