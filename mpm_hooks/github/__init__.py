"""The only module that speaks to GitHub's API.

``connection`` asks, ``refusal`` says why not, ``told`` takes what is used of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from mpm_hooks.comment import Author, Comment
from mpm_hooks.github import refusal, told
from mpm_hooks.github.connection import Connection
from mpm_hooks.github.told import Compared, Pull

ACTIONS = Author(login="github-actions[bot]", kind="Bot")
"""Whom a workflow's own token stands for."""

_PER_PAGE = 100
_MOST_PAGES = 100


class Client:
    """A repository on GitHub, as a token may use it."""

    def __init__(self, repository: str, connection: Connection) -> None:
        """Take the repository, ``OWNER/NAME``."""
        self._path = f"/repos/{repository}"
        self._connection = connection

    def default_branch(self) -> str:
        """Return the repository's default branch."""
        return told.text(self._connection.ask("GET", self._path).data, "default_branch")

    def commit(self, name: str) -> str:
        """Return the full name of a commit, a branch or a tag."""
        return told.text(self._connection.ask("GET", f"{self._path}/commits/{quote(name, safe='')}").data, "sha")

    def compare(self, base: str, head: str) -> Compared:
        """Compare two commits; what they change in files is not asked for."""
        path = f"{self._path}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
        # Files, up to 300 with all that changes in them, stand on the first page alone.
        return told.compared(self._connection.ask("GET", path, {"per_page": 1, "page": 2}).data)

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        return told.pull(self._connection.ask("GET", f"{self._path}/pulls/{number}").data)

    def pulls(self, head: str) -> list[Pull]:
        """Return the open pull requests of a branch, ``OWNER:BRANCH``."""
        return list(map(told.pull, self._pages(f"{self._path}/pulls", {"head": head, "state": "open"})))

    def comments(self, number: int) -> list[Comment]:
        """Return all comments of a pull request, but those on its lines."""
        return list(map(told.comment, self._pages(f"{self._path}/issues/{number}/comments", {})))

    def create(self, number: int, body: str) -> Comment:
        """Comment on a pull request.

        Raises:
            LostError: Whether it was done is not known.
        """
        path = f"{self._path}/issues/{number}/comments"
        return told.comment(self._connection.ask("POST", path, given={"body": body}, repeatable=False).data)

    def edit(self, comment: Comment, body: str) -> Comment:
        """Write another text into a comment."""
        path = f"{self._path}/issues/comments/{comment.id}"
        return told.comment(self._connection.ask("PATCH", path, given={"body": body}).data)

    def delete(self, comment: Comment) -> None:
        """Take a comment away; it may be gone already."""
        try:
            self._connection.ask("DELETE", f"{self._path}/issues/comments/{comment.id}")
        except refusal.AbsentError:
            return

    def viewer(self) -> Author:
        """Return who the token stands for; REST does not tell that to a workflow's token."""
        try:
            login = told.text(self._connection.query("query { viewer { login } }"), "viewer.login")
        except (refusal.DeniedError, refusal.AbsentError):
            return ACTIONS
        return Author(login=login, kind="Bot" if login.endswith("[bot]") else "User")

    def fold(self, comment: Comment) -> None:
        """Fold a comment away as outdated."""
        words = "mutation($given: MinimizeCommentInput!) { minimizeComment(input: $given) { clientMutationId } }"
        self._connection.query(words, {"given": {"subjectId": comment.node, "classifier": "OUTDATED"}})

    def unfold(self, comment: Comment) -> None:
        """Show a comment again that was folded away."""
        words = "mutation($given: UnminimizeCommentInput!) { unminimizeComment(input: $given) { clientMutationId } }"
        self._connection.query(words, {"given": {"subjectId": comment.node}})

    def pause(self, tried: int) -> None:
        """Wait before looking whether something was done after all."""
        self._connection.pause(tried)

    def _pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[object]:
        """Yield what is on every page; pages are counted, and the addresses of the next ones are not looked at."""
        for page in range(1, _MOST_PAGES + 1):
            answer = self._connection.ask("GET", path, {**parameters, "per_page": _PER_PAGE, "page": page})
            if not isinstance(answer.data, list):
                raise refusal.of_form(path)
            yield from answer.data
            if 'rel="next"' not in answer.headers.get("link", ""):
                return
