"""What a session's json says under which key: the one source of the check of its shape and of its JSON Schema.

Null is fine where claude-mpm itself writes it, or no reader minds. Keys that are not here are free.

Source: claude-mpm 4.11 to 6.5.83, ``session_pause_manager.py`` and ``session_resume_helper.py``; ``git_context.head``,
``base``, ``change``, ``operation``, ``status.entries`` and ``incomplete``, ``blockers``, ``decisions``, ``tried``, ``not_known`` and
``generator`` are ours.
"""

from __future__ import annotations

from collections.abc import Mapping

DATE = (
    r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
    r"|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
    r"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d)?)?"
)
"""ISO 8601 as Python writes and reads it, a day of the calendar; the zone may be missing, since 4.20 wrote none."""

ID = r"session-\d{8}-\d{6}"
SHA = r"[0-9a-f]{4,64}"

TEXT, NUMBER, FLAG, ARRAY, OBJECT = "a string", "a number", "a boolean", "an array", "an object"

_TYPES: Mapping[str, tuple[type, ...]] = {
    TEXT: (str,),
    NUMBER: (int, float),
    FLAG: (bool,),
    ARRAY: (list,),
    OBJECT: (dict,),
}


class Kind:
    """What a value may be."""

    __slots__ = (
        *("allowed", "items", "keys", "kinds", "least", "members", "nullable", "pattern", "plain", "required"),
        *("says", "whole", "words"),
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
        self.plain = not (self.members or required or items or pattern or words) and least is None
        self.allowed = frozenset(each for kind in kinds for each in _TYPES[kind]) | (
            {type(None)} if nullable else frozenset()
        )


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
_TODO = obj(content=text("what is to be done"), status=text(words=_STATUS), activeForm=text(nullable=True))
_TASK = obj(
    id=Kind(TEXT, NUMBER, says="how Claude Code calls the task"),
    title=text(nullable=True),
    description=text(nullable=True),
    priority=Kind(TEXT, NUMBER, nullable=True),
    created_at=text(nullable=True),
    file=text(nullable=True),
)

SESSION = obj(
    "A paused session of claude-mpm",
    required=("session_id", "paused_at", "conversation"),
    session_id=text("the id, as in the file's name: the UTC second of the pause", pattern=ID),
    paused_at=text("when, in ISO 8601", pattern=DATE),
    duration_hours=number("how long the session lasted", nullable=True),
    context_usage=obj(
        "how much of the context is used",
        nullable=True,
        tokens_used=count("tokens in the context"),
        tokens_total=count("tokens that the context holds"),
        percentage=number("tokens_used of tokens_total, in per cent"),
    ),
    conversation=obj(
        "what was being worked on",
        required=("summary",),
        primary_task=text("the goal", nullable=True),
        current_phase=text("how far it has come", nullable=True),
        summary=text("where the work stands", nullable=True),
        accomplishments=texts("what is done", nullable=True),
        next_steps=array(
            Kind(
                TEXT,
                OBJECT,
                members={
                    "task": text("what is to be done"),
                    "priority": Kind(TEXT, NUMBER, nullable=True),
                    "estimated_hours": Kind(TEXT, NUMBER, nullable=True),
                    "status": text(nullable=True),
                    "notes": text(nullable=True),
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
        head=text("the commit, in full", nullable=True, pattern=SHA),
        operation=text("the merge, rebase, … that was in progress"),
        operation_detail=text("the same in words"),
        base=obj(
            "the branch that this one came from",
            branch=text(),
            merge_base=text("the commit at which they parted", nullable=True, pattern=SHA),
            ahead=count("commits that the base lacks"),
            behind=count("commits that only the base has"),
            merged=flag("whether the base has all changes"),
        ),
        recent_commits=array(
            obj(
                sha=text(pattern=SHA),
                author=text(),
                timestamp=text("as git's %ai, or in ISO 8601"),
                message=text("the subject"),
            ),
            "the newest first",
        ),
        status=obj(
            "what was not committed",
            clean=flag("whether nothing was"),
            modified_files=texts("files that git tracked"),
            untracked_files=texts("files that git did not"),
            entries=array(
                obj(
                    xy=text("the two letters of git status --porcelain=v2", pattern=r"[.MTADRCU?!m]{2}"),
                    path=text(),
                    original_path=text("the name before a rename"),
                )
            ),
            incomplete=text("why not all could be seen"),
        ),
        change=obj(
            "how large the change is",
            since=text("the commit from which it counts", nullable=True, pattern=SHA),
            files_changed=count(),
            insertions=count("lines"),
            deletions=count("lines"),
            files=array(obj(path=text(), added=count("lines"), deleted=count("lines"))),
        ),
    ),
    active_context=obj(working_directory=text("below the repository's top")),
    important_reminders=texts("what must not be forgotten", nullable=True),
    resume_instructions=obj(
        "how to go on",
        quick_start=texts("steps"),
        files_to_review=texts("the most important first"),
        validation_commands=obj("commands that verify, by a name"),
    ),
    open_questions=texts(nullable=True),
    blockers=texts("what the work waits for"),
    decisions=texts("what was decided, and why"),
    tried=texts("what did not work"),
    not_known=texts("what the writer could not find out"),
    performance_metrics=obj(nullable=True),
    todos=obj(active=array(_TODO), completed=array(_TODO)),
    task_list=obj(pending_tasks=array(_TASK), in_progress_tasks=array(_TASK), completed_count=count()),
    version=text("the project's version", nullable=True),
    build=Kind(TEXT, NUMBER, nullable=True),
    project_path=text("empty, which every release takes in any clone", nullable=True),
    generator=text("the program that wrote the session"),
    incremental_pause=obj(
        "what the record of an auto-pause told",
        enabled=flag(),
        action_count=count(),
        duration_seconds=number(),
        context_range=array(number("from 0 to 1")),
        tool_calls=count(),
        actions_summary=array(obj(type=text(), timestamp=text())),
    ),
)

ACTION = obj(
    "A line of a record, as claude-mpm's PauseAction",
    required=("type", "timestamp", "session_id", "data", "context_percentage"),
    type=text("what happened"),
    timestamp=text("when, in ISO 8601"),
    session_id=text("the session to be"),
    data=obj(),
    context_percentage=Kind(NUMBER, says="from 0 to 1"),
)
