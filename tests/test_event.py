"""What an event is about, by what GitHub tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import event
from mpm_hooks.event import Event
from mpm_hooks.finding import MisuseError

A, B, ZEROS = "a" * 40, "b" * 40, "0" * 40
JOB = {
    "GITHUB_REPOSITORY": "own/repo",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_ACTOR": "ann",
    "GITHUB_SHA": A,
    "GITHUB_REF": "refs/heads/work",
}
COMMON: dict[str, Any] = {"repository": "own/repo", "run": 7, "attempt": 2, "actor": "ann"}
PULL = {
    "pull_request": {
        "number": 3,
        "base": {"sha": B},
        "head": {"sha": A, "ref": "work", "repo": {"full_name": "own/repo"}},
    }
}
RUN = {"workflow_run": {"head_sha": A, "head_branch": "work", "head_repository": {"full_name": "else/repo"}}}
QUEUE = {"head_sha": A, "base_sha": B, "head_ref": f"refs/heads/gh-readonly-queue/release/1/pr-12-{B}"}


def read(name: str, payload: object, **variables: str) -> Event:
    return event.read(JOB | {"GITHUB_EVENT_NAME": name} | variables, payload)


def replaced(data: Mapping[str, Any], path: str, value: object) -> Mapping[str, Any]:
    key, _, rest = path.partition(".")
    return {**data, key: replaced(data[key], rest, value) if rest else value}


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        pytest.param(
            "pull_request",
            PULL,
            {"number": 3, "base": B, "head": A, "source": "own/repo", "branch": "work"},
            id="pull_request",
        ),
        pytest.param(
            "pull_request_target",
            replaced(PULL, "pull_request.head.repo", None),
            {"number": 3, "base": B, "head": A, "source": "", "branch": "work"},
            id="of a fork that is gone",
        ),
        pytest.param(
            "workflow_run",
            replaced(RUN, "workflow_run.pull_requests", [{"number": 666}]),
            {"head": A, "source": "else/repo", "branch": "work"},
            id="workflow_run",
        ),
        pytest.param(
            "push",
            {"before": B, "after": A},
            {"head": A, "base": B, "source": "own/repo", "branch": "work"},
            id="push",
        ),
        pytest.param(
            "push",
            {"before": ZEROS, "after": A},
            {"head": A, "source": "own/repo", "branch": "work"},
            id="push of a new branch",
        ),
        pytest.param(
            "push",
            {"before": B, "after": ZEROS},
            {"base": B, "source": "own/repo", "branch": "work"},
            id="push that deletes",
        ),
        pytest.param(
            "merge_group",
            {"merge_group": QUEUE},
            {"head": A, "base": B, "queued": 12, "source": "own/repo", "branch": "release/1"},
            id="merge_group",
        ),
        pytest.param(
            "merge_group",
            {"merge_group": QUEUE | {"head_ref": "refs/heads/pr-12"}},
            {"head": A, "base": B, "source": "own/repo"},
            id="merge_group with another name",
        ),
        pytest.param(
            "workflow_dispatch",
            {"inputs": None},
            {"head": A, "source": "own/repo", "branch": "work"},
            id="workflow_dispatch",
        ),
        pytest.param("schedule", {}, {"head": A, "source": "own/repo", "branch": "work"}, id="schedule"),
    ],
)
def test_read(name: str, payload: object, expected: dict[str, Any]) -> None:
    assert read(name, payload) == Event(name=name, **COMMON, **expected)


def test_a_tag_is_no_branch() -> None:
    assert read("push", {"before": B, "after": A}, GITHUB_REF="refs/tags/v1").branch == ""


@pytest.mark.parametrize(
    ("name", "source", "actor", "expected"),
    [
        pytest.param("pull_request", "own/repo", "ann", (False, False, False), id="own branch"),
        pytest.param("pull_request", "else/repo", "ann", (False, True, True), id="fork"),
        pytest.param("pull_request", "own/repo", "dependabot[bot]", (False, False, True), id="dependabot"),
        pytest.param("pull_request_target", "own/repo", "ann", (True, False, False), id="target"),
        pytest.param("pull_request_target", "else/repo", "ann", (True, True, False), id="target of a fork"),
    ],
)
def test_what_the_token_may(name: str, source: str, actor: str, expected: tuple[bool, bool, bool]) -> None:
    found = read(name, replaced(PULL, "pull_request.head.repo.full_name", source), GITHUB_ACTOR=actor)
    assert (found.is_privileged, found.is_fork, found.is_read_only) == expected


def test_the_end_of_a_run_is_privileged() -> None:
    assert read("workflow_run", RUN).is_privileged


@pytest.mark.parametrize(
    ("name", "payload", "variables", "said"),
    [
        pytest.param("", {}, {}, "elsewhere use mpm-hooks summary", id="no job"),
        pytest.param("issues", {}, {}, 'the event "issues"', id="unknown event"),
        pytest.param("push", {}, {"GITHUB_REPOSITORY": ""}, "GITHUB_REPOSITORY is not set", id="no repository"),
        pytest.param("push", {}, {"GITHUB_REPOSITORY": "a/b/../c"}, "not what GitHub writes", id="odd repository"),
        pytest.param("push", {}, {"GITHUB_RUN_ID": "1e3"}, "GITHUB_RUN_ID", id="odd run"),
        pytest.param("schedule", {}, {"GITHUB_SHA": "main"}, "GITHUB_SHA", id="odd commit"),
        pytest.param("schedule", {}, {"GITHUB_REF": "work"}, "GITHUB_REF", id="odd ref"),
        pytest.param("pull_request", None, {}, "has no pull_request.number", id="no payload"),
        pytest.param("pull_request", [], {}, "has no pull_request.number", id="no mapping"),
        pytest.param("push", {"after": A, "before": 1}, {}, "has no before", id="no text"),
    ],
)
def test_refused(name: str, payload: object, variables: dict[str, str], said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        read(name, payload, **variables)


@pytest.mark.parametrize(
    ("name", "payload", "path"),
    [
        *(("pull_request", PULL, f"pull_request.{each}") for each in ("base.sha", "head.sha", "head.ref")),
        ("pull_request", PULL, "pull_request.head.repo.full_name"),
        *(("workflow_run", RUN, f"workflow_run.{each}") for each in ("head_sha", "head_branch")),
    ],
    ids=str,
)
@pytest.mark.parametrize("value", [None, 1, "", "--upload-pack=x", "a\nb", "a\0b"], ids=repr)
def test_fields_are_held_to_their_form(name: str, payload: Mapping[str, Any], path: str, value: object) -> None:
    if value == "--upload-pack=x" and path.endswith(("ref", "head_branch")):
        return  # a name of a branch may be odd; it is only ever asked for, encoded
    with pytest.raises(MisuseError, match=path):
        read(name, replaced(payload, path, value))


@pytest.mark.parametrize("value", [None, 0, -1, 10**10, "3", 3.5], ids=repr)
def test_number_is_held_to_its_form(value: object) -> None:
    with pytest.raises(MisuseError, match="number"):
        read("pull_request", replaced(PULL, "pull_request.number", value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([A, B, "own/repo"]),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(["pull_request", "head", "base", "sha", "repo", "full_name"]), each, max_size=6
        )
    ),
    max_leaves=20,
)


@given(st.sampled_from(["pull_request", "workflow_run", "push", "merge_group"]), JSON)
def test_any_payload_is_read_or_refused(name: str, payload: object) -> None:
    with suppress(MisuseError):
        read(name, payload)
