"""Who started the hook, and what for: pre-commit and prek tell a hook neither, so their command lines are read.

Established with pre-commit 3.2.0 to 4.7.0 and prek 0.5.11.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mpm_hooks import windows

PAUSE = "mpm-pause"
_PROC = "/proc"
_RUNNERS = frozenset({"pre-commit", "pre_commit", "prek"})
_PRE_PUSH = ("--hook-type=pre-push", "--hook-stage=pre-push", "pre-push")
_VALUED = frozenset({"-c", "-C", "--attr-source", "--config-env", "--git-dir", "--namespace", "--work-tree"})
"""Options of git that take the next word (git(1))."""
_PUSH_VALUED = frozenset({"-o", "--exec", "--push-option", "--receive-pack", "--repo"})
"""Those of ``git push`` (git-push(1))."""
_MILLISECONDS = 10**11


class Process:
    """A process above ours: its command line, and when it began, in seconds since the epoch."""

    __slots__ = ("argv", "began", "pid")

    def __init__(self, *, pid: int, argv: Sequence[str], began: float) -> None:
        """Keep what is given."""
        self.pid, self.argv, self.began = pid, argv, began


class Pushed:
    """A part of a push: what is sent, as git or its user named it, ``*`` for all branches; the full name it gets."""

    __slots__ = ("source", "target")

    def __init__(self, *, source: str, target: str) -> None:
        """Keep what is given; ``target`` is empty if nobody named one."""
        self.source, self.target = source, target

    def __eq__(self, other: object) -> bool:
        """Compare both."""
        return isinstance(other, Pushed) and (self.source, self.target) == (other.source, other.target)

    __hash__ = None  # type: ignore[assignment]  # nobody needs it


def home() -> Path:
    """Return the user's home directory; a container may run under a number that has neither that nor a name."""
    from pathlib import Path  # noqa: PLC0415 - a hook that does nothing has no need of it

    return Path(_home())


def inside_commit(environment: Mapping[str, str]) -> bool:
    """Tell whether a ``git commit`` is running: git sets GIT_INDEX_FILE for its hooks in every kind of commit."""
    return "GIT_INDEX_FILE" in environment


def in_ci(environment: Mapping[str, str]) -> bool:
    """Tell a CI service by the variable that they all set."""
    return environment.get("CI", "").lower() not in ("", "0", "false")


def ancestors(system: str = os.name) -> Iterator[Process]:
    """Yield the processes above ours, nearest first; none where the system, by Python's name for it, does not tell."""
    pid, ask = os.getppid(), _asker(system)
    while pid > 1:
        found = ask(pid)
        if found is None:
            return
        process, pid = found
        yield process


def _asker(system: str) -> Callable[[int], tuple[Process, int] | None]:
    """Return what tells of a process, and of its parent's number."""
    if system == "nt":
        from mpm_hooks import windows  # noqa: PLC0415 - every commit runs the hook

        table = windows.processes()
        return lambda pid: _from_windows(table, pid)
    return _from_proc if os.path.isdir(_PROC) else _from_ps  # noqa: PTH112 - pathlib takes longer than all of this


def is_asked_for(processes: Sequence[Process], environment: Mapping[str, str]) -> bool:
    """Tell whether a runner was told to run our pause; where the system hides command lines, all but CI may pause."""
    if not processes:
        return not in_ci(environment)
    try:
        with open(".pre-commit-config.yaml", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - as above
            config = stream.read()
    except OSError:
        config = ""
    return names_hook(processes, PAUSE, config)


def names_hook(processes: Sequence[Process], hook: str, config: str) -> bool:
    """Tell whether somebody asked a runner for this hook by its id or by an alias from the runner's settings."""
    names = {hook, *_aliases(config, hook)}
    return any(names & {word, word.rpartition(":")[2]} for word in _asked(processes))


def is_pre_push(processes: Sequence[Process], environment: Mapping[str, str]) -> bool:
    """Tell whether a runner is at its pre-push stage."""
    is_told = environment.get("PREK_HOOK_STAGE") == "pre-push" or "PRE_COMMIT_REMOTE_NAME" in environment
    return is_told or any(word in _PRE_PUSH for word in _asked(processes))


def pushed(processes: Sequence[Process], environment: Mapping[str, str]) -> Sequence[Pushed]:
    """Return what is being pushed, none if nothing is.

    pre-commit and prek tell their hooks of one ref alone, so the command line of the push is read for others.
    """
    told = environment.get("PRE_COMMIT_LOCAL_BRANCH"), environment.get("PRE_COMMIT_REMOTE_BRANCH")
    found = [Pushed(source=told[0], target=told[1])] if told[0] and told[1] else []
    # The nearest alone: a push further up is that of another repository, whose hook runs a test suite, say.
    command = next((words for process in processes if (words := _pushing(process.argv))), ())
    return [*found, *_in_command(command)]


def _pushing(argv: Sequence[str]) -> Sequence[str]:
    """Return the words after ``git push``; none after another command."""
    words = iter(argv)
    if _program(next(words, "")) != "git":
        return ()
    for word in words:
        if word in _VALUED:
            next(words, "")
        elif word[:1] != "-":
            return list(words) if word == "push" else ()
    return ()


def _in_command(words: Sequence[str]) -> Iterator[Pushed]:
    """Yield what the words after ``git push`` name: refspecs come after the remote's name (git-push(1))."""
    if {"-d", "--delete"} & {*words}:
        return
    if {"--all", "--branches", "--mirror"} & {*words}:
        yield Pushed(source="*", target="")
    pairs = zip(("", *words), words, strict=False)
    plain = [word for before, word in pairs if before not in _PUSH_VALUED and word[:1] != "-"]
    for refspec in plain[1:]:
        source, _, target = refspec.removeprefix("+").partition(":")
        if source and source != "tag" and "*" not in source:
            is_short = target and not target.startswith("refs/")
            yield Pushed(source=source, target=f"refs/heads/{target}" if is_short else target)


def set_aside(processes: Sequence[Process], environment: Mapping[str, str]) -> str | None:
    """Find the patch in which a runner above us keeps the user's unstaged work while hooks run."""
    began = {str(process.pid): int(process.began) - 1 for process in processes}
    found = []
    for folder in _stores(environment):
        for name in _names(folder):
            taken, _, pid = name.removeprefix("patch").removesuffix(".patch").partition("-")
            if pid in began and taken.isascii() and taken.isdigit():
                moment = int(taken) / (1000 if int(taken) > _MILLISECONDS else 1)
                # Patches are kept for ever, and process numbers come round again.
                if moment >= began[pid]:
                    found.append((moment, f"{folder}/{name}"))
    return max(found)[1] if found else None


def _stores(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the folders in which pre-commit and prek keep patches."""
    cache = environment.get("XDG_CACHE_HOME") or f"{_home()}/.cache"
    yield environment.get("PRE_COMMIT_HOME") or f"{cache}/pre-commit"
    yield f"{environment.get('PREK_HOME') or f'{cache}/prek'}/patches"
    if "LOCALAPPDATA" in environment:  # of Windows
        yield f"{environment['LOCALAPPDATA']}/prek/patches"


def _home() -> str:
    return os.path.expanduser("~")  # noqa: PTH111 - pathlib's own raises where there is none


def _names(folder: str) -> Sequence[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - pathlib takes longer than all of this
    except OSError:
        return ()


def _asked(processes: Sequence[Process]) -> Iterator[str]:
    """Yield the words after a runner's own name: those in front, and in other programs, ask for nothing."""
    for process in processes:
        words = iter(process.argv)
        if any(_program(word) in _RUNNERS for word in words):
            yield from words


def _program(word: str) -> str:
    """Return the name of a program without its folder, as Windows names it, too."""
    return word.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")


def _aliases(config: str, hook: str) -> Iterator[str]:
    """Yield the aliases that the runner's settings give to a hook; what the runner itself would refuse has none."""
    if "alias" not in config:
        return
    import yaml  # noqa: PLC0415 - few settings have an alias, and every commit runs the hook

    try:
        settings = yaml.safe_load(config)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    for repo in _objects(settings, "repos"):
        yield from (
            str(entry["alias"]) for entry in _objects(repo, "hooks") if entry.get("id") == hook and "alias" in entry
        )


def _objects(value: object, key: str) -> Iterator[Mapping[str, object]]:
    inner = value.get(key) if isinstance(value, dict) else None
    yield from (item for item in (inner if isinstance(inner, list) else ()) if isinstance(item, dict))


def _from_proc(pid: int) -> tuple[Process, int] | None:
    """Read a process, and its parent's number, from /proc (proc(5)); a name may hold blanks and parentheses."""
    try:
        words = _read(f"{pid}/cmdline").split(b"\0")
        fields = _read(f"{pid}/stat").rpartition(b")")[2].split()
        uptime = float(_read("uptime").split()[0])
    except OSError:
        return None
    age = uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    argv = [os.fsdecode(word) for word in words if word]
    return Process(pid=pid, argv=argv, began=time.time() - age), int(fields[1])


def _read(name: str) -> bytes:
    with open(f"{_PROC}/{name}", "rb") as stream:  # noqa: PTH123 - …
        return stream.read()


def _from_windows(table: Mapping[int, windows.Record], pid: int) -> tuple[Process, int] | None:
    """Look a process up; 0 is the parent of one whose parent has gone."""
    found = table.get(pid)
    return (Process(pid=pid, argv=found.argv, began=found.began), found.parent) if found else None


def _from_ps(pid: int) -> tuple[Process, int] | None:
    """Ask ps, on systems without /proc; it does not tell where one word ends and the next begins."""
    import subprocess  # noqa: PLC0415 - every commit runs the hook, and most systems have /proc

    command = ["ps", "-ww", "-o", "ppid=", "-o", "etime=", "-o", "command=", "-p", str(pid)]
    try:
        answer = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", errors="replace")  # noqa: S603 - fixed words and a number
    except (OSError, subprocess.CalledProcessError):
        return None
    parent, elapsed, *argv = answer.stdout.split()
    days, _, clock = elapsed.rpartition("-")
    age = 0
    for part in clock.split(":"):
        age = age * 60 + int(part)
    return Process(pid=pid, argv=argv, began=time.time() - age - int(days or 0) * 86400), int(parent)
