"""Facts -> words: the task, the phase, what is done, what comes next, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpm_hooks.facts import TRUNKS, Base, Commit, Facts, Operation, Todo, WorkState
from mpm_hooks.session import DIRECTORY
from mpm_hooks.status import Entry

_LONGEST_TASK = 120
_MOST_DONE = 50
_MOST_CONFLICTS = 20
_WORDED = {"rebase": ("of", "onto"), "merge": ("into", ""), "bisect": ("of", "")}
"""What stands between an operation, its branch and its target."""
UNSTATED = "The next step: none was stated"
"""How it begins when a session says that its next step is only what git's state suggests."""
_OPEN = ("in_progress", "pending")
"""The statuses of what is to be done, in the order in which it is."""


def task(facts: Facts) -> str:  # noqa: PLR0911 - a list of cases, the first that holds
    """Name the task: the author's word, else what the branch, the changes or the last commit tell."""
    said, work = facts.statement, facts.work
    if said.task or said.message:
        return shortened(said.task or said.message.split("\n", 1)[0])
    if work is None:
        return f"Work in {facts.project}"
    if work.operation:
        return shortened(operation(work.operation, work.branch))
    if work.branch and not _is_trunk(work):
        return shortened(f"Work on {work.branch}{f' (last commit: {work.own[0].message})' if work.own else ''}")
    if loose := uncommitted(work):
        return f"Changes to {_files(loose)}"
    if last := _last(work):
        return shortened(f"After commit {last.sha}: {last.message}")
    return f"Begin {facts.project}"


def phase(facts: Facts) -> str:  # noqa: PLR0911 - a list of cases, the first that holds
    """Name the phase: the author's word, else by the state of git alone."""
    work = facts.work
    if facts.statement.phase:
        return facts.statement.phase
    if work is None:
        return "Not under version control"
    if work.operation or conflicts(work):
        begun = _sentence(work.operation.name) if work.operation else "Merge"
        return f"{begun} in progress{_settled(work)}"
    if tracked := _tracked(work):
        return "Changes in progress" if _is_loose(tracked) else "Changes staged, not committed"
    if uncommitted(work):
        return "New files not added yet"
    if not work.head:
        return "Before the first commit"
    merged = f", and {work.base.name} has it" if work.base and (work.base.is_merged or not work.base.ahead) else ""
    return f"Everything committed{' but sessions' if work.entries else ''}{merged}"


def _settled(work: WorkState) -> str:
    """Count the conflicts that are left, and those that are resolved."""
    files = ((conflicts(work), "in conflict"), (work.operation.resolved if work.operation else (), "resolved"))
    return "".join(f", {count(len(each), 'file')} {how}" for each, how in files if each)


def summary(facts: Facts) -> str:
    """Give the author's message, else say where the work stands."""
    work = facts.work
    if facts.statement.message:
        return facts.statement.message
    if work is None:
        return f"Paused in {facts.project}, outside version control. No message was given."
    middle = f" in the middle of a {_named(work.operation.name)}" if work.operation else ""
    place = f"on {work.branch}" if work.branch else "on a detached HEAD"
    last = _last(work)
    at = f" after commit {last.sha} ({last.message})" if last else "" if work.head else ", before the first commit"
    apart = f", {distance(work.base)}" if work.base else ""
    changed = len(_tracked(work))
    kinds = ((changed, "changed file"), (len(uncommitted(work)) - changed, "untracked file"))
    loose = " and ".join(count(number, kind) for number, kind in kinds if number) or "nothing uncommitted"
    return f"Paused{middle} {place}{at}{apart}, with {loose}{_settled(work)}. No message was given."


def done(facts: Facts) -> Sequence[str]:
    """Say what is done: what the author says, then the commits that are this work's."""
    own = facts.work.own if facts.work else ()
    more = [f"and {len(own) - _MOST_DONE} commits more"] if len(own) > _MOST_DONE else []
    return [*facts.statement.done, *(f"{each.message} ({each.sha})" for each in own[:_MOST_DONE]), *more]


def next_steps(facts: Facts) -> Sequence[str]:
    """Say what comes next: the author's word, what git waits for, open todos, first the one in progress."""
    waiting = _awaited(facts.work) if facts.work else ()
    told = [*facts.statement.next, *waiting, *(todo.content for todo in open_todos(facts))]
    return list(dict.fromkeys(told or _derived(facts)))


def open_todos(facts: Facts) -> Sequence[Todo]:
    """Return the open items of todo and task list alike."""
    if facts.agent is None:
        return ()
    tasks = (Todo(content=each.subject, status=each.status) for each in facts.agent.tasks)
    items = [*facts.agent.todos, *tasks]
    return [item for status in _OPEN for item in items if item.status == status]


def _awaited(work: WorkState) -> Iterator[str]:
    """Say what git waits for before anything else can be done."""
    name = work.operation.name if work.operation else ""
    go_on = "git bisect good or git bisect bad" if name == "bisect" else f"git {name} --continue"
    if left := conflicts(work):
        end = f", then {go_on}" if name else ""
        files, them = _files(left, _MOST_CONFLICTS), "it" if len(left) == 1 else "them"
        yield f"Resolve the conflicts in {files} and git add {them}{end}"
    elif name == "bisect":
        at = "".join(f" {each.sha} ({each.message})" for each in work.commits[:1])
        yield f"Test commit{at}, then say {go_on}"
    elif name == "am" and not _tracked(work):
        yield f"Apply by hand what git am --show-current-patch=diff shows, git add it, then {go_on}"
    elif name:
        yield f"Finish the {_named(name)}: {go_on}"


def _derived(facts: Facts) -> Iterator[str]:
    """Say what git's state suggests where nobody said anything."""
    work = facts.work
    if work is None:
        return
    verify = next(iter(facts.verify.values()), "")
    first = f", verify with: {verify}" if verify else ""
    if tracked := _tracked(work):
        files = f"{_files(tracked)}{first}"
        yield f"Go on with {files}; then commit" if _is_loose(tracked) else f"Commit what is staged: {files}"
    elif loose := uncommitted(work):
        yield f"Add or ignore the new files: {_files(loose)}{first}"
    elif work.base and work.base.is_merged:
        yield f"Nothing is left on this branch: {work.base.name} has its changes"
    elif work.base and _is_trunk(work):
        if work.base.behind:
            yield f"Pull: {work.base.name} is {count(work.base.behind, 'commit')} further"
        if work.base.ahead:
            yield f"Push: {work.base.name} lacks {count(work.base.ahead, 'commit')}{first}"
    elif work.base and work.own:
        moved = work.branch or "the work"
        yield f"Bring {moved} into {work.base.name}, which lacks {count(len(work.own), 'commit')} of it{first}"


def not_known(facts: Facts, *, asked: bool) -> Iterator[str]:
    """Say what the session leaves open; ``asked`` says whether Claude Code's store was to be read."""
    said, work, agent = facts.statement, facts.work, facts.agent
    verify = next(iter(facts.verify.values()), "")
    yield f"Whether the tests pass: a pause runs nothing{f'; this tells: {verify}' if verify else ''}"
    if not verify:
        yield "How to verify: the project declares no command for it"
    if not (said.task or said.message):
        source = "git" if work else "the folder's name"
        yield f"The goal in the author's words: no message was given; task and summary come from {source}"
    if not (said.next or open_todos(facts)):
        yield f"{UNSTATED}{'; the one named comes from git' if next_steps(facts) else ''}"
    lists = {
        "decisions": said.decisions,
        "open questions": said.questions,
        "blockers": said.blockers,
        "failed attempts": said.tried,
    }
    if unsaid := [what for what, texts in lists.items() if not texts]:
        yield f"{', '.join(unsaid).capitalize()}: none were stated"
    duration = "" if facts.recorded and facts.recorded.moments else " and duration"
    if not asked:
        yield f"Todos, tokens, model{duration}: Claude Code's store was not asked"
    elif agent is None:
        yield f"Todos, tokens, model{duration}: Claude Code's store told nothing of this project"
    else:
        if not (agent.todos or agent.tasks):
            yield "Todos: Claude Code's session kept none"
        if agent.tokens is None:
            yield "Tokens: Claude Code's session counted none"
    yield from _unknown_of_git(work) if work else ["What was changed: there is no version control to ask"]


def _unknown_of_git(work: WorkState) -> Iterator[str]:
    if work.incomplete:
        yield f"Part of the status: {work.incomplete}"
    if work.base is None and work.head:
        worked_on = work.branch or (work.operation.branch if work.operation else None)
        remark = "no remote has a copy of it" if worked_on in TRUNKS else "none is known"
        yield f"The distance from a default branch: {remark}"
    if not work.head or work.own:
        return
    if work.base is None:
        if not work.commits[0].is_pause:
            yield "Which commits are this work's: no branch sets them apart, and there is no earlier pause to begin at"
    elif not work.base.ahead:
        yield f"Which commits are this work's: {work.base.name} has all that are here"


def uncommitted(work: WorkState) -> Sequence[Entry]:
    """Return what is not committed, but for sessions."""
    return [entry for entry in work.entries if f"{DIRECTORY.partition('/')[0]}/" not in entry.path]


def _tracked(work: WorkState) -> Sequence[Entry]:
    return [entry for entry in uncommitted(work) if not entry.is_untracked]


def _is_loose(tracked: Sequence[Entry]) -> bool:
    """Tell whether something is not staged."""
    return any(entry.xy[1] != "." for entry in tracked)


def conflicts(work: WorkState) -> Sequence[Entry]:
    """Return the files in conflict."""
    return [entry for entry in work.entries if "U" in entry.xy or entry.xy in ("AA", "DD")]


def operation(begun: Operation, branch: str | None) -> str:
    """Word an operation in progress with all that is known of it."""
    moved = begun.branch or branch
    before, between = _WORDED.get(begun.name, ("on", "of"))
    of = f" {before} {moved}" if moved else ""
    target = f"{between and ' '}{between or ':'} {begun.target}" if begun.target else ""
    step = f", stopped at {begun.step.removeprefix('at ')}" if begun.step else ""
    return f"{_sentence(begun.name)}{of}{target}{step}"


def distance(base: Base) -> str:
    """Say how far a branch is from the one that it is compared with."""
    sides = ((base.ahead, "ahead of"), (base.behind, "behind"))
    apart = " and ".join(f"{count(number, 'commit')} {side}" for number, side in sides if number) or "level with"
    return f"{apart} {base.name}{', which has its changes already' * base.is_merged}"


def enumerated(names: Sequence[str], most: int = 3) -> str:
    """Name the first of some files, and count the others."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _files(entries: Sequence[Entry], most: int = 3) -> str:
    return enumerated([entry.path for entry in entries], most)


def count(number: int, noun: str) -> str:
    """Put a number before a noun."""
    return f"{number} {noun}{'s' * (number != 1)}"


def shortened(text: str) -> str:
    """Put a text on one line that is not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_TASK else f"{text[: _LONGEST_TASK - 1]}…"


def _is_trunk(work: WorkState) -> bool:
    if work.base is None:
        return work.branch in TRUNKS
    return work.branch == work.base.name.partition("/")[2]  # a default branch is compared with a remote's copy alone


def _named(operation: str) -> str:
    return "git am" if operation == "am" else operation


def _sentence(operation: str) -> str:
    return _named(operation).capitalize()


def _last(work: WorkState) -> Commit | None:
    return next((each for each in work.commits if not each.is_pause), None)
