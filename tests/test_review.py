"""Base and head -> Summary, from git's objects alone: real repositories, squashed, rebased, shallow, hostile."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER, full, paused, quiet

from mpm_hooks import blobs, plumbing, render, review
from mpm_hooks.config import Config
from mpm_hooks.finding import UnableError
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY, Json, Session
from mpm_hooks.summary import Match, State, Summary

pytestmark = pytest.mark.once


@pytest.fixture
def branch(repository: Repository) -> Repository:
    """Make a branch with a commit of work, and a session that was paused at it."""
    repository.git("switch", "-qc", "work")
    repository.commit("parse.py", "1\n2\n3\n", "Read json")
    save(repository)
    return repository


def save(project: Repository, named: str = ID, folder: str = DIRECTORY, **changes: Json) -> None:
    """Commit a session that was paused at HEAD."""
    git: Json = {"is_git_repo": True, "branch": "work", "head": head(project)}
    for name, content in paused(quiet(named, **{"git_context": git, **changes})).items():
        project.write(f"{folder}/{name}", content)
    project.git("add", "--force", folder)
    project.git("commit", "--quiet", "-m", "session: pause")


def head(project: Repository, name: str = "HEAD") -> str:
    """Return the full name of a commit."""
    return project.git("rev-parse", name).strip()


def look(project: Repository, base: str = "main", **more: object) -> Summary:
    """Look at what HEAD adds to the base."""
    start = head(project, base) if base else ""
    return review.of(str(project.path), start, head(project), config=Config(), **more)  # type: ignore[arg-type]  # of it


def unchanged(project: Repository) -> None:
    pass


def more_sessions(project: Repository) -> None:
    save(project, LATER)


def followed(project: Repository) -> None:
    project.commit("parse.py", "1\n2\n3\n4\n")
    project.commit("other.txt")


def base_merged(project: Repository) -> None:
    project.git("switch", "-q", "main")
    project.commit("kept.txt", "two\n")
    project.git("switch", "-q", "work")
    project.git("merge", "-q", "--no-edit", "main")


def amended(project: Repository) -> None:
    project.git("commit", "-q", "--amend", "-m", "Other words")


def squashed(project: Repository) -> None:
    project.git("reset", "-q", "--soft", "main")
    project.git("commit", "-qm", "All of it")


def rebased(project: Repository) -> None:
    project.git("switch", "-q", "main")
    project.commit("kept.txt", "two\n")
    project.git("switch", "-q", "work")
    project.git("rebase", "-q", "main")


def rebased_and_followed(project: Repository) -> None:
    rebased(project)
    project.commit("other.txt")


def rebased_and_squashed(project: Repository) -> None:
    rebased(project)
    squashed(project)


def done_anew(project: Repository) -> None:
    folder = project.git("rev-parse", f"HEAD:{DIRECTORY}").strip()
    project.git("reset", "-q", "--hard", "main")
    project.commit("parse.py", "quite\nsomething\nelse\n")
    project.git("read-tree", f"--prefix={DIRECTORY}", folder)
    project.git("commit", "-qm", "Session")


def begun_anew(project: Repository) -> None:
    project.git("checkout", "-q", "--orphan", "other")
    project.git("rm", "-qrf", "--cached", "parse.py")
    project.git("commit", "-qm", "Begin again")


@pytest.mark.parametrize(
    ("change", "match", "by", "commits", "touched"),
    [
        (unchanged, Match.FRESH, "commit", 0, ()),
        (more_sessions, Match.FRESH, "commit", 0, ()),
        (followed, Match.BEHIND, "commit", 2, ("parse.py",)),
        (base_merged, Match.FRESH, "commit", 0, ()),
        (amended, Match.FRESH, "commit", 0, ()),
        (squashed, Match.FRESH, "tree", 0, ()),
        (rebased, Match.FRESH, "patch", 0, ()),
        (rebased_and_followed, Match.BEHIND, "patch", 1, ()),
        (rebased_and_squashed, Match.FRESH, "patch", 0, ()),
        (done_anew, Match.DIVERGED, "commit", 0, ()),
        (begun_anew, Match.DIVERGED, "commit", 0, ()),
    ],
)
def test_drift(
    repository: Repository,
    change: Callable[[Repository], None],
    match: Match,
    by: str,
    commits: int,
    touched: tuple[str, ...],
) -> None:
    repository.git("switch", "-qc", "work")
    repository.commit("parse.py", "1\n2\n3\n", "Read json")
    change_: Json = {"since": None, "files": [{"path": "parse.py"}]}
    save(repository, git_context={"head": head(repository), "change": change_})
    change(repository)
    drift = look(repository).sessions[0].drift
    assert (drift.match, drift.by, drift.commits, drift.touched) == (match, by, commits, touched)


def test_commit_that_nobody_has(branch: Repository) -> None:
    save(branch, LATER, git_context={"head": "1" * 40})
    asked: list[str] = []
    assert look(branch, obtain=asked.extend).sessions[0].drift.match is Match.UNKNOWN
    assert "1" * 40 in asked
    save(branch, LATER, git_context={"head": None})
    assert look(branch).sessions[0].drift.match is Match.UNKNOWN


def test_without_a_base_everything_is_new(branch: Repository) -> None:
    found = look(branch, "")
    assert (found.latest, found.change.base) == (ID, "")
    assert found.change.files == ("kept.txt", "parse.py")
    assert found.unmentioned == ()
    branch.git("checkout", "-q", "--orphan", "other")
    branch.git("commit", "-qm", "Begin again")
    assert look(branch, "").sessions[0].drift.match is Match.FRESH  # the same tree
    branch.commit("parse.py", "else\n")
    branch.git("commit", "-q", "--amend", "-m", "All in one", "--no-edit")
    branch.git("checkout", "-q", "--orphan", "third")
    branch.git("commit", "-qm", "Begin again")
    assert look(branch, "").sessions[0].drift.match is Match.DIVERGED


def test_what_the_base_has_got_since_is_no_change(branch: Repository) -> None:
    branch.git("switch", "-q", "main")
    branch.commit("kept.txt", "two\n")
    branch.git("switch", "-q", "work")
    found = look(branch)
    assert (found.change.files, found.change.commits) == (("parse.py",), 1)
    assert found.change.base == head(branch, "main~1")


def test_sessions_of_the_base_are_not_told(branch: Repository) -> None:
    branch.git("switch", "-q", "main")
    branch.git("merge", "-q", "work")
    branch.git("switch", "-qc", "next")
    assert look(branch).status is State.NONE
    save(branch, LATER)
    assert [each.id for each in look(branch).sessions] == [LATER]
    branch.git("rm", "-q", *[f"{DIRECTORY}/{ID}.{form}" for form in ("json", "yaml", "md")])
    branch.git("commit", "-qm", "Away with it")
    found = look(branch)
    assert (found.removed, found.latest) == ((ID,), LATER)
    branch.git("switch", "-qc", "last")
    branch.git("rm", "-q", f"{DIRECTORY}/{LATER}.md")
    branch.git("commit", "-qm", "The md alone")
    found = look(branch, "next")
    assert (found.removed, found.latest) == ((), LATER)


def test_claims(branch: Repository) -> None:
    files: Json = [{"path": "parse.py"}, {"path": "lexer.py"}]
    status: Json = {"modified_files": ["ther.txt"], "clean": False}
    save(branch, LATER, git_context={"change": {"files": files}, "status": status}, tried=["docs/a.md by hand"])
    for name in ("other.txt", "new.txt", "docs/a.md"):
        branch.commit(name)
    found = look(branch)
    assert found.untouched == ("lexer.py",)  # of ther.txt claude-mpm lost the first letter
    assert found.unmentioned == ("new.txt",)


def test_commits_without_a_session(branch: Repository) -> None:
    assert look(branch).uncovered == ()
    branch.commit("a.py", message="Write it\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    assert [each.subject for each in look(branch).uncovered] == ["Write it"]
    assert look(branch, "").uncovered == ()
    save(branch, LATER)
    assert look(branch).uncovered == ()


def test_findings(branch: Repository) -> None:
    branch.write(f"{DIRECTORY}/{ID}.yaml", "{")
    branch.write(f"{DIRECTORY}/session-20260101-000000.json", "{")
    branch.write(f"{DIRECTORY}/notes.txt", "nobody reads it")
    branch.write(f"{DIRECTORY}/.session-20260121-100000.json.tmp.sha256", "x")
    branch.git("add", "--force", ".")
    branch.git("commit", "-qm", "Break it")
    found = look(branch)
    codes = {each.finding.code for each in found.findings}
    assert {"MPM107", "MPM901"} & codes
    assert found.sessions[-1].state is State.UNREADABLE
    assert {each.finding.path for each in found.findings} >= {f"{DIRECTORY}/{ID}.yaml"}
    start, end = head(branch, "main"), head(branch)
    assert not review.of(str(branch.path), start, end, config=Config(ignore=("ALL",))).judged
    accepted = review.of(str(branch.path), start, end, config=Config(per_session_ignores=(("*", ("MPM",)),)))
    assert accepted.judged
    assert not accepted.findings


@pytest.mark.parametrize(
    ("forms", "goal"),
    [
        pytest.param(("yaml", "md"), "Write the parser", id="yaml"),
        pytest.param(("md",), "Write the parser", id="md"),
    ],
)
def test_session_without_json(repository: Repository, forms: Sequence[str], goal: str) -> None:
    repository.git("switch", "-qc", "work")
    for form in forms:
        repository.commit(f"{DIRECTORY}/{ID}.{form}", render.forms(full())[f"{ID}.{form}"].decode())
    (found,) = look(repository).sessions
    assert (found.goal, found.path) == (goal, f"{DIRECTORY}/{ID}.md")


def test_nested_projects_and_directory(branch: Repository) -> None:
    save(branch, LATER, f"web/app/{DIRECTORY}")
    save(branch, "session-20260123-100000", LEGACY_DIRECTORY)
    assert [each.id for each in look(branch).sessions] == ["session-20260123-100000", LATER, ID]
    assert [each.id for each in look(branch, directory="web/").sessions] == [LATER]
    assert look(branch, directory="we").sessions == ()


def test_what_is_no_file_is_not_followed(branch: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    folder = branch.path / DIRECTORY
    (folder / f"{LATER}.json").symlink_to(tmp_path / "secret")
    branch.git("add", "--force", ".")
    commit = head(branch)
    branch.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{DIRECTORY}/{LATER}.md")
    (folder / f"{LATER}.yaml").mkdir()
    branch.write(f"{DIRECTORY}/{LATER}.yaml/x", "1")
    branch.git("add", "--force", f"{DIRECTORY}/{LATER}.yaml/x")
    branch.git("commit", "-qm", "Links")
    found = look(branch)
    assert found.sessions[0].state is State.UNREADABLE
    messages = " ".join(each.finding.message for each in found.findings)
    assert "a symbolic link" in messages
    assert "a submodule" in messages
    assert "hunter2" not in repr(found)


def test_large_files(branch: Repository) -> None:
    summary = "word " * 30_000
    branch.write(f"{DIRECTORY}/{LATER}.json", json.dumps(dict(quiet(LATER).data), indent=1) + " " * 200_000)
    broken = json.dumps({"conversation": {"summary": summary * 8}, "decisions": ["a"]})[:-1]
    branch.write(f"{DIRECTORY}/session-20260123-100000.json", broken)
    branch.write(f"{DIRECTORY}/session-20260124-100000.json", b" " * 10_000_002)
    branch.git("add", "--force", ".")
    branch.git("commit", "-qm", "Large ones")
    found = look(branch)
    states = {each.id: each.state for each in found.sessions}
    assert states[LATER] is State.IN_PROGRESS
    assert states["session-20260123-100000"] is State.UNREADABLE
    assert states["session-20260124-100000"] is State.UNREADABLE
    assert any("10,000,002 bytes" in each.finding.message for each in found.findings)


def test_many_sessions(branch: Repository) -> None:
    for number in range(60):
        named = f"session-202602{number % 28 + 1:02}-{number // 28:06}"
        branch.write(f"{DIRECTORY}/{named}.json", render.forms(quiet(named))[f"{named}.json"])
    branch.git("add", "--force", ".")
    branch.git("commit", "-qm", "Many")
    found = look(branch)
    assert (len(found.sessions), found.left_out) == (50, 11)
    assert found.latest == "session-20260228-000001"


def test_odd_names(branch: Repository) -> None:
    folder = f"a\nb\udcff*/{DIRECTORY}"
    save(branch, LATER, folder)
    found = look(branch)
    assert found.sessions[0].path == f"{folder}/{LATER}.md"


def test_bare_and_partial(branch: Repository, tmp_path: Path) -> None:
    """Without a work tree and without blobs, as a job fetches it; what is missing is asked for."""
    rebased(branch)
    whole = look(branch)
    bare = tmp_path / "bare"
    Repository(tmp_path).git("init", "-q", "--bare", str(bare))
    branch.git("config", "uploadpack.allowFilter", "true")
    branch.git("config", "uploadpack.allowAnySHA1InWant", "true")
    copy = Repository(bare)
    copy.git("remote", "add", "origin", branch.path.as_uri())
    base, tip = head(branch, "main"), head(branch)
    copy.git("fetch", "-q", "--filter=blob:none", "--no-tags", "origin", base, tip)
    asked: list[str] = []

    def obtain(ids: Sequence[str]) -> None:
        asked.extend(ids)
        copy.git("-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", "origin", *ids)

    assert review.of(str(bare), base, tip, config=Config(), obtain=obtain) == whole
    assert asked
    without = review.of(str(bare), base, tip, config=Config())
    assert without.latest == ID


def test_missing_blobs_are_said(branch: Repository, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    Repository(tmp_path).git("init", "-q", "--bare", str(bare))
    branch.git("config", "uploadpack.allowFilter", "true")
    copy = Repository(bare)
    copy.git("remote", "add", "origin", branch.path.as_uri())
    copy.git("fetch", "-q", "--filter=blob:none", "--no-tags", "origin", "main", "work")
    copy.git("config", "--unset-all", "remote.origin.promisor")
    found = review.of(str(bare), head(branch, "main"), head(branch), config=Config())
    assert found.status is State.UNREADABLE
    assert any("not to be had" in each.finding.message for each in found.findings)


def test_shallow_clone_that_lacks_the_merge_base(branch: Repository, tmp_path: Path) -> None:
    base_merged(branch)
    branch.git("switch", "-q", "main")
    branch.commit("kept.txt", "three\n")
    copy = Repository(tmp_path / "copy")
    Repository(tmp_path).git("clone", "-q", "--depth=1", "--no-single-branch", branch.path.as_uri(), "copy")
    found = review.of(str(copy.path), head(copy, "origin/main"), head(copy, "origin/work"), config=Config())
    assert found.latest == ID


def test_what_is_not_there(branch: Repository, tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="no commit '1111"):
        review.of(str(branch.path), "1" * 40, head(branch), config=Config())
    with pytest.raises(UnableError, match="git does not work here"):
        review.of(str(tmp_path / "nowhere"), "1" * 40, "2" * 40, config=Config())
    assert dict(blobs.contents(str(branch.path), ["1" * 40])) == {}
    assert plumbing.objects(str(branch.path), [head(branch)])


def test_command(branch: Repository, run: Run) -> None:
    done = run(branch.path, "summary")
    assert done.status == 0
    assert done.out.startswith("### 🟡 In progress · 3 steps, 1 open question left · matches this head\n")
    assert "https:" not in done.out
    done = run(branch.path, "summary", "--repository-url", "https://git.example.org/group/sub/parser.git")
    assert f"https://git.example.org/group/sub/parser/blob/{head(branch)}/{DIRECTORY}/{ID}.md" in done.out
    assert json.loads(run(branch.path, "summary", "--format", "json").out)["base"] == head(branch, "main")
    assert run(branch.path, "summary", "--format", "html", "--output-file", "x.html").out == ""
    assert (branch.path / "x.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "No session" in run(branch.path, "summary", "--base", "work").out
    assert run(branch.path, "summary", "--head", "main", "--base", "main").status == 0


def test_command_in_a_bare_repository(branch: Repository, tmp_path: Path, run: Run) -> None:
    branch.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    done = run(tmp_path / "bare", "summary")
    assert (done.status, done.out) == (0, run(branch.path, "summary").out)


def test_command_compares_with_the_default_branch(branch: Repository, run: Run) -> None:
    branch.git("switch", "-q", "main")
    branch.git("merge", "-q", "work")
    branch.git("branch", "-q", "-D", "work")
    assert json.loads(run(branch.path, "summary", "--format", "json").out)["base"] == ""
    branch.write("pyproject.toml", '[tool.mpm-hooks]\ndefault-branches = ["trunk"]\n')
    branch.git("add", ".")
    branch.git("commit", "-qm", "Settings")
    branch.git("branch", "-q", "trunk", "HEAD~2")
    assert json.loads(run(branch.path, "summary", "--format", "json").out)["base"] == head(branch, "trunk")


def test_command_takes_the_nearest_copy_of_the_default_branch(branch: Repository, run: Run) -> None:
    branch.git("update-ref", "refs/remotes/origin/main", "work~1")
    assert json.loads(run(branch.path, "summary", "--format", "json").out)["base"] == head(branch, "work~1")
    branch.git("update-ref", "refs/remotes/origin/main", "main")
    branch.git("branch", "-qf", "main", "work~1")
    assert json.loads(run(branch.path, "summary", "--format", "json").out)["base"] == head(branch, "work~1")


def test_settings_are_those_of_the_base(branch: Repository, run: Run) -> None:
    """A branch must not silence its own check."""
    branch.write("pyproject.toml", '[tool.mpm-hooks]\nignore = ["ALL"]\n')
    branch.write(f"{DIRECTORY}/{ID}.yaml", "{")
    branch.git("add", ".")
    branch.git("commit", "-qm", "Silence")
    assert "**Check: " in run(branch.path, "summary").out
    branch.git("branch", "silent")
    branch.commit("x.txt")
    branch.write(f"{DIRECTORY}/{ID}.md", "x")
    branch.git("add", ".")
    branch.git("commit", "-qm", "More")
    assert "**Check: " not in run(branch.path, "summary", "--base", "silent").out
    branch.write("pyproject.toml", "#" * 1_000_001)
    branch.git("add", ".")
    branch.git("commit", "-qm", "Large")
    assert run(branch.path, "summary", "--base", "HEAD").status == 0


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--base", "nothing"], 2, "nothing: there is no such commit here"),
        (["--head", ""], 2, "there is no such commit here"),
        (["--head", "a\nb"], 2, "there is no such commit here"),
        (["--repository-url", "github.com/a/b"], 2, "give it as https://github.com/OWNER/NAME"),
        (["--repository-url", "https://github.com/a"], 2, "give it as"),
        (["--repository-url", "https://github.com/a/b c"], 2, "give it as"),
        (["--output-file", "no/such/folder"], 2, "--output-file no/such/folder: "),
    ],
)
def test_misuse(branch: Repository, run: Run, words: Sequence[str], status: int, message: str) -> None:
    done = run(branch.path, "summary", *words)
    assert (done.status, done.out) == (status, "")
    assert message in done.err


def test_outside_of_a_repository(tmp_path: Path, run: Run) -> None:
    done = run(tmp_path, "summary")
    assert done.status == 3
    assert "no git repository" in done.err


def test_hostile_goal(branch: Repository, run: Run) -> None:
    conversation: Json = {"primary_task": "@ann ![x](https://e.example/x) \x1b[31m", "summary": "s"}
    save(branch, LATER, conversation=conversation)
    done = run(branch.path, "summary")
    assert "\x1b" not in done.out
    assert "@ann" not in done.out
    assert Session(id=LATER, data={}).id in done.out
