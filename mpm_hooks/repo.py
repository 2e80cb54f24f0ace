"""The only module that runs git, through GitPython's ``Git``; always with ``-z``, split on NUL before anything else.

``import git`` is the slowest import of all (0.15 s), so commands import this module only when they have to ask git.
GitPython's index and status objects are not used: they read another index than a running ``git commit`` does.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpm_hooks import plumbing
from mpm_hooks.finding import UnableError

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # else GitPython fails at import where git is not installed
try:
    import git
except ImportError as error:  # it asks git for its version, and git did not answer
    message = f"git does not work here: {str(error).splitlines()[0]}"
    raise UnableError(message) from None

# What `git rev-parse --local-env-vars` names: in a hook it describes the repository that the hook was started for,
# which need not be the one that is asked about. GIT_INDEX_FILE is dealt with apart: `git commit FILE` needs it.
_LOCAL_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_SHALLOW_FILE",
)
_AUTHOR = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")
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


class GitError(UnableError):
    """Git refused; the message is what it said."""

    def __init__(self, message: str, status: object) -> None:
        """Keep git's exit status."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """A repository with a work tree: its top directory, its own git directory, and its index."""

    root: Path
    git_dir: Path
    index: Path
    in_commit: bool
    """Whether a ``git commit`` of this repository is running, and its hook started us."""

    @property
    def own(self) -> Path:
        """Our directory in git's: only he who has the turn may use it, and he clears it."""
        return self.git_dir / "mpm-hooks"

    @property
    def environment(self) -> Mapping[str, str]:
        """What git has to be told: a running ``git commit FILE`` works on an index of its own."""
        return {"GIT_INDEX_FILE": str(self.index)} if self.in_commit else {}


def find(directory: Path) -> Repo | None:
    """Find the repository that a directory belongs to, None outside of any.

    Raises:
        UnableError: There is no git, or it refuses to work here, as in a bare repository or in somebody else's.
    """
    for name in _LOCAL_VARIABLES:
        os.environ.pop(name, None)
    running_index = os.environ.pop("GIT_INDEX_FILE", None)
    for name in _AUTHOR if running_index else ():
        os.environ.pop(name, None)
    try:
        root = Path(_asked(directory, "--show-toplevel"))
    except GitError as error:
        if "not a git repository (or any" in str(error):
            return None
        raise
    git_dir = Path(_asked(root, "--absolute-git-dir"))
    index = Path(_asked(root, "--path-format=absolute", "--git-path", "index"))
    running = (directory / running_index).resolve() if running_index else None
    # A hook's GIT_INDEX_FILE also reaches what the hook starts in other repositories (a test run, say).
    if running and running.is_relative_to(git_dir.resolve()):
        return Repo(root=root, git_dir=git_dir, index=running, in_commit=True)
    return Repo(root=root, git_dir=git_dir, index=index, in_commit=False)


def run(repo: Repo, *words: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
    """Run git in a repository, with this as its input and these variables on top of ours; return what it printed.

    Raises:
        GitError: Git refused.
        UnableError: There is no git.
    """
    return _run(repo.root, words, given, {**repo.environment, **(environment or {})})


def text(repo: Repo, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run git in a repository; return what it printed as text, without the newline at the end."""
    return plumbing.text(run(repo, *words, environment=environment)).removesuffix("\n")


def _run(directory: Path, words: Sequence[str], given: bytes, environment: Mapping[str, str]) -> bytes:
    command = ["git", "-c", "core.quotePath=false", *words]
    # A status may refresh the index on its way, and must not get into the way of a git that the user runs.
    environment = {"GIT_OPTIONAL_LOCKS": "0", **environment}
    with tempfile.TemporaryFile() as stream:
        stream.write(given)
        stream.seek(0)
        try:
            output = git.Git(directory).execute(
                command, istream=stream, stdout_as_string=False, strip_newline_in_stdout=False, env=environment
            )
        except git.GitCommandNotFound:
            message = "git is not installed, or not on PATH"
            raise UnableError(message) from None
        except git.GitCommandError as error:
            raise GitError(_reason(error), error.status) from None
    return bytes(output)


def operation(repo: Repo) -> str | None:
    """Name the merge, rebase, … that has been begun and not ended."""
    return next((name for mark, name in _OPERATIONS.items() if (repo.git_dir / mark).exists()), None)


def _asked(directory: Path, *words: str) -> str:
    return plumbing.text(_run(directory, ("rev-parse", *words), b"", {})).removesuffix("\n")


def _reason(error: git.GitCommandError) -> str:
    """Return what git said, in one line, without GitPython's wrapping."""
    said = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
    lines = [line.strip() for line in said.split("\n") if line.strip() and not line.startswith("hint:")]
    return "; ".join(lines) or f"git failed with exit status {error.status}"
