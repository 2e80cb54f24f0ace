"""GitHub's own documents, cut to what is in use: the emulator is held to them.

None of them is kept in this repository. They come in the npm packages ``@octokit/openapi`` and
``@octokit/graphql-schema``, which the nox session ``action`` installs; ``MPM_HOOKS_GITHUB_DOCUMENTS`` names the
``node_modules`` where they are.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema

Node = dict[str, Any]
"""A part of a document, as JSON has it."""

RELEASES = ("api.github.com", "ghes-3.17")
"""What there are documents of, and in use: github.com and the oldest GitHub Enterprise Server among them."""

OPERATIONS = {
    "/rate_limit": ["get"],
    "/user": ["get"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}": ["get"],
    "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["get", "patch", "delete"],
    "/repos/{owner}/{repo}/issues/{issue_number}": ["get"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/pulls": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
}
"""What the emulator does."""

ANYWHERE = ("400", "401", "403", "404", "422", "429")
"""What any operation may answer, though the document says so of a few: GitHub's front answers before the operation."""
ERROR = "basic-error"
"""What it says then."""


def packages() -> Path:
    """Return where npm has put the documents."""
    named = os.environ.get("MPM_HOOKS_GITHUB_DOCUMENTS")
    assert named, "run this by nox -s action, which installs GitHub's documents and says where they are"
    return Path(named) / "@octokit"


@functools.cache
def openapi(release: str, base: str = "/") -> Node:
    """Return the document of a release of GitHub: the operations in use, as served below a path."""
    path = packages() / "openapi" / "generated" / f"{release}.json"
    return cut(json.loads(path.read_text(encoding="utf-8")), base)


@functools.cache
def graphql() -> GraphQLSchema:
    """Return GitHub's GraphQL schema, whole: it takes a second, and a schema is hard to cut."""
    path = packages() / "graphql-schema" / "schema.graphql"
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True, assume_valid_sdl=True)


def cut(whole: Node, base: str) -> Node:
    """Return the operations in use with all that they refer to, and nothing else."""
    paths: Node = {}
    for path, methods in OPERATIONS.items():
        operations = whole["paths"][path]
        paths[path] = {method: _answering_anything(_bare(operations[method])) for method in methods}
    document: Node = {"openapi": whole["openapi"], "info": whole["info"], "servers": [{"url": base}], "paths": paths}
    components: Node = {}
    wanted = [*_references(paths), f"#/components/schemas/{ERROR}"]
    while wanted:
        kind, name = wanted.pop().split("/")[2:]
        if name not in components.setdefault(kind, {}):
            part = components[kind][name] = _bare(whole["components"][kind][name])
            wanted += _references(part)
    for name in ("pull-request", "pull-request-simple"):
        # Of a fork that is gone GitHub tells null, which its document does not say.
        head = components["schemas"][name]["properties"]["head"]["properties"]
        head["repo"] = components["schemas"]["repository"] | {"nullable": True}
    return document | {"components": components}


def _answering_anything(operation: Node) -> Node:
    schema = {"$ref": f"#/components/schemas/{ERROR}"}
    answer = {"description": "GitHub's front", "content": {"application/json": {"schema": schema}}}
    return operation | {"responses": dict.fromkeys(ANYWHERE, answer) | operation["responses"]}


def _bare(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave out examples, which are half of a document."""
    if isinstance(part, Mapping):
        return {name: _bare(value) for name, value in part.items() if not _is_talk(name, value)}
    return [_bare(item) for item in part] if isinstance(part, list) else part


def _is_talk(name: str, value: object) -> bool:
    # A property may have such a name too; then a schema stands there.
    is_schema = isinstance(value, Mapping) and ("type" in value or "$ref" in value)
    return name in {"example", "examples", "externalDocs", "x-github", "x-octokit"} and not is_schema


def _references(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _references(item)
