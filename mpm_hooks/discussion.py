"""What we say on a pull request, said once: written, brought up to date, or taken back.

GitHub knows no "create unless there is one". So: create, list again, and let the comment with the lowest number be the
one; whoever finds more of ours takes them away. The answer to a creation may get lost: then the list tells.
"""

from __future__ import annotations

from dataclasses import dataclass

from mpm_hooks import comment
from mpm_hooks.comment import Author, Comment, Draft, Plan
from mpm_hooks.finding import UnableError
from mpm_hooks.github import Client
from mpm_hooks.github.answer import AbsentError, DeniedError, LostError

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it."""

    did: str
    """``created``, ``updated``, ``unchanged``, ``superseded`` by a newer run; ``none`` if there is nothing to say."""
    comment: Comment | None = None


class Discussion:
    """A pull request, as somebody who has one thing to say."""

    def __init__(self, client: Client, number: int, head: str) -> None:
        """Take the pull request, and the commit that it is at by now."""
        self._client = client
        self._number = number
        self._head = head
        self._author: Author | None = None
        self._made: Comment | None = None

    def settle(self, draft: Draft) -> Outcome:
        """Say it, unless it has been said.

        Raises:
            UnableError: GitHub refuses, or others keep taking our comments away.
        """
        for tried in range(_TRIES):
            try:
                if done := self._do(draft, self._planned(draft)):
                    return done
            except LostError:
                self._client.pause(tried)
        message = "our comment does not stay: does something else delete it?"
        raise UnableError(message)

    def preview(self, draft: Draft) -> str:
        """Return what would become of it."""
        plan = self._planned(draft)
        if plan.is_superseded:
            return "superseded"
        if plan.write:
            return "updated" if plan.kept else "created"
        return "unchanged" if plan.kept else "none"

    def _planned(self, draft: Draft) -> Plan:
        found = {each.id: each for each in self._client.comments(self._number)}
        if self._made:  # a list may lag behind
            found.setdefault(self._made.id, self._made)
        if self._author is None and any(comment.is_marked(each, draft.key) for each in found.values()):
            self._author = self._client.viewer()
        return comment.plan(found.values(), draft, self._author, self._head)

    def _do(self, draft: Draft, plan: Plan) -> Outcome | None:
        """Do what is planned; return None if it has to be looked at once more."""
        for each in plan.extra:
            self._client.delete(each)
        if plan.kept is None:
            if not plan.write:
                return Outcome(did="none")
            self._made = self._client.create(self._number, draft.body)
            self._author = self._made.author
            return None
        if plan.is_superseded:
            return Outcome(did="superseded", comment=plan.kept)
        if plan.write:
            return self._update(plan.kept, draft, plan)
        return Outcome(did="created" if plan.kept == self._made else "unchanged", comment=plan.kept)

    def _update(self, kept: Comment, draft: Draft, plan: Plan) -> Outcome | None:
        try:
            written = self._client.edit(kept, draft.body)
        except AbsentError:  # somebody took it away meanwhile
            return None
        try:
            if plan.folded is not None:
                (self._client.fold if plan.folded else self._client.unfold)(kept)
        except DeniedError:
            pass  # its text says so, too
        return Outcome(did="updated", comment=written)
