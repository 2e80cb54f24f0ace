"""How many processes of git each command starts, and which; git itself writes them down (GIT_TRACE2_EVENT)."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import large
from check import made as sessions
from contest import Figure
from side import Side, script, see
from table import main

COUNT = 30
PAUSE = ("pause", "Login works")


IN_COMMIT = {"GIT_INDEX_FILE": ".git/index"}
"""What git sets for the hooks of a commit."""


def count(
    folder: Path, _: int, words: Sequence[str], place: Callable[[Path], Path], told: Mapping[str, str]
) -> tuple[float, str]:
    """Run a command; return how many processes of git it starts by itself, and which."""
    root = place(folder)
    traces = Path(tempfile.mkdtemp(prefix="traces-", dir=folder))
    surroundings = {"GIT_TRACE2_EVENT": str(traces), "HOME": str(folder / "home"), **told}
    done = Side(place=root, commands=[script("mpm-hooks", *words)], environment=surroundings).heard()
    see(done.returncode == 0, f"{done.returncode}: {done.stderr[-300:]}")
    started = Counter(name for _, name in sorted(_started(traces)))
    return started.total(), ", ".join(f"{name} x{times}" if times > 1 else name for name, times in started.items())


def _started(traces: Path) -> Iterator[tuple[str, str]]:
    """Yield when a process began, and its command; what git starts for itself has a name of two parts."""
    for path in traces.iterdir():
        events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        begun = next(each for each in events if each["event"] == "start")
        if "/" not in begun["sid"]:
            yield begun["time"], _name(begun["argv"])


def _name(argv: Sequence[str]) -> str:
    """Return a command without the options that stand before it."""
    words = iter(argv[1:])
    for word in words:
        if word in ("-C", "-c", "--git-dir", "--work-tree"):
            next(words, "")
        elif not word.startswith("-"):
            return word
    return "git"


def _sessions(folder: Path) -> Path:
    return sessions(folder, COUNT, "ours")


def _work(folder: Path) -> Path:
    """Make a repository with work in it."""
    return large.made(folder / "counted", 50).root


ROWS = tuple(
    Figure(
        work=work,
        against="processes of git",
        at_most=at_most,
        measured=partial(count, words=words, place=place, told=told),
    )
    for work, words, place, told, at_most in (
        ("check, 30 sessions", ("check",), _sessions, {}, None),
        ("committed --hook, clean", ("committed", "--hook"), _sessions, {}, None),
        ("committed --hook, clean, in a commit", ("committed", "--hook"), _sessions, IN_COMMIT, None),
        ("pause --hook, in a commit", ("pause", "--hook"), _work, IN_COMMIT, None),
        ("pause with commit, dirty", PAUSE, _work, {}, 8),
        ("pause --no-commit, dirty", ("pause", "--no-commit", "Login works"), _work, {}, None),
        ("pause --auto, nothing to tell", ("pause", "--auto"), _sessions, {}, None),
        ("fix, nothing to do", ("fix",), _sessions, {}, None),
        ("summary, 30 sessions", ("summary", "--base", "main~1"), _sessions, {}, None),
        ("list", ("list",), _sessions, {}, None),
        ("resume", ("resume",), _sessions, {}, None),
        ("require, a clean branch", ("require", "--base", "main~1"), _sessions, {}, None),
    )
)

if __name__ == "__main__":
    sys.exit(main("counts", __doc__, ROWS))
