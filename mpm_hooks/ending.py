"""The end of branch work: whether a session covers the tip of a branch that is pushed, or left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mpm_hooks import commit, config, history, repo, session
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
    covered_by: str | None = None
    """The session that covers the branch."""


def ends(found: Repo, chosen: Config, pushed: Sequence[Pushed]) -> Iterator[End]:
    """Judge each branch of a push; tags, deletions and what is exempt are passed over in silence."""
    here = _branch(found)
    for source, name in pushes(found, chosen, pushed):
        if covering(found, source) is None:
            yield _lacking(name, here if source == "HEAD" else source.removeprefix(_BRANCHES), here)


def pushes(found: Repo, chosen: Config, pushed: Sequence[Pushed]) -> Iterator[tuple[str, str]]:
    """Yield each branch of a push that is neither a default one nor exempt: its full name or ``HEAD``, and its name."""
    defaults = history.default_branches(found, chosen.default_branches)
    here = _branch(found)
    for source, name in dict.fromkeys(_refs(found, pushed)):
        local = here if source == "HEAD" else source.removeprefix(_BRANCHES)
        names = {name, local or name}
        if not (names & {*defaults} or any(config.is_exempt(each, chosen.exempt_branches) for each in names)):
            yield source, name


def _lacking(name: str, local: str | None, here: str | None) -> End:
    """Say that no session covers what is pushed under a name, and why none is taken of what is not checked out."""
    words = f"no session covers {name}"
    if local is None:
        return End(takes=False, words=f"{words}: HEAD is detached, and nothing was touched: git switch BRANCH first")
    if local == here:
        return End(takes=True, words=words)
    way_out = f"git switch {local}, then mpm-hooks pause --branch-end"
    return End(takes=False, words=f"{words}: {local} is not checked out, and was not touched: {way_out}")


def end(found: Repo, chosen: Config) -> End:
    """Judge the branch that is checked out, for somebody who calls from elsewhere than a push."""
    branch = _branch(found)
    if branch is None:
        return End(takes=False, words="HEAD is detached: there is no branch whose work could end")
    if branch in history.default_branches(found, chosen.default_branches):
        return End(takes=False, words=f"{branch} is the default branch: its work does not end")
    if config.is_exempt(branch, chosen.exempt_branches):
        return End(takes=False, words=f"{branch} is exempt by the settings")
    if commit.at(found) is None:
        return End(takes=False, words=f"{branch} has no commit yet")
    if taken := covering(found, "HEAD"):
        return End(takes=False, words=f"{taken} covers {branch} already", covered_by=taken)
    return End(takes=True, words=f"no session covers {branch}")


def covering(found: Repo, tip: str) -> str | None:
    """Return the id of the session that covers a commit: since it was added only sessions have changed.

    A session that came in one commit with the work covers it, too. Merges count only if they brought something else.
    """
    work = repo.text(found, "rev-list", "-1", tip, "--", *_ALL_ELSE)
    since = _added(found, "log", "--ancestry-path", f"{work}..{tip}") if work else frozenset()
    return max(since | _added(found, "show", work or tip), default=None)


def _added(found: Repo, *chosen: str) -> AbstractSet[str]:
    """Return the ids of the sessions that were added in the commits that git chooses with these words."""
    form = ("--diff-filter=A", "--no-renames", "--name-only", "--format=", "-z")
    names = repo.run(found, *chosen, *form, "--", _SESSIONS).split(b"\0")
    return session.ids(name.decode(errors="replace").rpartition("/")[2] for name in names)


def _refs(found: Repo, pushed: Sequence[Pushed]) -> Iterator[tuple[str, str]]:
    """Yield each branch that is pushed, by its full name or as ``HEAD``, and what it is called there."""
    pairs = [(source, each.target) for each in pushed for source in _sources(found, each.source)]
    told = {source for source, target in pairs if target}
    for source, target in pairs:
        if not target and source in told:  # git told where it goes; the user left that to the settings of the remote
            continue
        full = target or source
        if full.startswith(_BRANCHES):
            yield source, full.removeprefix(_BRANCHES)


def _sources(found: Repo, named: str) -> Sequence[str]:
    """Return the full name of the branch that is named, ``HEAD`` for the commit that is checked out; else none."""
    if named == "*":
        return [name for name in repo.text(found, "for-each-ref", "--format=%(refname)", _BRANCHES).split("\n") if name]
    try:
        full = repo.text(found, "rev-parse", "--symbolic-full-name", named)
        if full in ("", "HEAD"):  # a commit
            return ["HEAD"] if repo.text(found, "rev-parse", f"{named}^{{commit}}") == commit.at(found) else []
    except GitError:
        return []
    return [full] if full.startswith(_BRANCHES) else []


def _branch(found: Repo) -> str | None:
    try:
        full = repo.text(found, "symbolic-ref", "--quiet", "HEAD")  # --short says heads/x where a tag is called x, too
    except GitError:
        return None
    return full.removeprefix(_BRANCHES)
