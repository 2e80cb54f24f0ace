"""The md form: text -> labelled blocks -> what it says of the session."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import cast

from mpm_hooks.page import DETAILS, IN_PROGRESS, LISTS, STATES
from mpm_hooks.parse import text_of
from mpm_hooks.parse.document import Place
from mpm_hooks.session import Json

_HEADING = re.compile(r"#{1,3} +(.+?) *")
_LABEL = re.compile(r"(?:- )?\*\*([^*:]+)\*\*:(?: +(.*))?")
_SPAN = re.compile(r"(`+)(.+?)\1(?!`)")
_ITEM = re.compile(r"(?:- |\d+\. )(.*)")
_TAG = re.compile(r"(\\*)\\<")
_COMMIT = re.compile(r"`([^`]+)` - (.*) \((.*)\)")
_TASK = re.compile(r"\[ \] #(\S+) (.*)")
_COMPLETED = re.compile(r"\[x\] (\d+) completed")
_BASE = re.compile(r": (\d+) ahead, (\d+) behind(?:, parted at `([^`]*)`)?")
_MERGED = "; it has all of these changes already"
_ACTIVE = re.compile(r", last active (\S+)")
_SUM = re.compile(r"([\d,]*\d) ([a-z ]+)")
_CHANGE = re.compile(r"[\d,]+ files?, \+(\d+) -(\d+) lines(?: since `([^`]*)`)?")
_SIZE = re.compile(r" \(\+(\d+) -(\d+)\)$")
_STATE = re.compile(r"` \(((?:[^()`]|`[^`]*`)+)\)$")
_LETTERS = {word: letter for letter, word in STATES.items()}
_NUMBER = re.compile(r"(?:0|[1-9][\d,]*)(?:\.\d+)?")
_PRIORITY = re.compile(r"\*\*(.*)\*\* \(Priority: (.*)\)")


class Block:
    """A label (a heading, or a bold one) and the text under it, without trailing blanks."""

    __slots__ = ("column", "label", "line", "start", "text")

    def __init__(self, *, label: str, line: int, lines: list[str], column: int) -> None:
        """Keep where the label stands, and what stands under it from where on; the first line is the label's own."""
        text = "\n".join(lines)
        self.label = label
        self.line = line
        self.text = text.strip("\n")
        self.start = line + len(text) - len(text.lstrip("\n"))
        self.column = column if self.start == line else 1

    def place(self, row: int) -> Place:
        """Return where a row of the text stands; the first may stand behind the label."""
        return self.start + row, 1 if row else self.column


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
    found: list[tuple[str, int, list[str], int]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if heading := _HEADING.fullmatch(line):
            found.append((heading[1], number, [""], 1))
        elif (label := _LABEL.fullmatch(line.rstrip())) and label[1] in _MEANING:
            found.append((label[1], number, [label[2] or ""], label.start(2) + 1 if label[2] else 1))
        elif line == "---":
            found.append(("", number, [""], 1))
        elif found:
            found[-1][2].append(line.rstrip())
    return tuple(Block(label=label, line=line, lines=lines, column=column) for label, line, lines, column in found)


def first(page: tuple[Block, ...]) -> Mapping[str, Block]:
    """Map each label to its first block: later ones may be part of a message."""
    return {block.label: block for block in reversed(page) if block.label}


def data_of(page: tuple[Block, ...]) -> dict[str, Json]:
    """Return what a page says, under the json form's keys; what an md never says is absent."""
    data: dict[str, Json] = {}
    by_label = first(page)
    for label, (keys, read) in _MEANING.items():
        if label in by_label:
            value = read(by_label[label].text)
            for key in reversed(keys):
                value = {key: value}
            _add(data, cast("dict[str, Json]", value))
    return data


def _add(data: dict[str, Json], more: dict[str, Json]) -> None:
    """Add what another label says; of a text that two tell, the first holds, and the entries of a list go on."""
    for key, value in more.items():
        known = data.setdefault(key, value)
        if isinstance(known, dict) and isinstance(value, dict) and known is not value:
            _add(known, value)
        elif key == "entries" and isinstance(known, list) and isinstance(value, list) and known is not value:
            known.extend(value)


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
    base: dict[str, Json] = {"branch": _span(text)}
    if found:
        base |= {"ahead": int(found[1]), "behind": int(found[2]), "merge_base": found[3]}
    return base | ({"merged": True} if text.endswith(_MERGED) else {})


def _duration(text: str) -> Json:
    active = _ACTIVE.search(text)
    metrics: dict[str, Json] = {"performance_metrics": {"last_active": active[1]}} if active else {}
    return {"duration_hours": _first_number(text), **metrics}


def _tokens(text: str) -> Json:
    sums: dict[str, Json] = {
        kind.replace(" ", "_"): int(count.replace(",", ""))
        for count, kind in _SUM.findall(text.partition("(in all: ")[2])
    }
    metrics: dict[str, Json] = {"performance_metrics": {"tokens": sums}} if sums else {}
    return {"context_usage": {"tokens_used": _first_number(text)}, **metrics}


def _change(text: str) -> Json:
    found = _CHANGE.match(text)
    change: dict[str, Json] = {"files_changed": _first_number(text)}
    if found:
        change |= {"insertions": int(found[1]), "deletions": int(found[2]), "since": found[3]}
    return change


def _reviewed(text: str) -> Json:
    """Read the files to review, and how much each has changed."""
    paths: list[Json] = []
    sizes: list[Json] = []
    for item in _bare_items(text):
        paths.append(_span(item))
        if found := _SIZE.search(item):
            sizes.append({"path": _span(item), "added": int(found[1]), "deleted": int(found[2])})
    files: dict[str, Json] = {"git_context": {"change": {"files": sizes}}} if sizes else {}
    return {"resume_instructions": {"files_to_review": paths}, **files}


def _modified(text: str) -> Json:
    """Read the files that were not committed, and how git called their states."""
    items = _bare_items(text)
    entries: list[Json] = [entry for item in items if (entry := _entry(item))]
    return {"modified_files": [_span(item) for item in items], **({"entries": entries} if entries else {})}


def _entry(item: str) -> dict[str, Json] | None:
    found = _STATE.search(item)
    if not found:
        return None
    xy, origin = [".", "."], ""
    for words in found[1].split("; "):
        word, _, before = words.removesuffix(", staged").partition(" from ")
        origin = _span(before) if before else origin
        xy[not words.endswith(", staged")] = _LETTERS.get(word, word)
    if xy == [".", "U"]:
        xy = ["U", "U"]
    original: dict[str, Json] = {"original_path": origin} if origin else {}
    return {"xy": "".join(xy), "path": _span(item), **original}


def _untracked(text: str) -> Json:
    names = _spans(text)
    return {"untracked_files": names, "entries": [{"xy": "??", "path": name} for name in names]}


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
    "Modified files": (("git_context", "status"), _modified),
    "Untracked files": (("git_context", "status"), _untracked),
    "Working Directory": (("active_context", "working_directory"), _span),
    "Important Reminders": (("important_reminders",), _items),
    "Quick Resume (5 minutes)": (("resume_instructions", "quick_start"), _items),
    "Files to Review": ((), _reviewed),
    **{label: ((key,), _items) for label, key in LISTS.items()},
    "Not Known": (("not_known",), _items),
    "Todos": (("todos",), _todos),
    "Tasks": (("task_list",), _tasks),
    "Duration": ((), _duration),
    "Model": (("performance_metrics", "models"), _models),
    "Tokens": ((), _tokens),
    "Base": (("git_context", "base"), _base),
    "In Progress": (("git_context", "operation_detail"), _line),
    "Change": (("git_context", "change"), _change),
    "Version": (("version",), _line),
    "Project": (("project_path",), _span),
}
