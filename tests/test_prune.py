"""Old sessions go into the ledger, on real git: which, and that nothing else does."""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER
from shelves import HOSTILE, OLDER, OLDEST, about, place, save

from mpm_hooks import check, commit, disk, ledger, markup, prune, repo, retention, session
from mpm_hooks.briefing import Fate, Standing
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.prune import Plan
from mpm_hooks.repo import Repo
from mpm_hooks.retention import Criteria
from mpm_hooks.session import DIRECTORY, FORMS, LEGACY_DIRECTORY, POINTER
from mpm_hooks.summary import State, Told

pytestmark = pytest.mark.once

LEDGER = f"{DIRECTORY}/{ledger.NAME}"
FOUR = (OLDEST, OLDER, ID, LATER)


@pytest.fixture
def shelf(repository: Repository) -> Repository:
    """Make a repository with four sessions."""
    for number, named in enumerate(FOUR):
        save(repository, named, said=about(f"Topic {number}"))
    return repository


def found(project: Repository) -> Repo:
    """Find a repository that is there."""
    there = repo.find(project.path)
    assert there
    return there


def planned(project: Repository, *, keep: int = 1, older: str = "", merged: bool = False) -> Plan:
    """Judge the sessions of a repository, on the 22nd of January."""
    criteria = Criteria(keep=keep, older=retention.age(older) if older else None, merged=merged)
    return prune.plan(found(project), place(project), criteria)


def gone(plan: Plan) -> list[str]:
    """Return the ids of those that go, the oldest first."""
    return sorted(each.kept.id for each in plan.gone)


def why(plan: Plan, session_id: str) -> str:
    """Return why a session stays."""
    return next(each.stays for each in plan.verdicts if each.kept.id == session_id)


# Which go


@pytest.mark.parametrize(
    ("keep", "older", "expected"),
    [
        pytest.param(5, "", [], id="fewer than are kept"),
        pytest.param(4, "", [], id="as many"),
        pytest.param(3, "", [OLDEST], id="more"),
        pytest.param(1, "", [OLDEST, OLDER, ID], id="the newest alone"),
        pytest.param(0, "", [OLDEST, OLDER, ID], id="none is none"),
        pytest.param(1, "2d", [OLDEST, OLDER], id="by age"),
        pytest.param(3, "2d", [OLDEST], id="by age and number"),
        pytest.param(1, "1w", [], id="none is so old"),
    ],
)
def test_by_number_and_age(shelf: Repository, keep: int, older: str, expected: list[str]) -> None:
    assert gone(planned(shelf, keep=keep, older=older)) == expected


def test_reasons(shelf: Repository) -> None:
    save(shelf, "session-99999999-999999")
    plan = planned(shelf, keep=2, older="3d")
    assert why(plan, LATER) == "the newest stays"
    assert why(plan, ID) == "one of the newest 2"
    assert why(plan, OLDER) == "not older than 3 days"
    assert why(plan, "session-99999999-999999") == "nobody knows how old it is"
    assert why(plan, OLDEST) == ""


def test_merged_branches(repository: Repository) -> None:
    repository.git("switch", "-qc", "done")
    save(repository, OLDEST)
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-edit", "done")
    repository.git("switch", "-qc", "open")
    save(repository, OLDER)
    save(repository, ID)
    plan = planned(repository, merged=True)
    assert gone(plan) == [OLDEST]
    assert why(plan, OLDER) == "its branch is not merged"


def forms(project: Repository, *names: str) -> str:
    """Take files out of git's hands."""
    project.git("rm", "-q", "--cached", *(f"{DIRECTORY}/{name}" for name in names))
    return project.git("commit", "-qm", "Forget it")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        pytest.param(lambda it: forms(it, f"{OLDER}.json", f"{OLDER}.md"), "json is not committed", id="untracked"),
        pytest.param(lambda it: it.write(f"{DIRECTORY}/{OLDER}.md", "x"), "md has changes that are", id="modified"),
        pytest.param(
            lambda it: [it.write(f"{DIRECTORY}/{OLDER}.md", "x"), it.git("add", ".")],
            f"{OLDER}.md is staged, not committed",
            id="staged",
        ),
        pytest.param(
            lambda it: [forms(it, f"{OLDER}.yaml"), it.write(".gitignore", "*.yaml\n")],
            f"{OLDER}.yaml is ignored, not committed",
            id="ignored",
        ),
        pytest.param(
            lambda it: it.write(f"{DIRECTORY}/{OLDER}-incremental.jsonl", "{}\n"),
            f"{OLDER}-incremental.jsonl is not committed",
            id="record",
        ),
        pytest.param(
            lambda it: it.write(f"{DIRECTORY}/{POINTER}", f"Latest Session: {OLDER}\n"),
            "LATEST-SESSION.txt names it",
            id="pointer",
        ),
        pytest.param(
            lambda it: it.write(f"{DIRECTORY}/{POINTER}", f"Latest Session: {OLDER}\nLatest Session: {LATER}\n"),
            "LATEST-SESSION.txt names it",
            id="pointer of a merge",
        ),
        pytest.param(
            lambda it: [
                [it.commit(f"{DIRECTORY}/{OLDER}.{form}", "{") for form in FORMS],
                it.git("commit", "-q", "--amend", "--no-edit"),
            ],
            "cannot be read: its json is broken at line 1 (MPM103)",
            id="broken",
        ),
    ],
)
def test_what_holds_a_session(shelf: Repository, prepare: Callable[[Repository], object], said: str) -> None:
    prepare(shelf)
    plan = planned(shelf)
    assert gone(plan) == [OLDEST, ID]
    assert why(plan, OLDER).endswith(said) or why(plan, OLDER).startswith(f"{OLDER}.{said}")
    assert [each.kept.id for each in plan.verdicts if each.held] == [OLDER]


def test_behind_a_link(shelf: Repository) -> None:
    shelf.sessions.rename(shelf.path / "real")
    shelf.sessions.symlink_to(shelf.path / "real")
    plan = planned(shelf)
    assert gone(plan) == []
    assert why(plan, OLDER) == f"{DIRECTORY} is a symbolic link"


def test_projects_below_and_the_old_folder(shelf: Repository) -> None:
    save(shelf, "session-20250101-100000", LEGACY_DIRECTORY)
    (shelf.path / LEGACY_DIRECTORY / POINTER).unlink()
    save(shelf, OLDER, f"sub/{DIRECTORY}")
    save(shelf, OLDEST, f"sub/{DIRECTORY}")
    (shelf.path / f"sub/{DIRECTORY}" / POINTER).unlink()
    shelf.git("commit", "-qam", "Go on")
    plan = planned(shelf, keep=4)
    assert [each.paths[-1] for each in plan.gone] == [f"{LEGACY_DIRECTORY}/session-20250101-100000.yaml"]
    assert list(plan.after) == [LEDGER]
    save(shelf, "session-20260201-100000", LEGACY_DIRECTORY)
    assert OLDEST in gone(planned(shelf, keep=4))
    plan = planned(shelf, keep=1, older="2d")
    assert set(plan.after) == {LEDGER, f"sub/{LEDGER}"}


# The ledger


def told(**changes: object) -> Told:
    """Tell of a session."""
    told = Told(id=ID, path="", state=State.READY, branch="work", commit="1" * 40, goal="Write it")
    return Told(**{name: getattr(told, name) for name in Told.__slots__} | changes)


@pytest.mark.parametrize(
    ("said", "standing", "expected"),
    [
        pytest.param(told(), Standing(), "`work` at `1111111111`: Write it (ready)", id="all"),
        pytest.param(
            told(),
            Standing(fate=Fate.MERGED, default="main"),
            "`work` at `1111111111`: Write it (ready, merged into `main`)",
            id="merged",
        ),
        pytest.param(told(commit=""), Standing(fate=Fate.GONE), "`work`: Write it (ready, branch gone)", id="gone"),
        pytest.param(told(branch="", goal=""), Standing(), "at `1111111111` (ready)", id="says nothing"),
        pytest.param(told(branch="", commit="", goal="", done=("It",)), Standing(), "It (ready)", id="done"),
        pytest.param(
            told(branch="a`b", commit="", goal=HOSTILE, state=State.BLOCKED),
            Standing(),
            f"``a`b``: {markup.plain(HOSTILE)} (blocked)",
            id="hostile",
        ),
    ],
)
def test_line(said: Told, standing: Standing, expected: str) -> None:
    line = ledger.line(said, standing)
    assert not {"\n", "\u2028", "\x1b", "<"} & {*line}
    assert line == f"- {ID}: {expected}"


def test_lines_are_added_and_none_is_changed() -> None:
    first = ledger.added("", ["- session-20260121-100000: b"])
    assert first.startswith("# Sessions that were pruned\n\nOne line each")
    assert first.endswith("its parent.\n\n- session-20260121-100000: b\n")
    second = ledger.added(first, ["- session-20260120-100000: a", "- session-20260121-100000: b"])
    assert second.endswith("\n\n- session-20260120-100000: a\n- session-20260121-100000: b\n")
    assert ledger.added(second, []) == second


def test_notes_stay_and_conflicts_do_not() -> None:
    text = (
        "# Ours\r\n\r\nNote.\r\n<<<<<<< HEAD\r\n- session-20260121-100000: b\r\n||||||| base\r\n"
        "=======\r\n- session-20260120-100000: a\r\n>>>>>>> other\r\n"
    )
    expected = "# Ours\n\nNote.\n\n- session-20260120-100000: a\n- session-20260121-100000: b\n"
    assert ledger.added(text, ["- session-20260120-100000: a"]) == expected


def test_no_reader_takes_the_ledger_for_a_session() -> None:
    assert session.split(ledger.NAME) is None
    assert not check.relevant([ledger.NAME])


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("12w", 84), (" 6m ", 180), ("1y", 365), ("0d", 0)])
def test_age(text: str, days: int) -> None:
    assert retention.age(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5d", "999999d", "٣d"])
def test_no_age(text: str) -> None:
    with pytest.raises(MisuseError, match="90d, 12w, 6m, 1y, and not"):
        retention.age(text)


# The act


def test_a_preview(shelf: Repository, run: Run) -> None:
    before = shelf.git("status", "--porcelain", "--ignored")
    result = run(shelf.path, "prune", "--keep", "3", "--older-than", "1w")
    assert (result.status, result.err) == (1, "")
    first, second, *rest = result.out.splitlines()
    assert first == "1 of 4 sessions would go: older than 7 days, not one of the newest 3"
    assert second.split()[0] == OLDEST
    assert second.endswith("Topic 0")
    assert rest == [
        "3 others stay",
        "Nothing was removed: --yes leaves a line of each in LEDGER.md; --yes --commit commits that, too",
    ]
    assert shelf.git("status", "--porcelain", "--ignored") == before
    assert run(shelf.path, "prune", "--keep", "3", "--commit").status == 1
    assert shelf.ids == list(FOUR)


def test_a_narrow_screen_and_one_other(shelf: Repository) -> None:
    from mpm_hooks.commands.prune import _told  # noqa: PLC0415 - a terminal is what the command itself has none of
    from mpm_hooks.screen import Screen  # noqa: PLC0415 - …

    plan = planned(shelf, keep=1)
    lines = list(_told(plan, Criteria(keep=1), Screen(width=40), is_done=True))
    assert lines[0] == "3 of 4 sessions went: not the newest"
    assert all(len(line) <= 40 for line in lines[1:])
    assert lines[-1] == "1 other stays"


def test_nothing_to_prune(shelf: Repository, run: Run) -> None:
    result = run(shelf.path, "prune", "--yes", "--merged")
    assert (result.status, result.out) == (
        0,
        "nothing to prune: none of 4 sessions is merged, not one of the newest 5\n",
    )


def test_without_a_commit(shelf: Repository, run: Run) -> None:
    shelf.write("staged.txt", "1\n")
    shelf.git("add", "staged.txt")
    head, index = shelf.git("rev-parse", "HEAD"), shelf.git("ls-files", "--stage")
    (shelf.path / "below").mkdir()
    result = run(shelf.path / "below", "prune", "--keep", "2", "--yes")
    assert result.status == 0
    assert result.out.splitlines()[-4:] == [
        "Wrote ../.claude-mpm/sessions/LEDGER.md; not committed. Next:",
        "  git add ../.claude-mpm/sessions/LEDGER.md",
        "  git add --update ../.claude-mpm/sessions",
        "  git commit -m 'Prune sessions'",
    ]
    assert (shelf.git("rev-parse", "HEAD"), shelf.git("ls-files", "--stage")) == (head, index)
    assert shelf.ids == [ID, LATER]
    ledger_text = (shelf.path / LEDGER).read_text(encoding="utf-8")
    assert [line.split(":")[0] for line in ledger_text.splitlines() if line.startswith("- ")] == [
        f"- {OLDEST}",
        f"- {OLDER}",
    ]
    for line in result.out.splitlines()[-3:]:
        shelf.git("-C", "below", *shlex.split(line)[1:])
    assert run(shelf.path, "check").status == 0
    assert run(shelf.path, "committed").status == 0


def test_with_a_commit(shelf: Repository, run: Run) -> None:
    shelf.commit(f"{DIRECTORY}/{OLDEST}-incremental.jsonl", "", "Keep the record")
    shelf.commit(f"{DIRECTORY}/.{OLDEST}.json.tmp.sha256", "x", "Keep the checksum")
    shelf.write("staged.txt", "1\n")
    shelf.git("add", "staged.txt")
    shelf.write("kept.txt", "unstaged\n")
    before = shelf.git("status", "--porcelain")
    result = run(shelf.path, "prune", "--keep", "3", "--yes", "--commit")
    assert result.status == 0
    head = shelf.git("rev-parse", "HEAD").strip()
    assert result.out.endswith(f"Committed as {head[:10]}: these files and {LEDGER}, and nothing else\n")
    assert shelf.git("status", "--porcelain") == before
    names = [f"{OLDEST}-incremental.jsonl", *(f"{OLDEST}.{form}" for form in sorted(FORMS))]
    changes = [f"D\t{DIRECTORY}/.{OLDEST}.json.tmp.sha256\n", f"A\t{LEDGER}\n"]
    changes += [f"D\t{DIRECTORY}/{name}\n" for name in names]
    assert shelf.git("show", "--format=%B", "--name-status").split("\n\n") == [
        "session: prune 1 session",
        OLDEST,
        "\n" + "".join(changes),
    ]
    assert sorted(path.name for path in shelf.sessions.iterdir() if path.name.startswith(".")) == []
    assert run(shelf.path, "prune", "--keep", "2", "--yes", "--commit").status == 0
    assert shelf.git("show", "--format=", "--numstat", "--", LEDGER).startswith("1\t0\t")
    assert shelf.git("fsck", "--strict", "--no-dangling") == ""
    assert run(shelf.path, "check").status == 0


def test_it_tells_programs(shelf: Repository, run: Run) -> None:
    told = json.loads(run(shelf.path, "prune", "--keep", "3", "--format", "json").out)
    assert (told["done"], told["commit"], told["ledgers"]) == (False, None, [LEDGER])
    assert told["gone"] == [{"session": OLDEST, "files": [f"{DIRECTORY}/{OLDEST}.{form}" for form in sorted(FORMS)]}]
    assert told["stay"][0] == {"session": LATER, "why": "the newest stays", "held": False}
    assert len(told["stay"]) == 3


def test_what_is_held_is_said(shelf: Repository, run: Run) -> None:
    shelf.write(f"{DIRECTORY}/{OLDEST}.md", "changed")
    said = run(shelf.path, "prune", "--keep", "3").out
    assert said == (
        "nothing to prune: none of 4 sessions is not one of the newest 3\n"
        f"{OLDEST} stays: {OLDEST}.md has changes that are not committed\n"
    )


def test_merging_branches_that_both_pruned(shelf: Repository, run: Run) -> None:
    shelf.commit(".gitattributes", "**/.claude-mpm/sessions/LEDGER.md merge=union\n")
    shelf.git("branch", "other")
    run(shelf.path, "prune", "--keep", "3", "--yes", "--commit")
    shelf.git("switch", "-q", "other")
    run(shelf.path, "prune", "--keep", "2", "--yes", "--commit")
    shelf.git("merge", "-q", "--no-edit", "main")
    lines = (shelf.path / LEDGER).read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.startswith("# ")]) == 1
    assert {line[2:25] for line in lines if line.startswith("- ")} == {OLDEST, OLDER}
    assert run(shelf.path, "prune", "--keep", "1", "--yes", "--commit").status == 0
    after = (shelf.path / LEDGER).read_text(encoding="utf-8").splitlines()
    assert [line[2:25] for line in after if line.startswith("- ")] == [OLDEST, OLDER, ID]


# What stands in the way


@pytest.mark.parametrize(
    ("prepare", "words", "status", "said"),
    [
        pytest.param(lambda it: it.git("switch", "-q", "--detach"), [], 3, "HEAD is detached", id="detached"),
        pytest.param(
            lambda it: it.write(".gitignore", "LEDGER.md\n"),
            [],
            3,
            f"{LEDGER} is ignored by .git",
            id="ignored",
        ),
        pytest.param(
            lambda it: it.write(".git/MERGE_HEAD", it.git("rev-parse", "HEAD")), [], 3, "a git merge is", id="merge"
        ),
        pytest.param(lambda it: it.write(LEDGER, "# x\n"), [], 3, f"{LEDGER} has changes that are not", id="ledger"),
        pytest.param(lambda it: it.git("config", "commit.gpgsign", "true"), [], 3, "cannot be committed: ", id="key"),
        pytest.param(lambda it: (it.path / LEDGER).mkdir(), [], 3, "LEDGER.md is a directory", id="directory"),
        pytest.param(lambda it: it.write(".git/index.lock", ""), [], 3, "index.lock", id="lock"),
        pytest.param(lambda _: None, ["--keep=-1"], 2, "--keep takes a number from 0 on", id="number"),
        pytest.param(lambda _: None, ["--older-than=x"], 2, "--older-than takes", id="age"),
    ],
)
def test_refusals(
    shelf: Repository,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Repository], object],
    words: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(commit, "_LOCK_PATIENCE", 0.1)
    prepare(shelf)
    before = shelf.git("status", "--porcelain", "--ignored")
    result = run(shelf.path, "prune", "--keep", "2", "--yes", "--commit", *words)
    assert (result.status, result.out) == (status, "")
    assert said in result.err
    assert shelf.git("status", "--porcelain", "--ignored") == before
    assert shelf.ids == list(FOUR)


def test_outside_of_a_repository(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "prune")
    assert result.status == 3
    assert "what is removed here could not be had back" in result.err


def test_what_was_changed_since_is_left_alone(shelf: Repository) -> None:
    plan = planned(shelf)
    shelf.write(f"{DIRECTORY}/{OLDER}.md", "changed")
    with pytest.raises(UnableError, match=f"{OLDER} was changed meanwhile; nothing was removed"):
        prune.carry_out(found(shelf), plan, commits=False)
    plan = planned(shelf)
    shelf.write(LEDGER, "# Mine\n")
    with pytest.raises(UnableError, match=r"LEDGER\.md was changed meanwhile"):
        prune.carry_out(found(shelf), plan, commits=False)
    assert shelf.ids == list(FOUR)


def test_somebody_commits_meanwhile(shelf: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    make = commit.make

    def slowly(*words: object) -> commit.Made:
        made = make(*words)  # type: ignore[arg-type]  # handed on
        shelf.git("commit", "-q", "--allow-empty", "-m", "Meanwhile")
        return made

    plan = planned(shelf)
    monkeypatch.setattr(commit, "make", slowly)
    with pytest.raises(UnableError, match="somebody committed meanwhile; nothing was removed"):
        prune.carry_out(found(shelf), plan, commits=True)
    assert shelf.ids == list(FOUR)
    assert shelf.git("status", "--porcelain") == ""


def test_all_or_nothing(shelf: Repository) -> None:
    path = shelf.sessions / f"{OLDEST}.md"
    path.chmod(0o600)
    os.utime(path, (1, 1))
    with pytest.raises(UnableError, match="nothing was removed"), disk.removed(shelf.sessions, [path.name, "absent"]):
        pass
    with pytest.raises(ZeroDivisionError), disk.removed(shelf.sessions, [path.name]):
        int(not path.exists()) / 0
    assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime) == (0o600, 1)
    assert [each.name for each in shelf.sessions.iterdir() if each.name.startswith(".")] == []
