"""Many hands: a ``map`` that shares its work between processes."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check must not wait for `typing`
    from typing import Any, NoReturn, TypeVar

    T = TypeVar("T")
    R = TypeVar("R")

_MOST = 8
"""Processes that share the work of one: each begins with nothing that another has seen already."""

_KILL = 9
"""SIGKILL; to import ``signal`` for its name takes its time."""


def processors() -> int:
    """Return how many processes may share the work of one; one alone where none may be parted in two."""
    # macOS has fork, but not this: there, the system's own libraries may fail in the second process.
    return min(len(os.sched_getaffinity(0)), _MOST) if hasattr(os, "sched_getaffinity") else 1


def mapped(do: Callable[[T], R], tasks: Sequence[T], processes: int) -> Iterator[R]:
    """Yield what becomes of each task, in order, as plain data; other processes do their share of them meanwhile.

    What another process does not hand over, because it was killed or failed, is done here: an answer is late then, or
    the fault is told where somebody hears it.
    """
    others: list[_Other] = []
    processes = max(1, min(processes, len(tasks)))
    try:
        for number in range(1, processes):
            others.append(_Other(do, tasks[number::processes], others))
        for number, task in enumerate(tasks):
            turn = number % processes
            answer: R | None = others[turn - 1].answer() if turn else None
            yield do(task) if answer is None else answer
    finally:
        for each in others:
            each.end()


class _Other:
    """Another process, which does some tasks and hands over what becomes of each."""

    __slots__ = ("_answers", "_left", "_process")

    def __init__(self, do: Callable[[Any], object], tasks: Sequence[object], others: Sequence[_Other]) -> None:
        """Start it.

        A process ends when nobody reads what it writes any more; so it must not hold open what the others write.
        """
        into, out = os.pipe()
        self._left = len(tasks)
        self._process = os.fork()
        if not self._process:
            _serve(do, tasks, out, [into, *(other.stream for other in others)])
        os.close(out)
        self._answers = open(into, "rb")  # noqa: PTH123, SIM115 - a pipe, which ``end`` closes

    @property
    def stream(self) -> int:
        """The pipe from which its answers are read."""
        return self._answers.fileno()

    def answer(self) -> Any:  # noqa: ANN401 - what ``do`` returns
        """Wait for the next answer, and return it; None if there comes none any more."""
        try:
            answer = marshal.load(self._answers)  # noqa: S302 - written by this very program
        except EOFError:
            return None
        self._left -= 1
        return answer

    def end(self) -> None:
        """End it, even while it is at work, and leave nothing of it behind."""
        self._answers.close()
        if self._left:
            os.kill(self._process, _KILL)
        os.waitpid(self._process, 0)


def _serve(do: Callable[[Any], object], tasks: Sequence[object], out: int, foreign: Sequence[int]) -> NoReturn:
    """Do the tasks, then end, whatever happens, without a word and without what its parent would do at its end."""
    try:
        for stream in foreign:
            os.close(stream)
        with open(out, "wb") as answers:
            for task in tasks:
                marshal.dump(do(task), answers)  # type: ignore[arg-type]  # of what is not plain, no answer is made
                answers.flush()
    finally:
        os._exit(0)
