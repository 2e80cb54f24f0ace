"""What a transcript says: models and tokens of answers, and the lists that calls of the todo and task tools make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from mpm_hooks.claude import record
from mpm_hooks.claude.record import MOST, Record, inner, objects, task_id, text
from mpm_hooks.claude.store import Store
from mpm_hooks.facts import Task, Todo, Tokens

_COUNTS = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_MOST_TOKENS = 10**12
_TOOLS = ("TodoWrite", "TaskCreate", "TaskUpdate")
_CREATED = re.compile(r"Task #([0-9]{1,9}) created successfully")


class Transcript:
    """What is known from a transcript."""

    def __init__(self, store: Store, name: str) -> None:
        """Read it through; what tools gave back, the bulk of it, is only looked at where a call awaits it."""
        self.began: datetime | None = None
        self.models: dict[str, None] = {}
        """In the order of their first answer."""
        self._usages: dict[str | int, tuple[int, ...]] = {}
        self._context = 0
        self._calls: dict[str, Record] = {}
        """Those of the tools, in their order, without those that failed."""
        self._awaited: set[str] = set()
        self._created: dict[str, str] = {}
        for line in store.lines(name):
            if self.began and b'"assistant"' not in line and not (self._awaited and b"tool_result" in line):
                continue
            said = record.parse(line)
            if said.get("isSidechain") is not True:
                self.began = self.began or record.moment(said)
                self._answer(said)
                self._call(said)

    def _answer(self, said: Record) -> None:
        """Take note of an answer; what Claude Code itself says in the place of one is none."""
        message = inner(said, "message")
        model = text(message, "model")
        if said.get("type") != "assistant" or model == "<synthetic>":
            return
        if model and len(self.models) < MOST:
            self.models[model] = None
        usage = tuple(_count(inner(message, "usage"), name) for name in _COUNTS)
        if any(usage):
            # An answer takes a line for each of its blocks, and each line repeats the usage so far.
            self._usages[text(message, "id") or len(self._usages)] = usage
            self._context = sum(usage)

    def _call(self, said: Record) -> None:
        for block in objects(inner(said, "message").get("content")):
            call = text(block, "tool_use_id")
            if block.get("type") == "tool_use" and block.get("name") in _TOOLS:
                self._calls[text(block, "id")] = block
                self._awaited.add(text(block, "id"))
            elif block.get("type") == "tool_result" and call in self._awaited:
                self._awaited.discard(call)
                if block.get("is_error") is True:
                    del self._calls[call]
                else:
                    self._created[call] = _created(block) or task_id(inner(said, "toolUseResult", "task"), "id")

    @property
    def tokens(self) -> Tokens | None:
        """The tokens, None if no answer says."""
        if not self._usages:
            return None
        given, output, creation, read = (sum(column) for column in zip(*self._usages.values(), strict=True))
        return Tokens(context=self._context, input=given, output=output, cache_creation=creation, cache_read=read)

    @property
    def todos(self) -> tuple[Todo, ...] | None:
        """The todo list, None if there never was one; each call has the whole list."""
        lists = [inner(call, "input").get("todos") for call in self._calls.values() if call["name"] == "TodoWrite"]
        written = [each for each in lists if isinstance(each, list)]
        return record.todos(written[-1]) if written else None

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks by their numbers, which only the result of a call tells."""
        tasks: dict[str, Task] = {}
        for use, call in self._calls.items():
            given = inner(call, "input")
            if call["name"] == "TaskCreate" and (made := record.task(self._created.get(use, ""), given, "pending")):
                tasks[made.id] = made
            elif call["name"] == "TaskUpdate" and (task := tasks.get(task_id(given, "taskId"))):
                tasks[task.id] = task.replaced(
                    subject=text(given, "subject") or task.subject,
                    status=record.status(given) or task.status,
                    description=text(given, "description") or task.description,
                )
                if given.get("status") == "deleted":
                    del tasks[task.id]
        return tasks


def _count(usage: Record, name: str) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < _MOST_TOKENS else 0


def _created(result: Record) -> str:
    """Return the number of a new task from the words of the result: a text, or blocks of text."""
    said = [text(result, "content"), *(text(block, "text") for block in objects(result.get("content")))]
    return next((found[1] for each in said if (found := _CREATED.match(each))), "")
