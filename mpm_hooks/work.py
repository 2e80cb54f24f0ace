"""Where the work stands, also where a hook runner keeps a part of it aside."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from mpm_hooks import history, index, operation, plumbing, questions, repo, status
from mpm_hooks.facts import Operation, WorkState
from mpm_hooks.history import Standing
from mpm_hooks.index import Staged
from mpm_hooks.objects import Objects
from mpm_hooks.questions import Answer
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import DIRECTORY
from mpm_hooks.status import Change, Entry
from mpm_hooks.value import Value

_BRANCHES = b"ref: refs/heads/"
_SHOWN_COMMITS = 5
_LARGEST = 1_000_000
"""Bytes of an untracked file whose lines are counted."""
_MOST_NAMED = 1000
"""Files that a branch has changed and that git is told one by one."""
_LONGEST = 25_000
"""Characters of their names: a command line of Windows has no more than 32,767."""
_MOST_COUNTED = 500
"""Untracked files whose lines are counted."""


class Rebuilt(Value):
    """The work tree as it was before a runner set a part of it aside: trees before and after, and where they are."""

    before: str
    after: str
    environment: Mapping[str, str]


def state(  # noqa: PLR0913 - each says one thing, by its name
    found: Repo,
    known: Objects,
    defaults: Sequence[str] = (),
    *,
    set_aside: str | None = None,
    files: Answer | None = None,
    apart: Path | None = None,
) -> WorkState:
    """Ask git where the work stands, exactly as ``git status`` does.

    Args:
        found: The repository.
        known: Its objects.
        defaults: The names of default branches by the settings.
        set_aside: The patch in which a hook runner keeps the unstaged changes, so that git does not see them.
        files: What waits for how the files stand, where that has been asked already.
        apart: A directory for what is needed in between; without one, git looks at all files to count their lines.
    """
    files = files or questions.files(found)
    begun = operation.begun(found)
    named = _named(found)
    told = _standing(found, known, named, begun, defaults)
    committed = _committed(known, told.since) if told and told.since else {}
    # While git looks at all files for its status, it can do so for the change as well.
    early = _asked(found, [told.since]) if told and told.since and committed is None and not set_aside else None
    headers, entries = status.parse(files())
    branch = None if headers["branch.head"] == "(detached)" else headers["branch.head"]
    changes = incomplete = None
    if branch != named:  # git keeps its refs in other ways than in files
        told, committed = _standing(found, known, branch, begun, defaults), None
    elif early:
        changes = _counted(early)
    since = _since(told, is_clean=not entries and not set_aside)
    start = since or known.name(b"", "tree")
    if set_aside:
        try:
            with _rebuilt(found, set_aside) as tree:
                entries = _with_unstaged(entries, _letters(found, tree))
                changes = _counted(_asked(found, [start, tree.after], environment=tree.environment))
        except GitError as error:
            incomplete = f"the hook runner set unstaged changes aside, and they cannot be read: {error}"
    if changes is None:
        tracked = [entry for entry in entries if not entry.is_untracked]
        if since and not tracked:
            answer = _asked(found, [start, "HEAD"])
        elif since and apart and committed is not None and (few := _few(committed, tracked)):
            answer = _asked(found, [start], few, _among(known, few, apart / "few"))
        else:
            answer = _asked(found, [start])
        changes = _counted(answer)
    return WorkState(
        branch=branch,
        head=told.head if told else None,
        commits=told.last if told else (),
        entries=tuple(_in_directories(known, entries)),
        operation=begun,
        base=told.base if told else None,
        own=told.own if told else (),
        since=since,
        changes=(*changes, *_untracked(found.root, entries)),
        incomplete=incomplete,
    )


def patched(found: Repo, patch: str) -> Sequence[str]:
    """Return the files that a patch changes.

    Raises:
        UnableError: It is no patch.
    """
    # The user may have told git to refuse patches that leave blanks at the end of a line.
    options = ("--numstat", "-z", "--whitespace=nowarn")
    return [change.path for change in status.changes(repo.run(found, "apply", *options, "--", patch))]


def _named(found: Repo) -> str | None:
    """Read which branch is checked out where git keeps it, before its status says so."""
    try:
        target = (found.git_dir / "HEAD").read_bytes().strip()
    except OSError:
        return None
    return status.spelled(target.removeprefix(_BRANCHES)) if target.startswith(_BRANCHES) else None


def _standing(
    found: Repo, known: Objects, branch: str | None, begun: Operation | None, defaults: Sequence[str]
) -> Standing | None:
    """Tell where HEAD stands, None before the first commit."""
    if known.find("HEAD") is None:
        return None
    return history.standing(found, known, branch or (begun.branch if begun else None), defaults, _SHOWN_COMMITS)


def _since(told: Standing | None, *, is_clean: bool) -> str | None:
    """Choose the commit to count changes from; where nothing was done since, the last commit is what there is."""
    if told is None or told.since != told.head or not is_clean:
        return told.since if told else None
    return told.parent


def _committed(known: Objects, since: str) -> Mapping[str, Staged | None] | None:
    """Return the files that differ between a commit and HEAD, as that has them, sessions aside; None if many do."""
    files: dict[str, Staged | None] = {}
    for path, _, there in history.worked_on(known, since):
        files[status.spelled(path)] = Staged(name=path, mode=there[0], blob=there[1], clean=True) if there else None
        if len(files) > _MOST_NAMED:
            return None
    return files


def _few(committed: Mapping[str, Staged | None], entries: Sequence[Entry]) -> Mapping[str, Sequence[Staged]] | None:
    """Return what the index holds of the files that differ, by name; None where git has to look at its own."""
    files = {name: [staged] if staged else [] for name, staged in committed.items()}
    for entry in entries:
        if entry.xy[1] in "ARC":  # of what is only intended to be added, git does not tell how it is held
            return None
        if entry.original_path and entry.xy[0] == "R":
            files[entry.original_path] = []
        clean = entry.xy[1] == "."
        files[entry.path] = [
            Staged(name=entry.raw, stage=stage, mode=mode, blob=blob, clean=clean) for stage, mode, blob in entry.staged
        ]
    is_short = sum(map(len, files)) + len(files) * len('"" ') < _LONGEST
    return files if is_short and not any(name.startswith('"') for name in files) else None


def _among(known: Objects, files: Mapping[str, Sequence[Staged]], copy: Path) -> Mapping[str, str]:
    """Return the variable with which git looks at these files alone: it would hold each name against all it has."""
    copy.write_bytes(index.written([staged for each in files.values() for staged in each], known.digest))
    return {"GIT_INDEX_FILE": str(copy)}


def _asked(
    found: Repo, trees: Sequence[str], names: Collection[str] = (), environment: Mapping[str, str] | None = None
) -> Answer:
    """Have git count the lines that changed, and return what waits for that.

    Args:
        found: The repository.
        trees: What to count from, and to: without that, to what stands in the work tree.
        names: The files that differ, where git need not look at all of them: it has, for its status.
        environment: Where trees and index are.
    """
    options = ("--numstat", "-z", "--find-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
    literally = {"GIT_LITERAL_PATHSPECS": "1", **(environment or {})}
    return repo.begin(found, "diff", *options, *trees, "--", *sorted(names), environment=literally)


def _counted(answer: Answer) -> Sequence[Change]:
    return [change for change in status.changes(answer()) if f"{DIRECTORY}/" not in change.path]


def _in_directories(known: Objects, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Name a directory of which git knows no file in place of all files in it, as ``git status`` does by itself."""
    tracked = {above for entry in entries if entry.xy not in ("??", "D.") for above in _above(entry.raw)}

    @cache
    def is_known(directory: bytes) -> bool:
        return directory in tracked or _holds(known, directory)

    told = set()
    for entry in entries:
        above = _above(entry.raw) if entry.is_untracked else ()
        unknown = next((directory for directory in above if not is_known(directory)), b"")
        if not unknown:
            yield entry
        elif unknown not in told:
            told.add(unknown)
            yield Entry(xy=entry.xy, path=status.spelled(unknown + b"/"))


def _above(name: bytes) -> Iterator[bytes]:
    """Yield the directories above a file, the topmost first."""
    place = name.find(b"/")
    while 0 <= place < len(name) - 1:
        yield name[:place]
        place = name.find(b"/", place + 1)


def _holds(known: Objects, directory: bytes) -> bool:
    """Tell whether the last commit has a directory; one cannot ask git's objects for a name of two lines."""
    return b"\n" in directory or known.find(f"HEAD:{plumbing.text(directory)}") is not None


def _untracked(root: Path, entries: Sequence[Entry]) -> Iterator[Change]:
    """Count the lines of files that git does not know."""
    paths = [entry.path for entry in entries if entry.is_untracked and ".claude-mpm/" not in entry.path]
    for path in paths[:_MOST_COUNTED]:
        yield Change(path=path, added=_lines(root / path), deleted=0)


def _lines(path: Path) -> int | None:
    """Count the lines of a file, None if it is none, or is large, or is no text."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in content else len(content.splitlines())


@contextmanager
def _rebuilt(found: Repo, patch: str) -> Iterator[Rebuilt]:
    """Apply the patch to a copy of the index; the objects that this makes go to a place that vanishes."""
    import shutil  # noqa: PLC0415 - it takes its time, and few pauses need it
    import tempfile  # noqa: PLC0415 - …

    with tempfile.TemporaryDirectory(dir=found.own) as own:
        copy = Path(own, "index")
        shutil.copy2(found.index, copy)
        apart = {"GIT_INDEX_FILE": str(copy), **history.objects_apart(found, Path(own))}
        before = repo.text(found, "write-tree", environment=apart)
        repo.run(found, "apply", "--cached", "--whitespace=nowarn", "--", patch, environment=apart)
        after = repo.text(found, "write-tree", environment=apart)
        yield Rebuilt(before=before, after=after, environment=apart)


def _letters(found: Repo, tree: Rebuilt) -> Mapping[str, str]:
    """Return the letter of each unstaged change."""
    options = ("-r", "-z", "--no-renames", "--name-status")
    changes = repo.run(found, "diff-tree", *options, tree.before, tree.after, environment=tree.environment)
    words = changes.split(b"\0")
    return {status.spelled(name): letter.decode() for letter, name in zip(words[::2], words[1::2], strict=False)}


def _with_unstaged(entries: Sequence[Entry], letters: Mapping[str, str]) -> list[Entry]:
    """Put the letters of unstaged changes into the records of a status that was taken without them."""
    tracked = {entry.path: entry for entry in entries if not entry.is_untracked}
    for path, letter in letters.items():
        entry = tracked.get(path, Entry(xy="..", path=path, raw=path.encode("utf-8", "surrogateescape")))
        both = f"{entry.xy[0]}{letter}"
        tracked[path] = Entry(xy=both, path=path, original_path=entry.original_path, raw=entry.raw)
    # Of a file that was only intended to be added, the runner leaves an untracked one. Any other may share its name
    # with a record of the index: that was taken out of it alone.
    untracked = [entry for entry in entries if entry.is_untracked and entry.path not in letters]
    return [*sorted(tracked.values(), key=lambda entry: entry.path), *untracked]
