"""A Briefing in the order in which one reads: our facts, then sections of what the session says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mpm_hooks.briefing import MARKS, Briefing, Fate, words

_FEW = 5
_SOME = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a session says, under a title of ours."""

    title: str
    texts: tuple[str, ...]
    marks: tuple[str, ...] = ()
    """What stands before each text; none: it is prose."""
    left: int = 0
    """How many more there are."""


def facts(found: Briefing) -> Iterator[tuple[str, str]]:
    """Yield what is known of a session without believing what it says."""
    told = found.told
    yield "State", str(told.state)
    others = ", ".join(name.rpartition(".")[2] for name in reversed(found.forms[:-1]))
    yield "File", f"{told.path} (and {others})" if others else told.path
    moment = f" ({told.moment:%Y-%m-%d %H:%M} UTC)" if told.moment else ""
    yield "Paused", f"{found.age}{moment}"
    if found.standing.fate in (Fate.CURRENT, Fate.HERE, Fate.REMOTE):
        yield "Branch", f"{told.branch} ({found.standing.fate})"
    elif found.standing.fate is not Fate.UNKNOWN:
        into = f" into {found.standing.default}" if found.standing.default else ""
        yield "Branch", f"{found.standing.fate}{into}"
    if found.standing.commit:
        yield "Commit", words.short(found.standing.commit)
    if found.origin:
        yield "Drift", words.drift(found.standing.drift)
        yield "From", words.origin(found.origin)
    if found.origin and found.origin.changed:
        yield "Changed", f"by {words.commit(found.origin.changed)}"
    if found.worktree:
        yield "Work tree", found.worktree


def brief(found: Briefing) -> Iterator[Section]:
    """Yield what the next one needs first, the beginning of each list."""
    told, more = found.told, found.more
    yield from _beginning(found)
    yield from _list("First step", told.next[:1], 1)
    yield from _list("Then", told.next[1:], _FEW)
    yield from _list("Blocked by", told.blockers, _SOME)
    yield from _list("Open questions", told.questions, _SOME)
    yield from _list("Decided", told.decisions, _SOME)
    yield from _list("Tried without success", told.tried, _SOME)
    yield from _list("Done", told.done, _FEW)
    yield from _list("Touched since", told.drift.touched, _SOME)
    yield from _list("Not committed then, nor now", found.loose.still, _SOME)
    yield from _list("Not committed then, committed now", found.loose.committed, _SOME)
    yield from _list("Not committed then, not here", found.loose.absent, _SOME)
    yield from _list("Files to review", more.review, _SOME)
    yield from _list("Verify with", told.verify, _SOME, "$")
    yield from _list("Keep in mind", more.reminders, _FEW)


def everything(found: Briefing) -> Iterator[Section]:
    """Yield all that a session says, for who reads it in full."""
    told, more = found.told, found.more
    yield from _beginning(found, more.phase)
    yield from _list("Done", told.done)
    yield from _list("Next", told.next, marks=[f"{number}." for number in range(1, len(told.next) + 1)])
    yield from _list("Blocked by", told.blockers)
    yield from _list("Open questions", told.questions)
    yield from _list("Decided", told.decisions)
    yield from _list("Tried without success", told.tried)
    yield from _list("Tasks", [text for text, _ in more.tasks], marks=[MARKS[status] for _, status in more.tasks])
    yield from _list("Not committed when it was written", told.loose)
    yield from _list("Files that it names", told.files)
    yield from _list("Touched since", told.drift.touched)
    yield from _list("Files to review", more.review)
    yield from _list("Verify with", told.verify, None, "$")
    yield from _list("Keep in mind", more.reminders)
    yield from _list("Not known", more.not_known)


def _beginning(found: Briefing, phase: str = "") -> Iterator[Section]:
    """Yield what it is about; the branch and the commit that it names only if git does not know them."""
    told, is_known = found.told, found.standing.fate in (Fate.CURRENT, Fate.HERE, Fate.REMOTE)
    said = (
        ("Goal", told.goal),
        ("Phase", phase),
        ("Where it stands", "" if told.account == told.goal else told.account),
        ("Branch", "" if is_known else told.branch),
        ("Commit", "" if found.standing.commit else told.commit),
        ("In progress then", found.more.operation),
    )
    yield from (Section(title=title, texts=(text,)) for title, text in said if text.strip())


def _list(title: str, texts: Sequence[str], most: int | None = None, marks: Sequence[str] = "-") -> Iterator[Section]:
    """Yield the beginning of a list; one mark stands before each."""
    if texts:
        shown = tuple(texts[:most])
        each = tuple(marks) if len(marks) == len(texts) else (*marks,) * len(shown)
        yield Section(title=title, texts=shown, marks=each, left=len(texts) - len(shown))
