"""``.pre-commit-config.yaml``: our hooks, in lines of their own; every other line stays as it is.

The text is read before and after: if they differ in anything but our entry, a person has to add it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from mpm_hooks.setup import HOOKS, PUSH_HOOK, REV, URL, Answer, Left, Proposal, block, entry
from mpm_hooks.setup.entry import Page

PATH = ".pre-commit-config.yaml"
_HEAD = "# The hooks of this repository: https://pre-commit.com\n"
_WHY = "sessions are mended, checked and committed with your commits, and pre-commit run mpm-pause takes one"
_VERSION = re.compile(r"v?\d+\.\d+\.\d+", re.ASCII)


def propose(before: bytes | None, hooks: Sequence[str] = HOOKS) -> Answer:
    """Say what the file has to hold for these hooks to run."""
    page = _read(before if before is not None else _HEAD.encode())
    if page is None:
        return Left(path=PATH, what=f"cannot be read as the settings of hooks: mend it, or add {_by_hand(hooks)}")
    number = _ours(page.repos)
    if number is None:
        if _others(page.repos):
            return None
        ours = {"repo": URL, "rev": REV, "hooks": [{"id": each} for each in hooks]}
        text = entry.added(page, hooks)
        return _held(before, text, page.data | {"repos": [*page.repos, ours]}, _WHY) or _left(hooks)
    return _renewed(before, page, number, hooks)


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our entry."""
    page = _read(before) if before is not None else None
    number = _ours(page.repos) if page else None
    if before is None or page is None or number is None:
        return None
    rest = [each for place, each in enumerate(page.repos) if place != number]
    text = entry.removed(page, number)
    why = "takes out what init wrote"
    if not rest and text.replace("\r\n", "\n") == f"{_HEAD}repos: []\n":
        return Proposal(path=PATH, before=before, after=None, why=why)
    return _held(before, text, page.data | {"repos": rest}, why) or Left(
        path=PATH, what=f"take the entry of {URL} out by hand: it is not laid out in lines of its own"
    )


def is_older(rev: object) -> bool:
    """Tell the name of a release that came before this one; of anything else nobody can tell."""
    said = _VERSION.fullmatch(str(rev))
    return bool(said) and _numbers(str(rev)) < _numbers(REV)


def _numbers(rev: str) -> list[int]:
    return [int(each) for each in rev.removeprefix("v").split(".")]


def _read(content: bytes) -> Page | None:
    text = block.text(content)
    try:
        data: Any = yaml.safe_load(text) if text is not None else []
        root = yaml.compose(text, yaml.SafeLoader) if text is not None else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    found = {} if data is None else data
    is_list = isinstance(found, dict) and isinstance(found.get("repos") or [], list)
    return Page(text=text or "", data=found, root=root) if is_list else None


def _ours(repos: Sequence[object]) -> int | None:
    """Return which entry is ours."""
    places = (
        place for place, each in enumerate(repos) if isinstance(each, dict) and _plain(each.get("repo")) == _PLAIN
    )
    return next(places, None)


def _others(repos: Sequence[object]) -> bool:
    """Tell whether our hooks come from elsewhere: a fork, a mirror, this very repository."""
    known = {*HOOKS, PUSH_HOOK}
    return any(_ids(each) & known for each in repos if isinstance(each, dict))


def _ids(each: dict[str, Any]) -> set[str]:
    hooks = each.get("hooks")
    return (
        {str(hook["id"]) for hook in hooks if isinstance(hook, dict) and "id" in hook}
        if isinstance(hooks, list)
        else set()
    )


def _plain(url: object) -> str:
    """Reduce a URL to what it leads to, however it is spelled."""
    bare = str(url).lower().removesuffix("/").removesuffix(".git")
    return re.sub(r"^(?:[a-z+]+://)?(?:[^/@]*@)?", "", bare).replace(":", "/")


_PLAIN = _plain(URL)


def _renewed(before: bytes | None, page: Page, number: int, hooks: Sequence[str]) -> Answer:
    """Say what our entry has to be: of this version, and with all of these hooks."""
    ours = page.repos[number]
    rev = REV if is_older(ours.get("rev")) else ours.get("rev")
    missing = [each for each in hooks if each not in _ids(ours)]
    if rev == ours.get("rev") and not missing:
        return None
    listed = ours.get("hooks")
    new = ours | {
        "rev": rev,
        "hooks": [*(listed if isinstance(listed, list) else []), *({"id": each} for each in missing)],
    }
    repos = [new if place == number else each for place, each in enumerate(page.repos)]
    what = [f"{REV} is newer than {ours.get('rev')}"] if rev != ours.get("rev") else []
    what += [f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    text = entry.renewed(page, number, rev if what and rev != ours.get("rev") else None, missing)
    return _held(before, text, page.data | {"repos": repos}, "; ".join(what)) or _left(hooks)


def _held(before: bytes | None, text: str, expected: object, why: str) -> Proposal | None:
    """Propose a text if it says this and nothing else; a text that cannot be read says nothing."""
    page = _read(text.encode())
    if page is None or page.data != expected:
        return None
    return Proposal(path=PATH, before=before, after=text.encode(), why=why)


def _left(hooks: Sequence[str]) -> Left:
    return Left(path=PATH, what=f"is laid out so that no program should write into it; add {_by_hand(hooks)}")


def _by_hand(hooks: Sequence[str]) -> str:
    """Say our entry on one line."""
    return f"{{repo: {URL}, rev: {REV}, hooks: [{', '.join(f'{{id: {each}}}' for each in hooks)}]}} to repos"
