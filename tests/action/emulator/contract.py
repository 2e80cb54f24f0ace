"""GitHub's documents: they complete what is told, and judge each request and answer."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import documents
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from emulator.answer import Answer

Node = Mapping[str, Any]
"""A part of a document."""

STRINGS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "uri": "https://example.com/",
    "email": "somebody@example.com",
}
"""The least that a string of a format can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as openapi-core wants it."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None

    @property
    def line(self) -> str:
        """The method and the path; an attribute ``name`` would make it a webhook's."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer, as openapi-core wants it."""

    status_code: int
    content_type: str
    headers: Headers
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Route:
    """An operation of a document."""

    template: str
    method: str
    pattern: re.Pattern[str]

    @property
    def name(self) -> str:
        """The method and the path, as the document writes it."""
        return f"{self.method.upper()} {self.template}"


@dataclass(slots=True)
class Contract:
    """A document of GitHub's, served below a path."""

    document: Node
    _judge: OpenAPI = field(init=False)
    _routes: list[Route] = field(init=False)

    def __post_init__(self) -> None:
        """Read the document."""
        self._judge = OpenAPI.from_dict(self.document)
        self._routes = [
            Route(template, method, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))))
            for template, methods in self.document["paths"].items()
            for method in methods
        ]
        # A path without placeholders goes before one that has them.
        self._routes.sort(key=lambda route: route.template.count("{"))

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the operation for a request, with the words of its path."""
        for route in self._routes:
            if route.method == method.lower() and (found := route.pattern.fullmatch(path)):
                return route, found.groupdict()
        return None

    def knows(self, path: str) -> bool:
        """Whether there is any operation at a path."""
        return any(route.pattern.fullmatch(path) for route in self._routes)

    def complete(self, route: Route, answer: Answer) -> Answer:
        """Add to an answer what its operation must tell and the emulator knows nothing of."""
        if answer.data is None or answer.status >= 400:
            return answer
        responses = self.document["paths"][route.template][route.method]["responses"]
        schema = self._of(responses[str(answer.status)])["content"]["application/json"]["schema"]
        return Answer(status=answer.status, data=self._full(schema, answer.data), headers=answer.headers)

    def asked(self, url: str, method: str, headers: Headers, body: bytes) -> Asked | None:
        """Return a request as it can be judged; None if there is no such operation."""
        parts = urlsplit(url)
        query = ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True))
        if not self.route(method, parts.path.removeprefix(self.document["servers"][0]["url"].rstrip("/"))):
            return None
        return Asked(
            host_url=f"{parts.scheme}://{parts.netloc}",
            path=parts.path,
            method=method.lower(),
            parameters=RequestParameters(query=query, header=headers),
            # GitHub reads the body of a request as JSON, whatever it is said to be.
            content_type="application/json",
            body=body or None,
        )

    def wrong_request(self, asked: Asked) -> list[str]:
        """Judge a request."""
        try:
            return [f"request {asked.line}: {_said(error)}" for error in self._judge.iter_request_errors(asked)]
        except UnicodeDecodeError as error:
            return [f"request {asked.line}: {error}"]

    def wrong_answer(self, asked: Asked, answer: Answer) -> list[str]:
        """Judge an answer to a request."""
        told = Told(
            status_code=answer.status,
            content_type=answer.kind,
            headers=Headers(answer.headers),
            data=answer.body or None,
        )
        errors = self._judge.iter_response_errors(asked, told)
        return [f"answer {asked.line} {answer.status}: {_said(error)}" for error in errors]

    def _of(self, part: Node) -> Node:
        while "$ref" in part:
            _, kind, name = part["$ref"][2:].split("/")
            part = self.document["components"][kind][name]
        return part

    def _full(self, schema: Node, known: Any) -> Any:  # noqa: ANN401 - JSON
        schema = self._whole(schema)
        if isinstance(known, list):
            return [self._full(schema.get("items", {}), each) for each in known]
        if not isinstance(known, Mapping):
            return known
        properties = schema.get("properties", {})
        wanted = {name: self._least(properties[name]) for name in schema.get("required", ()) if name not in known}
        return wanted | {name: self._full(properties.get(name, {}), value) for name, value in known.items()}

    def _whole(self, schema: Node) -> Node:
        """Join what a schema is made of; of alternatives the first stands for all."""
        schema = self._of(schema)
        parts = [*schema.get("allOf", ()), *schema.get("anyOf", ())[:1], *schema.get("oneOf", ())[:1]]
        joined = dict(schema)
        for part in map(self._whole, parts):
            joined = {**part, **joined}
            joined["properties"] = part.get("properties", {}) | joined.get("properties", {})
            joined["required"] = [*joined.get("required", ()), *part.get("required", ())]
        return joined

    def _least(self, schema: Node) -> Any:  # noqa: ANN401 - JSON
        """Return the least that a schema allows."""
        schema = self._of(schema)
        if alternatives := schema.get("anyOf") or schema.get("oneOf"):
            return self._least(alternatives[0])  # where null is named beside alternatives, the validator goes by these
        schema = self._whole(schema)
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        least: dict[str, Any] = {
            "string": STRINGS.get(schema.get("format", ""), "x" * schema.get("minLength", 0)),
            "integer": schema.get("minimum", 0),
            "number": schema.get("minimum", 0),
            "boolean": False,
            "array": [],
        }
        return least[schema["type"]] if schema.get("type") in least else self._full(schema, {})


@functools.cache
def of(release: str, base: str) -> Contract:
    """Return the contract with a release of GitHub; to read its document takes a while."""
    return Contract(documents.openapi(release, base))


def _said(error: Exception) -> str:
    """Say what is wrong, with the faults that an error was made from."""
    causes = getattr(error, "schema_errors", None) or getattr(error.__cause__, "schema_errors", None) or ()
    told = [f"{'.'.join(map(str, cause.path))}: {cause.message[:300]}" for cause in causes]
    return "; ".join([f"{type(error).__name__} {error}"[:300], *told])
