"""Sessions for tests: one that has everything, and strategies that make any."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from mpm_hooks import render
from mpm_hooks.render import pointer
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session, moment_of

MOMENT = datetime(2026, 1, 21, 10, 0, 0, tzinfo=UTC)
ID = "session-20260121-100000"
LATER = "session-20260122-100000"


def full(named: str = ID, /, **changes: Json) -> Session:
    """Make a session in which every field says something."""
    data: dict[str, Json] = {
        "session_id": named,
        "paused_at": (moment_of(named) or MOMENT).isoformat(),
        "duration_hours": 1.5,
        "context_usage": {"tokens_used": 1000, "tokens_total": 200000, "percentage": 0.5},
        "conversation": {
            "primary_task": "Write the parser",
            "current_phase": "Changes in progress",
            "summary": "The parser reads json.\nNext: yaml.",
            "accomplishments": ["json is read", "places are found"],
            "next_steps": ["Read yaml", {"task": "Read md", "priority": 2, "status": "pending"}],
        },
        "git_context": {
            "is_git_repo": True,
            "branch": "feature/parser",
            "head": "6898e68000000000000000000000000000000000",
            "recent_commits": [
                {
                    "sha": "6898e68",
                    "author": "Ann",
                    "timestamp": "2026-01-21 09:00:00 +0000",
                    "message": "Begin (again)",
                }
            ],
            "status": {
                "clean": False,
                "modified_files": ["parse.py", "a b.py"],
                "untracked_files": ["new`.py"],
                "entries": [
                    {"xy": ".M", "path": "parse.py"},
                    {"xy": "R.", "path": "a b.py", "original_path": "old.py"},
                    {"xy": "??", "path": "new`.py"},
                ],
            },
        },
        "active_context": {"working_directory": "src"},
        "important_reminders": ["Tell Bob"],
        "resume_instructions": {
            "quick_start": [f"Read {named}.md", "Run: cat .claude-mpm/sessions/LATEST-SESSION.txt"],
            "files_to_review": ["parse.py"],
            "validation_commands": {"check_git": "git status"},
        },
        "open_questions": ["Which YAML?"],
        "todos": {"active": [{"content": "yaml", "status": "pending", "activeForm": "Reading"}], "completed": []},
        "version": "1.2.3",
        "project_path": "",
        "unknown_key": {"kept": [1, None]},
    }
    return Session(id=named, data=data | changes)


def quiet(named: str = ID, /, **changes: Json) -> Session:
    """Make a session that claims nothing of git: it is right in any repository."""
    instructions: Json = {"quick_start": ["Run: cat .claude-mpm/sessions/LATEST-SESSION.txt"]}
    claims: dict[str, Json] = {"git_context": {"is_git_repo": True}, "resume_instructions": instructions}
    return full(named, **claims | changes)


def rich() -> Session:
    """Make a session that says everything that a pause can say."""
    git = full().data["git_context"]
    review: Json = {"quick_start": [f"Read {ID}.md"], "files_to_review": ["parse.py", "logo.png"]}
    return full(
        performance_metrics={
            "last_active": "2026-01-21T09:59:00+00:00",
            "models": ["claude-opus-4-1"],
            "tokens": {"input": 10, "output": 20000},
        },
        git_context={
            **(git if isinstance(git, dict) else {}),
            "operation": "merge",
            "operation_detail": "Merge on feature/parser: Merge branch 'main'",
            "base": {"branch": "main", "merge_base": "1234567", "ahead": 2, "behind": 1, "merged": False},
            "change": {
                "since": "1234567",
                "files_changed": 3,
                "insertions": 30,
                "deletions": 4,
                "files": [{"path": "parse.py", "added": 20, "deleted": 4}, {"path": "logo.png"}],
            },
        },
        resume_instructions=review,
        blockers=["The schema is not there"],
        decisions=["No aliases"],
        tried=["A regular expression"],
        not_known=["Whether the tests pass"],
        todos={
            "active": [{"content": "yaml", "status": "in_progress", "activeForm": "Reading"}],
            "completed": [{"content": "json", "status": "completed", "activeForm": "Reading"}],
        },
        task_list={
            "pending_tasks": [{"id": "2", "title": "Read md", "description": "All of it"}],
            "in_progress_tasks": [{"id": "1", "title": "Read yaml"}],
            "completed_count": 3,
        },
    )


def paused(session: Session) -> dict[str, bytes]:
    """Return the files that a pause leaves in its folder, by name."""
    return render.forms(session) | {POINTER: pointer.render(session.id).encode()}


def files(*sessions: Session) -> dict[str, bytes]:
    """Return the files of some sessions, with the pointer to the last."""
    return {f"{DIRECTORY}/{name}": content for session in sessions for name, content in paused(session).items()}


# What a json can hold and a text file can carry: no lone surrogates.
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
LINE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def any_session(draw: st.DrawFn) -> Session:
    """Make a session of the right shape that says anything."""
    base = full(ID, **draw(st.dictionaries(st.text("xyz_é", min_size=1, max_size=5), VALUES, max_size=3)))
    conversation: Json = {
        "primary_task": draw(TEXT),
        "current_phase": draw(TEXT),
        "summary": draw(TEXT),
        "accomplishments": list(draw(st.lists(TEXT, max_size=3))),
        "next_steps": list(draw(st.lists(TEXT, max_size=3))),
    }
    names: list[Json] = list(draw(st.lists(TEXT, max_size=3)))
    git: Json = {
        "is_git_repo": True,
        "branch": draw(TEXT),
        "recent_commits": [
            {
                "sha": draw(st.text("0123456789abcdef", min_size=7, max_size=7)),
                "author": draw(TEXT),
                "message": draw(TEXT),
            }
        ],
        "status": {"clean": not names, "modified_files": names, "untracked_files": names},
    }
    return Session(id=base.id, data={**base.data, "conversation": conversation, "git_context": git})
