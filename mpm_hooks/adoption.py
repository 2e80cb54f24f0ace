"""What a repository lacks to use us, and how it is given it: every file, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from mpm_hooks import disk, guard, plumbing, repo, tracking
from mpm_hooks.finding import UnableError
from mpm_hooks.repo import Repo
from mpm_hooks.rules.standing import IgnoreRule
from mpm_hooks.setup import (
    HOOKS,
    PUSH_HOOK,
    Answer,
    Left,
    Proposal,
    agent,
    attributes,
    ignoring,
    precommit,
    prek,
    skills,
    workflow,
)

Part: TypeAlias = tuple[str, Callable[[bytes | None], Answer]]

_WORKFLOWS = ".github/workflows"
_NESTED = (".claude-mpm/.gitignore", ".claude-mpm/sessions/.gitignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to have of us."""

    claude: bool = False
    """Skills and hooks for Claude Code."""
    push: bool = False
    """A session at the end of branch work."""
    github: bool | None = None
    """The workflow for pull requests; None where the repository is to tell."""


def proposed(found: Repo, wanted: Wanted) -> Iterator[Proposal | Left]:
    """Yield what the repository lacks, and what a person has to do about it.

    Raises:
        UnableError: A file cannot be read.
    """
    return _answers(found, _wanted(found, wanted))


def _wanted(found: Repo, wanted: Wanted) -> Iterator[Part]:
    hooks = (*HOOKS, PUSH_HOOK) if wanted.push else HOOKS
    if not (found.root / prek.PATH).exists() or (found.root / precommit.PATH).exists():
        yield precommit.PATH, partial(precommit.propose, hooks=hooks)
    yield prek.PATH, partial(prek.propose, hooks=hooks)
    if not keeps_sessions_out(found):
        yield ignoring.PATH, partial(_unignored, found)
    yield attributes.PATH, attributes.propose
    if _is_on_github(found) if wanted.github is None else wanted.github:
        yield workflow.PATH, lambda _: workflow.propose(_workflows(found))
    if wanted.claude:
        yield from ((path, partial(skills.propose, path)) for path in skills.SKILLS)
        yield agent.PATH, agent.propose


def withdrawn(found: Repo) -> Iterator[Proposal | Left]:
    """Yield what is to be taken out of the repository, and what a person has to take out.

    Raises:
        UnableError: A file cannot be read.
    """
    parts: Sequence[Part] = (
        (precommit.PATH, precommit.withdraw),
        (prek.PATH, prek.withdraw),
        (ignoring.PATH, ignoring.withdraw),
        (attributes.PATH, attributes.withdraw),
        (workflow.PATH, workflow.withdraw),
        *((path, partial(skills.withdraw, path)) for path in skills.SKILLS),
        (agent.PATH, agent.withdraw),
    )
    return _answers(found, parts)


def _answers(found: Repo, parts: Iterable[Part]) -> Iterator[Proposal | Left]:
    """Ask about each file with what it holds; through a link nothing is written."""
    for path, ask in parts:
        if link := tracking.linked(found.top, path):
            what = f"{link} is a symbolic link, and nothing is written where it leads: do it there"
            yield Left(path=path, what=what)
        elif answer := ask(disk.content(found.root / path)):
            yield answer


def write(found: Repo, proposals: Sequence[Proposal]) -> None:
    """Write every file, or none.

    Raises:
        UnableError: A file cannot be written, or has been changed since it was read; all files are as they were.
    """
    for each in proposals:
        if disk.content(found.root / each.path) != each.before:
            message = f"{each.path} was changed meanwhile; nothing was written: try again"
            raise UnableError(message)
    try:
        with ExitStack() as stack:
            for each in proposals:
                path = found.root / each.path
                if each.after is None:
                    stack.enter_context(disk.removed(path.parent, [path.name]))
                    continue
                stack.enter_context(disk.present(path.parent))
                files = {path.name: each.after}
                if each.before is None:
                    stack.enter_context(disk.placed(path.parent, files, {}))
                else:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    stack.enter_context(disk.placed(path.parent, {}, files))
                    path.chmod(mode)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; nothing was written"
        raise UnableError(message) from None
    for each in proposals:
        for above in Path(each.path).parents[:-1] if each.after is None else ():
            with suppress(OSError):
                (found.root / above).rmdir()


def ignored(found: Repo, paths: Sequence[str]) -> Sequence[str]:
    """Return those of the files that git passes over: nobody but this work tree will have them."""
    given = "".join(f"{path}\0" for path in paths).encode()
    answer = plumbing.run(str(found.root), "check-ignore", "-z", "--stdin", given=given) or b""
    return [plumbing.text(name) for name in answer.split(b"\0") if name]


def addable(found: Repo, paths: Sequence[str]) -> Sequence[str]:
    """Return those of the files that ``git add`` takes: not what is ignored, nor what is gone and never was there."""
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")
    known = set(plumbing.lines(str(found.root), *listed, *(f":(top,literal){path}" for path in paths)))
    return [path for path in paths if path in known]


def installed(found: Repo, hook: str) -> bool:
    """Tell whether git's hook of this name calls a hook runner."""
    try:
        content = in_git(found, f"hooks/{hook}").read_bytes()
    except OSError:
        return False
    return b"pre-commit" in content or b"prek" in content


def in_git(found: Repo, name: str) -> Path:
    """Return where git keeps a file of its own."""
    return Path(repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", name))


def keeps_sessions_out(found: Repo) -> bool:
    """Tell a team that has decided not to commit its sessions."""
    return any(b"--allow-ignored" in (disk.content(found.root / path) or b"") for path in (precommit.PATH, prek.PATH))


def _is_on_github(found: Repo) -> bool:
    remotes = _gitpython().Repo(found.root).remotes
    urls = (str(remote.config_reader.get_value("url", "")) for remote in remotes)
    return any("github." in url for url in urls) or (found.root / ".github").is_dir()


def _gitpython() -> ModuleType:
    """Import GitPython, which knows the remotes of a repository, and makes new ones.

    That takes as long as a whole pause: nothing that a hook runs may wait for it, so it is here alone. It hands on to
    git whatever stands in the environment.
    """
    for name in repo.FOREIGN:
        os.environ.pop(name, None)
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git  # noqa: PLC0415 - see above

    return git


def _workflows(found: Repo) -> dict[str, bytes]:
    paths = [f"{_WORKFLOWS}/{name}" for name in disk.entries(found.root / _WORKFLOWS)]
    kept = (path for path in paths if path.endswith((".yml", ".yaml")))
    return {path: content for path in kept if (content := disk.content(found.root / path)) is not None}


def _unignored(found: Repo, before: bytes | None) -> Answer:
    """Find the lines below which sessions are not ignored, by asking git."""
    if rule := _hiding(found, before or b""):
        why, hides_all = f"sessions are ignored by {rule}", rule.level == ".claude-mpm/"
    elif rule := _hiding(found, ignoring.as_upstream_does(before or b"")):
        why, hides_all = "claude-mpm adds a rule that hides sessions; below it these lines undo it", False
    else:
        return None
    undone = (
        each for each in ignoring.proposals(before, why, hides_all=hides_all) if not _hiding(found, each.after or b"")
    )
    return next(undone, ignoring.left(str(rule)))


def _hiding(found: Repo, gitignore: bytes) -> IgnoreRule | None:
    """Return the rule that would hide sessions, were this the topmost file of ignore rules: git is asked elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        made = _gitpython().Repo.init(root)
        for path in (*guard.PROBES, *_NESTED):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(b"" if path in guard.PROBES else disk.content(found.root / path) or b"")
        (root / ignoring.PATH).write_bytes(gitignore)
        (root / ".git/info").mkdir(exist_ok=True)
        (root / ".git/info/exclude").write_bytes(disk.content(in_git(found, "info/exclude")) or b"")
        if excludes := plumbing.run(str(found.root), "config", "-z", "--path", "core.excludesFile"):
            made.git.config("core.excludesFile", plumbing.text(excludes.rstrip(b"\0")))
        made.close()
        scratch = repo.find(root)
        rules = tracking.ignore_rules(scratch, guard.PROBES) if scratch else {}
    return rules[min(rules)] if rules else None
