"""The hooks: whether the settings of a runner name ours, and whether git calls the runner."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import yaml

from mpm_hooks import disk, plumbing, repo
from mpm_hooks.finding import UnableError
from mpm_hooks.probes import Site, Symptom, error, ok, warning
from mpm_hooks.setup import HOOKS, PUSH_HOOK, REV, precommit, prek

TYPES = {**dict.fromkeys(HOOKS, "pre-commit"), PUSH_HOOK: "pre-push", "mpm-require": "pre-push"}
"""Our hooks, and the hook of git that each needs."""

_MANAGERS = ("lefthook", "husky", "overcommit", "simple-git-hooks", "githooks")
_PYTHON = re.compile(rb"^INSTALL_PYTHON=(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Named:
    """The hooks of ours that one entry of the settings names."""

    rev: str
    ids: Sequence[str]


def configuration(site: Site) -> Iterator[Symptom]:
    """Tell which of our hooks the settings of a runner name, and of which version."""
    paths = [path for path in (prek.PATH, precommit.PATH) if (site.repo.root / path).exists()]
    if not paths:
        yield error("hooks", f"there is no {precommit.PATH}", "mpm-hooks init")
    for path in paths:
        named = _named(site, path)
        if named is None:
            yield error(path, "cannot be read", "mend it; pre-commit validate-config says where")
        elif not named:
            yield error(path, "names none of our hooks", "mpm-hooks init")
        for each in named or ():
            yield _entry(path, each)
        yield from _held(site, path)


def _entry(path: str, each: _Named) -> Symptom:
    rev = each.rev and f" at {each.rev}"
    what = f"{', '.join(each.ids)}{rev}"
    if precommit.is_older(each.rev):
        return warning(path, f"{what}, which is older than {REV}", "mpm-hooks init, or pre-commit autoupdate")
    return ok(path, what)


def _held(site: Site, path: str) -> Iterator[Symptom]:
    """Tell of settings that git does not have as they are: pre-commit refuses to run with unstaged ones."""
    letters = (plumbing.run(site.top, "status", "--porcelain", "--", path) or b"").decode(errors="replace")[:2]
    if letters == "??":
        yield warning(path, "is not committed: no clone has it", f"git add {path}, and commit it")
    elif letters[1:].strip() and path == precommit.PATH:
        yield warning(path, "has unstaged changes, with which pre-commit does not run", f"git add {path}")


def installed(site: Site) -> Iterator[Symptom]:
    """Tell whether git calls a runner where our hooks need it."""
    moved = (plumbing.run(site.top, "config", "--path", "core.hooksPath") or b"").decode(errors="replace").strip()
    for kind in sorted(_needed(site)):
        path = Path(repo.text(site.repo, "rev-parse", "--path-format=absolute", "--git-path", f"hooks/{kind}"))
        yield _installed(kind, path, moved, site.environment)
    if _is_linked(site):
        yield ok("work tree", "is a linked one: its hooks are those of the main work tree")


def _installed(kind: str, path: Path, moved: str, environment: Mapping[str, str]) -> Symptom:
    name, calls = f"{kind} hook", f"pre-commit run --hook-stage {kind}"
    install = _installing(kind, environment)
    if moved:
        install += f" (pre-commit only after git config --unset-all core.hooksPath); or call {calls} from {path}"
    try:
        content = disk.content(path.resolve())
    except UnableError as fault:
        return error(name, str(fault), f"remove it, then {install}")
    if content is None:
        where = f" (core.hooksPath is {moved})" if moved else ""
        return error(name, f"is not installed{where}: git calls none of our hooks there", install)
    by = who(content)
    if not by.endswith("pre-commit") and not by.endswith("prek"):
        lacks = ": its own settings say what it calls" if by in _MANAGERS else ", which calls no hook runner"
        return warning(name, f"is of {by}{lacks}", f"have it call: {calls}")
    if os.name == "posix" and not os.access(path, os.X_OK):
        return error(name, "cannot be executed, so git passes it over", f"chmod +x {path}")
    if python := _missing(content, environment):
        return error(name, f"needs {python}, which is gone", install)
    return ok(name, f"is installed by {by}" + (f" ({path})" if moved else ""))


def _installing(kind: str, environment: Mapping[str, str]) -> str:
    """Say how a hook of git comes to be there, by a runner that can be called."""
    known = ("pre-commit", "prek")
    runners = [each for each in known if shutil.which(each, path=environment.get("PATH"))] or known
    option = f" --hook-type {kind}" if kind != "pre-commit" else ""
    return ", or ".join(f"{each} install{option}" for each in runners)


def who(content: bytes) -> str:
    """Tell by whom a hook of git is."""
    for runner in ("pre-commit", "prek"):
        if f"File generated by {runner}:".encode() in content:
            return runner
    other = next((each for each in _MANAGERS if each.encode() in content.lower()), "another program")
    calls = next(
        (each for each in ("pre-commit", "prek") if re.search(rf"\b{each} (?:run|hook-impl)\b".encode(), content)), ""
    )
    return f"{other}, and calls {calls}" if calls else other


def _missing(content: bytes, environment: Mapping[str, str]) -> str:
    """Name the Python that pre-commit's hook starts, where it is gone and nothing stands in for it."""
    found = _PYTHON.search(content)
    if not found:
        return ""
    python = found[1].decode("utf-8", "surrogateescape").strip("'\"")
    stands_in = shutil.which("pre-commit", path=environment.get("PATH"))
    return "" if Path(python).exists() or stands_in else python


def _is_linked(site: Site) -> bool:
    return repo.text(site.repo, "rev-parse", "--git-common-dir") not in (".git", str(site.repo.git_dir))


def _needed(site: Site) -> AbstractSet[str]:
    """Return the hooks of git that our hooks need."""
    named = [_named(site, path) or () for path in (prek.PATH, precommit.PATH)]
    return {TYPES[each] for entries in named for entry in entries for each in entry.ids}


def _named(site: Site, path: str) -> Sequence[_Named] | None:
    """Return the entries that name hooks of ours, None if the settings cannot be read."""
    try:
        text = (disk.content(site.repo.root / path) or b"").decode()
        data = tomllib.loads(text) if path == prek.PATH else yaml.safe_load(text)
    except (UnableError, ValueError, yaml.YAMLError, RecursionError):
        return None
    return [found for entry in _objects(data, "repos") if (found := _ours(entry)).ids]


def _ours(entry: Mapping[str, object]) -> _Named:
    ids = [str(hook.get("id")) for hook in _objects(entry, "hooks")]
    return _Named(rev=str(entry.get("rev") or ""), ids=[each for each in ids if each in TYPES])


def _objects(value: object, key: str) -> Iterator[Mapping[str, object]]:
    inner = value.get(key) if isinstance(value, dict) else None
    yield from (item for item in (inner if isinstance(inner, list) else ()) if isinstance(item, dict))
