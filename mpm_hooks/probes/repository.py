"""The repository: what keeps a pause from its commit, and what git does not have."""

from __future__ import annotations

from collections.abc import Iterator

from mpm_hooks import adoption, commit, gather, operation, repo
from mpm_hooks.finding import MisuseError
from mpm_hooks.probes import Site, Symptom, error, ok, warning
from mpm_hooks.repo import GitError


def settings(site: Site) -> Iterator[Symptom]:
    """Tell whether the settings can be read."""
    try:
        gather.settings(site.repo.root)
    except MisuseError as fault:
        yield error("settings", str(fault), "correct it there: every hook stops at it")


def identity(site: Site) -> Iterator[Symptom]:
    """Tell whether git knows who commits."""
    try:
        for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            repo.run(site.repo, "var", name)
    except GitError:
        way_out = "git config user.name NAME, and git config user.email ADDRESS"
        yield error("identity", "git does not know who you are: no session can be committed", way_out)


def head(site: Site) -> Iterator[Symptom]:
    """Tell what is checked out."""
    if name := site.says("symbolic-ref", "--quiet", "HEAD").removeprefix("refs/heads/"):
        yield ok("branch", name if commit.at(site.repo) else f"{name}, which has no commit yet")
    else:
        yield warning("HEAD", "is detached: no branch would hold a session's commit", "git switch BRANCH")


def begun(site: Site) -> Iterator[Symptom]:
    """Tell of a merge, rebase, … that has not ended."""
    if found := operation.begun(site.repo):
        ending = "bisect reset" if found.name == "bisect" else f"{found.name} --continue, or --abort"
        yield warning(found.name, "is in progress: no pause is committed meanwhile", f"end it: git {ending}")


def clone(site: Site) -> Iterator[Symptom]:
    """Tell what of the history is not here."""
    if site.says("rev-parse", "--is-shallow-repository") == "true":
        deepen = "git fetch --unshallow; in CI, a checkout with fetch-depth: 0"
        yield warning("history", "the clone is shallow: nothing is said of commits that are not here", deepen)
    if site.says("config", "--get-regexp", r"^remote\..*\.promisor$"):
        yield ok("history", "the clone is partial: of files that were not fetched nothing is said")


def locks(site: Site) -> Iterator[Symptom]:
    """Tell of locks that stop every commit, and of what a pause left that was killed."""
    own = site.repo.own
    mark = own / "mark"
    branch = site.says("symbolic-ref", "--quiet", "HEAD") or "HEAD"
    refs = [site.repo.git_dir / "HEAD.lock", adoption.in_git(site.repo, f"{branch}.lock")]
    for path in dict.fromkeys([site.repo.index.with_name(f"{site.repo.index.name}.lock"), *refs]):
        if path.exists() and not (mark.exists() and mark.samefile(path)):
            yield error("lock", f"{path} is held: no git can commit", "if no git is running: delete it")
    if own.exists():
        what = f"{own} is there: a pause is at work, or was killed"
        yield warning("pause", what, "if none is running: the next mpm-hooks pause clears it away")
