"""What a session's json says under which key: the one source of the check of its shape and of its JSON Schema.

Null is fine where claude-mpm itself writes it, or no reader minds. Keys that are not here are free.

Source: claude-mpm 4.11 to 6.5.83, ``session_pause_manager.py`` and ``session_resume_helper.py``; ``git_context.head``,
``base``, ``change``, ``operation``, ``status.entries`` and ``incomplete``, ``blockers``, ``decisions``, ``tried``,
``not_known`` and ``generator`` are ours.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


DATE = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
    r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9](?::?[0-5][0-9])?)?"
)
"""ISO 8601 as Python writes and reads it, a day of the calendar; the zone may be missing, since 4.20 wrote none.

Patterns are of the kind that Python and ECMA 262 read alike: no ``\\d``, which is any script's digit to Python alone.
"""

ID = r"session-[0-9]{8}-[0-9]{6}"
SHA = r"[0-9a-f]{4,64}"
XY = "[.MTADRCU?!m]{2}"

TEXT, NUMBER, FLAG, ARRAY, OBJECT = "a string", "a number", "a boolean", "an array", "an object"

_TYPES: Mapping[str, frozenset[type]] = {
    TEXT: frozenset({str}),
    NUMBER: frozenset({int, float}),
    FLAG: frozenset({bool}),
    ARRAY: frozenset({list}),
    OBJECT: frozenset({dict}),
}
_NULL = frozenset({type(None)})


class Kind:
    """What a value may be."""

    __slots__ = (
        *("allowed", "items", "keys", "kinds", "least", "members", "nullable", "pattern", "required"),
        *("says", "settled", "whole", "words"),
    )

    def __init__(  # noqa: PLR0913 - each restricts in another way, by its name
        self,
        *kinds: str,
        says: str = "",
        nullable: bool = False,
        members: Mapping[str, Kind] | None = None,
        required: tuple[str, ...] = (),
        items: Kind | None = None,
        least: int | None = None,
        whole: bool = False,
        pattern: str = "",
        words: tuple[str, ...] = (),
    ) -> None:
        """Say which JSON types are right, and what else is asked of a value of that type.

        Args:
            kinds: The JSON types, by their names.
            says: What the value says, for people.
            nullable: Whether null is fine, too.
            members: What stands under the keys of an object; other keys are free.
            required: Keys that an object has to have.
            items: What stands in an array.
            least: The least number.
            whole: Whether a number counts something.
            pattern: What a string has to be, wholly.
            words: The strings that there are.
        """
        self.kinds = kinds
        self.says = says
        self.nullable = nullable
        self.members = members or {}
        self.required = required
        self.items = items
        self.least = least
        self.whole = whole
        self.pattern = pattern
        self.words = words
        allowed = _TYPES[kinds[0]].union(*[_TYPES[kind] for kind in kinds[1:]]) if len(kinds) > 1 else _TYPES[kinds[0]]
        self.allowed = allowed | _NULL if nullable else allowed
        is_plain = not (members or required or items or pattern or words) and least is None
        self.settled = self.allowed if is_plain else self.allowed & _NULL  # of these, every value is right


def text(says: str = "", *, nullable: bool = False, pattern: str = "", words: tuple[str, ...] = ()) -> Kind:
    """Make a kind of string."""
    return Kind(TEXT, says=says, nullable=nullable, pattern=pattern, words=words)


def count(says: str = "", *, nullable: bool = False) -> Kind:
    """Make a kind of number that counts something."""
    return Kind(NUMBER, says=says, nullable=nullable, least=0, whole=True)


def number(says: str = "", *, nullable: bool = False) -> Kind:
    """Make a kind of number that measures something."""
    return Kind(NUMBER, says=says, nullable=nullable, least=0)


def flag(says: str = "") -> Kind:
    """Make a kind of boolean."""
    return Kind(FLAG, says=says)


def array(items: Kind | None = None, says: str = "", *, nullable: bool = False) -> Kind:
    """Make a kind of array."""
    return Kind(ARRAY, says=says, items=items, nullable=nullable)


def texts(says: str = "", *, nullable: bool = False) -> Kind:
    """Make a kind of array of strings."""
    return array(text(), says, nullable=nullable)


def obj(says: str = "", *, nullable: bool = False, required: tuple[str, ...] = (), **members: Kind) -> Kind:
    """Make a kind of object."""
    return Kind(OBJECT, says=says, nullable=nullable, members=members, required=required)


_STATUS = ("pending", "in_progress", "completed")
_TODO = obj(
    "a todo of Claude Code's",
    content=text("what is to be done"),
    status=text("how far it is: readers show none of any other state", words=_STATUS),
    activeForm=text("the same as something that is being done: Writing the test", nullable=True),
)
_TASK = obj(
    "a task of Claude Code's",
    id=Kind(TEXT, NUMBER, says="how Claude Code calls the task"),
    title=text("what is to be done, in a few words", nullable=True),
    description=text("what is to be done, in full", nullable=True),
    priority=Kind(TEXT, NUMBER, says="how urgent it is: a word or a number", nullable=True),
    created_at=text("when the task was made, in ISO 8601", nullable=True),
    file=text("the file in which Claude Code keeps the task", nullable=True),
)

SESSION = obj(
    "A paused session of claude-mpm",
    required=("session_id", "paused_at", "conversation"),
    session_id=text(
        "the name of the session's files, the UTC second of the pause: session-20260121-100000", pattern=ID
    ),
    paused_at=text("when, in ISO 8601: 2026-01-21T10:00:00+00:00", pattern=DATE),
    duration_hours=number("how many hours the session lasted", nullable=True),
    context_usage=obj(
        "how much of the model's context is used",
        nullable=True,
        tokens_used=count("tokens in the context"),
        tokens_total=count("tokens that the context can hold"),
        percentage=number("tokens_used of tokens_total, in per cent"),
    ),
    conversation=obj(
        "what was being worked on; a resume begins with this",
        required=("summary",),
        primary_task=text("the goal", nullable=True),
        current_phase=text("how far the work has come", nullable=True),
        summary=text("where the work stands; a list of sessions shows its beginning", nullable=True),
        accomplishments=texts("what is done", nullable=True),
        next_steps=array(
            Kind(
                TEXT,
                OBJECT,
                says="a step: its text, or an object that tells more of it",
                members={
                    "task": text("what is to be done"),
                    "priority": Kind(TEXT, NUMBER, says="how urgent it is: a word or a number", nullable=True),
                    "estimated_hours": Kind(TEXT, NUMBER, says="how many hours it may take", nullable=True),
                    "status": text("how far it is", nullable=True),
                    "notes": text("what else there is to know", nullable=True),
                },
            ),
            "what comes next, the first thing first",
            nullable=True,
        ),
    ),
    git_context=obj(
        "where the repository stood",
        is_git_repo=flag("whether there was a repository"),
        branch=text("the branch; empty where HEAD was detached", nullable=True),
        head=text("the commit that was checked out, in full", nullable=True, pattern=SHA),
        operation=text("what git was in the middle of: merge, rebase, cherry-pick, …"),
        operation_detail=text("the same in words"),
        base=obj(
            "the branch that this one came from",
            branch=text("its name"),
            merge_base=text("the commit at which they parted", nullable=True, pattern=SHA),
            ahead=count("commits that the base lacks"),
            behind=count("commits that only the base has"),
            merged=flag("whether the base has all changes of this branch"),
        ),
        recent_commits=array(
            obj(
                "a commit",
                sha=text("its name, whole or the beginning of it", pattern=SHA),
                author=text("who wrote it"),
                timestamp=text("when, as git's %ai prints it, or in ISO 8601"),
                message=text("the first line of its message"),
            ),
            "the last commits, the newest first",
        ),
        status=obj(
            "what was not committed",
            clean=flag("whether everything was committed"),
            modified_files=texts("files that git tracks, with changes"),
            untracked_files=texts("files that git does not track"),
            entries=array(
                obj(
                    "a file with changes",
                    xy=text(
                        "the two letters of git status --porcelain=v2: in the index, in the work tree",
                        pattern=XY,
                    ),
                    path=text("the file, from the repository's top"),
                    original_path=text("its name before a rename"),
                ),
                "the same files, each with its state",
            ),
            incomplete=text("why not all could be seen"),
        ),
        change=obj(
            "how much has changed, committed or not",
            since=text("the commit from which it counts", nullable=True, pattern=SHA),
            files_changed=count("files"),
            insertions=count("lines that came"),
            deletions=count("lines that went"),
            files=array(
                obj(
                    "a file that has changed",
                    path=text("the file, from the repository's top"),
                    added=count("lines that came; a binary file has none"),
                    deleted=count("lines that went; a binary file has none"),
                ),
                "the files, the one that changed most first",
            ),
        ),
    ),
    active_context=obj(
        "where the work was done",
        working_directory=text("the directory; an absolute path is of one machine alone"),
    ),
    important_reminders=texts("what must not be forgotten", nullable=True),
    resume_instructions=obj(
        "how to go on",
        quick_start=texts("the first steps"),
        files_to_review=texts("what to read, the most important first"),
        validation_commands=obj("commands that verify the work, each under a name"),
    ),
    open_questions=texts("what somebody has to answer", nullable=True),
    blockers=texts("what the work waits for"),
    decisions=texts("what was decided, and why"),
    tried=texts("what did not work"),
    not_known=texts("what the writer could not find out"),
    performance_metrics=obj("whatever was measured", nullable=True),
    todos=obj(
        "the todo list of Claude Code",
        active=array(_TODO, "what is not done"),
        completed=array(_TODO, "what is done"),
    ),
    task_list=obj(
        "the tasks of Claude Code",
        pending_tasks=array(_TASK, "what is not begun"),
        in_progress_tasks=array(_TASK, "what is begun"),
        completed_count=count("how many are done"),
    ),
    version=text("the project's version", nullable=True),
    build=Kind(TEXT, NUMBER, says="the project's build; claude-mpm writes current", nullable=True),
    project_path=text(
        "where the project was; empty is taken in any clone, a path only where it is the same", nullable=True
    ),
    generator=text("the program that wrote the session"),
    incremental_pause=obj(
        "what the record of an auto-pause told",
        enabled=flag("whether there was a record"),
        action_count=count("actions that were recorded"),
        duration_seconds=number("seconds from the first action to the last"),
        context_range=array(
            number("a share of the context: 1 is all of it"), "how much was used, at first and at last"
        ),
        tool_calls=count("actions that called a tool"),
        actions_summary=array(
            obj("an action", type=text("what happened"), timestamp=text("when, in ISO 8601")),
            "the last actions",
        ),
    ),
)

ACTION = obj(
    "A line of the record of an auto-pause",
    required=("type", "timestamp", "session_id", "data", "context_percentage"),
    type=text(
        "what happened: pause_started, tool_call, assistant_response, user_message, system_event, pause_finalized"
    ),
    timestamp=text("when, in ISO 8601"),
    session_id=text("the session that is to come of the record"),
    data=obj("what belongs to an action of this type"),
    context_percentage=Kind(NUMBER, says="how much of the context is used: 1 is all of it"),
)
