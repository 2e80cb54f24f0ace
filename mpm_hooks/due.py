"""Whether the commits of a change need a session, and have one: told by what they are, by what they change.

A session covers the commits before it. Where history was rewritten since, it covers those up to the commit that stands
for its own (``drift``). Nothing here needs a work tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mpm_hooks import blobs, config, drift, maker, plumbing, session
from mpm_hooks.blobs import Obtain
from mpm_hooks.config import Config
from mpm_hooks.finding import MalformedError, UnableError
from mpm_hooks.maker import Made
from mpm_hooks.parse import json_form
from mpm_hooks.session import Session
from mpm_hooks.summary import Change, told

_OURS = session.DIRECTORY.partition("/")[0]
_LAYOUT = "--format=%H%x00%an%x00%ae%x00%B%x00"
_PARTS = 4
_MOST_SESSIONS = 20
"""Sessions that are held against a history that was rewritten; the newest say it best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Commits: those that a head has, and its bases have not."""

    root: str
    """A git directory, or a work tree."""
    head: str
    bases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What git is told of them."""
        return (self.head, *(f"^{base}" for base in self.bases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was looked at, and what of it lacks a session."""

    commits: int
    """Merges are not counted."""
    covered_by: str
    """The newest session that is among them; empty if there is none."""
    uncovered: tuple[Made, ...]
    """Those that need a session, and have none, the newest first."""


def tips(root: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return where branches of these names stand, here and on remotes."""
    patterns = [pattern for name in names for pattern in (f"refs/heads/{name}", f"refs/remotes/*/{name}")]
    found = blobs.said(root, "for-each-ref", "--format=%(objectname)", *patterns) if patterns else ""
    return tuple(dict.fromkeys(found.split()))


def of(span: Span, chosen: Config, directory: str = "", obtain: Obtain | None = None) -> Judgement:
    """Judge commits; a session elsewhere in the repository than in the project's directory covers nothing.

    Raises:
        UnableError: Nobody can tell which commits these are.
    """
    start = _start(span)
    folder = "/".join(filter(None, (directory.strip("/"), session.DIRECTORY)))
    added = _added(span, folder)
    ids = sorted(frozenset().union(*added.values()), reverse=True)
    uncovered = list(_due(span, chosen, added))
    whole = blobs.changed(span.root, start, span.head) if uncovered and start else [None]
    if all(each and _is_exempt(each.path, chosen) for each in whole):
        uncovered = []
    if uncovered and ids:
        change = Change(base=start, head=span.head)
        points = list(_stood_for(span.root, folder, ids[:_MOST_SESSIONS], change, obtain))
        left = set(_listed(span, points))
        uncovered = [each for each in uncovered if each.id in left]
    return Judgement(commits=len(_listed(span)), covered_by=next(iter(ids), ""), uncovered=tuple(uncovered))


def _start(span: Span) -> str:
    """Return the commit at which the change left the nearest of its bases, empty if it never was in any."""
    found = [at for base in span.bases if (at := blobs.said(span.root, "merge-base", base, span.head))]
    if not found and blobs.said(span.root, "rev-parse", "--is-shallow-repository") == "true":
        message = (
            "the clone is too shallow to tell which commits these are: git fetch --unshallow, in CI fetch-depth: 0"
        )
        raise UnableError(message)
    return blobs.said(span.root, "merge-base", "--independent", *found).partition("\n")[0] if found else ""


def _listed(span: Span, points: Sequence[str] = ()) -> Sequence[str]:
    """Return the commits, the newest first; without merges, and without what these points have."""
    return blobs.said(span.root, "rev-list", "--no-merges", *span.words, *(f"^{point}" for point in points)).split()


def _added(span: Span, folder: str) -> Mapping[str, AbstractSet[str]]:
    """Return the sessions that were added and are still there, by the commit that did so.

    A merge adds only what none of those has that it merges.
    """
    there = _jsons(blobs.entries(span.root, span.head, folder))
    form = ("-c", "-z", "--diff-filter=A", "--no-renames", "--no-show-signature", "--name-only", "--format=%H")
    added: dict[str, frozenset[str]] = {}
    commit = ""
    for piece in plumbing.lines(span.root, "log", *form, *span.words, "--", f":(top,literal){folder}"):
        name = piece.strip("\n")
        if "/" not in name:
            commit = name
        elif ids := _jsons([name.rpartition("/")[2]]) & there:
            added[commit] = added.get(commit, frozenset()) | ids
    return added


def _jsons(names: Iterable[str]) -> AbstractSet[str]:
    return session.ids(name for name in names if name.endswith(".json"))


def _due(span: Span, chosen: Config, points: Mapping[str, object]) -> Iterator[Made]:
    """Yield the commits that need a session, of those that these points have not."""
    words = ("log", "-z", "--no-merges", "--no-show-signature", "--encoding=UTF-8", _LAYOUT)
    printed = plumbing.run(span.root, *words, *span.words, *(f"^{point}" for point in points)) or b""
    pieces = printed.decode(errors="replace").split("\0")
    for place in range(0, len(pieces) - _PARTS, _PARTS + 1):
        made = Made(*pieces[place : place + _PARTS])
        if not _is_free(span.root, made, chosen):
            yield made


def _is_free(root: str, made: Made, chosen: Config) -> bool:
    """Tell a commit that needs no session: of a person, of a bot, of documents alone, or a mere revert."""
    if chosen.require == "never" or (chosen.require == "agent" and not made.sign):
        return True
    if not made.is_agents_own and maker.is_named(made, chosen.exempt_authors):
        return True
    words = ("diff-tree", "--root", "-r", "-z", "--name-only", "--no-renames", "--no-commit-id")
    changed = plumbing.lines(root, *words, made.id)
    return all(_is_exempt(path, chosen) for path in changed) or _takes_back(root, made)


def _is_exempt(path: str, chosen: Config) -> bool:
    """Tell a file that needs no session: a document, or what is claude-mpm's own."""
    return f"/{_OURS}/" in f"/{path}" or config.is_exempt(path, chosen.exempt_paths)


def _takes_back(root: str, made: Made) -> bool:
    """Tell whether a commit takes back what it says, and nothing else; where the other is not here, it is believed."""
    if not (made.reverts and blobs.commit(root, made.reverts)):
        return bool(made.reverts)
    return _patch(root, made.reverts, f"{made.reverts}^") == _patch(root, f"{made.id}^", made.id)


def _patch(root: str, before: str, after: str) -> bytes:
    """Return the id of what changes between two commits, whatever stands around it."""
    words = ("diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-ext-diff", "--no-textconv")
    return drift.patch_id(root, *words, before, after)


def _stood_for(root: str, folder: str, ids: Sequence[str], change: Change, obtain: Obtain | None) -> Iterator[str]:
    """Yield the commits that stand for those at which sessions were paused, as far as these can be read."""
    entries = blobs.entries(root, change.head, folder)
    files = {each: entries[f"{each}.json"].id for each in ids}
    if obtain:
        obtain(list(files.values()))
    held = blobs.contents(root, files.values())
    for each, found in files.items():
        try:
            said = Session(id=each, data=json_form.parse("", held.get(found, b"")).data)
        except MalformedError:
            continue
        if at := drift.of(root, told.of(said, f"{folder}/{each}.json"), change, obtain).at:
            yield at
