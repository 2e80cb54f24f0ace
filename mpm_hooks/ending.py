"""The end of branch work: whether a session covers the tip of a branch that is pushed, or left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mpm_hooks import config, history, repo, session
from mpm_hooks.config import Config
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.runner import Pushed

_BRANCHES = "refs/heads/"
_SESSIONS = f":(top,glob){session.DIRECTORY}/session-*.json"
_ALL_ELSE = (":(top)", f":(top,exclude,glob)**/{session.DIRECTORY}/**")


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What is to be done at the end of a branch's work: take a session, or nothing, and why."""

    takes: bool
    words: str


def ends(found: Repo, chosen: Config, pushed: Sequence[Pushed]) -> Iterator[End]:
    """Judge each branch of a push; tags, deletions and what is exempt are passed over in silence."""
    defaults = history.default_branches(found, chosen.default_branches)
    here = _branch(found)
    for source, name in dict.fromkeys(_refs(found, pushed)):
        local = here if source == "HEAD" else source.removeprefix(_BRANCHES)
        if {name, local} & {*defaults} or config.is_exempt(name, chosen.exempt_branches) or covering(found, source):
            continue
        if local is None:
            words = f"no session covers {name}: HEAD is detached, and nothing was touched: git switch BRANCH first"
        elif local != here:
            words = (
                f"no session covers {name}: {local} is not checked out, and was not touched: "
                f"git switch {local}, then mpm-hooks pause --branch-end"
            )
        else:
            words = f"no session covers {name}"
        yield End(takes=local is not None and local == here, words=words)


def end(found: Repo, chosen: Config) -> End:
    """Judge the branch that is checked out, for somebody who calls from elsewhere than a push."""
    branch = _branch(found)
    if branch is None:
        return End(takes=False, words="HEAD is detached: there is no branch whose work could end")
    if branch in history.default_branches(found, chosen.default_branches):
        return End(takes=False, words=f"{branch} is the default branch: its work does not end")
    if config.is_exempt(branch, chosen.exempt_branches):
        return End(takes=False, words=f"{branch} is exempt by the settings")
    try:
        repo.run(found, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return End(takes=False, words=f"{branch} has no commit yet")
    if taken := covering(found, "HEAD"):
        return End(takes=False, words=f"{taken} covers {branch} already")
    return End(takes=True, words=f"no session covers {branch}")


def covering(found: Repo, tip: str) -> str | None:
    """Return the id of the session that covers a commit: since it was added only sessions have changed.

    A session that came in one commit with the work covers it, too. Merges count only if they brought something else.
    """
    work = repo.text(found, "rev-list", "-1", tip, "--", *_ALL_ELSE)
    added = ("--diff-filter=A", "--name-only", "--format=", "-z", "--no-renames")
    names = (
        repo.run(found, "log", *added, "--ancestry-path", "--full-history", f"{work}..{tip}", "--", _SESSIONS)
        if work
        else b""
    )
    names += repo.run(found, "show", *added, work or tip, "--", _SESSIONS)
    ids = session.ids(name.decode(errors="replace").rpartition("/")[2].strip() for name in names.split(b"\0"))
    return max(ids, default=None)


def _refs(found: Repo, pushed: Sequence[Pushed]) -> Iterator[tuple[str, str]]:
    """Yield each branch that is pushed, by its full name or as ``HEAD``, and what it is called there."""
    for each in pushed:
        if each.source == "*":
            lines = repo.text(found, "for-each-ref", "--format=%(refname)", _BRANCHES).split("\n")
            yield from ((name, name.removeprefix(_BRANCHES)) for name in lines if name)
            continue
        source = _source(found, each)
        target = each.target or (source if source != "HEAD" else f"{_BRANCHES}{_branch(found) or 'HEAD'}")
        if source and target.startswith(_BRANCHES):
            yield source, target.removeprefix(_BRANCHES)


def _source(found: Repo, each: Pushed) -> str:
    """Return the full name of a branch that is pushed, ``HEAD`` if it is what is checked out, else nothing."""
    if each.source == "HEAD" or each.source.startswith("refs/"):
        return each.source if each.source.startswith(("HEAD", _BRANCHES)) else ""
    for name, answer in ((f"{_BRANCHES}{each.source}", f"{_BRANCHES}{each.source}"), (each.source, "HEAD")):
        try:
            tip = repo.text(found, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitError:
            continue
        if answer != "HEAD" or tip == repo.text(found, "rev-parse", "HEAD"):
            return answer
    return ""


def _branch(found: Repo) -> str | None:
    try:
        return repo.text(found, "symbolic-ref", "--quiet", "--short", "HEAD")
    except GitError:
        return None
