"""The end of branch work, by real git: what is pushed, whether a session covers it, what ``--branch-end`` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER, files, full

from mpm_hooks import config, ending, repo, runner
from mpm_hooks.config import Config
from mpm_hooks.ending import End
from mpm_hooks.runner import Process, Pushed
from mpm_hooks.session import DIRECTORY

REFS = {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/feature", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/feature"}
FEATURE = ("refs/heads/feature", "refs/heads/feature")
NOT_HERE = "is not checked out, and was not touched: git switch"


@pytest.fixture
def feature(repository: Repository) -> Repository:
    """Make a branch with work on it, and check it out."""
    repository.git("switch", "-qc", "feature")
    repository.commit("work.txt")
    return repository


def add(repository: Repository, named: str = ID) -> None:
    """Add a session to the index."""
    for name, content in files(full(named)).items():
        repository.write(name, content)
    repository.git("add", DIRECTORY)


def pause(repository: Repository, named: str = ID) -> None:
    """Commit a session."""
    add(repository, named)
    repository.git("commit", "-qm", f"session: pause {named}")


def found(repository: Repository) -> repo.Repo:
    """Find a repository that is there."""
    there = repo.find(repository.path)
    assert there
    return there


def ends(repository: Repository, *pushed: tuple[str, str], settings: str = "") -> list[End]:
    """Judge a push."""
    chosen = config.parse(f"[tool.mpm-hooks]\n{settings}")
    return list(ending.ends(found(repository), chosen, [Pushed(source=one, target=two) for one, two in pushed]))


# What is pushed


@pytest.mark.parametrize(
    ("command", "environment", "expected"),
    [
        pytest.param("git push", REFS, [FEATURE], id="a runner tells"),
        pytest.param("git push", {}, [], id="nobody tells"),
        pytest.param("git push", {"PRE_COMMIT_LOCAL_BRANCH": "x"}, [], id="half told"),
        pytest.param("git push origin", REFS, [FEATURE], id="to a remote"),
        pytest.param("git push origin feature", {}, [("feature", "")], id="first push of a root commit"),
        pytest.param("/usr/bin/git push -u origin feature", {}, [("feature", "")], id="by path, with an option"),
        pytest.param(r"C:\x\git.exe push o feature", {}, [("feature", "")], id="Windows"),
        pytest.param("git push o a b", REFS, [FEATURE, ("a", ""), ("b", "")], id="several refspecs"),
        pytest.param("git push origin HEAD:other", {}, [("HEAD", "refs/heads/other")], id="HEAD to another"),
        pytest.param("git push origin a:x/y", {}, [("a", "refs/heads/x/y")], id="to a name with a slash"),
        pytest.param("git push origin a:refs/heads/b", {}, [("a", "refs/heads/b")], id="to a full name"),
        pytest.param("git push origin +feature", {}, [("feature", "")], id="by force"),
        pytest.param("git push origin +feature:main", {}, [("feature", "refs/heads/main")], id="by force, to another"),
        pytest.param("git push --all origin", {}, [("*", "")], id="all"),
        pytest.param("git push --branches", {}, [("*", "")], id="all, in newer words"),
        pytest.param("git push --mirror o", {}, [("*", "")], id="mirror"),
        pytest.param("git push --tags", {}, [], id="tags"),
        pytest.param("git push origin tag v1", {}, [("v1", "")], id="one tag"),
        pytest.param("git push origin :feature", {}, [], id="deletion"),
        pytest.param("git push origin :", {}, [], id="all that match"),
        pytest.param("git push -d origin feature", {}, [], id="deletion by option"),
        pytest.param("git push origin --delete feature", {}, [], id="deletion by long option"),
        pytest.param("git push origin refs/heads/*", {}, [], id="pattern"),
        pytest.param("git push -o ci.skip --repo x origin a", {}, [("a", "")], id="options with words of their own"),
        pytest.param("git -C push -c a.b=push --no-pager push o a", {}, [("a", "")], id="options of git"),
        pytest.param("git stash push o a", {}, [], id="another push"),
        pytest.param("git --version", {}, [], id="no command"),
        pytest.param("git", {}, [], id="git alone"),
        pytest.param("gh push o a", {}, [], id="another program"),
        pytest.param("", {}, [], id="no command line"),
    ],
)
def test_pushed(command: str, environment: dict[str, str], expected: list[tuple[str, str]]) -> None:
    hook = Process(pid=3, argv=["/bin/sh", ".git/hooks/pre-push", "origin", "../bare"], began=0)
    process = Process(pid=2, argv=command.split(), began=0)
    pushed = runner.pushed([hook, process], environment)
    assert [(each.source, each.target) for each in pushed] == expected


def test_the_push_of_another_repository_whose_hook_runs_us_is_not_ours() -> None:
    words = ["git push o ours", "pytest", "git push o theirs"]
    processes = [Process(pid=pid, argv=command.split(), began=0) for pid, command in enumerate(words)]
    assert list(runner.pushed(processes, {})) == [Pushed(source="ours", target="")]


# Which of it ends, and is not covered


@pytest.mark.parametrize(
    ("pushed", "takes", "said"),
    [
        pytest.param([], [], [], id="nothing is pushed"),
        pytest.param([FEATURE], [True], ["feature"], id="first push"),
        pytest.param([FEATURE, ("feature", "")], [True], ["feature"], id="told twice"),
        pytest.param([FEATURE, ("feature", "refs/heads/feature")], [True], ["feature"], id="told twice, with target"),
        pytest.param([("feature", "")], [True], ["feature"], id="by its short name"),
        pytest.param([("heads/feature", "")], [True], ["feature"], id="by half of its name"),
        pytest.param([("HEAD", "refs/heads/other")], [True], ["other"], id="HEAD to another name"),
        pytest.param([("HEAD", "")], [True], ["feature"], id="HEAD to its own name"),
        pytest.param([("@", "")], [True], ["feature"], id="HEAD, shorter"),
        pytest.param([("HEAD~0", "refs/heads/other")], [True], ["other"], id="the commit that is checked out"),
        pytest.param([("HEAD~1", "refs/heads/other")], [], [], id="another commit"),
        pytest.param([("v1", "")], [], [], id="tag"),
        pytest.param([("refs/tags/v1", "refs/tags/v1")], [], [], id="tag by its full name"),
        pytest.param([("v1", "refs/heads/other")], [], [], id="tag to a branch"),
        pytest.param([("feature", "refs/tags/v2")], [], [], id="branch to a tag"),
        pytest.param([("refs/remotes/origin/x", "refs/heads/x")], [], [], id="what came from elsewhere"),
        pytest.param([("nowhere", "")], [], [], id="what is not there"),
        pytest.param([("HEAD", "refs/for/main")], [], [], id="for review by gerrit"),
        pytest.param([("refs/heads/main", "refs/heads/main")], [], [], id="default branch"),
        pytest.param([("refs/heads/main", "refs/heads/copy")], [], [], id="default branch to another name"),
        pytest.param([("refs/heads/feature", "refs/heads/main")], [], [], id="to the default branch"),
        pytest.param(
            [("refs/heads/feature", "refs/heads/main"), ("feature", "")],
            [],
            [],
            id="to the default branch, by the settings of the remote",
        ),
        pytest.param(
            [("refs/heads/feature", "refs/heads/main"), ("feature", "refs/heads/x")],
            [True],
            ["x"],
            id="to the default branch and elsewhere",
        ),
        pytest.param([("refs/heads/größe", "")], [False], [f"größe: größe {NOT_HERE} größe,"], id="not checked out"),
        pytest.param(
            [("größe", "refs/heads/size")],
            [False],
            [f"size: größe {NOT_HERE} größe, then mpm-hooks pause --branch-end"],
            id="not checked out, to another name",
        ),
        pytest.param([FEATURE, ("größe", "")], [True, False], ["feature", f"größe: größe {NOT_HERE}"], id="several"),
        pytest.param([FEATURE, ("*", "")], [True, False], ["feature", f"größe: größe {NOT_HERE}"], id="all"),
    ],
)
def test_ends(feature: Repository, pushed: list[tuple[str, str]], takes: list[bool], said: list[str]) -> None:
    feature.git("tag", "v1")
    feature.git("branch", "größe")
    feature.git("update-ref", "refs/remotes/origin/x", "HEAD")
    judged = ends(feature, *pushed)
    assert [end.takes for end in judged] == takes
    assert all(end.words.startswith(f"no session covers {words}") for end, words in zip(judged, said, strict=True))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        pytest.param('exempt-branches = ["fe*"]', "feature", id="exempt"),
        pytest.param('exempt-branches = ["release/*"]', "release/1/x", id="exempt there"),
        pytest.param('default-branches = ["feature"]', "feature", id="default"),
        pytest.param('default-branches = ["x", "live"]', "live", id="default there"),
    ],
)
def test_settings_exempt_a_branch(feature: Repository, settings: str, named: str) -> None:
    pushed = ("refs/heads/feature", f"refs/heads/{named}")
    assert ends(feature, pushed, settings=settings) == []
    assert len(ends(feature, pushed)) == 1


def test_default_branches_by_the_settings_replace_those_that_git_knows(feature: Repository) -> None:
    main = ("refs/heads/main", "refs/heads/main")
    assert len(ends(feature, main, settings='default-branches = ["live"]')) == 1


def test_the_default_branch_is_what_the_remote_says(feature: Repository) -> None:
    feature.git("branch", "trunk")
    feature.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    feature.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert ends(feature, ("refs/heads/trunk", "refs/heads/trunk")) == []
    assert len(ends(feature, ("refs/heads/main", "refs/heads/main"))) == 1


def test_a_push_of_a_detached_head_is_said(feature: Repository) -> None:
    feature.git("switch", "-q", "--detach")
    (end,) = ends(feature, ("HEAD", "refs/heads/other"), ("HEAD", ""))
    assert not end.takes
    assert end.words == "no session covers other: HEAD is detached, and nothing was touched: git switch BRANCH first"
    (end,) = ends(feature, FEATURE)
    assert end.words.startswith(f"no session covers feature: feature {NOT_HERE} feature")


def test_a_tag_of_the_same_name_changes_nothing(feature: Repository) -> None:
    feature.git("tag", "feature", "main")
    assert [end.takes for end in ends(feature, FEATURE)] == [True]
    assert ends(feature, ("refs/tags/feature", "refs/tags/feature")) == []
    assert ending.end(found(feature), Config()).words == "no session covers feature"
    pause(feature)
    assert ends(feature, FEATURE) == []


# What covers


def merged(repository: Repository, *, work: bool, session: bool = True) -> None:
    """Pause, and merge from main what was done there meanwhile."""
    if session:
        pause(repository)
    repository.git("switch", "-q", "main")
    pause(repository, LATER)
    if work:
        repository.commit("other.txt")
    repository.git("switch", "-q", "feature")
    repository.git("merge", "-q", "--no-edit", "-Xtheirs", "main")


def amended(repository: Repository, *, work: bool) -> None:
    """Commit a session, and amend that commit."""
    pause(repository)
    if work:
        repository.write("work.txt", "2\n")
    repository.git("commit", "-q", "--all", "--amend", "-m", "Amend it")


def twice(repository: Repository) -> None:
    """Commit a session after another."""
    pause(repository)
    pause(repository, LATER)


def together(repository: Repository) -> None:
    """Commit work and a session at once."""
    repository.write("work.txt", "2\n")
    repository.git("add", "work.txt")
    pause(repository)


def noted(repository: Repository) -> None:
    """Commit work and a session at once, then a note."""
    together(repository)
    repository.commit(f"{DIRECTORY}/note.md")


def replaced(repository: Repository) -> None:
    """Commit a session, and with it the deletion of an older one, which git takes for a renaming."""
    pause(repository)
    repository.commit("work.txt", "2\n")
    repository.git("rm", "-qr", DIRECTORY)
    pause(repository, LATER)


def shared(repository: Repository) -> None:
    """Merge main, which has the same session and a later one."""
    pause(repository)
    repository.git("switch", "-q", "main")
    repository.git("cherry-pick", "feature")
    pause(repository, LATER)
    repository.git("switch", "-q", "feature")
    repository.git("merge", "-q", "--no-edit", "-Xtheirs", "main")


def followed(repository: Repository, name: str) -> None:
    """Commit a session, and something after it."""
    pause(repository)
    repository.commit(name)


def changed(repository: Repository) -> None:
    """Change a session that is older than the work."""
    pause(repository)
    repository.commit("work.txt", "2\n")
    repository.commit(f"{DIRECTORY}/{ID}.json", "{}\n")


def settled(repository: Repository) -> None:
    """Merge main, and commit a session in the very merge."""
    repository.git("switch", "-q", "main")
    repository.commit("other.txt")
    repository.git("switch", "-q", "feature")
    repository.git("merge", "-q", "--no-commit", "main")
    pause(repository)


@pytest.mark.parametrize(
    ("prepare", "covers"),
    [
        pytest.param(lambda _: None, None, id="no session"),
        pytest.param(pause, ID, id="session at the tip"),
        pytest.param(twice, LATER, id="two sessions"),
        pytest.param(together, ID, id="in one commit with the work"),
        pytest.param(noted, ID, id="in one commit with the work, followed by a note"),
        pytest.param(replaced, LATER, id="in the place of an older one"),
        pytest.param(lambda it: followed(it, "more.txt"), None, id="followed by work"),
        pytest.param(lambda it: followed(it, "sub/.claude-mpm/state.json"), None, id="followed by other state"),
        pytest.param(lambda it: followed(it, f"{DIRECTORY}/note.md"), ID, id="followed by a note in the folder"),
        pytest.param(lambda it: followed(it, f"sub/{DIRECTORY}/x.md"), ID, id="followed by a session elsewhere"),
        pytest.param(lambda it: it.commit(f"sub/{DIRECTORY}/{ID}.json"), None, id="session of a project below"),
        pytest.param(lambda it: it.commit(f"{DIRECTORY}/session-x.json"), None, id="no session's name"),
        pytest.param(lambda it: it.commit(f"{DIRECTORY}/{ID}.md"), None, id="the md alone"),
        pytest.param(changed, None, id="an older session changed"),
        pytest.param(lambda it: amended(it, work=False), ID, id="amended, in words"),
        pytest.param(lambda it: amended(it, work=True), ID, id="amended, with work"),
        pytest.param(lambda it: merged(it, work=False), ID, id="merge of sessions alone"),
        pytest.param(lambda it: merged(it, work=False, session=False), None, id="merge of somebody else's session"),
        pytest.param(lambda it: merged(it, work=True), None, id="merge of work"),
        pytest.param(shared, ID, id="merge of the same session and others"),
        pytest.param(settled, ID, id="session in a merge of work"),
    ],
)
def test_covering(feature: Repository, prepare: Callable[[Repository], object], covers: str | None) -> None:
    prepare(feature)
    assert ending.covering(found(feature), "HEAD") == covers
    assert bool(ends(feature, FEATURE)) == (covers is None)


def test_covering_where_nothing_but_a_session_was_ever_committed(empty: Repository) -> None:
    pause(empty)
    assert ending.covering(found(empty), "HEAD") == ID


def test_a_branch_is_covered_by_its_own_session_alone(feature: Repository) -> None:
    feature.git("branch", "other")
    pause(feature)
    assert ending.covering(found(feature), "refs/heads/feature") == ID
    assert ending.covering(found(feature), "refs/heads/other") is None


# mpm-hooks pause --branch-end


def test_branch_end_takes_a_session_once(feature: Repository, run: Run) -> None:
    first = run(feature.path, "pause", "--branch-end", "Done")
    assert (first.status, first.err) == (0, "")
    assert first.out.startswith("mpm-hooks: no session covers feature\nSession paused: session-")
    (taken,) = feature.ids
    assert feature.git("log", "-1", "--format=%s").startswith("session: pause at ")
    second = run(feature.path, "pause", "--branch-end")
    assert (second.status, second.out) == (0, f"mpm-hooks: {taken} covers feature already\n")
    feature.commit("more.txt")
    assert run(feature.path, "pause", "--branch-end").status == 0
    assert len(feature.ids) == 2


@pytest.mark.parametrize(
    ("prepare", "settings", "said"),
    [
        pytest.param(["switch", "-q", "main"], "", "main is the default branch: its work does not end", id="default"),
        pytest.param(
            ["switch", "-qc", "live"],
            'default-branches = ["live"]',
            "live is the default branch: its work does not end",
            id="default by the settings",
        ),
        pytest.param(
            ["switch", "-qc", "release/1"],
            'exempt-branches = ["release/*"]',
            "release/1 is exempt by the settings",
            id="exempt",
        ),
        pytest.param(
            ["switch", "-q", "--detach"], "", "HEAD is detached: there is no branch whose work could end", id="detached"
        ),
        pytest.param(["switch", "-q", "--orphan", "new"], "", "new has no commit yet", id="unborn"),
    ],
)
def test_branch_end_says_why_it_takes_none(
    feature: Repository, run: Run, prepare: list[str], settings: str, said: str
) -> None:
    feature.git(*prepare)
    feature.write("pyproject.toml", f"[tool.mpm-hooks]\n{settings}\n")
    result = run(feature.path, "pause", "--branch-end")
    assert (result.status, result.out, result.err) == (0, f"mpm-hooks: {said}\n", "")
    assert feature.ids == []


def test_branch_end_with_a_name_that_is_no_ascii(repository: Repository, run: Run) -> None:
    repository.git("switch", "-qc", "größe/日本")
    assert run(repository.path, "pause", "--branch-end").out.startswith("mpm-hooks: no session covers größe/日本\n")


def test_branch_end_outside_a_repository(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "pause", "--branch-end")
    assert (result.status, result.err) == (3, f"mpm-hooks: {tmp_path} is in no git repository: it has no branch\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        pytest.param(["--no-commit"], "", "--branch-end commits the session", id="without a commit"),
        pytest.param([], "exempt-branch = []", 'did you mean "exempt-branches"?', id="misspelt key"),
    ],
)
def test_branch_end_misused(feature: Repository, run: Run, words: list[str], settings: str, said: str) -> None:
    feature.write("pyproject.toml", f"[tool.mpm-hooks]\n{settings}\n")
    result = run(feature.path, "pause", "--branch-end", *words)
    assert result.status == 2
    assert said in result.err
    assert feature.ids == []


# The hook, as a runner calls it


@pytest.mark.parametrize(
    ("environment", "status", "said"),
    [
        pytest.param({}, 0, "", id="no push"),
        pytest.param(REFS, 1, "which git has begun already: push again\n", id="push"),
        pytest.param(
            REFS | {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/idle", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/idle"},
            0,
            "git switch idle, then mpm-hooks pause --branch-end\n",
            id="push of a branch that is not checked out",
        ),
        pytest.param(REFS | {"GIT_INDEX_FILE": ".git/index"}, 0, "", id="in a commit"),
    ],
)
def test_hook(
    feature: Repository,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    status: int,
    said: str,
) -> None:
    feature.git("branch", "idle")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = run(feature.path, "pause", "--branch-end", "--hook")
    assert result.status == status
    assert result.out.endswith(said)
    assert bool(result.out) == bool(said)
    assert len(feature.ids) == status
