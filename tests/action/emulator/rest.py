"""The operations of the REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from emulator import storage
from emulator.answer import Answer, RefusedError, forbidden, invalid, missing
from emulator.site import Comment, Pull, Repository, Site, Token
from emulator.view import View, moment

LONGEST = 65536
"""The units of UTF-16 that the body of a comment may have."""
PAGE, LONGEST_PAGE = 30, 100
WRITES = ("issues=write", "pull_requests=write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request for an operation, by a token."""

    site: Site
    view: View
    token: Token
    path: str
    words: Mapping[str, str]
    query: Mapping[str, str]
    data: Any = None

    @property
    def repository(self) -> Repository:
        """The repository that it is about, if the token may see it."""
        found = self.site.repositories.get(f"{self.words['owner']}/{self.words['repo']}")
        if found is None or found.is_gone or (found.is_private and found.name not in self.token.grants):
            raise missing()
        return found

    @property
    def pull(self) -> Pull:
        """The pull request that it is about."""
        number = self.words.get("pull_number") or self.words["issue_number"]
        if (found := self.repository.pulls.get(_number(number))) is None:
            raise missing()
        return found

    @property
    def comment(self) -> Comment:
        """The comment that it is about."""
        if (found := self.repository.comments.get(_number(self.words["comment_id"]))) is None:
            raise missing()
        return found

    def need(self, level: str, *permissions: str) -> None:
        """Refuse a token that has none of these permissions; what is public, anybody reads."""
        if level == "read" and not self.repository.is_private:
            return
        if not any(self.token.may(self.repository.name, permission, level) for permission in permissions):
            raise forbidden(*(f"{permission}={level}" for permission in permissions))

    def need_conversation(self, pull: Pull) -> None:
        """Refuse to write where one may not."""
        self.need("write", "issues", "pull_requests")
        is_collaborator = not self.token.is_installation and self.token.may(self.repository.name, "contents", "write")
        if pull.is_locked and not is_collaborator:
            message = "Unable to create comment because issue is locked."
            raise RefusedError(403, message)


def user(call: Call) -> Answer:
    """Tell who calls; a workflow's token is nobody."""
    if call.token.is_installation:
        raise forbidden()
    return Answer(data=call.view.account(call.token.account) | {"user_view_type": "private"})


def limits(_call: Call) -> Answer:
    """Tell what is left."""
    rate = {"limit": 1000, "remaining": 999, "used": 1, "reset": int(datetime.now(UTC).timestamp()) + 3600}
    return Answer(data={"resources": {"core": rate, "search": rate, "graphql": rate}, "rate": rate})


def repository(call: Call) -> Answer:
    """Tell of a repository."""
    return Answer(data=call.view.repository(call.repository))


def pull_request(call: Call) -> Answer:
    """Tell of a pull request."""
    call.need("read", "pull_requests")
    return Answer(data=call.view.pull(call.repository, call.pull))


def issue(call: Call) -> Answer:
    """Tell of a pull request as an issue."""
    call.need("read", "issues", "pull_requests")
    return Answer(data=call.view.issue(call.repository, call.pull))


def pull_requests(call: Call) -> Answer:
    """List pull requests, the newest first."""
    call.need("read", "pull_requests")
    state, head, base = call.query.get("state", "open"), call.query.get("head", ""), call.query.get("base", "")
    found = [
        call.view.pull(call.repository, each)
        for each in reversed(call.repository.pulls.values())
        if state in {"all", each.state} and base in {"", each.base}
    ]
    # A head that is no OWNER:BRANCH is not looked at.
    return _page(call, [each for each in found if ":" not in head or each["head"]["label"] == head])


def pull_requests_of(call: Call) -> Answer:
    """List the pull requests that bring a commit."""
    call.need("read", "pull_requests")
    sha, path = _commit(call, "commit_sha"), call.repository.path
    found = [
        call.view.pull(call.repository, each)
        for each in call.repository.pulls.values()
        if storage.brings(path, f"refs/heads/{each.base}", call.site.head(call.repository, each), sha)
    ]
    return _page(call, found)


def commit(call: Call) -> Answer:
    """Tell of a commit."""
    call.need("read", "contents")
    return Answer(data=call.view.commit(call.repository, _commit(call, "ref")))


def compare(call: Call) -> Answer:
    """Compare two commits, by where they part."""
    call.need("read", "contents")
    path, words = call.repository.path, call.words["basehead"].partition("...")
    ends = [storage.tip(path, word) if storage.is_name(word) else "" for word in words[::2]]
    parted = storage.git(path, "merge-base", *ends, check=False) if all(ends) else ""
    if not parted:
        raise missing()
    return Answer(data=call.view.comparison(call.repository, ends[0], ends[1], parted))


def run(call: Call) -> Answer:
    """Tell of a run of a workflow."""
    call.need("read", "actions")
    if (found := call.repository.runs.get(_number(call.words["run_id"]))) is None:
        raise missing()
    return Answer(data=call.view.run(call.repository, found))


def comments(call: Call) -> Answer:
    """List the comments on a pull request, the oldest first."""
    call.need("read", "issues", "pull_requests")
    since, found = call.query.get("since", ""), call.site.comments(call.repository.name, call.pull.number)
    return _page(call, [call.view.comment(each) for each in found if moment(each.changed) >= since])


def add(call: Call) -> Answer:
    """Add a comment."""
    pull = call.pull
    call.need_conversation(pull)
    made = call.site.comment(call.repository.name, pull.number, call.token.account, _body(call))
    told = call.view.comment(made)
    return Answer(status=201, data=told, headers={"Location": told["url"]})


def comment(call: Call) -> Answer:
    """Tell of a comment."""
    call.need("read", "issues", "pull_requests")
    return Answer(data=call.view.comment(call.comment))


def edit(call: Call) -> Answer:
    """Change a comment, whoever wrote it: a token that may write may do that."""
    found = call.comment
    call.need_conversation(call.repository.pulls[found.number])
    with call.site.lock:
        found.body, found.changed = _body(call), datetime.now(UTC).replace(microsecond=0)
    return Answer(data=call.view.comment(found))


def remove(call: Call) -> Answer:
    """Delete a comment, whoever wrote it."""
    found = call.comment
    call.need("write", "issues", "pull_requests")
    with call.site.lock:
        call.repository.comments.pop(found.id, None)
    return Answer(status=204)


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    "GET /rate_limit": limits,
    "GET /user": user,
    "GET /repos/{owner}/{repo}": repository,
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}": run,
    "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls": pull_requests_of,
    "GET /repos/{owner}/{repo}/commits/{ref}": commit,
    "GET /repos/{owner}/{repo}/compare/{basehead}": compare,
    "GET /repos/{owner}/{repo}/issues/comments/{comment_id}": comment,
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": edit,
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}": remove,
    "GET /repos/{owner}/{repo}/issues/{issue_number}": issue,
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": comments,
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": add,
    "GET /repos/{owner}/{repo}/pulls": pull_requests,
    "GET /repos/{owner}/{repo}/pulls/{pull_number}": pull_request,
}
"""The method and path of an operation, as GitHub's document writes them -> what does it."""


def _commit(call: Call, word: str) -> str:
    named = call.words[word]
    found = storage.tip(call.repository.path, named) if storage.is_name(named) else ""
    if not found:
        raise RefusedError(422, f"No commit found for SHA: {named}")
    return found


def _body(call: Call) -> str:
    body = call.data.get("body") if isinstance(call.data, Mapping) else None
    if not isinstance(body, str):
        message = "Invalid request.\n\nFor 'properties/body', nil is not a string."
        raise RefusedError(422, message)
    if not body.strip():
        message = "cannot be blank"
        raise invalid(message)
    if len(body.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
        message = f"is too long (maximum is {LONGEST} characters)"
        raise invalid(message)
    return body


def _page(call: Call, found: Sequence[Any]) -> Answer:
    """Return the page that was asked for, and where its neighbours are."""
    size = min(_number(call.query.get("per_page", "")) or PAGE, LONGEST_PAGE)
    page, last = _number(call.query.get("page", "")) or 1, max(1, -(-len(found) // size))
    # GitHub's links name a repository by its number.
    path = call.path.replace(f"/repos/{call.repository.name}", f"/repositories/{call.repository.id}", 1)
    near = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    kept = [
        name for name in near if (name in {"prev", "first"} and page > 1) or (name in {"next", "last"} and page < last)
    ]
    links = [f'<{call.view.api}{path}?{urlencode({**call.query, "page": near[name]})}>; rel="{name}"' for name in kept]
    return Answer(data=found[(page - 1) * size : page * size], headers={"Link": ", ".join(links)} if links else {})


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
