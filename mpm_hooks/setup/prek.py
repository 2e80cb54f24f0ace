"""``prek.toml``, where there is one: prek reads it in place of ``.pre-commit-config.yaml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from mpm_hooks.setup import HOOKS, REV, URL, Answer, Left, Proposal, block
from mpm_hooks.setup.precommit import is_older

PATH = "prek.toml"
_ENTRY = re.compile(
    rf'(?:(?<=\n)\r?\n)?^\[\[repos\]\]\r?\nrepo = "{re.escape(URL)}"\r?\nrev = "(v[0-9.]+)"\r?\nhooks = \[\r?\n'
    r'(?:  \{ id = "mpm-[a-z-]+" \},\r?\n)*\]\r?\n',
    re.MULTILINE,
)


def propose(before: bytes | None, hooks: Sequence[str] = HOOKS) -> Answer:
    """Say what the file has to hold, if there is one."""
    if before is None:
        return None
    text = block.text(before)
    data = _read(text)
    if text is None or data is None:
        return Left(path=PATH, what="cannot be read: mend it, and call mpm-hooks init again")
    listed = data.get("repos")
    repos = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    ids = {str(hook.get("id")) for each in repos for hook in each.get("hooks") or [] if isinstance(hook, dict)}
    found = _ENTRY.search(text)
    if ids.issuperset(hooks) and not (found and is_older(found[1])):
        return None
    base = _ENTRY.sub("", text)
    after = block.added(base, _lines(hooks))
    entry = {"repo": URL, "rev": REV, "hooks": [{"id": each} for each in hooks]}
    rest = [each for each in repos if not found or each.get("repo") != URL]
    if _read(after) != data | {"repos": [*rest, entry]} or (ids & {*hooks} and not found):
        return Left(path=PATH, what=f"add by hand: {' '.join(_lines(hooks))}")
    return Proposal(path=PATH, before=before, after=after.encode(), why="prek runs the hooks that stand here")


def withdraw(before: bytes | None) -> Answer:
    """Say what the file holds without our entry."""
    text = block.text(before or b"") or ""
    after = _ENTRY.sub("", text)
    if after == text:
        return Left(path=PATH, what=f"take the entry of {URL} out by hand") if URL in text else None
    return Proposal(path=PATH, before=before, after=after.encode())


def _lines(hooks: Sequence[str]) -> Sequence[str]:
    ids = [f'  {{ id = "{each}" }},' for each in hooks]
    return ["[[repos]]", f'repo = "{URL}"', f'rev = "{REV}"', "hooks = [", *ids, "]"]


def _read(text: str | None) -> dict[str, Any] | None:
    try:
        return None if text is None else tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
