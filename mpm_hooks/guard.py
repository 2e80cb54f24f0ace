"""Where a pause could lose work, or end up where nobody wants it: refuse, before anything is written."""

from __future__ import annotations

from pathlib import Path

from mpm_hooks import session, tracking, work
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.rules import standing

WITHOUT = "mpm-hooks pause --no-commit writes the session without a commit"

# Names such as a pause writes, to ask for the rules that would hide them.
_NAMES = (*(f"session-20000101-000000.{form}" for form in session.FORMS), session.POINTER)
PROBES = [f"{session.DIRECTORY}/{name}" for name in _NAMES]
"""Files such as a pause writes."""


def refuse_links(root: Path) -> None:
    """Refuse a link on the way: the session would be written wherever it leads."""
    if link := tracking.linked(str(root), f"{session.DIRECTORY}/{session.POINTER}"):
        message = f"{link} is a symbolic link: the session would be written elsewhere; nothing was written: "
        raise UnableError(message + "put a directory in its place, or pause where it leads")


def refuse_overwriting(path: Path) -> None:
    """Refuse to export to a file that is there."""
    if path.exists() and not path.is_dir():
        message = f"--export {path}: the file exists, and is not overwritten; nothing was written"
        raise MisuseError(message)


def refuse_patched(found: Repo, set_aside: str) -> None:
    """Refuse to write what a runner keeps aside: it could not put the user's work back, none of it."""
    mine = [path for path in work.patched(found, set_aside) if path.startswith(f"{session.DIRECTORY}/")]
    if mine:
        message = f"{mine[0]} has unstaged changes, which the hook runner keeps aside and could not put back: "
        raise UnableError(message + f"git add {mine[0]} first, or run mpm-hooks pause; nothing was written")


def refuse_commit(obstacle: str | None) -> None:
    """Refuse where something stands in the way of a commit."""
    if obstacle:
        message = f"{obstacle}; nothing was written ({WITHOUT})"
        raise UnableError(message)


def refuse_ignored(found: Repo) -> None:
    """Refuse where an ignore rule hides sessions: a commit could not hold them."""
    if rules := tracking.ignore_rules(found, PROBES):
        rule = rules[min(rules)]
        way_out = standing.undoing(rule, tracking.gitignore_lines(found))
        message = f"sessions are ignored by {rule}; nothing was written: {way_out}, or pause with --no-commit"
        raise UnableError(message)
