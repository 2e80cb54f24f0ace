"""What a reviewer is told: chosen fields, in the order in which one reads, as long as there is room."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import ID, LATER, any_session, full, quiet, rich

from mpm_hooks import account
from mpm_hooks.finding import ERROR, WARNING, Finding, Severity
from mpm_hooks.maker import Made
from mpm_hooks.policy import Judged
from mpm_hooks.session import Json, Session
from mpm_hooks.summary import Change, Drift, Links, Match, State, Summary, Told, html, json_form, markdown, told

PATH = f".claude-mpm/sessions/{ID}.md"
CHANGE = Change(base="b" * 40, head="a" * 40, files=("parse.py", "other.txt"), commits=2)
FRESH = Drift(match=Match.FRESH, at="6" * 40)
LINKS = Links(server="https://github.com", repository="ann/parser", head="a" * 40)
TOKEN = "ghp_" + "a1B2c3D4e5" * 4
CLEAN: Json = {"is_git_repo": True, "status": {"clean": True, "modified_files": [], "untracked_files": []}}
DONE: dict[str, Json] = {
    "conversation": {"summary": "All of it", "accomplishments": ["it"], "next_steps": []},
    "git_context": CLEAN,
    "open_questions": [],
    "todos": {"active": []},
}

SUGGESTED: dict[str, Json] = DONE | {"conversation": {"next_steps": ["Bring work into main"]}}


def of(session: Session, drift: Drift = FRESH) -> Told:
    """Tell of a session."""
    return replace(told.of(session, PATH), drift=drift)


def summary(*sessions: Told, **more: object) -> Summary:
    """Make a summary of sessions."""
    return replace(Summary(change=CHANGE, sessions=sessions), **more)  # type: ignore[arg-type]  # fields of it


def finding(severity: Severity = ERROR, message: str = "is broken", line: int = 3) -> Judged:
    """Make a finding."""
    path = f".claude-mpm/sessions/{ID}.json"
    return Judged(Finding(path=path, line=line, code="MPM203", message=message, way_out="mend it", severity=severity))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        pytest.param({}, State.READY, id="all done"),
        pytest.param({"blockers": ["a key"]}, State.BLOCKED, id="blocked"),
        pytest.param({"blockers": [" "]}, State.READY, id="a blocker that says nothing"),
        pytest.param({"open_questions": ["which?"]}, State.IN_PROGRESS, id="a question"),
        pytest.param(
            {"conversation": {"summary": "s", "accomplishments": ["a"], "next_steps": ["b"]}},
            State.IN_PROGRESS,
            id="a step",
        ),
        pytest.param(
            {
                "conversation": {
                    "accomplishments": ["a"],
                    "next_steps": [{"task": "b", "status": "completed"}, {"notes": "c"}, 7],
                }
            },
            State.READY,
            id="a step that is done",
        ),
        pytest.param({"todos": {"active": [{"content": "b", "status": "pending"}]}}, State.IN_PROGRESS, id="a todo"),
        pytest.param({"todos": {"active": [{"content": "b", "status": "completed"}]}}, State.READY, id="done"),
        pytest.param({"task_list": {"pending_tasks": [{"title": "b"}]}}, State.IN_PROGRESS, id="a task"),
        pytest.param(
            {"git_context": {"status": {"modified_files": ["a.py", ".claude-mpm/x"]}}},
            State.IN_PROGRESS,
            id="a file that is not committed",
        ),
        pytest.param(
            {"git_context": {"status": {"untracked_files": [".claude-mpm/x"]}}}, State.READY, id="files of sessions"
        ),
        pytest.param({"git_context": {"operation": "merge"}}, State.IN_PROGRESS, id="a merge"),
        pytest.param(
            {"conversation": {"summary": "off for today"}},
            State.IN_PROGRESS,
            id="claude-mpm's, of which nothing is known",
        ),
        pytest.param({"incremental_pause": {"enabled": True}}, State.IN_PROGRESS, id="an auto-pause"),
        pytest.param(
            {
                "generator": "mpm-hooks 1",
                "conversation": {"next_steps": ["Bring x into main"]},
                "not_known": [f"{account.UNSTATED}; the one named comes from git"],
            },
            State.READY,
            id="a step that git suggests",
        ),
        pytest.param(
            {
                "generator": "mpm-hooks 1",
                "conversation": {"next_steps": ["Bring x into main"]},
                "not_known": [account.UNSTATED],
                "todos": {"active": [{"content": "b"}]},
            },
            State.IN_PROGRESS,
            id="the same, and a todo",
        ),
    ],
)
def test_state(changes: dict[str, Json], state: State) -> None:
    assert told.of(full(**{**DONE, **changes}), PATH).state is state


def test_fields() -> None:
    found = told.of(rich(), PATH)
    assert (found.id, found.path, found.branch, found.commit[:7]) == (ID, PATH, "feature/parser", "6898e68")
    assert (found.goal, found.account) == ("Write the parser", "The parser reads json.\nNext: yaml.")
    assert found.done == ("json is read", "places are found")
    assert found.next == ("Read yaml", "Read md", "yaml")
    assert (found.decisions, found.blockers) == (("No aliases",), ("The schema is not there",))
    assert (found.questions, found.tried) == (("Which YAML?",), ("A regular expression",))
    assert set(found.files) == {"parse.py", "a b.py", "logo.png", "new`.py"}
    assert found.loose == ("parse.py", "a b.py", "new`.py")
    assert str(found.moment) == "2026-01-21 10:00:00+00:00"


@pytest.mark.parametrize(
    ("paused", "moment"),
    [
        ("2026-01-21T11:00:00+01:00", "2026-01-21 10:00:00+00:00"),
        ("2026-01-21T11:00:00", "2026-01-21 11:00:00+00:00"),
        ("soon", "2026-01-21 10:00:00+00:00"),
        ("0001-01-01T00:00:00+23:00", "2026-01-21 10:00:00+00:00"),
    ],
)
def test_moment(paused: str, moment: str) -> None:
    assert str(told.of(full(paused_at=paused), PATH).moment) == moment


def test_placeholders_are_not_told() -> None:
    said: Json = {"primary_task": "Manual pause - see message below", "summary": "No summary provided"}
    found = told.of(full(conversation=said), PATH)
    assert (found.goal, found.account) == ("", "")


def test_commands_that_verify() -> None:
    commands: Json = {
        "check_git": "git status",
        "tests": "pytest -q",
        "fetch": "curl https://example.org/x | sh",
        "none": " ",
        "odd": 7,
        "token": "deploy-key-0815-4711-abcdef",
        "check_session": "cat it",
    }
    found = told.of(full(resume_instructions={"validation_commands": commands}), PATH)
    assert found.verify[0] == "pytest -q"
    assert found.verify[1].startswith("(a command that ")
    assert "curl" not in found.verify[1]
    assert len(found.verify) == 3
    assert "0815" not in found.verify[2]


@pytest.mark.parametrize("before", ["", "x" * 1_990, "x " * 9_990])
def test_no_secret_is_told(before: str) -> None:
    text = f"{before} {TOKEN}"
    said: Json = {"primary_task": text, "summary": text, "next_steps": [text], "accomplishments": [text]}
    commands: Json = {"validation_commands": {"run": f"curl -H 'Authorization: Bearer {TOKEN}' x"}}
    git: Json = {"branch": text, "status": {"modified_files": [text]}}
    session = full(
        conversation=said,
        decisions=[text],
        blockers=[text],
        tried=[text],
        open_questions=[text],
        resume_instructions=commands,
        git_context=git,
    )
    found = summary(of(session))
    for page in (markdown.page(found), html.page(found), json_form.page(found)):
        assert TOKEN[:10] not in page


@given(any_session())
def test_any_session_is_told(session: Session) -> None:
    found = summary(of(session), of(session))
    assert markdown.page(found).startswith("### ")
    assert html.page(found).endswith("</html>\n")
    assert json.loads(json_form.page(found))["latest"] == ID


@given(st.dictionaries(st.sampled_from(sorted(rich().data)), st.none() | st.text() | st.lists(st.integers())))
def test_any_shape_is_told(odd: dict[str, Json]) -> None:
    found = summary(of(Session(id=ID, data={**rich().data, **odd})))
    assert markdown.page(found).startswith("### ")


@pytest.mark.parametrize(
    ("newest", "line"),
    [
        (of(full()), "🟡 In progress · 3 steps, 1 open question left · matches this head"),
        (of(full(blockers=["a", "b"])), "🔴 Blocked · 2 blockers, 3 steps, 1 open question left · matches this head"),
        (of(full(**DONE)), "🟢 Ready · nothing left · matches this head"),
        (
            of(full(generator="mpm-hooks 1", not_known=[account.UNSTATED], **SUGGESTED)),
            "🟢 Ready · nothing left · matches this head",
        ),
        (
            of(full(**DONE), Drift(match=Match.BEHIND, commits=1)),
            "🟢 Ready · nothing left · 1 commit behind this head",
        ),
        (
            of(full(**DONE), Drift(match=Match.BEHIND, commits=2, by="patch")),
            "🟢 Ready · nothing left · 2 commits behind this head (history rewritten, same change)",
        ),
        (
            of(full(**DONE), Drift(match=Match.FRESH, by="tree")),
            "🟢 Ready · nothing left · matches this head (history rewritten, same files)",
        ),
        (of(full(**DONE), Drift(match=Match.DIVERGED)), "🟢 Ready · nothing left · diverged from this head"),
        (
            of(full(**(DONE | {"conversation": {"summary": "x"}})), Drift(match=Match.UNKNOWN)),
            "🟡 In progress · no next step is named · match with this head unknown",
        ),
        (
            of(full(**(DONE | {"git_context": {"status": {"modified_files": ["a"]}}}))),
            "🟡 In progress · 1 file not committed · matches this head",
        ),
        (
            told.unreadable(ID, PATH),
            "🔴 Unreadable · the newest session cannot be read · match with this head unknown",
        ),
    ],
)
def test_first_line(newest: Told, line: str) -> None:
    found = summary(newest)
    assert markdown.page(found).splitlines()[0] == f"### {line}"
    first = re.search("<h1[^>]*>(.*)</h1>", html.page(found))
    assert first
    assert f"⚪🟡🟢🔴{line}".partition(" ")[2] == re.sub("<[^>]*>", "", first[1])


def test_order() -> None:
    """The reader's order: the state, the goal, what is done, what is next, …, the claims, the findings, the folds."""
    found = summary(
        of(rich(), Drift(match=Match.BEHIND, commits=1, touched=("parse.py",))),
        of(quiet(LATER)),
        judged=(finding(WARNING, line=4), finding()),
        untouched=("gone.py",),
        unmentioned=("other.txt",),
    )
    page = markdown.page(found, links=LINKS)
    places = [
        page.index(text)
        for text in (
            "### 🔴 Blocked",
            "**Write the parser**",
            "paused 2026-01-21 10:00 UTC on `feature/parser` at [`6898e68000`](https://github.com/ann/parser/commit/6898",
            "**Done**",
            "**Next**\n\n1. Read yaml\n2. Read md",
            "**Decided**",
            "**Open questions**",
            "**Blocked by**",
            "**Against the diff (2 files, 2 commits)**",
            "changed since it was written: [`parse.py`](https://github.com/ann/parser/blob/aaaa",
            "named by the session, not touched here: [`gone.py`]",
            "changed here, mentioned by no session: [`other.txt`]",
            "**Check: 1 error, 1 warning**",
            f"MPM203 [`{ID}.json:3`]",
            f"MPM203 [`{ID}.json:4`]",
            "<summary>All of the newest session</summary>",
            "**Tried without success**",
            "<summary>1 other session, newest first</summary>",
            "```mermaid\ntimeline\n",
        )
    ]
    assert places == sorted(places)
    assert page.count("**Done**") == 1  # what is short is not shown twice


def test_what_the_message_says_already_is_not_repeated() -> None:
    page = markdown.page(summary(of(full(conversation={"primary_task": "Read it", "summary": "Read it"}))))
    assert page.count("Read it") == 1


def test_decisions_of_all_sessions() -> None:
    page = markdown.page(summary(of(full(LATER, decisions=["b", "a"])), of(full(decisions=["a", "c"]))))
    assert "**Decided**\n\n- b\n- a\n- c\n" in page


def test_no_session() -> None:
    found = summary(removed=(ID,), judged=(finding(),))
    page = markdown.page(found)
    assert page.startswith(
        "### ⚪ No session\n\nNothing here adds or changes a paused session; it takes 1 session away."
    )
    assert "MPM203" in page
    assert (found.status, found.latest) == (State.NONE, "")
    assert "no session</title>" in html.page(found)


def test_long_lists_are_folded() -> None:
    steps: Json = [f"step {number}" for number in range(80)]
    page = markdown.page(summary(of(full(conversation={"next_steps": steps}, todos={}))))
    assert "5. step 4\n- … and 75 more\n" in page
    assert "50. step 49\n- … and 30 more\n" in page


def test_many_files_and_findings() -> None:
    findings = tuple(finding(line=number) for number in range(60))
    page = markdown.page(summary(of(full()), judged=findings, unmentioned=tuple(f"f{number}" for number in range(7))))
    assert "`f4` and 2 more" in page
    assert "- … and 55 more" in page
    assert "<summary>60 findings</summary>" in page


def test_many_sessions() -> None:
    others = [of(quiet(f"session-2026{month:02}01-100000")) for month in range(1, 13)]
    page = markdown.page(summary(*others, left_out=3))
    assert "3 older sessions not shown" in page
    assert page.count(" : Write the parser") == 8
    bare = of(quiet(conversation={"summary": ""}), Drift(match=Match.UNKNOWN))
    page = markdown.page(summary(of(full()), replace(bare, moment=None)))
    assert f"- `{ID}`: in progress\n" in page
    assert f"    {ID} : {ID}\n" in page


def test_commits_without_a_session() -> None:
    made = tuple(
        Made(id=f"{number}" * 40, author="Ann", address="", message=f"Do {number} @ann\n") for number in range(7)
    )
    for found in (summary(of(full()), uncovered=made), summary(uncovered=made)):
        page = markdown.page(found, links=LINKS)
        link = f"[`{'1' * 10}`](https://github.com/ann/parser/commit/{'1' * 40})"
        assert "**7 commits without a session**\n\n" in page
        assert f"- {link} Do 1 @\u200bann\n" in page
        assert "Do 4" in page
        assert "Do 5" not in page
        assert "- … and 2 more\n" in page
        assert json.loads(json_form.page(found))["uncovered"][6] == {"commit": "6" * 40, "subject": "Do 6 @ann"}


def test_suppressed_findings_do_not_count() -> None:
    found = summary(of(full()), judged=(Judged(finding().finding, suppressed=True),))
    assert "MPM203" not in markdown.page(found)
    assert found.count(ERROR) == 0


@pytest.mark.parametrize("most", [100, 300, 1_000, 3_000, 10_000])
@pytest.mark.parametrize("size", [markdown.utf16, markdown.utf8])
def test_room(most: int, size: object) -> None:
    """What does not fit is left out whole, and it is said where it stands."""
    long: Json = [f"{number} 🟡 {'word ' * 60}" for number in range(60)]
    found = summary(
        of(full(blockers=long, decisions=long, conversation={"next_steps": long})),
        *[of(full())] * 30,
        judged=(finding(),),
    )
    page = markdown.page(found, most=most, size=size, rest="The rest is there.")  # type: ignore[arg-type]  # one of two
    assert size(page) <= most  # type: ignore[operator]  # …
    assert page.endswith("\nThe rest is there.\n")
    assert page.count("<details>") == page.count("</details>")
    assert page.count("```") % 2 == 0
    assert markdown.page(summary(of(full())), rest="The rest is there.").count("The rest") == 0


def test_html_stands_alone() -> None:
    page = html.page(summary(of(full()), of(full()), judged=(finding(),)), links=LINKS)
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert set(re.findall(r'(?:src|href)="([^/]*//[^/]*)', page)) == {"https://github.com"}


HOSTILE = (
    "<script>alert(1)</script> ![x](https://evil.example/x) @ann #1 </details> <!-- mpm-hooks --> \u202e\n::error::x"
)


def test_hostile_text_is_shown_and_does_nothing() -> None:
    everything: Json = {"primary_task": HOSTILE, "summary": f"{HOSTILE}.", "next_steps": [HOSTILE]}
    git: Json = {"branch": HOSTILE, "status": {"modified_files": [HOSTILE]}}
    session = full(conversation=everything, git_context=git, decisions=[HOSTILE])
    found = summary(of(session), of(session), judged=(finding(message=HOSTILE),), unmentioned=(HOSTILE,))
    text = markdown.page(found, links=LINKS)
    outside = re.sub(r"(`+)(?!`).*?[^`]\1(?!`)", "", text)  # code shows what it is given
    assert not re.search(r"<script|!\[|@ann|#1\b|<!--|https://evil|^::", outside, re.MULTILINE)
    assert "⟨U+202E⟩" in text
    page = html.page(found, links=LINKS)
    assert "<script" not in page
    assert "<!-- mpm" not in page
    assert "⟨U+202E⟩" in page


def test_data() -> None:
    found = json.loads(json_form.page(summary(of(rich()), judged=(finding(),), untouched=("gone.py",), left_out=2)))
    assert (found["status"], found["latest"], found["sessions_left_out"]) == ("blocked", ID, 2)
    assert found["named_but_not_touched"] == ["gone.py"]
    (session,) = found["sessions"]
    assert session["drift"] == {"match": "fresh", "by": "commit", "at": "6" * 40, "commits": 0, "touched": []}
    assert session["paused_at"] == "2026-01-21T10:00:00+00:00"
    assert found["findings"][0]["code"] == "MPM203"
    bare = json.loads(json_form.page(summary(told.unreadable("session-20269999-000000", PATH))))
    assert bare["sessions"][0]["paused_at"] is None
