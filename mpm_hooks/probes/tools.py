"""The programs: Python, git, hook runners, claude-mpm; and whether hooks are switched off."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mpm_hooks import __version__, blobs
from mpm_hooks.probes import Anywhere, Scene, Symptom, error, ok, warning
from mpm_hooks.setup import HOOKS, PUSH_HOOK

RUNNERS = {"pre-commit": (3, 2, 0), "prek": (0, 0, 0)}
"""The programs that run hooks, and the oldest that runs ours."""

_OLDEST_GIT = (2, 31)
"""``rev-parse --path-format`` came with it."""
_GIT_FOR_MERGES = (2, 38)
"""``merge-tree --write-tree`` came with it."""
_OFF = ("0", "false", "no", "off")
_HOME_ALONE = ((6, 2, 41), (6, 2, 52))
"""Releases of claude-mpm that keep sessions in the home directory, of all projects together."""


def python(_: Scene) -> Iterator[Symptom]:
    """Tell which Python runs us; an older one could not."""
    yield ok("Python", f"{platform.python_version()} runs mpm-hooks {__version__} ({sys.executable})")


def git(scene: Scene) -> Iterator[Symptom]:
    """Tell which git there is, and what it lacks."""
    said = blobs.said(str(scene.here), "version")
    found, version = _numbers(said), said.removeprefix("git version ")
    if not found:
        yield error("git", "does not answer, or is not on PATH", "install it: https://git-scm.com/downloads")
    elif found < _OLDEST_GIT:
        yield error("git", f"{version} is too old", "install 2.31 or newer: https://git-scm.com/downloads")
    elif found < _GIT_FOR_MERGES:
        what = f"{version}: a pause does not see that a branch was merged by a squash"
        yield warning("git", what, "install 2.38 or newer")
    else:
        yield ok("git", version)


def runners(scene: Scene) -> Iterator[Symptom]:
    """Tell which hook runners can be called."""
    found = {name: path for name in RUNNERS if (path := shutil.which(name, path=scene.environment.get("PATH")))}
    if not found:
        way_out = "pipx install pre-commit, or pipx install prek"
        yield warning("hook runner", "neither pre-commit nor prek is on PATH", way_out)
    for name, path in found.items():
        said = _asked(path)
        if said is None:
            yield error(name, f"{path} does not answer", f"install it anew: pipx reinstall {name}")
        elif _numbers(said) < RUNNERS[name]:
            yield error(name, f"{said} is too old", f"pipx upgrade {name}: 3.2.0 or newer")
        else:
            yield ok(name, said.removeprefix(f"{name} "))


def switches(scene: Scene) -> Iterator[Symptom]:
    """Tell of variables that keep hooks from running."""
    value = scene.environment.get("MPM_HOOKS", "")
    if value.lower() in _OFF:
        yield error("MPM_HOOKS", f"MPM_HOOKS={value} switches our hooks off", "unset MPM_HOOKS")
    skipped = {word.strip() for word in scene.environment.get("SKIP", "").split(",")}
    if ours := sorted(skipped & {*HOOKS, PUSH_HOOK, "mpm-require"}):
        yield warning("SKIP", f"runners pass over {', '.join(ours)}", "unset SKIP")


def claude_mpm(scene: Scene) -> Iterator[Symptom]:
    """Tell which claude-mpm there is, by where it is installed: it is not run."""
    path = shutil.which("claude-mpm", path=scene.environment.get("PATH"))
    if path is None:
        yield ok("claude-mpm", "is not on PATH; no hook needs it")
        return
    above = Path(path).resolve().parent.parent
    places = [*above.glob("lib/python3*/site-packages"), above / "Lib/site-packages"]
    names = [each.name for place in places for each in place.glob("claude_mpm-*.dist-info")]
    version = names[0].split("-")[1].removesuffix(".dist") if names else ""
    first, last = _HOME_ALONE
    if first <= _numbers(version) <= last:
        what = f"{version} keeps sessions in the home directory, where no commit can hold them"
        yield warning("claude-mpm", what, "install 6.2.53 or newer, or pause with mpm-hooks pause")
    else:
        yield ok("claude-mpm", f"{version or 'of unknown version'} ({path})")


def _asked(path: str) -> str | None:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=True, encoding="utf-8", timeout=20)  # noqa: S603 - a runner that is on PATH
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().partition("\n")[0]


def _numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of the first version in a text, none if there is none."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, found[0].split("."))) if found else ()


PROBES: Sequence[Anywhere] = (python, git, runners, switches, claude_mpm)
"""They look at what there is outside of any repository, too."""
