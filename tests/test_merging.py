"""Branches that both paused are merged, rebased and picked: no session is lost, and nobody has to decide anything."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping

import pytest
from conftest import Repository, Run, call, install
from sessions import full, paused, quiet

from mpm_hooks.check import Folder
from mpm_hooks.fix import folder
from mpm_hooks.parse import pointer
from mpm_hooks.session import ACTIVE_RECORD, DIRECTORY, POINTER, Json, Session
from mpm_hooks.setup import REV, URL, attributes, precommit

pytestmark = pytest.mark.once

once, runners = pytest.mark.once, pytest.mark.runners
BEFORE, FIRST, SECOND, THIRD = (f"session-2026012{day}-100000" for day in range(4))
WITH, WITHOUT = "".join(f"{line}\n" for line in attributes.LINES), "* text=auto\n"
START = {
    "type": "pause_started",
    "timestamp": "2026-01-21T10:00:00+00:00",
    "session_id": FIRST,
    "data": {},
    "context_percentage": 0.9,
}


def pause(at: Repository, taken: Session, **more: bytes) -> None:
    """Commit a session, the pointer to it, and a file of work; what hooks say is asked where branches meet."""
    for name, content in (paused(taken) | more).items():
        at.write(f"{DIRECTORY}/{name}", content)
    at.write(f"work-{taken.id}-{taken.text('git_context', 'branch')}.txt", "work\n")
    at.git("add", ".")
    at.git("commit", "-q", "--no-verify", "-m", f"session: pause at {taken.id}")


def on(branch: str, named: str) -> Session:
    """Make the session that was taken on a branch."""
    context: Json = {"is_git_repo": True, "branch": branch}
    return quiet(named, git_context=context, important_reminders=[f"Told on {branch}"])


def begin(at: Repository, kept: str, *sessions: Session) -> None:
    """Make two branches that have these sessions in common."""
    at.commit(".gitattributes", kept)
    for each in sessions:
        pause(at, each)
    at.git("branch", "one")
    at.git("switch", "-q", "-c", "two")


def git(at: Repository, *words: str) -> int:
    """Run git, which may stop at a conflict; no editor waits for anybody."""
    command = ["git", "-c", "core.editor=true", *words]
    return subprocess.run(command, check=False, cwd=at.path, capture_output=True).returncode


BRINGING: Mapping[str, tuple[list[str], list[str]]] = {
    "merge": (["merge", "-q", "-m", "Merge", "one"], ["commit", "-q", "--no-edit"]),
    "rebase": (["rebase", "-q", "one"], ["rebase", "--continue"]),
    "cherry-pick": (["cherry-pick", "main..one"], ["cherry-pick", "--continue"]),
}


def bring(at: Repository, how: str, run: Run) -> int:
    """Bring both branches together; at each conflict let ``fix`` settle it, and go on. Return how often it did."""
    command, go_on = BRINGING[how]
    at.git("branch", "-f", "main", "one" if how == "rebase" else "main")
    settled = 0
    status = git(at, *command)
    while at.git("ls-files", "--unmerged"):
        settled += 1
        assert settled < 9, at.git("status")
        assert run(at.path, "fix").status == 1
        assert run(at.path, "fix").status == 0
        at.git("add", "--all", ".")
        status = git(at, *go_on)
    assert status == 0, at.git("status")
    assert at.git("status", "--porcelain") == ""
    return settled


def passes(at: Repository, run: Run, *sessions: str) -> None:
    """Hold that these sessions are there, that the check passes, and that ``fix`` leaves one pointer to the newest."""
    assert at.ids == sorted(sessions)
    assert not list(at.sessions.glob(".*"))
    result = run(at.path, "check")
    assert result.status == 0, result.out
    assert run(at.path, "committed").status == 0
    run(at.path, "fix")
    assert run(at.path, "fix").status == 0
    assert " MPM" not in run(at.path, "check").out
    found = pointer.parse("", (at.sessions / POINTER).read_bytes())
    assert (found.target, found.joined) == (max(sessions), ())


@once
@pytest.mark.parametrize("how", BRINGING)
@pytest.mark.parametrize("kept", [pytest.param(WITH, id="attributes"), pytest.param(WITHOUT, id="none")])
@pytest.mark.parametrize("before", [pytest.param([BEFORE], id="one before"), pytest.param([], id="the first ones")])
def test_both_paused(repository: Repository, run: Run, how: str, kept: str, before: list[str]) -> None:
    begin(repository, kept, *(on("main", each) for each in before))
    pause(repository, on("two", SECOND))
    pause(repository, on("two", THIRD))
    repository.git("switch", "-q", "one")
    pause(repository, on("one", FIRST))
    repository.git("switch", "-q", "two")
    settled = bring(repository, how, run)
    assert bool(settled) == (kept == WITHOUT)
    passes(repository, run, *before, FIRST, SECOND, THIRD)


@once
@pytest.mark.parametrize("how", BRINGING)
@pytest.mark.parametrize("kept", [pytest.param(WITH, id="attributes"), pytest.param(WITHOUT, id="none")])
@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_both_paused_in_one_second(repository: Repository, run: Run, how: str, kept: str, style: str) -> None:
    repository.git("config", "merge.conflictStyle", style)
    begin(repository, kept, on("main", BEFORE))
    pause(repository, on("two", FIRST))
    repository.git("switch", "-q", "one")
    pause(repository, on("one", FIRST))
    repository.git("switch", "-q", "two")
    assert bring(repository, how, run) == 1
    later = FIRST.replace("100000", "100001")
    passes(repository, run, BEFORE, FIRST, later)
    said = {each: json.loads((repository.sessions / f"{each}.json").read_bytes()) for each in (FIRST, later)}
    assert {each: data["session_id"] for each, data in said.items()} == {FIRST: FIRST, later: later}
    assert [data["git_context"]["branch"] for data in said.values()] == ["one", "two"]
    assert [data["important_reminders"] for data in said.values()] == [["Told on one"], ["Told on two"]]


@once
def test_who_merges_whom_does_not_matter(repository: Repository, run: Run) -> None:
    begin(repository, WITH)
    pause(repository, on("two", FIRST))
    repository.git("switch", "-q", "one")
    pause(repository, on("one", FIRST))
    trees = set()
    for ours, theirs in (("one", "two"), ("two", "one")):
        repository.git("switch", "-q", "-c", f"{ours}-merged", ours)
        git(repository, "merge", "-q", theirs)
        run(repository.path, "fix")
        repository.git("add", "--all", ".")
        repository.git("commit", "-q", "--no-edit")
        trees.add(repository.git("rev-parse", f"HEAD:{DIRECTORY}"))
    assert len(trees) == 1
    assert git(repository, "merge", "-q", "one-merged") == 0


@once
@pytest.mark.parametrize("how", BRINGING)
@pytest.mark.parametrize("kept", [pytest.param(WITH, id="attributes"), pytest.param(WITHOUT, id="none")])
def test_both_went_on_with_a_record(repository: Repository, run: Run, how: str, kept: str) -> None:
    lines = {
        each: f"{json.dumps(START | {'type': 'tool_call', 'data': {'tool': each}})}\n".encode()
        for each in ("one", "two")
    }
    started = f"{json.dumps(START)}\n".encode()
    begin(repository, kept)
    repository.commit(f"{DIRECTORY}/{ACTIVE_RECORD}", started.decode())
    repository.git("branch", "-f", "one")
    repository.git("branch", "-f", "main")
    pause(repository, on("two", SECOND), **{ACTIVE_RECORD: started + lines["two"]})
    repository.git("switch", "-q", "one")
    pause(repository, on("one", FIRST), **{ACTIVE_RECORD: started + lines["one"]})
    repository.git("switch", "-q", "two")
    settled = bring(repository, how, run)
    assert bool(settled) == (kept == WITHOUT)
    content = (repository.sessions / ACTIVE_RECORD).read_bytes()
    assert sorted(content.splitlines(keepends=True)) == sorted([started, *lines.values()])
    assert content.startswith(started)
    assert repository.ids == [FIRST, SECOND]
    assert run(repository.path, "check").status == 0


@once
def test_one_session_that_two_branches_edited_stays_one(repository: Repository, run: Run) -> None:
    begin(repository, WITH, on("main", FIRST))
    for branch in ("one", "two"):
        repository.git("switch", "-q", branch)
        pause(repository, quiet(FIRST, git_context={"is_git_repo": True, "branch": "main"}, version=branch))
    git(repository, "merge", "-q", "one")
    result = run(repository.path, "fix")
    assert (result.status, repository.ids) == (1, [FIRST])
    assert "MPM106" in result.out


def conflict(ours: bytes, theirs: bytes) -> bytes:
    return b"<<<<<<< HEAD\n" + ours + b"\n=======\n" + theirs + b"\n>>>>>>> one\n"


def parted(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    done = folder.mended(
        Folder(path=DIRECTORY, names=frozenset(contents), contents=contents, odd={}), str, lambda *_: True
    )
    return {**contents, **done.writes}


@once
@pytest.mark.parametrize("has_yaml", ["one", "two"])
def test_a_form_that_one_side_lacks_is_the_others(has_yaml: str) -> None:
    both = {each: paused(on(each, FIRST)) for each in ("one", "two")}
    contents = {name: conflict(both["one"][name], both["two"][name]) for name in both["one"] if name != POINTER}
    contents[f"{FIRST}.yaml"] = both[has_yaml][f"{FIRST}.yaml"]
    contents[f"{FIRST.replace('100000', '100001')}-incremental.jsonl"] = b""
    after = parted(contents)
    later = FIRST.replace("100000", "100002")
    for branch, named in (("one", FIRST), ("two", later)):
        assert f'"branch": "{branch}"' in after[f"{named}.json"].decode()
        assert f"branch: {branch}" in after[f"{named}.yaml"].decode()
        assert f"`{branch}`" in after[f"{named}.md"].decode()


@once
def test_sides_without_a_date_are_parted_too() -> None:
    one, two = (full(FIRST, paused_at="x", git_context={"branch": each}) for each in ("one", "two"))
    name = f"{FIRST}.json"
    contents = {name: conflict(paused(one)[name], paused(two)[name])}
    after = parted(contents)
    assert {name, f"{FIRST.replace('100000', '100001')}.json"} <= after.keys()


@once
def test_a_broken_side_is_for_a_person() -> None:
    contents = paused(full(FIRST))
    contents[f"{FIRST}.json"] = conflict(contents[f"{FIRST}.json"], b"{")
    assert parted(contents)[f"{FIRST}.json"] == contents[f"{FIRST}.json"]


@pytest.fixture
def adopted(hooked: Repository, hooks: Repository, run: Run) -> Repository:
    """Make a repository that init has given what it needs, with the hooks of this work tree, installed."""
    (hooked.path / precommit.PATH).unlink()
    assert run(hooked.path, "init", "--yes").status == 0
    path = hooked.path / precommit.PATH
    text = path.read_text(encoding="utf-8").replace(REV, hooks.git("rev-parse", "HEAD").strip())
    path.write_text(text.replace(URL, hooks.path.as_uri()), encoding="utf-8")
    hooked.git("add", ".")
    hooked.git("commit", "-qm", "Adopt")
    install(hooked)
    return hooked


@pytest.mark.alike
@runners
@pytest.mark.parametrize("how", BRINGING)
@pytest.mark.parametrize("kept", ["attributes", "none"])
def test_the_hooks_settle_it(adopted: Repository, run: Run, how: str, kept: str) -> None:
    at = adopted
    if kept == "none":
        at.git("rm", "-q", attributes.PATH)
        at.git("commit", "-qm", "Do without")
    pause(at, on("main", BEFORE))
    at.git("branch", "one")
    at.git("switch", "-q", "-c", "two")
    pause(at, on("two", FIRST))
    pause(at, on("two", SECOND))
    at.git("switch", "-q", "one")
    pause(at, on("one", FIRST))
    at.git("switch", "-q", "two")
    command, go_on = BRINGING[how]
    at.git("branch", "-f", "main", "one" if how == "rebase" else "main")
    status = git(at, *command)
    assert at.git("ls-files", "--unmerged")
    while at.git("ls-files", "--unmerged"):
        done = call(at, "run", "--all-files", "mpm-fix")
        assert "files were modified" in done.stdout + done.stderr
        at.git("add", "--all", ".")
        status = git(at, *go_on)
    assert status == 0, at.git("status")
    passes(at, run, BEFORE, FIRST, FIRST.replace("100000", "100001"), SECOND)


@pytest.mark.alike
@runners
def test_a_merge_that_is_only_added_fails_once(adopted: Repository, run: Run) -> None:
    at = adopted
    at.git("switch", "-q", "-c", "two")
    pause(at, on("two", FIRST))
    at.git("switch", "-q", "main")
    pause(at, on("main", FIRST))
    assert git(at, "merge", "-q", "two") == 1
    at.git("add", "--all", ".")
    assert git(at, "commit", "-q", "--no-edit") == 1
    at.git("add", "--all", ".")
    assert git(at, "commit", "-q", "--no-edit") == 0
    passes(at, run, FIRST, FIRST.replace("100000", "100001"))


@pytest.mark.alike
@runners
def test_what_init_writes_is_what_a_pause_needs(adopted: Repository) -> None:
    adopted.write("work.txt", "work\n")
    done = call(adopted, "run", "mpm-pause")
    assert done.returncode == 0, done.stdout + done.stderr
    assert adopted.git("status", "--porcelain") == "?? work.txt\n"
    (taken,) = adopted.ids
    said = adopted.git("check-attr", "merge", "linguist-generated", "--", f"{DIRECTORY}/{POINTER}").splitlines()
    assert [line.rpartition(": ")[2] for line in said] == ["union", "set"]
    for form in ("json", "md", "yaml"):
        assert f"{DIRECTORY}/{taken}.{form}" in adopted.git("ls-files")
