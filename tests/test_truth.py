"""Claims of a session: what it names, and what of it can be held against git."""

from __future__ import annotations

import pytest
from sessions import ID

from mpm_hooks.parse import json_form
from mpm_hooks.parse.document import Document, spell
from mpm_hooks.render import json_form as render_json
from mpm_hooks.rules import truth
from mpm_hooks.rules.truth import Known
from mpm_hooks.session import Json, Session

SHA = "0123456789" * 4


def said(git: Json, **more: Json) -> Session:
    return Session(id=ID, data={"git_context": git, **more})


def document(session: Session) -> Document:
    return json_form.parse("x", render_json.render(session).encode())


@pytest.mark.parametrize(
    ("git", "expected"),
    [
        pytest.param(None, [], id="nothing"),
        pytest.param([], [], id="no object"),
        pytest.param({"head": SHA}, [("git_context.head", SHA)], id="head"),
        pytest.param({"head": None, "base": None, "change": 7, "recent_commits": "x"}, [], id="of other types"),
        pytest.param({"head": "HEAD", "recent_commits": [{"sha": "main"}, {"sha": 7}, 7]}, [], id="no names"),
        pytest.param({"head": "abc"}, [], id="too short"),
        pytest.param({"head": "0" * 65}, [], id="too long"),
        pytest.param({"head": "0123456789ABCDEF"}, [], id="capitals, which git never writes"),
        pytest.param(
            {"base": {"merge_base": "abcd"}, "change": {"since": "ef01"}, "recent_commits": [{"sha": "2345"}]},
            [
                ("git_context.base.merge_base", "abcd"),
                ("git_context.change.since", "ef01"),
                ("git_context.recent_commits[0].sha", "2345"),
            ],
            id="all places",
        ),
    ],
)
def test_commits(git: Json, expected: list[tuple[str, str]]) -> None:
    session = said(git)
    assert [(spell(keys), name) for keys, name in truth.commits(session)] == expected
    lost = Known(commits={name for _, name in expected})
    places = [found.field for found in truth.unknown_commit(document(session), session, lost)]
    assert places == [place for place, _ in expected]


def test_the_branch_stood_at_its_head_and_at_its_newest_commit() -> None:
    git: Json = {"head": SHA, "base": {"merge_base": "abcd"}, "recent_commits": [{"sha": "1111"}, {"sha": "2222"}]}
    assert list(truth.heads(said(git))) == [SHA, "1111"]


@pytest.mark.parametrize(
    ("merged", "expected"), [([], 1), ([SHA], 0), (["1111"], 0), (["2222"], 1)], ids=["no", "head", "newest", "another"]
)
def test_a_branch_is_missed_unless_it_was_merged(merged: list[str], expected: int) -> None:
    git: Json = {"branch": "topic", "head": SHA, "recent_commits": [{"sha": "1111"}, {"sha": "2222"}]}
    session = said(git)
    known = Known(branches={"topic"}, merged=frozenset(merged))
    assert len(list(truth.unknown_branch(document(session), session, known))) == expected
    assert list(truth.unknown_branch(document(session), session, Known(merged=frozenset(merged)))) == []


@pytest.mark.parametrize(
    ("status", "review", "expected"),
    [
        pytest.param(None, [], [], id="nothing"),
        pytest.param({"modified_files": "a"}, "b", [], id="of other types"),
        pytest.param({"modified_files": ["a", 7, "", None]}, ["b"], ["a", "b"], id="names"),
        pytest.param({"untracked_files": ["a"]}, ["a", "b"], ["b"], id="untracked, and to be reviewed"),
        pytest.param(
            {"modified_files": ["a", "b", "c", "d"], "entries": [{"xy": "A.", "path": "a"}, {"xy": ".A", "path": "b"}]},
            ["a", "b"],
            ["c", "d"],
            id="newly added",
        ),
        pytest.param(
            {"modified_files": ["a", "b"], "entries": [{"xy": "??", "path": "a"}, {"path": "b"}, 7]},
            [],
            ["b"],
            id="odd entries",
        ),
    ],
)
def test_files(status: Json, review: Json, expected: list[str]) -> None:
    session = said({"status": status}, resume_instructions={"files_to_review": review}, generator="mpm-hooks 0.1.0")
    assert [name for _, name in truth.files(session)] == expected


def test_what_upstream_asks_to_review_is_no_claim() -> None:
    assert list(truth.files(said({}, resume_instructions={"files_to_review": ["Read the docs"]}))) == []


@pytest.mark.parametrize(
    ("name", "is_held"),
    [
        *(
            ("a.py", True),
            ("a b", True),
            ("/a/b", True),
            ("é", True),
            ("-x", True),
            ("a->b", True),
            (".github/x", True),
        ),
        *(("a -> b", False), ('"a\\303"', False), ("a\\b", False), ("a\nb", False), ("a\0b", False)),
        *(("../x", False), ("./x", False), (".claude-mpm/sessions/x", False)),
    ],
)
def test_only_what_is_a_path_is_held_against_git(name: str, *, is_held: bool) -> None:
    assert bool(list(truth.files(said({"status": {"modified_files": [name]}})))) == is_held


def test_a_file_that_was_never_there_and_one_that_lacks_a_letter() -> None:
    session = said({"status": {"modified_files": ["ogin.py", "never.py", "kept.py"]}})
    known = Known(files={"ogin.py": "login.py", "never.py": None})
    (lost,) = truth.lost_letter(document(session), session, known)
    (never,) = truth.unknown_file(document(session), session, known)
    assert (lost.field, lost.message) == (
        *("git_context.status.modified_files[0]", "'ogin.py' is 'login.py' without its first letter"),
    )
    assert (never.field, never.message) == (
        *("git_context.status.modified_files[1]", "'never.py' was never in the repository"),
    )


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        pytest.param({"summary": "TBD"}, 1, id="a stand-in"),
        pytest.param({"summary": " …\n"}, 1, id="signs"),
        pytest.param({"summary": None}, 1, id="null"),
        pytest.param({"summary": "TBD: the token"}, 0, id="more than a stand-in"),
        pytest.param({"summary": "", "next_steps": ["x"]}, 0, id="a next step"),
        pytest.param({"summary": "", "accomplishments": ["x"]}, 0, id="something done"),
        pytest.param({"next_steps": []}, 0, id="no summary, which is told elsewhere"),
        pytest.param(None, 0, id="no conversation, which is told elsewhere"),
    ],
)
def test_says_nothing(conversation: Json, expected: int) -> None:
    session = said({}, conversation=conversation)
    assert len(list(truth.says_nothing(document(session), session))) == expected


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        pytest.param({"clean": True, "modified_files": ["a"], "untracked_files": ["b"]}, ["MPM603"], id="clean, files"),
        pytest.param({"clean": True, "modified_files": []}, [], id="clean"),
        pytest.param({"clean": True, "entries": [{"xy": ".M", "path": "a"}]}, ["MPM603"], id="clean, entries"),
        pytest.param({"clean": 1, "modified_files": ["a"]}, [], id="no flag, which is told elsewhere"),
        pytest.param({"clean": False}, ["MPM604"], id="not clean, nothing"),
        pytest.param({"clean": False, "entries": [{"xy": ".M", "path": "a"}]}, [], id="not clean, entries"),
        pytest.param({"clean": False, "incomplete": "too many"}, [], id="not clean, and why nothing is listed"),
        pytest.param({"clean": False, "modified_files": ["a"], "entries": []}, [], id="not clean, files"),
        pytest.param(
            {"clean": False, "modified_files": ["a", "b"], "entries": [{"xy": ".M", "path": "b"}]},
            ["MPM607"],
            id="lists",
        ),
        pytest.param("clean", [], id="no object"),
    ],
)
def test_a_status_that_contradicts_itself(status: Json, codes: list[str]) -> None:
    session = said({"status": status})
    assert [found.code for find in truth.AGREEING for found in find(document(session), session)] == codes
