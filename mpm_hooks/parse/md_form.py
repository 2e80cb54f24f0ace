"""The md form: text -> labelled blocks -> what it says of the session."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import cast

from mpm_hooks.page import DETAILS, IN_PROGRESS, LISTS
from mpm_hooks.parse.plain import text_of
from mpm_hooks.session import Json

_HEADING = re.compile(r"#{1,3} +(.+?) *")
_LABEL = re.compile(r"(?:- )?\*\*([^*:]+)\*\*:(?: +(.*))?")
_SPAN = re.compile(r"(`+)(.+?)\1(?!`)")
_ITEM = re.compile(r"(?:- |\d+\. )(.*)")
_TAG = re.compile(r"(\\*)\\<")
_COMMIT = re.compile(r"`([^`]+)` - (.*) \((.*)\)")
_TASK = re.compile(r"\[ \] #(\S+) (.*)")
_COMPLETED = re.compile(r"\[x\] (\d+) completed")
_BASE = re.compile(r": (\d+) ahead, (\d+) behind")
_NUMBER = re.compile(r"(?:0|[1-9][\d,]*)(?:\.\d+)?")
_PRIORITY = re.compile(r"\*\*(.*)\*\* \(Priority: (.*)\)")


class Block:
    """A label (a heading, or a bold one) and the text under it, without trailing blanks."""

    __slots__ = ("label", "line", "text")

    def __init__(self, *, label: str, line: int, text: str) -> None:
        """Keep where the label stands, and what stands under it."""
        self.label = label
        self.line = line
        self.text = text


def parse(path: str, content: bytes) -> tuple[Block, ...]:
    """Read an md form into its blocks.

    Raises:
        MalformedError: The bytes are no text.
    """
    return blocks(text_of(path, content))


def blocks(text: str) -> tuple[Block, ...]:
    """Split a page at its headings and bold labels.

    A bold word that is none of the page's labels is text. Fences are not minded: an unclosed one, which upstream copies
    from a message, would swallow the rest.
    """
    found: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if heading := _HEADING.fullmatch(line):
            found.append((heading[1], number, []))
        elif (label := _LABEL.fullmatch(line.rstrip())) and label[1] in _MEANING:
            found.append((label[1], number, [label[2] or ""]))
        elif line == "---":
            found.append(("", number, []))
        elif found:
            found[-1][2].append(line.rstrip())
    return tuple(Block(label=label, line=line, text="\n".join(lines).strip("\n")) for label, line, lines in found)


def first(page: tuple[Block, ...]) -> Mapping[str, Block]:
    """Map each label to its first block: later ones may be part of a message."""
    return {block.label: block for block in reversed(page) if block.label}


def data_of(page: tuple[Block, ...]) -> dict[str, Json]:
    """Return what a page says, under the json form's keys; what an md never says is absent."""
    data: dict[str, Json] = {}
    by_label = first(page)
    for label, (keys, read) in _MEANING.items():
        if label in by_label:
            inner = data
            for key in keys[:-1]:
                inner = cast("dict[str, Json]", inner.setdefault(key, {}))
            inner.setdefault(keys[-1], read(by_label[label].text))
    return data


def _line(text: str) -> str:
    """Read the one line after a label; what follows it stands under no label and is nobody's."""
    return _prose(text.split("\n", maxsplit=1)[0])


def _prose(text: str) -> str:
    """Undo what ``render`` does to take the force out of HTML."""
    return _TAG.sub(lambda found: f"{found[1][: len(found[1]) // 2]}<", text)


def _span(text: str) -> str:
    """Read what a code span holds; ``render`` pads one that begins or ends with a backtick."""
    found = _SPAN.match(text)
    if not found:
        return _line(text).strip("`")
    inner = found[2]
    padded = len(inner) > 2 and inner[0] == inner[-1] == " " and ("`" in (inner[1], inner[-2]))  # noqa: PLR2004
    return inner[1:-1] if padded else inner


def _ref(text: str) -> Json:
    """Read a branch or a commit; without a code span it is a remark that there is none."""
    return _span(text) if text.startswith("`") else None


def _summary(text: str) -> str:
    """Read the summary: a quotation in our pages, bare in upstream's."""
    lines = text.split("\n")
    if all(line.startswith(">") for line in lines):
        lines = [_prose(line.removeprefix(">").removeprefix(" ")) for line in lines]
    return "\n".join(lines)


def _items(text: str) -> list[Json]:
    return [_prose(item) for item in _bare_items(text)]


def _bare_items(text: str) -> list[str]:
    """Read a list; a line that begins no item goes on with the one before."""
    items: list[str] = []
    for line in text.split("\n"):
        if found := _ITEM.fullmatch(line):
            items.append(found[1])
        elif items and line.strip():
            items[-1] += "\n" + line.strip()
    return items


def _spans(text: str) -> list[Json]:
    return [_span(item) for item in _bare_items(text)]


def _steps(text: str) -> list[Json]:
    """Read the next steps; one with a priority was an object, and its details stand under it."""
    steps: list[Json] = []
    for item in _items(text):
        head, *details = str(item).split("\n")
        found = _PRIORITY.fullmatch(head)
        if not found:
            steps.append(item)
            continue
        step: dict[str, Json] = {"task": found[1]} | ({"priority": found[2]} if found[2] != "?" else {})
        for key, label in DETAILS:
            for line in details:
                if line.startswith(f"- {label}: "):
                    step[key] = line.removeprefix(f"- {label}: ")
        steps.append(step)
    return steps


def _todos(text: str) -> Json:
    """Read todos: what is done is ticked."""
    active: list[Json] = []
    completed: list[Json] = []
    for item in _bare_items(text):
        content = _prose(item[4:])
        if item.startswith("[x] "):
            completed.append({"content": content, "status": "completed"})
        else:
            status = "in_progress" if content.endswith(IN_PROGRESS) else "pending"
            active.append({"content": content.removesuffix(IN_PROGRESS), "status": status})
    return {"active": active, "completed": completed}


def _tasks(text: str) -> Json:
    """Read the tasks that are open, and how many are not."""
    listed: dict[str, Json] = {}
    for item in _bare_items(text):
        if found := _TASK.fullmatch(item):
            kind = "in_progress_tasks" if item.endswith(IN_PROGRESS) else "pending_tasks"
            title = _prose(found[2].removesuffix(IN_PROGRESS))
            cast("list[Json]", listed.setdefault(kind, [])).append({"id": _prose(found[1]), "title": title})
        elif found := _COMPLETED.fullmatch(item):
            listed["completed_count"] = int(found[1])
    return listed


def _commits(text: str) -> list[Json]:
    found = (_COMMIT.fullmatch(item) for item in _bare_items(text))
    return [{"sha": commit[1], "author": _prose(commit[3]), "message": _prose(commit[2])} for commit in found if commit]


def _models(text: str) -> list[Json]:
    return [found[2] for found in _SPAN.finditer(text)]


def _base(text: str) -> Json:
    found = _BASE.search(text)
    return {"branch": _span(text), **({"ahead": int(found[1]), "behind": int(found[2])} if found else {})}


def _first_number(text: str) -> Json:
    found = _NUMBER.match(text)
    return cast("Json", json.loads(found[0].replace(",", ""))) if found else None


def _is_clean(text: str) -> bool:
    return _line(text) == "Clean"


_MEANING: Mapping[str, tuple[tuple[str, ...], Callable[[str], Json]]] = {
    "Session ID": (("session_id",), _span),
    "Paused At": (("paused_at",), _line),
    "Paused": (("paused_at",), _line),
    "Primary Task": (("conversation", "primary_task"), _line),
    "Current Phase": (("conversation", "current_phase"), _line),
    "Summary": (("conversation", "summary"), _summary),
    "Accomplishments This Session": (("conversation", "accomplishments"), _items),
    "Accomplishments": (("conversation", "accomplishments"), _items),
    "Next Steps (Priority Order)": (("conversation", "next_steps"), _steps),
    "Next Steps": (("conversation", "next_steps"), _steps),
    "Branch": (("git_context", "branch"), _ref),
    "Head": (("git_context", "head"), _ref),
    "Recent commits": (("git_context", "recent_commits"), _commits),
    "Status": (("git_context", "status", "clean"), _is_clean),
    "Modified files": (("git_context", "status", "modified_files"), _spans),
    "Untracked files": (("git_context", "status", "untracked_files"), _spans),
    "Working Directory": (("active_context", "working_directory"), _span),
    "Important Reminders": (("important_reminders",), _items),
    "Quick Resume (5 minutes)": (("resume_instructions", "quick_start"), _items),
    "Files to Review": (("resume_instructions", "files_to_review"), _spans),
    **{label: ((key,), _items) for label, key in LISTS.items()},
    "Not Known": (("not_known",), _items),
    "Todos": (("todos",), _todos),
    "Tasks": (("task_list",), _tasks),
    "Duration": (("duration_hours",), _first_number),
    "Model": (("performance_metrics", "models"), _models),
    "Tokens": (("context_usage", "tokens_used"), _first_number),
    "Base": (("git_context", "base"), _base),
    "In Progress": (("git_context", "operation_detail"), _line),
    "Change": (("git_context", "change", "files_changed"), _first_number),
    "Version": (("version",), _line),
    "Project": (("project_path",), _span),
}
