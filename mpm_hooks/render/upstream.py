"""The yaml and md that claude-mpm itself writes for a session: to tell its genuine files from edited ones."""

from __future__ import annotations

from mpm_hooks.page import TITLE
from mpm_hooks.render import block
from mpm_hooks.render.md_form import steps
from mpm_hooks.session import Json, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN_FILES = 10


def as_yaml(session: Session) -> str:
    """Write the yaml form as 4.20.6 to 6.5.34 do."""
    if (text := block.upstream(session.data)) is not None:
        return text
    import yaml  # noqa: PLC0415 - few sessions need it, and it takes as long to import as to check them

    return yaml.dump(dict(session.data), default_flow_style=False, allow_unicode=True, sort_keys=False)


def as_markdown(session: Session) -> str:
    """Write the md form as 4.21.0 to 6.5.83 do, texts bare and lists cut as they are there."""
    return "\n".join(_lines(session)) + "\n"


def _lines(session: Session) -> Iterator[str]:
    yield from (f"# {TITLE}", "", "## Session Metadata", "")
    yield f"**Session ID**: `{session.find('session_id')}`"
    yield f"**Paused At**: {session.find('paused_at')}"
    yield f"**Project**: `{session.find('project_path')}`"
    yield f"**Version**: {session.find('version')}"
    yield from ("", "## What You Were Working On", "")
    yield f"**Primary Task**: {session.find('conversation', 'primary_task')}"
    yield f"**Current Phase**: {session.find('conversation', 'current_phase')}"
    yield from ("", "**Summary**:", str(session.find("conversation", "summary")), "")
    yield from _section("Accomplishments This Session", _items(session.find("conversation", "accomplishments")))
    yield from _section("Next Steps (Priority Order)", list(steps(session, str)))
    directory = session.find("active_context", "working_directory")
    yield from _section("Active Context", [f"**Working Directory**: `{directory}`"])
    yield from ("## Git Context", "")
    yield from _git_context(session)
    yield from _section("Important Reminders", _items(session.find("important_reminders")))
    yield from ("## Resume Instructions", "", "### Quick Resume (5 minutes)", "")
    yield from (f"1. {line}" for line in session.texts("resume_instructions", "quick_start"))
    yield ""
    commands = session.find("resume_instructions", "validation_commands")
    if isinstance(commands, dict) and commands:
        yield from ("### Validation Commands", "", "```bash", *map(str, commands.values()), "```", "")
    yield from ("---", "")
    yield "Resume with: `/mpm-init resume` or `cat .claude-mpm/sessions/LATEST-SESSION.txt`"


def _git_context(session: Session) -> Iterator[str]:
    if not session.find("git_context", "is_git_repo"):
        yield from ("*Not a git repository*", "")
        return
    yield f"**Branch**: `{session.find('git_context', 'branch')}`"
    yield f"**Status**: {'Clean' if session.find('git_context', 'status', 'clean') else 'Modified'}"
    yield ""
    modified = session.texts("git_context", "status", "modified_files")[:_SHOWN_FILES]
    if modified:
        yield from ("**Modified files**:", *(f"- `{file}`" for file in modified), "")
    commits = session.objects("git_context", "recent_commits")
    if commits:
        yield "**Recent commits**:"
        yield from (f"- `{commit.get('sha')}` - {commit.get('message')} ({commit.get('author')})" for commit in commits)
        yield ""


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from (f"## {title}", "", *lines, "")


def _items(value: Json) -> list[str]:
    return [f"- {item}" for item in value] if isinstance(value, list) else []
