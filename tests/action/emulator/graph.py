"""The operations of the GraphQL API: who calls, comments by their node, and comments hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, graphql_sync, parse, validate

from emulator.answer import NOT_ACCESSIBLE, Answer
from emulator.site import Comment, Pull, Repository, Site, Token
from emulator.view import Facts, View, moment

Resolver = Callable[..., Any]


class Graph:
    """The API as a token sees it."""

    def __init__(self, site: Site, view: View, token: Token) -> None:
        """Take the state and who calls."""
        self.site, self.view, self.token = site, view, token

    @property
    def root(self) -> dict[str, Any]:
        """What a query begins with; a mutation likewise."""
        return {
            "viewer": {"__typename": "User", "id": "U_0", "login": self.token.account.login},
            "node": lambda _info, id: self.told(self.comment(id)),  # noqa: A006 - GitHub's name
            "repository": lambda _info, owner, name, **_more: self.repository(owner, name),
            "minimizeComment": lambda _info, input: self.minimize(input),  # noqa: A006 - …
            "unminimizeComment": lambda _info, input: self.unminimize(input),  # noqa: A006 - …
        }

    def comment(self, node: str) -> Comment:
        """Return the comment of that node."""
        for found in self.site.nodes():
            repository = self.site.repositories[found.repository]
            if found.node == node and not (repository.is_private and repository.name not in self.token.grants):
                return found
        message = f"Could not resolve to a node with the global id of '{node}'."
        raise GraphQLError(message, extensions={"type": "NOT_FOUND"})

    def minimize(self, given: Mapping[str, Any]) -> Facts:
        """Hide a comment, for a reason."""
        return self._hide(given, "minimizedComment", given["classifier"].lower().replace("_", "-"))

    def unminimize(self, given: Mapping[str, Any]) -> Facts:
        """Show a comment again."""
        return self._hide(given, "unminimizedComment", "")

    def repository(self, owner: str, name: str) -> Facts | None:
        """Return a repository with its pull requests."""
        found = self.site.repositories.get(f"{owner}/{name}")
        if found is None or (found.is_private and found.name not in self.token.grants):
            message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return {"nameWithOwner": found.name, "pullRequest": lambda _info, number: self._pull(found, number)}

    def told(self, comment: Comment) -> Facts:
        """Tell of a comment; a bot's name has no ``[bot]`` here."""
        author = comment.author
        return {
            "__typename": "IssueComment",
            "id": comment.node,
            "databaseId": comment.id,
            "fullDatabaseId": str(comment.id),
            "body": comment.body,
            "author": {
                "__typename": author.kind,
                "id": f"U_{author.id}",
                "login": author.login.removesuffix("[bot]"),
            },
            "isMinimized": bool(comment.minimized),
            "minimizedReason": comment.minimized or None,
            "createdAt": moment(comment.made),
            "updatedAt": moment(comment.changed),
            "url": self.view.comment(comment)["html_url"],
        }

    def _hide(self, given: Mapping[str, Any], name: str, reason: str) -> Facts:
        found = self.comment(given["subjectId"])
        if not any(self.token.may(found.repository, each, "write") for each in ("issues", "pull_requests")):
            raise GraphQLError(NOT_ACCESSIBLE, extensions={"type": "FORBIDDEN"})
        with self.site.lock:
            found.minimized = reason
        return {name: self.told(found), "clientMutationId": given.get("clientMutationId")}

    def _pull(self, repository: Repository, number: int) -> Facts:
        if (found := repository.pulls.get(number)) is None:
            message = f"Could not resolve to a PullRequest with the number of {number}."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return {
            "id": f"PR_{found.id}",
            "number": number,
            "locked": found.is_locked,
            "comments": lambda _info, **words: self._comments(repository, found, **words),
        }

    def _comments(
        self, repository: Repository, pull: Pull, first: int = 100, after: str = "", **_more: object
    ) -> Facts:
        every = [each for each in self.site.comments(repository.name, pull.number) if each.id > int(after or 0)]
        nodes = every[: min(first, 100)]
        return {
            "nodes": [self.told(each) for each in nodes],
            "totalCount": len(every),
            "pageInfo": {
                "hasNextPage": len(every) > len(nodes),
                "hasPreviousPage": bool(after),
                "endCursor": str(nodes[-1].id) if nodes else None,
            },
        }


def answer(schema: GraphQLSchema, graph: Graph, data: Any) -> tuple[Answer, list[str]]:  # noqa: ANN401 - JSON
    """Answer a query as GitHub does, its faults with status 200; tell too what of it the schema does not know."""
    query = data.get("query") if isinstance(data, Mapping) else None
    if not isinstance(query, str):
        return Answer(status=400, data={"message": "A query attribute must be specified and must be a string."}), []
    try:
        unknown = [fault.message for fault in validate(schema, parse(query))]
    except GraphQLError as error:
        unknown = [error.message]
    variables = data.get("variables")
    done = graphql_sync(schema, query, graph.root, variable_values=variables if isinstance(variables, dict) else None)
    faults = [_fault(fault) for fault in done.errors or ()]
    # What no resolver knows is a gap of the emulator's, not of the caller's.
    gaps = [fault["message"] for fault in faults if "non-nullable" in fault["message"]]
    return Answer(data={"data": done.data} | ({"errors": faults} if faults else {})), unknown + gaps


def _fault(error: GraphQLError) -> dict[str, Any]:
    told: dict[str, Any] = dict(error.formatted)
    more = told.pop("extensions", {})
    return told | ({"type": more["type"]} if "type" in more else {})
