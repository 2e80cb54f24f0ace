"""The comments of a pull request and what is to be said -> what to write, and what to take away.

A comment is ours if its author is who we are, by name and kind, and our marker stands at its very beginning: anybody
may write a marker, and a token that may write may also change what others wrote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mpm_hooks.finding import MisuseError

LONGEST = 60_000
"""UTF-16 units of a comment; GitHub refuses 65,536, and does not say how it counts."""

_MARKER = re.compile(r"<!-- mpm-hooks:sessions (?P<said>[\w.=: -]{1,400}) -->(?:\r?\n|$)", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a comment: the same name may be a person's and a bot's."""

    login: str
    kind: str
    """``User`` or ``Bot``, as GitHub says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment, as GitHub has it."""

    id: int
    node: str
    """Its name in GraphQL."""
    url: str
    author: Author
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What a comment of ours says of itself, for the runs to come."""

    key: str
    run: tuple[int, int] = (0, 0)
    """The run that wrote it, and its attempt."""
    head: str = ""
    """The commit that it tells of."""
    outdated: bool = False
    """Whether its sessions are gone."""
    digest: str = ""
    """What its text is known by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be said."""

    key: str
    run: tuple[int, int]
    head: str
    text: str
    passing: str = ""
    """What of the text is another in every run, and makes it no other text."""
    outdated: bool = False
    """Whether it only says that there is no session any more."""

    @property
    def marker(self) -> Marker:
        """What the comment is to say of itself."""
        lasting = self.text.replace(self.passing, "") if self.passing else self.text
        digest = hashlib.sha256(lasting.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return Marker(key=self.key, run=self.run, head=self.head, outdated=self.outdated, digest=digest)

    @property
    def body(self) -> str:
        """The whole comment."""
        return f"{_written(self.marker)}\n{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do; nothing, if all is as it should be."""

    kept: Comment | None = None
    """Our comment, if there is one."""
    write: bool = False
    """Whether to write the draft: into what is kept, or else anew."""
    folded: bool | None = None
    """Whether to fold it away as outdated, or to show it again; None to leave that."""
    extra: tuple[Comment, ...] = ()
    """Ours as well, and too many."""
    is_superseded: bool = False
    """Whether a newer run, or one for a newer commit, has written it."""


def key(text: str) -> str:
    """Return the key of a comment, by which one pull request may have several.

    Raises:
        MisuseError: It is no such key.
    """
    if not _KEY.fullmatch(text):
        message = f"key {text[:60]!r}: take letters, digits, dots, underscores and hyphens, at most 40"
        raise MisuseError(message)
    return text


def room(key: str) -> int:
    """Return how long a text may be."""
    longest = Marker(key=key, run=(10**18, 10**9), head="0" * 64, digest="0" * 16)
    return LONGEST - len(_written(longest)) - 1


def marker(body: str) -> Marker | None:
    """Return what a comment says of itself, None if no marker stands at its beginning."""
    found = _MARKER.match(body)
    if not found:
        return None
    said = dict(each.partition("=")[::2] for each in found["said"].split())
    run = re.fullmatch(r"([0-9]{1,19})\.([0-9]{1,10})", said.get("run", ""))
    return Marker(
        key=said.get("key", ""),
        run=(int(run[1]), int(run[2])) if run else (0, 0),
        head=said.get("head", ""),
        outdated=said.get("state") == "outdated",
        digest=said.get("digest", ""),
    )


def is_marked(each: Comment, key: str) -> bool:
    """Tell whether a comment has the marker of this key, whoever wrote it."""
    found = marker(each.body)
    return found is not None and found.key == key


def plan(comments: Iterable[Comment], draft: Draft, author: Author | None, head: str) -> Plan:
    """Decide what to do on a pull request that is at this commit by now; the author is who we are, if that is known."""
    ours = [each for each in comments if each.author == author and is_marked(each, draft.key)]
    if not ours:
        return Plan(write=not draft.outdated)
    kept, *extra = sorted(ours, key=lambda each: each.id)
    said, saying = marker(kept.body) or Marker(key=draft.key), draft.marker
    if said.run > draft.run or (said.head == head != draft.head):
        return Plan(kept=kept, extra=tuple(extra), is_superseded=True)
    return Plan(
        kept=kept,
        extra=tuple(extra),
        write=(said.outdated, said.digest) != (saying.outdated, saying.digest),
        folded=saying.outdated if said.outdated != saying.outdated else None,
    )


def _written(said: Marker) -> str:
    state = "outdated" if said.outdated else "current"
    run = ".".join(map(str, said.run))
    return f"<!-- mpm-hooks:sessions key={said.key} run={run} head={said.head} state={state} digest={said.digest} -->"
