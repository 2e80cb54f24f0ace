"""A port of loopback: what arrives there, and how it is answered."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from emulator.answer import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What arrived."""

    origin: str
    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def place(self) -> str:
        """The path as it was written: a slash inside of a name is told from one between names."""
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        """What stands after the question mark."""
        return urlsplit(self.target).query

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON."""
        return json.loads(self.body or b"null")

    @property
    def raw(self) -> bytes:
        """All of it, to search for what must not stand there."""
        return b"\n".join((self.target.encode(), self.headers.as_bytes(), self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A line of the log."""

    at: float
    request: Request
    status: int

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.request.origin} {self.request.method} {self.request.target} {self.status}"


Respond = Callable[[Request], Answer | None]
"""What answers a request; nothing closes the connection."""


class Origin(ThreadingHTTPServer):
    """A port of loopback, and what answers there."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, respond: Respond, port: int = 0) -> None:
        """Listen, and answer in a thread."""
        super().__init__(("127.0.0.1", port), Handler)
        self.name, self.respond = name, respond
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear no more."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - so socketserver has it
        """Say nothing of a client that has gone: that is its right."""


class Handler(BaseHTTPRequestHandler):
    """HTTP, as far as clients of GitHub speak it."""

    protocol_version = "HTTP/1.1"
    server: Origin

    def parse_request(self) -> bool:
        """Take any method."""
        if not super().parse_request():
            return False
        setattr(self, f"do_{self.command}", self.answer)
        return True

    def answer(self) -> None:
        """Answer a request."""
        request = Request(
            origin=self.server.name,
            method=self.command,
            target=self.path,
            headers=self.headers,
            body=self._body(),
        )
        answer = self.server.respond(request)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = answer.body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if body and "Content-Type" not in answer.headers:
            self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _chunks(self) -> list[bytes]:
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return chunks

    def log_message(self, *_words: object) -> None:
        """Say nothing: the log is kept elsewhere."""
