"""It all together, with a log; ``Emulator`` is what tests make."""

from __future__ import annotations

import base64
import re
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import documents
from werkzeug.datastructures import Headers

from emulator import contract, graph, rest, transport
from emulator.answer import Answer, RefusedError, missing
from emulator.contract import Asked
from emulator.fault import Faults
from emulator.origin import Exchange, Origin, Request, Respond
from emulator.site import Site, Token
from emulator.view import View

VERSIONS = {"", "2022-11-28"}
"""The versions of the API that every release in use knows."""


class Emulator:
    """GitHub, or a GitHub Enterprise Server, and somebody else's server that no token must reach."""

    def __init__(self, directory: Path, release: str = "api.github.com", ports: Sequence[int] = (0, 0, 0)) -> None:
        """Start it."""
        self.release = release
        self.site, self.faults, self.log, self.complaints = Site(directory), Faults(), list[Exchange](), list[str]()
        self._lock = threading.Lock()
        self.prefix = "" if release == "api.github.com" else "/api/v3"
        self.contract = contract.of(release, self.prefix or "/")
        web = Origin("web", self._logged(self._web), ports[0])
        api = web if self.prefix else Origin("api", self._logged(self._api), ports[1])
        elsewhere = Origin("elsewhere", self._logged(self._elsewhere), ports[2])
        self._origins = {web, api, elsewhere}
        self.web, self.api, self.elsewhere = web.url, api.url + self.prefix, elsewhere.url
        self.graphql = f"{api.url}{'/api' if self.prefix else ''}/graphql"
        self.view = View(self.site, self.api, self.web)

    def __enter__(self) -> Self:
        """Return it, as it runs already."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stop it."""
        for origin in self._origins:
            origin.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What a runner tells of where GitHub is."""
        return {"GITHUB_API_URL": self.api, "GITHUB_GRAPHQL_URL": self.graphql, "GITHUB_SERVER_URL": self.web}

    def asked(self, pattern: str) -> list[Request]:
        """Return the requests whose ``METHOD /path`` a pattern finds."""
        with self._lock:
            requests = [exchange.request for exchange in self.log]
        return [each for each in requests if re.search(pattern, f"{each.method} {each.target}")]

    @property
    def writes(self) -> list[str]:
        """The requests that change something, each as ``METHOD /path``."""
        asked = self.asked(rf"^(POST|PATCH|PUT|DELETE) {self.prefix}/(repos|repositories)/")
        return [f"{each.method} {each.path.removeprefix(self.prefix)}" for each in asked]

    def complain(self, complaint: str) -> None:
        """Note what must not be: whoever made this emulator looks at the end."""
        with self._lock:
            self.complaints.append(complaint)

    def _logged(self, respond: Respond) -> Respond:
        def answer(request: Request) -> Answer | None:
            at, told = time.time(), None
            try:
                told = self._spoilt(request, respond)
            except Exception:  # noqa: BLE001 - whatever it is, the emulator is at fault, and its maker must hear of it
                self.complain(traceback.format_exc())
                told = Answer(status=500, data={"message": "Server Error"})
            with self._lock:
                self.log.append(Exchange(at=at, request=request, status=told.status if told else 0))
            return told

        return answer

    def _spoilt(self, request: Request, respond: Respond) -> Answer | None:
        """Answer, unless something is to go wrong."""
        self._watch(request)
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return respond(request)
        time.sleep(fault.seconds)
        told = respond(request) if fault.is_done else None
        return None if fault.is_dropped else fault.answer or told

    def _watch(self, request: Request) -> None:
        """Look where tokens go, and whether what is asked is as GitHub's document has it."""
        raw = request.raw if request.origin == "elsewhere" else request.target.encode()
        for token in self.site.tokens.values():
            if any(trace in raw for trace in token.traces):
                self.complain(f"the token of {token.account.login} stands in {request.origin} {request.target}")
        asked = self._asked(request) if self._is_of_api(request) else None
        for wrong in self.contract.wrong_request(asked) if asked else ():
            self.complain(wrong)

    def _is_of_api(self, request: Request) -> bool:
        return request.path.startswith(f"{self.prefix}/") if self.prefix else request.origin == "api"

    def _web(self, request: Request) -> Answer:
        if self.prefix and request.path.startswith("/api/"):
            return self._api(request)
        try:
            token = self._token(request) if "Authorization" in request.headers else None
        except RefusedError:
            return Answer(status=401, data=b"Invalid username or token.", headers=transport.ASK)
        return transport.serve(
            self.site,
            token,
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
        )

    def _elsewhere(self, request: Request) -> Answer:
        return Answer(data={"message": f"Nobody should have come here: {request.path}"})

    def _api(self, request: Request) -> Answer:
        rate = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Resource": "core"}
        rate |= {"X-RateLimit-Used": "1", "X-RateLimit-Reset": str(int(time.time()) + 3600)}
        try:
            answer = self._operation(request)
        except RefusedError as refused:
            answer = refused.answer
        self._judge(request, answer)
        return Answer(status=answer.status, data=answer.data, headers=rate | dict(answer.headers))

    def _operation(self, request: Request) -> Answer:
        if not request.headers.get("User-Agent"):
            raise RefusedError(403, "Request forbidden by administrative rules. Please add a User-Agent header.")
        token = self._token(request)
        if request.headers.get("X-GitHub-Api-Version", "") not in VERSIONS:
            raise RefusedError(400, "The version of the API is not supported.")
        if request.path == urlsplit(self.graphql).path:
            return self._query(request, token)
        path = self._named(request.place.removeprefix(self.prefix))
        found = self.contract.route(request.method, path)
        if found is None:
            if not self.contract.knows(path):
                self.complain(f"no operation of the emulator: {request.method} {path}")
            raise missing()
        route, written = found
        words = {name: unquote(word) for name, word in written.items()}
        query = dict(parse_qsl(request.query))
        call = rest.Call(
            site=self.site, view=self.view, token=token, path=path, words=words, query=query, data=self._data(request)
        )
        return self.contract.complete(route, rest.OPERATIONS[route.name](call))

    def _query(self, request: Request, token: Token) -> Answer:
        answer, unknown = graph.answer(
            documents.graphql(), graph.Graph(self.site, self.view, token), self._data(request)
        )
        for each in unknown:
            self.complain(f"GraphQL: {each}")
        return answer

    def _asked(self, request: Request) -> Asked | None:
        path = self.prefix + self._named(request.place.removeprefix(self.prefix))
        url = f"{self.api.removesuffix(self.prefix)}{path}?{request.query}"
        return self.contract.asked(url, request.method, Headers(list(request.headers.items())), request.body)

    def _judge(self, request: Request, answer: Answer) -> None:
        if asked := self._asked(request):
            for wrong in self.contract.wrong_answer(asked, answer):
                self.complain(wrong)

    def _named(self, path: str) -> str:
        """Return a path with the name of a repository that it has the number of: so are GitHub's own links."""
        if found := re.match(r"/repositories/(\d+)(?=/|$)", path):
            for repository in self.site.repositories.values():
                if str(repository.id) == found[1]:
                    return f"/repos/{repository.name}{path[found.end() :]}"
        return path

    def _token(self, request: Request) -> Token:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if not text:
            raise RefusedError(401, "Requires authentication")
        if kind.lower() == "basic":
            text = base64.b64decode(text).decode(errors="replace").partition(":")[2]
        if text not in self.site.tokens:
            raise RefusedError(401, "Bad credentials")
        return self.site.tokens[text]

    def _data(self, request: Request) -> Any:  # noqa: ANN401 - JSON
        try:
            return request.data
        except ValueError:
            raise RefusedError(400, "Problems parsing JSON") from None
