"""What sessions claim is held against real git, wherever a repository may stand."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, files, quiet

from mpm_hooks import claims
from mpm_hooks.rules.truth import Known
from mpm_hooks.session import DIRECTORY, Json, Session

pytestmark = pytest.mark.once

NOWHERE = "0123456789" * 4
Shape = Callable[[Repository], Repository]


def session(**git: Json) -> Session:
    return Session(id=ID, data={"git_context": git})


def known(repository: Repository, *sessions: Session) -> Known:
    found = claims.Repository(str(repository.path)).known(sessions)
    assert found is not None
    return found


def told(found: Known) -> list[str]:
    return [*found.commits, *found.branches, *found.files]


def head(repository: Repository, name: str = "HEAD") -> str:
    return repository.git("rev-parse", name).strip()


def clone(repository: Repository, *words: str) -> Repository:
    repository.git("clone", "--quiet", *words, repository.path.as_uri(), "../clone")
    return Repository(repository.path.parent / "clone")


# Commits


def test_commits_are_known_by_their_whole_name_and_by_an_abbreviation(repository: Repository) -> None:
    sha = head(repository)
    recent: Json = [{"sha": sha[:7]}, {"sha": "c0ffee5"}, {"sha": "HEAD"}, {}]
    base: Json = {"merge_base": sha}
    change: Json = {"since": "deadbeef"}
    assert known(repository, session(head=sha, recent_commits=recent, base=base, change=change)).commits == {
        *("c0ffee5", "deadbeef")
    }


def test_the_name_of_a_file_is_no_commit(repository: Repository) -> None:
    blob = head(repository, "HEAD:kept.txt")
    assert known(repository, session(head=blob)).commits == {blob}


def rebased(repository: Repository) -> str:
    repository.commit("a.py")
    lost = head(repository)
    repository.git("commit", "--quiet", "--amend", "-m", "Say it otherwise")
    return lost


def test_a_commit_that_was_rebased_away_is_missed_once_it_is_gone(repository: Repository) -> None:
    lost = rebased(repository)
    assert known(repository, session(head=lost)).commits == set()
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("prune", "--expire=now")
    assert known(repository, session(head=lost)).commits == {lost}


def whole_clone(repository: Repository) -> Repository:
    return clone(repository)


def shallow_clone(repository: Repository) -> Repository:
    return clone(repository, "--depth=1")


def partial_clone(repository: Repository) -> Repository:
    repository.git("config", "uploadpack.allowFilter", "true")
    return clone(repository, "--filter=tree:0")


def linked_worktree(repository: Repository) -> Repository:
    repository.git("worktree", "add", "--quiet", "-b", "beside", "../beside")
    return Repository(repository.path.parent / "beside")


def submodule(repository: Repository) -> Repository:
    above = Repository(repository.path.parent / "above")
    above.path.mkdir()
    above.git("init", "--quiet")
    above.git("submodule", "--quiet", "add", repository.path.as_uri(), "vendor/sub")
    return Repository(above.path / "vendor/sub")


@pytest.mark.parametrize(
    ("shape", "tells"),
    [
        pytest.param(whole_clone, True, id="clone"),
        pytest.param(shallow_clone, False, id="shallow clone"),
        pytest.param(partial_clone, False, id="partial clone"),
        pytest.param(linked_worktree, True, id="linked worktree"),
        pytest.param(submodule, True, id="submodule"),
    ],
)
def test_what_is_missing_proves_nothing_where_not_all_is_there(
    repository: Repository, shape: Shape, *, tells: bool
) -> None:
    repository.commit("a.py")
    status: Json = {"clean": False, "modified_files": ["a.py", "never.py"]}
    claim = session(head=NOWHERE, branch="nowhere", status=status, recent_commits=[{"sha": head(repository)}])
    found = known(shape(repository), claim)
    assert found.commits == ({NOWHERE} if tells else set())
    assert found.branches == ({"nowhere"} if tells else set())
    assert found.files == ({"never.py": None} if tells else {})


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "--object-format=sha256")
    repository.commit("a.py")
    assert known(repository, session(head=head(repository), recent_commits=[{"sha": NOWHERE}])).commits == {NOWHERE}


def test_of_many_sessions_git_is_asked_at_once_and_once(repository: Repository) -> None:
    names = [f"{number:040x}" for number in range(2000)]
    asked = claims.Repository(str(repository.path))
    for _ in range(2):
        found = asked.known([session(head=name) for name in names])
        assert found is not None
        assert found.commits == set(names)


# Branches


@pytest.mark.parametrize(
    ("steps", "branch", "gone"),
    [
        pytest.param("branch topic", "topic", False, id="there"),
        pytest.param("update-ref refs/remotes/origin/topic HEAD", "topic", False, id="on the remote"),
        pytest.param("update-ref refs/remotes/fork/topic HEAD", "topic", False, id="on another remote"),
        pytest.param("update-ref refs/remotes/origin/a/topic HEAD", "topic", True, id="another on the remote"),
        pytest.param("tag topic", "topic", True, id="a tag"),
        pytest.param("branch topic/more", "topic", True, id="the beginning of another"),
        pytest.param("checkout --quiet --detach", "main", False, id="detached"),
        pytest.param("checkout --quiet --orphan topic", "topic", False, id="not yet born"),
        pytest.param("status", "unknown", False, id="what upstream writes where git failed"),
        pytest.param("status", "", False, id="no name"),
        pytest.param("status", "two words", False, id="no name of a branch"),
        pytest.param("status", "topic\nmain", False, id="two lines"),
        pytest.param("status", "main@{99}", False, id="an older state"),
        pytest.param("status", "main:../x", False, id="a file outside"),
        pytest.param("status", "-x", True, id="an option"),
        pytest.param("status", "thème", True, id="not ASCII"),
    ],
)
def test_branch(repository: Repository, steps: str, branch: str, *, gone: bool) -> None:
    repository.git(*steps.split())
    assert known(repository, session(branch=branch)).branches == ({branch} if gone else set())


def test_a_branch_that_was_merged_and_deleted(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit("a.py")
    sha = head(repository)
    repository.git("switch", "--quiet", "main")
    claim = session(branch="topic", head=sha, recent_commits=[{"sha": sha[:7]}])
    repository.git("branch", "--quiet", "-D", "topic")
    assert (known(repository, claim).branches, known(repository, claim).merged) == ({"topic"}, set())
    repository.git("tag", "released", sha)
    assert known(repository, claim).merged == {sha, sha[:7]}


def test_a_branch_of_a_clone_of_one_branch(repository: Repository) -> None:
    assert known(clone(repository, "--single-branch"), session(branch="topic")).branches == set()


def test_before_the_first_commit(empty: Repository) -> None:
    found = known(empty, session(branch="main", head=NOWHERE, status={"modified_files": ["never.py"]}))
    assert (found.branches, found.commits, found.files) == (set(), {NOWHERE}, {"never.py": None})


# Files


def deleted(repository: Repository) -> None:
    repository.commit("a.py")
    repository.git("rm", "--quiet", "a.py")
    repository.git("commit", "--quiet", "-m", "Delete it")


def deleted_on_another_branch(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "old")
    deleted(repository)
    repository.git("switch", "--quiet", "main")


def in_merges_alone(repository: Repository) -> None:
    """Let one merge make a file, and the next delete it: neither is a change of any other commit."""
    repository.git("switch", "--quiet", "--create", "topic")
    for name, act in (("b.py", ("add", "a.py")), ("c.py", ("rm", "--quiet", "a.py"))):
        repository.git("switch", "--quiet", "topic")
        repository.commit(name)
        repository.git("switch", "--quiet", "main")
        repository.git("merge", "--quiet", "--no-ff", "--no-commit", "topic")
        repository.write("a.py", "1\n")
        repository.git(*act, "--force")
        repository.git("commit", "--quiet", "-m", "Merge it")


def renamed(repository: Repository) -> None:
    repository.commit("a.py")
    repository.git("mv", "a.py", "b.py")


def ignored(repository: Repository) -> None:
    repository.write(".gitignore", "a.py\n")
    repository.write("a.py", "")


def a_submodule(repository: Repository) -> None:
    sub = Repository(repository.path.parent / "sub")
    sub.path.mkdir()
    sub.git("init", "--quiet")
    sub.commit("b.py")
    repository.git("submodule", "--quiet", "add", sub.path.as_uri(), "a.py")


@pytest.mark.parametrize(
    ("make", "is_known"),
    [
        pytest.param(lambda at: at.commit("a.py"), True, id="committed"),
        pytest.param(lambda at: (at.write("a.py", ""), at.git("add", "a.py")), True, id="in the index"),
        pytest.param(lambda at: at.write("a.py", ""), True, id="untracked"),
        pytest.param(ignored, True, id="ignored"),
        pytest.param(lambda at: (at.path / "a.py").symlink_to("nowhere"), True, id="a link to nowhere"),
        pytest.param(deleted, True, id="deleted"),
        pytest.param(deleted_on_another_branch, True, id="deleted on another branch"),
        pytest.param(in_merges_alone, True, id="made by a merge, and deleted by one"),
        pytest.param(renamed, True, id="renamed"),
        pytest.param(a_submodule, True, id="a submodule"),
        pytest.param(lambda at: at.commit("A.py"), os.path.normcase("A") == "a", id="in another case"),
        pytest.param(lambda at: at.commit("sub/a.py"), False, id="elsewhere"),
        pytest.param(lambda at: at.git("status"), False, id="never"),
    ],
)
def test_file(repository: Repository, make: Callable[[Repository], object], *, is_known: bool) -> None:
    make(repository)
    found = known(repository, session(status={"modified_files": ["kept.txt", "a.py"]}))
    assert found.files == ({} if is_known else {"a.py": None})


def test_odd_names_keep_nothing_else_from_being_found(repository: Repository) -> None:
    odd: list[Json] = [
        "../x.py",
        "./x.py",
        "..",
        ".",
        "",
        "a\nb",
        "a -> b",
        '"a"',
        "a\\b",
        "a\0b",
        1,
        ":/Begin",
        "1:x",
        f"{DIRECTORY}/x",
    ]
    found = known(
        repository,
        session(status={"modified_files": ["never.py", "/srv/x.py", "/Begin", *odd]}, branch="main@{99}"),
        session(branch="main:../x", head=NOWHERE),
        session(branch="nowhere"),
    )
    assert found.files.keys() == {"never.py", "/srv/x.py", "/Begin", ":/Begin", "1:x"}
    assert (found.branches, found.commits) == ({"nowhere"}, {NOWHERE})


def test_hundreds_of_files_that_never_were(repository: Repository) -> None:
    names: list[Json] = [f"{number}.py" for number in range(900)]
    repository.commit("899.py")
    repository.git("rm", "--quiet", "899.py")
    assert len(known(repository, session(status={"modified_files": names})).files) == 899


LOST = [
    pytest.param(["login.py"], "ogin.py", "login.py", id="one file"),
    pytest.param(["login.py", "logout.py"], "ogin.py", "login.py", id="another file beside it"),
    pytest.param(["login.py", "Login.py"], "ogin.py", None, id="two files"),
    pytest.param(["vendor/sub"], "endor/sub", "vendor/sub", id="below a directory"),
    pytest.param(["a/b/c.py"], "/b/c.py", "a/b/c.py", id="of a directory of one letter"),
    pytest.param(["a*[b]?.py"], "*[b]?.py", "a*[b]?.py", id="signs of a pattern"),
    pytest.param(["a1b.py"], "*b.py", None, id="is no pattern"),
    pytest.param(["éa.py"], "a.py", "éa.py", id="not ASCII"),
    pytest.param(["日本.txt"], "本.txt", "日本.txt", id="of three bytes"),
    pytest.param(["a b.py"], " b.py", "a b.py", id="a blank"),
    pytest.param(["sub/login.py"], "ogin.py", None, id="in another directory"),
    pytest.param(["xlogin.py", "login.py"], "login.py", None, id="is there itself"),
]


@pytest.mark.parametrize(("names", "lost", "whole"), LOST)
@pytest.mark.parametrize("is_deleted", [False, True], ids=["there", "deleted since"])
def test_a_lost_letter(
    repository: Repository, names: list[str], lost: str, whole: str | None, *, is_deleted: bool
) -> None:
    for name in names:
        repository.commit(name)
    if is_deleted:
        repository.git("rm", "--quiet", "-r", ".")
        repository.git("commit", "--quiet", "-m", "Delete all")
    found = known(repository, session(status={"modified_files": [lost]})).files
    assert found.get(lost) == whole
    assert claims.Repository(str(repository.path)).whole_name(lost) == whole


def test_only_the_first_file_of_upstreams_sessions_may_lack_a_letter(repository: Repository) -> None:
    repository.commit("login.py")
    second = session(status={"modified_files": ["kept.txt", "ogin.py"]})
    assert known(repository, second).files == {"ogin.py": None}
    first: dict[str, Json] = {"git_context": {"status": {"modified_files": ["ogin.py"]}}, "generator": "mpm-hooks"}
    assert known(repository, Session(id=ID, data=first)).files == {"ogin.py": None}


def test_a_history_that_cannot_be_searched_proves_nothing(repository: Repository) -> None:
    lost = head(repository)
    repository.commit("a.py")
    (repository.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert known(repository, session(status={"modified_files": ["a.py", "never.py"]})).files == {}


# Where git does not work


def test_without_git_nothing_is_known(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    asked = claims.Repository(str(repository.path))
    assert asked.known([session(head=NOWHERE)]) is None
    assert asked.whole_name("ogin.py") is None


def test_where_git_refuses_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n", encoding="utf-8")
    assert claims.Repository(str(tmp_path)).known([session(head=NOWHERE)]) is None


def test_a_session_that_claims_nothing_needs_no_git(tmp_path: Path) -> None:
    found = claims.Repository(str(tmp_path)).known([session(is_git_repo=True)])
    assert found is not None
    assert told(found) == []


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"])
def test_the_environment_of_another_repository_changes_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    other = Repository(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "--quiet")
    of_it = {
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": ".git/index",
        "GIT_WORK_TREE": ".",
        "GIT_OBJECT_DIRECTORY": ".git/objects",
    }
    sha = head(repository)
    monkeypatch.setenv(name, str(other.path / of_it[name]))
    found = known(repository, session(head=sha, branch="main", status={"modified_files": ["kept.txt"]}))
    assert told(found) == []


# The same through the command


def test_each_session_is_held_against_the_repository_that_it_lies_in(repository: Repository, run: Run) -> None:
    nested = Repository(repository.path / "nested")
    nested.path.mkdir()
    nested.git("init", "--quiet")
    nested.commit("inner.py")
    for at, mine, others in ((repository, "kept.txt", "inner.py"), (nested, "inner.py", "kept.txt")):
        status: Json = {"clean": False, "modified_files": [mine, others]}
        for name, content in files(quiet(git_context={"is_git_repo": True, "status": status})).items():
            at.write(name, content)
    result = run(repository.path, "check", DIRECTORY, f"nested/{DIRECTORY}")
    assert re.findall(r"^(.*)/session-.* MPM606 warning: (\S+)", result.out, re.MULTILINE) == [
        *((DIRECTORY, "'inner.py'"), (f"nested/{DIRECTORY}", "'kept.txt'")),
    ]


def test_sessions_in_a_sub_directory_name_files_from_the_top(repository: Repository, run: Run) -> None:
    repository.commit("services/api/main.py")
    status: Json = {"clean": False, "modified_files": ["services/api/main.py", "main.py"]}
    for name, content in files(quiet(git_context={"is_git_repo": True, "status": status})).items():
        repository.write(f"services/api/{name}", content)
    for at in (repository.path, repository.path / "services/api"):
        assert run(at, "check").out.count("MPM606") == 1
