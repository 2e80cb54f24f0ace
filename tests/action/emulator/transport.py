"""Git over HTTP, by git's own server of it."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from email.message import Message
from email.parser import BytesHeaderParser

from emulator.answer import Answer
from emulator.site import Repository, Site, Token

PLACE = re.compile(r"/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)")
ASK = {"WWW-Authenticate": 'Basic realm="GitHub"', "Content-Type": "text/plain"}


def serve(site: Site, token: Token | None, method: str, path: str, query: str, headers: Message, body: bytes) -> Answer:
    """Answer git; what is public, anybody fetches, and nobody pushes."""
    if not (found := PLACE.fullmatch(path)):
        return Answer(status=404, data=b"Not Found", headers={"Content-Type": "text/html"})
    repository = site.repositories.get(found["name"])
    if repository is None or (repository.is_private and token is None):
        return Answer(status=401, data=b"Repository not found.", headers=ASK)
    if repository.is_private and token and not token.may(repository.name, "contents", "read"):
        return Answer(
            status=403, data=b"Write access to repository not granted.", headers={"Content-Type": "text/plain"}
        )
    if "receive-pack" in found["service"] + query:
        return Answer(status=403, data=b"Permission denied.", headers={"Content-Type": "text/plain"})
    for pull in repository.pulls.values():
        site.head(repository, pull)
    return _backend(repository, method, found["service"], query, headers, body)


def _backend(repository: Repository, method: str, service: str, query: str, headers: Message, body: bytes) -> Answer:
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    environment = os.environ | {
        "GIT_PROJECT_ROOT": str(repository.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
        "PATH_INFO": f"/{service}",
        "REQUEST_METHOD": method,
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
    }
    done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=True)
    head, _, data = done.stdout.partition(b"\r\n\r\n")
    told: Message = BytesHeaderParser().parsebytes(head)
    status = int(str(told.get("Status", "200")).split()[0])
    return Answer(status=status, data=data, headers={name: value for name, value in told.items() if name != "Status"})
