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
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)", re.ASCII)


def propose(before: bytes | None, hooks: Sequence[str] = HOOKS) -> Answer:
    """Say what the file has to hold for these hooks to run."""
    page = _read(before if before is not None else _HEAD.encode())
    if page is None:
        return Left(path=PATH, what=f"cannot be read as the settings of hooks: mend it, or add {_by_hand(hooks)}")
    number = _ours(page.repos)
    if number is not None:
        return _renewed(before, page, number, hooks)
    if any(_ids(each) & {*HOOKS, PUSH_HOOK} for each in page.repos if isinstance(each, dict)):
        return None  # they come from elsewhere: a fork, a mirror, this very repository
    ours = {"repo": URL, "rev": REV, "hooks": [{"id": each} for each in hooks]}
    why = "sessions are mended, checked and committed with your commits, and pre-commit run mpm-pause takes one"
    return _held(before, entry.added(page, hooks), page.data | {"repos": [*page.repos, ours]}, why) or _left(hooks)


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our entry."""
    page = _read(before or b"")
    number = _ours(page.repos) if page else None
    if page is None or number is None:
        return None
    rest = [each for place, each in enumerate(page.repos) if place != number]
    text = entry.removed(page, number)
    if not rest and text.replace("\r\n", "\n") == f"{_HEAD}repos: []\n":
        return Proposal(path=PATH, before=before, after=None)
    return _held(before, text, page.data | {"repos": rest}, "takes out what init wrote") or Left(
        path=PATH, what=f"take the entry of {URL} out by hand: it is not laid out in lines of its own"
    )


def is_older(rev: object) -> bool:
    """Tell the name of a release that came before this one; of anything else nobody can tell."""
    said, ours = (_VERSION.fullmatch(str(each)) for each in (rev, REV))
    return bool(said and ours and [*map(int, said.groups())] < [*map(int, ours.groups())])


def _read(content: bytes) -> Page | None:
    text = block.text(content)
    if text is None:
        return None
    try:
        found: Any = yaml.safe_load(text)
        root = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    data = {} if found is None else found
    is_list = isinstance(data, dict) and isinstance(data.get("repos") or [], list)
    return Page(text=text, data=data, root=root) if is_list else None


def _ours(repos: Sequence[object]) -> int | None:
    urls = [_plain(each.get("repo")) if isinstance(each, dict) else "" for each in repos]
    return urls.index(_plain(URL)) if _plain(URL) in urls else None


def _hooks(each: dict[str, Any]) -> list[Any]:
    hooks = each.get("hooks")
    return hooks if isinstance(hooks, list) else []


def _ids(each: dict[str, Any]) -> set[str]:
    return {str(hook["id"]) for hook in _hooks(each) if isinstance(hook, dict) and "id" in hook}


def _plain(url: object) -> str:
    """Reduce a URL to what it leads to, however it is spelled."""
    bare = str(url).lower().removesuffix("/").removesuffix(".git")
    return re.sub(r"^(?:[a-z+]+://)?(?:[^/@]*@)?", "", bare).replace(":", "/")


def _renewed(before: bytes | None, page: Page, number: int, hooks: Sequence[str]) -> Answer:
    """Say what our entry has to be: of this version, and with all of these hooks."""
    ours = page.repos[number]
    old, missing = ours.get("rev"), [each for each in hooks if each not in _ids(ours)]
    rev = REV if is_older(old) else None
    what = [f"{REV} is newer than {old}"] if rev else []
    what += [f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    if not what:
        return None
    repos = [*page.repos]
    repos[number] = ours | {"rev": rev or old, "hooks": [*_hooks(ours), *({"id": each} for each in missing)]}
    text = entry.renewed(page, number, rev, missing)
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
    return f"{{repo: {URL}, rev: {REV}, hooks: [{', '.join(f'{{id: {each}}}' for each in hooks)}]}} to repos"
