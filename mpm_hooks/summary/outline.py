"""A Summary in the order in which a reviewer reads it: blocks of text that a format only has to write down.

What a session says is ``Said`` or ``Code``, and hostile; ``Words`` are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mpm_hooks.account import count
from mpm_hooks.finding import ERROR, SEVERITIES
from mpm_hooks.policy import Judged
from mpm_hooks.summary import Drift, Links, Match, State, Summary, Told

_SHORT = 10
"""Digits of a commit's name that are shown."""
_NEXT = "Next"
_MOST_NAMED = 5
_MOST_FOLDED = 50
_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """Words of ours, which need no care."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a session says."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A name or a command that a session says; with the file or the commit that can be looked at under it."""

    text: str
    path: str = ""
    commit: str = ""


Piece: TypeAlias = Words | Said | Code
Line: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line: where the work stands."""

    state: State
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Items:
    """A list under a title."""

    title: str
    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The sessions in the order in which they were paused."""

    sessions: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """What is shown to who asks for it, under a title of ours."""

    title: str
    blocks: tuple[Block, ...]


Block: TypeAlias = "Heading | Paragraph | Items | Timeline | Fold"


def of(found: Summary) -> Iterator[Block]:
    """Yield the blocks: first what fits a screen, then the folds."""
    newest = found.sessions[0] if found.sessions else None
    yield Heading(found.status, tuple(_standing(newest)) if newest else ())
    if newest:
        yield from _intent(newest)
        yield from _brief(found, newest)
        yield from _against(found, newest)
    else:
        gone = f"; it takes {count(len(found.removed), 'session')} away" if found.removed else ""
        yield Paragraph((Words(f"Nothing here adds or changes a paused session{gone}."),))
    uncovered = [(Code(each.id[:_SHORT], commit=each.id), Words(" "), Said(each.subject)) for each in found.uncovered]
    yield from _items(f"{count(len(uncovered), 'commit')} without a session", uncovered, _MOST_NAMED)
    yield from _check(found)
    if newest:
        yield from _folds(found, newest)


def _standing(newest: Told) -> Iterator[str]:
    """Say what is left, and whether the newest session still matches the head."""
    counts = ((newest.blockers, "blocker"), (newest.next, "step"), (newest.questions, "open question"))
    told = [count(len(items), noun) for items, noun in counts if items and newest.state is not State.READY]
    if newest.state is State.UNREADABLE:
        yield "the newest session cannot be read"
    elif told:
        yield f"{', '.join(told)} left"
    elif newest.state is State.READY:
        yield "nothing left"
    else:
        yield f"{count(len(newest.loose), 'file')} not committed" if newest.loose else "no next step is named"
    yield matching(newest.drift)


def matching(drift: Drift) -> str:
    """Say how a session stands to the head."""
    rewritten = {"commit": "", "tree": " (history rewritten, same files)", "patch": " (history rewritten, same change)"}
    if drift.match is Match.FRESH:
        return f"matches this head{rewritten[drift.by]}"
    if drift.match is Match.BEHIND:
        return f"{count(drift.commits, 'commit')} behind this head{rewritten[drift.by]}"
    return "diverged from this head" if drift.match is Match.DIVERGED else "match with this head unknown"


def _intent(newest: Told) -> Iterator[Block]:
    if newest.goal:
        yield Paragraph((Said(newest.goal, strong=True),))
    if newest.account and newest.account != newest.goal:
        yield Paragraph((Said(newest.account),))
    yield Paragraph(_source(newest))


def _source(told: Told) -> Line:
    """Name a session, when and where it was paused."""
    moment = f", paused {told.moment:%Y-%m-%d %H:%M} UTC" if told.moment else ""
    line: Line = (Code(told.id, path=told.path), Words(moment))
    if told.branch:
        line += (Words(" on "), Code(told.branch))
    if told.commit:
        line += (Words(" at "), Code(told.commit[:_SHORT], commit=told.commit))
    return line


def _brief(found: Summary, newest: Told) -> Iterator[Block]:
    """Show the beginning of each list; decisions of all sessions are one."""
    decisions = dict.fromkeys(text for each in found.sessions for text in each.decisions)
    for title, texts, most in _lists(newest, tuple(decisions)):
        yield from _items(title, [(Said(text),) for text in texts], most)


def _lists(told: Told, decisions: Sequence[str]) -> Sequence[tuple[str, Sequence[str], int]]:
    """Return the lists, and how much of each is shown to everybody."""
    return (
        ("Done", told.done, 3),
        (_NEXT, told.next, 5),
        ("Decided", decisions, 3),
        ("Open questions", told.questions, 5),
        ("Blocked by", told.blockers, 5),
    )


def _items(title: str, lines: Sequence[Line], most: int) -> Iterator[Block]:
    """Show the first of some lines, and count the others."""
    more: list[Line] = [(Words(f"… and {len(lines) - most} more"),)] if len(lines) > most else []
    if lines:
        yield Items(title, (*lines[:most], *more), ordered=title == _NEXT)


def _against(found: Summary, newest: Told) -> Iterator[Block]:
    """Hold what the newest session claims against the diff."""
    claims = (
        ("changed since it was written: ", newest.drift.touched),
        ("named by the session, not touched here: ", found.untouched),
        ("changed here, mentioned by no session: ", found.unmentioned),
    )
    lines = [(Words(what), *_named(files)) for what, files in claims if files]
    files, commits = count(len(found.change.files), "file"), count(found.change.commits, "commit")
    yield from _items(f"Against the diff ({files}, {commits})", lines, len(lines))


def _named(files: Sequence[str]) -> Iterator[Piece]:
    for place, name in enumerate(files[:_MOST_NAMED]):
        yield from (Words(", "),) if place else ()
        yield Code(name, path=name)
    if len(files) > _MOST_NAMED:
        yield Words(f" and {len(files) - _MOST_NAMED} more")


def _check(found: Summary) -> Iterator[Block]:
    """Tell the findings, errors first."""
    order = sorted(found.findings, key=lambda each: each.finding.severity != ERROR)
    told = [count(number, each) for each in SEVERITIES if (number := found.count(each))]
    yield from _items(f"Check: {', '.join(told)}", list(map(_finding, order)), _MOST_FINDINGS)


def _finding(judged: Judged) -> Line:
    found = judged.finding
    place = f"{found.path.rpartition('/')[2]}:{found.line}"
    return Words(f"{found.code} "), Code(place, path=found.path), Words(" "), Said(found.message)


def _folds(found: Summary, newest: Told) -> Iterator[Block]:
    if blocks := tuple(_all(newest)):
        yield Fold("All of the newest session", blocks)
    if others := found.sessions[1:]:
        yield Fold(f"{count(len(others), 'other session')}, newest first", tuple(_others(found, others)))
    if len(found.findings) > _MOST_FINDINGS:
        lines = tuple(_finding(each) for each in found.findings[:_MOST_FOLDED])
        yield Fold(f"{count(len(found.findings), 'finding')}", (Items("", lines),))


def _all(told: Told) -> Iterator[Block]:
    for title, texts, shown in (*_lists(told, told.decisions), ("Tried without success", told.tried, 0)):
        if len(texts) > shown:
            yield from _items(title, [(Said(text),) for text in texts], _MOST_FOLDED)
    for title, names, is_file in (
        ("Verify with", told.verify, False),
        ("Not committed when it was written", told.loose, True),
        ("Files that it names", told.files, True),
    ):
        lines = [(Code(name, path=name if is_file else ""),) for name in names[:_MOST_FOLDED]]
        yield from _items(title, lines, _MOST_FOLDED)


def _others(found: Summary, others: Sequence[Told]) -> Iterator[Block]:
    yield Timeline(tuple(reversed(found.sessions)))
    lines = [_other(each) for each in others[:_MOST_FOLDED]]
    more = found.left_out + len(others) - len(lines)
    yield Items("", tuple(lines))
    if more:
        yield Paragraph((Words(f"{count(more, 'older session')} not shown"),))


def _other(told: Told) -> Line:
    what = told.goal or told.account
    line: Line = (*_source(told), Words(f": {told.state}"))
    if told.drift.match is not Match.UNKNOWN:
        line += (Words(f", {matching(told.drift)}"),)
    return (*line, Words(" — "), Said(what)) if what else line


def address(code: Code, links: Links | None) -> str:
    """Return where a file or a commit can be looked at, empty if nowhere."""
    if links is None or not (code.path or code.commit):
        return ""
    return links.file(code.path) if code.path else links.commit(code.commit)
