"""A server with a repository and a pull request, as far as ``publish`` asks for it: on loopback, with real git behind.

What GitHub itself does is held against GitHub's own documents in ``tests/action``; this one is small and needs nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-for-tests"  # noqa: S105 - of nothing
NAME = "own/repo"
FORK = "else/repo"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Forge:
    """The state; tests look at it and change it."""

    path: Path
    """Where the repository is, bare."""
    url: str = ""
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    viewer: str | None = BOT["login"]
    asked: list[str] = field(default_factory=list)
    """Each request, as ``METHOD /path``."""
    faults: list[tuple[str, Answer | None, bool]] = field(default_factory=list)
    """What a request that begins so is answered, once; None closes the connection; whether it is done all the same."""
    may_read: bool = True
    moved: str = ""
    """Where git is sent instead."""
    requests: int = 0
    folded: dict[str, bool] = field(default_factory=dict)
    made: int = 0
    """How many comments there ever were."""
    strangers: int = 0
    """Requests that bring no token, or another."""

    def pull(self, base: str, head: str, number: int = 1, source: str | None = NAME) -> dict[str, Any]:
        """Open a pull request."""
        told = {
            "number": number,
            "state": "open",
            "base": {"sha": base, "ref": "main", "repo": {"full_name": NAME}},
            "head": {"sha": head, "ref": "work", "repo": source and {"full_name": source}},
        }
        self.pulls.append(told)
        return told

    def comment(self, body: str, user: dict[str, str] | None = None) -> dict[str, Any]:
        """Add a comment."""
        self.made += 1
        number = 100 + self.made
        made = {
            "id": number,
            "node_id": f"IC_{number}",
            "html_url": f"{self.url}/{NAME}/pull/1#issuecomment-{number}",
            "user": user or BOT,
            "body": body,
        }
        self.comments.append(made)
        return made

    def fail(
        self,
        request: str,
        status: int = 0,
        data: object = None,
        *,
        done: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Let the next request that begins so go wrong; with status 0 the connection is closed."""
        self.faults.append((request, (status, data, headers or {}) if status else None, done))

    def answer(self, method: str, path: str, query: dict[str, list[str]], data: Any) -> Answer | None:  # noqa: ANN401 - …
        """Answer a request of the API."""
        asked = f"{method} {path}"
        self.asked.append(asked)
        fault = next((each for each in self.faults if asked.startswith(each[0])), None)
        if fault is None:
            return self._done(method, path.removeprefix(f"/repos/{NAME}"), query, data)
        self.faults.remove(fault)
        if fault[2]:
            self._done(method, path.removeprefix(f"/repos/{NAME}"), query, data)
        return fault[1]

    def _done(  # noqa: PLR0911 - an operation each
        self,
        method: str,
        path: str,
        query: dict[str, list[str]],
        data: Any,  # noqa: ANN401 - …
    ) -> Answer:
        words = path.strip("/").split("/")
        match method, words:
            case "POST", ["graphql"]:
                return 200, self._graphql(data), {}
            case "GET", [""]:
                return 200, {"default_branch": "main"}, {}
            case "GET", ["pulls"]:
                owner, _, branch = query["head"][0].partition(":")
                return self._page([each for each in self.pulls if self._is_of(each, owner, branch)], query)
            case "GET", ["pulls", number]:
                found = [each for each in self.pulls if str(each["number"]) == number]
                return (200, found[0], {}) if found else (404, {"message": "Not Found"}, {})
            case "GET", ["commits", *name]:
                sha = self.git("rev-parse", "--verify", "--quiet", "/".join(name))
                return (200, {"sha": sha}, {}) if sha else (422, {"message": "No commit found"}, {})
            case "GET", ["compare", *name]:
                return self._compared(*"/".join(name).split("..."))
            case "GET", ["issues", _, "comments"]:
                return self._page(sorted(self.comments, key=lambda each: int(each["id"])), query)
            case "POST", ["issues", _, "comments"]:
                return 201, self.comment(data["body"]), {}
            case _, ["issues", "comments", number]:
                found = [each for each in self.comments if str(each["id"]) == number]
                return self._changed(method, found[0], data) if found else (404, {"message": "Not Found"}, {})
        raise AssertionError(method, path)

    def _changed(self, method: str, found: dict[str, Any], data: Any) -> Answer:  # noqa: ANN401 - …
        if method == "DELETE":
            self.comments.remove(found)
            return 204, None, {}
        found["body"] = data["body"]
        return 200, found, {}

    def _is_of(self, pull: dict[str, Any], owner: str, branch: str) -> bool:
        head = pull["head"]
        return bool(head["repo"]) and head["repo"]["full_name"].startswith(f"{owner}/") and head["ref"] == branch

    def _compared(self, base: str, head: str) -> Answer:
        if not (parted := self.git("merge-base", base, head)):
            return 404, {"message": "No common ancestor"}, {}
        ahead = int(self.git("rev-list", "--count", f"{base}..{head}"))
        return 200, {"merge_base_commit": {"sha": parted}, "ahead_by": ahead}, {}

    def _page(self, found: list[dict[str, Any]], query: dict[str, list[str]]) -> Answer:
        size, page = int(query["per_page"][0]), int(query["page"][0])
        more = {"Link": '<http://127.0.0.2/elsewhere?page=2>; rel="next"'} if len(found) > size * page else {}
        return 200, found[size * (page - 1) : size * page], more

    def _graphql(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - …
        if "viewer" in data["query"]:
            if self.viewer is None:
                return {"data": None, "errors": [{"message": "Resource not accessible by integration"}]}
            return {"data": {"viewer": {"login": self.viewer}}}
        self.folded[data["variables"]["given"]["subjectId"]] = "unminimize" not in data["query"]
        return {"data": {}}

    def git(self, *words: str) -> str:
        """Run git in the repository."""
        done = subprocess.run(["git", *words], check=False, cwd=self.path, capture_output=True, text=True)
        return done.stdout.strip()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, forge: Forge, *rest: Any) -> None:  # noqa: ANN401 - whatever a server hands over
        self._forge = forge
        super().__init__(*rest)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _respond(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = self.headers.get("Authorization", "")
        basic = f"basic {b64encode(f'x-access-token:{TOKEN}'.encode()).decode()}"
        self._forge.requests += 1
        self._forge.strangers += said not in {basic, f"token {TOKEN}", f"Bearer {TOKEN}"}
        if f"/{NAME}.git/" in url.path:
            self._git(url.path, url.query, body)
            return
        path = unquote(url.path).removeprefix("/api/v3").replace("/api/graphql", "/graphql")
        answer = self._forge.answer(self.command, path, parse_qs(url.query), json.loads(body or b"null"))
        if answer is None:
            self.close_connection = True
            return
        status, data, headers = answer
        content = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
        self._send(status, headers, content)

    do_GET = do_POST = do_PATCH = do_DELETE = _respond  # noqa: N815 - names of http.server

    def _git(self, path: str, query: str, body: bytes) -> None:
        if self._forge.moved:
            self._send(302, {"Location": f"{self._forge.moved}{path}?{query}"}, b"")
            return
        if not self._forge.may_read:
            self._send(403, {}, b"")
            return
        variables = {
            "GIT_PROJECT_ROOT": str(self._forge.path.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path.replace(f"/{NAME}.git", f"/{self._forge.path.name}"),
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, check=False, capture_output=True, env=os.environ | variables
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self._send(int(headers.pop("Status", "200").split()[0]), headers, content)

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(forge: Forge) -> Iterator[Forge]:
    """Answer as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, forge))
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
