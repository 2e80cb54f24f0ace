"""MPM6xx: a session says nothing, or not the truth: its claims held against each other, and against git."""

from __future__ import annotations

from mpm_hooks.finding import WARNING, Finding
from mpm_hooks.lean import remembered
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.rules import rule
from mpm_hooks.session import DIRECTORY, Json, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

_NOTHING = frozenset(
    {
        "",
        "-",
        "…",
        "...",
        "n/a",
        "na",
        "none",
        "null",
        "tbd",
        "tba",
        "todo",
        "wip",
        "xxx",
        "?",
        "fixme",
        "summary",
        "test",
    }
    | {"pause", "paused", "session paused", "no summary", "no message", "placeholder", "lorem ipsum", "<summary>"}
)

Named = tuple[tuple[Key, ...], str]
"""What a session names, and under which keys."""


class Known:
    """What git knows of what some sessions name."""

    __slots__ = ("branches", "commits", "files", "merged")

    def __init__(
        self,
        *,
        commits: AbstractSet[str] = frozenset(),
        branches: AbstractSet[str] = frozenset(),
        merged: AbstractSet[str] = frozenset(),
        files: Mapping[str, str | None] | None = None,
    ) -> None:
        """Say what is not there.

        Args:
            commits: Names of commits that no object has.
            branches: Branches that there are neither here nor on a remote.
            merged: Those names of commits that some branch holds.
            files: Names of files that the repository never had, and the file that each is but for its first letter.
        """
        self.commits = commits
        self.branches = branches
        self.merged = merged
        self.files = files or {}


@rule("MPM601", WARNING)
def says_nothing(document: Document, session: Session) -> Iterator[Finding]:
    """The hand-over says nothing.

    The summary is empty or a stand-in, and there is neither a next step nor anything that is done: whoever resumes
    has to find out everything anew. claude-mpm's own placeholders are MPM904.

    Example:
        {"summary": "TODO", "next_steps": []}

    Way out:
        Say where the work stands and what comes next: `mpm-hooks pause "…" --next "…"`.
    """
    conversation = session.data.get("conversation")
    summary = session.text("conversation", "summary").strip().lower()
    if summary not in _NOTHING or not isinstance(conversation, dict) or "summary" not in conversation:
        return
    if not any(session.find("conversation", key) for key in ("next_steps", "accomplishments")):
        message = f"the summary is {summary!r}" if summary else "the summary is empty"
        way_out = "say where the work stands and what comes next"
        keys = ("conversation", "summary")
        yield document.fault(keys, "MPM601", f"{message}: the hand-over says nothing", way_out)


@rule("MPM602", WARNING)
def unknown_commit(document: Document, session: Session, known: Known) -> Iterator[Finding]:
    """A recorded commit is not in the repository.

    It was rebased or squashed away, never pushed, or made up; nobody can look at what the session builds on. In a
    shallow clone nothing is said.

    Example:
        "head": "0123456789012345678901234567890123456789"

    Way out:
        Push the branch, or name the commit that it has become.
    """
    for keys, name in commits(session):
        if name in known.commits:
            message = f"{spell(keys)} is {name[:40]}: the repository has no such commit"
            yield document.fault(keys, "MPM602", message, "push its branch, or name the commit that it has become")


@rule("MPM603")
def clean_with_files(document: Document, session: Session) -> Iterator[Finding]:
    """The status is called clean, and files are listed that are not.

    Whoever believes the first loses what the second tells of.

    Example:
        {"clean": true, "modified_files": ["login.py"]}

    Way out:
        Write `false`, or take the files out.
    """
    if session.find("git_context", "status", "clean") is True:
        listed = [
            name
            for key in ("modified_files", "untracked_files")
            for name in session.texts("git_context", "status", key)
        ]
        if listed or session.objects("git_context", "status", "entries"):
            message = (
                f"the status is clean, and {len(listed) or 'some'} file{'s are' if len(listed) != 1 else ' is'} listed"
            )
            keys = ("git_context", "status", "clean")
            yield document.fault(keys, "MPM603", message, "write false, or take the files out")


@rule("MPM604", WARNING)
def modified_without_files(document: Document, session: Session) -> Iterator[Finding]:
    """The status is called not clean, and no file is listed.

    What was left uncommitted is not told, and is perhaps in no clone.

    Example:
        {"clean": false, "modified_files": [], "untracked_files": []}

    Way out:
        List the files, or write `true`.
    """
    status = session.find("git_context", "status")
    if not isinstance(status, dict) or status.get("clean") is not False or "incomplete" in status:
        return
    if not any(status.get(key) for key in ("modified_files", "untracked_files", "entries")):
        keys = ("git_context", "status", "clean")
        message = "the status is not clean, and no file is listed"
        yield document.fault(keys, "MPM604", message, "list the files, or write true")


@rule("MPM605", WARNING)
def unknown_branch(document: Document, session: Session, known: Known) -> Iterator[Finding]:
    """The branch is neither there nor merged.

    There is no branch of that name here or on a remote, and the commit at which the session was paused is in no other
    branch: the work cannot be gone on with.

    Example:
        "branch": "feature/logn"

    Way out:
        Push the branch, or correct its name.
    """
    branch = session.text("git_context", "branch")
    if branch and branch in known.branches and not any(name in known.merged for name in heads(session)):
        message = f"the branch {branch!r} is not there, and was not merged"
        yield document.fault(("git_context", "branch"), "MPM605", message, "push it, or correct its name")


@rule("MPM606", WARNING)
def unknown_file(document: Document, session: Session, known: Known) -> Iterator[Finding]:
    """A file is named that the repository never had.

    No commit of any branch has it, nor has the index or the work tree: the name is misspelt, or made up. Files that
    were untracked or newly added when the session was paused may be gone, and are let pass.

    Example:
        "modified_files": ["lgoin.py"]

    Way out:
        Correct the name.
    """
    for keys, name in files(session):
        if known.files.get(name, "") is None:
            message = f"{name!r} was never in the repository"
            yield document.fault(keys, "MPM606", message, "correct the name")


@rule("MPM607")
def lists_differ(document: Document, session: Session) -> Iterator[Finding]:
    """The lists of files contradict each other.

    `status.entries` holds git's own records, `modified_files` and `untracked_files` their names: one of them was
    edited alone.

    Example:
        {"modified_files": ["a.py"], "entries": [{"xy": ".M", "path": "b.py"}]}

    Way out:
        Correct the list that is wrong.
    """
    entries = session.objects("git_context", "status", "entries")
    if not entries:
        return
    paths = {str(entry.get("path")) for entry in entries}
    for key in ("modified_files", "untracked_files"):
        for index, name in enumerate(session.texts("git_context", "status", key)):
            if name not in paths:
                keys = ("git_context", "status", key, index)
                message = f"{name!r} is not among status.entries"
                yield document.fault(keys, "MPM607", message, "correct the list that is wrong")


@rule("MPM911", WARNING, fixable=True)
def lost_letter(document: Document, session: Session, known: Known) -> Iterator[Finding]:
    """A file name lacks its first letter.

    claude-mpm strips the blank with which the first line of `git status` begins, and with it, later, the first letter
    of the first file. The repository never had a file of that name, and has exactly one that is it with a letter in
    front.

    Example:
        "modified_files": ["ogin.py", "token.py"]

    Way out:
        Write the whole name; `mpm-hooks fix` does.
    """
    for keys, name in files(session):
        if whole := known.files.get(name):
            message = f"{name!r} is {whole!r} without its first letter"
            yield document.fault(keys, "MPM911", message, f"write {whole!r}: mpm-hooks fix")


@rule("MPM915", WARNING)
def not_at_the_top(document: Document, session: Session) -> Iterator[Finding]:
    """The session says that it is in no git repository, and is in one.

    claude-mpm was started in a sub-directory and looked for `.git` there only: branch, commits and changes are not
    told.

    Example:
        services/api/.claude-mpm/sessions/session-20260121-100000.json: {"is_git_repo": false}

    Way out:
        Pause at the repository's top; mpm-hooks does so from anywhere.
    """
    if session.find("git_context", "is_git_repo") is False:
        message = "says that there is no git repository, and lies in one: what was changed is not told"
        yield document.fault(("git_context", "is_git_repo"), "MPM915", message, "pause at the repository's top")


AGREEING = (says_nothing, clean_with_files, modified_without_files, lists_differ)
"""The rules that need no git."""

AGAINST_GIT = (unknown_commit, unknown_branch, unknown_file, lost_letter)
"""The rules that hold a session against what git knows."""


def commits(session: Session) -> Iterator[Named]:
    """Yield the names of commits in a session."""
    git = session.data.get("git_context")
    if not isinstance(git, dict):
        return
    for above, key in ((git, "head"), (git.get("base"), "merge_base"), (git.get("change"), "since")):
        if isinstance(above, dict) and _is_sha(name := above.get(key)):
            yield ("git_context", *_AT[key], key), str(name)
    recent = git.get("recent_commits")
    for index, commit in enumerate(recent if isinstance(recent, list) else ()):
        if isinstance(commit, dict) and _is_sha(name := commit.get("sha")):
            yield ("git_context", "recent_commits", index, "sha"), str(name)


def heads(session: Session) -> Iterator[str]:
    """Yield the commits at which the branch stood: where one of them is, the branch was merged."""
    for keys, name in commits(session):
        if keys[-1] == "head" or keys[1:] == ("recent_commits", 0, "sha"):
            yield name


def files(session: Session) -> Iterator[Named]:
    """Yield the files of which a session says that git tracked them, or that they are worth a look."""
    status = session.find("git_context", "status")
    status = status if isinstance(status, dict) else {}
    loose: set[Json] = {
        entry.get("path") for entry in session.objects("git_context", "status", "entries") if _is_new(entry)
    }
    yield from _paths(("git_context", "status", "modified_files"), status.get("modified_files"), loose)
    untracked = status.get("untracked_files")
    loose |= {name for name in (untracked if isinstance(untracked, list) else ()) if isinstance(name, str)}
    if session.text("generator"):
        review = session.find("resume_instructions", "files_to_review")
        yield from _paths(("resume_instructions", "files_to_review"), review, loose)


_AT: Mapping[str, tuple[str, ...]] = {"head": (), "merge_base": ("base",), "since": ("change",)}


def _is_new(entry: Mapping[str, Json]) -> bool:
    """Tell a file that no commit had yet when the session was paused: added, intended to be, untracked."""
    state = str(entry.get("xy"))
    return state[:1] in ("A", "?") or state[1:] == "A"


def _paths(keys: tuple[Key, ...], names: Json, loose: AbstractSet[Json]) -> Iterator[Named]:
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and name and name not in loose and _is_path(name):
            yield (*keys, index), name


@remembered(4096)  # sessions of one project name the same files
def _is_path(name: str) -> bool:
    """Tell a path below the top; two in one and git's quoted spelling are told of elsewhere, own files are no work."""
    return not (
        " -> " in name
        or '"' in name
        or "\\" in name
        or "\n" in name
        or "\0" in name
        or name.startswith(("./", "../", DIRECTORY))
    )


def _is_sha(value: Json) -> bool:
    return isinstance(value, str) and 4 <= len(value) <= 64 and not value.strip("0123456789abcdef")  # noqa: PLR2004 - git's bounds
