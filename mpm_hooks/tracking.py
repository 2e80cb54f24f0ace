"""How git holds the files of sessions, and which rules hide them."""

from __future__ import annotations

import os

from mpm_hooks import plumbing, questions, repo, status
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.rules.standing import COMMITTED, IGNORED, MODIFIED, STAGED, UNTRACKED, IgnoreRule, Standing
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY
from mpm_hooks.status import Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_OLD = LEGACY_DIRECTORY.removeprefix(DIRECTORY)
_HOME = DIRECTORY.partition("/")[0]
_NO_RULE = 1


def survey(found: Repo, answers: Sequence[questions.Answer] = ()) -> tuple[Sequence[Standing], Sequence[str]]:
    """Tell how each file in each folder of sessions stands, and which links there are on the way to other folders.

    Args:
        found: The repository.
        answers: What waits for git, where ``questions.survey`` has asked already.

    Nested projects are looked for in the directories that git holds, and beside those: to look at every file of the
    work tree would take longer than all the rest.
    """
    usual, committed, directories = answers or questions.survey(found)
    nested = sorted({*_projects(found.top, _texts(directories))} - {DIRECTORY})
    links = {folder: link for folder in (DIRECTORY, *nested) if (link := linked(found.top, folder))}
    entries, names = status.parse(usual())[1], _texts(committed)
    if others := [folder for folder in nested if folder not in links]:
        entries += status.parse(questions.sessions(found, *others)())[1]
        names += _texts(questions.committed(found, *others))
    folders = [each for folder in (DIRECTORY, *nested) if folder not in links for each in (folder, f"{folder}{_OLD}")]
    files = [file for each in folders for file in _standing(found, each, names, entries)]
    return files, [*links.values()]


def standing(found: Repo, folder: str) -> Sequence[Standing]:
    """Ask git how each file in a folder of sessions stands; what lies in a folder below it is no session to anybody."""
    entries = questions.sessions(found, folder)
    names = _texts(questions.committed(found, folder))
    return _standing(found, folder, names, status.parse(entries())[1])


def _standing(found: Repo, folder: str, names: Sequence[str], entries: Sequence[Entry]) -> Sequence[Standing]:
    states = dict.fromkeys(names, COMMITTED)
    ignored: list[str] = []
    for entry in entries:
        if entry.xy == "!!":
            if _HOME in entry.path:  # else all of a nested project is ignored: it is somebody else's
                ignored.extend(_files_below(found, entry.path.rstrip("/"), folder))
        elif entry.is_untracked:
            states[entry.path] = UNTRACKED
        elif entry.xy[1] != ".":
            states[entry.path] = MODIFIED
        elif entry.xy[0] == "D":
            states.pop(entry.path, None)
        else:
            states[entry.path] = STAGED
    files = [Standing(path=path, state=state) for path, state in states.items() if path.rpartition("/")[0] == folder]
    ignored = [path for path in ignored if path.rpartition("/")[0] == folder]
    rules = ignore_rules(found, ignored) if ignored else {}
    return [*files, *(Standing(path=path, state=IGNORED, rule=rules.get(path)) for path in ignored)]


def _projects(top: str, places: Sequence[str]) -> Iterator[str]:
    """Yield the folders of sessions in these directories, and in those beside them that are in no other repository."""
    above = {"", *(place.rpartition("/")[0] for place in places)}
    beside = (_join(each, name) for each in above for name in _directories(_join(top, each)))
    for place in {*places, *beside}:
        path = f"{top}/{place}"
        if os.path.isdir(f"{path}/{DIRECTORY}") and not os.path.lexists(f"{path}/.git"):  # noqa: PTH112 - of thousands
            yield f"{place}/{DIRECTORY}"


def _directories(path: str) -> Sequence[str]:
    try:
        with os.scandir(path) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return ()


def _join(above: str, name: str) -> str:
    return f"{above}/{name}" if above and name else above or name


def _texts(answer: questions.Answer) -> list[str]:
    """Return what is named in an answer; nothing where there is no commit yet."""
    try:
        return [plumbing.text(each) for each in answer().split(b"\0") if each]
    except GitError:
        return []


def with_changes(files: Sequence[Standing], changed: Sequence[str]) -> Sequence[Standing]:
    """Put in the unstaged changes of files that a hook runner keeps aside, so that git does not see them."""
    return [
        Standing(path=file.path, state=MODIFIED, rule=file.rule) if file.path in changed else file for file in files
    ]


def ignore_rules(found: Repo, paths: Sequence[str]) -> Mapping[str, IgnoreRule]:
    """Return the rule that hides each of these paths, and the topmost directory or file that it hides.

    The directories have to be there: git does not apply a rule with a slash at its end to what it cannot find.
    """
    levels = sorted({level for path in paths for level in _levels(path)})
    rules = {}
    # With a slash at its end, git would take a directory for something in it.
    asked = "\0".join(level.rstrip("/") for level in levels).encode("utf-8", "surrogateescape")
    try:
        answer = repo.run(found, "check-ignore", "--verbose", "--no-index", "--stdin", "-z", given=asked)
    except GitError as error:
        if error.status != _NO_RULE:
            raise
        return {}
    words = [plumbing.text(word) for word in answer.split(b"\0")]
    for source, line, pattern, name in zip(words[::4], words[1::4], words[2::4], words[3::4], strict=False):
        if not pattern.startswith("!"):
            level = name if name in paths else f"{name}/"
            rules[level] = IgnoreRule(source=_shown(found, source), line=int(line), pattern=pattern, level=level)
    hidden = {path: next((rules[level] for level in _levels(path) if level in rules), None) for path in paths}
    return {path: rule for path, rule in hidden.items() if rule}


def gitignore_lines(found: Repo) -> AbstractSet[str]:
    """Return the lines of the repository's topmost .gitignore."""
    try:
        with open(f"{found.top}/.gitignore", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - pathlib takes its time
            return frozenset(stream.read().splitlines())
    except OSError:
        return frozenset()


def linked(root: str, path: str) -> str | None:
    """Return the first part of a path below the root that is a symbolic link, None if none is."""
    ends = [place for place, sign in enumerate(f"{path}/") if sign == "/"]
    return next((path[:end] for end in ends if os.path.islink(f"{root}/{path[:end]}")), None)  # noqa: PTH114 - as above


def _levels(path: str) -> Iterator[str]:
    """Yield the directories above a session's file from ``.claude-mpm`` on, then the file."""
    start = path.index(".claude-mpm")
    ends = [place for place in range(start, len(path)) if path[place] == "/"]
    yield from (path[: end + 1] for end in ends)
    yield path


def _files_below(found: Repo, path: str, folder: str) -> Iterator[str]:
    """Yield the files that an ignored directory, or the folder within it, holds."""
    from pathlib import Path  # noqa: PLC0415 - few sessions are ignored

    top = found.root / (path if path.startswith(folder) else folder)
    if top.is_file():
        yield path
    for directory, _, names in os.walk(top):
        yield from (Path(directory, name).relative_to(found.root).as_posix() for name in sorted(names))


def _shown(found: Repo, source: str) -> str:
    """Name an ignore file as git does, relative to the top where it lies below it."""
    path = found.root / source
    return path.relative_to(found.root).as_posix() if path.is_relative_to(found.root) else source
