"""Who is there, which repositories, pull requests, comments and runs; who may do what."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from emulator import storage

Grants = Mapping[str, Mapping[str, str]]
"""The full name of a repository -> a permission -> ``read`` or ``write``."""

LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody, or something."""

    id: int
    login: str
    kind: str = "User"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a caller shows; that of a workflow is of an installation, and stands for its bot."""

    text: str
    account: Account
    grants: Grants

    @property
    def is_installation(self) -> bool:
        """Whether it stands for a bot and not for a person."""
        return self.account.kind == "Bot"

    @property
    def traces(self) -> tuple[bytes, bytes]:
        """The forms by which it is known: as it is, and as basic authentication has it."""
        return self.text.encode(), base64.b64encode(f"x-access-token:{self.text}".encode())

    def may(self, name: str, permission: str, level: str) -> bool:
        """Whether it opens that."""
        return LEVELS.index(self.grants.get(name, {}).get(permission, "none")) >= LEVELS.index(level)


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment on a pull request."""

    id: int
    repository: str
    number: int
    author: Account
    body: str
    made: datetime
    changed: datetime
    minimized: str = ""

    @property
    def node(self) -> str:
        """Its name in GraphQL."""
        return f"IC_{self.id}"


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request."""

    id: int
    number: int
    author: Account
    source: str
    branch: str
    base: str
    title: str = "Change it"
    state: str = "open"
    is_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a workflow."""

    id: int
    event: str
    source: str
    branch: str
    sha: str
    attempt: int = 1


@dataclass(slots=True, kw_only=True)
class Repository:
    """A repository with what belongs to it."""

    id: int
    name: str
    owner: Account
    path: Path
    is_private: bool
    parent: str = ""
    is_gone: bool = False
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)


class Site:
    """The whole state; whoever changes it holds the lock."""

    def __init__(self, directory: Path) -> None:
        """Begin with nobody there but the bot of workflows."""
        self.directory = directory
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self._ids = itertools.count(1001)
        self.bot = self.account("github-actions[bot]", "Bot")

    def account(self, login: str, kind: str = "User") -> Account:
        """Return an account, made when there is none."""
        return self.accounts.setdefault(login, Account(id=next(self._ids), login=login, kind=kind))

    def token(self, text: str, account: Account, grants: Grants) -> Token:
        """Issue a token."""
        self.tokens[text] = token = Token(text=text, account=account, grants=grants)
        return token

    def repository(self, name: str, *, is_private: bool = False, parent: str = "") -> Repository:
        """Make a repository, empty, or a fork."""
        path = self.directory / f"{name}.git"
        path.parent.mkdir(parents=True, exist_ok=True)
        storage.create(path)
        if parent:
            storage.git(path, "fetch", "--quiet", str(self.repositories[parent].path), "refs/heads/*:refs/heads/*")
        owner = self.account(name.partition("/")[0])
        made = Repository(id=next(self._ids), name=name, owner=owner, path=path, is_private=is_private, parent=parent)
        self.repositories[name] = made
        return made

    def pull(self, name: str, source: str, branch: str, *, author: Account, base: str = "main") -> Pull:
        """Open a pull request for a branch of a repository, which may be a fork."""
        repository = self.repositories[name]
        number = len(repository.pulls) + 1
        made = Pull(id=next(self._ids), number=number, author=author, source=source, branch=branch, base=base)
        repository.pulls[number] = made
        self.head(repository, made)
        return made

    def head(self, repository: Repository, pull: Pull) -> str:
        """Return the commit that a pull request is at."""
        with self.lock:
            source = self.repositories[pull.source].path
            return storage.follow(repository.path, pull.number, pull.base, source, pull.branch)

    def run(self, name: str, event: str, source: str, branch: str, attempt: int = 1) -> Run:
        """Note a run of a workflow."""
        sha = storage.tip(self.repositories[source].path, f"refs/heads/{branch}")
        made = Run(id=next(self._ids), event=event, source=source, branch=branch, sha=sha, attempt=attempt)
        self.repositories[name].runs[made.id] = made
        return made

    def comment(self, name: str, number: int, author: Account, body: str) -> Comment:
        """Add a comment."""
        with self.lock:
            now = datetime.now(UTC).replace(microsecond=0)
            made = Comment(
                id=next(self._ids),
                repository=name,
                number=number,
                author=author,
                body=body,
                made=now,
                changed=now,
            )
            self.repositories[name].comments[made.id] = made
            return made

    def comments(self, name: str, number: int) -> list[Comment]:
        """Return the comments on a pull request, in the order of their ids."""
        with self.lock:
            kept = self.repositories[name].comments
            return [kept[key] for key in sorted(kept) if kept[key].number == number]

    def nodes(self) -> Iterator[Comment]:
        """Walk through every comment that there is."""
        for repository in self.repositories.values():
            yield from repository.comments.values()
