"""Real git: which sessions a clone would lack, and why."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER, files, full

from mpm_hooks import repo, tracking
from mpm_hooks.finding import UnableError
from mpm_hooks.rules.standing import UPSTREAM_RULE
from mpm_hooks.session import DIRECTORY, POINTER

JSON, YAML, MD = (f"{DIRECTORY}/{ID}.{form}" for form in ("json", "yaml", "md"))

pytestmark = pytest.mark.once

LATEST = f"{DIRECTORY}/{POINTER}"


@pytest.fixture
def paused(repository: Repository) -> Repository:
    """Make a repository with a session that git does not know yet."""
    for name, content in files(full()).items():
        repository.write(name, content)
    return repository


def test_all_committed(paused: Repository, run: Run) -> None:
    paused.git("add", ".")
    paused.git("commit", "-qm", "Pause")
    result = run(paused.path, "committed")
    assert (result.status, result.out, result.err) == (0, "", "1 session looked at\n")


def test_no_sessions_at_all(repository: Repository, run: Run) -> None:
    assert run(repository.path, "committed").err == "0 sessions looked at\n"


def test_untracked(paused: Repository, run: Run) -> None:
    result = run(paused.path, "committed")
    assert result.status == 1
    assert result.out == (
        f"{LATEST}:1:1: MPM401 the pointer is not committed\n    -> git add {LATEST}\n"
        f"{JSON}:1:1: MPM401 the session is not committed\n    -> git add {JSON} {MD} {YAML}\n"
    )


def test_an_untracked_yaml_stands_for_its_session(repository: Repository, run: Run) -> None:
    repository.write(YAML, "a: b\n")
    assert f"{YAML}:1:1: MPM401" in run(repository.path, "committed").out


@pytest.mark.parametrize("where", [".", "deep/er"])
def test_from_any_directory(paused: Repository, run: Run, where: str) -> None:
    (paused.path / where).mkdir(parents=True, exist_ok=True)
    assert "MPM401" in run(paused.path / where, "committed").out


def test_half_committed(paused: Repository, run: Run) -> None:
    paused.git("add", JSON, LATEST)
    result = run(paused.path, "committed")
    assert result.status == 1
    assert f"{MD}:1:1: MPM403 is not in the commit that holds {ID}.json: the session is half committed\n" in result.out
    assert f"    -> git add {MD}\n" in result.out
    assert f"{YAML}:1:1: MPM403" in result.out


def test_a_form_that_is_nowhere(paused: Repository, run: Run) -> None:
    (paused.path / MD).unlink()
    paused.git("add", ".")
    assert (
        f"{MD}:1:1: MPM403 is not in the commit that holds {ID}.json and {ID}.yaml" in run(paused.path, "committed").out
    )


def test_modified_after_it_was_added(paused: Repository, run: Run) -> None:
    paused.git("add", ".")
    paused.write(JSON, "{}\n")
    (paused.path / LATEST).unlink()
    result = run(paused.path, "committed")
    assert [line.split(": ")[0] for line in result.out.splitlines() if "MPM402" in line] == [
        f"{LATEST}:1:1",
        f"{JSON}:1:1",
    ]


@pytest.mark.parametrize(
    ("variables", "argv", "status"),
    [
        pytest.param({}, [], 0, id="by hand"),
        pytest.param({}, ["--no-staged"], 1, id="by hand, strictly"),
        pytest.param({"CI": "true"}, [], 1, id="in CI"),
        pytest.param({"CI": "false"}, [], 0, id="not in CI"),
        pytest.param({"PRE_COMMIT_REMOTE_NAME": "origin"}, [], 1, id="pre-commit before a push"),
        pytest.param({"PREK_HOOK_STAGE": "pre-push"}, [], 1, id="prek before a push"),
        pytest.param({"CI": "true", "GIT_INDEX_FILE": ".git/index"}, [], 0, id="in a commit, in CI"),
        pytest.param({"CI": "true", "GIT_INDEX_FILE": "/elsewhere/.git/index"}, [], 1, id="in a commit elsewhere"),
    ],
)
def test_staged(
    paused: Repository,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    argv: list[str],
    status: int,
) -> None:
    paused.git("add", ".")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = run(paused.path, "committed", *argv)
    assert result.status == status
    assert ("MPM405 is staged, not committed" in result.out) == bool(status)
    assert result.out.count("MPM405") == 2 * status


def test_in_a_partial_commit_its_own_index_counts(
    paused: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = paused.path / ".git" / "next-index-1.lock"
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    paused.git("add", ".")
    assert run(paused.path, "committed").status == 0
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert run(paused.path, "committed").status == 1


def test_changes_that_a_runner_keeps_aside(paused: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    paused.git("add", ".")
    store = paused.path.parent / "store"
    store.mkdir()
    monkeypatch.setenv("PRE_COMMIT_HOME", str(store))
    paused.write(JSON, "{}\n")
    (store / f"patch{int(time.time())}-{os.getppid()}").write_text(paused.git("diff"), encoding="utf-8")
    paused.git("checkout", "--", JSON)
    assert run(paused.path, "committed").status == 0
    assert f"{JSON}:1:1: MPM402" in run(paused.path, "committed", "--hook").out


@pytest.mark.parametrize(
    ("ignore", "rule"),
    [
        pytest.param({".gitignore": "# x\n.claude-mpm/\n"}, ".gitignore:2: .claude-mpm/", id="upstream's own"),
        pytest.param({".gitignore": ".claude-mpm\n"}, ".gitignore:1: .claude-mpm", id="no slash"),
        pytest.param({".gitignore": ".claude-mpm/*\n"}, ".gitignore:1: .claude-mpm/*", id="what is in it"),
        pytest.param({".gitignore": ".claude-mpm/**\n"}, ".gitignore:1: .claude-mpm/**", id="all below"),
        pytest.param({".gitignore": ".claude-mpm/sessions/\n"}, ".gitignore:1: .claude-mpm/sessions/", id="the folder"),
        pytest.param({".gitignore": "sessions\n"}, ".gitignore:1: sessions", id="any folder of that name"),
        pytest.param({".gitignore": "*.json\n*.yaml\n*.md\n"}, ".gitignore:1: *.json", id="the files"),
        pytest.param({".gitignore": ".*\n"}, ".gitignore:1: .*", id="whatever is hidden"),
        pytest.param({".git/info/exclude": ".claude-mpm/\n"}, ".git/info/exclude:1: .claude-mpm/", id="exclude"),
        pytest.param({".claude-mpm/.gitignore": "*\n"}, ".claude-mpm/.gitignore:1: *", id="a file of its own"),
        pytest.param(
            {".gitignore": ".claude-mpm/\n!.claude-mpm/\n.claude-mpm/\n"},
            ".gitignore:3: .claude-mpm/",
            id="added again",
        ),
    ],
)
def test_ignored(paused: Repository, run: Run, ignore: dict[str, str], rule: str) -> None:
    for name, text in ignore.items():
        paused.write(name, text)
    result = run(paused.path, "committed")
    assert result.status == 1
    assert f"{JSON}:1:1: MPM404 is ignored by {rule}\n" in result.out
    assert run(paused.path, "committed", "--allow-ignored").status == 0 or "exclude" not in rule
    # The way out, taken; then what claude-mpm does at every start (GitIgnoreManager.ensure_entries).
    for _ in range(3):
        lines = [
            line for line in run(paused.path, "committed").out.splitlines() if line.startswith("    -> add at the end")
        ]
        for line in lines:
            file, _, added = line.removeprefix("    -> add at the end of ").partition(" (")[0].partition(": ")
            path = paused.path / file
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(before + "\n".join(added.split(" and below it ")) + "\n", encoding="utf-8")
    top = paused.path / ".gitignore"
    if UPSTREAM_RULE not in (top.read_text(encoding="utf-8").splitlines() if top.exists() else []):
        assert ".claude-mpm/.gitignore" in ignore
    paused.git("add", ".claude-mpm")
    assert run(paused.path, "committed").status == 0


def test_one_session_ignored_by_force_committed_before(paused: Repository, run: Run) -> None:
    paused.write(".gitignore", ".claude-mpm/\n")
    paused.git("add", "--force", JSON, MD)
    result = run(paused.path, "committed")
    assert f"{YAML}:1:1: MPM403" in result.out
    assert "it is ignored by .gitignore:1: .claude-mpm/" in result.out
    assert run(paused.path, "committed", "--allow-ignored").status == 0


def test_a_rule_that_another_takes_back(paused: Repository, run: Run) -> None:
    paused.write(".gitignore", ".claude-mpm/*\n!.claude-mpm/sessions\n*.yaml\n")
    result = run(paused.path, "committed")
    assert f"{JSON}:1:1: MPM401" in result.out
    paused.git("add", ".claude-mpm")
    assert f"{YAML}:1:1: MPM403" in run(paused.path, "committed").out


def test_a_session_that_is_to_be_deleted(paused: Repository, run: Run) -> None:
    paused.git("add", ".")
    paused.git("commit", "-qm", "Pause")
    paused.write(f"{DIRECTORY}/notes.txt", "mine")
    paused.git("rm", "-q", "-r", DIRECTORY)
    result = run(paused.path, "committed")
    assert (result.status, result.err) == (0, "0 sessions looked at\n")


def test_a_folder_behind_a_link(repository: Repository, run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/sessions").mkdir(parents=True)
    (repository.path / ".claude-mpm").symlink_to(tmp_path / "elsewhere")
    result = run(repository.path, "committed")
    assert result.status == 1
    assert ".claude-mpm:1:1: MPM401 is a symbolic link: the sessions behind it cannot be committed" in result.out
    found = repo.find(repository.path)
    assert found
    with pytest.raises(UnableError, match="is beyond a symbolic link"):
        tracking.ignore_rules(found, [JSON])


def test_several_sessions_are_each_named(paused: Repository, run: Run) -> None:
    for name, content in files(full(LATER)).items():
        paused.write(name, content)
    result = run(paused.path, "committed")
    assert result.out.count("MPM401") == 3
    assert result.err == "2 sessions looked at: 3 errors\n"


def test_nested_and_legacy_folders(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(f"api/{name}", content)
    repository.write(f"{DIRECTORY}/pause/{ID}.json", "{}")
    result = run(repository.path, "committed")
    assert f"api/{JSON}:1:1: MPM401" in result.out
    assert f"{DIRECTORY}/pause/{ID}.json:1:1: MPM401" in result.out
    repository.git("add", f"{DIRECTORY}/pause")
    assert f"{DIRECTORY}/pause" not in run(repository.path, "committed").out


@pytest.mark.parametrize(
    ("project", "is_found"),
    [
        pytest.param("api", True, id="beside what git holds"),
        pytest.param("libs/new", True, id="beside a project"),
        pytest.param("libs/old", True, id="in a project"),
        pytest.param("libs/hidden", False, id="ignored"),
        pytest.param("libs/other", False, id="in a repository of its own"),
    ],
)
def test_projects_whose_sessions_git_does_not_know(
    repository: Repository, run: Run, project: str, *, is_found: bool
) -> None:
    for name in ("libs/old/a.txt", "gone/below/a.txt", "gone/further/down/a.txt"):
        repository.commit(name)
    repository.commit(".gitignore", "/libs/hidden/\n")
    shutil.rmtree(repository.path / "gone")
    repository.write(f"{project}/{JSON}", "{}")
    if project == "libs/other":
        repository.git("init", "--quiet", project)
    assert (f"{project}/{JSON}:1:1: MPM401" in run(repository.path, "committed").out) == is_found


def test_before_the_first_commit(empty: Repository, run: Run) -> None:
    empty.write(f"api/{JSON}", "{}")
    assert f"api/{JSON}:1:1: MPM401" in run(empty.path, "committed").out


def test_an_archive_below_the_folder_is_nobodys_business(repository: Repository, run: Run) -> None:
    repository.write(f"{DIRECTORY}/archive/{ID}.json", "{}")
    assert run(repository.path, "committed").err == "0 sessions looked at\n"
    repository.write(".gitignore", ".claude-mpm/\n")
    assert run(repository.path, "committed").err == "0 sessions looked at\n"
    repository.write(f"{DIRECTORY}/pause/{ID}.json", "{}")
    assert f"{DIRECTORY}/pause/{ID}.json:1:1: MPM404" in run(repository.path, "committed").out


def test_outside_a_repository(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "committed")
    assert result.status == 3
    assert result.err == f"mpm-hooks: {tmp_path} is in no git repository: nothing can be committed here\n"


def test_a_link_on_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").symlink_to("nowhere")
    assert tracking.linked(str(tmp_path), "a/b/c") == "a/b"
    assert tracking.linked(str(tmp_path), "a/c") is None
