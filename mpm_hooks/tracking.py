"""How git holds the files of sessions, and which rules hide them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from mpm_hooks import plumbing, repo, status
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.rules.standing import IgnoreRule, Standing, State
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY

_NO_RULE = 1


def folders(found: Repo) -> Sequence[str]:
    """Return the folders of sessions that the repository has, relative to its top: the usual one, and nested ones."""
    pattern = f":(top,glob)**/{DIRECTORY}/**"
    names = repo.run(found, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern).split(b"\0")
    folders = {plumbing.text(name).rpartition("/")[0] for name in names if name}
    folders.update(folder for folder in (DIRECTORY, LEGACY_DIRECTORY) if (found.root / folder).is_dir())
    return sorted(folder for folder in folders if folder.endswith((DIRECTORY, LEGACY_DIRECTORY)))


def names(found: Repo, folder: str) -> AbstractSet[str]:
    """Return the names that git holds in a folder, also those that a sparse checkout keeps out of the work tree."""
    paths = (
        plumbing.text(path).rpartition("/") for path in repo.run(found, "ls-files", "-z", "--", folder).split(b"\0")
    )
    return {name for above, _, name in paths if above == folder}


def standing(found: Repo, folder: str) -> Sequence[Standing]:
    """Ask git how each file in a folder of sessions stands; what lies in a folder below it is no session to anybody."""
    states = {f"{folder}/{name}": State.COMMITTED for name in names(found, folder)}
    options = ("--untracked-files=all", "--ignored=matching", "--no-renames")
    _, entries = status.parse(repo.run(found, "status", "--porcelain=v2", "-z", *options, "--", folder))
    ignored: list[str] = []
    for entry in entries:
        if entry.xy == "!!":
            ignored.extend(_files_below(found, entry.path.rstrip("/"), folder))
        elif entry.is_untracked:
            states[entry.path] = State.UNTRACKED
        elif entry.xy[1] != ".":
            states[entry.path] = State.MODIFIED
        elif entry.path in states:
            states[entry.path] = State.STAGED
    rules = ignore_rules(found, ignored)
    files = [
        *(Standing(path=path, state=state) for path, state in states.items()),
        *(Standing(path=path, state=State.IGNORED, rule=rules.get(path)) for path in ignored),
    ]
    return [file for file in files if file.path.rpartition("/")[0] == folder]


def with_changes(files: Sequence[Standing], changed: Sequence[str]) -> Sequence[Standing]:
    """Put in the unstaged changes of files that a hook runner keeps aside, so that git does not see them."""
    return [replace(file, state=State.MODIFIED) if file.path in changed else file for file in files]


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
        return frozenset((found.root / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return frozenset()


def _levels(path: str) -> Iterator[str]:
    """Yield the directories above a session's file from ``.claude-mpm`` on, then the file."""
    start = path.index(".claude-mpm")
    ends = [place for place in range(start, len(path)) if path[place] == "/"]
    yield from (path[: end + 1] for end in ends)
    yield path


def _files_below(found: Repo, path: str, folder: str) -> Iterator[str]:
    """Yield the files that an ignored directory, or the folder within it, holds."""
    top = found.root / (path if path.startswith(folder) else folder)
    if top.is_file():
        yield path
    for directory, _, names in os.walk(top):
        yield from (Path(directory, name).relative_to(found.root).as_posix() for name in sorted(names))


def _shown(found: Repo, source: str) -> str:
    """Name an ignore file as git does, relative to the top where it lies below it."""
    path = found.root / source
    return path.relative_to(found.root).as_posix() if path.is_relative_to(found.root) else source
