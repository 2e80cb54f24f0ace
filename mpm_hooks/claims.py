"""What git knows of what sessions claim: whether commits, branches and files that they name are, or were, there."""

from __future__ import annotations

import os

from mpm_hooks import plumbing
from mpm_hooks.rules import truth
from mpm_hooks.rules.truth import Known
from mpm_hooks.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from mpm_hooks.plumbing import Listener

_MOST_COMMITS = 200_000
_MOST_FILES = 400
"""Names of files that one search of the history is for: a command line is not endless."""

_NO_NAME = frozenset(" ~^:?*[\\")
"""What stands in the name of no branch."""

_FIRST = ("git_context", "status", "modified_files", 0)


class Repository:
    """A work tree that sessions make claims about; what git has once answered is not asked again."""

    def __init__(self, root: str, listener: Listener | None = None) -> None:
        """Name the top of the work tree, and a git that has been started there and waits for a first question."""
        self.root = root
        self._listener = listener
        self._objects: dict[str, str | None] = {}
        self._is_complete: bool | None = None

    def known(self, sessions: Sequence[Session]) -> Known | None:
        """Hold the claims of these sessions against git, all at once; None where git does not work."""
        return self.ask(sessions)()

    def ask(self, sessions: Sequence[Session]) -> Callable[[], Known | None]:
        """Ask git, and return what waits for its answer."""
        commits = {name for session in sessions for _, name in truth.commits(session)}
        branches = {name for session in sessions if is_name(name := session.text("git_context", "branch"))}
        files = {name for session in sessions for _, name in truth.files(session)}
        asked = [*map(_commit, commits), *map(_head, branches), *map(_remote_head, branches)]
        told = self._ask([*asked, *map(_indexed, files)])

        def answer() -> Known | None:
            if not told():
                return None
            lost = {name for name in commits if self._objects[_commit(name)] is None}
            gone = {name for name in branches if not (self._objects[_head(name)] or self._objects[_remote_head(name)])}
            strange = {name for name in files if self._objects[_indexed(name)] is None}
            return self._looked_into(sessions, lost, gone, strange) if lost or gone or strange else Known()

        return answer

    def whole_name(self, name: str) -> str | None:
        """Return the file that this is but for its first letter, None unless there is exactly one."""
        if not self._ask([_indexed(name)])() or self._objects[_indexed(name)] is not None:
            return None
        return self._files({name}, {name}).get(name)

    def _ask(self, names: Iterable[str]) -> Callable[[], bool]:
        """Ask for objects; return what waits until all of them are known, and tells whether they are."""
        new = [name for name in dict.fromkeys(names) if name not in self._objects]
        if not new:
            return lambda: True
        begun = (self._listener or plumbing.listening(self.root))(new)
        self._listener = None

        def told() -> bool:
            answers = begun()
            if answers is None or len(answers) < len(new):
                return False
            self._objects.update(zip(new, answers, strict=True))
            return True

        return told

    def _looked_into(
        self, sessions: Sequence[Session], lost: AbstractSet[str], gone: AbstractSet[str], strange: AbstractSet[str]
    ) -> Known:
        """Look closer at what is not where it is looked for first."""
        if not self._has_all():
            return Known()  # in a shallow or partial clone, what is missing proves nothing
        gone = gone - {self._current()} if gone else gone
        elsewhere = self._remote_branches() if gone else None
        gone = {name for name in gone if elsewhere is not None and name not in elsewhere}
        first = {
            name
            for session in sessions
            if not session.text("generator")
            for keys, name in truth.files(session)
            if keys == _FIRST
        }
        return Known(
            commits=lost,
            branches=gone,
            merged=self._reachable(sessions, gone) if gone else frozenset(),
            files=self._files(strange, first) if strange else {},
        )

    def _has_all(self) -> bool:
        if self._is_complete is None:
            shallow = plumbing.run(self.root, "rev-parse", "--is-shallow-repository")
            partial = plumbing.run(
                self.root, "config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"
            )
            self._is_complete = shallow == b"false\n" and not partial
        return self._is_complete

    def _current(self) -> str:
        """Return the branch that is checked out, which may have no commit yet."""
        name = plumbing.run(self.root, "symbolic-ref", "--quiet", "--short", "HEAD") or b""
        return plumbing.text(name).rstrip("\n")

    def _remote_branches(self) -> AbstractSet[str] | None:
        """Return the branches of all remotes; None if a remote is not fetched wholly, which proves nothing."""
        refspecs = plumbing.run(self.root, "config", "--get-all", "remote.origin.fetch")
        if refspecs is not None and b"refs/heads/*" not in refspecs:
            return None
        refs = plumbing.run(self.root, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes") or b""
        return frozenset(plumbing.text(refs).split("\n"))

    def _reachable(self, sessions: Sequence[Session], branches: AbstractSet[str]) -> AbstractSet[str]:
        """Return those commits of the sessions of these branches that some branch or tag holds."""
        heads = {
            name
            for session in sessions
            if session.text("git_context", "branch") in branches
            for name in truth.heads(session)
            if self._objects.get(_commit(name))
        }
        if not heads:
            return frozenset()
        known = plumbing.run(self.root, "rev-list", "--all", f"--max-count={_MOST_COMMITS}") or b""
        reachable = frozenset(known.decode().split("\n"))
        return {name for name in heads if self._objects[_commit(name)] in reachable}

    def _files(self, strange: AbstractSet[str], first: AbstractSet[str]) -> Mapping[str, str | None]:
        """Return the files that the repository never had, and of those that may lack a letter the whole name."""
        present = frozenset(plumbing.lines(self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"))
        strange = {name for name in strange if name not in present and not os.path.lexists(f"{self.root}/{name}")}
        if not strange:
            return {}
        had = frozenset(self._ever_had(strange, first))
        ends: dict[str, set[str]] = {}
        for name in (*present, *had):
            ends.setdefault(name[1:], set()).add(name)
        return {
            name: next(iter(ends[name])) if name in first and len(ends.get(name, ())) == 1 else None
            for name in strange
            if name not in had
        }

    def _ever_had(self, names: AbstractSet[str], first: AbstractSet[str]) -> Iterator[str]:
        """Search the history of all branches for these names, and for those with a letter in front."""
        patterns = [f":(top,literal){name}" for name in sorted(names)]
        # To git, a question mark is a byte, of which a letter may have four.
        patterns += [
            f":(top,glob){'?' * size}{_escaped(name)}" for name in sorted(names & first) for size in range(1, 5)
        ]
        for start in range(0, len(patterns), _MOST_FILES):
            words = ("log", "--all", "--format=", "--name-only", "--no-renames", "-m", "-z")
            listed = plumbing.run(self.root, *words, "--", *patterns[start : start + _MOST_FILES])
            if listed is None:  # a history so long that nobody waits for it proves nothing
                yield from names
                return
            yield from (plumbing.text(name).lstrip("\n") for name in listed.split(b"\0"))


def _commit(name: str) -> str:
    return f"{name}^{{commit}}"


def _head(branch: str) -> str:
    return f"refs/heads/{branch}"


def _remote_head(branch: str) -> str:
    return f"refs/remotes/origin/{branch}"


def _indexed(name: str) -> str:
    """Name a file in the index; without the stage, ``:/x`` would be a search in messages."""
    return f":0:{name}"


def is_name(branch: str) -> bool:
    """Tell what may be the name of a branch: git gives up on others, and claude-mpm writes ``unknown`` then."""
    is_usual = branch.isprintable() and "@{" not in branch and _NO_NAME.isdisjoint(branch)
    return bool(branch) and branch != "unknown" and is_usual


def _escaped(name: str) -> str:
    return "".join(f"\\{sign}" if sign in "*?[]\\" else sign for sign in name)
