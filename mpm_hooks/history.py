"""Where a branch stands: the one that it came from, its own commits, and whether those are merged.

One ``git log`` is read for all of it, the newest commits first, and no further than it takes.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path

from mpm_hooks import disk, objects, plumbing, repo
from mpm_hooks.facts import TRUNKS, Base, Commit
from mpm_hooks.objects import Differing, Objects
from mpm_hooks.repo import GitError, Repo
from mpm_hooks.session import DIRECTORY
from mpm_hooks.value import Value

_MOST_COMMITS = 200
_MOST_ASKED = 50
"""Files of which it is asked whether the other branch has changed them, too: git merges in less time than more take."""
_WINDOWS = (256, 8192, 2**31 - 1)
"""After how many commits it is looked whether they tell."""
_LAYOUT = "--format=%H%n%ct%n%P%n%h%n%an%n%ai%n%s"
_REMOTES = "refs/remotes"
_REMOTE = re.compile(r'^\s*\[remote "(.+)"\]', re.MULTILINE)


class Standing(Value):
    """Where HEAD stands."""

    head: str
    last: tuple[Commit, ...]
    """Its last commits, newest first."""
    parent: str | None
    """The commit before it, None if it is the first."""
    base: Base | None
    """The comparison with the branch that it came from, None if there is nothing to compare with."""
    own: tuple[Commit, ...]
    """The commits that are this work's, newest first."""

    @property
    def since(self) -> str | None:
        """The commit that changes are counted from, None if the other branch has none in common with this one."""
        return self.base.merge_base if self.base else self.head


class _Record(Value):
    moment: int
    parents: tuple[str, ...]
    commit: Commit


class _Log(Value):
    """Commits, newest first, and whether there are more."""

    records: Mapping[str, _Record]
    is_cut: bool

    def reached(self, tip: str) -> AbstractSet[str]:
        """Return the commits that a tip has, so far as they are here."""
        found, left = set(), [tip]
        while left:
            each = left.pop()
            if each in self.records and each not in found:
                found.add(each)
                left.extend(self.records[each].parents)
        return found

    def walked(self, tip: str, within: AbstractSet[str]) -> Iterator[_Record]:
        """Yield those of these commits that a tip has, the newest first, as git does: no parent before its child."""
        seen = {tip}
        queue = [(0, 0, tip)] if tip in within else []
        while queue:
            record = self.records[heappop(queue)[2]]
            yield record
            for parent in record.parents:
                if parent in within and parent not in seen:
                    seen.add(parent)
                    heappush(queue, (-self.records[parent].moment, len(seen), parent))

    def ends(self, commits: AbstractSet[str]) -> bool:
        """Tell whether all parents of these commits are here."""
        return not self.is_cut or all(
            parent in self.records for each in commits for parent in self.records[each].parents
        )


def standing(found: Repo, known: Objects, branch: str | None, defaults: Sequence[str], count: int) -> Standing:
    """Compare HEAD with the branch that it came from; on a default branch, with its copy on the remote.

    Of a default branch and its copies the one is taken that has the most of HEAD: a local copy is often old.

    Args:
        found: The repository, with a commit.
        known: Its objects.
        branch: The branch that is checked out, or that a rebase moves.
        defaults: The names of default branches by the settings; none: as git knows them.
        count: How many of its last commits are wanted.
    """
    others = _others(found, known, branch, defaults)
    try:
        told = _read(found, known, branch, others, count)
    except GitError:
        if not others:
            raise
        told = _read(found, known, branch, {}, count)  # commits of another are not here: a fetch was cut off, say
    base = told.base
    if not base or not base.ahead or not base.behind:
        return told
    ref = _full(base.name, others)
    if (base.merge_base and _adds_a_file(known, ref, base.merge_base)) or not _adds_nothing(found, ref):
        return told
    return told.replaced(base=base.replaced(is_merged=True))


def default_branches(found: Repo, defaults: Sequence[str]) -> Sequence[str]:
    """Name the default branches, by the settings or else as git knows them."""
    if defaults:
        return tuple(defaults)
    with objects.opened(found) as known:
        return _defaults(found, known, _remotes(found))


def _others(found: Repo, known: Objects, branch: str | None, defaults: Sequence[str]) -> Mapping[str, str]:
    """Return the commits of the branches to compare with, by the full names of those."""
    remotes = _remotes(found)
    named = tuple(defaults) or _defaults(found, known, remotes)
    if branch in named:
        refs = [f"{_REMOTES}/{remote}/{branch}" for remote in remotes]
    else:
        refs = [f"refs/heads/{name}" for name in named]
        refs += [f"{_REMOTES}/{remote}/{name}" for remote in remotes for name in named]
    return {ref: there.name for ref in refs if (there := known.find(ref))}


def _defaults(found: Repo, known: Objects, remotes: Sequence[str]) -> Sequence[str]:
    """Name the default branches: what a remote calls its HEAD, else what they usually are called."""
    told = {name for remote in remotes if (name := _head(found, known, remote))}
    usual = (name for name in TRUNKS if known.find(f"refs/heads/{name}") or known.find(f"{_REMOTES}/origin/{name}"))
    return tuple(told) or tuple(usual)[:1]


def _remotes(found: Repo) -> Sequence[str]:
    """Name the remotes: those of the repository's own settings, and those of which branches are here."""
    try:
        settings = (found.shared / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        settings = ""
    return tuple(dict.fromkeys([*_REMOTE.findall(settings), *disk.entries(found.shared / _REMOTES)]))


def _head(found: Repo, known: Objects, remote: str) -> str:
    """Return the branch that a remote's HEAD stands for, empty if it is not here, or stands for none."""
    ref = f"{_REMOTES}/{remote}/HEAD"
    if known.find(ref) is None:
        return ""
    try:
        said = (found.shared / ref).read_text(encoding="utf-8").strip()
    except OSError:
        said = ""
    try:  # git may keep it in another way than in a file
        target = said.removeprefix("ref: ") if said.startswith("ref: ") else repo.text(found, "symbolic-ref", ref)
    except GitError:
        return ""
    return target.removeprefix(f"{_REMOTES}/{remote}/")


def _full(name: str, others: Mapping[str, str]) -> str:
    return next(ref for ref in others if ref.endswith(f"/{name}"))


def _read(found: Repo, known: Objects, branch: str | None, others: Mapping[str, str], count: int) -> Standing:
    """Read as much of the log as it takes."""
    head = known.find("HEAD")
    # While a rebase is stopped the branch still has its commits, and HEAD few of them, or none.
    tip = (known.find(f"refs/heads/{branch}") if branch else None) or head
    assert head  # noqa: S101 - there is a commit
    assert tip  # noqa: S101 - …
    records: dict[str, _Record] = {}
    with closing(_listed(found, [head.name, tip.name, *others.values()])) as listed:
        logs = (_more(records, listed, window) for window in _WINDOWS)
        return next(told for log in logs if (told := _told(log, head.name, tip.name, others, count)))


def _more(records: dict[str, _Record], listed: Iterator[tuple[str, _Record]], window: int) -> _Log:
    """Read on until there are so many."""
    records.update(islice(listed, window - len(records)))
    return _Log(records=records, is_cut=len(records) == window)


def _listed(found: Repo, tips: Sequence[str]) -> Generator[tuple[str, _Record]]:
    """Have git list the commits of these tips, the newest first, as long as more of them are asked for.

    Raises:
        GitError: Git could not read all of them.
    """
    words = ("log", "--no-show-signature", "--encoding=UTF-8", "-z", _LAYOUT, *dict.fromkeys(tips), "--")
    git = repo.talk(found, *words)
    rest = b""
    try:
        while some := git.some():
            *whole, rest = (rest + some).split(b"\0")
            yield from map(_parsed, whole)
    finally:
        status = git.close()
    if status:
        repo.run(found, *words)  # it fails again, and now says why


def _parsed(record: bytes) -> tuple[str, _Record]:
    fields = record.decode(errors="replace").split("\n", 6)
    name, moment, parents, sha, author, timestamp, subject = fields
    made = Commit(sha=sha, author=author, timestamp=timestamp, message=subject.strip("\n"))
    return name, _Record(moment=int(moment), parents=tuple(parents.split()), commit=made)


def _told(log: _Log, head: str, tip: str, others: Mapping[str, str], count: int) -> Standing | None:
    """Tell where HEAD stands, None if more commits have to be read for that."""
    mine, work = log.reached(head), log.reached(tip)
    theirs = {ref: log.reached(each) for ref, each in others.items()}
    loose = {each for each in work if not any(each in there for there in theirs.values())}
    if not (
        head in log.records
        and all(there and log.ends(mine ^ there) for there in theirs.values())
        and (not theirs or log.ends(loose))
        and (len(mine) >= count or log.ends(mine))
    ):
        return None
    ordered = [record for record in log.walked(tip, loose) if len(record.parents) < 2]  # noqa: PLR2004 - no merge
    own = [record.commit for record in ordered[:_MOST_COMMITS]]
    return Standing(
        head=head,
        last=tuple(record.commit for record in islice(log.walked(head, mine), count)),
        parent=next(iter(log.records[head].parents), None),
        base=_base(log, mine, theirs) if theirs else None,
        own=tuple(each for each in own if not each.is_pause) if theirs else tuple(_since_pause(log, head)),
    )


def _base(log: _Log, mine: AbstractSet[str], theirs: Mapping[str, AbstractSet[str]]) -> Base:
    apart = {ref: (len(mine - there), len(there - mine)) for ref, there in theirs.items()}
    nearest = min(apart, key=lambda ref: apart[ref])
    common = mine & theirs[nearest]
    covered = {parent for each in common for parent in log.records[each].parents}
    return Base(
        name=nearest.removeprefix("refs/heads/").removeprefix(f"{_REMOTES}/"),
        merge_base=next((each for each in log.records if each in common and each not in covered), None),
        ahead=apart[nearest][0],
        behind=apart[nearest][1],
    )


def _since_pause(log: _Log, head: str) -> Sequence[Commit]:
    """Return the commits since the last pause; without one, nothing says which commits are this work's."""
    last: list[Commit] = []
    name = head
    while name in log.records and len(last) < _MOST_COMMITS:
        record = log.records[name]
        if record.commit.is_pause:
            return last
        last.append(record.commit)
        name = next(iter(record.parents), "")
    return ()


def worked_on(known: Objects, since: str) -> Iterator[Differing]:
    """Yield the files that differ between a commit and HEAD, sessions aside."""
    differing = objects.differing(known, f"{since}^{{tree}}", "HEAD^{tree}")
    return (each for each in differing if f"{DIRECTORY}/".encode() not in each[0])


def _adds_a_file(known: Objects, ref: str, merge_base: str) -> bool:
    """Tell whether HEAD has changed a file that the branch has not: to see that, nothing need be merged."""
    asked = (each for each in worked_on(known, merge_base) if b"\n" not in each[0])
    for path, before, _ in islice(asked, _MOST_ASKED):
        theirs = known.find(f"{ref}:{plumbing.text(path)}")
        if (theirs and theirs.name) == (before and before[1]):
            return True
    return False


def _adds_nothing(found: Repo, ref: str) -> bool:
    """Tell whether merging HEAD would change nothing there but sessions: it was squashed, or its commits were picked.

    Git before 2.38 cannot merge without a work tree: then it is not known, and not said.
    """
    import tempfile  # noqa: PLC0415 - it takes its time, and few pauses need it

    with tempfile.TemporaryDirectory() as own:
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
    usual = str(found.shared / "objects").replace("\\", "\\\\").replace('"', '\\"')
    # In quotes, since a path may hold what stands between two of them; see git(1).
    return {"GIT_OBJECT_DIRECTORY": str(directory), "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{usual}"'}
