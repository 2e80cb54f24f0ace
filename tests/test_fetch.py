"""Objects come from a server, one by one, and the token goes nowhere else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Repository
from forge import NAME, TOKEN, Forge, serving

from mpm_hooks import fetch, plumbing, review
from mpm_hooks.fetch import Store
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.subject import Span

pytestmark = pytest.mark.once

ABSENT = "1" * 40


@pytest.fixture
def forge(repository: Repository, tmp_path: Path) -> Iterator[Forge]:
    """Serve a branch of three commits on one of two, of which the base has one more."""
    repository.commit("kept.txt", "two\n")
    repository.git("checkout", "--quiet", "-b", "work")
    for number in range(3):
        repository.commit(f"{number}.txt", f"{number}\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit("later.txt")
    bare = tmp_path / "repo.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", repository.path, bare], check=True)
    with serving(Forge(bare)) as made:
        serve_parts(made)
        yield made
    assert not made.strangers


def serve_parts(forge: Forge) -> None:
    """Serve what GitHub serves: single objects, and commits without their files."""
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        forge.git("config", f"uploadpack.{setting}", "true")


def store_of(forge: Forge, tmp_path: Path, token: str = TOKEN) -> Store:
    (tmp_path / "temp").mkdir(exist_ok=True)
    return Store(str(tmp_path / "temp"), f"{forge.url}/{NAME}.git", token)


def names(forge: Forge, *revisions: str) -> list[str]:
    return [forge.git("rev-parse", each) for each in revisions]


def fetch_both(store: Store, forge: Forge) -> None:
    head, base = names(forge, "work", "main")
    store.commits(head, base, 1)


def there(store: Store, *ids: str) -> list[bool]:
    return [each is not None for each in plumbing.objects(store.root, ids) or ()]


def test_only_what_is_asked_for(forge: Forge, tmp_path: Path) -> None:
    head, parted, before, tree, blob = names(forge, "work", "work~3", "work~4", "work^{tree}", "work:1.txt")
    store = store_of(forge, tmp_path)
    store.commits(head, parted, 4)
    assert there(store, head, parted, tree) == [True] * 3
    assert there(store, before, blob, *names(forge, "main")) == [False] * 3
    store.obtain([blob])
    assert there(store, blob, *names(forge, "work:0.txt")) == [True, False]
    assert not list(Path(store.root).glob("refs/*/*"))


def test_base_that_is_not_part_of_the_branch(forge: Forge, tmp_path: Path) -> None:
    head, base = names(forge, "work", "main")
    store = store_of(forge, tmp_path)
    store.commits(head, base, 1)
    assert there(store, head, base, *names(forge, "work~1")) == [True, True, False]


def test_what_the_server_lacks_keeps_nothing_else_away(forge: Forge, tmp_path: Path) -> None:
    head, blob, other, commit = names(forge, "work", "work:0.txt", "work:1.txt", "main~2")
    store = store_of(forge, tmp_path)
    store.commits(head, "", 1)
    store.obtain([ABSENT, blob, "2" * 40, other, commit])
    assert there(store, ABSENT, blob, other, commit) == [False, True, True, True]
    store.obtain([])
    store.obtain([blob, other])


def test_not_everything_that_is_missing_is_searched_for(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (blob,) = names(forge, "work:0.txt")
    monkeypatch.setattr(fetch, "_MOST_MISSING", 2)
    store = store_of(forge, tmp_path)
    store.obtain([ABSENT, "2" * 40, "3" * 40, blob])
    assert there(store, blob) == [False]


def test_server_that_cannot_leave_files_out(forge: Forge, tmp_path: Path) -> None:
    forge.git("config", "uploadpack.allowFilter", "false")
    head, blob = names(forge, "work", "work:1.txt")
    store = store_of(forge, tmp_path)
    store.commits(head, "", 1)
    assert there(store, head, blob) == [True, True]


def test_token_is_in_no_file_and_no_argument(forge: Forge, tmp_path: Path) -> None:
    store = store_of(forge, tmp_path)
    fetch_both(store, forge)
    for path in Path(store.root).rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert TOKEN.encode() not in content
        assert forge.url.encode() not in content


def test_nobody_fetches_behind_our_back(forge: Forge, tmp_path: Path) -> None:
    store = store_of(forge, tmp_path)
    head, blob = names(forge, "work", "work:1.txt")
    store.commits(head, "", 1)
    done = subprocess.run(["git", "-C", store.root, "cat-file", "-e", blob], check=False, capture_output=True)
    assert done.returncode
    assert "promisor" not in (Path(store.root) / "config").read_text(encoding="utf-8")
    assert not (Path(store.root) / "hooks").exists()


def test_settings_of_the_machine_do_not_lead_elsewhere(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    hook.chmod(0o755)
    head, base = names(forge, "work", "main")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    with (Path(os.environ["HOME"]) / ".gitconfig").open("a", encoding="utf-8") as stream:
        stream.write(f'[url "http://127.0.0.1:9/"]\n\tinsteadOf = {forge.url}/\n')
        stream.write(f'[http "{forge.url}/"]\n\textraheader = AUTHORIZATION: basic another\n')
        stream.write(f"[core]\n\thooksPath = {hook.parent}\n\tsshCommand = false\n")
    monkeypatch.setenv("GIT_TRACE_CURL", str(tmp_path / "trace"))
    store = store_of(forge, tmp_path)
    store.commits(head, base, 1)
    assert there(store, head, base) == [True, True]
    assert not (tmp_path / "trace").exists()
    assert not (tmp_path / "ran").exists()


def test_settings_of_the_machine_say_how_a_server_is_reached(forge: Forge, tmp_path: Path) -> None:
    settings = Path(os.environ["GIT_CONFIG_GLOBAL"])
    with settings.open("a", encoding="utf-8") as stream:
        stream.write("[http]\n\tproxy = http://127.0.0.1:9\n\tsslVerify = false\n")
    head, base = names(forge, "work", "main")
    with pytest.raises(UnableError, match="cannot fetch"):
        store_of(forge, tmp_path).commits(head, base, 1)


def test_server_that_sends_elsewhere(forge: Forge, tmp_path: Path) -> None:
    (head,) = names(forge, "work")
    with serving(Forge(forge.path)) as other:
        forge.moved = other.url
        with pytest.raises(UnableError, match="cannot fetch"):
            store_of(forge, tmp_path).commits(head, "", 1)
        assert other.requests == 0


@pytest.mark.parametrize("token", ["", "another"])
def test_repository_that_may_not_be_read(forge: Forge, tmp_path: Path, token: str) -> None:
    forge.may_read = False
    (head,) = names(forge, "work")
    with pytest.raises(UnableError, match="it takes the permission `contents: read`"):
        store_of(forge, tmp_path, token).commits(head, "", 1)
    forge.strangers = 0


def test_commit_that_is_gone(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(UnableError, match=f"no longer has the commit {ABSENT}"):
        store_of(forge, tmp_path).commits(ABSENT, "", 1)


def test_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="cannot fetch"):
        Store(str(tmp_path), f"http://127.0.0.1:9/{NAME}.git", TOKEN).commits(ABSENT, "", 1)


def test_git_that_says_nothing() -> None:
    assert fetch._reason("") == "git says nothing"  # noqa: SLF001 - real ones say something


@pytest.mark.parametrize("url", ["git@github.com:own/repo.git", "file:///etc", "ext::sh -c true", "--upload-pack=x"])
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(MisuseError, match="no address of a server"):
        Store(str(tmp_path), url, TOKEN)


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnableError, match="git is not installed"):
        Store(str(tmp_path), "https://github.com/own/repo.git", TOKEN)


def test_git_that_takes_too_long(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(forge, tmp_path)
    monkeypatch.setattr(fetch, "_SECONDS", 0.0)
    with pytest.raises(UnableError, match="took longer than"):
        fetch_both(store, forge)


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnableError, match="cannot make a repository"):
        Store(str(tmp_path / "file"), "https://github.com/own/repo.git", TOKEN)


def settings_of(repository: Repository, forge: Forge, tmp_path: Path) -> str:
    """Say which rules are ignored, by the settings that stand where a branch begins."""
    repository.git("push", "--quiet", "--force", str(forge.path), "main")
    store = store_of(forge, tmp_path)
    (head,) = names(forge, "main")
    store.commits(head, "", 1)
    return " ".join(review.settings(store.root, head, store.obtain).ignore)


IGNORING = '[tool.mpm-hooks]\nignore = ["MPM901"]\n'


def test_settings_come_from_the_base(repository: Repository, forge: Forge, tmp_path: Path) -> None:
    assert settings_of(repository, forge, tmp_path) == ""
    repository.commit("pyproject.toml", IGNORING)
    assert settings_of(repository, forge, tmp_path) == "MPM901"


def test_settings_too_large(repository: Repository, forge: Forge, tmp_path: Path) -> None:
    repository.commit("pyproject.toml", IGNORING + "#" * 1_000_001)
    assert settings_of(repository, forge, tmp_path) == ""


def test_settings_are_no_link(repository: Repository, forge: Forge, tmp_path: Path) -> None:
    (repository.path / "pyproject.toml").symlink_to(IGNORING)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "Link")
    assert settings_of(repository, forge, tmp_path) == ""


def test_nothing_is_left_behind(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runner").mkdir()
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path / "runner"))
    head, parted = names(forge, "work", "work~3")
    told = fetch.look(f"{forge.url}/{NAME}.git", TOKEN, Span(head=head, base=parted, depth=4), branch="work")
    assert told.change.files == ("0.txt", "1.txt", "2.txt")
    assert told.change.commits == 3
    assert not list((tmp_path / "runner").iterdir())
