"""Facts -> words: the task, the phase, what is done, what comes next, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpm_hooks.facts import TRUNKS, Base, Commit, Entry, Facts, Operation, Todo, WorkState

_LONGEST_TASK = 120
_MOST_DONE = 50
_MOST_NAMED = 3
_CONTINUED = {
    "merge": "git merge --continue",
    "rebase": "git rebase --continue",
    "am": "git am --continue",
    "cherry-pick": "git cherry-pick --continue",
    "revert": "git revert --continue",
    "bisect": "git bisect good or git bisect bad",
}
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
        last = next((commit for commit in work.own), None)
        return shortened(f"Work on {work.branch}{f' (last commit: {last.message})' if last else ''}")
    if work.entries:
        return f"Changes to {enumerated([entry.path for entry in work.entries])}"
    if work.commits:
        return shortened(f"After commit {work.commits[0].sha}: {work.commits[0].message}")
    return f"Begin {facts.project}"


def phase(facts: Facts) -> str:
    """Name the phase: the author's word, else by the state of git alone."""
    return facts.statement.phase or _phase(facts.work)


def _phase(work: WorkState | None) -> str:  # noqa: PLR0911 - a list of cases, the first that holds
    if work is None:
        return "Not under version control"
    conflicts = _conflicts(work)
    if conflicts:
        begun = work.operation.name if work.operation else "merge"
        return f"{begun.capitalize()} in progress, {count(len(conflicts), 'file')} in conflict"
    if work.operation:
        return f"{work.operation.name.capitalize()} in progress"
    tracked = [entry for entry in work.entries if not entry.is_untracked]
    if any(entry.xy[1] != "." for entry in tracked):
        return "Changes in progress"
    if tracked:
        return "Changes staged, not committed"
    if work.entries:
        return "New files not added yet"
    if work.base and work.base.is_merged:
        return f"Everything committed, and {work.base.name} has it"
    return "Everything committed" if work.head else "Before the first commit"


def summary(facts: Facts) -> str:
    """Give the author's message, else say where the work stands."""
    work = facts.work
    if facts.statement.message:
        return facts.statement.message
    if work is None:
        return f"Paused in {facts.project}, outside version control. No message was given."
    middle = f" in the middle of a {work.operation.name}" if work.operation else ""
    place = f"on {work.branch}" if work.branch else "on a detached HEAD"
    at = f" at {commit(work.commits[0])}" if work.commits else ", before the first commit"
    apart = f", {distance(work.base)}" if work.base else ""
    untracked = sum(entry.is_untracked for entry in work.entries)
    changed = len(work.entries) - untracked
    parts = [count(changed, "changed file")] if changed else []
    parts += [count(untracked, "untracked file")] if untracked else []
    loose = " and ".join(parts) or "nothing uncommitted"
    return f"Paused{middle} {place}{at}{apart}, with {loose}. No message was given."


def done(facts: Facts) -> Sequence[str]:
    """Say what is done: what the author says, then the commits that are this work's."""
    own = facts.work.own if facts.work else ()
    more = [f"and {len(own) - _MOST_DONE} commits more"] if len(own) > _MOST_DONE else []
    return [*facts.statement.done, *(commit(each) for each in own[:_MOST_DONE]), *more]


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
    conflicts = [entry.path for entry in _conflicts(work)]
    if work.operation and work.operation.name == "bisect":
        yield f"Test this commit, then say {_CONTINUED['bisect']}"
    elif conflicts:
        end = f", then {_CONTINUED[work.operation.name]}" if work.operation else ""
        yield f"Resolve the conflicts in {enumerated(conflicts)} and git add them{end}"
    elif work.operation:
        yield f"Finish the {work.operation.name}: {_CONTINUED[work.operation.name]}"


def _derived(facts: Facts) -> Iterator[str]:
    """Say what git's state suggests where nobody said anything."""
    work = facts.work
    if work is None:
        return
    verify = next(iter(facts.verify.values()), "")
    first = f", verify with: {verify}" if verify else ""
    tracked = [entry for entry in work.entries if not entry.is_untracked]
    if any(entry.xy[1] != "." for entry in tracked):
        yield f"Go on with {enumerated([entry.path for entry in tracked])}{first}; then commit"
    elif tracked:
        yield f"Commit what is staged: {enumerated([entry.path for entry in tracked])}{first}"
    elif work.entries:
        yield f"Add or ignore the new files: {enumerated([entry.path for entry in work.entries])}{first}"
    elif work.base and work.base.is_merged:
        yield f"Nothing is left on this branch: {work.base.name} has its changes"
    elif work.base and work.base.ahead and _is_trunk(work):
        yield f"Push: {work.base.name} lacks {count(work.base.ahead, 'commit')}{first}"
    elif work.base and work.base.ahead:
        yield f"Bring {work.branch or 'the work'} to {work.base.name}: {count(work.base.ahead, 'commit')}{first}"


def not_known(facts: Facts, *, asked: bool) -> Iterator[str]:
    """Say what the session leaves open, so that nobody takes silence for an answer.

    Args:
        facts: What the session is made from.
        asked: Whether Claude Code's store was to be read.
    """
    said, work, agent = facts.statement, facts.work, facts.agent
    verify = next(iter(facts.verify.values()), "")
    yield f"Whether the tests pass: a pause runs nothing{f'; this tells: {verify}' if verify else ''}"
    if not verify:
        yield "How to verify: the project declares no command for it"
    if not (said.task or said.message):
        yield "The goal in the author's words: no message was given; task and summary come from git"
    if not (said.next or open_todos(facts)):
        derived = next_steps(facts)
        yield f"The next step: none was stated{'; the one named comes from git' if derived else ''}"
    unsaid = [name for name in ("decisions", "questions", "blockers", "tried") if not getattr(said, name)]
    words = {
        "decisions": "decisions",
        "questions": "open questions",
        "blockers": "blockers",
        "tried": "failed attempts",
    }
    if unsaid:
        yield f"{', '.join(words[name] for name in unsaid).capitalize()}: none were stated"
    if not asked:
        yield "Todos, tokens, model and duration: Claude Code's store was not asked"
    elif agent is None:
        yield "Todos, tokens, model and duration: Claude Code's store has nothing of this project"
    elif not (agent.todos or agent.tasks):
        yield "Todos: Claude Code's session kept none"
    yield from _unknown_of_git(work)


def _unknown_of_git(work: WorkState | None) -> Iterator[str]:
    if work is None:
        return
    if work.incomplete:
        yield f"Part of the status: {work.incomplete}"
    if work.base is None and work.head:
        yield "The distance from a default branch: there is no other branch to compare with"
    if work.head and not work.own and (work.base is None or work.base.ahead == 0):
        yield "Which commits are this work's: it has no branch of its own, and there is no earlier pause to begin at"


def operation(begun: Operation, branch: str | None) -> str:
    """Word an operation in progress with all that is known of it."""
    target = f"{' onto' if begun.name == 'rebase' else ':' if begun.name == 'merge' else ' of'} {begun.target}"
    moved = begun.branch or branch
    of = f" {'of' if begun.name == 'rebase' else 'on'} {moved}" if moved else ""
    words = f"{begun.name.capitalize()}{of}{target if begun.target else ''}"
    return (
        f"{words}, stopped {f'at {begun.step}' if begun.step.startswith('step') else begun.step}"
        if begun.step
        else words
    )


def distance(base: Base) -> str:
    """Say how far a branch is from the one that it is compared with."""
    parts = [count(base.ahead, "commit") + " ahead of"] if base.ahead else []
    parts += [count(base.behind, "commit") + " behind"] if base.behind else []
    return f"{' and '.join(parts) or 'level with'} {base.name}{', which has its changes already' * base.is_merged}"


def commit(each: Commit) -> str:
    """Word a commit."""
    return f"{each.message} ({each.sha})"


def enumerated(names: Sequence[str]) -> str:
    """Name the first of some files, and count the others."""
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown


def count(number: int, noun: str) -> str:
    """Put a number before a noun."""
    return f"{number} {noun}{'s' * (number != 1)}"


def shortened(text: str) -> str:
    """Put a text on one line that is not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_TASK else f"{text[: _LONGEST_TASK - 1]}…"


def _is_trunk(work: WorkState) -> bool:
    return work.branch in TRUNKS or bool(work.base and work.branch == work.base.name.rpartition("/")[2])


def _conflicts(work: WorkState) -> Sequence[Entry]:
    return [entry for entry in work.entries if "U" in entry.xy or entry.xy in ("AA", "DD")]
