"""Calls of the todo and task tools -> the lists as they stand after them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mpm_hooks.claude import items
from mpm_hooks.claude.record import Record, inner, objects, task_id, text
from mpm_hooks.facts import Task, Todo

_TOOLS = ("TodoWrite", "TaskCreate", "TaskUpdate")
_CREATED = re.compile(r"Task #([0-9]{1,9}) created successfully")


class Calls:
    """The calls in a transcript, in their order, without those that failed."""

    def __init__(self) -> None:
        """Begin before the first call."""
        self._made: dict[str, Record] = {}
        self._awaited: set[str] = set()
        self._created: dict[str, str] = {}

    @property
    def awaited(self) -> bool:
        """Whether a call has no result yet."""
        return bool(self._awaited)

    def add(self, record: Record) -> None:
        """Take note of the calls and results in a line."""
        for block in objects(inner(record, "message").get("content")):
            if block.get("type") == "tool_use" and block.get("name") in _TOOLS:
                self._made[text(block, "id")] = block
                self._awaited.add(text(block, "id"))
            elif block.get("type") == "tool_result" and text(block, "tool_use_id") in self._awaited:
                self._end(text(block, "tool_use_id"), block, record)

    def _end(self, call: str, result: Record, record: Record) -> None:
        self._awaited.discard(call)
        if result.get("is_error") is True:
            del self._made[call]
        else:
            self._created[call] = _created(result) or task_id(inner(record, "toolUseResult", "task"), "id")

    @property
    def todos(self) -> tuple[Todo, ...] | None:
        """The todo list, None if there never was one; each call has the whole list."""
        lists = [inner(call, "input").get("todos") for call in self._made.values() if call["name"] == "TodoWrite"]
        written = [each for each in lists if isinstance(each, list)]
        return items.todos(written[-1]) if written else None

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks by their numbers, which only the result of a call tells."""
        tasks: dict[str, Task] = {}
        for use, call in self._made.items():
            given = inner(call, "input")
            if call["name"] == "TaskCreate" and (created := items.task(self._created.get(use, ""), given, "pending")):
                tasks[created.id] = created
            elif call["name"] == "TaskUpdate" and (task := tasks.get(task_id(given, "taskId"))):
                _update(tasks, task, given)
        return tasks


def _update(tasks: dict[str, Task], task: Task, given: Record) -> None:
    if given.get("status") == "deleted":
        del tasks[task.id]
        return
    tasks[task.id] = replace(
        task,
        subject=text(given, "subject") or task.subject,
        status=items.status(given) or task.status,
        description=text(given, "description") or task.description,
    )


def _created(result: Record) -> str:
    """Return the number of a new task from the words of the result: a text, or blocks of text."""
    content = result.get("content")
    said = [text(result, "content"), *(text(block, "text") for block in objects(content))]
    return next((found[1] for each in said if (found := _CREATED.match(each))), "")
