"""What comes back, or is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOT_ACCESSIBLE = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, a body, headers: of JSON, unless it says that it is of something else."""

    status: int = 200
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes on the wire."""
        if isinstance(self.data, bytes):
            return self.data
        return b"" if self.data is None else json.dumps(self.data).encode()

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("Content-Type", "application/json; charset=utf-8")


class RefusedError(Exception):
    """GitHub says no, and why."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None, **more: object) -> None:
        """Say it as GitHub does."""
        super().__init__(message)
        about = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        self.answer = Answer(status=status, data=about | more, headers=headers or {})


def missing() -> RefusedError:
    """Refuse as for what is not there, or may not be seen: GitHub does not tell which."""
    return RefusedError(404, "Not Found")


def forbidden(*accepted: str) -> RefusedError:
    """Refuse as for a permission that a token has not; any one of those named would do."""
    return RefusedError(403, NOT_ACCESSIBLE, headers={"X-Accepted-GitHub-Permissions": "; ".join(accepted)})


def invalid(message: str) -> RefusedError:
    """Refuse the body of a comment."""
    fault = {"resource": "IssueComment", "code": "custom", "field": "body", "message": f"body {message}"}
    return RefusedError(422, "Validation Failed", errors=[fault])
