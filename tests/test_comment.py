"""Which comment is ours, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import comment
from mpm_hooks.comment import Author, Comment, Draft, Marker, Plan
from mpm_hooks.finding import MisuseError

BOT, PERSON = Author(login="github-actions[bot]", kind="Bot"), Author(login="ann", kind="User")
A, B = "a" * 40, "b" * 40
DRAFT = Draft(key="sessions", run=(5, 1), head=A, text="In progress")
GONE = replace(DRAFT, text="gone", outdated=True)


def written(number: int = 1, draft: Draft = DRAFT, author: Author = BOT, body: str | None = None) -> Comment:
    return Comment(id=number, node=f"IC_{number}", url="", author=author, body=draft.body if body is None else body)


def plan(comments: Sequence[Comment], draft: Draft = DRAFT, author: Author | None = BOT, head: str = A) -> Plan:
    return comment.plan(comments, draft, author, head)


def test_marker_is_read_back() -> None:
    assert comment.marker(DRAFT.body) == DRAFT.marker
    assert comment.marker(GONE.body) == GONE.marker
    assert comment.marker(DRAFT.body.replace("\n", "\r\n")) == DRAFT.marker


@given(st.text(max_size=30), st.integers(0, 10**18), st.integers(0, 10**9), st.booleans())
def test_any_text_keeps_its_marker(text: str, run: int, attempt: int, outdated: bool) -> None:  # noqa: FBT001 - drawn
    draft = Draft(key="a.b-c_1", run=(run, attempt), head=A, text=text, outdated=outdated)
    assert comment.marker(draft.body) == draft.marker
    assert len(draft.body) - len(text) <= comment.LONGEST - comment.room("a.b-c_1")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param(f" {DRAFT.body}", id="a blank before"),
        pytest.param(f"> quoted\n\n{DRAFT.body}", id="quoted"),
        pytest.param(f"```\n{DRAFT.body}\n```", id="in a fence"),
        pytest.param(DRAFT.body.replace(" -->\n", " --> and more\n"), id="more on its line"),
        pytest.param("<!-- mpm-hooks:sessions key=sessions", id="without an end"),
    ],
)
def test_no_marker(body: str) -> None:
    assert comment.marker(body) is None
    assert not comment.is_marked(written(body=body), "sessions")


def test_marker_of_another_release() -> None:
    found = comment.marker("<!-- mpm-hooks:sessions key=a run=x new=1 -->\nIn progress")
    assert found == Marker(key="a")


@pytest.mark.parametrize("key", ["sessions", "a", "docs.api-2_x", "a" * 40])
def test_key(key: str) -> None:
    assert comment.key(key) == key


@pytest.mark.parametrize("key", ["", "-", "a b", "a-->", "ä", "a" * 41, "a\n", "a=b"])
def test_no_key(key: str) -> None:
    with pytest.raises(MisuseError, match="key"):
        comment.key(key)


OURS, OTHERS = written(), written(2, author=PERSON)
OLDER, NEWER = written(draft=replace(DRAFT, run=(4, 9), text="old")), written(draft=replace(DRAFT, run=(5, 2)))
OUTDATED = written(draft=replace(GONE, run=(4, 1)))


@pytest.mark.parametrize(
    ("comments", "draft", "expected"),
    [
        pytest.param([], DRAFT, Plan(write=True), id="the first"),
        pytest.param([], GONE, Plan(), id="nothing to take back"),
        pytest.param([OTHERS], DRAFT, Plan(write=True), id="somebody else's marker"),
        pytest.param([written(author=Author(login=BOT.login, kind="User"))], DRAFT, Plan(write=True), id="no bot"),
        pytest.param([written(draft=replace(DRAFT, key="b"))], DRAFT, Plan(write=True), id="another key"),
        pytest.param([written(body=f"> {DRAFT.body}")], DRAFT, Plan(write=True), id="quoted by ourselves"),
        pytest.param([OURS], DRAFT, Plan(kept=OURS), id="unchanged"),
        pytest.param([OURS], replace(DRAFT, run=(6, 1)), Plan(kept=OURS), id="unchanged by a newer run"),
        pytest.param([OLDER], DRAFT, Plan(kept=OLDER, write=True), id="changed"),
        pytest.param([NEWER], DRAFT, Plan(kept=NEWER, is_superseded=True), id="newer attempt"),
        pytest.param([OURS], replace(GONE, run=(6, 1)), Plan(kept=OURS, write=True, folded=True), id="gone"),
        pytest.param([OUTDATED], GONE, Plan(kept=OUTDATED), id="gone already"),
        pytest.param([OUTDATED], DRAFT, Plan(kept=OUTDATED, write=True, folded=False), id="back again"),
        pytest.param(
            [written(9), OURS, OTHERS], DRAFT, Plan(kept=OURS, extra=(written(9),)), id="the lowest number is the one"
        ),
        pytest.param(
            [written(9), NEWER], DRAFT, Plan(kept=NEWER, extra=(written(9),), is_superseded=True), id="extra of old"
        ),
    ],
)
def test_plan(comments: Sequence[Comment], draft: Draft, expected: Plan) -> None:
    assert plan(comments, draft) == expected


def test_nobody_known_owns_nothing() -> None:
    assert plan([OURS], author=None) == Plan(write=True)


@pytest.mark.parametrize(
    ("told", "ours", "now", "expected"),
    [
        pytest.param(B, A, B, True, id="it tells of the head, we of an older commit"),
        pytest.param(A, B, B, False, id="we tell of the head"),
        pytest.param(A, B, "c" * 40, False, id="both are old"),
        pytest.param(B, B, B, False, id="both are new"),
    ],
)
def test_older_commit_never_overwrites(told: str, ours: str, now: str, expected: bool) -> None:  # noqa: FBT001 - a column
    kept = written(draft=replace(DRAFT, run=(1, 1), head=told, text="x"))
    assert plan([kept], replace(DRAFT, head=ours), head=now).is_superseded == expected


def test_what_passes_makes_no_other_text() -> None:
    one, two = (replace(DRAFT, text=f"see /runs/{run} for all", passing=f"/runs/{run}") for run in (1, 2))
    assert one.body != two.body
    assert not plan([written(draft=one)], two).write
