"""Real git: a pause tells the truth, commits its own files alone, and refuses where it could do harm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Repository, Run
from sessions import ID, files, full

from mpm_hooks import commit, pause, session, status
from mpm_hooks.finding import UnableError
from mpm_hooks.session import DIRECTORY, POINTER

NAMES = [
    "a b.txt",
    "tab\there.txt",
    'quote".txt',
    "it's.txt",
    "café.txt",
    "日本語.txt",
    "new\nline.txt",
    "-dash",
    "a -> b",
]


def said(repository: Repository) -> Any:  # noqa: ANN401 - a json
    """Return the json form of the newest session."""
    return json.loads((repository.sessions / f"{repository.ids[-1]}.json").read_bytes())


def records(repository: Repository) -> list[tuple[str, str, str | None]]:
    """Return git's own status as (letters, name, name before)."""
    found: list[tuple[str, str, str | None]] = []
    words = iter(repository.git("status", "--porcelain", "-z").split("\0"))
    for word in words:
        if word:
            letters = word[:2]
            found.append((letters, word[3:], next(words) if letters[0] in "RC" else None))
    return found


def recorded(repository: Repository) -> list[tuple[str, str, str | None]]:
    """Return the status in the newest session in the letters of git's first format."""
    entries = said(repository)["git_context"]["status"]["entries"]
    return [(entry["xy"].replace(".", " "), entry["path"], entry.get("original_path")) for entry in entries]


def test_staged_unstaged_and_untracked_work_stays_as_it_was(repository: Repository, run: Run) -> None:
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    repository.write("kept.txt", "two\n")
    repository.write("loose.txt", "3\n")
    status, index, head = records(repository), repository.git("diff", "--cached"), repository.git("rev-parse", "HEAD")
    result = run(repository.path, "pause", "Halfway", "there")
    assert result.status == 0
    (taken,) = repository.ids
    assert repository.git("show", "--format=", "--name-only").split() == [
        f"{DIRECTORY}/{name}" for name in (POINTER, f"{taken}.json", f"{taken}.md", f"{taken}.yaml")
    ]
    assert repository.git("rev-parse", "HEAD^") == head
    assert (records(repository), repository.git("diff", "--cached")) == (status, index)
    assert recorded(repository) == status
    moment = session.moment_of(taken)
    assert repository.git("log", "-1", "--format=%B").rstrip() == (
        f"session: pause at {moment:%Y-%m-%d %H:%M:%S}\n\nSession ID: {taken}\nContext: Halfway there"
    )
    assert repository.git("fsck", "--strict") == ""
    assert run(repository.path, "check").err == "1 session looked at\n"
    assert run(repository.path, "committed").status == 0


def test_output_names_files_commit_and_the_way_back(repository: Repository, run: Run) -> None:
    result = run(repository.path, "pause", "Halfway")
    (taken,) = repository.ids
    assert result.out.splitlines() == [
        f"Session paused: {taken}",
        "  Halfway (Everything committed)",
        f"  {DIRECTORY}/{taken}.md  (to read)",
        f"  {DIRECTORY}/{taken}.yaml  (to edit)",
        f"  {DIRECTORY}/{taken}.json  (for tools)",
        f"  {DIRECTORY}/{POINTER}  (points to it)",
        f"Committed as {repository.git('rev-parse', 'HEAD')[:10]} on main: these files and nothing else",
        "",
        "To resume, here or in any clone:",
        "  /mpm-resume",
        f"  cat {DIRECTORY}/{taken}.md",
    ]


def test_no_path_of_this_machine_is_written(repository: Repository, run: Run) -> None:
    run(repository.path, "pause", "x")
    for path in repository.sessions.iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(repository.path) not in text
        assert str(Path.home()) not in text
    assert said(repository)["project_path"] == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", ["untracked", "added", "modified", "deleted", "renamed"])
def test_any_file_name(repository: Repository, run: Run, name: str, state: str) -> None:
    path = repository.path / name
    if state in ("modified", "deleted"):
        repository.commit(f"./{name}")
    if state == "renamed":
        repository.git("mv", "kept.txt", f"./{name}")
    elif state == "deleted":
        path.unlink()
    else:
        path.write_text("new\n", encoding="utf-8")
    if state == "added":
        repository.git("add", "-A")
    run(repository.path, "pause")
    assert recorded(repository) == records(repository)
    status = said(repository)["git_context"]["status"]
    assert status["untracked_files" if state == "untracked" else "modified_files"] == [name]
    assert run(repository.path, "check").err == "1 session looked at\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems hold no such name")
def test_a_file_name_that_is_no_text(repository: Repository, run: Run) -> None:
    (repository.path / os.fsdecode(b'caf\xe9"\\.txt')).touch()
    run(repository.path, "pause")
    assert said(repository)["git_context"]["status"]["untracked_files"] == [r'"caf\351\042\134.txt"']
    assert run(repository.path, "check").status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems hold no such name")
def test_directories_whose_names_are_no_text(tmp_path: Path, run: Run) -> None:
    outside = tmp_path / os.fsdecode(b"caf\xe9")
    outside.mkdir()
    assert run(outside, "pause").status == 0
    assert said(Repository(outside))["conversation"]["primary_task"] == r'Work in "caf\351"'
    Repository(outside).git("init", "-q")
    (outside / os.fsdecode(b"\xff")).mkdir()
    assert run(outside / os.fsdecode(b"\xff"), "pause").status == 0
    assert said(Repository(outside))["active_context"]["working_directory"] == r'"\377"'


def test_mode_type_and_intent_to_add(repository: Repository, run: Run) -> None:
    repository.commit("tool.sh")
    repository.commit("link")
    repository.write("intended.txt", "x")
    repository.git("add", "--intent-to-add", "intended.txt")
    (repository.path / "tool.sh").chmod(0o755)
    (repository.path / "link").unlink()
    (repository.path / "link").symlink_to("kept.txt")
    run(repository.path, "pause")
    assert sorted(recorded(repository)) == [(" A", "intended.txt", None), (" M", "tool.sh", None), (" T", "link", None)]
    assert sorted(records(repository)) == sorted(recorded(repository))


@pytest.mark.parametrize(
    "setting", ["status.showUntrackedFiles=no", "status.relativePaths=true", "core.quotePath=true"]
)
def test_settings_of_the_user_do_not_hide_files(repository: Repository, run: Run, setting: str) -> None:
    repository.git("config", *setting.split("="))
    repository.write("é.txt", "x")
    run(repository.path, "pause")
    assert said(repository)["git_context"]["status"]["untracked_files"] == ["é.txt"]


def test_from_a_sub_directory(repository: Repository, run: Run) -> None:
    repository.commit("deep/er/file.txt")
    repository.write("deep/er/file.txt", "2\n")
    result = run(repository.path / "deep/er", "pause")
    assert f"  ../../{DIRECTORY}/{POINTER}  (points to it)" in result.out
    assert said(repository)["active_context"]["working_directory"] == "deep/er"
    assert said(repository)["git_context"]["status"]["modified_files"] == ["deep/er/file.txt"]
    assert not (repository.path / "deep/er/.claude-mpm").exists()


def test_from_a_linked_worktree(repository: Repository, run: Run) -> None:
    repository.git("worktree", "add", "-q", "-b", "other", "../linked")
    linked = Repository(repository.path.parent / "linked")
    linked.write("kept.txt", "two\n")
    assert run(linked.path, "pause").status == 0
    assert said(linked)["git_context"]["branch"] == "other"
    assert linked.git("status", "--porcelain") == " M kept.txt\n"
    assert repository.ids == []


def test_before_the_first_commit(empty: Repository, run: Run) -> None:
    empty.write("secret.env", "x")
    empty.git("add", "secret.env")
    assert run(empty.path, "pause").status == 0
    context = said(empty)["git_context"]
    assert (context["branch"], context["head"], context["recent_commits"]) == ("main", None, [])
    assert "secret.env" not in empty.git("show", "--name-only")
    assert empty.git("status", "--porcelain") == "A  secret.env\n"
    assert "with 1 changed file. No message" in said(empty)["conversation"]["summary"]


def test_before_the_first_commit_with_nothing_there(empty: Repository, run: Run) -> None:
    run(empty.path, "pause")
    conversation = said(empty)["conversation"]
    assert (conversation["primary_task"], conversation["current_phase"]) == ("Begin work", "Before the first commit")


def test_sha256_repository(tmp_path: Path, run: Run) -> None:
    repository = Repository(tmp_path / "work")
    repository.path.mkdir()
    repository.git("init", "-q", "--object-format=sha256")
    assert run(repository.path, "pause").status == 0
    repository.commit("a.txt")
    assert run(repository.path, "pause").status == 0
    assert len(said(repository)["git_context"]["head"]) == 64


@pytest.mark.parametrize("setting", [("core.splitIndex", "true"), ("index.version", "4"), ("core.autocrlf", "true")])
def test_unusual_indexes(repository: Repository, run: Run, setting: tuple[str, str]) -> None:
    repository.git("config", *setting)
    repository.git("update-index", "--force-write-index")
    repository.write("staged.txt", "1\n")
    repository.git("add", "staged.txt")
    assert run(repository.path, "pause").status == 0
    assert repository.git("status", "--porcelain") == "A  staged.txt\n"
    assert repository.git("fsck", "--strict") == ""


def test_ends_of_lines_are_no_obstacle(repository: Repository, run: Run) -> None:
    repository.git("config", "core.autocrlf", "true")
    repository.git("config", "core.safecrlf", "true")
    assert run(repository.path, "pause").status == 0
    assert repository.git("status", "--porcelain") == ""


def test_sparse_checkout(repository: Repository, run: Run) -> None:
    repository.commit("src/a.txt")
    repository.commit("lib/b.txt")
    repository.git("sparse-checkout", "set", "src")
    for number in (1, 2):
        assert run(repository.path, "pause").status == 0
        assert repository.git("status", "--porcelain") == ""
        assert repository.git("show", "--format=", "--name-only").count("\n") == 4
        assert repository.git("show", f"HEAD:{DIRECTORY}/{POINTER}").startswith(f"Latest Session: {repository.ids[-1]}")
        assert repository.git("ls-files", f"{DIRECTORY}/session-*.md").count("\n") == number
        repository.git("sparse-checkout", "reapply")


def test_last_commits_are_read_whatever_stands_in_them(repository: Repository, run: Run) -> None:
    subjects = ["pipe | and 'quote'", "emoji 🚀", "[wip] x", "last"]
    for number, subject in enumerate(subjects):
        repository.commit(f"{number}.txt", message=subject)
    repository.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "", "--author=A | B <a@b>")
    run(repository.path, "pause")
    commits = said(repository)["git_context"]["recent_commits"]
    assert [commit["message"] for commit in commits] == ["", *reversed(subjects)]
    assert commits[0]["author"] == "A | B"
    assert commits[0]["sha"] == repository.git("log", "-1", "--skip=1", "--format=%h").strip()
    assert "files_to_review" not in said(repository)["resume_instructions"]


def test_authors_that_are_no_text(repository: Repository, run: Run) -> None:
    made = repository.git("cat-file", "commit", "HEAD").replace("Ann Example", "J\udce9r\udcf4me")
    (repository.path.parent / "commit").write_bytes(made.encode("utf-8", "surrogateescape"))
    repository.git("update-ref", "HEAD", repository.git("hash-object", "-t", "commit", "-w", "../commit").strip())
    assert run(repository.path, "pause").status == 0
    assert (
        said(repository)["git_context"]["recent_commits"][0]["author"]
        == "J\N{REPLACEMENT CHARACTER}r\N{REPLACEMENT CHARACTER}me"
    )


@pytest.mark.parametrize(
    ("prepare", "task", "phase"),
    [
        pytest.param([], "After commit SHA: Begin", "Everything committed", id="clean"),
        pytest.param(
            [["switch", "-qc", "feature/x"]],
            "Work on feature/x",
            "Everything committed",
            id="branch",
        ),
        pytest.param([["rm", "-q", "kept.txt"]], "Changes to kept.txt", "Changes staged, not committed", id="staged"),
        pytest.param(
            [["mv", "kept.txt", "a"], ["rm", "-q", "--cached", "a"]], "Changes to", "Changes staged, not", id="mix"
        ),
    ],
)
def test_task_and_phase_without_a_message(
    repository: Repository, run: Run, prepare: list[list[str]], task: str, phase: str
) -> None:
    for words in prepare:
        repository.git(*words)
    task = task.replace("SHA", repository.git("log", "-1", "--format=%h").strip())
    run(repository.path, "pause")
    conversation = said(repository)["conversation"]
    assert conversation["primary_task"].startswith(task)
    assert conversation["current_phase"].startswith(phase)
    assert conversation["summary"].endswith("No message was given.")


def test_task_on_a_new_branch_before_the_first_commit(empty: Repository, run: Run) -> None:
    empty.git("switch", "-qc", "feature/x")
    run(empty.path, "pause")
    assert said(empty)["conversation"]["primary_task"] == "Work on feature/x"


def test_task_of_many_new_files(repository: Repository, run: Run) -> None:
    for name in "abcd":
        repository.write(name, "x")
    run(repository.path, "pause")
    conversation = said(repository)["conversation"]
    assert conversation["primary_task"] == "Changes to a, b, c and 1 more"
    assert conversation["current_phase"] == "New files not added yet"
    assert "with 4 untracked files." in conversation["summary"]


def test_files_to_review_are_those_at_work_else_of_the_last_commit(repository: Repository, run: Run) -> None:
    repository.commit("last.txt")
    run(repository.path, "pause")
    assert said(repository)["resume_instructions"]["files_to_review"] == ["last.txt"]
    repository.write("kept.txt", "two\n")
    run(repository.path, "pause", "--no-commit")
    assert said(repository)["resume_instructions"]["files_to_review"] == ["kept.txt"]


def test_a_new_directory_is_one_entry_as_in_git_status(repository: Repository, run: Run) -> None:
    repository.write("new/a.txt", "")
    repository.write("new/b.txt", "")
    run(repository.path, "pause")
    assert recorded(repository) == [("??", "new/", None)]
    assert said(repository)["resume_instructions"]["files_to_review"] == ["new/a.txt", "new/b.txt"]


def test_version_of_the_project(repository: Repository, run: Run) -> None:
    versions = {'[project]\nversion = "1.2"  # x\n': "1.2", "project = 1\n": None, "[project]\n": None, "[": None}
    for text, version in versions.items():
        repository.write("pyproject.toml", text)
        run(repository.path, "pause")
        assert said(repository).get("version") == version


def test_message_from_the_environment(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPM_PAUSE_MESSAGE", "From outside")
    run(repository.path, "pause")
    assert said(repository)["conversation"]["summary"] == "From outside"
    run(repository.path, "pause", "From the words")
    assert said(repository)["conversation"]["summary"] == "From the words"


@pytest.mark.parametrize(
    ("message", "summary", "context"),
    [
        pytest.param("one\n\ntwo  \n", "one\n\ntwo", "one two", id="lines"),
        pytest.param("a\x1b[31mb\x07\r\nc", "a[31mb\nc", "a[31mb c", id="control characters"),
        pytest.param("caf\udce9", "caf\N{REPLACEMENT CHARACTER}", "caf\N{REPLACEMENT CHARACTER}", id="no utf-8"),
        pytest.param("## x\n**Branch**: `y`\n---\n", "## x\n**Branch**: `y`\n---", "## x **Branch**: `y` ---", id="md"),
        pytest.param("x " * 70_000, ("x " * 70_000).strip(), ("x " * 70_000).strip(), id="128 KiB and more"),
    ],
)
def test_any_message(repository: Repository, run: Run, message: str, summary: str, context: str) -> None:
    result = run(repository.path, "pause", message)
    assert result.status == 0
    assert said(repository)["conversation"]["summary"] == summary
    assert (
        yaml.safe_load((repository.sessions / f"{repository.ids[-1]}.yaml").read_bytes())["conversation"]["summary"]
        == summary
    )
    assert repository.git("log", "-1", "--format=%B").rstrip().partition("Context: ")[2] == context
    assert len(said(repository)["conversation"]["primary_task"]) <= 120
    checked = run(repository.path, "check", "--ignore", "MPM217")  # of a message without end, not all is searched
    assert checked.err == "1 session looked at\n"


def test_what_a_killed_pause_left_is_cleared_before_git_looks(repository: Repository, run: Run) -> None:
    """Git is asked first of all; what it saw then is not told."""
    assert run(repository.path, "pause").status == 0
    repository.write(f"{DIRECTORY}/.mpm-hooks-1-session-20260101-000000.md", "left\n")
    assert run(repository.path, "pause").status == 0
    data = json.loads((repository.sessions / f"{repository.ids[-1]}.json").read_bytes())
    assert data["git_context"]["status"]["entries"] == []


def test_several_in_one_second_take_the_next_free_one(repository: Repository, run: Run) -> None:
    for _ in range(3):
        assert run(repository.path, "pause", "x").status == 0
    assert len(repository.ids) == 3
    assert (
        (repository.sessions / POINTER)
        .read_text(encoding="utf-8")
        .startswith(f"Latest Session: {repository.ids[-1]}\n")
    )
    assert run(repository.path, "check").err == "3 sessions looked at\n"
    assert repository.git("status", "--porcelain") == ""


def test_no_commit(repository: Repository, run: Run) -> None:
    head = repository.git("rev-parse", "HEAD")
    result = run(repository.path, "pause", "--no-commit", "x")
    assert (result.status, "Not committed, as you asked" in result.out) == (0, True)
    assert repository.git("rev-parse", "HEAD") == head
    assert repository.git("status", "--porcelain") == "?? .claude-mpm/\n"


def test_outside_a_repository(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "pause")
    assert result.status == 0
    assert f"Not committed: {tmp_path} is in no git repository" in result.out
    outside = Repository(tmp_path)
    assert said(outside)["git_context"] == {"is_git_repo": False, "branch": None, "recent_commits": []}
    assert said(outside)["conversation"]["current_phase"] == "Not under version control"
    assert run(tmp_path, "check").err == "1 session looked at\n"


@pytest.mark.parametrize(
    ("target", "start"),
    [
        pytest.param("copy.json", b"{", id="json"),
        pytest.param("copy.md", b"# Claude MPM", id="md"),
        pytest.param("copy.yml", b"session_id: ", id="yaml"),
        pytest.param("folder", b"{", id="folder"),
    ],
)
def test_export(repository: Repository, run: Run, tmp_path: Path, target: str, start: bytes) -> None:
    (tmp_path / "folder").mkdir()
    result = run(repository.path, "pause", "--export", str(tmp_path / target))
    path = tmp_path / target
    if path.is_dir():
        path /= f"{repository.ids[0]}.json"
    assert path.read_bytes().startswith(start)
    assert f"Copied to {path}" in result.out


def test_export_overwrites_nothing(repository: Repository, run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy.json").write_text("mine", encoding="utf-8")
    result = run(repository.path, "pause", "--export", str(tmp_path / "copy.json"))
    assert (result.status, repository.ids) == (2, [])
    assert "is not overwritten; nothing was written" in result.err
    assert (tmp_path / "copy.json").read_text(encoding="utf-8") == "mine"


def test_export_makes_the_folders_on_the_way(repository: Repository, run: Run, tmp_path: Path) -> None:
    assert run(repository.path, "pause", "--export", str(tmp_path / "new/er/copy.json")).status == 0
    assert (tmp_path / "new/er/copy.json").exists()


def test_export_to_where_nothing_can_be_is_said(repository: Repository, run: Run) -> None:
    result = run(repository.path, "pause", "--export", "kept.txt/copy.json")
    assert result.status == 3
    assert f"{repository.ids[0]} is written, its copy is not: kept.txt: File exists" in result.err


def test_export_into_the_folder_of_sessions_itself(repository: Repository, run: Run) -> None:
    repository.sessions.mkdir(parents=True)
    result = run(repository.path, "pause", "--export", DIRECTORY)
    assert result.status == 3
    assert "its copy is not" in result.err
    assert repository.git("log", "-1", "--format=%s").startswith("session: pause")


# What a hook runner sets aside


def set_aside(repository: Repository) -> Path:
    """Put the unstaged changes into a patch and out of the work tree, as runners do."""
    patch = repository.path.parent / "patch"
    command = ["git", "diff", "--ignore-submodules", "--binary", "--no-color", "--no-ext-diff"]
    patch.write_bytes(subprocess.run(command, cwd=repository.path, check=True, capture_output=True).stdout)
    repository.git("checkout", "--", ".")
    return patch


def paused_aside(repository: Repository, patch: Path, monkeypatch: pytest.MonkeyPatch) -> pause.Outcome:
    monkeypatch.chdir(repository.path)
    return pause.take(pause.Request(set_aside=str(patch)), repository.path)


def test_work_that_was_set_aside_is_found_again(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit("both.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    odd = "caf\udce9.txt" if sys.platform == "linux" else "café.txt"  # other file systems hold no such name
    for name in ("gone.txt", "link", "tool.sh", "crlf.txt", odd, "tab\t.txt"):
        repository.commit(name)
    repository.write("both.txt", "a\n2\n3\n4\n5\n6\n7\n8\n9\n")
    repository.git("add", "both.txt")
    repository.git("mv", "kept.txt", "renamed.txt")
    repository.write("both.txt", "a\n2\n3\n4\n5\n6\n7\n8\nb\n")
    (repository.path / "gone.txt").unlink()
    (repository.path / "link").unlink()
    (repository.path / "link").symlink_to("both.txt")
    (repository.path / "tool.sh").chmod(0o755)
    repository.write("crlf.txt", "1\r\nno newline at the end")
    repository.write(odd, b"\0\xff")
    repository.write("tab\t.txt", "")
    repository.write("untracked.txt", "")
    expected = [(xy, status.spelled(os.fsencode(name)), before) for xy, name, before in records(repository)]
    outcome = paused_aside(repository, set_aside(repository), monkeypatch)
    assert sorted(recorded(repository)) == sorted(expected)
    assert "incomplete" not in said(repository)["git_context"]["status"]
    assert outcome.work
    assert outcome.work.incomplete is None


def test_files_taken_out_of_the_index_alone(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit("changed.txt")
    repository.git("rm", "-q", "--cached", "kept.txt")
    repository.write("changed.txt", "2\n")
    expected = [(" M", "changed.txt", None), ("??", "kept.txt", None), ("D ", "kept.txt", None)]
    assert sorted(records(repository)) == expected
    paused_aside(repository, set_aside(repository), monkeypatch)
    assert sorted(recorded(repository)) == expected


def test_blanks_at_the_end_of_lines_are_no_obstacle(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.git("config", "apply.whitespace", "error")
    repository.write("kept.txt", "blank \n")
    paused_aside(repository, set_aside(repository), monkeypatch)
    assert recorded(repository) == [(" M", "kept.txt", None)]


def test_work_that_cannot_be_found_again_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("kept.txt", "two\n")
    patch = set_aside(repository)
    repository.commit("kept.txt", "another\n")
    outcome = paused_aside(repository, patch, monkeypatch)
    assert "patch does not apply" in said(repository)["git_context"]["status"]["incomplete"]
    assert outcome.work
    assert outcome.work.incomplete
    assert any("incomplete" in line for line in said(repository)["important_reminders"])


def test_a_patch_that_holds_the_pointer(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(repository.path, "pause")
    repository.write(f"{DIRECTORY}/{POINTER}", "mine\n")
    patch = set_aside(repository)
    with pytest.raises(UnableError, match="has unstaged changes, which the hook runner keeps aside"):
        paused_aside(repository, patch, monkeypatch)
    assert len(repository.ids) == 1


# Refusals: nothing is written, and the reason is said


def begin(repository: Repository, *operation: str) -> None:
    """Come to a stop in an operation, by a conflict."""
    repository.git("switch", "-qc", "other")
    repository.commit("kept.txt", "other\n", "Other")
    repository.git("switch", "-q", "main")
    repository.commit("kept.txt", "main\n", "Main")
    repository.git(*operation, check=False)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        pytest.param(["merge", "other"], "merge", id="merge"),
        pytest.param(["rebase", "other"], "rebase", id="rebase"),
        pytest.param(["cherry-pick", "other"], "cherry-pick", id="cherry-pick"),
        pytest.param(["revert", "HEAD^"], "revert", id="revert"),
        pytest.param(["bisect", "start"], "bisect", id="bisect"),
    ],
)
def test_operation_in_progress(repository: Repository, run: Run, operation: list[str], name: str) -> None:
    begin(repository, *operation)
    before = (repository.git("rev-parse", "HEAD"), records(repository))
    result = run(repository.path, "pause", "x")
    assert result.status == 3
    assert f"a git {name} is in progress" in result.err
    assert "--no-commit" in result.err
    assert not (repository.path / ".claude-mpm").exists()
    assert (repository.git("rev-parse", "HEAD"), records(repository)) == before
    assert run(repository.path, "pause", "--no-commit").status == 0
    context = said(repository)["git_context"]
    assert context["operation"] == name
    assert sorted(recorded(repository)) == sorted(before[1])
    assert f"{name.capitalize()} in progress" in said(repository)["conversation"]["current_phase"]
    assert said(repository)["conversation"]["primary_task"].startswith(name.capitalize())


def test_patches_of_a_mailbox_in_progress(repository: Repository, run: Run) -> None:
    begin(repository, "status")
    patch = repository.git("format-patch", "--stdout", "-1", "other")
    repository.write("../0.patch", patch)
    repository.git("am", "-q", "../0.patch", check=False)
    assert "a git am is in progress" in run(repository.path, "pause").err


def test_detached_head(repository: Repository, run: Run) -> None:
    repository.git("checkout", "-q", "--detach")
    result = run(repository.path, "pause")
    assert (result.status, repository.sessions.exists()) == (3, False)
    assert "HEAD is detached" in result.err
    assert run(repository.path, "pause", "--no-commit").status == 0
    assert said(repository)["git_context"]["branch"] == ""
    assert "on a detached HEAD" in said(repository)["conversation"]["summary"]


def test_missing_identity(repository: Repository, run: Run) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\nuseConfigOnly = true\n", encoding="utf-8")
    result = run(repository.path, "pause")
    assert (result.status, repository.sessions.exists()) == (3, False)
    assert "git config user.name" in result.err


def test_ignored_sessions(repository: Repository, run: Run) -> None:
    repository.commit(".gitignore", ".claude-mpm/\n")
    result = run(repository.path, "pause")
    assert (result.status, (repository.path / ".claude-mpm").exists()) == (3, False)
    assert "ignored by .gitignore:1: .claude-mpm/" in result.err
    assert "add at the end of .gitignore: !.claude-mpm/ " in result.err
    assert run(repository.path, "pause", "--no-commit").status == 0


@pytest.mark.parametrize("pattern", ["*.md", "LATEST*"])
def test_sessions_that_are_ignored_in_part(repository: Repository, run: Run, pattern: str) -> None:
    repository.commit(".gitignore", f"{pattern}\n")
    result = run(repository.path, "pause")
    assert (result.status, (repository.path / ".claude-mpm").exists()) == (3, False)
    assert f"ignored by .gitignore:1: {pattern}" in result.err


def test_a_session_of_the_future_keeps_the_pointer(repository: Repository, run: Run) -> None:
    for name, content in files(full("session-29990101-000000")).items():
        repository.write(name, content)
    result = run(repository.path, "pause")
    assert f"{POINTER}  (points to session-29990101-000000, which is dated later)" in result.out
    assert run(repository.path, "check", "--ignore", "MPM210").status == 0


def test_a_session_below_the_folder_does_not_draw_the_pointer(repository: Repository, run: Run) -> None:
    repository.commit(f"{DIRECTORY}/archive/session-29990101-000000.json", "{}")
    assert "(points to it)" in run(repository.path, "pause").out
    assert run(repository.path, "check").status == 0


def test_a_link_on_the_way(repository: Repository, run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repository.path / ".claude-mpm").symlink_to(tmp_path / "elsewhere")
    result = run(repository.path, "pause")
    assert (result.status, list((tmp_path / "elsewhere").iterdir())) == (3, [])
    assert ".claude-mpm is a symbolic link" in result.err


def test_a_file_in_the_way(repository: Repository, run: Run) -> None:
    repository.write(".claude-mpm", "mine")
    result = run(repository.path, "pause")
    assert (result.status, (repository.path / ".claude-mpm").read_text(encoding="utf-8")) == (3, "mine")


def test_inside_a_commit(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    result = run(repository.path, "pause")
    assert (result.status, repository.sessions.exists()) == (3, False)
    assert "a git commit is running" in result.err


def test_what_git_hands_to_hooks_of_another_repository_is_not_heeded(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Repository(other).git("init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Bob")
    assert run(repository.path, "pause").status == 0
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert repository.git("log", "-1", "--format=%an") == "Ann Example\n"
    assert len(repository.ids) == 1
    assert not (other / ".claude-mpm").exists()


def test_the_index_is_locked(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "_LOCK_PATIENCE", 0.1)
    (repository.path / ".git/index.lock").touch()
    head = repository.git("rev-parse", "HEAD")
    result = run(repository.path, "pause")
    assert result.status == 3
    assert "another git holds" in result.err
    assert "nothing was written" in result.err
    assert (repository.path / ".git/index.lock").exists()
    assert not (repository.path / ".claude-mpm").exists()
    assert repository.git("rev-parse", "HEAD") == head


def test_a_failure_to_sign_loses_nothing(repository: Repository, run: Run) -> None:
    repository.git("config", "commit.gpgSign", "true")
    repository.git("config", "gpg.program", "false")
    head = repository.git("rev-parse", "HEAD")
    result = run(repository.path, "pause")
    assert result.status == 3
    assert "the session cannot be committed: error: gpg failed to sign the data; nothing was written" in result.err
    assert not (repository.path / ".claude-mpm").exists()
    assert (repository.git("rev-parse", "HEAD"), repository.git("diff", "--cached")) == (head, "")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen to make a key with")
def test_the_commit_is_signed(repository: Repository, run: Run) -> None:
    repository.git("config", "commit.gpgSign", "true")
    repository.git("config", "gpg.format", "ssh")
    key = repository.path.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    repository.git("config", "user.signingKey", str(key))
    assert run(repository.path, "pause").status == 0
    assert "-----BEGIN SSH SIGNATURE-----" in repository.git("cat-file", "commit", "HEAD")


@pytest.mark.parametrize("staged", [True, False])
def test_a_branch_that_cannot_be_moved_leaves_the_index_as_it_was(empty: Repository, run: Run, *, staged: bool) -> None:
    if staged:
        empty.write("staged.txt", "x")
        empty.git("add", "staged.txt")
    empty.write(".git/hooks/reference-transaction", "#!/bin/sh\nexit 1\n").chmod(0o755)
    before = empty.git("status", "--porcelain")
    result = run(empty.path, "pause")
    assert result.status == 3
    assert "the session cannot be committed: fatal: ref updates aborted by hook; nothing was written" in result.err
    assert empty.git("status", "--porcelain") == before
    assert not (empty.path / ".claude-mpm").exists()
    assert (empty.path / ".git/index").exists() == staged
    assert not list((empty.path / ".git").glob("*.lock"))


def test_hooks_of_the_user_are_not_run(repository: Repository, run: Run) -> None:
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"):
        repository.write(f".git/hooks/{name}", "#!/bin/sh\ntouch ran\nexit 1\n").chmod(0o755)
    assert run(repository.path, "pause").status == 0
    assert not (repository.path / "ran").exists()


def test_a_bare_repository(tmp_path: Path, run: Run) -> None:
    Repository(tmp_path).git("init", "-q", "--bare")
    result = run(tmp_path, "pause")
    assert result.status == 3
    assert "must be run in a work tree" in result.err


def test_no_git(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    result = run(repository.path, "pause")
    assert (result.status, result.err) == (3, "mpm-hooks: git is not installed, or not on PATH\n")


def test_a_sub_module_that_is_dirty(repository: Repository, run: Run, tmp_path: Path) -> None:
    library = Repository(tmp_path / "library")
    library.path.mkdir()
    library.git("init", "-q")
    library.commit("a.txt")
    repository.git("submodule", "--quiet", "add", str(library.path), "vendor/sub")
    repository.git("commit", "-qm", "Add it")
    repository.write("vendor/sub/a.txt", "2\n")
    run(repository.path, "pause")
    assert recorded(repository) == [(" M", "vendor/sub", None)] == records(repository)


def test_what_the_user_had_in_the_folder_stays(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(name, content)
    repository.git("add", ".")
    repository.git("commit", "-qm", "Pause")
    repository.write(f"{DIRECTORY}/{ID}.md", "edited\n")
    repository.write(f"{DIRECTORY}/notes.txt", "mine\n")
    run(repository.path, "pause")
    assert repository.git("status", "--porcelain") == f" M {DIRECTORY}/{ID}.md\n?? {DIRECTORY}/notes.txt\n"


def test_the_clock_is_utc(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    run(repository.path, "pause")
    moment = session.moment_of(repository.ids[0])
    assert moment is not None
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60


@pytest.mark.skipif(sys.platform == "win32", reason="there everybody has a name")
def test_a_user_without_a_name_and_a_home(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd  # noqa: PLC0415 - not on Windows

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert run(repository.path, "pause", "x").status == 0


def test_a_refusal_tells_of_a_pause_that_was_interrupted(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "_LOCK_PATIENCE", 0.1)
    for name, content in files(full()).items():
        written = repository.write(name, content)
        os.link(written, written.with_name(f".mpm-hooks-1-{written.name}"))
    (repository.path / ".git/index.lock").touch()
    result = run(repository.path, "pause", "x")
    assert result.status == 3
    assert result.err.endswith(f"; an earlier pause was interrupted before it committed {ID}\n")
