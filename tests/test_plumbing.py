"""Git is asked without GitPython, where processes are spawned and where they cannot be."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Repository

from mpm_hooks import plumbing, process, repo
from mpm_hooks.finding import UnableError

pytestmark = pytest.mark.once


@pytest.fixture(params=["spawned", "elsewhere"], autouse=True)
def _both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do all of it twice: Windows has no posix_spawn."""
    if request.param == "elsewhere":
        monkeypatch.delattr(os, "posix_spawnp", raising=False)
    open_before = count_of_streams()
    yield
    assert count_of_streams() == open_before


def count_of_streams() -> int:
    return len([*Path("/proc/self/fd").iterdir()]) if Path("/proc/self/fd").exists() else 0


def aliased(repository: Repository, command: str) -> str:
    """Let git run a command of the shell; return its top."""
    repository.git("config", "alias.act", f"!{command}")
    return str(repository.path)


def test_top(repository: Repository, tmp_path: Path) -> None:
    below = repository.path / "a/b"
    below.mkdir(parents=True)
    assert plumbing.top(str(below)) == str(repository.path.resolve())
    assert plumbing.top(str(tmp_path)) is None
    (tmp_path / "link").symlink_to(below)
    assert plumbing.top(str(tmp_path / "link")) == str(repository.path.resolve())


def test_top_of_the_working_directory(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.path)
    assert plumbing.top("") == str(repository.path.resolve())


def test_top_of_a_linked_work_tree(repository: Repository) -> None:
    repository.git("worktree", "add", "--quiet", "../beside")
    beside = repository.path.parent / "beside"
    assert plumbing.top(str(beside)) == str(beside.resolve())


def test_objects(repository: Repository) -> None:
    root, head = str(repository.path), repository.git("rev-parse", "HEAD").strip()
    found = plumbing.objects(root, ["HEAD", "0123456^{commit}", ":0:kept.txt", ":0:none.txt", ":0:a missing"])
    assert found == [head, None, repository.git("rev-parse", "HEAD:kept.txt").strip(), None, None]
    assert plumbing.objects(root, []) == ()


def test_objects_by_the_thousand(repository: Repository) -> None:
    """Neither side waits for the other to read, however much there is to say."""
    found = plumbing.objects(str(repository.path), ["HEAD", *(f"refs/heads/{number}" for number in range(20_000))])
    assert found is not None
    assert len(found) == 20_001
    assert found[1:] == [None] * 20_000


def test_lines(repository: Repository) -> None:
    repository.commit("é\n.txt")
    assert sorted(plumbing.lines(str(repository.path), "ls-files", "-z")) == ["kept.txt", "é\n.txt"]
    assert list(plumbing.lines(str(repository.path), "ls-files", "--no-such-option")) == []


@pytest.mark.parametrize("given", [b"", b"x", b"x" * 1_000_000], ids=["nothing", "little", "much"])
def test_who_does_not_listen_is_not_waited_for(repository: Repository, given: bytes) -> None:
    top = aliased(repository, "exec 0<&-; echo done")
    assert plumbing.run(top, "act", given=given) == b"done\n"


@pytest.mark.parametrize("given", [b"", b"x", b"x" * 1_000_000], ids=["nothing", "little", "much"])
def test_who_goes_away_without_listening_may_still_answer(repository: Repository, given: bytes) -> None:
    top = aliased(repository, "(exec 0<&-; sleep 0.3; echo late) &")
    assert plumbing.run(top, "act", given=given) == b"late\n"


@pytest.mark.parametrize("given", [b"", b"x", b"x" * 1_000_000], ids=["nothing", "little", "much"])
def test_what_is_given_comes_back(repository: Repository, given: bytes) -> None:
    assert plumbing.run(aliased(repository, "cat"), "act", given=given) == given


@pytest.mark.parametrize("given", [b"", b"x" * 1_000_000], ids=["nothing", "much"])
def test_who_takes_too_long_is_ended(repository: Repository, given: bytes) -> None:
    top = aliased(repository, "exec sleep 3")
    begun = time.monotonic()
    assert plumbing.run(top, "act", given=given, seconds=0.2) is None
    assert time.monotonic() - begun < 2


def test_a_dialogue(repository: Repository) -> None:
    found = repo.locate(aliased(repository, "cat"))
    assert found
    git = repo.talk(found, "act")
    for words in (b"one\n", b"two\n"):
        git.tell(words)
        assert git.line() == words.strip()
    git.tell(b"12345")
    assert git.read(5) == b"12345"
    git.close()


def test_a_dialogue_with_one_who_goes_away(repository: Repository) -> None:
    found = repo.locate(aliased(repository, "exit"))
    assert found
    git = repo.talk(found, "act")
    assert git.line() == b""
    for words in (b"x" * 1_000_000, b"x"):
        git.tell(words)
    git.close()


def test_a_dialogue_with_nobody(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    found = repo.locate(repository.path)
    assert found
    monkeypatch.setenv("PATH", str(repository.path))
    with pytest.raises(UnableError, match="git is not installed, or not on PATH"):
        repo.talk(found, "act")


def test_git_refuses(tmp_path: Path) -> None:
    assert plumbing.run(str(tmp_path / "nowhere"), "status") is None
    assert plumbing.objects(str(tmp_path), ["HEAD"]) is None


def test_git_is_not_there(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert plumbing.run(str(repository.path), "status") is None


def test_the_environment_of_a_hook_is_not_handed_on(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_SHALLOW_FILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert plumbing.run(str(repository.path), "ls-files") == b"kept.txt\n"


def test_what_gives_up_before_it_reads_is_listened_to() -> None:
    child_in, our_out = os.pipe()
    our_in, child_out = os.pipe()
    os.close(child_in)
    os.write(child_out, b"said")
    os.close(child_out)
    assert process.exchanged(our_out, (our_in, None), b"given", 1) == (b"said", b"")  # how soon git gives up is chance
