"""The workflow that shows on a pull request where its sessions stand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mpm_hooks.setup import ACTION, REV, Answer, Left, Proposal

PATH = ".github/workflows/mpm-sessions.yml"
TEXT = f"""\
on: pull_request
jobs:
  sessions:
    permissions: {{ contents: read, pull-requests: write }}
    uses: {ACTION}/.github/workflows/sessions.yml@{REV}
"""
"""As docs/pull-requests.md has it."""
_USED = re.compile(rf"^[ \t-]*uses:[ \t]*['\"]?{re.escape(ACTION)}(?:/[^@\s]*)?@", re.MULTILINE)
_REVISION = re.compile(r"(?<=\.yml@)v[0-9.]+$", re.MULTILINE)


def propose(workflows: Mapping[str, bytes]) -> Answer:
    """Say what the file has to hold, beside the workflows that are there, by their paths."""
    before = workflows.get(PATH)
    if before is not None and _is_ours(before):
        why = f"names the workflow of this version, {REV}"
    elif any(_USED.search(content.decode(errors="replace")) for content in workflows.values()):
        return None
    elif before is not None:
        return Left(path=PATH, what=f"is another workflow; let one of its jobs have the step: uses: {ACTION}@{REV}")
    else:
        why = "a pull request shows where its sessions stand: what is left, what is open, what is wrong"
    after = TEXT.encode()
    if before is not None and before.replace(b"\r\n", b"\n") == after:
        return None
    return Proposal(path=PATH, before=before, after=after, why=why)


def withdraw(before: bytes | None) -> Answer:
    """Say what is to become of the file."""
    if before is None:
        return None
    if not _is_ours(before):
        return Left(path=PATH, what="has been changed since, or is another's: delete it, if nobody needs it")
    return Proposal(path=PATH, before=before, after=None)


def _is_ours(content: bytes) -> bool:
    text = content.decode(errors="replace").replace("\r\n", "\n")
    return _REVISION.sub(REV, text) == TEXT
