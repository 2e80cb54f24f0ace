"""A repository with a work tree, and git run in it; always with ``-z``, split on NUL before anything else.

Git is run as a program: to import GitPython takes longer than most of what is asked here, and hooks wait for it.
"""

from __future__ import annotations

import os

from mpm_hooks import plumbing, process
from mpm_hooks.finding import UnableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

FOREIGN = (
    *plumbing.FOREIGN,
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
)
"""The same, and more of it; GIT_INDEX_FILE is told anew where `git commit FILE` needs it."""
_IN_COMMIT = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")
"""Inside a commit, of whatever repository, they are that commit's: it may be somebody else's work."""

_OPERATIONS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_ELSEWHERE = ("worktree", "bare")
"""Settings of a repository's own file that may put its work tree elsewhere, or away."""


class GitError(UnableError):
    """Git refused; the message is what it said."""

    def __init__(self, message: str, status: object) -> None:
        """Keep git's exit status."""
        super().__init__(message)
        self.status = status


class Repo:
    """A repository with a work tree.

    Its paths are made when somebody asks for them: to import ``pathlib`` takes longer than to find it.
    """

    __slots__ = ("_git_dir", "_index", "in_commit", "top")

    def __init__(self, top: str, git_dir: str, index: str, *, in_commit: bool) -> None:
        """Keep where things are."""
        self.top, self._git_dir, self._index = top, git_dir, index
        self.in_commit = in_commit
        """Whether a ``git commit`` of this repository is running, and its hook started us."""

    @property
    def root(self) -> Path:
        """The top directory of its work tree."""
        return _path(self.top)

    @property
    def git_dir(self) -> Path:
        """Its own git directory."""
        return _path(self._git_dir)

    @property
    def index(self) -> Path:
        """Its index."""
        return _path(self._index)

    @property
    def own(self) -> Path:
        """Our directory in git's: only he who has the turn may use it, and he clears it."""
        return self.git_dir / "mpm-hooks"

    @property
    def shared(self) -> Path:
        """The git directory that all its work trees have in common (gitrepository-layout(5))."""
        try:
            named = (self.git_dir / "commondir").read_text(encoding="utf-8").rstrip("\n")
        except OSError:
            return self.git_dir
        return self.git_dir / named

    @property
    def environment(self) -> Mapping[str, str]:
        """What git has to be told: a running ``git commit FILE`` works on an index of its own."""
        return {"GIT_INDEX_FILE": self._index} if self.in_commit else {}


def find(directory: Path | str) -> Repo | None:
    """Find the repository that a directory belongs to, as git does, None outside of any.

    Raises:
        UnableError: There is no git, or it refuses to work here, as in a bare repository or in somebody else's.
    """
    here = os.path.realpath(directory)
    return _repo(here, _told(here))


def locate(directory: Path | str) -> Repo | None:
    """Find the repository that a directory belongs to, and leave out what takes a git where it is plain to see.

    It is for who asks git something next in any case, and hears then whether it works here.

    Raises:
        UnableError: As ``find`` does, where it is not plain.
    """
    here = os.path.realpath(directory)
    return _repo(here, _plain(here) or _told(here))


def _repo(here: str, places: tuple[str, str, str] | None) -> Repo | None:
    if places is None:
        return None
    top, git_dir, index = places
    named = os.environ.get("GIT_INDEX_FILE")
    running = os.path.realpath(os.path.join(here, named)) if named else ""  # noqa: PTH118 - see Repo
    # A hook's GIT_INDEX_FILE also reaches what the hook starts in other repositories (a test run, say).
    if _is_below(running, os.path.realpath(git_dir)):
        return Repo(top, git_dir, running, in_commit=True)
    return Repo(top, git_dir, index, in_commit=False)


def begin(
    repo: Repo, *words: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> Callable[[], bytes]:
    """Start git in a repository, and return what waits for what it prints; see ``run``."""
    return _begun(repo.top, words, given, {**repo.environment, **(environment or {})})


def run(repo: Repo, *words: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
    """Run git in a repository, with this as its input and these variables on top of ours; return what it printed.

    Raises:
        GitError: Git refused.
        UnableError: There is no git.
    """
    return begin(repo, *words, given=given, environment=environment)()


def text(repo: Repo, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run git in a repository; return what it printed as text, without the newline at the end."""
    return plumbing.text(run(repo, *words, environment=environment)).removesuffix("\n")


def talk(repo: Repo, *words: str, environment: Mapping[str, str] | None = None) -> process.Dialogue:
    """Start a git that is asked again and again.

    Raises:
        UnableError: There is no git.
    """
    try:
        return process.Dialogue(*_command(repo.top, words, {**repo.environment, **(environment or {})}))
    except OSError:
        raise UnableError(_NO_GIT) from None


def operation(repo: Repo) -> str | None:
    """Name the merge, rebase, … that has been begun and not ended."""
    return next((name for mark, name in _OPERATIONS.items() if (repo.git_dir / mark).exists()), None)


_NO_GIT = "git is not installed, or not on PATH"


def _command(
    directory: str, words: Sequence[str], environment: Mapping[str, str]
) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the command, and its variables: what git says is read, so it is not to be translated."""
    # A status may refresh the index on its way, and must not get into the way of a git that the user runs.
    ours = {"GIT_OPTIONAL_LOCKS": "0", "LANGUAGE": "C", "LC_ALL": "C", **environment}
    foreign = {*FOREIGN, *(_IN_COMMIT if "GIT_INDEX_FILE" in os.environ else ())}
    return ["git", "-C", directory, "-c", "core.quotePath=false", *words], plumbing.inherited(foreign) | ours


def _begun(directory: str, words: Sequence[str], given: bytes, environment: Mapping[str, str]) -> Callable[[], bytes]:
    begun = process.begun(*_command(directory, words, environment), given)

    def answer() -> bytes:
        if (ended := begun()) is None:
            raise UnableError(_NO_GIT)
        if ended.status:
            raise GitError(_reason(ended), ended.status)
        return ended.output

    return answer


def _path(name: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 - see Repo

    return Path(name)


def _is_below(path: str, directory: str) -> bool:
    return path.startswith(f"{directory}{os.sep}")


def _plain(here: str) -> tuple[str, str, str] | None:
    """Find top, git directory and index where that takes no git: ``.git`` is a directory, and its own.

    Whether git works there, and whether it is somebody else's, the next question to it will tell.
    """
    top = plumbing.top(here)
    git_dir = f"{top}{os.sep}.git"
    if top is None or "GIT_CEILING_DIRECTORIES" in os.environ or _is_below(f"{here}{os.sep}", git_dir):
        return None
    if not os.path.isfile(f"{git_dir}/HEAD") or os.path.lexists(f"{git_dir}/config.worktree"):  # noqa: PTH113 - see Repo
        return None
    try:
        with open(f"{git_dir}/config", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - …
            lines = [line for line in stream.read().lower().split("\n") if "".join(line.split()) != "bare=false"]
    except OSError:
        return None
    if any(name in line for line in lines for name in _ELSEWHERE):
        return None
    return top, git_dir, f"{git_dir}{os.sep}index"


def _told(here: str) -> tuple[str, str, str] | None:
    """Have git tell top, git directory and index, each alone: a name may hold the end of a line."""
    try:
        top = _asked(here, "--show-toplevel")
    except GitError as error:
        if "not a git repository (or any" in str(error):
            return None
        raise
    return top, _asked(top, "--absolute-git-dir"), _asked(top, "--path-format=absolute", "--git-path", "index")


def _asked(directory: str, *words: str) -> str:
    return plumbing.text(_begun(directory, ("rev-parse", *words), b"", {})()).removesuffix("\n")


def _reason(ended: process.Ended) -> str:
    """Return what git said, in one line."""
    said = ended.errors.decode(errors="replace").split("\n")
    lines = [line.strip() for line in said if line.strip() and not line.startswith("hint:")]
    return "; ".join(lines) or f"git does not work here: it ended with exit status {ended.status}"
