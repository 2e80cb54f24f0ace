"""The only module that speaks to GitHub's API.

``connection`` asks, ``answer`` is what comes back: what is used of it, or why there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from mpm_hooks.comment import Author, Comment
from mpm_hooks.github import answer
from mpm_hooks.github.answer import AbsentError, DeniedError, Pull
from mpm_hooks.github.connection import Connection

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
        return answer.text(self._get(""), "default_branch")

    def commit(self, name: str) -> str:
        """Return the full name of a commit, a branch or a tag."""
        return answer.text(self._get(f"/commits/{quote(name, safe='')}"), "sha")

    def compare(self, base: str, head: str) -> tuple[str, int]:
        """Return the newest commit that both come from, and how many commits the head has that the base has not."""
        # Files, up to 300 with all that changes in them, stand on the first page alone.
        path = f"/compare/{quote(base, safe='')}...{quote(head, safe='')}"
        found = self._get(path, {"per_page": 1, "page": 2})
        return answer.text(found, "merge_base_commit.sha"), answer.number(found, "ahead_by")

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        return answer.pull(self._get(f"/pulls/{number}"))

    def pulls(self, head: str) -> list[Pull]:
        """Return the open pull requests of a branch, ``OWNER:BRANCH``."""
        return list(map(answer.pull, self._pages("/pulls", {"head": head, "state": "open"})))

    def comments(self, number: int) -> list[Comment]:
        """Return all comments of a pull request, but those on its lines."""
        return list(map(answer.comment, self._pages(f"/issues/{number}/comments", {})))

    def create(self, number: int, body: str) -> Comment:
        """Comment on a pull request.

        Raises:
            LostError: Whether it was done is not known.
        """
        path = f"{self._path}/issues/{number}/comments"
        return answer.comment(self._connection.ask("POST", path, given={"body": body}, repeatable=False).data)

    def edit(self, comment: Comment, body: str) -> Comment:
        """Write another text into a comment."""
        path = f"{self._path}/issues/comments/{comment.id}"
        return answer.comment(self._connection.ask("PATCH", path, given={"body": body}).data)

    def delete(self, comment: Comment) -> None:
        """Take a comment away; it may be gone already."""
        try:
            self._connection.ask("DELETE", f"{self._path}/issues/comments/{comment.id}")
        except AbsentError:
            return

    def viewer(self) -> Author:
        """Return who the token stands for; REST does not tell that to a workflow's token."""
        try:
            login = answer.text(self._connection.query("query { viewer { login } }"), "viewer.login")
        except (DeniedError, AbsentError):
            return ACTIONS
        return Author(login=login, kind="Bot" if login.endswith("[bot]") else "User")

    def fold(self, comment: Comment) -> None:
        """Fold a comment away as outdated."""
        self._mutate("minimizeComment", subjectId=comment.node, classifier="OUTDATED")

    def unfold(self, comment: Comment) -> None:
        """Show a comment again that was folded away."""
        self._mutate("unminimizeComment", subjectId=comment.node)

    def pause(self, tried: int) -> None:
        """Wait before looking whether something was done after all."""
        self._connection.pause(tried)

    def _get(self, path: str, parameters: Mapping[str, object] | None = None) -> object:
        return self._connection.ask("GET", f"{self._path}{path}", parameters).data

    def _mutate(self, what: str, **given: str) -> None:
        kind = f"{what[0].upper()}{what[1:]}Input"
        words = f"mutation($given: {kind}!) {{ {what}(input: $given) {{ clientMutationId }} }}"
        self._connection.query(words, {"given": given})

    def _pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[object]:
        """Yield what is on every page; pages are counted, and the addresses of the next ones are not looked at."""
        path = f"{self._path}{path}"
        for page in range(1, _MOST_PAGES + 1):
            found = self._connection.ask("GET", path, {**parameters, "per_page": _PER_PAGE, "page": page})
            if not isinstance(found.data, list):
                raise answer.misshapen(path)
            yield from found.data
            if 'rel="next"' not in found.headers.get("link", ""):
                return
