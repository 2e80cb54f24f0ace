"""The only module that runs git, through GitPython's ``Git``; always with ``-z``, split on NUL before anything else.

``import git`` is the slowest import of all (0.15 s), so commands import this module only when they have to ask git.
GitPython's index and status objects are not used: they read another index than a running ``git commit`` does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mpm_hooks.finding import UnableError
from mpm_hooks.rules.standing import IgnoreRule, Standing, State
from mpm_hooks.session import DIRECTORY
from mpm_hooks.snapshot import Commit, Entry, WorkState

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # else GitPython fails at import where git is not installed
import git

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
_OPERATIONS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply/applying": "am",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_NO_RULE = 1
_PRINTED = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')
_SHOWN_COMMITS = 5
_LOCK_PATIENCE = 3.0
_LOCK_PAUSE = 0.05
_RENAMED, _ORDINARY, _UNMERGED = "2", "1", "u"


class GitError(UnableError):
    """Git refused; the message is what it said."""

    def __init__(self, message: str, status: object) -> None:
        """Keep git's exit status."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo:
    """A repository with a work tree: its top directory, its own git directory, and git itself."""

    root: Path
    git_dir: Path
    index: Path
    in_commit: bool
    """Whether a ``git commit`` of this repository is running, and its hook started us."""
    git: git.Git


def find(directory: Path) -> Repo | None:
    """Find the repository that a directory belongs to, None outside of any.

    Raises:
        UnableError: There is no git, or it refuses to work here, as in a bare repository or in somebody else's.
    """
    for name in _LOCAL_VARIABLES:
        os.environ.pop(name, None)
    running_index = os.environ.pop("GIT_INDEX_FILE", None)
    asked = git.Git(directory)
    asked.update_environment(GIT_OPTIONAL_LOCKS="0")
    try:
        root = Path(os.fsdecode(_bytes(asked, "rev-parse", "--show-toplevel").removesuffix(b"\n")))
    except GitError as error:
        if "not a git repository" in str(error):
            return None
        raise
    found = git.Git(root)
    found.update_environment(GIT_OPTIONAL_LOCKS="0")
    git_dir = Path(_text(found, "rev-parse", "--absolute-git-dir"))
    index = Path(_text(found, "rev-parse", "--path-format=absolute", "--git-path", "index"))
    in_commit = False
    if running_index is not None:
        running = (directory / running_index).resolve()
        # A hook's GIT_INDEX_FILE also reaches what the hook starts in other repositories (a test run, say).
        in_commit = running.is_relative_to(git_dir.resolve())
        if in_commit:
            index = running
            found.update_environment(GIT_INDEX_FILE=str(running))
    return Repo(root=root, git_dir=git_dir, index=index, in_commit=in_commit, git=found)


def work_state(repo: Repo, set_aside: Path | None = None) -> WorkState:
    """Ask git where the work stands, exactly as ``git status`` does.

    Args:
        repo: The repository.
        set_aside: The patch in which a hook runner keeps the unstaged changes, so that git does not see them.
    """
    status = _bytes(repo.git, "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=normal")
    headers, entries = _parse_status(status)
    oid, branch = headers.get("branch.oid", "(initial)"), headers.get("branch.head", "(detached)")
    head = None if oid == "(initial)" else oid
    incomplete = None
    if set_aside:
        try:
            entries = _with_unstaged(entries, _unstaged(repo, set_aside))
        except GitError as error:
            incomplete = f"the hook runner set unstaged changes aside, and they cannot be read: {error}"
    return WorkState(
        branch=None if branch == "(detached)" else branch,
        head=head,
        commits=tuple(_commits(repo)) if head else (),
        entries=tuple(entries),
        operation=operation(repo),
        last_changed=tuple(_last_changed(repo)) if head and not entries else (),
        incomplete=incomplete,
    )


def patched(repo: Repo, patch: Path) -> Sequence[str]:
    """Return the files that a patch changes.

    Raises:
        UnableError: It is no patch.
    """
    records = _bytes(repo.git, "apply", "--numstat", "-z", "--", str(patch)).split(b"\0")
    return [spelled(record.split(b"\t", 2)[2]) for record in records if record]


def operation(repo: Repo) -> str | None:
    """Name the merge, rebase, … that has been begun and not ended."""
    return next((name for mark, name in _OPERATIONS.items() if (repo.git_dir / mark).exists()), None)


def obstacle(repo: Repo) -> str | None:
    """Say in one sentence why no commit can be made here, None if one can."""
    if repo.in_commit:
        return "a git commit is running, and a second one inside it would break it"
    if begun := operation(repo):
        return f"a git {begun} is in progress, and a commit would become part of it"
    try:
        _bytes(repo.git, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return "HEAD is detached, so that no branch would hold the commit: git switch -c NAME first"
    try:
        _bytes(repo.git, "var", "GIT_AUTHOR_IDENT")
        _bytes(repo.git, "var", "GIT_COMMITTER_IDENT")
    except GitError:
        return "git does not know who you are: git config user.name NAME and git config user.email ADDRESS first"
    return None


def commit(repo: Repo, paths: Sequence[str], message: str) -> str:
    """Commit these files as they stand in the work tree, and nothing else; return the new commit's name.

    The user's index is kept but for these entries, whatever is staged in it. No commit hook runs. The order is: take
    git's own lock of the index, make the commit, move the branch if nobody else did, put the index in place; a failure
    before the last two steps leaves everything as it was.

    Raises:
        UnableError: Git refused; nothing has been committed.
    """
    with _index_lock(repo) as lock, tempfile.TemporaryDirectory(dir=repo.git_dir, prefix="mpm-hooks-") as own:
        users, ours = Path(own, "users"), Path(own, "ours")
        head = _head(repo)
        _bytes(repo.git, "read-tree", head or "--empty", index=ours)
        _bytes(repo.git, "update-index", "--add", "--", *paths, index=ours)
        tree = _text(repo.git, "write-tree", index=ours)
        words = Path(own, "message")
        words.write_text(message, encoding="utf-8")
        sign = ["-S"] if _signs(repo) else []
        parent = ["-p", head] if head else []
        made = _text(repo.git, "commit-tree", *sign, *parent, "-F", str(words), tree)
        if repo.index.exists():
            shutil.copy2(repo.index, users)
        _bytes(repo.git, "update-index", "--add", "--", *paths, index=users)
        shutil.copy2(users, lock)
        before = head or "0" * len(made)
        _bytes(repo.git, "update-ref", "-m", f"commit: {message.splitlines()[0]}", "HEAD", made, before)
        lock.replace(repo.index)
    return made


def folders(repo: Repo) -> Sequence[str]:
    """Return the folders of sessions that the repository has, relative to its top: the usual one, and nested ones."""
    pattern = f":(top,glob)**/{DIRECTORY}/**"
    names = _bytes(repo.git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern).split(b"\0")
    found = {os.fsdecode(name).rpartition("/")[0] for name in names if name}
    if (repo.root / DIRECTORY).is_dir():
        found.add(DIRECTORY)
    return sorted(folder for folder in found if folder.endswith((DIRECTORY, f"{DIRECTORY}/pause")))


def standing(repo: Repo, folder: str) -> Sequence[Standing]:
    """Ask git how each file in a folder of sessions stands."""
    states = {
        os.fsdecode(name): State.COMMITTED
        for name in _bytes(repo.git, "ls-files", "-z", "--", folder).split(b"\0")
        if name
    }
    options = ("--untracked-files=all", "--ignored=matching", "--no-renames")
    _, entries = _parse_status(_bytes(repo.git, "status", "--porcelain=v2", "-z", *options, "--", folder))
    ignored: list[str] = []
    for entry in entries:
        if entry.xy == "!!":
            ignored.extend(_files_below(repo, entry.path.rstrip("/"), folder))
        elif entry.is_untracked:
            states[entry.path] = State.UNTRACKED
        elif entry.xy[1] != ".":
            states[entry.path] = State.MODIFIED
        elif entry.path in states:
            states[entry.path] = State.STAGED
    rules = ignore_rules(repo, ignored)
    return [
        *(Standing(path=path, state=state) for path, state in states.items()),
        *(Standing(path=path, state=State.IGNORED, rule=rules.get(path)) for path in ignored),
    ]


def ignore_rules(repo: Repo, paths: Sequence[str]) -> Mapping[str, IgnoreRule]:
    """Return the rule that hides each of these paths, and the topmost directory or file that it hides.

    The directories have to be there: git does not apply a rule with a slash at its end to what it cannot find.
    """
    levels = sorted({level for path in paths for level in _levels(path)})
    rules = {}
    # With a slash at its end, git would take a directory for something in it.
    asked = "\0".join(level.rstrip("/") for level in levels).encode("utf-8", "surrogateescape")
    try:
        answer = _bytes(repo.git, "check-ignore", "--verbose", "--no-index", "--stdin", "-z", given=asked)
    except GitError as error:
        if error.status != _NO_RULE:
            raise
        return {}
    words = [os.fsdecode(word) for word in answer.split(b"\0")]
    for source, line, pattern, name in zip(words[::4], words[1::4], words[2::4], words[3::4], strict=False):
        if not pattern.startswith("!"):
            level = name if name in paths else f"{name}/"
            rules[level] = IgnoreRule(source=_shown(repo, source), line=int(line), pattern=pattern, level=level)
    found = {path: next((rules[level] for level in _levels(path) if level in rules), None) for path in paths}
    return {path: rule for path, rule in found.items() if rule}


def gitignore_lines(repo: Repo) -> AbstractSet[str]:
    """Return the lines of the repository's topmost .gitignore."""
    try:
        return frozenset((repo.root / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return frozenset()


def spelled(name: bytes) -> str:
    """Return a file name as text; one that is no UTF-8 as git quotes it, in quotes and octal."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return '"' + "".join(chr(byte) if byte in _PRINTED else f"\\{byte:03o}" for byte in name) + '"'


def _levels(path: str) -> Iterator[str]:
    """Yield the directories above a session's file from ``.claude-mpm`` on, then the file."""
    start = path.index(".claude-mpm")
    ends = [place for place in range(start, len(path)) if path[place] == "/"]
    yield from (path[: end + 1] for end in ends)
    yield path


def _files_below(repo: Repo, path: str, folder: str) -> Iterator[str]:
    """Yield the files that an ignored directory, or the folder within it, holds."""
    top = repo.root / (path if path.startswith(folder) else folder)
    if top.is_file():
        yield path
    for directory, _, names in os.walk(top):
        yield from (Path(directory, name).relative_to(repo.root).as_posix() for name in sorted(names))


def _shown(repo: Repo, source: str) -> str:
    """Name an ignore file as git does, relative to the top where it lies below it."""
    path = repo.root / source
    return path.relative_to(repo.root).as_posix() if path.is_relative_to(repo.root) else source


def _parse_status(output: bytes) -> tuple[dict[str, str], list[Entry]]:
    """Parse ``git status --porcelain=v2 -z`` (git-status(1), Porcelain Format Version 2)."""
    headers: dict[str, str] = {}
    entries: list[Entry] = []
    records = iter(output.split(b"\0"))
    for record in records:
        kind, _, rest = record.partition(b" ")
        match kind.decode():
            case "#":
                name, _, value = rest.partition(b" ")
                headers[name.decode()] = spelled(value)
            case "?" | "!" as letter:
                entries.append(Entry(xy=letter * 2, path=spelled(rest)))
            case "1" | "2" | "u" as letter:
                # Before the name: XY sub mH mI mW hH hI; a rename's score too; for a conflict m1 m2 m3 mW h1 h2 h3.
                fields = rest.split(b" ", {_ORDINARY: 7, _RENAMED: 8, _UNMERGED: 9}[letter])
                original = spelled(next(records)) if letter == _RENAMED else None
                entries.append(Entry(xy=fields[0].decode(), path=spelled(fields[-1]), original_path=original))
    return headers, entries


def _unstaged(repo: Repo, patch: Path) -> Mapping[str, str]:
    """Return the letter of each unstaged change: apply the patch to a copy of the index, and compare the two.

    The objects that this makes go to a place of their own, which is removed again.
    """
    with tempfile.TemporaryDirectory(dir=repo.git_dir, prefix="mpm-hooks-") as own:
        copy = Path(own, "index")
        shutil.copy2(repo.index, copy)
        objects = _text(repo.git, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        apart = git.Git(repo.root)
        apart.update_environment(
            GIT_INDEX_FILE=str(copy), GIT_OBJECT_DIRECTORY=own, GIT_ALTERNATE_OBJECT_DIRECTORIES=objects
        )
        before = _text(apart, "write-tree")
        _bytes(apart, "apply", "--cached", "--whitespace=nowarn", "--", str(patch))
        after = _text(apart, "write-tree")
        changes = _bytes(apart, "diff-tree", "-r", "-z", "--no-renames", "--name-status", before, after)
    words = changes.split(b"\0")
    return {spelled(name): letter.decode() for letter, name in zip(words[::2], words[1::2], strict=False)}


def _with_unstaged(entries: Sequence[Entry], letters: Mapping[str, str]) -> list[Entry]:
    """Put the letters of unstaged changes into the records of a status that was taken without them."""
    by_path = {entry.path: entry for entry in entries}
    for path, letter in letters.items():
        entry = by_path.get(path, Entry(xy="..", path=path))
        by_path[path] = replace(entry, xy=f"{entry.xy[0]}{letter}")
    tracked = sorted((entry for entry in by_path.values() if not entry.is_untracked), key=lambda entry: entry.path)
    return [*tracked, *(entry for entry in by_path.values() if entry.is_untracked)]


def _commits(repo: Repo) -> Iterator[Commit]:
    layout = "--format=%h%n%an%n%ai%n%s"
    options = ("--no-show-signature", "--encoding=UTF-8", f"-{_SHOWN_COMMITS}", "-z", layout)
    for record in _bytes(repo.git, "log", *options).split(b"\0"):
        if record.strip():
            sha, author, timestamp, subject = (record.decode(errors="replace").split("\n", 3) + [""] * 3)[:4]
            yield Commit(sha=sha, author=author, timestamp=timestamp, message=subject.strip("\n"))


def _last_changed(repo: Repo) -> Iterator[str]:
    options = ("--no-commit-id", "--name-only", "-r", "-z", "--root", "-m", "--first-parent")
    names = _bytes(repo.git, "diff-tree", *options, "HEAD").split(b"\0")
    yield from (spelled(name) for name in names if name)


def _head(repo: Repo) -> str | None:
    try:
        return _text(repo.git, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return None


def _signs(repo: Repo) -> bool:
    try:
        return _text(repo.git, "config", "--type=bool", "--get", "commit.gpgsign") == "true"
    except GitError:
        return False


@contextmanager
def _index_lock(repo: Repo) -> Iterator[Path]:
    """Hold git's own lock of the index, so that no other git writes it meanwhile."""
    lock = repo.index.with_name(f"{repo.index.name}.lock")
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            lock.touch(exist_ok=False)
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                message = f"another git holds {lock}; if none is running, delete it"
                raise UnableError(message) from None
            time.sleep(_LOCK_PAUSE)
    try:
        yield lock
    finally:
        lock.unlink(missing_ok=True)


def _bytes(runner: git.Git, *words: str, index: Path | None = None, given: bytes = b"") -> bytes:
    """Run git, with another index if one is given and this as its input; return what it printed.

    Raises:
        GitError: Git refused.
        UnableError: There is no git.
    """
    environment = {"GIT_INDEX_FILE": str(index)} if index else {}
    command = ["git", "-c", "core.quotePath=false", *words]
    with tempfile.TemporaryFile() as stream:
        stream.write(given)
        stream.seek(0)
        try:
            output = runner.execute(
                command, istream=stream, stdout_as_string=False, strip_newline_in_stdout=False, env=environment
            )
        except git.GitCommandNotFound:
            message = "git is not installed, or not on PATH"
            raise UnableError(message) from None
        except git.GitCommandError as error:
            raise GitError(_reason(error), error.status) from None
    return bytes(output)


def _text(runner: git.Git, *words: str, index: Path | None = None) -> str:
    return os.fsdecode(_bytes(runner, *words, index=index)).strip("\n")


def _reason(error: git.GitCommandError) -> str:
    """Return what git said, in one line, without GitPython's wrapping."""
    said = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
    lines = [line.strip() for line in said.split("\n") if line.strip() and not line.startswith("hint:")]
    return "; ".join(lines) or f"git failed with exit status {error.status}"
