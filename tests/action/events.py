"""What GitHub tells a workflow of the event that started it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator import storage
from emulator.server import Emulator
from emulator.site import Pull, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event: its name, its payload, and the commit for which the workflow runs."""

    name: str
    payload: dict[str, Any]
    sha: str
    branch: str = "main"


def _common(github: Emulator, name: str) -> dict[str, Any]:
    repository = github.view.repository(github.site.repositories[name])
    return {"repository": repository, "sender": repository["owner"]}


def _told(github: Emulator, name: str, pull: Pull) -> dict[str, Any]:
    told = github.view.pull(github.site.repositories[name], pull)
    return {"action": "synchronize", "number": pull.number, "pull_request": told} | _common(github, name)


def pull_request(github: Emulator, name: str, pull: Pull) -> Event:
    """A commit was pushed to a pull request; the workflow is that of the merge."""
    path = github.site.repositories[name].path
    told = _told(github, name, pull)
    merge = storage.tip(path, f"refs/pull/{pull.number}/merge")
    return Event(name="pull_request", payload=told, sha=merge or told["pull_request"]["head"]["sha"])


def pull_request_target(github: Emulator, name: str, pull: Pull) -> Event:
    """The same, but the workflow is that of the base, with a token that may write."""
    told = _told(github, name, pull)
    return Event(name="pull_request_target", payload=told, sha=told["pull_request"]["base"]["sha"])


def push(github: Emulator, name: str, branch: str) -> Event:
    """Somebody pushed to a branch."""
    sha = storage.tip(github.site.repositories[name].path, f"refs/heads/{branch}")
    before = storage.tip(github.site.repositories[name].path, f"refs/heads/{branch}~1") or "0" * 40
    payload = {"ref": f"refs/heads/{branch}", "before": before, "after": sha, "head_commit": {"id": sha}}
    return Event(name="push", payload=payload | _common(github, name), sha=sha, branch=branch)


def workflow_run(github: Emulator, name: str, run: Run) -> Event:
    """Another workflow is done."""
    repository = github.site.repositories[name]
    told = github.view.run(repository, run)
    sha = storage.tip(repository.path, "refs/heads/main")
    payload = {"action": "completed", "workflow_run": told, "workflow": {"name": "Tests"}}
    return Event(name="workflow_run", payload=payload | _common(github, name), sha=sha)


def merge_group(github: Emulator, name: str, pull: Pull) -> Event:
    """A pull request has come to the head of the queue."""
    path = github.site.repositories[name].path
    merge, base = storage.tip(path, f"refs/pull/{pull.number}/merge"), storage.tip(path, f"refs/heads/{pull.base}")
    branch = f"gh-readonly-queue/{pull.base}/pr-{pull.number}-{base}"
    storage.git(path, "update-ref", f"refs/heads/{branch}", merge)
    group = {
        "head_sha": merge,
        "head_ref": f"refs/heads/{branch}",
        "base_sha": base,
        "base_ref": f"refs/heads/{pull.base}",
    }
    payload = {"action": "checks_requested", "merge_group": group} | _common(github, name)
    return Event(name="merge_group", payload=payload, sha=merge, branch=branch)


def workflow_dispatch(github: Emulator, name: str, branch: str) -> Event:
    """Somebody pressed the button, with a branch chosen."""
    sha = storage.tip(github.site.repositories[name].path, f"refs/heads/{branch}")
    payload = {"ref": f"refs/heads/{branch}", "inputs": {}, "workflow": ".github/workflows/sessions.yml"}
    return Event(name="workflow_dispatch", payload=payload | _common(github, name), sha=sha, branch=branch)
