"""The sessions of a work tree, a line each: in order, against git, wherever they lie, whatever they say."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository, Run
from hypothesis import given
from hypothesis import strategies as st
from sessions import ID, LATER, full, paused
from shelves import HOSTILE, NOW, OLDER, OLDEST, about, place, save

from mpm_hooks import inquiry, listing, plumbing, shelf, stock, worktrees
from mpm_hooks.briefing import Fate, Standing, words
from mpm_hooks.commands.list import progress
from mpm_hooks.listing import Listing, Row, text
from mpm_hooks.screen import Screen, width
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY
from mpm_hooks.summary import Drift, Match, State, Told

pytestmark = pytest.mark.once


def listed(project: Repository, *, limit: int = 20, is_all: bool = False, settings: str = "") -> Listing:
    """List the sessions of a repository."""
    at = place(project, settings)
    return inquiry.listing(stock.of(at.top), at, limit=limit, is_all=is_all)


def rows(project: Repository, **more: Any) -> list[str]:  # noqa: ANN401 - what ``listed`` takes
    """List the sessions of a repository as text."""
    return list(text.lines(listed(project, **more), Screen()))


@pytest.fixture
def branch(repository: Repository) -> Repository:
    """Make a branch with a commit of work, and a session that was paused at it."""
    repository.git("switch", "-qc", "work")
    repository.commit("parse.py", "1\n", "Read json")
    save(repository, said=about("Write the parser"))
    return repository


def test_a_list(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hold the whole of what a prepared repository gives to see."""
    monkeypatch.chdir(repository.path)
    save(repository, OLDEST, said=about("Choose a license"))
    repository.git("switch", "-qc", "done")
    save(repository, OLDER, said=about("日本語のトピック"))
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-edit", "done")
    repository.git("branch", "-qD", "done")
    repository.git("switch", "-qc", "work")
    repository.commit("parse.py")
    save(repository, said={"blockers": ["The schema is not there"], **about("Write the parser")})
    repository.commit("parse.py", "2\n")
    repository.commit("other.txt")
    repository.write(f"{DIRECTORY}/{LATER}.json", "{")
    repository.write(f"{DIRECTORY}/session-2026-01-22.json", "{}")
    repository.git("worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"), "main")
    save(Repository(tmp_path / "beside"), "session-20260118-100000", said=about("Beside"))
    misnamed = f"{DIRECTORY}/session-2026-01-22.json"
    assert rows(repository) == [
        "#  session          paused   state        branch  drift                                   topic",
        f"1  20260122-100000  3 h ago  unreadable           {' ' * 38}  its json is broken at line 1 (MPM103)",
        "2  20260121-100000  1 d ago  blocked      work    2 commits behind, 1 named file touched  Write the parser",
        "3  20260120-100000  2 d ago  in progress  done    branch merged                           日本語のトピック",
        "4  20260119-100000  3 d ago  in progress  main    fresh                                   Choose a license",
        f"{LATER} cannot be read: mpm-hooks check {DIRECTORY}/{LATER}.json",
        "1 more in ../beside: mpm-hooks list --all",
        f"{misnamed} is not named as sessions are: mpm-hooks check {misnamed}",
    ]
    assert rows(repository, limit=2)[3] == "2 older: mpm-hooks list --limit 4"
    assert rows(repository, is_all=True)[5:6] == [
        "5  20260118-100000  4 d ago  in progress  ../beside  beside  fresh                                   Beside"
    ]
    shown = list(listing.as_markdown(listed(repository)))
    assert shown[0] == "| # | session | paused | state | branch | drift | topic |"
    assert shown[3] == (
        f"| 2 | `{ID}` | 1 d ago | blocked | `work` | 2 commits behind, 1 named file touched | Write the parser |"
    )
    assert shown[6:9:2] == ["", "- 1 more in ../beside: mpm-hooks list --all"]


def test_data(repository: Repository, run: Run) -> None:
    save(repository, said=about("Write the parser"))
    done = run(repository.path, "list", "--format", "json")
    found = json.loads(done.out)
    assert list(found) == [
        "sessions",
        "total",
        "older",
        "other_worktrees",
        "other_branches",
        "misnamed",
        "unseen_worktrees",
    ]
    assert list(found["sessions"][0]) == [
        *("index", "age", "topic", "branch_is", "worktree", "why"),
        *("id", "path", "status", "paused_at", "branch", "commit", "goal", "summary", "done", "next", "decisions"),
        *("open_questions", "blockers", "tried", "verify", "files", "uncommitted", "drift"),
    ]
    assert (found["total"], found["sessions"][0]["branch_is"]) == (1, "checked out")
    assert (done.status, done.err) == (0, "")


def test_none(repository: Repository, run: Run, tmp_path: Path) -> None:
    done = run(repository.path, "list")
    assert (done.status, done.out, done.err) == (0, "no session here\ntake one: mpm-hooks pause\n", "")
    assert run(tmp_path, "list").out == "no session here\ntake one: mpm-hooks pause\n"
    assert (
        run(repository.path, "list", "--format", "markdown").out == "No session here.\n\n- take one: mpm-hooks pause\n"
    )
    assert json.loads(run(repository.path, "list", "--format", "json").out)["sessions"] == []


def test_none_here_but_on_other_branches(branch: Repository, tmp_path: Path) -> None:
    branch.git("switch", "-q", "main")
    assert rows(branch) == ["no session here", f"branch work has {ID}: git switch work"]
    clone = Repository(tmp_path / "clone")
    branch.git("clone", "-q", str(branch.path), str(clone.path))
    assert rows(clone) == ["no session here", f"branch work has {ID}: git switch work"]
    assert json.loads(listing.as_json(listed(clone)))["other_branches"] == [{"branch": "work", "latest": ID}]
    branch.git("switch", "-q", "work")
    bare = Repository(tmp_path / "bare")
    branch.git("clone", "-q", "--no-checkout", str(branch.path), str(bare.path))
    assert rows(bare) == ["no session here", f"branch work has {ID}: git switch work"]


def test_outside_of_git(tmp_path: Path) -> None:
    project = Repository(tmp_path)
    for name, content in paused(full()).items():
        project.write(f"{DIRECTORY}/{name}", content)
    assert rows(project)[1:] == ["1  20260121-100000  1 d ago  in progress  feature/parser  unknown  Write the parser"]


def test_before_the_first_commit(empty: Repository) -> None:
    save(empty, committed=False)
    assert rows(empty)[1:] == ["1  20260121-100000  1 d ago  in progress  main    unknown  Write the parser"]


def test_a_repository_in_which_git_does_not_work(repository: Repository, run: Run) -> None:
    repository.write(".git/config", "[core\n")
    done = run(repository.path, "list")
    assert (done.status, done.out) == (3, "")
    assert "config" in done.err


def test_wrong_limit(repository: Repository, run: Run) -> None:
    done = run(repository.path, "list", "--limit", "-1")
    assert (done.status, done.err) == (2, "mpm-hooks: --limit takes a number from 0 on, which stands for all\n")


def unchanged(project: Repository) -> None:
    pass


def followed(project: Repository) -> None:
    project.commit("other.txt")


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


def done_anew(project: Repository) -> None:
    project.git("reset", "-q", "--hard", "main")
    project.commit("parse.py", "quite another\n")
    save(project, "session-20260101-100000")
    project.git("checkout", "-q", "work@{3}", "--", DIRECTORY)


def merged(project: Repository) -> None:
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--no-ff", "--no-edit", "work")


def merged_and_followed(project: Repository) -> None:
    merged(project)
    project.git("switch", "-q", "work")
    followed(project)


def followed_and_merged(project: Repository) -> None:
    followed(project)
    merged(project)


def merged_by_squash(project: Repository) -> None:
    project.git("switch", "-q", "main")
    project.git("merge", "-q", "--squash", "work")
    project.git("commit", "-qm", "All of it")


def merged_and_deleted(project: Repository) -> None:
    merged_by_squash(project)
    project.git("branch", "-qD", "work")


def deleted(project: Repository) -> None:
    project.git("switch", "-q", "main")
    project.git("checkout", "-q", "work", "--", DIRECTORY)
    project.git("branch", "-qD", "work")


def detached(project: Repository) -> None:
    project.git("checkout", "-q", "--detach")
    save(project)


def without_default(project: Repository) -> None:
    project.git("branch", "-qD", "main")


@pytest.mark.parametrize(
    ("change", "said", "short", "fate"),
    [
        (unchanged, "fresh", "fresh", Fate.CURRENT),
        (followed, "1 commit behind", "1 behind", Fate.CURRENT),
        (amended, "fresh", "fresh", Fate.CURRENT),
        (squashed, "fresh (history rewritten)", "fresh", Fate.CURRENT),
        (rebased, "fresh (history rewritten)", "fresh", Fate.CURRENT),
        (done_anew, "diverged", "diverged", Fate.CURRENT),
        (merged, "branch merged", "merged", Fate.MERGED),
        (merged_and_followed, "1 commit behind", "1 behind", Fate.CURRENT),
        (followed_and_merged, "branch merged", "merged", Fate.MERGED),
        (merged_by_squash, "branch merged", "merged", Fate.MERGED),
        (merged_and_deleted, "branch merged", "merged", Fate.MERGED),
        (deleted, "branch gone", "gone", Fate.GONE),
        (detached, "fresh", "fresh", Fate.UNKNOWN),
        (without_default, "fresh", "fresh", Fate.CURRENT),
    ],
)
def test_standing(branch: Repository, change: Callable[[Repository], None], said: str, short: str, fate: Fate) -> None:
    change(branch)
    standing = listed(branch).rows[0].standing
    assert (words.standing(standing), words.standing(standing, short=True)) == (said, short)
    assert standing.fate is fate


def test_standing_in_a_clone(branch: Repository, tmp_path: Path) -> None:
    """A branch of the remote is there; one that a clone does not fetch may be there, and is not called gone."""
    files = {path.name: path.read_bytes() for path in branch.sessions.iterdir()}
    branch.git("switch", "-q", "main")
    for name, words_, fate in (
        ("whole", (), Fate.REMOTE),
        ("single", ("--single-branch", "--branch", "main"), Fate.UNKNOWN),
    ):
        clone = Repository(tmp_path / name)
        branch.git("clone", "-q", *words_, branch.path.as_uri(), str(clone.path))
        for path, content in files.items():
            clone.write(f"{DIRECTORY}/{path}", content)
        assert listed(clone).rows[0].standing.fate is fate


def test_default_branch(branch: Repository, tmp_path: Path) -> None:
    """A remote says which it is, else the settings; its copy counts if it is further."""
    branch.git("branch", "-qm", "main", "stable")
    assert listed(branch).rows[0].standing.base == ""
    settings = '[tool.mpm-hooks]\ndefault-branches = ["stable"]\n'
    assert listed(branch, settings=settings).rows[0].standing.base == "stable"
    branch.git("switch", "-q", "stable")
    clone = Repository(tmp_path / "clone")
    branch.git("clone", "-q", branch.path.as_uri(), str(clone.path))
    branch.git("merge", "-q", "--no-ff", "--no-edit", "work")
    clone.git("switch", "-q", "work")
    clone.git("fetch", "-q")
    standing = listed(clone).rows[0].standing
    assert (standing.base, standing.default, standing.fate) == ("stable", "stable", Fate.MERGED)


@pytest.mark.parametrize(
    ("branch_name", "fate"),
    [
        ("unknown", Fate.UNKNOWN),
        ("", Fate.UNKNOWN),
        ("no such branch", Fate.UNKNOWN),
        ("-delete", Fate.UNKNOWN),
        ("other\n", Fate.UNKNOWN),
        ("other", Fate.GONE),
    ],
)
def test_what_no_branch_is_called(repository: Repository, branch_name: str, fate: Fate) -> None:
    save(repository, committed=False, said={"git_context": {"branch": branch_name}})
    assert listed(repository).rows[0].standing.fate is fate


def test_the_newest_is_first_by_content(repository: Repository) -> None:
    """Neither file times count nor digits that are no second; of the same second, what they say does."""
    unreal = "session-99999999-999999"
    save(repository, OLDER, committed=False)
    save(repository, unreal, committed=False, said={"paused_at": "2026-01-20T12:00:00+00:00"})
    save(repository, LATER, committed=False)
    save(repository, ID, committed=False, said={"paused_at": "2026-01-21T10:00:00+00:00"})
    save(repository, ID, LEGACY_DIRECTORY, committed=False, said={"paused_at": "2026-01-21T10:00:00.5+00:00"})
    save(repository, ID, f"api/{DIRECTORY}", committed=False, said={"paused_at": "2026-01-21T10:00:00+00:00"})
    repository.write(f"{DIRECTORY}/session-88888888-888888.json", "{")
    for number, path in enumerate(repository.sessions.glob("*.json")):
        os.utime(path, (number, 2_000_000_000 - number))
    assert [(each.id, each.folder) for each in shelf.of(str(repository.path)).kept] == [
        (LATER, DIRECTORY),
        (ID, LEGACY_DIRECTORY),
        (ID, DIRECTORY),
        (ID, f"api/{DIRECTORY}"),
        (unreal, DIRECTORY),
        (OLDER, DIRECTORY),
        ("session-88888888-888888", DIRECTORY),
    ]


def reading(project: Repository, named: str = ID) -> shelf.Reading:
    """Read a session."""
    kept = next(each for each in shelf.of(str(project.path)).kept if each.id == named)
    return shelf.read(kept)


BY_HAND = "# Parser\n\nSome words.\n\n## Next Steps\n\n- Read yaml\n"


@pytest.mark.parametrize(
    ("changes", "goal", "how"),
    [
        pytest.param({}, "Write the parser", "", id="json"),
        pytest.param({"md": None, "yaml": None}, "Write the parser", "", id="json alone"),
        pytest.param({"json": None}, "Write the parser", "rebuilt from the yaml: the json was missing", id="yaml"),
        pytest.param({"json": None, "yaml": None}, "Write the parser", "rebuilt from the md", id="md"),
        pytest.param({"json": "{", "yaml": None}, "Write the parser", "rebuilt from the md", id="broken"),
        pytest.param({"json": None, "yaml": None, "md": BY_HAND}, "Parser", "read from an md that", id="by hand"),
    ],
)
def test_forms(repository: Repository, changes: dict[str, str | None], goal: str, how: str) -> None:
    save(repository, committed=False)
    for form, content in changes.items():
        path = repository.sessions / f"{ID}.{form}"
        path.unlink()
        for each in filter(None, [content]):
            path.write_text(each, encoding="utf-8")
    found = reading(repository)
    assert found.session
    assert found.session.text("conversation", "primary_task") == goal
    assert found.how.startswith(how)
    assert bool(found.how) == bool(how)


def test_a_page_by_hand_with_headings_of_ours(repository: Repository) -> None:
    repository.write(f"{DIRECTORY}/{ID}.md", "# Parser\n\n**Summary**:\nIt reads json.\n")
    found = reading(repository).session
    assert found
    assert found.data == {"conversation": {"summary": "It reads json."}}


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("elsewhere.json")


def in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "its json is broken at line 1 (MPM103)"),
        ('{\n"a": 1,\n"a": 2}', "its json is broken at line 3 (MPM107)"),
        ("[]", "its json is broken at line 1 (MPM201)"),
        ("<<<<<<< a\n{}\n=======\n{]\n>>>>>>> b\n", "its json is broken at line 1 (MPM106)"),
        (" " * 1_000_001, "a file of it is larger than 1,000,000 bytes"),
    ],
)
def test_unreadable(repository: Repository, content: str, why: str) -> None:
    repository.write(f"{DIRECTORY}/{ID}.json", content)
    found = reading(repository)
    assert (found.session, found.why) == (None, why)


@pytest.mark.parametrize("content", ["", "\xff\xfe", "\n\n"])
def test_unreadable_pages(repository: Repository, content: str) -> None:
    repository.write(f"{DIRECTORY}/{ID}.md", content.encode("latin-1"))
    assert reading(repository).why == "its files cannot be made out"


def test_forms_that_contradict_each_other(repository: Repository) -> None:
    save(repository, committed=False)
    content = (repository.sessions / f"{ID}.json").read_text(encoding="utf-8")
    other = content.replace("Write the parser", "Burn the parser")
    both = f"<<<<<<< a\n{content}=======\n{other}>>>>>>> b\n"
    repository.write(f"{DIRECTORY}/{ID}.json", both)
    assert reading(repository).why.startswith("its json is broken at line 1")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize(
    ("change", "why"), [(linked, "is a symbolic link"), (in_its_place, "is a directory"), (Path.unlink, "No such file")]
)
def test_no_file(repository: Repository, change: Callable[[Path], None], why: str) -> None:
    save(repository, committed=False)
    kept = shelf.of(str(repository.path)).kept[0]
    change(repository.sessions / f"{ID}.json")
    found = shelf.read(kept)
    assert found.session is None
    assert why in found.why


def test_a_folder_that_cannot_be_read(repository: Repository, run: Run) -> None:
    repository.write(".claude-mpm/sessions", "a file")
    assert run(repository.path, "list").status == 0
    repository.path.joinpath(".claude-mpm/sessions").unlink()
    repository.write(f"{DIRECTORY}/pause/kept", "")
    (repository.sessions / "loop").symlink_to("pause")
    assert run(repository.path, "list").status == 0


def test_worktrees(branch: Repository, tmp_path: Path, run: Run) -> None:
    """Those are told that this work tree lacks; a work tree that is gone, or broken, stops nobody."""
    for name in ("first", "second", "gone", "broken"):
        branch.git("worktree", "add", "-q", "-b", name, str(tmp_path / name))
        save(Repository(tmp_path / name), OLDER if name != "second" else OLDEST, committed=False)
    for path in sorted((tmp_path / "gone").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / "broken/.git").write_text("gitdir: nowhere\n", encoding="utf-8")
    found = run(branch.path, "list", "--format", "json")
    told = json.loads(found.out)
    assert told["other_worktrees"] == [{"path": "../first", "sessions": 1}, {"path": "../second", "sessions": 1}]
    assert told["unseen_worktrees"] == ["../broken"]
    assert run(branch.path, "list").out.endswith("../broken cannot be looked into\n")
    told = json.loads(run(branch.path, "list", "--all", "--format", "json").out)
    assert [(each["index"], each["id"], each["worktree"]) for each in told["sessions"]] == [
        (1, ID, ""),
        (2, OLDER, "../first"),
        (3, OLDEST, "../second"),
    ]
    assert told["other_worktrees"] == []


def test_from_a_worktree_and_below(branch: Repository, tmp_path: Path, run: Run) -> None:
    branch.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"), "main")
    (tmp_path / "other/below").mkdir()
    assert run(tmp_path / "other/below", "list").out == (
        "no session here\n1 more in ../../work: mpm-hooks list --all\n" + f"branch work has {ID}: git switch work\n"
    )


def test_worktrees_as_an_old_git_lists_them(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    old = tmp_path / "old/git"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\ncase "$*" in *-z*) exit 129;; esac\nexec "$REAL_GIT" "$@"\n', encoding="utf-8")
    old.chmod(0o755)
    real = next(f"{each}/git" for each in os.environ["PATH"].split(":") if os.access(f"{each}/git", os.X_OK))
    new = worktrees.others(str(repository.path))
    monkeypatch.setenv("REAL_GIT", real)
    monkeypatch.setenv("PATH", f"{old.parent}:{os.environ['PATH']}")
    assert plumbing.run(str(repository.path), "worktree", "list", "--porcelain", "-z") is None
    assert worktrees.others(str(repository.path)) == new
    assert list(new.values()) == ["other"]


def test_hostile(repository: Repository) -> None:
    save(repository, committed=False, said={**about(HOSTILE), "git_context": {"branch": HOSTILE, "head": HOSTILE}})
    found = listed(repository)
    lines = list(text.lines(found, Screen(width=200)))
    assert len(lines) == 3
    assert not set("".join(lines)) & set("\x1b\x07\u202e\u2028\n")
    assert all(width(line) <= 200 for line in lines)
    shown = "\n".join(listing.as_markdown(found))
    assert shown.count("\n") == 2
    assert "<script>" not in shown
    assert json.loads(listing.as_json(found))["sessions"][0]["index"] == 1


def row(index: int, topic: str = "Write the parser of all there is", **more: Any) -> Row:  # noqa: ANN401 - fields
    """Make a row."""
    told = Told(id=ID, path=f"{DIRECTORY}/{ID}.json", state=State.IN_PROGRESS, branch="feature/parser", goal=topic)
    drift = Drift(match=Match.BEHIND, commits=12, touched=("a", "b"))
    return Row(**{"index": index, "told": told, "age": "3 h ago", "standing": Standing(drift=drift), **more})


BEGIN = "1  20260121-100000  3 h ago"
FULL = "in progress  feature/parser  12 commits behind, 2 named files touched"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (0, f"{BEGIN}  {FULL}  Write the parser of all there is"),
        (140, f"{BEGIN}  {FULL}  Write the parser of all there is"),
        (125, f"{BEGIN}  {FULL}  Write the parser of all…"),
        (100, f"{BEGIN}  in progress  feature/parser  12 behind  Write the parser of all there…"),
        (80, f"{BEGIN}  in progress  12 behind  Write the parser of all th…"),
        (64, f"{BEGIN}  12 behind  Write the parser of all…"),
        (30, f"{BEGIN}  12 behind"),
    ],
)
def test_room(columns: int, line: str) -> None:
    assert list(text.table([row(1)], Screen(width=columns)))[1] == line


@pytest.mark.plenty
@given(st.text(), st.integers(50, 200))
def test_any_topic_fits(topic: str, columns: int) -> None:
    screen = Screen(width=columns)
    lines = list(text.table([row(1, topic), row(12, worktree="../other")], screen))
    assert all(width(line) <= columns for line in lines)
    assert len(lines) == 3


def test_colours() -> None:
    merged = Standing(fate=Fate.MERGED)
    fresh = Standing(drift=Drift(match=Match.FRESH))
    lines = list(text.table([row(1), row(2, standing=merged), row(3, standing=fresh)], Screen(colour=True)))
    plain = list(text.table([row(1), row(2, standing=merged), row(3, standing=fresh)], Screen()))
    assert [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines] == plain
    assert "\x1b[33min progress" in lines[1]
    assert "\x1b[2mbranch merged" in lines[2]
    assert "\x1b[32mfresh" in lines[3]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no terminal to open")
@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"FORCE_COLOR": "1", "TERM": "dumb"}, True)],
)
def test_on_a_terminal(
    repository: Repository, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, coloured: bool
) -> None:
    import pty  # noqa: PLC0415 - not everywhere

    save(repository, committed=False, said=about("Write the parser " * 9))
    monkeypatch.chdir(repository.path)
    for name, value in {"COLUMNS": "80", "TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    for name in {"NO_COLOR", "FORCE_COLOR"} - variables.keys():
        monkeypatch.delenv(name, raising=False)
    shown = bytearray()
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.execv(sys.executable, [sys.executable, "-m", "mpm_hooks", "list"])  # noqa: S606 - ours
    try:
        while piece := os.read(terminal, 1024):
            shown.extend(piece)
    except OSError:  # the other end was closed
        pass
    os.waitpid(child, 0)
    assert (b"\x1b[" in shown) is coloured
    lines = re.sub(rb"\x1b\[[0-9;]*m", b"", bytes(shown)).decode().splitlines()
    assert all(width(line) <= 80 for line in lines)
    assert lines[1].endswith("…")
    assert lines[2] == "go on with one: mpm-hooks resume 1"


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_progress() -> None:
    """It is told how far it is, on a terminal, of many."""
    many = [row(number) for number in range(120)]
    for rows_, stream, said in (
        (many, Terminal(), "\r0 of 120 sessions\r50 of 120 sessions\r100 of 120 sessions\r\x1b[K"),
        (many[:50], Terminal(), ""),
        (many, io.StringIO(), ""),
    ):
        assert list(progress(rows_, len(rows_), stream=stream)) == rows_
        assert stream.getvalue() == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 1, 22, 12, 59, 1, tzinfo=UTC), "just now"),
        (datetime(2026, 1, 22, 12, 59, 0, tzinfo=UTC), "1 min ago"),
        (datetime(2026, 1, 22, 12, 1, 0, tzinfo=UTC), "59 min ago"),
        (datetime(2026, 1, 22, 10, 0, 0, tzinfo=UTC), "3 h ago"),
        (datetime(2026, 1, 9, 13, 0, 0, tzinfo=UTC), "13 d ago"),
        (datetime(2026, 1, 8, 13, 0, 0, tzinfo=UTC), "2 wk ago"),
        (datetime(2025, 11, 1, 13, 0, 0, tzinfo=UTC), "2 mo ago"),
        (datetime(2025, 1, 1, 13, 0, 0, tzinfo=UTC), "12 mo ago"),
        (datetime(2023, 1, 1, 13, 0, 0, tzinfo=UTC), "3 y ago"),
        (datetime(2026, 1, 22, 15, 0, 0, tzinfo=UTC), "in 2 h"),
        (None, "?"),
    ],
)
def test_age(moment: datetime | None, said: str) -> None:
    assert words.age(moment, NOW) == said
