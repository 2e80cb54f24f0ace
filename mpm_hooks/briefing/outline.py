"""A Briefing in the order in which one reads: our facts, then sections of what the session says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mpm_hooks.briefing import Briefing, Fate, words

_MARKS = {"pending": "[ ]", "in_progress": "[>]", "completed": "[x]"}
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
    yield "File", told.path if len(found.forms) == 1 else f"{told.path} (and {_others(found.forms)})"
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


def _others(forms: Sequence[str]) -> str:
    """Name the other forms of a session by their endings."""
    return ", ".join(name.rpartition(".")[2] for name in reversed(forms[:-1]))


def brief(found: Briefing) -> Iterator[Section]:
    """Yield what the next one needs first, the beginning of each list."""
    told, more = found.told, found.more
    yield from _prose("Goal", told.goal)
    yield from _account(found)
    yield from _branch(found)
    yield from _prose("In progress then", more.operation)
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
    yield from _list("Verify with", told.verify, _SOME, mark="$")
    yield from _list("Keep in mind", more.reminders, _FEW)


def everything(found: Briefing) -> Iterator[Section]:
    """Yield all that a session says, for who reads it in full."""
    told, more = found.told, found.more
    yield from _prose("Goal", told.goal)
    yield from _prose("Phase", more.phase)
    yield from _account(found)
    yield from _branch(found)
    yield from _prose("In progress then", more.operation)
    every = len(told.files) + _SOME * _SOME
    yield from _list("Done", told.done, every)
    yield from _list("Next", told.next, every, ordered=True)
    yield from _list("Blocked by", told.blockers, every)
    yield from _list("Open questions", told.questions, every)
    yield from _list("Decided", told.decisions, every)
    yield from _list("Tried without success", told.tried, every)
    yield from _tasks(found)
    yield from _list("Not committed when it was written", told.loose, every)
    yield from _list("Files that it names", told.files, every)
    yield from _list("Touched since", told.drift.touched, every)
    yield from _list("Files to review", more.review, every)
    yield from _list("Verify with", told.verify, every, mark="$")
    yield from _list("Keep in mind", more.reminders, every)
    yield from _list("Not known", more.not_known, every)


def _account(found: Briefing) -> Iterator[Section]:
    """Yield where the work stands, if that says more than the goal."""
    yield from _prose("Where it stands", "" if found.told.account == found.told.goal else found.told.account)


def _tasks(found: Briefing) -> Iterator[Section]:
    marks = tuple(_MARKS[each.status] for each in found.more.tasks)
    yield from [Section(title="Tasks", texts=tuple(each.text for each in found.more.tasks), marks=marks)] * bool(marks)


def _branch(found: Briefing) -> Iterator[Section]:
    """Yield the branch and the commit as a session names them, if git does not know them."""
    is_known = found.standing.fate in (Fate.CURRENT, Fate.HERE, Fate.REMOTE)
    yield from _prose("Branch", "" if is_known else found.told.branch)
    yield from _prose("Commit", "" if found.standing.commit else found.told.commit)


def _prose(title: str, text: str) -> Iterator[Section]:
    if text.strip():
        yield Section(title=title, texts=(text,))


def _list(title: str, texts: Sequence[str], most: int, *, ordered: bool = False, mark: str = "-") -> Iterator[Section]:
    shown = tuple(texts[:most])
    if shown:
        marks = tuple(f"{number}." if ordered else mark for number in range(1, len(shown) + 1))
        yield Section(title=title, texts=shown, marks=marks, left=len(texts) - len(shown))
