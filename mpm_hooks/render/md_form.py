"""Session -> md form: the page that a colleague reads, under the headings that upstream uses."""

from __future__ import annotations

from mpm_hooks.lean import compiled, remembered
from mpm_hooks.page import DETAILS, IN_PROGRESS, LISTS, STATES, TITLE
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_TAG = r"(\\*)<"
_TICKS = r"`+"


def render(session: Session) -> str:
    """Write the md form; a section with nothing to say is left out."""
    return "\n\n".join(["\n".join(lines) for lines in _parts(session) if lines]) + "\n"


@remembered(4096)  # sessions of one project say much the same
def span(text: str) -> str:
    """Write a code span that no text can break out of; control characters are spelt out."""
    text = one_line(text)
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max((len(ticks) for ticks in compiled(_TICKS).findall(text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def one_line(text: str) -> str:
    """Spell out, with a backslash, what would break or hide a line."""
    return text if text.isprintable() else compiled(_CONTROL).sub(lambda found: repr(found[0])[1:-1], text)


def prose(text: str) -> str:
    r"""Take the force out of HTML, which could hide the rest of the page: ``<`` becomes ``\<``."""
    text = one_line(text)
    return compiled(_TAG).sub(lambda found: f"{found[1] * 2}\\<", text) if "<" in text else text


@remembered(4096)  # …
def folded(text: str) -> str:
    """Fold white space, line ends included, into single blanks."""
    return prose(" ".join(text.split()))


def steps(session: Session, say: Callable[[str], str]) -> Iterator[str]:
    """Write next steps as upstream does, each text as ``say`` has it; one is a text, or an object with a task."""
    listed = session.find("conversation", "next_steps")
    for number, step in enumerate(listed if isinstance(listed, list) else [], 1):
        if not isinstance(step, dict):
            yield f"{number}. {say(str(step))}"
            continue
        task, priority = str(step.get("task", "Unknown task")), str(step.get("priority", "?"))
        yield f"{number}. **{say(task)}** (Priority: {say(priority)})"
        for key, label in DETAILS:
            if step.get(key):
                yield f"   - {label}: {say(str(step[key]))}"


def _parts(session: Session) -> Iterator[list[str]]:
    yield [f"# {TITLE}"]
    yield ["## Session Metadata"]
    yield [
        f"- **Session ID**: {span(session.id)}",
        *_labelled("Paused At", session.text("paused_at")),
        *_labelled("Version", session.text("version")),
        *_agent(session),
    ]
    yield ["## What You Were Working On"]
    yield [
        *_labelled("Primary Task", session.text("conversation", "primary_task")),
        *_labelled("Current Phase", session.text("conversation", "current_phase")),
    ]
    yield ["**Summary**:", *_quoted(session.text("conversation", "summary"))]
    yield from _section("Accomplishments This Session", _items(session.texts("conversation", "accomplishments")))
    yield from _section("Next Steps (Priority Order)", list(steps(session, folded)))
    yield from _section("Todos", list(_todos(session)))
    yield from _section("Tasks", list(_tasks(session)))
    for label, key in LISTS.items():
        yield from _section(label, _items(session.texts(key)))
    if directory := session.text("active_context", "working_directory"):
        yield from _section("Active Context", [f"- **Working Directory**: {span(directory)}"])
    yield from _git_context(session)
    yield from _section("Important Reminders", _items(session.texts("important_reminders")))
    yield from _section("Files to Review", list(_to_review(session)))
    yield from _resume(session)
    yield from _section("Not Known", _items(session.texts("not_known")))
    yield ["---"]
    yield [f"Resume with: `/mpm-resume` or `cat {DIRECTORY}/{POINTER}`"]


def _agent(session: Session) -> Iterator[str]:
    """Say what the session cost, where it is known; the words are for people, the figures for the other forms."""
    hours, used = session.find("duration_hours"), session.find("context_usage", "tokens_used")
    active = session.text("performance_metrics", "last_active")
    if isinstance(hours, int | float):
        until = f", last active {one_line(active).rstrip()}" if active else ""
        yield f"- **Duration**: {hours:g} hours{until}"
    if models := session.texts("performance_metrics", "models"):
        yield f"- **Model**: {', '.join(map(span, models))}"
    if isinstance(used, int | float):
        sums = session.find("performance_metrics", "tokens")
        kinds = sums.items() if isinstance(sums, dict) else ()
        counts = ", ".join(
            f"{count:,} {one_line(kind.replace('_', ' '))}" for kind, count in kinds if isinstance(count, int)
        )
        yield f"- **Tokens**: {used:,} in the context{f' (in all: {counts})' if counts else ''}"


def _todos(session: Session) -> Iterator[str]:
    for key in ("active", "completed"):
        for todo in session.objects("todos", key):
            content, status = folded(str(todo.get("content", ""))), todo.get("status")
            mark = "x" if status == "completed" else " "
            yield f"- [{mark}] {content}{IN_PROGRESS if status == 'in_progress' else ''}"


def _tasks(session: Session) -> Iterator[str]:
    for key, ending in (("in_progress_tasks", IN_PROGRESS), ("pending_tasks", "")):
        for task in session.objects("task_list", key):
            yield f"- [ ] #{folded(str(task.get('id', '?')))} {folded(str(task.get('title', '')))}{ending}"
    if completed := session.find("task_list", "completed_count"):
        yield f"- [x] {completed} completed"


def _base(session: Session) -> Iterator[str]:
    """Say how far the branch is from the one that it came from."""
    base = session.find("git_context", "base")
    if not isinstance(base, dict):
        return
    parted = base.get("merge_base")
    since = f", parted at {span(str(parted))}" if parted else ", with no commit in common"
    merged = "; it has all of these changes already" if base.get("merged") else ""
    distance = f"{base.get('ahead')} ahead, {base.get('behind')} behind"
    yield f"- **Base**: {span(str(base.get('branch')))}: {distance}{since}{merged}"


def _change(session: Session) -> Iterator[str]:
    change = session.find("git_context", "change")
    if isinstance(change, dict):
        since = f" since {span(str(change['since']))}" if change.get("since") else ""
        lines, files = f"+{change.get('insertions')} -{change.get('deletions')} lines", change.get("files_changed")
        yield f"- **Change**: {files} file{'s' * (files != 1)}, {lines}{since}"


def _to_review(session: Session) -> Iterator[str]:
    sizes = {str(each.get("path")): each for each in session.objects("git_context", "change", "files")}
    for path in session.texts("resume_instructions", "files_to_review"):
        size = sizes.get(path)
        lines = f" (+{size['added']} -{size.get('deleted')})" if size and "added" in size else ""
        yield f"- {span(path)}{lines}"


def _git_context(session: Session) -> Iterator[list[str]]:
    yield ["## Git Context"]
    if not session.find("git_context", "is_git_repo"):
        yield ["*Not a git repository*"]
        return
    branch, head = session.text("git_context", "branch"), session.text("git_context", "head")
    clean = session.find("git_context", "status", "clean")
    yield [
        f"- **Branch**: {span(branch) if branch else 'detached'}",
        *([f"- **Head**: {span(head)}"] if head else ["- **Head**: no commit yet"]),
        *_base(session),
        *_labelled("In Progress", session.text("git_context", "operation_detail")),
        f"- **Status**: {'Clean' if clean else 'Modified'}",
        *_change(session),
    ]
    states = {str(entry.get("path")): entry for entry in session.objects("git_context", "status", "entries")}
    modified = session.texts("git_context", "status", "modified_files")
    yield from _list("Modified files", [f"- {span(file)}{_state(states.get(file, {}))}" for file in modified])
    yield from _list("Untracked files", _spans(session.texts("git_context", "status", "untracked_files")))
    yield from _list("Recent commits", [_commit(commit) for commit in session.objects("git_context", "recent_commits")])


def _resume(session: Session) -> Iterator[list[str]]:
    yield ["## Resume Instructions"]
    quick_start = session.texts("resume_instructions", "quick_start")
    yield from _section(
        "Quick Resume (5 minutes)", [f"{number}. {folded(line)}" for number, line in enumerate(quick_start, 1)], "###"
    )
    commands = session.find("resume_instructions", "validation_commands")
    if isinstance(commands, dict) and commands:
        lines = [one_line(str(command)) for command in commands.values()]
        yield from _section("Validation Commands", ["```bash", *lines, "```"], "###")


def _labelled(label: str, text: str) -> list[str]:
    return [f"- **{label}**: {folded(text)}"] if text.strip() else []


def _section(title: str, lines: list[str], level: str = "##") -> list[list[str]]:
    return [[f"{level} {title}"], [line.rstrip() for line in lines]] if lines else []


def _list(label: str, lines: list[str]) -> list[list[str]]:
    return [[f"**{label}**:", *lines]] if lines else []


def _quoted(text: str) -> list[str]:
    """Quote a text: nothing in it can then pass for a heading or a label of the page."""
    return [f"> {prose(line)}".rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n")]


def _items(texts: Iterable[str]) -> list[str]:
    return [f"- {folded(text)}" for text in texts]


def _spans(texts: Iterable[str]) -> list[str]:
    return [f"- {span(text)}" for text in texts]


def _state(entry: dict[str, Json]) -> str:
    """Say in words what the two letters of git's status say: first the index, then the work tree."""
    index, work_tree = (*str(entry.get("xy", "..")), ".", ".")[:2]
    origin = f" from {span(str(entry['original_path']))}" if "original_path" in entry else ""
    words = [f"{STATES.get(index, index)}{origin}, staged"] if index not in ".?U" else []
    words += [f"{STATES.get(work_tree, work_tree)}{'' if words else origin}"] if work_tree != "." else []
    return f" ({'; '.join(words)})" if words else ""


def _commit(commit: dict[str, Json]) -> str:
    return (
        f"- {span(str(commit.get('sha')))} - {folded(str(commit.get('message')))} ({folded(str(commit.get('author')))})"
    )
