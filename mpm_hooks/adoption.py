"""What a repository lacks to use us, and how it is given it: every file, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

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
    hooks = (*HOOKS, PUSH_HOOK) if wanted.push else HOOKS
    answers: list[Answer] = []
    if not (found.root / prek.PATH).exists() or (found.root / precommit.PATH).exists():
        answers.append(_asked(found, precommit.PATH, partial(precommit.propose, hooks=hooks)))
    answers.append(_asked(found, prek.PATH, partial(prek.propose, hooks=hooks)))
    if not _keeps_sessions_out(found):
        answers.append(_asked(found, ignoring.PATH, partial(_unignored, found)))
    answers.append(_asked(found, attributes.PATH, attributes.propose))
    if _is_on_github(found) if wanted.github is None else wanted.github:
        answers.append(_asked(found, workflow.PATH, lambda _: workflow.propose(_workflows(found))))
    if wanted.claude:
        answers += [_asked(found, path, partial(skills.propose, path)) for path in skills.SKILLS]
        answers.append(_asked(found, agent.PATH, agent.propose))
    yield from filter(None, answers)


def withdrawn(found: Repo) -> Iterator[Proposal | Left]:
    """Yield what is to be taken out of the repository, and what a person has to take out.

    Raises:
        UnableError: A file cannot be read.
    """
    parts: Sequence[tuple[str, Callable[[bytes | None], Answer]]] = (
        (precommit.PATH, precommit.withdraw),
        (prek.PATH, prek.withdraw),
        (ignoring.PATH, ignoring.withdraw),
        (attributes.PATH, attributes.withdraw),
        (workflow.PATH, workflow.withdraw),
        *((path, partial(skills.withdraw, path)) for path in skills.SKILLS),
        (agent.PATH, agent.withdraw),
    )
    yield from filter(None, (_asked(found, path, withdraw) for path, withdraw in parts))


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
                    stack.enter_context(_gone(path, found.root))
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
    path = Path(repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", f"hooks/{hook}"))
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return b"pre-commit" in content or b"prek" in content


def _asked(found: Repo, path: str, ask: Callable[[bytes | None], Answer]) -> Answer:
    """Ask about a file with what it holds; through a link nothing is written."""
    if link := disk.linked(found.root, path):
        return Left(path=path, what=f"{link} is a symbolic link, and nothing is written where it leads: do it there")
    return ask(disk.content(found.root / path))


def _keeps_sessions_out(found: Repo) -> bool:
    """Tell a team that has decided not to commit its sessions."""
    settings = [disk.content(found.root / path) or b"" for path in (precommit.PATH, prek.PATH)]
    return any(b"--allow-ignored" in content for content in settings)


def _is_on_github(found: Repo) -> bool:
    urls = plumbing.run(str(found.root), "config", "-z", "--get-regexp", r"^remote\..*\.url$") or b""
    return b"github." in urls or (found.root / ".github").is_dir()


def _workflows(found: Repo) -> dict[str, bytes]:
    names = [name for name in disk.entries(found.root / _WORKFLOWS) if name.endswith((".yml", ".yaml"))]
    read = {f"{_WORKFLOWS}/{name}": disk.content(found.root / _WORKFLOWS / name) for name in names}
    return {path: content for path, content in read.items() if content is not None}


def _unignored(found: Repo, before: bytes | None) -> Answer:
    """Find the lines below which sessions are not ignored, by asking git."""
    rule = _hiding(found, before or b"")
    why = f"sessions are ignored by {rule}"
    hides_all = rule is not None and rule.level == ".claude-mpm/"
    if rule is None:
        rule = _hiding(found, ignoring.as_upstream_does(before or b""))
        why = "claude-mpm adds a rule that hides sessions; below it these lines undo it"
    if rule is None:
        return None
    for each in ignoring.proposals(before, why, hides_all=hides_all):
        if each.after is not None and _hiding(found, each.after) is None:
            return each
    return ignoring.left(str(rule))


def _hiding(found: Repo, gitignore: bytes) -> IgnoreRule | None:
    """Return the rule that would hide sessions, were this the topmost file of ignore rules: git is asked elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        plumbing.run(str(root), "init", "--quiet", "--template=")
        for path in (*guard.PROBES, *_NESTED):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(b"" if path in guard.PROBES else disk.content(found.root / path) or b"")
        (root / ignoring.PATH).write_bytes(gitignore)
        exclude = Path(repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude"))
        (root / ".git/info").mkdir()
        (root / ".git/info/exclude").write_bytes(disk.content(exclude) or b"")
        if excludes := plumbing.run(str(found.root), "config", "-z", "--path", "core.excludesFile"):
            plumbing.run(str(root), "config", "core.excludesFile", plumbing.text(excludes.rstrip(b"\0")))
        scratch = repo.find(root)
        rules = tracking.ignore_rules(scratch, guard.PROBES) if scratch else {}
    return rules[min(rules)] if rules else None


@contextmanager
def _gone(path: Path, root: Path) -> Iterator[None]:
    """Take a file away, and the directories that are empty then; it comes back where something is raised."""
    hidden = path.with_name(f".mpm-hooks-{os.getpid()}-{path.name}")
    path.rename(hidden)
    try:
        yield
    except BaseException:
        hidden.rename(path)
        raise
    hidden.unlink()
    with suppress(OSError):
        for above in path.parents[: len(path.relative_to(root).parts) - 1]:
            above.rmdir()
