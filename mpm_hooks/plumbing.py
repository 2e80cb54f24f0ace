"""Asks git without GitPython, whose import alone takes three times as long as a whole check may.

Only what reads objects and names is asked here; whatever changes something goes through ``repo``.
"""

from __future__ import annotations

import os

from mpm_hooks import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import TypeAlias

FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
)
"""What describes, in a hook, the repository for which it was started, and not the one that is asked about
(``git rev-parse --local-env-vars``)."""
Answer: TypeAlias = "Callable[[], Sequence[str | None] | None]"
"""Waits for the full name of each object; see ``objects``."""

Listener: TypeAlias = "Callable[[Sequence[str]], Answer]"
"""Asks for objects, once."""

_SECONDS = 20.0
"""How long git may take."""


def top(directory: str) -> str | None:
    """Return the top of the work tree that a directory is in, None if it is in none."""
    directory = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(directory, ".git")):  # noqa: PTH118 - pathlib takes its time to import
        above = os.path.dirname(directory)  # noqa: PTH120 - …
        if above == directory:
            return None
        directory = above
    return directory


def objects(root: str, names: Sequence[str]) -> Sequence[str | None] | None:
    """Return the full name of each object, None for one that is not there; None for all if git does not work here.

    A name is whatever git takes for an object: a commit, ``:FILE`` in the index, ``HEAD:FILE``, a ref.
    """
    return listening(root)(names)() if names else ()


def listening(root: str) -> Listener:
    """Start git, and return what asks it, once, for objects, and then what waits for the answer."""
    # In one piece, and without a look at what else may be called so: each of both takes git longer than the answer.
    words = ("-c", "core.warnAmbiguousRefs=false", "cat-file", "--buffer", "--batch-check=%(objectname)")
    listens = _listening(root, words, None)  # it answers as fast as it reads

    def asked(names: Sequence[str]) -> Answer:
        answered = listens("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))

        def answer() -> Sequence[str | None] | None:
            if (said := answered()) is None:
                return None
            lines = said.decode("utf-8", "surrogateescape").split("\n")
            return [None if line.endswith(" missing") else line for line in lines[: len(names)]]

        return answer

    return asked


def lines(root: str, *words: str) -> Iterable[str]:
    """Return what git prints with NUL after each piece, nothing if it refuses."""
    return (text(piece) for piece in (run(root, *words) or b"").split(b"\0") if piece)


def text(printed: bytes) -> str:
    """Return what git printed as text, as ``os.fsdecode`` does; that one fails on Windows where it is no UTF-8."""
    return printed.decode("utf-8", "surrogateescape")


def run(root: str, *words: str, given: bytes = b"", seconds: float = _SECONDS) -> bytes | None:
    """Run git in a work tree; return what it prints, None if it refuses, is not there, or takes longer than that."""
    return _listening(root, words, seconds)(given)()


def inherited(foreign: Collection[str]) -> dict[str, str]:
    """Return our environment without what is foreign."""
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _listening(root: str, words: Sequence[str], seconds: float | None) -> Callable[[bytes], Callable[[], bytes | None]]:
    """Start git, and return what gives it its input, and then what waits for what it prints."""
    command = ["git", "-C", root, "-c", "core.quotePath=false", *words]
    environment = inherited(FOREIGN)
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    listens = process.listening(command, environment, seconds=seconds, hears_errors=False)

    def given_to(given: bytes) -> Callable[[], bytes | None]:
        ended = listens(given)
        return lambda: found.output if (found := ended()) and found.status == 0 else None

    return given_to
