"""How sessions stand to the repository as it is now: their commits, their branches, and who wrote their files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mpm_hooks import blobs, claims, drift, plumbing
from mpm_hooks.briefing import Commit, Fate, Origin, Standing
from mpm_hooks.facts import TRUNKS
from mpm_hooks.summary import Change, Match, Told

_LONGEST = 255
_UNCHECKED = "signed; the signature cannot be checked here"
_SIGNED = {
    "G": "good signature",
    "B": "BAD signature",
    "U": "good signature of a key that is not known as trusted",
    "X": "good signature, expired since",
    "Y": "good signature of a key that has expired",
    "R": "signature of a key that was revoked",
    "N": "not signed",
}
"""The letters of ``%G?`` in words."""


class Branches:
    """The branches of a repository; what git has once answered is not asked again."""

    def __init__(self, root: str, defaults: Sequence[str] = ()) -> None:
        """Name the top of the work tree, and the default branches by the settings."""
        self._root = root
        self._changes: dict[tuple[str, str], Change] = {}
        self.current = blobs.said(root, "symbolic-ref", "--quiet", "HEAD")
        """The branch that is checked out, as ``refs/heads/main``; it may have no commit yet."""
        refspecs = plumbing.run(root, "config", "--get-all", "remote.origin.fetch")
        # Else a branch of the remote that is not here may still be there.
        self._is_complete = refspecs is None or b"refs/heads/*" in refspecs
        self._trunk, self._trunk_tip = self._default(defaults)

    def _default(self, defaults: Sequence[str]) -> tuple[str, str]:
        """Return the default branch and its newest commit: of a copy here and one of the remote's, the further one."""
        told = blobs.said(self._root, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        names = defaults or ([told.removeprefix("refs/remotes/origin/")] if told else TRUNKS)
        refs = [f"refs/{place}/{name}" for name in names for place in ("heads", "remotes/origin")]
        known = dict(zip(refs, self._commits(refs), strict=True))
        for name in names:
            here, there = known[f"refs/heads/{name}"], known[f"refs/remotes/origin/{name}"]
            if here and there and here != there and self._has(there, here):
                return name, there
            if here or there:
                return name, here or there
        return "", ""

    def standing(self, told: Told, path: str) -> Standing:
        """Tell how a session stands, of which this file counts, named from the top of the repository."""
        names = [f"refs/heads/{told.branch}", f"refs/remotes/origin/{told.branch}"] if is_name(told.branch) else []
        commit, head, *tips = self._commits([told.commit or "?", "HEAD", *names])
        here, there = tips or ("", "")
        tip = here or there or head
        found = drift.of(self._root, told, self._change(tip, told.branch)) if commit and tip else Standing().drift
        default = self._merged_into(told, path, here or there, found.match)
        return Standing(
            drift=found,
            fate=Fate.MERGED if default else self._fate(told.branch, here, there),
            default=default,
            base=self._trunk,
            commit=commit,
        )

    def _fate(self, branch: str, here: str, there: str) -> Fate:
        if not is_name(branch):
            return Fate.UNKNOWN
        if f"refs/heads/{branch}" == self.current:
            return Fate.CURRENT
        if here or there:
            return Fate.HERE if here else Fate.REMOTE
        return Fate.GONE if self._is_complete else Fate.UNKNOWN

    def _merged_into(self, told: Told, path: str, tip: str, match: Match) -> str:
        """Return the default branch if it has a session of another branch, on which nothing followed."""
        if not self._trunk or not is_name(told.branch) or told.branch == self._trunk:
            return ""
        if plumbing.objects(self._root, [f"{self._trunk_tip}:{path}"]) in (None, [None]):
            return ""
        return self._trunk if not tip or match is Match.FRESH or self._has(self._trunk_tip, tip) else ""

    def _change(self, tip: str, branch: str) -> Change:
        key = (tip, self._trunk if branch != self._trunk else "")
        if key not in self._changes:
            base = blobs.said(self._root, "merge-base", self._trunk_tip, tip) if key[1] else ""
            self._changes[key] = Change(base="" if base == tip else base, head=tip)
        return self._changes[key]

    def _commits(self, names: Sequence[str]) -> list[str]:
        known = plumbing.objects(self._root, [f"{each}^{{commit}}" for each in names])
        return [each or "" for each in known or [None] * len(names)]

    def _has(self, commit: str, other: str) -> bool:
        return plumbing.run(self._root, "merge-base", "--is-ancestor", other, commit) is not None


def origin(top: str, path: str) -> Origin:
    """Find the commits that wrote a file, named from the top of its work tree."""
    if plumbing.objects(top, [f"HEAD:{path}"]) in (None, [None]):
        return Origin()  # it would be looked for in all of the history
    literal = f":(top,literal){path}"
    added, last = _commit(top, literal, "--diff-filter=A"), _commit(top, literal)
    is_same = plumbing.run(top, "diff", "--quiet", "--no-ext-diff", "HEAD", "--", literal) is not None
    return Origin(added=added or last, changed=last if added and last != added else None, is_altered=not is_same)


def _commit(top: str, literal: str, *words: str) -> Commit | None:
    layout = "--format=%H%x00%an%x00%at%x00%G?"
    said = plumbing.run(top, "log", "-1", "--no-show-signature", layout, *words, "--", literal)
    if not said:
        return None
    name, author, seconds, letter = said.decode(errors="replace").rstrip("\n").split("\0")
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):  # no calendar has it
        moment = None
    return Commit(name=name, author=author, moment=moment, signature=_SIGNED.get(letter, _UNCHECKED))


def is_name(branch: str) -> bool:
    """Tell what can be a branch, and can be typed."""
    return claims.is_name(branch) and len(branch) <= _LONGEST and not branch.startswith("-")
