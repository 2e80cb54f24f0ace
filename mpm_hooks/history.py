"""Where a branch stands: the one that it came from, its own commits, and whether those are merged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mpm_hooks import repo
from mpm_hooks.facts import TRUNKS, Base, Commit
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import DIRECTORY

_MOST_COMMITS = 200
_LAYOUT = "--format=%h%n%an%n%ai%n%s"


def commits(found: Repo, *chosen: str) -> Iterator[Commit]:
    """Yield commits as ``git log`` chooses them with these words."""
    options = ("--no-show-signature", "--encoding=UTF-8", "-z", _LAYOUT)
    for record in repo.run(found, "log", *options, *chosen, "--").split(b"\0"):
        if record.strip():
            sha, author, timestamp, subject = (record.decode(errors="replace").split("\n", 3) + [""] * 3)[:4]
            yield Commit(sha=sha, author=author, timestamp=timestamp, message=subject.strip("\n"))


def base(found: Repo, branch: str | None, defaults: Sequence[str]) -> tuple[Base | None, Sequence[Commit]]:
    """Compare HEAD with the branch that it came from; on a default branch, with its copy on the remote.

    Of a default branch and its copies the one is taken that has the most of HEAD: a local copy is often old.

    Args:
        found: The repository, with a commit.
        branch: The branch that is checked out, or that a rebase moves.
        defaults: The names of default branches by the settings; none: as git knows them.

    Returns:
        The comparison, None if there is nothing to compare with; and the commits that are this work's, newest first.
    """
    heads = _heads(found)
    named = tuple(defaults) or _defaults(heads)
    candidates = [ref for ref in heads if _short(ref) in named and ref != f"refs/heads/{branch}"]
    if branch in named:
        candidates = [ref for ref in candidates if ref.startswith("refs/remotes/") and _short(ref) == branch]
    apart = {ref: distance for ref in candidates if (distance := _apart(found, ref))}
    if not apart:
        return None, _since_pause(found)
    nearest = min(apart, key=lambda ref: apart[ref])
    ahead, behind = apart[nearest]
    # While a rebase is stopped the branch still has its commits, and HEAD few of them, or none.
    tip = f"refs/heads/{branch}" if f"refs/heads/{branch}" in heads else "HEAD"
    own = commits(found, f"-{_MOST_COMMITS}", "--no-merges", tip, "--not", *apart)
    compared = Base(
        name=nearest.removeprefix("refs/heads/").removeprefix("refs/remotes/"),
        merge_base=_merge_base(found, nearest),
        ahead=ahead,
        behind=behind,
        is_merged=bool(ahead and behind) and _adds_nothing(found, nearest),
    )
    return compared, tuple(commit for commit in own if not commit.is_pause)


def _since_pause(found: Repo) -> Sequence[Commit]:
    """Return the commits since the last pause; without one, nothing says which commits are this work's."""
    last = list(commits(found, f"-{_MOST_COMMITS}", "--first-parent"))
    pauses = [place for place, commit in enumerate(last) if commit.is_pause]
    return last[: pauses[0]] if pauses else ()


def _heads(found: Repo) -> Mapping[str, str]:
    """Return the branches, local and of remotes, and what each stands for if it is only another name."""
    lines = repo.text(found, "for-each-ref", "--format=%(refname) %(symref)", "refs/heads", "refs/remotes").split("\n")
    return {name: target for name, _, target in (line.partition(" ") for line in lines if line)}


def _defaults(heads: Mapping[str, str]) -> Sequence[str]:
    """Name the default branches: what a remote calls its HEAD, else what they usually are called."""
    told = {_short(target) for name, target in heads.items() if name.endswith("/HEAD") and target}
    usual = next(
        (name for name in TRUNKS if f"refs/heads/{name}" in heads or f"refs/remotes/origin/{name}" in heads), ""
    )
    return tuple(told or filter(None, [usual]))


def default_branches(found: Repo, defaults: Sequence[str]) -> Sequence[str]:
    """Name the default branches, by the settings or else as git knows them."""
    return tuple(defaults) or _defaults(_heads(found))


def _short(ref: str) -> str:
    """Return a branch's own name, without that of its remote."""
    kind, _, rest = ref.removeprefix("refs/").partition("/")
    return rest.partition("/")[2] if kind == "remotes" else rest


def _apart(found: Repo, ref: str) -> tuple[int, int] | None:
    """Return how many commits HEAD has that the other has not, and the reverse."""
    try:
        ahead, behind = repo.text(found, "rev-list", "--left-right", "--count", f"HEAD...{ref}").split("\t")
    except GitError:  # a branch whose commit is not here: a fetch was cut off, say
        return None
    return int(ahead), int(behind)


def _merge_base(found: Repo, ref: str) -> str | None:
    try:
        return repo.text(found, "merge-base", "HEAD", ref)
    except GitError:
        return None


def _adds_nothing(found: Repo, ref: str) -> bool:
    """Tell whether merging HEAD would change nothing there but sessions: it was squashed, or its commits were picked.

    Git before 2.38 cannot merge without a work tree: then it is not known, and not said.
    """
    with tempfile.TemporaryDirectory(dir=found.own) as own:
        apart = objects_apart(found, Path(own))
        try:
            tree = repo.text(
                found, "merge-tree", "--write-tree", "--allow-unrelated-histories", ref, "HEAD", environment=apart
            )
            repo.run(
                found,
                "diff",
                "--quiet",
                ref,
                tree,
                "--",
                ".",
                f":(top,exclude,glob)**/{DIRECTORY}/**",
                environment=apart,
            )
        except GitError:
            return False
    return True


def objects_apart(found: Repo, directory: Path) -> Mapping[str, str]:
    """Return the variables with which git keeps the objects that it makes to a directory."""
    objects = repo.text(found, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    return {"GIT_OBJECT_DIRECTORY": str(directory), "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects}
