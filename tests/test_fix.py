"""What can be derived is rewritten, what only a person can decide stays, and no word is lost."""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import Repository, Run
from hypothesis import given
from hypothesis import strategies as st
from sessions import ID, LATER, any_session, files, full, paused, rich

from mpm_hooks import check, disk, fix
from mpm_hooks.check import Folder
from mpm_hooks.finding import UnableError
from mpm_hooks.fix import encoding, folder, keeping, portable, saving
from mpm_hooks.fix.folder import Fixed
from mpm_hooks.render import upstream
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY, POINTER, Json, Session

HERE = Path(__file__).parent
JSON, YAML, MD = f"{ID}.json", f"{ID}.yaml", f"{ID}.md"
SAMPLES = sorted(
    {path.parent for kind in ("genuine", "leftover") for path in (HERE / kind).rglob("session-*.json")}, key=str
)
EMPTY = re.compile(r"^.*: (\[\]|\{\}|''|\"\"|null),?$", re.MULTILINE)
"""A key under which nothing stands: it says nothing, whatever its name."""
Files = dict[str, bytes]
Change = Callable[[Files], None]


def folder_of(contents: Mapping[str, bytes], path: str = DIRECTORY, **odd: str) -> Folder:
    return Folder(path=path, names=frozenset(contents) | odd.keys(), contents=contents, odd=odd)


def unknown(_: str) -> None:
    """Know of no file."""


def fixed(contents: Mapping[str, bytes], path: str = DIRECTORY, *, committed: bool = False) -> tuple[Fixed, Files]:
    """Mend a folder, hold that a second time changes nothing, and return what it is then."""
    done = folder.mended(folder_of(contents, path), unknown, lambda *_: committed)
    after = {name: content for name, content in {**contents, **done.writes}.items() if name not in done.removals}
    again = folder.mended(folder_of(after, path), unknown, lambda *_: committed)
    assert (again.writes, again.removals, again.done) == ({}, set(), [])
    assert again.left == done.left
    for found, told in ((contents, done), (after, again)):
        is_in_order = fix.is_in_order(folder_of(found, path))
        assert not (is_in_order and (told.writes or told.removals or told.left))
    return done, after


def whats(done: Fixed) -> dict[str, str]:
    return {each.path.rpartition("/")[2]: each.what for each in done.done}


def changed(name: str, old: str, new: str) -> Change:
    """Replace a text in one file."""

    def change(contents: Files) -> None:
        text = contents[name].decode()
        assert old in text
        contents[name] = text.replace(old, new, 1).encode("utf-8", "surrogateescape")

    return change


def instead(name: str, content: bytes) -> Change:
    """Put another file in the place of one."""
    return lambda contents: contents.update({name: content})


def without(*gone: str) -> Change:
    """Delete files."""

    def change(contents: Files) -> None:
        for name in gone:
            del contents[name]

    return change


def coded(name: str, coding: str, mark: bytes = b"") -> Change:
    """Write a file in another encoding."""
    return lambda contents: contents.update({name: mark + contents[name].decode().encode(coding)})


def ended(name: str, end: bytes) -> Change:
    """Write a file with other line ends."""
    return lambda contents: contents.update({name: contents[name].replace(b"\n", end)})


def cut(name: str, at: str, *, inside: bool = False) -> Change:
    """Cut a file off before a text, or within it."""

    def change(contents: Files) -> None:
        place = contents[name].index(at.encode()) + (len(at) // 2 if inside else 0)
        contents[name] = contents[name][:place]

    return change


def conflict(name: str, ours: str, theirs: str, base: str = "") -> Change:
    """Put two sides in the place of a line."""

    def change(contents: Files) -> None:
        text = contents[name].decode()
        assert f"{ours}\n" in text
        middle = f"||||||| 1234567\n{base}\n" if base else ""
        both = f"<<<<<<< HEAD\n{ours}\n{middle}=======\n{theirs}\n>>>>>>> theirs\n"
        contents[name] = text.replace(f"{ours}\n", both, 1).encode()

    return change


def test_a_good_session_is_left_alone() -> None:
    done, _ = fixed(paused(full()))
    assert (done.done, done.left) == ([], ())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param(without(YAML), {YAML: "written from the json: it was missing"}, id="yaml is missing"),
        pytest.param(without(MD), {MD: "written from the json: it was missing"}, id="md is missing"),
        pytest.param(instead(YAML, b"\n"), {YAML: "written from the json: it was empty"}, id="yaml is empty"),
        pytest.param(instead(MD, b"\0\0"), {MD: "written from the json: it was empty"}, id="md is zeros"),
        pytest.param(cut(YAML, "open_questions", inside=True), {YAML: "written from the json"}, id="yaml is cut"),
        pytest.param(cut(YAML, "accomplishments"), {YAML: "written from the json"}, id="yaml is cut at a line"),
        pytest.param(cut(MD, "Next Steps", inside=True), {MD: "written from the json"}, id="md is cut in a heading"),
        pytest.param(cut(MD, "places are", inside=True), {MD: "written from the json"}, id="md is cut in a line"),
        pytest.param(cut(MD, "## Active"), {MD: "written from the json"}, id="md is cut between sections"),
        pytest.param(
            changed(YAML, "duration_hours: 1.5\n", ""), {YAML: "written from the json"}, id="yaml lacks a key"
        ),
        pytest.param(changed(YAML, "'1.2.3'", '"1.2.3"'), {YAML: "written from the json"}, id="yaml: other quotes"),
        pytest.param(changed(YAML, "  - json is read\n", ""), {YAML: "written from the json"}, id="yaml lacks an item"),
        pytest.param(changed(MD, "- Tell Bob", "* Tell Bob"), {MD: "written from the json"}, id="md: other bullets"),
        pytest.param(changed(MD, "- places are found\n", ""), {MD: "written from the json"}, id="md lacks an item"),
        pytest.param(coded(JSON, "utf-8-sig"), {JSON: "re-encoded from UTF-8 with a byte order mark"}, id="json: mark"),
        pytest.param(coded(JSON, "utf-16"), {JSON: "re-encoded from UTF-16"}, id="json: UTF-16"),
        pytest.param(coded(YAML, "utf-16-be"), {YAML: "re-encoded from UTF-16"}, id="yaml: UTF-16 without a mark"),
        pytest.param(coded(MD, "utf-16-le"), {MD: "re-encoded from UTF-16"}, id="md: UTF-16, the other way round"),
        pytest.param(coded(MD, "utf-32"), {MD: "re-encoded from UTF-32"}, id="md: UTF-32"),
        pytest.param(ended(MD, b"\r"), {MD: "line ends are line feeds now"}, id="md: CR"),
        pytest.param(
            lambda contents: contents.update({JSON: json.dumps(json.loads(contents[JSON])).encode()}),
            {JSON: "laid out as claude-mpm does"},
            id="json on one line",
        ),
        pytest.param(changed(JSON, '"1.2.3",', '"1.2.3",,'), {JSON: "mended the syntax"}, id="json: a comma more"),
        pytest.param(changed(JSON, '"1.2.3",', '"1.2.3"'), {JSON: "mended the syntax"}, id="json: a comma less"),
        pytest.param(
            changed(JSON, '{\n  "session_id"', f'{{\n  "session_id": "{ID}",\n  "session_id"'),
            {JSON: "mended the syntax"},
            id="json: a key twice, and alike",
        ),
        pytest.param(without(POINTER), {POINTER: f"leads to {ID} now: it was missing"}, id="pointer is missing"),
        pytest.param(
            instead(POINTER, b"nowhere\n"), {POINTER: f"leads to {ID} now: it named no session"}, id="pointer: nothing"
        ),
        pytest.param(
            changed(POINTER, ID, LATER), {POINTER: f"leads to {ID} now: it led to {LATER}"}, id="pointer: not there"
        ),
        pytest.param(
            conflict(POINTER, f"Latest Session: {ID}", f"Latest Session: {LATER}"),
            {POINTER: f"leads to {ID} now: it was in conflict"},
            id="pointer in conflict",
        ),
        pytest.param(without(JSON), {JSON: "rebuilt from the yaml: the json was missing"}, id="json is missing"),
        pytest.param(instead(JSON, b""), {JSON: "rebuilt from the yaml: the json was empty"}, id="json is empty"),
        pytest.param(
            cut(JSON, "feature/parser", inside=True),
            {JSON: "rebuilt from the yaml: the json was broken"},
            id="json is cut",
        ),
        pytest.param(
            conflict(YAML, "  branch: feature/parser", "  branch:   'feature/parser'"),
            {YAML: "settled a conflict by the json"},
            id="yaml in conflict, alike",
        ),
        pytest.param(
            conflict(MD, "- Tell Bob", "*  Tell Bob", "- Tell Ann"),
            {MD: "settled a conflict by the json"},
            id="md in conflict, alike",
        ),
        pytest.param(
            conflict(JSON, '  "version": "1.2.3",', '  "version":  "1.2.3",'),
            {JSON: "settled a conflict of sides that say the same"},
            id="json in conflict, alike",
        ),
        pytest.param(
            lambda contents: contents.update({f".{ID}_a1b2c3d4.tmp.sha256": b"0" * 64}),
            {f".{ID}_a1b2c3d4.tmp.sha256": "removed a checksum that nothing reads"},
            id="checksum",
        ),
    ],
)
def test_what_can_be_derived_is_written_anew(change: Change, what: dict[str, str]) -> None:
    contents = good = paused(full())
    contents = {**good}
    change(contents)
    done, after = fixed(contents)
    assert whats(done) == what
    assert done.left == ()
    assert after == good


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(changed(YAML, "feature/parser", "other"), "MPM302", id="yaml: another value"),
        pytest.param(changed(YAML, "  - json is read\n", "  - json is written\n"), "MPM302", id="yaml: another item"),
        pytest.param(changed(YAML, "version: '1.2.3'", "version: {}\nmore: 1"), "MPM302", id="yaml: a key more"),
        pytest.param(changed(YAML, "clean: false", "clean: 0"), "MPM302", id="yaml: 0 is not false"),
        pytest.param(
            changed(YAML, "conversation:\n", "conversation: {\n  but"), "MPM104", id="yaml is broken, and says more"
        ),
        pytest.param(changed(MD, "Write the parser", "Write the lexer"), "MPM303", id="md: another value"),
        pytest.param(changed(MD, "- Tell Bob", "- Tell Bob\n- Tell Ann"), "MPM303", id="md: another item"),
        pytest.param(changed(YAML, "Ann", "A\udce9nn"), "MPM102", id="yaml in another encoding"),
        pytest.param(instead(MD, b"\x81\x8d"), "MPM102", id="md in no encoding"),
        pytest.param(conflict(JSON, '  "version": "1.2.3",', '  "version": "1.2.4",'), "MPM106", id="json in conflict"),
        pytest.param(changed(JSON, '"duration_hours"', '\n<<<<<<< x\n"duration_hours"'), "MPM106", id="json: muddled"),
    ],
)
def test_what_a_person_has_to_decide_stays(change: Change, code: str) -> None:
    contents = paused(full())
    change(contents)
    done, after = fixed(contents)
    assert code in {finding.code for finding in done.left}
    assert after == contents


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param(YAML, conflict(YAML, "  branch: feature/parser", "  branch: other", "  branch: third"), id="yaml"),
        pytest.param(MD, conflict(MD, "- Tell Bob", "- Tell Ann"), id="md"),
    ],
)
def test_the_json_decides_a_conflict_and_the_other_side_is_kept(name: str, change: Change) -> None:
    good = paused(full())
    contents = {**good}
    change(contents)
    done, after = fixed(contents)
    kept = f".{name}.broken"
    assert whats(done) == {name: f"settled a conflict by the json; what stood there is kept in {kept}"}
    assert after == good | {kept: contents[name]}
    assert fixed(contents, committed=True)[1] == good


BROKEN: Files = {JSON: b'{"session_id": 1, "hidden words'}


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        pytest.param(cut(JSON, "feature/parser", inside=True), None, id="all words are in the yaml"),
        pytest.param(instead(JSON, b'{"hidden words": '), f".{JSON}.broken", id="other words"),
        pytest.param(changed(JSON, "Tell Bob", "Tell \udcff"), f".{JSON}.broken", id="bad bytes"),
    ],
)
def test_a_broken_json_is_kept_beside_if_it_may_say_more(change: Change, kept: str | None) -> None:
    good = paused(full())
    contents = {**good}
    change(contents)
    done, after = fixed(contents)
    assert after == good | ({kept: contents[JSON]} if kept else {})
    assert ("what stood there is kept" in whats(done)[JSON]) == bool(kept)
    assert fixed(contents, committed=True)[1] == good


def test_what_was_kept_is_not_overwritten() -> None:
    contents = paused(full()) | {JSON: b'{"hidden words": ', f".{JSON}.broken": b"older"}
    _, after = fixed(contents)
    assert (after[f".{JSON}.broken"], after[f".{JSON}.broken2"]) == (b"older", contents[JSON])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(changed(JSON, '"1.2.3"', '"1.2.4"'), "1.2.4", id="before it breaks off"),
        pytest.param(changed(JSON, '"version"', '"later": 1, "version"'), "later", id="a key that the yaml lacks"),
    ],
)
def test_a_broken_json_and_a_yaml_that_says_otherwise(change: Change, said: str) -> None:
    contents = paused(full())
    change(contents)
    contents[JSON] = contents[JSON].rstrip()[:-1]
    done, after = fixed(contents)
    if said == "later":
        assert json.loads(after[JSON])["later"] == 1
        assert b"later: 1" in after[YAML]
    else:
        assert after == contents
        assert "MPM103" in {finding.code for finding in done.left}


def test_a_json_is_made_of_our_md() -> None:
    good = paused(rich())
    done, after = fixed({MD: good[MD], POINTER: good[POINTER]})
    told = json.loads(after[JSON])
    assert whats(done)[JSON].endswith(
        "the json was missing; lost is what an md does not tell: keys that only a json has"
    )
    assert told["conversation"]["summary"] == rich().text("conversation", "summary")
    assert told["todos"]["active"][0]["content"] == "yaml"
    assert after[MD] == good[MD]


@pytest.mark.parametrize("folder", [each for each in SAMPLES if any(each.glob("*.md"))], ids=lambda each: each.name)
def test_a_json_is_made_of_the_md_of_upstream(folder: Path) -> None:
    for path in folder.glob("session-*.json"):
        page = path.with_suffix(".md")
        if not page.exists() or not page.stat().st_size:
            continue
        whole = json.loads(path.read_bytes())
        done, after = fixed({page.name: page.read_bytes()})
        told = json.loads(after[path.name])
        assert "lost is what an md does not tell: context_usage, todos" in whats(done)[path.name]
        assert told["session_id"] == whole["session_id"]
        assert told["resume_instructions"]["validation_commands"].keys() == {"check_git", "check_session"}
        assert told["git_context"]["is_git_repo"] is whole["git_context"]["is_git_repo"]


def test_a_page_without_a_repository() -> None:
    session = full(git_context={"is_git_repo": False, "branch": None, "status": {"clean": True}})
    page = upstream.as_markdown(session).replace("**Summary**:\nThe parser reads json.\nNext: yaml.\n", "")
    page = page.replace("git status", "make\ngit status\ngit status --short")
    _, after = fixed({MD: page.encode()})
    told = json.loads(after[JSON])
    assert (told["git_context"], told["conversation"]["summary"]) == ({"is_git_repo": False}, "")
    commands = {"command_1": "make", "check_git": "git status", "command_3": "git status --short"}
    assert told["resume_instructions"]["validation_commands"] == commands


def test_a_page_that_tells_nothing_of_git() -> None:
    page = upstream.as_markdown(full()).partition("## Git Context")[0]
    assert json.loads(fixed({MD: page.encode()})[1][JSON]).keys() >= {"session_id", "conversation"}
    assert "git_context" not in json.loads(fixed({MD: page.encode()})[1][JSON])


def test_a_json_alone_is_closed_where_it_broke_off() -> None:
    contents = {JSON: paused(full())[JSON]}
    cut(JSON, "is_git_repo")(contents)
    done, after = fixed(contents)
    assert whats(done)[JSON].startswith(
        "closed where it broke off; lost: git_context and what follows; what stood there"
    )
    assert json.loads(after[JSON])["conversation"] == full().data["conversation"]
    assert MD in after


@pytest.mark.parametrize("text", ["", "[]", "{", '{"session_id": "x", "paused_at": 1', "<<<<<<< x\n{}"])
def test_a_json_alone_that_says_nothing_is_left(text: str) -> None:
    done, after = fixed({JSON: text.encode()})
    assert after[JSON] == text.encode()
    assert [finding.path.rpartition("/")[2] for finding in done.left if finding.code != "MPM301"] == [JSON]


@pytest.mark.parametrize(
    ("text", "data", "end"),
    [
        ('{"a": 1, "b": "x', {"a": 1}, "b"),
        ('{"a": 1, "b": 12', {"a": 1}, "b"),
        ('{"a": {"b": [1, {"c": 2, "d": ', {"a": {"b": [1, {"c": 2}]}}, "a.b[1].d"),
        ('{"a": [1, 2', {"a": [1]}, "a[1]"),
        ('{"a": 1, "b": 0.', {"a": 1}, "b"),
        ('{"a": [', {}, None),
        ('{"a": 1, b: 2}', {"a": 1}, "the end"),
        ('{"a": 1, "b" 2}', {"a": 1}, "the end"),
        ('{"a": 1, "a": 2, "b": 3}', {"a": 1}, "a"),
        ('{"a": {"b": 1}, "a": {"b": 2, "c": ', {"a": {"b": 1}}, "a.c"),
        ('{"a": 1} x', {"a": 1}, "the end"),
        ('{"a": 1,\n"b": [1 2,], }', {"a": 1, "b": [1, 2]}, ""),
        ('{"a": "x\ny"}', {}, None),
        ('{"a": 1, "b": ' + "[" * 200_000, {"a": 1}, "b" + "[0]" * 49),
        ("3", {}, None),
    ],
)
def test_what_is_read_of_a_broken_json(text: str, data: dict[str, Json], end: str | None) -> None:
    saved = saving.from_broken(text)
    if end is None:
        assert saved is None
    else:
        assert saved == saving.Saved(data=data, cut=end)


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda each: "-".join(each.relative_to(HERE).parts[1:]))
def test_what_real_releases_wrote(folder: Path) -> None:
    shown = LEGACY_DIRECTORY if folder.name == "pause" else DIRECTORY
    contents = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done, after = fixed(contents, shown)
    assert not any("/home/" in content.decode() for name, content in after.items() if ".jsonl" not in name)
    assert not any(name.endswith(".sha256") for name in after)
    assert all(after[name] == content for name, content in contents.items() if name.endswith(".jsonl"))
    has_yaml = {name for name in contents if name.endswith(".yaml")}
    assert {name for name in after if name.endswith(".yaml")} == has_yaml
    if "genuine" in folder.parts:
        assert done.left == ()


def test_a_consistent_session_of_upstream_is_left_alone() -> None:
    session = full(git_context={"is_git_repo": True, "branch": "main", "status": {"clean": True}})
    contents = paused(session) | {YAML: upstream.as_yaml(session).encode(), MD: upstream.as_markdown(session).encode()}
    assert fixed(contents)[0].done == []


def test_a_sha_that_reads_as_a_number_is_quoted() -> None:
    commits: list[Json] = [{"sha": "6898e68", "author": "Ann", "message": "x"}]
    session = full(git_context={"is_git_repo": True, "branch": "main", "recent_commits": commits})
    contents = paused(session) | {YAML: upstream.as_yaml(session).encode(), MD: upstream.as_markdown(session).encode()}
    done, after = fixed(contents)
    assert whats(done) == {YAML: "written from the json"}
    assert b"sha: '6898e68'" in after[YAML]


@pytest.mark.parametrize(
    ("name", "mended"),
    [
        ("lpha.txt", "alpha.txt"),
        ("alpha.txt", "alpha.txt"),
        ('caf\\303\\251.txt"', "café.txt"),
        ('"caf\\303\\251.txt"', "café.txt"),
        ('"a\\tb\\"c\\\\.txt"', 'a\tb"c\\.txt'),
        ("old.txt -> new.txt", "new.txt"),
        ('"old name.txt" -> "new name.txt"', "new name.txt"),
        ('old.txt -> "caf\\303\\251.txt"', "café.txt"),
        ('"\\377.txt"', '"\\377.txt"'),
        ('"bad \\q.txt"', '"bad \\q.txt"'),
        ('"a \\"-> b\\""', '"a \\"-> b\\""'),
        ('"a -> b"', '"a -> b"'),
        ("\\303.txt", "\\303.txt"),
        (3, 3),
    ],
)
def test_names_as_upstream_spoils_them(name: Json, mended: str) -> None:
    assert portable.names([name, "x"], {"lpha.txt": "alpha.txt"}.get, is_first=True) == [mended, "x"]
    assert portable.names([mended], {"lpha.txt": "alpha.txt"}.get, is_first=True) == [mended]


def test_only_the_first_name_can_have_lost_its_first_letter() -> None:
    known = {"lpha.txt": "alpha.txt"}.get
    assert portable.names(["x", "lpha.txt"], known, is_first=True) == ["x", "lpha.txt"]
    assert portable.names(["lpha.txt"], known, is_first=False) == ["lpha.txt"]


def test_our_own_names_are_names_as_git_has_them() -> None:
    status: Json = {"clean": False, "modified_files": ["a -> b"], "untracked_files": []}
    session = full(generator="mpm-hooks 1", git_context={"is_git_repo": True, "branch": "main", "status": status})
    assert fixed(paused(session))[0].done == []


@pytest.mark.parametrize(
    ("command", "portable_command"),
    [
        ("cat /home/x/proj/.claude-mpm/sessions/a.md", "cat .claude-mpm/sessions/a.md"),
        ("cat /home/x/my proj/.claude-mpm/sessions/a.md", "cat .claude-mpm/sessions/a.md"),
        ('cat "/home/x/my proj/.claude-mpm/sessions/a.md"', 'cat ".claude-mpm/sessions/a.md"'),
        ("cat C:\\x\\proj\\.claude-mpm\\sessions\\a.md", "cat .claude-mpm/sessions/a.md"),
        ("cat /etc/hosts && cat /o/.claude-mpm/sessions/a", "cat /etc/hosts && cat .claude-mpm/sessions/a"),
        ("cat /etc/hosts /o/.claude-mpm/sessions/a", "cat /etc/hosts /o/.claude-mpm/sessions/a"),
        ("cd /p/top && make", "cd . && make"),
        ("cd '/p/top/src'; make -C /p/top/doc", "cd 'src'; make -C doc"),
        ("cd /p/topmost /x/p/top", "cd /p/topmost /x/p/top"),
        (["git status", 3], ["git status", 3]),
    ],
)
def test_commands_are_relative(command: Json, portable_command: Json) -> None:
    data: dict[str, Json] = {"project_path": "/p/top/", "resume_instructions": {"validation_commands": {"x": command}}}
    new = portable.portable(data, has_yaml=True)
    expected = {"project_path": "", "resume_instructions": {"validation_commands": {"x": portable_command}}}
    assert new == portable.portable(new, has_yaml=True) == expected


@pytest.mark.parametrize(
    ("project", "directory", "relative"),
    [
        ("/p/top", "/p/top", "."),
        ("/p/top", "/p/top/src", "src"),
        ("", "/p/top", "."),
        ("/p/top", "/elsewhere", "/elsewhere"),
        ("C:\\p", "C:\\p\\src", "src"),
        ("/", "/", "/"),
    ],
)
def test_the_working_directory_is_relative(project: str, directory: str, relative: str) -> None:
    data: dict[str, Json] = {"project_path": project, "active_context": {"working_directory": directory}}
    assert portable.portable(data, has_yaml=True)["active_context"] == {"working_directory": relative}


def without_yaml() -> Files:
    """Make the files of a release that writes no yaml."""
    start: list[Json] = [f"Run: cat /home/x/proj/{DIRECTORY}/{POINTER}"]
    session = full(project_path="/home/x/proj", resume_instructions={"quick_start": start})
    pointer = paused(session)[POINTER].decode().replace(f"- {YAML} (human-readable config)\n", "")
    return {
        JSON: json.dumps(session.data, indent=2).encode(),
        MD: upstream.as_markdown(session).encode(),
        POINTER: pointer.replace("cat .claude", "cat /home/x/proj/.claude").encode(),
    }


def test_no_yaml_where_the_writer_wrote_none() -> None:
    done, after = fixed(without_yaml())
    assert whats(done).keys() == after.keys() == {JSON, MD, POINTER}
    assert not any(b"/home/" in content or b".yaml" in content for content in after.values())
    assert done.left == ()


def test_the_pointer_may_ask_for_a_yaml() -> None:
    contents = without_yaml() | {POINTER: paused(full())[POINTER]}
    assert YAML in fixed(contents)[1]


def test_notes_beside_the_labels_are_kept() -> None:
    session = full(project_path="/home/x/proj")
    contents = paused(session)
    page = upstream.as_markdown(session).replace("## Git Context", "### For Ann\n\nAsk Bob.\n\n## Git Context")
    contents[MD] = f"Before it all.\n\n{page}\nAt the end.\n\n## Git Context\n\nA second one.\n".encode()
    _, after = fixed(contents)
    text = after[MD].decode()
    assert "/home/" not in text
    assert text.endswith(
        "\n\nBefore it all.\n### For Ann\n\nAsk Bob.\n\n\nResume with: `/mpm-init resume` or `cat "
        ".claude-mpm/sessions/LATEST-SESSION.txt`\n\nAt the end.\n\n## Git Context\n\nA second one.\n"
    )


def test_an_md_by_hand_is_a_session_of_its_own() -> None:
    contents = {MD: b"# Where I stopped\n\n**Summary**:\nHalfway.\n", POINTER: paused(full())[POINTER]}
    contents[POINTER] = contents[POINTER].replace(f"- {YAML} (human-readable config)\n".encode(), b"")
    assert fixed(contents)[0].done == []


def test_an_md_by_hand_beside_a_json_becomes_its_notes() -> None:
    contents = paused(full())
    contents[MD] = b"# Where I stopped\n\nHalfway.\n"
    _, after = fixed(contents)
    assert after[MD].endswith(b"# Where I stopped\n\nHalfway.\n")


@pytest.mark.parametrize(
    "remark", ["# at the end\n", "version: x # beside\n", "note: | # in a header\n  text # none\n", "# one\n# two\n"]
)
def test_comments_in_a_yaml_are_kept(remark: str) -> None:
    session = full(version="x", note="text # none\n")
    plain = paused(session)
    assert fixed(plain)[0].done == []
    text = plain[YAML].decode()
    key = remark.partition(":")[0]
    commented = re.sub(rf"^{key}: [^\n]*\n(  [^\n]*\n)*", remark, text, flags=re.MULTILINE) if ":" in remark else text
    contents = {**plain, YAML: (commented if ":" in remark else text + remark).encode()}
    assert contents[YAML] != plain[YAML]
    assert fixed(contents)[0].done == []
    mended = full(version="x", note="text # none\n", project_path="/home/x/proj")
    contents = paused(mended) | {YAML: contents[YAML].replace(b"project_path: ''", b"project_path: /home/x/proj")}
    _, after = fixed(contents)
    assert b"/home/" not in after[YAML]
    assert all(line in after[YAML].decode() for line in re.findall(r"# (?!none).*", remark))


def test_a_session_whose_forms_disagree_keeps_its_paths() -> None:
    contents = paused(full(project_path="/home/x/proj"))
    del contents[MD]
    changed(YAML, "feature/parser", "other")(contents)
    done, after = fixed(contents)
    assert whats(done) == {MD: "written from the json: it was missing"}
    assert {finding.code for finding in done.left} == {"MPM302"}
    assert (after[JSON], after[YAML]) == (contents[JSON], contents[YAML])


def test_a_json_mended_by_hand_takes_the_yaml_with_it() -> None:
    contents = paused(full()) | {YAML: paused(full(project_path="/home/x/proj"))[YAML]}
    assert fixed(contents)[1] == paused(full())


def test_a_yaml_in_the_code_page_of_windows() -> None:
    session = full(important_reminders=["café"])
    contents = paused(session)
    wide = {name: contents[name].decode().encode("cp1252") for name in (YAML, MD)}
    done, after = fixed(contents | wide)
    assert whats(done).keys() == {YAML, MD}
    assert after == contents


@pytest.mark.parametrize(("name", "note"), [(YAML, "# cafés"), (MD, "## Cafés")])
def test_notes_in_an_encoding_that_is_guessed_stay_where_they_are(name: str, note: str) -> None:
    contents = paused(full())
    contents[name] += f"{note}\n".encode("latin-1")
    done, after = fixed(contents)
    assert (after, [finding.code for finding in done.left]) == (contents, ["MPM102"])


def test_a_yaml_with_a_date_that_nobody_quoted() -> None:
    contents = paused(full(paused_at="2026-01-21"))
    changed(YAML, "'2026-01-21'", "2026-01-21")(contents)
    assert fixed({**contents})[1] == paused(full(paused_at="2026-01-21"))
    del contents[JSON]
    assert fixed(contents)[1] == paused(full(paused_at="2026-01-21"))


@pytest.mark.parametrize("number", ["1e999", "0.12345678901234567890123"])
def test_a_number_that_would_be_rounded_stays(number: str) -> None:
    contents = paused(full(project_path="/home/x/proj"))
    contents[JSON] = contents[JSON].replace(b'"duration_hours": 1.5', f'"duration_hours": {number}'.encode())
    _, after = fixed(contents)
    assert after[JSON] == contents[JSON]


def test_what_no_text_file_can_hold_stays_in_the_json() -> None:
    contents = {JSON: json.dumps(full(note="\ud800").data, indent=2).encode(), POINTER: paused(full())[POINTER]}
    assert fixed(contents)[0].done == []


def test_no_page_of_what_no_page_can_be_made_of() -> None:
    contents = paused(full(conversation={"summary": 3}))
    del contents[MD]
    done, _ = fixed(contents)
    assert done.done == []


def test_a_legacy_folder_has_the_json_alone() -> None:
    session = full(resume_instructions={"quick_start": []})
    contents = {JSON: paused(session)[JSON]}
    assert fixed(contents, LEGACY_DIRECTORY)[0].done == []
    assert MD in fixed(contents)[1]


@pytest.mark.parametrize("form", ["json", "yaml", "md"])
def test_what_is_no_regular_file_is_not_touched(form: str) -> None:
    contents = paused(full(project_path="/home/x/proj"))
    name = f"{ID}.{form}"
    del contents[name]
    done = folder.mended(folder_of(contents, **{name: "a symbolic link"}), unknown, lambda *_: False)
    assert name not in done.writes
    assert "MPM101" in {finding.code for finding in done.left}
    odd = folder.mended(folder_of(paused(full()), **{POINTER: "a pipe"}), unknown, lambda *_: False)
    assert not {*odd.writes}


def test_a_pointer_without_a_session_is_the_last_trace_of_one() -> None:
    contents = {POINTER: paused(full())[POINTER]}
    done, _ = fixed(contents)
    assert (done.done, [finding.code for finding in done.left]) == ([], ["MPM305"])


def test_the_pointer_leads_to_the_newest() -> None:
    contents = paused(full(LATER)) | paused(full())
    _, after = fixed(contents)
    assert after == paused(full()) | paused(full(LATER))


def test_zeros_that_a_crash_left_are_no_utf16() -> None:
    contents = paused(full())
    done, after = fixed(contents | {JSON: b"\0\0\0\0" + contents[JSON]})
    assert [each.what for each in done.done] == ["rebuilt from the yaml: the json was broken"]
    assert after == contents


def test_what_looks_like_a_checksum_and_is_none_stays() -> None:
    assert fixed(paused(full()) | {f".{ID}_x.tmp.sha256": b"words"})[0].done == []


def test_a_name_that_is_no_real_second_is_left_alone() -> None:
    name = "session-20269999-100000.json"
    done, _ = fixed({name: paused(full())[JSON]})
    assert name not in done.writes
    assert MD.replace(ID, "session-20269999-100000") not in done.writes


def test_a_file_too_large_to_be_read_is_left_alone() -> None:
    contents = paused(full()) | {MD: b"x" * 10_000_001}
    assert fixed(contents)[0].done == []


@given(any_session(), st.data())
def test_of_any_json_that_is_cut_all_is_known_from_the_yaml(session: Session, data: st.DataObject) -> None:
    good = paused(Session(id=ID, data={**session.data, "generator": "mpm-hooks"}))
    place = data.draw(st.integers(0, len(good[JSON]) - 3))
    _, after = fixed(good | {JSON: good[JSON][:place]})
    kept = after.pop(f".{JSON}.broken", b"")
    assert after == good
    assert kept in (b"", good[JSON][:place])


@given(any_session(), st.sampled_from([YAML, MD]), st.data())
def test_any_yaml_or_md_that_is_cut_is_whole_again_or_stays(session: Session, name: str, data: st.DataObject) -> None:
    good = paused(Session(id=ID, data={**session.data, "generator": "mpm-hooks"}))
    short = good[name][: data.draw(st.integers(0, len(good[name]) - 1))]
    done, after = fixed(good | {name: short})
    assert after | {name: b""} == good | {name: b""}
    assert (
        after[name] == good[name]
        or (after[name] == short and done.left)
        or keeping.agrees(short.decode(), [good[name].decode()])
    )


@given(any_session(), st.sampled_from([JSON, YAML, MD]), st.binary(max_size=9) | st.text(max_size=9), st.data())
def test_no_word_is_lost_whatever_is_done_to_one_form(
    session: Session, name: str, new: bytes | str, data: st.DataObject
) -> None:
    contents = paused(Session(id=ID, data={**session.data, "generator": "mpm-hooks"}))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(contents[name]))] * 2)))
    middle = new if isinstance(new, bytes) else new.encode("utf-8", "surrogatepass")
    contents[name] = contents[name][:start] + middle + contents[name][end:]
    _, after = fixed(contents)
    # What is kept aside is kept as it was: a mark of UTF-16 in front makes other words of it, for whoever reads it.
    kept = [*after.values(), *(encoding.mended(content)[0] for content in after.values())]
    known = {word for content in kept for word in keeping.words(content.decode("utf-8", "replace"))}
    known |= {word for content in kept for word in keeping.words(content.decode("cp1252", "replace"))}
    for before, content in contents.items():
        if after.get(before) != content and before != POINTER:
            straight = encoding.mended(content)[0]
            text = straight.decode("utf-8" if encoding.is_utf8(straight) else "cp1252", "replace")
            words = keeping.words(EMPTY.sub("", text))
            assert [word for word in words[:-1] if word not in known] == []
            assert any(word.startswith(words[-1]) for word in known) if words else True


def in_repository(repository: Repository, contents: Mapping[str, bytes]) -> Mapping[str, Path]:
    """Write the files of a folder, and commit them."""
    paths = {name: repository.write(f"{DIRECTORY}/{name}", content) for name, content in contents.items()}
    repository.git("add", ".")
    repository.git("commit", "-qm", "Pause")
    return paths


def test_the_command_says_what_it_did_and_what_to_add(repository: Repository, run: Run) -> None:
    paths = in_repository(repository, paused(full()))
    good = paths[YAML].read_bytes()
    paths[YAML].unlink()
    paths[JSON].chmod(0o600)
    os.utime(paths[JSON], (1, 1))
    os.utime(paths[MD], (2, 2))
    paths[MD].write_bytes(codecs.BOM_UTF8 + paths[MD].read_bytes())
    os.utime(paths[MD], (2, 2))
    result = run(repository.path, "fix")
    assert result.status == 1
    assert result.out == (
        f"{DIRECTORY}/{MD}: fixed: re-encoded from UTF-8 with a byte order mark\n"
        f"{DIRECTORY}/{YAML}: fixed: written from the json: it was missing\n"
        f"    -> git add {DIRECTORY}/{MD} {DIRECTORY}/{YAML}\n"
    )
    assert result.err == "1 session looked at: 2 files changed\n"
    assert paths[YAML].read_bytes() == good
    assert (paths[MD].stat().st_mtime, stat.S_IMODE(paths[MD].stat().st_mode)) == (2, 0o644)
    assert run(repository.path, "fix") == run(repository.path, "fix", *map(str, paths.values()))
    assert (run(repository.path, "fix").status, run(repository.path, "fix").out) == (0, "")
    assert repository.git("status", "--porcelain") == ""


def test_a_diff_writes_nothing(repository: Repository, run: Run) -> None:
    paths = in_repository(repository, paused(full()))
    paths[POINTER].write_text("nowhere\x1b[31m", encoding="utf-8")
    paths[YAML].unlink()
    result = run(repository.path, "fix", "--diff", DIRECTORY)
    assert (result.status, result.err) == (1, "1 session looked at: 2 files would change\n")
    assert f"--- a/{DIRECTORY}/{YAML}\n+++ b/{DIRECTORY}/{YAML}\n@@ -0,0 +1" in result.out
    assert "-nowhere\\x1b[31m\n+Latest Session: " in result.out
    assert repository.git("status", "--porcelain") == f" M {DIRECTORY}/{POINTER}\n D {DIRECTORY}/{YAML}\n"
    assert not [path for path in repository.sessions.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("words", [[f"{DIRECTORY}/{JSON}"], [DIRECTORY], ["."], [], [f"{DIRECTORY}/{POINTER}"]])
def test_a_file_stands_for_its_session(repository: Repository, run: Run, words: list[str]) -> None:
    paths = in_repository(repository, paused(full()))
    paths[MD].unlink()
    assert run(repository.path, "fix", *words).status == (0 if words and words[0].endswith(POINTER) else 1)
    assert paths[MD].exists() == (not words or not words[0].endswith(POINTER))


def test_from_a_directory_below(repository: Repository, run: Run) -> None:
    in_repository(repository, paused(full()))[MD].unlink()
    (repository.path / "src").mkdir()
    assert f"    -> git add ../{DIRECTORY}/{MD}\n" in run(repository.path / "src", "fix").out


def test_outside_of_a_repository(tmp_path: Path, run: Run) -> None:
    for name, content in (paused(full()) | {JSON: b'{"hidden words": '}).items():
        Repository(tmp_path).write(f"{DIRECTORY}/{name}", content)
    result = run(tmp_path, "fix")
    assert (result.status, result.err) == (1, "1 session looked at: 2 files changed\n")
    assert "git add" not in result.out
    assert (tmp_path / DIRECTORY / f".{JSON}.broken").read_bytes() == b'{"hidden words": '
    assert run(tmp_path, "fix").status == 0


def test_a_nested_project(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(f"services/api/{name}", content)
    repository.git("add", ".")
    (repository.path / "services/api" / DIRECTORY / MD).unlink()
    assert run(repository.path, "fix").out.startswith(f"services/api/{DIRECTORY}/{MD}: fixed: ")


def test_what_a_person_has_to_decide_is_told(repository: Repository, run: Run) -> None:
    contents = paused(full())
    changed(YAML, "feature/parser", "oth\u202eer")(contents)
    in_repository(repository, contents)
    result = run(repository.path, "fix")
    assert result.status == 1
    assert result.out.startswith(f"{DIRECTORY}/{YAML}:")
    assert "MPM302" in result.out
    assert "\u202e" not in result.out
    assert result.err == "1 session looked at\n"


def test_no_such_file(repository: Repository, run: Run) -> None:
    assert run(repository.path, "fix", "x.json").status == 2


@pytest.mark.parametrize("link", [DIRECTORY, ".claude-mpm"])
def test_nothing_is_written_through_a_link(repository: Repository, run: Run, link: str) -> None:
    in_repository(repository, paused(full()))[MD].unlink()
    (repository.path / link).rename(repository.path / "elsewhere")
    (repository.path / link).symlink_to(repository.path / "elsewhere")
    result = run(repository.path, "fix", f"{DIRECTORY}/{JSON}")
    assert result.status == 3
    assert f"{link} is a symbolic link" in result.err


def test_a_link_among_the_files_is_not_written(repository: Repository, run: Run) -> None:
    paths = in_repository(repository, paused(full(project_path="/home/x/proj")))
    other = repository.write("other.md", paths[MD].read_bytes())
    paths[MD].unlink()
    paths[MD].symlink_to(other)
    before = other.read_bytes()
    assert run(repository.path, "fix").status == 1
    assert (paths[MD].is_symlink(), other.read_bytes()) == (True, before)


@pytest.mark.parametrize("ignored", [True, False])
def test_only_what_can_be_added_is_named(repository: Repository, run: Run, *, ignored: bool) -> None:
    if ignored:
        repository.commit(".gitignore", ".claude-mpm/\n")
    shutil.copytree(HERE / "genuine/6.5.83/clean", repository.sessions)
    out = run(repository.path, "fix").out
    assert "removed a checksum" in out
    assert "sha256" not in out.partition("-> git add")[2]
    assert ("-> git add" in out) != ignored


def test_letters_and_names_that_upstream_lost(repository: Repository, run: Run) -> None:
    for name in ("alpha.txt", "café.txt", "new [1].txt"):
        repository.commit(name)
    status: Json = {
        "clean": False,
        "modified_files": ["lpha.txt", '"caf\\303\\251.txt"', "a -> b"],
        "untracked_files": [],
    }
    session = full(git_context={"is_git_repo": True, "branch": "main", "status": status})
    paths = in_repository(repository, paused(session))
    assert run(repository.path, "fix").status == 1
    new = json.loads(paths[JSON].read_bytes())["git_context"]["status"]["modified_files"]
    assert new == ["alpha.txt", "café.txt", "b"]
    assert "- `alpha.txt`" in paths[MD].read_text(encoding="utf-8")
    assert run(repository.path, "fix").status == 0


def test_what_git_holds_need_not_be_kept_beside(repository: Repository, run: Run) -> None:
    paths = in_repository(repository, paused(full()) | {JSON: b'{"hidden words": '})
    assert "kept in" not in run(repository.path, "fix").out
    assert json.loads(paths[JSON].read_bytes()) == full().data


def test_what_is_kept_beside_is_not_to_be_added(repository: Repository, run: Run) -> None:
    in_repository(repository, paused(full()))[JSON].write_bytes(b'{"hidden words": ')
    out = run(repository.path, "fix").out
    assert f"kept in .{JSON}.broken\n" in out
    assert out.endswith(f"    -> git add {DIRECTORY}/{JSON}\n")


def set_aside(repository: Repository, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a change aside as pre-commit does, which is the process above ours here."""
    store = repository.path.parent / "store"
    store.mkdir()
    (store / f"patch{int(time.time())}-{os.getppid()}").write_text(repository.git("diff", "--", path), encoding="utf-8")
    repository.git("checkout", "--", path)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(store))


@pytest.mark.parametrize(
    ("path", "status"), [(f"{DIRECTORY}/{POINTER}", 3), ("kept.txt", 1)], ids=["that it would write", "another"]
)
def test_a_file_that_a_runner_keeps_aside(
    repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    paths = in_repository(repository, paused(full()) | {POINTER: b"nowhere\n"})
    (repository.path / path).write_text("unstaged\n", encoding="utf-8")
    set_aside(repository, path, monkeypatch)
    result = run(repository.path, "fix", "--hook", f"{DIRECTORY}/{JSON}")
    assert result.status == status
    assert (paths[POINTER].read_bytes() == b"nowhere\n") == (status == 3)
    assert (f"{path} has unstaged changes, which the hook runner keeps aside" in result.err) == (status == 3)


def test_the_hook_by_hand(repository: Repository, run: Run) -> None:
    in_repository(repository, paused(full()))[MD].unlink()
    assert run(repository.path, "fix", "--hook", f"{DIRECTORY}/{JSON}").status == 1
    assert run(repository.path, "fix", "--hook", f"{DIRECTORY}/{JSON}").status == 0


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"newer")
    with pytest.raises(UnableError, match="was changed meanwhile; nothing was written"):
        disk.rewrite(tmp_path, {"a": b"old", "b": b""}, {"b": b"x", "a": b"y"}, frozenset())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"newer"}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UnableError, match="No such file or directory"):
        disk.rewrite(tmp_path / "none", {}, {"a": b"x"}, frozenset())


@pytest.mark.parametrize("xy", ["M.", ".M", "MM", "A.", "AM", ".D", "R.", "RM", ".A", "T.", "UU", "AU"])
def test_a_json_that_is_made_of_our_md_says_all_that_the_md_does(xy: str) -> None:
    origin: Json = {"original_path": "old `name`.py"} if "R" in xy else {}
    status: Json = {
        "clean": False,
        "modified_files": ["a (b).py", "c.py"],
        "untracked_files": ["d.py"],
        "entries": [
            {"xy": xy, "path": "a (b).py", **(origin if isinstance(origin, dict) else {})},
            {"xy": ".M", "path": "c.py"},
            {"xy": "??", "path": "d.py"},
        ],
    }
    git = rich().data["git_context"]
    said = {**rich().data, "git_context": {**(git if isinstance(git, dict) else {}), "status": status}}
    contents = paused(Session(id=ID, data={**said, "generator": "mpm-hooks 0.1.0"}))
    done, after = fixed(
        {name: content for name, content in contents.items() if name not in (f"{ID}.json", f"{ID}.yaml")}
    )
    assert not done.left
    assert after[f"{ID}.md"] == contents[f"{ID}.md"]
    told = json.loads(after[f"{ID}.json"])["git_context"]["status"]["entries"]
    assert told == status["entries"] or xy == "AU"  # type: ignore[index,call-overload]  # an object
    assert not [found.code for found in check.check(folder_of(after)) if found.severity == "error"]


def test_a_pointer_with_a_byte_order_mark_is_told_what_was_done_to_it() -> None:
    contents = paused(full())
    contents[POINTER] = codecs.BOM_UTF8 + contents[POINTER]
    done, after = fixed(contents)
    assert after == paused(full())
    assert whats(done) == {POINTER: "re-encoded from UTF-8 with a byte order mark"}


def test_lines_that_end_as_on_windows_stay_so() -> None:
    contents = {name: content.replace(b"\n", b"\r\n") for name, content in paused(full()).items()}
    done, _ = fixed(contents)
    assert not done.writes
    contents[POINTER] = contents[POINTER].replace(ID.encode(), LATER.encode())
    done, after = fixed(contents)
    assert list(done.writes) == [POINTER]
    assert after[POINTER] == paused(full())[POINTER].replace(b"\n", b"\r\n")
