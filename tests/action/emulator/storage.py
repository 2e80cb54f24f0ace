"""The git repositories, bare, as GitHub serves them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PERSON = {
    "GIT_AUTHOR_NAME": "GitHub",
    "GIT_AUTHOR_EMAIL": "noreply@example.com",
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@example.com",
}


BEGINNING = """\
commit refs/heads/main
committer GitHub <noreply@example.com> 1767225600 +0000
data 5
Begin
M 100644 inline kept.txt
data 4
one

commit refs/heads/topic
committer GitHub <noreply@example.com> 1767225601 +0000
data 9
Change it
from refs/heads/main
M 100644 inline kept.txt
data 4
two

"""


def git(path: Path, *words: str, check: bool = True, given: str = "") -> str:
    """Run git in a bare repository; return what it printed."""
    done = subprocess.run(
        ["git", "-C", path, *words],
        check=check,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | PERSON,
        input=given,
    )
    return done.stdout.strip() if not done.returncode else ""


def create(path: Path) -> None:
    """Make a repository that serves what GitHub serves: partial clones, and any commit by its name."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", path], check=True)
    with (path / "config").open("a", encoding="utf-8") as config:
        config.write("[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n")


def begin(path: Path) -> None:
    """Make a commit on main, and one more on topic."""
    git(path, "fast-import", "--quiet", given=BEGINNING)


def grow(path: Path, branch: str) -> str:
    """Add a commit that changes nothing; return its name."""
    tip_was = tip(path, f"refs/heads/{branch}")
    made = git(path, "commit-tree", f"{tip_was}^{{tree}}", "-p", tip_was, "-m", "More")
    git(path, "update-ref", f"refs/heads/{branch}", made)
    return made


def tip(path: Path, ref: str) -> str:
    """Return the commit at which a ref stands; nothing, when there is none."""
    return git(path, "rev-parse", "--quiet", "--verify", f"{ref}^{{commit}}", check=False)


def is_name(text: str) -> bool:
    """Whether a commit can be called so; git would take some other texts for options."""
    return bool(text) and not text.startswith("-") and "\0" not in text


def count(path: Path, base: str, head: str) -> int:
    """Return how many commits one has that the other has not."""
    return int(git(path, "rev-list", "--count", f"{base}..{head}"))


def brings(path: Path, base: str, head: str, sha: str) -> bool:
    """Whether a commit is among those that a branch has and its base has not."""
    return sha in git(path, "rev-list", f"{base}..{head}", check=False).split()


def follow(base: Path, number: int, onto: str, source: Path, branch: str) -> str:
    """Bring ``refs/pull/N/head`` and ``refs/pull/N/merge`` to where the branch is; return that commit."""
    name, form = f"refs/pull/{number}", "--format=%(refname) %(objectname) %(parent)"
    told = [line.split() for line in git(base, "for-each-ref", form, name, f"refs/heads/{onto}").splitlines()]
    at = {ref: commits for ref, *commits in told}
    was = at.get(f"{name}/head", [""])[0]
    # If the branch is gone, the pull request remembers where it was.
    head = tip(source, f"refs/heads/{branch}") or was
    target = at[f"refs/heads/{onto}"][0]
    if was == head and at.get(f"{name}/merge", [])[1:] in ([], [target, head]):
        return head
    if was != head:
        git(base, "fetch", "--quiet", str(source), f"+refs/heads/{branch}:{name}/head")
    _merge(base, f"{name}/merge", target, head)
    return head


def _merge(path: Path, ref: str, target: str, head: str) -> None:
    """Try to merge, as GitHub does for each pull request; where that fails there is no such ref."""
    if tree := git(path, "merge-tree", "--write-tree", target, head, check=False):
        made = git(path, "commit-tree", tree, "-p", target, "-p", head, "-m", f"Merge {head} into {target}")
        git(path, "update-ref", ref, made)
    else:
        git(path, "update-ref", "-d", ref)
