"""MPM9xx: known faults of claude-mpm's own writer. Its files are genuine all the same, so these are warnings."""

from __future__ import annotations

from mpm_hooks.finding import WARNING, Finding
from mpm_hooks.lean import compiled
from mpm_hooks.parse.document import Document, Key, Place, spell
from mpm_hooks.rules import rule
from mpm_hooks.session import DIRECTORY, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLACEHOLDERS = {
    "primary_task": ("Manual pause - see message below",),
    "summary": ("No summary provided", "Session paused - context not provided"),
}
"""What claude-mpm writes under which key of the conversation when nobody told it anything."""
_MOST = 100
_NUMERIC = frozenset("0123456789+-.")
_DIGITS = {"0o": "01234567", "0x": "0123456789abcdefABCDEF"}


@rule("MPM901", WARNING, fixable=True)
def leftover_checksum(path: str) -> Iterator[Finding]:
    """A checksum was left behind.

    Every pause of claude-mpm leaves one that nothing ever reads, and commits it.

    Example:
        .session-20260121-100000_ab12cd34.tmp.sha256

    Way out:
        Delete it; `mpm-hooks fix` does.
    """
    message = "is a leftover of claude-mpm's writer that nothing reads"
    yield Finding(path=path, code="MPM901", message=message, way_out="delete it: mpm-hooks fix")


@rule("MPM902", WARNING, fixable=True)
def path_of_one_machine(document: Document, session: Session) -> Iterator[Finding]:
    """`project_path` names a directory of one machine.

    claude-mpm from 6.2.53 on resumes the session nowhere else, not even where the project was moved on the same
    machine.

    Example:
        "project_path": "/srv/work/project"

    Way out:
        Write `"project_path": ""`, which every release takes in any clone; `mpm-hooks fix` does.
    """
    if is_absolute(session.text("project_path")):
        message = "project_path names a directory of one machine: releases from 6.2.53 on resume it nowhere else"
        way_out = 'write "project_path": "", which every release takes in any clone: mpm-hooks fix'
        yield document.fault(("project_path",), "MPM902", message, way_out)


@rule("MPM903", WARNING, fixable=True)
def text_like_a_number(path: str, place: Place, written: str, field: str) -> Iterator[Finding]:
    """A text stands bare in the YAML that YAML 1.2 takes for a number.

    PyYAML leaves the SHA `6898e68` without quotes, since to YAML 1.1 it is a text; to readers of YAML 1.2 it is 6898
    with 68 zeros.

    Example:
        sha: 6898e68

    Way out:
        Quote it: `sha: '6898e68'`; `mpm-hooks fix` does.
    """
    line, column = place
    message, way_out = f"readers of YAML 1.2 take {written} for a number", f"quote it: '{written}'"
    yield Finding(path=path, line=line, column=column, code="MPM903", message=message, way_out=way_out, field=field)


@rule("MPM904", WARNING)
def placeholder(document: Document, session: Session) -> Iterator[Finding]:
    """A placeholder of claude-mpm stands where the work should be told: a hand-over that says nothing.

    `claude-mpm session pause` writes it for everything that nobody told it.

    Example:
        "primary_task": "Manual pause - see message below"
        "summary": "No summary provided"

    Way out:
        Say what was being worked on: `mpm-hooks pause "…"`, or correct the session.
    """
    for key, texts in PLACEHOLDERS.items():
        if session.text("conversation", key) in texts:
            message = f"{key} says nothing: it is claude-mpm's placeholder"
            yield document.fault(("conversation", key), "MPM904", message, "say it: pause with a message")


@rule("MPM905", WARNING)
def no_zone(document: Document, session: Session) -> Iterator[Finding]:
    """`paused_at` has no time zone.

    claude-mpm 4.20 wrote its local time, and every reader takes it for UTC.

    Example:
        "paused_at": "2025-11-04T12:00:00"

    Way out:
        Add the zone, as in `2025-11-04T12:00:00+01:00`.
    """
    date = session.text("paused_at")
    if date.endswith(("+00:00", "Z")):
        return
    from datetime import datetime  # noqa: PLC0415 - few dates need it

    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return
    if moment.tzinfo is None:
        message = "paused_at has no time zone: readers take it for UTC"
        yield document.fault(("paused_at",), "MPM905", message, "add +00:00, or its zone")


@rule("MPM906", WARNING, fixable=True)
def two_names_in_one(document: Document, session: Session) -> Iterator[Finding]:
    """A renamed file stands there as two names in one.

    There is no file of that name.

    Example:
        "modified_files": ["login.py -> form.py"]

    Way out:
        Keep the name after the arrow; `mpm-hooks fix` does.
    """
    for keys, name in _files(session):
        if " -> " in name:
            message = f"{name!r} is two names in one: the file was renamed"
            yield document.fault(keys, "MPM906", message, "keep the name after the arrow: mpm-hooks fix")


@rule("MPM907", WARNING, fixable=True)
def quoted_name(document: Document, session: Session) -> Iterator[Finding]:
    r"""A file stands there in git's quoted spelling.

    git quotes names with letters beyond ASCII where nobody tells it not to; of the first name, claude-mpm loses the
    quote.

    Example:
        "modified_files": ["\"caf\\303\\251.txt\""]

    Way out:
        Write the name itself, `café.txt`; `mpm-hooks fix` does.
    """
    for keys, name in _files(session):
        is_quoted = '"' in (name[:1], name[-1:]) or ("\\" in name and compiled(r"\\[0-7]{3}").search(name))
        if is_quoted and " -> " not in name:
            message = f"{name!r} is no file name but git's quoted spelling of one"
            yield document.fault(keys, "MPM907", message, "write the name itself: mpm-hooks fix")


@rule("MPM908", WARNING)
def git_failed(document: Document, session: Session) -> Iterator[Finding]:
    """The branch is called "unknown": git failed while the session was paused.

    claude-mpm then writes a clean status without any file, whatever there was: before the first commit, and wherever
    git refuses a repository that somebody else owns, as in containers.

    Example:
        "branch": "unknown", "status": {"clean": true}

    Way out:
        Write the branch's name, if you know it; believe the status nothing.
    """
    if session.text("git_context", "branch") == "unknown":
        message = "the branch is called unknown: git failed when the session was paused, and its status is not known"
        yield document.fault(("git_context", "branch"), "MPM908", message, "write the branch's name, if you know it")


@rule("MPM909", WARNING)
def more_than_all(document: Document, session: Session) -> Iterator[Finding]:
    """More than 100 % of the context is said to be used.

    claude-mpm takes every context for one of 200,000 tokens.

    Example:
        "percentage": 113.5

    Way out:
        Leave it; readers do not mind.
    """
    percentage = session.find("context_usage", "percentage")
    if isinstance(percentage, int | float) and percentage > _MOST:
        message = f"{percentage} % of the context cannot have been used"
        way_out = "leave it; claude-mpm guesses the size of the context"
        yield document.fault(("context_usage", "percentage"), "MPM909", message, way_out)


@rule("MPM910", WARNING, fixable=True)
def unreadable_yaml(document: Document, keys: tuple[Key, ...]) -> Iterator[Finding]:
    """The YAML does not read back as what was written.

    PyYAML does not quote the line separator U+0085 where it should: readers get a blank in its place. The file is
    genuine all the same.

    Example:
        summary: 'one<U+0085>  two'

    Way out:
        Read the json instead; `mpm-hooks fix` writes the yaml anew.
    """
    message = "readers get another text than was written: claude-mpm did not quote a line separator (U+0085)"
    yield document.fault(keys, "MPM910", message, "read the json form instead, or write the yaml anew: mpm-hooks fix")


@rule("MPM912", WARNING)
def own_files(document: Document, session: Session) -> Iterator[Finding]:
    """The session counts its own files as work.

    claude-mpm writes into the project before it looks at it: a clean work tree is recorded as modified.

    Example:
        "clean": false, "untracked_files": [".claude-mpm/"]

    Way out:
        Take the entry out, and write `"clean": true` if no other is left.
    """
    for keys, name in _files(session):
        if name.rstrip("/") in (".claude-mpm", DIRECTORY) or (
            name.startswith(f"{DIRECTORY}/") and keys[2] == "untracked_files"
        ):
            message = f"{name!r} is the session's own: it is no work that was left"
            yield document.fault(keys, "MPM912", message, "take it out; the status is clean if no other is left")


@rule("MPM913", WARNING)
def nameless_branch(document: Document, session: Session) -> Iterator[Finding]:
    """The branch has no name: HEAD was detached.

    claude-mpm writes an empty name, and nothing of the commit that was checked out, so that nobody finds back to it.

    Example:
        "branch": ""

    Way out:
        Write the branch on which the work goes on, if you know it.
    """
    git = session.data.get("git_context")
    if isinstance(git, dict) and git.get("branch") == "":
        message = "the branch has no name: HEAD was detached, and the commit is not told"
        way_out = "write the branch on which the work goes on, if you know it"
        yield document.fault(("git_context", "branch"), "MPM913", message, way_out)


@rule("MPM914", WARNING)
def shifted_fields(document: Document, session: Session) -> Iterator[Finding]:
    """A commit's fields are shifted.

    claude-mpm joins them by `|` and takes them apart again, which goes wrong where the author's name has one: what
    stands under `timestamp` is half a name.

    Example:
        {"sha": "6898e68", "author": "Ann ", "timestamp": " Bob", "message": "2026-01-21 …|Add login"}

    Way out:
        Correct the commit by `git log`.
    """
    for index, commit in enumerate(session.objects("git_context", "recent_commits")):
        moment = commit.get("timestamp")
        if isinstance(moment, str) and not _begins_with_a_date(moment):
            message = f"timestamp is {moment[:40]!r}, no time: the author's name has a | in it"
            keys = ("git_context", "recent_commits", index, "timestamp")
            yield document.fault(keys, "MPM914", message, "correct the commit by git log")


@rule("MPM916", WARNING, fixable=True)
def command_of_one_machine(document: Document, session: Session) -> Iterator[Finding]:
    """A directory of one machine stands in what is to be run, or where the work was.

    claude-mpm from 6.2.49 on writes absolute paths into its commands, and does not quote them: they work nowhere
    else, and not here if there is a blank in one.

    Example:
        "check_session": "cat /srv/work/project/.claude-mpm/sessions/session-20260121-100000.md"

    Way out:
        Write the path from the repository's top; `mpm-hooks fix` does.
    """
    found = list(_of_one_machine(session))
    if found:
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"{spell(found[0])}{others} names a directory of one machine"
        way_out = "write the path from the repository's top: mpm-hooks fix"
        yield document.fault(found[0], "MPM916", message, way_out)


_OF_ANY_WRITER = (path_of_one_machine, placeholder, no_zone, more_than_all)
_OF_UPSTREAM = (
    *(two_names_in_one, quoted_name, git_failed, own_files, nameless_branch, shifted_fields, command_of_one_machine),
)


def rules_of(session: Session) -> tuple[Callable[[Document, Session], Iterator[Finding]], ...]:
    """Return the rules for a session: we write names as git has them, and a file may well be called ``a -> b``."""
    return _OF_ANY_WRITER if session.text("generator") else (*_OF_ANY_WRITER, *_OF_UPSTREAM)


def _of_one_machine(session: Session) -> Iterator[tuple[Key, ...]]:
    """Yield where a directory of one machine stands, one that nobody finds elsewhere."""
    project = session.text("project_path")
    if is_absolute(session.text("active_context", "working_directory")):
        yield ("active_context", "working_directory")
    for keys, text in _commands(session):
        words = [word for line in text.split("\n") for word in line.rpartition(DIRECTORY)[0].split()]
        if any(map(is_absolute, words)) or (is_absolute(project) and project in text):
            yield keys


def _begins_with_a_date(text: str) -> bool:
    digits = f"{text[:4]}{text[5:7]}{text[8:10]}"
    return text[4:5] == text[7:8] == "-" and len(digits) == len("20260121") and digits.isdecimal()


def is_absolute(path: str) -> bool:
    """Tell a path that begins at the top of a file system, be it of another one than ours."""
    return path.startswith(("/", "\\\\")) or (path[:1].isalpha() and path[1:3] in (":/", ":\\"))


def is_numeral(text: str) -> bool:
    """Tell a text that the core schema of YAML 1.2.2, section 10.3.2, takes for a number."""
    if text[:2] in _DIGITS:
        return len(text) > len("0x") and not text[2:].strip(_DIGITS[text[:2]])
    if text[:1] not in _NUMERIC or text.strip("0123456789+-.eE"):
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _commands(session: Session) -> Iterator[tuple[tuple[Key, ...], str]]:
    for index, text in enumerate(session.texts("resume_instructions", "quick_start")):
        yield ("resume_instructions", "quick_start", index), text
    commands = session.find("resume_instructions", "validation_commands")
    for key, value in commands.items() if isinstance(commands, dict) else ():
        if isinstance(value, str):
            yield ("resume_instructions", "validation_commands", key), value


def _files(session: Session) -> Iterator[tuple[tuple[Key, ...], str]]:
    for key in ("modified_files", "untracked_files"):
        for index, name in enumerate(session.texts("git_context", "status", key)):
            yield ("git_context", "status", key, index), name
