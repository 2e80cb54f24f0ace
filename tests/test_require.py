"""The gate, on real git: which commits need a session, and whether one covers them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER
from shelves import save

from mpm_hooks import config, due
from mpm_hooks.due import Span
from mpm_hooks.finding import UnableError
from mpm_hooks.maker import Made, is_named
from mpm_hooks.session import DIRECTORY

pytestmark = pytest.mark.once

AGENT = "Claude-Session: 1"
PUSHED = {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/feature", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/feature"}
WAY_OUT = "    -> pre-commit run mpm-pause, or mpm-hooks pause; then push again\n"


def made(message: str = "", author: str = "Ann", address: str = "ann@example.org") -> Made:
    """Make a commit of a person."""
    return Made("1" * 40, author, address, message)


# Who made it


@pytest.mark.parametrize(
    ("message", "sign"),
    [
        pytest.param("Go", "", id="nothing"),
        pytest.param(
            "Go\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
            "Co-Authored-By: Claude <noreply@anthropic.com>",
            id="Claude Code",
        ),
        pytest.param(
            "Go\n\nco-authored-by: Claude Opus 4.5 (1M)\n", "co-authored-by: Claude Opus 4.5 (1M)", id="model"
        ),
        pytest.param("Go\n\nAssisted-by: claude-sonnet-4", "Assisted-by: claude-sonnet-4", id="assisted"),
        pytest.param("Go\n\nCo-authored-by: Claude", "Co-authored-by: Claude", id="no address"),
        pytest.param("Go\n\nClaude-Session: x\nmore", "Claude-Session: x", id="session"),
        pytest.param(
            "Go\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)",
            "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
            id="line of Claude Code",
        ),
        pytest.param(
            "🤖👥 Generated with [Claude MPM](x)", "🤖👥 Generated with [Claude MPM](x)", id="line of claude-mpm"
        ),
        pytest.param(f"Claude-Session: {'x' * 200}", f"Claude-Session: {'x' * 84}", id="endless"),
        pytest.param("Go\n\nCo-authored-by: Claude <claude@example.org>", "", id="somebody called Claude"),
        pytest.param("Go\n\nCo-authored-by: Claude Monet <c@example.org>", "", id="a painter"),
        pytest.param("Go\n\nCo-authored-by: Bob <bob@anthropic.com>", "", id="somebody who works there"),
        pytest.param("Take out what was generated with Claude Code", "", id="told of in a sentence"),
        pytest.param("> Co-Authored-By: Claude Code", "", id="quoted"),
    ],
)
def test_sign_in_a_message(message: str, sign: str) -> None:
    assert made(message).sign == sign


@pytest.mark.parametrize(
    ("author", "address", "is_agent"),
    [
        ("Claude", "noreply@anthropic.com", True),
        ("Claude", "claude@example.org", False),
        ("Claude Code", "ann@example.org", True),
        ("claude[bot]", "1+claude[bot]@users.noreply.github.com", True),
        ("dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com", False),
        ("Bob", "bob@anthropic.com", False),
    ],
)
def test_sign_in_an_author(author: str, address: str, *, is_agent: bool) -> None:
    assert made("Go", author, address).sign == (f"Author: {author} <{address}>" if is_agent else "")


@pytest.mark.parametrize(
    ("message", "reverted"),
    [
        ('Revert "Go"\n\nThis reverts commit 1234567.', "1234567"),
        ("Go", ""),
        ("This reverts commit 1234567.\nThis reverts commit 7654321.", ""),
    ],
)
def test_reverts(message: str, reverted: str) -> None:
    assert made(message).reverts == reverted


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [("*[bot]", False), ("ann", True), ("*@example.org", True), ("b*", False)],
)
def test_names(pattern: str, *, matches: bool) -> None:
    assert is_named(made(), [pattern]) == matches
    assert is_named(made(author="renovate[bot]"), ["*[bot]"])


# Which commits need a session


@pytest.fixture
def feature(repository: Repository) -> Repository:
    """Make a branch."""
    repository.git("switch", "-qc", "feature")
    return repository


def work(project: Repository, name: str = "work.py", content: str = "1\n", message: str = "Work") -> None:
    """Commit the work of an agent."""
    project.commit(name, content, f"{message}\n\n{AGENT}")


def uncovered(project: Repository, settings: str = "", base: str = "main") -> list[str]:
    """Return the subjects of the commits that lack a session, the oldest first."""
    head = project.git("rev-parse", "HEAD").strip()
    span = Span(root=str(project.path), head=head, bases=(base,) if base else ())
    found = due.of(span, config.parse(f"[tool.mpm-hooks]\n{settings}"))
    return [each.subject for each in reversed(found.uncovered)]


def by(project: Repository, author: str, message: str = f"Work\n\n{AGENT}") -> None:
    """Commit work as somebody."""
    project.write("work.py", author)
    project.git("add", "work.py")
    project.git("commit", "-qm", message, f"--author={author}")


def merge(project: Repository) -> None:
    """Merge main in the name of an agent."""
    project.git("switch", "-q", "main")
    project.commit("other.py")
    project.git("switch", "-q", "feature")
    project.git("merge", "-q", "--no-ff", "-m", f"Merge main\n\n{AGENT}", "main")


def revert(project: Repository, more: str = "") -> None:
    """Take somebody's commit back in the name of an agent, and perhaps do more than that."""
    project.commit("kept.py", "1\n", "Begin")
    project.commit("kept.py", "1\n2\n", "Go on")
    head = project.git("rev-parse", "HEAD").strip()
    project.commit("kept.py", f"1\n{more}", f'Revert "Go on"\n\nThis reverts commit {head}.\n\n{AGENT}')


def revert_beside(project: Repository) -> None:
    """Take somebody's commit back in the name of an agent, where somebody has changed what stands beside it."""
    project.commit("kept.py", "1\n2\n3\n", "Begin")
    project.commit("kept.py", "one\n2\n3\n", "Go on")
    head = project.git("rev-parse", "HEAD").strip()
    project.commit("kept.py", "one\n2\nthree\n", "Beside")
    project.commit("kept.py", "1\n2\nthree\n", f'Revert "Go on"\n\nThis reverts commit {head}.\n\n{AGENT}')


def gone(project: Repository) -> None:
    """Say to take a commit back that nobody has."""
    project.commit("kept.py", "1\n", f"Revert\n\nThis reverts commit {'1' * 40}.\n\n{AGENT}")


def nothing(project: Repository) -> None:
    """Do something, and take it back by hand."""
    work(project)
    work(project, content="2\n", message="Try")
    project.git("rm", "-q", "work.py")
    project.git("commit", "-qm", f"Tidy\n\n{AGENT}")


@pytest.mark.parametrize(
    ("prepare", "settings", "expected"),
    [
        pytest.param(lambda _: None, "", [], id="no commit"),
        pytest.param(work, "", ["Work"], id="of an agent"),
        pytest.param(work, 'require = "never"', [], id="never"),
        pytest.param(lambda it: it.commit("a.py"), "", [], id="of a person"),
        pytest.param(lambda it: it.commit("a.py"), 'require = "always"', ["Change it"], id="of a person, always"),
        pytest.param(lambda it: work(it, "README.md"), "", [], id="documents"),
        pytest.param(lambda it: work(it, "docs/conf.py"), "", [], id="below docs"),
        pytest.param(lambda it: work(it, "README.md"), "exempt-paths = []", ["Work"], id="documents count"),
        pytest.param(lambda it: work(it, "a/b.txt"), 'exempt-paths = ["*.txt"]', [], id="other paths"),
        pytest.param(lambda it: work(it, f"{DIRECTORY}/x.md"), "exempt-paths = []", [], id="claude-mpm's own"),
        pytest.param(lambda it: work(it, f"sub/{DIRECTORY}/x.md"), "exempt-paths = []", [], id="of a project below"),
        pytest.param(lambda it: by(it, "ci[bot] <x@example.org>"), "", [], id="bot"),
        pytest.param(lambda it: by(it, "ci[bot] <x@y>"), "exempt-authors = []", ["Work"], id="bots count"),
        pytest.param(lambda it: by(it, "claude[bot] <x@y>", "Go"), "", ["Go"], id="the agent's own account"),
        pytest.param(lambda it: by(it, "Sync <sync@x.org>"), 'exempt-authors = ["sync@*"]', [], id="address"),
        pytest.param(merge, "", [], id="merge"),
        pytest.param(revert, "", [], id="revert"),
        pytest.param(revert_beside, "", [], id="revert beside another change"),
        pytest.param(lambda it: revert(it, "3\n"), "", ['Revert "Go on"'], id="revert and more"),
        pytest.param(gone, "", [], id="revert of what is not here"),
        pytest.param(nothing, "", [], id="nothing is left of it"),
    ],
)
def test_need(feature: Repository, prepare: Callable[[Repository], object], settings: str, expected: list[str]) -> None:
    prepare(feature)
    assert uncovered(feature, settings) == expected


def test_need_of_a_root_commit(empty: Repository) -> None:
    work(empty)
    assert uncovered(empty, base="") == ["Work"]


# What covers them


def covered(project: Repository) -> None:
    """Do some work, and pause."""
    work(project)
    save(project)


def followed(project: Repository) -> None:
    """Go on after a pause."""
    covered(project)
    work(project, content="2\n", message="More")


def documented(project: Repository) -> None:
    """Write documents after a pause."""
    covered(project)
    work(project, "README.md")


def together(project: Repository) -> None:
    """Commit work and session at once."""
    project.write("work.py", "1\n")
    project.git("add", "work.py")
    save(project)
    project.git("commit", "-q", "--amend", "-m", f"All\n\n{AGENT}")


def removed(project: Repository) -> None:
    """Take the session away again."""
    covered(project)
    project.git("rm", "-rq", DIRECTORY)
    project.git("commit", "-qm", "Take it away")


def marked(project: Repository) -> None:
    """Add the md alone."""
    work(project)
    project.commit(f"{DIRECTORY}/{ID}.md")


def below(project: Repository) -> None:
    """Pause in a project below."""
    work(project)
    save(project, folder=f"sub/{DIRECTORY}")


def of_main(project: Repository) -> None:
    """Merge a session of main."""
    work(project)
    project.git("switch", "-q", "main")
    save(project)
    project.git("switch", "-q", "feature")
    project.git("merge", "-q", "--no-edit", "main")


def in_a_merge(project: Repository) -> None:
    """Add the session in a merge."""
    work(project)
    project.git("switch", "-q", "main")
    project.commit("other.py")
    project.git("switch", "-q", "feature")
    project.git("merge", "-q", "--no-commit", "main")
    save(project)


def rebased(project: Repository) -> None:
    """Move the branch, session and all."""
    covered(project)
    project.git("switch", "-q", "main")
    project.commit("other.py")
    project.git("switch", "-q", "feature")
    project.git("rebase", "-q", "main")


def reordered(project: Repository) -> None:
    """Put the session before the work of which it tells, and move both."""
    covered(project)
    project.git("branch", "old")
    project.git("switch", "-q", "main")
    project.commit("other.py")
    project.git("switch", "-q", "-C", "feature")
    project.git("cherry-pick", "old", "old~1")


def altered(project: Repository) -> None:
    """Do the same with other work."""
    covered(project)
    project.git("branch", "old")
    project.git("reset", "-q", "--hard", "main")
    project.git("cherry-pick", "old")
    work(project, content="other\n")


def unreadable(project: Repository) -> None:
    """Put a session that nobody can read before the work."""
    project.commit(f"{DIRECTORY}/{ID}.json", "{")
    work(project)


def twice(project: Repository) -> None:
    """Pause at the same commit twice, in one commit."""
    work(project)
    save(project, committed=False)
    save(project, LATER)


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        pytest.param(covered, [], id="session at the tip"),
        pytest.param(followed, ["More"], id="followed by work"),
        pytest.param(documented, [], id="followed by documents"),
        pytest.param(together, [], id="in one commit"),
        pytest.param(removed, ["Work"], id="taken away"),
        pytest.param(marked, ["Work"], id="the md alone"),
        pytest.param(below, ["Work"], id="of a project below"),
        pytest.param(of_main, ["Work"], id="of main"),
        pytest.param(in_a_merge, [], id="in a merge"),
        pytest.param(rebased, [], id="rebased"),
        pytest.param(reordered, [], id="before the work, by its patch"),
        pytest.param(altered, ["Work"], id="before other work"),
        pytest.param(unreadable, ["Work"], id="unreadable"),
        pytest.param(twice, [], id="two at once"),
    ],
)
def test_cover(feature: Repository, prepare: Callable[[Repository], object], expected: list[str]) -> None:
    prepare(feature)
    assert uncovered(feature) == expected


def test_cover_of_a_project_below(feature: Repository) -> None:
    below(feature)
    head = feature.git("rev-parse", "HEAD").strip()
    obtained: list[str] = []
    span = Span(root=str(feature.path), head=head, bases=("main",))
    found = due.of(span, config.parse(""), "/sub/", obtained.extend)
    assert (found.commits, found.covered_by, found.uncovered) == (2, ID, ())
    assert not obtained
    work(feature, content="2\n")
    again = Span(root=str(feature.path), head="HEAD", bases=("main",))
    assert due.of(again, config.parse(""), "sub", obtained.extend).uncovered
    assert obtained


def test_without_a_work_tree_and_without_files(feature: Repository, tmp_path: Path) -> None:
    """See the same in a bare clone that has no contents of files, as the one of the action."""
    reordered(feature)
    feature.git("config", "uploadpack.allowFilter", "true")
    feature.git("clone", "-q", "--bare", "--filter=blob:none", feature.path.as_uri(), str(tmp_path / "bare"))
    span = Span(root=str(tmp_path / "bare"), head="feature", bases=("main",))
    assert [each.subject for each in due.of(span, config.parse("")).uncovered] == ["Work"]  # nobody can tell otherwise

    def obtain(objects: Sequence[str]) -> None:
        Repository(tmp_path / "bare").git("fetch", "-q", "--refetch", "--filter=blob:limit=1m", "origin")
        assert objects

    assert due.of(span, config.parse(""), obtain=obtain).uncovered == ()


def test_nearest_of_several_bases(feature: Repository) -> None:
    feature.git("branch", "stale")
    nothing(feature)
    feature.git("branch", "-f", "main")
    work(feature, content="2\n")
    span = Span(root=str(feature.path), head="HEAD", bases=("stale", "main"))
    assert [each.subject for each in due.of(span, config.parse("")).uncovered] == ["Work"]


def test_a_shallow_clone(feature: Repository, tmp_path: Path, run: Run) -> None:
    work(feature)
    clone = tmp_path / "clone"
    feature.git("clone", "-q", "--depth=1", feature.path.as_uri(), str(clone))
    with pytest.raises(UnableError, match="too shallow to tell which commits"):
        due.of(Span(root=str(clone), head="HEAD"), config.parse(""))
    result = run(clone, "require", "--base", "main")
    assert (result.status, result.out) == (3, "")
    assert "main is no commit that is here: git fetch it; in CI" in result.err


# The command


def test_it_names_commits_and_the_way_out(feature: Repository, run: Run) -> None:
    work(feature, message="First \x1b[31m")
    work(feature, content="2\n", message="Second")
    result = run(feature.path, "require")
    first, second = (feature.git("rev-parse", name).strip()[:10] for name in ("HEAD~1", "HEAD"))
    assert (result.status, result.err) == (1, "")
    assert result.out == (
        "mpm-hooks: feature: no session covers 2 of 2 commits\n"
        f"  {second} Second ({AGENT})\n"
        f"  {first} First \\x1b[31m ({AGENT})\n{WAY_OUT}"
    )
    assert run(feature.path, "pause").status == 0
    (taken,) = feature.ids
    result = run(feature.path, "require")
    assert (result.status, result.out) == (
        0,
        f"mpm-hooks: feature: 3 commits looked at, {taken} covers what needs it\n",
    )


def test_it_names_as_many_as_anybody_reads(feature: Repository, run: Run) -> None:
    for number in range(12):
        feature.commit("work.py", f"{number}\n", f"Work {number}")
    assert run(feature.path, "require").out == "mpm-hooks: feature: 12 commits looked at, none needs a session\n"
    said = run(feature.path, "require", "--always").out.splitlines()
    assert said[0] == "mpm-hooks: feature: no session covers 12 of 12 commits"
    assert said[1].endswith(" Work 11")
    assert said[11:] == ["  and 2 more", WAY_OUT.rstrip("\n")]


def test_it_tells_programs(feature: Repository, run: Run) -> None:
    work(feature)
    head = feature.git("rev-parse", "HEAD").strip()
    told = json.loads(run(feature.path, "require", "--format", "json").out)
    missing = {"commit": head, "subject": "Work", "author": "Ann Example", "sign": AGENT}
    branch = {"branch": "feature", "head": head, "commits": 1, "covered_by": "", "uncovered": [missing]}
    assert told == {"branches": [branch], "why": ""}


@pytest.mark.parametrize(
    ("prepare", "settings", "words", "status", "said"),
    [
        pytest.param([], 'require = "never"', [], 0, 'require = "never" in the settings', id="never"),
        pytest.param([], 'require = "never"', ["--always"], 1, "feature: no session covers", id="never, and always"),
        pytest.param(["switch", "-q", "main"], "", [], 0, "main is the default branch: --base REF says", id="default"),
        pytest.param([], "", ["--head", "main"], 0, "main is the default branch", id="default as head"),
        pytest.param(
            ["branch", "-f", "main"], "", ["--head", "main", "--base", "begin"], 1, "main: no", id="with a base"
        ),
        pytest.param([], 'exempt-branches = ["f*"]', [], 0, "feature is exempt by the settings", id="exempt"),
        pytest.param([], "", ["--base", "begin"], 1, "feature: no session covers 1 of 1 commit\n", id="base"),
        pytest.param([], "", ["--base", "HEAD"], 0, "feature: 0 commits looked at, none needs", id="nothing"),
        pytest.param(["switch", "-q", "--detach"], "", [], 1, "HEAD: no session covers", id="detached"),
        pytest.param(["switch", "-q", "--orphan", "new"], "", [], 0, "new has no commit yet", id="unborn"),
        pytest.param(
            ["switch", "-q", "main"], "", ["--head", "feature"], 1, "feature: no session", id="another branch"
        ),
        pytest.param(["switch", "-q", "main"], "", ["--head", "work"], 1, "work: no session covers", id="a tag"),
        pytest.param([], "", ["--head", "work^{}"], 1, "feature: no session covers", id="what is checked out"),
        pytest.param([], "", ["--head", "begin^{}"], 0, "begin^{}: 0 commits", id="another commit"),
        pytest.param([], "", ["--base=-x"], 2, "'-x' is no name of a commit", id="option"),
        pytest.param([], "", ["--head", "nowhere"], 3, "nowhere is no commit that is here", id="not here"),
    ],
)
def test_what_is_judged(
    feature: Repository, run: Run, prepare: list[str], settings: str, words: list[str], status: int, said: str
) -> None:
    feature.git("tag", "begin")
    work(feature)
    feature.git("tag", "work")
    feature.git(*prepare) if prepare else None
    feature.write("pyproject.toml", f"[tool.mpm-hooks]\n{settings}\n")
    result = run(feature.path, "require", *words)
    assert result.status == status
    assert (result.out + result.err).startswith(f"mpm-hooks: {said}")


def test_way_out_of_a_branch_that_is_not_checked_out(feature: Repository, run: Run) -> None:
    work(feature)
    feature.git("switch", "-q", "main")
    said = run(feature.path, "require", "--head", "feature").out
    assert said.endswith(
        "    -> git switch feature, then pre-commit run mpm-pause, or mpm-hooks pause; then push again\n"
    )


def test_in_a_job_of_a_pull_request(feature: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feature.git("update-ref", "refs/remotes/origin/stable", "HEAD")
    work(feature)
    feature.git("switch", "-q", "--detach")
    monkeypatch.setenv("GITHUB_BASE_REF", "stable")
    monkeypatch.setenv("GITHUB_HEAD_REF", "main")
    assert run(feature.path, "require").out.startswith("mpm-hooks: main: no session covers 1 of 1 commit\n")


def test_outside_of_a_repository(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path, "require").status == 3


def test_where_there_is_no_default_branch(repository: Repository, run: Run) -> None:
    repository.git("branch", "-m", "odd")
    work(repository)
    assert run(repository.path, "require").out.startswith("mpm-hooks: odd: no session covers 1 of 2 commits\n")


# The hook


@pytest.mark.parametrize(
    ("environment", "status", "said"),
    [
        pytest.param(PUSHED, 1, "feature: no session covers 1 of 1 commit\n", id="push"),
        pytest.param(
            PUSHED | {"PRE_COMMIT_REMOTE_BRANCH": "refs/heads/other", "PRE_COMMIT_LOCAL_BRANCH": "HEAD"},
            1,
            "other: no session covers",
            id="push of what is checked out",
        ),
        pytest.param(
            {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main"},
            0,
            "nothing is pushed that needs a session\n",
            id="push of the default branch",
        ),
        pytest.param(
            {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/idle", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/there"},
            1,
            "there: no session covers 1 of 1 commit\n",
            id="push of a branch that is not checked out",
        ),
        pytest.param({}, 1, "feature: no session covers", id="manual"),
        pytest.param(
            {"PRE_COMMIT_FROM_REF": "feature", "PRE_COMMIT_TO_REF": "feature"}, 0, "feature: 0 commits", id="from, to"
        ),
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
    work(feature)
    feature.git("branch", "idle")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = run(feature.path, "require", "--hook")
    assert (result.status, result.err) == (status, "")
    assert result.out.startswith(f"mpm-hooks: {said}")
    assert ("-> git switch idle, then " in result.out) == ("git switch" in result.out) == ("there: " in said)
