"""What a repository needs to use us is proposed, written on consent, and taken out again; nothing else changes."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Repository, Run
from sessions import ID, files, quiet

from mpm_hooks import adoption, repo
from mpm_hooks.finding import UnableError
from mpm_hooks.session import DIRECTORY
from mpm_hooks.setup import (
    HOOKS,
    REV,
    URL,
    Answer,
    Left,
    Proposal,
    agent,
    attributes,
    block,
    ignoring,
    precommit,
    prek,
    skills,
    workflow,
)

pytestmark = pytest.mark.once

HOOK_LINES = "".join(f"  - id: {each}\n" for each in HOOKS)
ENTRY = f"- repo: {URL}\n  rev: {REV}\n  hooks:\n{HOOK_LINES}"
OLD = ENTRY.replace(REV, "v0.0.9")
HEAD = "# The hooks of this repository: https://pre-commit.com\n"
OTHER = "- repo: https://example.org/other\n  rev: v1\n  hooks:\n  - id: other\n"
WORK = {"type": "command", "command": "echo work"}
once = pytest.mark.once


def after(answer: Answer) -> str:
    """Return what is proposed."""
    assert isinstance(answer, Proposal), answer
    return (answer.after or b"").decode()


def indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}" for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(None, f"{HEAD}repos:\n{ENTRY}", id="none"),
        pytest.param("", f"repos:\n{ENTRY}", id="empty"),
        pytest.param("# mine", f"# mine\nrepos:\n{ENTRY}", id="a comment, no newline"),
        pytest.param("repos: []\n", f"repos:\n{ENTRY}", id="empty list"),
        pytest.param("repos:  []  # none\nfail_fast: true\n", f"repos:  # none\n{ENTRY}fail_fast: true\n", id="remark"),
        pytest.param("repos:\n", f"repos:\n{ENTRY}", id="nothing"),
        pytest.param("repos: ~\n", f"repos:\n{ENTRY}", id="null"),
        pytest.param("fail_fast: true\n", f"fail_fast: true\nrepos:\n{ENTRY}", id="no repos"),
        pytest.param(f"repos:\n{OTHER}", f"repos:\n{OTHER}{ENTRY}", id="at the margin"),
        pytest.param(f"repos:\n{OTHER}"[:-1], f"repos:\n{OTHER}{ENTRY}", id="no newline at the end"),
        pytest.param(
            f"repos:\n{indented(OTHER, '  ')}", f"repos:\n{indented(OTHER, '  ')}{indented(ENTRY, '  ')}", id="indented"
        ),
        pytest.param(
            f"repos:\n{OTHER.replace('  - id', '    - id')}",
            f"repos:\n{OTHER.replace('  - id', '    - id')}{ENTRY.replace('  - id', '    - id')}",
            id="hooks indented",
        ),
        pytest.param(
            "repos:\n-   repo: x\n    rev: v1\n    hooks:\n    -   id: y\n",
            "repos:\n-   repo: x\n    rev: v1\n    hooks:\n    -   id: y\n"
            + ENTRY.replace("- repo", "-   repo").replace("\n  ", "\n    "),
            id="wide",
        ),
        pytest.param(
            "repos:\n- {repo: x, rev: v1, hooks: [{id: y}]} # z\n",
            f"repos:\n- {{repo: x, rev: v1, hooks: [{{id: y}}]}} # z\n{ENTRY}",
            id="an entry on one line",
        ),
        pytest.param(
            f"repos:\n{OTHER}    # of other\n\n# of all\nfail_fast: true\n",
            f"repos:\n{OTHER}    # of other\n{ENTRY}\n# of all\nfail_fast: true\n",
            id="comments below",
        ),
        pytest.param(
            "repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |\n      a\n\n      b\n",
            f"repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: |\n      a\n\n      b\n{ENTRY}",
            id="a text of many lines",
        ),
        pytest.param(
            f"repos:\n{OTHER}    args:\nminimum_pre_commit_version: 3.2.0\n",
            f"repos:\n{OTHER}    args:\n{ENTRY}minimum_pre_commit_version: 3.2.0\n",
            id="nothing at the end",
        ),
        pytest.param(f"repos:\n{OLD}{OTHER}", f"repos:\n{ENTRY}{OTHER}", id="older"),
        pytest.param(
            f"repos:\n{OLD}".replace("v0.0.9", "'0.0.9'"), f"repos:\n{ENTRY}".replace(REV, f"'{REV}'"), id="quoted"
        ),
        pytest.param(
            f"repos:\n{ENTRY.replace('  - id: mpm-check', '  - id: mpm-check  # c')}".replace("  - id: mpm-fix\n", ""),
            f"repos:\n{ENTRY.replace('  - id: mpm-check', '  - id: mpm-check  # c')}  - id: mpm-fix\n".replace(
                "  - id: mpm-fix\n", "", 1
            ),
            id="a hook is missing",
        ),
        pytest.param(
            f"repos:\n{OLD}"[:-1].replace("\n  - id: mpm-pause", ""),
            f"repos:\n{ENTRY}",
            id="older and lacking, no newline",
        ),
    ],
)
def test_hooks(before: str | None, expected: str) -> None:
    given = None if before is None else before.encode()
    assert after(precommit.propose(given)) == expected
    assert precommit.propose(expected.encode()) is None
    windows = None if given is None else given.replace(b"\n", b"\r\n")
    if given and b"\n" in given:
        assert after(precommit.propose(windows)) == expected.replace("\n", "\r\n")
        assert after(precommit.propose(b"\xef\xbb\xbf" + given)) == f"\ufeff{expected}"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(f"repos:\n{ENTRY}", id="ours"),
        pytest.param(f"repos:\n{ENTRY.replace(URL, 'git@github.com:MPM-Hooks/mpm-hooks.git')}", id="by ssh"),
        pytest.param(f"repos:\n{ENTRY.replace(REV, 'v99.0.0')}", id="newer"),
        pytest.param(f"repos:\n{ENTRY.replace(REV, '0123abc')}", id="a commit"),
        pytest.param(f"repos:\n{ENTRY.replace(URL, 'https://example.org/fork')}", id="a fork"),
        pytest.param("repos:\n- repo: local\n  hooks:\n  - id: mpm-check\n", id="of their own"),
    ],
)
def test_hooks_that_are_there(settings: str) -> None:
    assert precommit.propose(settings.encode()) is None


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"repos: [", id="broken"),
        pytest.param(b"a: 2026-99-99", id="no date"),
        pytest.param(b"- a", id="a list"),
        pytest.param(b"repos: 1", id="no list"),
        pytest.param(b"a: 1\n---\nrepos: []\n", id="two documents"),
        pytest.param(b"repos: [{repo: x, hooks: [{id: y}]}]\n", id="on one line"),
        pytest.param(b"{fail_fast: true}\n", id="all on one line"),
        pytest.param(b"a: &a\n- repo: x\n  hooks:\n  - id: y\nrepos: *a\n", id="an alias"),
        pytest.param(
            f"repos:\n- repo: {URL}\n  rev: {REV}\n  hooks: [{{id: mpm-fix}}]\n".encode(), id="ours on one line"
        ),
        pytest.param(f"repos:\n- repo: {URL}\n  hooks: 1\n".encode(), id="no hooks"),
        pytest.param(f"a: &a\n- repo: {URL}\n  rev: v0.0.1\n  hooks: []\nrepos: *a\n".encode(), id="ours by an alias"),
        pytest.param(f"repos: [{{repo: '{URL}', rev: v0.0.1}}]\n".encode(), id="ours in a list on one line"),
    ],
)
def test_hooks_that_no_program_should_write(settings: bytes) -> None:
    answer = precommit.propose(settings)
    assert isinstance(answer, Left)
    assert f"repo: {URL}, rev: {REV}" in answer.what


@pytest.mark.parametrize(
    "before",
    [
        "repos: []\n",
        f"repos:\n{OTHER}",
        f"repos:\n{indented(OTHER, '  ')}    # of other\n\n# of all\nfail_fast: true\n",
        f"{HEAD}repos: []\nfail_fast: true\n",
    ],
)
def test_hooks_are_taken_out(before: str) -> None:
    written = after(precommit.propose(before.encode()))
    assert after(precommit.withdraw(written.encode())) == before
    edited = written.replace(
        "- id: mpm-fix\n",
        "- id: mpm-fix\n"
        + " " * (written.index("id: mpm-fix") - written.rindex("\n", 0, written.index("id: mpm-fix")) - 1)
        + "args: [x]\n",
    )
    assert after(precommit.withdraw(edited.encode())) == before


def test_hooks_that_stand_between_others_are_taken_out() -> None:
    assert after(precommit.withdraw(f"repos:\n{ENTRY}\n{OTHER}".encode())) == f"repos:\n\n{OTHER}"


def test_settings_of_hooks_that_init_made_go() -> None:
    answer = precommit.withdraw(after(precommit.propose(None)).encode())
    assert isinstance(answer, Proposal)
    assert answer.after is None


@pytest.mark.parametrize("settings", [None, b"repos: [", b"repos: []\n", f"repos:\n{OTHER}".encode()])
def test_no_hooks_to_take_out(settings: bytes | None) -> None:
    assert precommit.withdraw(settings) is None


@pytest.mark.parametrize(
    "settings",
    [f"repos: [{{repo: '{URL}'}}]\n", f"a: &a\n- repo: {URL}\nrepos: *a\n", f"repos:\n- {{repo: '{URL}'}}\n- b\n"],
)
def test_hooks_on_one_line_are_taken_out_by_hand_or_whole(settings: str) -> None:
    answer = precommit.withdraw(settings.encode())
    assert isinstance(answer, Left) or after(answer) == "repos:\n- b\n"


PREK_ENTRY = "\n".join(
    [
        "[[repos]]",
        f'repo = "{URL}"',
        f'rev = "{REV}"',
        "hooks = [",
        *(f'  {{ id = "{each}" }},' for each in HOOKS),
        "]",
        "",
    ]
)
PREK_OTHER = '[[repos]]\nrepo = "x"\nrev = "1"\nhooks = [{ id = "y" }]\n'


@pytest.mark.parametrize("before", ["", "# mine\n", PREK_OTHER, 'repos = []\n[x]\ny = "repos"\n'])
def test_prek(before: str) -> None:
    answer = prek.propose(before.encode())
    if before.startswith("repos"):
        assert isinstance(answer, Left)
        return
    apart = "\n" if before else ""
    assert after(answer) == f"{before}{apart}{PREK_ENTRY}"
    assert prek.propose(after(answer).encode()) is None
    assert after(prek.withdraw(after(answer).encode())) == before
    older = after(answer).replace(REV, "v0.0.1")
    assert after(prek.propose(older.encode())) == after(answer)


def test_prek_left_to_a_person() -> None:
    assert prek.propose(None) is None
    assert prek.withdraw(None) is None
    assert prek.withdraw(b"x = 1\n") is None
    for settings in (
        b"[",
        b"\xff",
        f'[[repos]]\nrepo = "{URL}"\nrev = "v0.0.1"\nhooks = [{{ id = "mpm-fix" }}, 1]\n'.encode(),
    ):
        assert isinstance(prek.propose(settings), Left)
    assert isinstance(prek.withdraw(f'[[repos]]\nrepo = "{URL}"\n'.encode()), Left)
    assert after(prek.propose(b"x = 1\n", HOOKS[:1])).endswith('hooks = [\n  { id = "mpm-fix" },\n]\n')
    assert isinstance(prek.propose(b"repos = 1\n"), Left)
    assert isinstance(prek.propose(b"[[repos]]\nrepo = 1\n[[x]]\n"), Proposal)


@pytest.mark.parametrize(
    "before", [None, "", "* text=auto\n", "* text=auto", "a\r\nb\r\n", "# mine\n\n", "\ufeff* text\n"]
)
def test_attributes(before: str | None) -> None:
    given = None if before is None else before.encode()
    written = after(attributes.propose(given))
    end = "\r\n" if before and "\r" in before else "\n"
    ours = end.join((attributes.COMMENT, *attributes.LINES, ""))
    start = before or ""
    start += "" if not start or start.endswith("\n") else end
    start += "" if not start or start.endswith("\n\n") else end
    assert written == start + ours
    assert attributes.propose(written.encode()) is None
    removed = attributes.withdraw(written.encode())
    assert after(removed) == (
        ""
        if not before
        else before
        if before.endswith("\n") and not before.endswith("\n\n")
        else f"{before.rstrip()}\n"
    )
    assert isinstance(removed, Proposal)
    assert (removed.after is None) == (not before)
    edited = written.replace(attributes.LINES[1], "*.x text").replace("# mine", "# theirs")
    again = after(attributes.propose(f"{edited}*.y text{end}".encode()))
    assert again.endswith(ours)
    assert "*.x text" in after(attributes.withdraw(again.encode()))


def test_attributes_that_are_no_text() -> None:
    assert isinstance(attributes.propose(b"\xff"), Left)
    assert isinstance(attributes.propose(b"\0"), Left)
    assert attributes.withdraw(b"\xff") is None
    assert attributes.withdraw(None) is None


def test_a_block_in_the_middle_leaves_the_line_between() -> None:
    text = "a\n\n# c\nx\ny\nb\n"
    assert block.removed(text, "# c", {"x", "y"}) == "a\n\nb\n"
    assert block.removed("# c\nx\n", "# c", {"x"}) == ""


def test_ignore_rules_that_are_no_text() -> None:
    assert list(ignoring.proposals(b"\xff", "", hides_all=True)) == []
    assert ignoring.withdraw(b"\xff") is None
    assert ignoring.withdraw(None) is None
    assert ignoring.withdraw(b"x\n") is None


def test_workflow() -> None:
    written = after(workflow.propose({}))
    path = workflow.PATH
    assert workflow.propose({path: written.encode()}) is None
    assert workflow.propose({path: written.replace("\n", "\r\n").encode()}) is None
    older = written.replace(REV, "v0.0.1").encode()
    assert after(workflow.propose({path: older})) == written
    for reference in (f"mpm-hooks/mpm-hooks@{REV}", '"mpm-hooks/mpm-hooks/.github/workflows/sessions.yml@0123"'):
        assert workflow.propose({".github/workflows/x.yml": f"steps:\n- uses: {reference}\n".encode()}) is None
    assert isinstance(workflow.propose({path: b"on: push\n"}), Left)
    assert workflow.withdraw(None) is None
    assert isinstance(workflow.withdraw(written.encode() + b"# mine\n"), Left)
    assert after(workflow.withdraw(older)) == ""


def test_the_workflow_is_that_of_the_documentation() -> None:
    text = (ROOT / "docs/pull-requests.md").read_text(encoding="utf-8")
    assert re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0] == workflow.TEXT
    assert set(yaml.safe_load(workflow.TEXT)) == {True, "jobs"}


@pytest.mark.parametrize("path", skills.SKILLS)
def test_skills(path: str) -> None:
    written = after(skills.propose(path, None))
    assert skills.propose(path, written.replace("\n", "\r\n").encode()) is None
    assert isinstance(skills.propose(path, b"another"), Left)
    assert after(skills.withdraw(path, written.encode())) == ""
    assert skills.withdraw(path, b"another") is None
    assert skills.withdraw(path, None) is None
    _, front, text = written.split("---\n", 2)
    assert yaml.safe_load(front)["name"] == path.split("/")[-2]
    assert max(map(len, text.splitlines())) <= 120


@once
def test_the_words_of_the_skill_make_a_session(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (statement,) = re.findall(
        r"<<'END'\n(.*?)^END", skills.SKILLS[".claude/skills/mpm-pause/SKILL.md"], re.DOTALL | re.MULTILINE
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(statement.encode())))
    assert run(repository.path, "pause", "--from", "-").status == 0
    (taken,) = repository.ids
    said = json.loads((repository.sessions / f"{taken}.json").read_bytes())
    assert said["conversation"]["next_steps"] == ["the one thing to do first", "what follows"]
    assert said["tried"] == ["what was tried: why it did not work"]


@pytest.mark.parametrize(
    ("before", "has_more"),
    [
        pytest.param(None, False, id="none"),
        pytest.param("", False, id="empty"),
        pytest.param('{\n    "model": "x",\n    "hooks": {\n        "Stop": []\n    }\n}\n', True, id="four blanks"),
        pytest.param('{\n\t"é": "x"\n}', True, id="tabs, no newline"),
        pytest.param('{\r\n  "e": "\\u00e9"\r\n}\r\n', True, id="windows, ascii"),
        pytest.param('\ufeff{\n  "a": 1\n}\n', True, id="byte order mark"),
        pytest.param(json.dumps({"hooks": {"PreCompact": [{"hooks": [WORK]}]}}, indent=2), True, id="another hook"),
    ],
)
def test_agent(before: str | None, *, has_more: bool) -> None:
    given = None if before is None else before.encode()
    written = after(agent.propose(given))
    hooks = json.loads(written.removeprefix("\ufeff"))["hooks"]
    assert all(
        any("mpm-hooks" in json.dumps(group) for group in hooks[event])
        for event in ("PreCompact", "SessionEnd", "SessionStart")
    )
    assert agent.propose(written.encode()) is None
    removed = agent.withdraw(written.encode())
    assert after(removed) == (before if has_more else "")
    assert isinstance(removed, Proposal)
    assert (removed.after is None) != has_more


def test_hooks_of_others_beside_ours_stay() -> None:
    data = json.loads(after(agent.propose(None)))
    data["hooks"]["SessionEnd"][0]["hooks"].append(WORK)
    data["hooks"]["PreCompact"][0]["hooks"][0]["command"] = "cd sub && mpm-hooks pause --auto"
    data["hooks"] |= {"Stop": [1], "Odd": 1}
    given = json.dumps(data, indent=2).encode()
    assert agent.propose(given) is None
    left = json.loads(after(agent.withdraw(given)))["hooks"]
    assert left == {"SessionEnd": [{"hooks": [WORK]}], "Stop": [1], "Odd": 1}


@pytest.mark.parametrize(
    "settings", ["{", "[]", '{"hooks": 1}', '{"hooks": {"PreCompact": 1}}', '{"a": 1, "a": 2}', "// x\n{}", "\0"]
)
def test_settings_of_the_agent_that_are_left_to_a_person(settings: str) -> None:
    answer = agent.propose(settings.encode())
    assert isinstance(answer, Left)
    assert "mpm-hooks pause --auto" in answer.what
    assert agent.withdraw(settings.encode()) is None


def test_no_settings_of_the_agent_to_take_out() -> None:
    assert agent.withdraw(None) is None
    assert agent.withdraw(b"{}") is None


def everything(at: Repository) -> dict[str, bytes]:
    """Return every file of a work tree."""
    return {
        path.relative_to(at.path).as_posix(): path.read_bytes()
        for path in sorted(at.path.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(at.path).parts
    }


ALL = ("init", "--claude", "--push", "--github")


@once
def test_written_on_consent_found_done_and_taken_out(repository: Repository, run: Run) -> None:
    before = everything(repository)
    shown = run(repository.path, *ALL)
    assert (shown.status, everything(repository)) == (1, before)
    assert "+  - id: mpm-pause-push\n" in shown.out
    assert shown.out.endswith("Nothing was written, since nobody can be asked here: --yes writes it\n")
    dry = run(repository.path, *ALL, "--dry-run")
    assert (dry.status, everything(repository)) == (1, before)
    done = run(repository.path, *ALL, "--yes")
    assert done.status == 0
    written = set(everything(repository)) - set(before)
    assert written == {
        *(precommit.PATH, ignoring.PATH, attributes.PATH, workflow.PATH, agent.PATH),
        *skills.SKILLS,
    }
    (added,) = re.findall(r"^  git add (.*)", done.out, re.MULTILINE)
    assert set(added.split()) == written
    repository.git("add", *added.split())
    repository.git("commit", "-qm", "Adopt")
    again = run(repository.path, *ALL)
    assert (again.status, again.out.splitlines()[0]) == (0, "Nothing to do: all is there")
    assert repository.git("status", "--porcelain", "--ignored") == ""
    (repository.path / "sub").mkdir()
    removed = run(repository.path / "sub", "init", "--remove", "--yes")
    assert (removed.status, everything(repository)) == (0, before)
    assert "  git add ../.pre-commit-config.yaml" in removed.out
    assert not (repository.path / ".claude").exists()
    assert "install" not in removed.out
    none = run(repository.path, "init", "--remove")
    assert (none.status, none.out) == (0, "Nothing to do: nothing of ours is here\n")


@once
@pytest.mark.parametrize(
    ("rules", "ignored"),
    [
        pytest.param(None, [], id="none"),
        pytest.param("*.log\n", [], id="others"),
        pytest.param(".claude-mpm/\n", ["state"], id="claude-mpm's own"),
        pytest.param(".claude-mpm/\r\n*.log\r\n", ["state"], id="windows"),
        pytest.param(".claude-mpm\n", ["state"], id="without a slash"),
        pytest.param(".claude*\n", ["state"], id="a pattern"),
        pytest.param(".*\n", ["state"], id="all that begins with a dot"),
        pytest.param("*\n!.gitignore\n", ["state"], id="everything"),
        pytest.param("*.json", ["state"], id="forms"),
        pytest.param("sessions/\n", [], id="a folder of that name"),
        pytest.param(".claude-mpm/sessions/\n", [], id="the folder"),
        pytest.param(".claude-mpm/*\n", ["state"], id="all in it"),
        pytest.param("session-*\n", [], id="the files"),
        pytest.param("!.claude-mpm/\n", [], id="undone above"),
    ],
)
def test_sessions_are_not_ignored_any_more(
    repository: Repository, run: Run, rules: str | None, ignored: list[str]
) -> None:
    if rules is not None:
        repository.write(".gitignore", rules)
    assert run(repository.path, "init", "--yes").status == 0
    for name, content in files(quiet()).items():
        repository.write(name, content)
    repository.write(".claude-mpm/state/x.json", "{}")
    text = (repository.path / ".gitignore").read_bytes()
    assert text.startswith((rules or "").encode())
    listed = set(repository.git("ls-files", "--others", "--exclude-standard").splitlines())
    assert {*files(quiet())} <= listed
    assert (".claude-mpm/state/x.json" not in listed) == bool(ignored)
    assert ignoring.as_upstream_does(text) == text
    assert run(repository.path, "init").status == 0
    run(repository.path, "init", "--remove", "--yes")
    left = repository.path / ".gitignore"
    assert (left.read_text(encoding="utf-8").rstrip() if left.exists() else "") == (rules or "").replace(
        "\r\n", "\n"
    ).rstrip()


@once
def test_who_keeps_sessions_out_of_git_is_left_in_peace(repository: Repository, run: Run) -> None:
    hooks = ENTRY.replace("mpm-committed\n", "mpm-committed\n    args: [--allow-ignored]\n")
    repository.write(precommit.PATH, f"repos:\n{hooks}")
    repository.write(".gitignore", ".claude-mpm/\n")
    told = run(repository.path, "init").out
    assert (ignoring.PATH in told, attributes.PATH in told) == (False, True)


@once
def test_a_rule_that_the_topmost_file_undoes_is_named(repository: Repository, run: Run) -> None:
    repository.write(".git/info/exclude", ".claude-mpm/\n")
    assert "sessions are ignored by .git/info/exclude:1: .claude-mpm/\n" in run(repository.path, "init", "--yes").out
    repository.write(f"{DIRECTORY}/{ID}.json", "{}")
    assert DIRECTORY in repository.git("status", "--porcelain", "--untracked-files=all")
    (repository.path / ".gitignore").unlink()
    repository.write(".git/info/exclude", "")
    repository.write("rules", "session-*\n")
    repository.git("config", "core.excludesFile", str(repository.path / "rules"))
    assert f"{repository.path.name}/rules:1: session-*\n" in run(repository.path, "init").out


@once
def test_a_rule_that_no_line_undoes_is_left_to_a_person(repository: Repository, run: Run) -> None:
    repository.write(".claude-mpm/.gitignore", "*\n")
    told = run(repository.path, "init", "--yes").out
    assert "left to you: sessions are ignored by .claude-mpm/.gitignore:1: *, which no line here undoes" in told
    repository.write(".claude-mpm/.gitignore", "")
    repository.write(".gitignore", b"\xff\n.claude-mpm/\n")
    assert "left to you: sessions are ignored by .gitignore:2: .claude-mpm/" in run(repository.path, "init").out


@once
@pytest.mark.parametrize(
    ("remote", "folder", "flags", "proposes"),
    [
        pytest.param("https://github.com/x/y", "", [], True, id="remote"),
        pytest.param("https://example.org/x/y", "", [], False, id="another remote"),
        pytest.param("", ".github/dependabot.yml", [], True, id="folder"),
        pytest.param("", "", [], False, id="nothing"),
        pytest.param("", "", ["--github"], True, id="asked for"),
        pytest.param("https://github.com/x/y", "", ["--no-github"], False, id="not wanted"),
        pytest.param("", ".github/workflows/own.yml", [], False, id="there already"),
    ],
)
def test_the_workflow_is_for_github(
    repository: Repository, run: Run, remote: str, folder: str, flags: list[str], *, proposes: bool
) -> None:
    repository.git("config", "remote.without-address.prune", "true")
    if remote:
        repository.git("remote", "add", "origin", remote)
    if folder:
        repository.write(folder, f"steps:\n- uses: mpm-hooks/mpm-hooks@{REV}\n")
    assert (f"{workflow.PATH}: a pull request" in run(repository.path, "init", *flags).out) == proposes


@once
def test_what_cannot_be_written_leaves_all_as_it_was(repository: Repository, run: Run) -> None:
    repository.write(".claude", "no directory\n")
    before = everything(repository)
    refused = run(repository.path, *ALL, "--yes")
    assert (refused.status, everything(repository)) == (3, before)
    assert ".claude" in refused.err
    assert not list(repository.path.glob(".mpm-hooks*"))


@once
def test_a_file_that_cannot_go_brings_the_others_back(repository: Repository, run: Run) -> None:
    run(repository.path, *ALL, "--yes")
    before = everything(repository)
    found = repo.find(repository.path)
    assert found is not None
    proposals = [each for each in adoption.withdrawn(found) if isinstance(each, Proposal)]
    new = [Proposal(path=path, before=None, after=b"x", why="") for path in ("new/x", "clash", "clash/x")]
    with pytest.raises(UnableError, match="clash: File exists"):
        adoption.write(found, [*proposals, *new])
    assert everything(repository) == before
    repository.write(".gitattributes", "other\n")
    with pytest.raises(UnableError, match="was changed meanwhile"):
        adoption.write(found, proposals)


@once
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = repo.find(repository.path)
    assert found is not None
    link = os.link

    def late(source: Path, target: Path) -> None:
        repository.write("new.txt", "theirs\n")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(UnableError, match="nothing was written"):
        adoption.write(found, [Proposal(path="new.txt", before=None, after=b"ours\n", why="")])
    assert (repository.path / "new.txt").read_text(encoding="utf-8") == "theirs\n"


@once
def test_links_are_left_to_a_person(repository: Repository, run: Run) -> None:
    repository.write("elsewhere/ignore", "x\n")
    (repository.path / ".gitignore").symlink_to("elsewhere/ignore")
    (repository.path / ".claude").symlink_to("elsewhere")
    told = run(repository.path, "init", "--claude", "--yes").out
    assert ".gitignore: left to you: .gitignore is a symbolic link" in told
    assert ".claude/settings.json: left to you: .claude is a symbolic link" in told
    assert sorted(os.listdir(repository.path / "elsewhere")) == ["ignore"]  # noqa: PTH208 - the names alone


@once
def test_modes_stay_and_odd_files_are_refused(repository: Repository, run: Run) -> None:
    path = repository.write(".gitattributes", "x text\n")
    path.chmod(0o640)
    assert run(repository.path, "init", "--yes").status == 0
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o640
    path.unlink()
    path.mkdir()
    refused = run(repository.path, "init")
    assert (refused.status, "is a directory" in refused.err) == (3, True)


@once
def test_what_git_passes_over_is_said(repository: Repository, run: Run) -> None:
    repository.write(".gitignore", "/.claude/\n")
    told = run(repository.path, "init", "--claude", "--yes").out
    assert ".claude/settings.json is ignored by git: only this work tree has it" in told
    (added,) = re.findall(r"^  git add (.*)", told, re.MULTILINE)
    assert ".claude/" not in added.replace(".claude-mpm", "")


@once
@pytest.mark.parametrize(
    ("there", "flags", "told"),
    [
        pytest.param([], [], ["pipx install pre-commit", "pre-commit install"], id="no runner"),
        pytest.param(["prek"], [], ["prek install"], id="prek"),
        pytest.param(
            ["pre-commit", "prek"],
            ["--push"],
            ["pre-commit install --hook-type pre-commit --hook-type pre-push"],
            id="both, and pushes",
        ),
    ],
)
def test_how_the_hooks_come_to_run_is_said(
    repository: Repository,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    there: list[str],
    flags: list[str],
    told: list[str],
) -> None:
    if os.name == "nt":
        pytest.skip("programs are found otherwise there")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").symlink_to(str(shutil.which("git")))
    for each in there:
        (programs / each).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / each).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    out = run(repository.path, "init", "--yes", *flags).out
    steps = out[out.index("Next:") :].splitlines()[3:]
    assert steps == [f"  {each}" for each in told]
    repository.write(".git/hooks/pre-commit", "#!/usr/bin/env bash\n# File generated by pre-commit\n")
    repository.write(".git/hooks/pre-push", "#!/bin/sh\nprek hook-impl\n")
    assert run(repository.path, "init", *flags).out == "Nothing to do: all is there\n"


@once
def test_prek_has_settings_of_its_own(repository: Repository, run: Run) -> None:
    path = repository.write("prek.toml", PREK_OTHER)
    told = run(repository.path, "init", "--yes").out
    assert [each["repo"] for each in tomllib.loads(path.read_text(encoding="utf-8"))["repos"]] == ["x", URL]
    assert not (repository.path / precommit.PATH).exists()
    assert "pre-commit install" not in told
    repository.write(precommit.PATH, "repos: []\n")
    run(repository.path, "init", "--yes")
    assert URL in (repository.path / precommit.PATH).read_text(encoding="utf-8")


@once
def test_wrong_use_and_no_repository(repository: Repository, run: Run, tmp_path: Path) -> None:
    assert run(repository.path, "init", "--yes", "--dry-run").status == 2
    outside = run(tmp_path, "init")
    assert (outside.status, "is in no git repository" in outside.err) == (3, True)


@once
@pytest.mark.parametrize(
    ("answer", "writes"), [("y\n", True), ("Yes\n", True), ("\n", False), ("n\n", False), ("\x04", False)]
)
def test_somebody_is_asked_on_a_terminal(repository: Repository, answer: str, *, writes: bool) -> None:
    """The one thing that no pipe can show: a question, colours, and an answer."""
    ours, theirs = pytest.importorskip("pty").openpty()
    command = [sys.executable, "-m", "mpm_hooks", "init"]
    variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        command, cwd=repository.path, stdin=theirs, stdout=theirs, stderr=theirs, env=variables | {"TERM": "xterm"}
    ) as process:
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(ours, 4096)
        os.write(ours, answer.encode())
        while piece := _read(ours):
            said += piece
    os.close(ours)
    assert (process.returncode, (repository.path / precommit.PATH).exists()) == (0 if writes else 1, writes)
    assert b"\x1b[32m+repos:\x1b[0m" in said
    assert (b"Nothing was written" in said) != writes


def _read(stream: int) -> bytes:
    try:
        return os.read(stream, 4096)
    except OSError:  # Linux says so where the other end is closed
        return b""


Working = Callable[[Repository], None]


@once
def test_an_automatic_pause_where_base_and_branch_have_parted(repository: Repository, run: Run) -> None:
    repository.git("switch", "--quiet", "-c", "work")
    repository.commit("mine.txt")
    repository.git("switch", "--quiet", "main")
    repository.commit("theirs.txt")
    repository.git("switch", "--quiet", "work")
    result = run(repository.path, "pause", "--auto")
    assert (result.status, result.err, len(repository.ids)) == (0, "", 1)


@once
@pytest.mark.parametrize(
    ("work", "takes"),
    [
        pytest.param(lambda _: None, False, id="nothing was done"),
        pytest.param(lambda at: at.commit("x.txt"), True, id="a commit"),
        pytest.param(lambda at: at.write("x.txt", "1\n"), True, id="a file"),
        pytest.param(lambda at: at.git("switch", "-q", "main"), False, id="the default branch"),
        pytest.param(lambda at: at.git("switch", "-q", "--detach"), False, id="detached"),
    ],
)
def test_an_automatic_pause(repository: Repository, run: Run, work: Working, *, takes: bool) -> None:
    repository.git("switch", "-q", "-c", "feature/x")
    work(repository)
    result = run(repository.path, "pause", "--auto")
    assert (result.status, result.err, bool(result.out)) == (0, "", takes)
    assert len(repository.ids) == takes
    again = run(repository.path, "pause", "--auto")
    assert (again.status, again.out, len(repository.ids)) == (0, "", takes)


@once
def test_an_automatic_pause_keeps_what_has_changed_since(repository: Repository, run: Run) -> None:
    repository.git("switch", "-q", "-c", "feature/x")
    repository.commit("x.txt")
    repository.write("y.txt", "1\n")
    for _ in range(2):
        run(repository.path, "pause", "--auto")
    assert len(repository.ids) == 1
    repository.write("y.txt", "1\n2\n")
    run(repository.path, "pause", "--auto")
    assert len(repository.ids) == 2
    (repository.sessions / f"{repository.ids[-1]}.json").write_bytes(b"{")
    run(repository.path, "pause", "--auto")
    assert len(repository.ids) == 3


@once
def test_an_automatic_pause_stops_nobody(repository: Repository, run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "pause", "--auto").status == 0
    repository.git("switch", "-q", "-c", "feature/x")
    repository.write("x.txt", "1\n")
    repository.write(".gitignore", ".claude-mpm/\n")
    refused = run(repository.path, "pause", "--auto")
    assert (refused.status, refused.out) == (0, "")
    assert refused.err.startswith("mpm-hooks: no automatic pause: sessions are ignored")
    repository.write("pyproject.toml", "[tool.mpm-hooks]\nnothing = 1\n")
    assert run(repository.path, "pause", "--auto").status == 0


@once
def test_a_notice_has_no_word_of_the_session(repository: Repository, run: Run) -> None:
    assert run(repository.path, "resume", "--notice").out == ""
    for name, content in files(quiet()).items():
        repository.write(name, content)
    assert run(repository.path, "resume", "--notice").out == ""
    run(repository.path, "pause", "Words of the session")
    newest = repository.ids[-1]
    first, second = run(repository.path, "resume", "--notice").out.splitlines()
    assert first == f"A paused session of claude-mpm is here: {newest}, just now (2 sessions in all)."
    assert "mpm-hooks resume" in second
    for each in repository.sessions.glob(f"{ID}*"):
        each.unlink()
    assert "in all" not in run(repository.path, "resume", "--notice").out
