"""What GitHub tells of an event -> what it is about.

An event is data: who opens a pull request writes much of it. Names of commits and repositories are held to their form,
a number or a commit that the event does not state for certain is left to be asked for, and no more is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from mpm_hooks.finding import MisuseError

PRIVILEGED = frozenset({"pull_request_target", "workflow_run"})
"""Events whose token may write, though what they are about may come from anybody."""

Fields = Mapping[str, object]
"""What is told of each kind of event, by the names of ``Event``."""

_SHA = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_NAME = r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+"
_QUEUE = re.compile(rf"refs/heads/gh-readonly-queue/(?P<branch>.+)/pr-(?P<number>[1-9][0-9]{{0,9}})-{_SHA}")
"""The branches of a merge queue: the branch that is merged into, and the pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened; what the event does not tell is empty, or zero."""

    name: str
    repository: str
    """The repository that the workflow runs in, ``OWNER/NAME``."""
    run: int
    attempt: int
    actor: str = ""
    head: str = ""
    """The commit to look at; empty if a branch was deleted."""
    base: str = ""
    """What it is to be compared with."""
    number: int = 0
    """The pull request, if the event tells for certain."""
    queued: int = 0
    """The pull request that a merge queue speaks of by the name of a branch, which has to be asked for."""
    source: str = ""
    """The repository that the head is from; empty if that is gone."""
    branch: str = ""
    """The branch of the head there; of a merge queue, the one that is merged into."""

    @property
    def is_privileged(self) -> bool:
        """Whether the token may write though the head may be anybody's."""
        return self.name in PRIVILEGED

    @property
    def is_fork(self) -> bool:
        """Whether the head is from another repository."""
        return self.source != self.repository

    @property
    def is_read_only(self) -> bool:
        """Whether GitHub gives this event a token that only reads, whatever the workflow asks for."""
        return self.name == "pull_request" and (self.is_fork or self.actor == "dependabot[bot]")


def read(environ: Mapping[str, str], payload: object) -> Event:
    """Read what a job's environment and the payload of its event say.

    Raises:
        MisuseError: This is no job of GitHub's, the event is of no use here, or the payload does not say what it must.
    """
    name = variable(environ, "GITHUB_EVENT_NAME")
    if name not in _READERS:
        message = f'cannot tell what the event "{name[:60]}" is about: use {", ".join(sorted(_READERS))}'
        raise MisuseError(message)
    told = _Payload(environ, payload)
    common: Mapping[str, object] = {
        "name": name,
        "repository": told.variable("GITHUB_REPOSITORY", _NAME),
        "run": int(told.variable("GITHUB_RUN_ID", r"[0-9]{1,18}")),
        "attempt": int(told.variable("GITHUB_RUN_ATTEMPT", r"[0-9]{1,9}")),
        "actor": environ.get("GITHUB_ACTOR", ""),
    }
    return Event(**{**common, **_READERS[name](told)})  # type: ignore[arg-type] # each reader tells fields of Event


def variable(environ: Mapping[str, str], name: str, pattern: str = ".+") -> str:
    """Return what GitHub tells its jobs in a variable.

    Raises:
        MisuseError: It does not, or not in this form.
    """
    if not (value := environ.get(name, "")):
        message = f"{name} is not set: publish is for a job of GitHub Actions, elsewhere use mpm-hooks summary"
        raise MisuseError(message)
    if not re.fullmatch(pattern, value, re.DOTALL):
        message = f"{name} is not what GitHub writes there: run this in a job of GitHub's"
        raise MisuseError(message)
    return value


def get(data: object, path: str) -> object:
    """Return what GitHub's data say under keys with dots between, None if nothing."""
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


class _Payload:
    """The environment and the payload; each question is answered, or a ``MisuseError``."""

    def __init__(self, environ: Mapping[str, str], payload: object) -> None:
        self._payload = payload
        self.variable = partial(variable, environ)

    def text(self, path: str, pattern: str = r"[^\0-\x1f\x7f]+") -> str:
        value = get(self._payload, path)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise _lacking(path)

    def sha(self, path: str) -> str:
        return self.text(path, _SHA)

    def number(self, path: str) -> int:
        value = get(self._payload, path)
        if isinstance(value, int) and 0 < value < 10**10:
            return value
        raise _lacking(path)

    def source(self, path: str) -> str:
        """Return a repository's name; of a fork that is gone, GitHub tells null."""
        return self.text(f"{path}.full_name", _NAME) if get(self._payload, path) is not None else ""


def _lacking(path: str) -> MisuseError:
    return MisuseError(f"the payload of the event has no {path}, or not as GitHub writes it")


def _pull(told: _Payload) -> Fields:
    return {
        "number": told.number("pull_request.number"),
        "base": told.sha("pull_request.base.sha"),
        "head": told.sha("pull_request.head.sha"),
        "source": told.source("pull_request.head.repo"),
        "branch": told.text("pull_request.head.ref"),
    }


def _workflow_run(told: _Payload) -> Fields:
    """Read the end of another run: only what GitHub itself notes of it, and nothing that the run made."""
    return {
        "head": told.sha("workflow_run.head_sha"),
        "source": told.source("workflow_run.head_repository"),
        "branch": told.text("workflow_run.head_branch"),
    }


def _push(told: _Payload) -> Fields:
    """Read a push; names of zeros alone say that a branch was not there before, or is gone."""
    head, base = told.sha("after"), told.sha("before")
    return {"head": head * bool(head.strip("0")), "base": base * bool(base.strip("0")), **_of_ref(told)}


def _merge_group(told: _Payload) -> Fields:
    """Read what a merge queue is about to merge."""
    queue = _QUEUE.fullmatch(told.text("merge_group.head_ref"))
    return {
        "head": told.sha("merge_group.head_sha"),
        "base": told.sha("merge_group.base_sha"),
        "queued": int(queue["number"]) if queue else 0,
        "branch": queue["branch"] if queue else "",
        "source": told.variable("GITHUB_REPOSITORY", _NAME),
    }


def _called(told: _Payload) -> Fields:
    return {"head": told.variable("GITHUB_SHA", _SHA), **_of_ref(told)}


def _of_ref(told: _Payload) -> Fields:
    ref = told.variable("GITHUB_REF", r"refs/[^\0-\x1f\x7f]+")
    branch = ref.removeprefix("refs/heads/")
    return {"branch": branch * (branch != ref), "source": told.variable("GITHUB_REPOSITORY", _NAME)}


_READERS: Mapping[str, Callable[[_Payload], Fields]] = MappingProxyType(
    {
        **dict.fromkeys(("pull_request", "pull_request_target"), _pull),
        "workflow_run": _workflow_run,
        "push": _push,
        "merge_group": _merge_group,
        **dict.fromkeys(("workflow_dispatch", "schedule", "repository_dispatch"), _called),
    }
)
