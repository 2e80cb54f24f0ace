"""One comment, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from forge import NAME, Forge, serving
from test_github import Clock, client_of

from mpm_hooks.comment import Draft
from mpm_hooks.discussion import Discussion
from mpm_hooks.finding import UnableError
from mpm_hooks.github.answer import DeniedError

pytestmark = pytest.mark.once

A = "a" * 40
COMMENTS = f"/repos/{NAME}/issues/1/comments"
DRAFT = Draft(key="sessions", run=(5, 1), head=A, text="In progress")
NEXT = replace(DRAFT, run=(6, 1), text="Ready")
GONE = replace(DRAFT, run=(7, 1), text="gone", outdated=True)
PERSON = {"login": "mallory", "type": "User"}


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    with serving(Forge(tmp_path)) as made:
        yield made
    assert not made.strangers
    assert not made.faults


def discussion(forge: Forge, clock: Clock | None = None) -> Discussion:
    return Discussion(client_of(forge, clock or Clock()), 1, A)


def settle(forge: Forge, draft: Draft) -> str:
    forge.asked.clear()
    return discussion(forge).settle(draft).did


def bodies(forge: Forge) -> list[str]:
    return [str(each["body"]) for each in forge.comments]


def writes(forge: Forge) -> list[str]:
    return [each.partition(" ")[0] for each in forge.asked if not each.startswith(("GET", "POST /graphql"))]


def test_life_of_a_comment(forge: Forge) -> None:
    assert settle(forge, GONE) == "none"
    assert settle(forge, DRAFT) == "created"
    assert bodies(forge) == [DRAFT.body]
    assert settle(forge, replace(DRAFT, run=(6, 1))) == "unchanged"
    assert writes(forge) == []
    assert settle(forge, NEXT) == "updated"
    assert bodies(forge) == [NEXT.body]
    assert settle(forge, DRAFT) == "superseded"
    assert settle(forge, GONE) == "updated"
    assert (bodies(forge), forge.folded) == ([GONE.body], {"IC_101": True})
    assert settle(forge, replace(GONE, run=(8, 1))) == "unchanged"
    assert settle(forge, replace(NEXT, run=(9, 1))) == "updated"
    assert forge.folded == {"IC_101": False}
    assert len(forge.comments) == 1


def test_preview_writes_nothing(forge: Forge) -> None:
    assert [discussion(forge).preview(draft) for draft in (GONE, DRAFT)] == ["none", "created"]
    forge.comment(DRAFT.body)
    drafts = (DRAFT, NEXT, replace(NEXT, run=(1, 1)))
    assert [discussion(forge).preview(draft) for draft in drafts] == ["unchanged", "updated", "superseded"]
    assert writes(forge) == []


def test_two_keys_are_two_comments(forge: Forge) -> None:
    other = replace(DRAFT, key="docs")
    assert [settle(forge, DRAFT), settle(forge, other), settle(forge, other)] == ["created", "created", "unchanged"]
    assert bodies(forge) == [DRAFT.body, other.body]


def test_comments_of_others_are_left_alone(forge: Forge) -> None:
    forge.comment(DRAFT.body, PERSON)
    for number in range(150):
        forge.comment(f"{number}", PERSON)
    forge.comment(replace(DRAFT, run=(99, 1)).body, PERSON)
    forge.comment(f"> {DRAFT.body}")
    before = bodies(forge)
    assert settle(forge, DRAFT) == "created"
    assert settle(forge, NEXT) == "updated"
    assert bodies(forge) == [*before, NEXT.body]


def test_the_lowest_number_is_the_one(forge: Forge) -> None:
    for run in (6, 5, 7):
        forge.comment(replace(DRAFT, run=(run, 1), text=f"{run}").body)
    assert settle(forge, replace(DRAFT, run=(7, 1), text="7")) == "updated"
    assert bodies(forge) == [replace(DRAFT, run=(7, 1), text="7").body]


@pytest.mark.parametrize("status", [0, 502])
@pytest.mark.parametrize("done", [True, False])
def test_lost_answer_to_a_creation(forge: Forge, status: int, done: bool) -> None:  # noqa: FBT001 - a column
    clock = Clock()
    forge.fail(f"POST {COMMENTS}", status, b"", done=done)
    found = discussion(forge, clock).settle(DRAFT)
    assert bodies(forge) == [DRAFT.body]
    assert found.comment
    assert clock.slept[0] == 2.0


def test_comment_that_is_deleted_meanwhile(forge: Forge) -> None:
    forge.comment(DRAFT.body)
    forge.fail("PATCH", 404, {"message": "Not Found"})
    forge.comments.clear()
    forge.fail(f"GET {COMMENTS}", 200, [forge.comment(DRAFT.body)])
    forge.comments.clear()
    assert discussion(forge).settle(NEXT).did == "created"
    assert bodies(forge) == [NEXT.body]


def test_list_that_lags_behind(forge: Forge) -> None:
    forge.fail(f"GET {COMMENTS}", 200, [])
    forge.fail(f"GET {COMMENTS}", 200, [])
    assert discussion(forge).settle(DRAFT).did == "created"
    assert bodies(forge) == [DRAFT.body]


def test_comment_that_never_stays(forge: Forge) -> None:
    told = forge.comment(DRAFT.body)
    for _ in range(5):
        forge.fail(f"GET {COMMENTS}", 200, [told])
        forge.fail("PATCH", 404, {"message": "Not Found"})
    with pytest.raises(UnableError, match="does something else delete it"):
        discussion(forge).settle(NEXT)


def test_folding_is_no_must(forge: Forge) -> None:
    forge.comment(DRAFT.body)
    forge.fail("POST /graphql", 200, {"data": {"viewer": {"login": "github-actions[bot]"}}})
    forge.fail("POST /graphql", 200, {"errors": [{"message": "no"}]})
    assert discussion(forge).settle(GONE).did == "updated"
    assert bodies(forge) == [GONE.body]


def test_no_right_to_comment(forge: Forge) -> None:
    forge.fail(f"POST {COMMENTS}", 403, {"message": "Resource not accessible by integration"})
    with pytest.raises(DeniedError):
        discussion(forge).settle(DRAFT)
