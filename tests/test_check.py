"""Every code, earned by a session that is right but for one thing; through the rules and through the command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository, Run
from sessions import ID, LATER, files, full, paused, quiet

from mpm_hooks import check, render
from mpm_hooks.check import Folder
from mpm_hooks.finding import WARNING, Finding
from mpm_hooks.session import ACTIVE_RECORD, DIRECTORY, POINTER, Json

JSON, YAML, MD = f"{ID}.json", f"{ID}.yaml", f"{ID}.md"
RECORD = f"{ID}-incremental.jsonl"
START: dict[str, Json] = {
    "type": "pause_started",
    "timestamp": "2026-01-21T10:00:00+00:00",
    "session_id": ID,
    "data": {},
    "context_percentage": 0.9,
}


def folder_of(contents: dict[str, bytes]) -> Folder:
    return Folder(path=DIRECTORY, names=frozenset(contents), contents=contents, odd={})


def findings(contents: dict[str, bytes]) -> list[Finding]:
    return sorted(check.check(folder_of(contents)))


def places(found: list[Finding]) -> list[str]:
    return [f"{each.path.rpartition('/')[2]}:{each.line}:{each.column} {each.code}" for each in found]


def changed(name: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    """Replace a text in one file."""

    def change(contents: dict[str, bytes]) -> None:
        text = contents[name].decode()
        assert old in text
        contents[name] = text.replace(old, new, 1).encode("utf-8", "surrogateescape")

    return change


def instead(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    """Put another file in the place of one."""
    return lambda contents: contents.update({name: content})


def without(*names: str) -> Callable[[dict[str, bytes]], None]:
    """Delete files."""

    def change(contents: dict[str, bytes]) -> None:
        for name in names:
            del contents[name]

    return change


def session(**changes: Json) -> Callable[[dict[str, bytes]], None]:
    """Write all forms of a session anew, with other values."""
    return lambda contents: contents.update(render.forms(full(**changes)))


def test_a_good_session_has_no_findings() -> None:
    assert findings(paused(full())) == []


def record(*actions: dict[str, Json]) -> bytes:
    return b"".join(json.dumps(action).encode() + b"\n" for action in actions)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # MPM1xx: a file cannot be read
        pytest.param(instead(JSON, b"\xff\xfe{\0}\0"), [f"{JSON}:1:1 MPM102"], id="utf-16"),
        pytest.param(changed(JSON, "{", "\ufeff{"), [f"{JSON}:1:1 MPM102"], id="byte order mark"),
        pytest.param(changed(YAML, "Ann", "A\udce9nn"), [f"{YAML}:28:14 MPM102"], id="latin-1 in yaml"),
        pytest.param(changed(MD, "Ann", "é\udcffnn"), [f"{MD}:57:31 MPM102"], id="no utf-8 after another character"),
        pytest.param(changed(JSON, '"session_id":', '"session_id"'), [f"{JSON}:2:16 MPM103"], id="json: one byte less"),
        pytest.param(
            changed(JSON, '"percentage": 0.5', '"percentage": 0.'), [f"{JSON}:8:20 MPM103"], id="json: number"
        ),
        pytest.param(
            changed(YAML, "conversation:\n", "conversation: {\n"), [f"{YAML}:10:16 MPM104"], id="yaml: open brace"
        ),
        pytest.param(changed(YAML, "Ann", "A\x07nn"), [f"{YAML}:28:14 MPM104"], id="yaml: control character"),
        pytest.param(changed(YAML, "'1.2.3'", "!!int ''"), [f"{YAML}:66:10 MPM114"], id="yaml: no number"),
        pytest.param(changed(YAML, "'1.2.3'", "!!bool x"), [f"{YAML}:66:10 MPM114"], id="yaml: no boolean"),
        pytest.param(changed(YAML, "'1.2.3'", "!!timestamp x"), [f"{YAML}:66:10 MPM114"], id="yaml: no time"),
        pytest.param(changed(YAML, "'1.2.3'", "1" + ":1" * 999 + ".5"), [f"{YAML}:66:10 MPM108"], id="yaml: no angle"),
        pytest.param(
            changed(YAML, "version: '1.2.3'", "version: 2026-13-45"), [f"{YAML}:66:10 MPM104"], id="yaml: no date"
        ),
        pytest.param(changed(YAML, "'1.2.3'", "!!python/name:os.system"), [f"{YAML}:66:10 MPM114"], id="yaml: tag"),
        pytest.param(instead(JSON, b""), [f"{JSON}:1:1 MPM105"], id="json: empty"),
        pytest.param(instead(YAML, b"\n\n"), [f"{YAML}:1:1 MPM105"], id="yaml: blank"),
        pytest.param(instead(MD, b"\0\0"), [f"{MD}:1:1 MPM105"], id="md: zeros"),
        pytest.param(instead(POINTER, b""), [f"{POINTER}:1:1 MPM105"], id="pointer: empty"),
        pytest.param(
            changed(JSON, "{\n", "{\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"),
            [f"{JSON}:2:1 MPM106", f"{JSON}:3:1 MPM106", f"{JSON}:4:1 MPM106"],
            id="json: conflict",
        ),
        pytest.param(
            instead(
                POINTER, f"<<<<<<< HEAD\nLatest Session: {ID}\n=======\nLatest Session: {LATER}\n>>>>>>> x\n".encode()
            ),
            [f"{POINTER}:1:1 MPM106", f"{POINTER}:3:1 MPM106", f"{POINTER}:5:1 MPM106"],
            id="pointer: conflict",
        ),
        pytest.param(
            changed(JSON, "{\n", f'{{\n  "session_id": "{ID}",\n'), [f"{JSON}:3:3 MPM107"], id="json: key twice"
        ),
        pytest.param(changed(JSON, '"branch"', '"is_git_repo"'), [f"{JSON}:29:5 MPM107"], id="json: inner key twice"),
        pytest.param(
            changed(YAML, "  branch", "  is_git_repo: true\n  branch"), [f"{YAML}:24:3 MPM107"], id="yaml: twice"
        ),
        pytest.param(instead(JSON, b"[" * 100_000), [f"{JSON}:1:101 MPM108"], id="json: deep"),
        pytest.param(instead(JSON, b'{"n": ' + b"1" * 5000 + b"}"), [f"{JSON}:1:1 MPM108"], id="json: endless number"),
        pytest.param(instead(MD, b"x" * 2_000_001), [f"{MD}:1:1 MPM108"], id="large"),
        pytest.param(
            instead(YAML, b"a: [" + b"[]," * 600 + b"]"),
            [f"{YAML}:1:1 MPM302", f"{YAML}:1:4 MPM302"],
            id="yaml: many brackets",
        ),
        pytest.param(
            instead(JSON, b'{"a": [' + b"[], " * 200 + b"{}"),
            [f"{JSON}:1:{7 + 4 * 200 + 3} MPM103"],
            id="json: many brackets, none closed",
        ),
        pytest.param(
            instead(YAML, b"a: [" + b"[]," * 600 + b"}"),
            [f"{YAML}:1:{4 + 3 * 600 + 1} MPM104"],
            id="yaml: many, broken",
        ),
        pytest.param(
            instead(RECORD, record(START) + b'{"type": "tool_\n[]\n'),
            [f"{RECORD}:2:10 MPM109", f"{RECORD}:3:1 MPM109"],
            id="record: half a line",
        ),
        # MPM2xx: a session is not what it should be
        pytest.param(instead(JSON, b"[]\n"), [f"{JSON}:1:1 MPM201"], id="json: array"),
        pytest.param(instead(YAML, b"- a\n"), [f"{YAML}:1:1 MPM201"], id="yaml: list"),
        pytest.param(instead(YAML, b"# nothing\n"), [f"{YAML}:1:1 MPM201"], id="yaml: comment"),
        pytest.param(session(conversation={}), [f"{JSON}:10:19 MPM202"], id="no summary"),
        pytest.param(session(session_id=None), [f"{JSON}:2:17 MPM203"], id="session_id null"),
        pytest.param(session(conversation=None), [f"{JSON}:10:19 MPM203"], id="conversation null"),
        pytest.param(
            changed(JSON, '"json is read"', "17"),
            [f"{JSON}:15:7 MPM203", f"{YAML}:15:5 MPM302"],
            id="deep inside: a number among texts",
        ),
        pytest.param(
            changed(JSON, '"is_git_repo": true', '"is_git_repo": 1'),
            [f"{JSON}:28:20 MPM203", f"{YAML}:23:16 MPM302"],
            id="flag",
        ),
        pytest.param(
            changed(JSON, '"tokens_used": 1000', '"tokens_used": true'),
            [f"{JSON}:6:20 MPM203", f"{YAML}:5:16 MPM302"],
            id="number",
        ),
        pytest.param(session(session_id=LATER), [f"{JSON}:2:17 MPM205"], id="id against file name"),
        pytest.param(session(paused_at=5), [f"{JSON}:3:16 MPM203"], id="a number for a date"),
        pytest.param(session(paused_at="yesterday"), [f"{JSON}:3:16 MPM206"], id="no date"),
        pytest.param(instead(RECORD, record(START | {"type": "tool_call"})), [f"{RECORD}:1:10 MPM207"], id="no start"),
        pytest.param(
            instead(
                RECORD, record(START, {**START, "data": [], "more": 1}, {"type": "x"}, START | {"session_id": LATER})
            ),
            [
                f"{RECORD}:2:118 MPM207",
                f"{RECORD}:2:157 MPM207",
                *[f"{RECORD}:3:1 MPM207"] * 4,
                f"{RECORD}:4:83 MPM207",
            ],
            id="record: fields",
        ),
        pytest.param(instead("session-2026-01-21.json", b"{}"), ["session-2026-01-21.json:1:1 MPM204"], id="name"),
        pytest.param(instead(f"{ID}.yml", b"a: b"), [f"{ID}.yml:1:1 MPM208"], id="another ending"),
        pytest.param(instead("session-test.json", b"{}"), ["session-test.json:1:1 MPM208"], id="no session"),
        # MPM3xx: forms and pointer disagree
        pytest.param(without(YAML), [f"{YAML}:1:1 MPM301"], id="yaml missing"),
        pytest.param(without(MD), [f"{MD}:1:1 MPM301"], id="md missing"),
        pytest.param(without(JSON), [f"{JSON}:1:1 MPM301"], id="json missing"),
        pytest.param(without(JSON, YAML), [f"{JSON}:1:1 MPM301", f"{YAML}:1:1 MPM301"], id="md alone, but generated"),
        pytest.param(changed(YAML, "branch: feature", "branch: bug"), [f"{YAML}:24:11 MPM302"], id="yaml disagrees"),
        pytest.param(changed(YAML, "clean: false", "clean: 0"), [f"{YAML}:32:12 MPM302"], id="yaml: false is not 0"),
        pytest.param(changed(YAML, "  branch: feature/parser\n", ""), [f"{YAML}:1:1 MPM302"], id="yaml lacks"),
        pytest.param(changed(YAML, "active:", "more: 1\n  active:"), [f"{YAML}:61:9 MPM302"], id="yaml says more"),
        pytest.param(changed(YAML, "  - json is read\n", ""), [f"{YAML}:15:3 MPM302"], id="yaml: a list is shorter"),
        pytest.param(changed(MD, "`feature/parser`", "`main`"), [f"{MD}:45:15 MPM303"], id="md disagrees"),
        pytest.param(changed(MD, "> Next: yaml.", "> Next: md."), [f"{MD}:18:1 MPM303"], id="md: summary"),
        pytest.param(changed(MD, "- **Status**: Modified\n", ""), [f"{MD}:1:1 MPM303"], id="md lacks"),
        pytest.param(instead(MD, b"# Notes\n"), [f"{MD}:1:1 MPM303"], id="md: other text"),
        pytest.param(instead(POINTER, b"see above\n"), [f"{POINTER}:1:1 MPM304"], id="pointer: no name"),
        pytest.param(changed(POINTER, ID, LATER), [f"{POINTER}:1:17 MPM305"], id="pointer to nothing"),
        pytest.param(
            lambda contents: contents.update(render.forms(full(LATER))), [f"{POINTER}:1:17 MPM306"], id="older pointer"
        ),
        pytest.param(without(POINTER), [f"{POINTER}:1:1 MPM307"], id="no pointer"),
        pytest.param(
            instead(f"{LATER}.md", b"# My notes\n\nLeft to do: all.\n"),
            [f"{POINTER}:1:17 MPM306", f"{LATER}.md:1:1 MPM308"],
            id="md by hand",
        ),
        # MPM9xx: known faults of claude-mpm
        pytest.param(
            instead(f".{ID}_abcdefgh.tmp.sha256", b"0"), [f".{ID}_abcdefgh.tmp.sha256:1:1 MPM901"], id="checksum"
        ),
        pytest.param(session(project_path="/srv/x"), [f"{JSON}:97:19 MPM902"], id="path of one machine"),
        pytest.param(session(project_path="C:\\x"), [f"{JSON}:97:19 MPM902"], id="path of one Windows machine"),
        pytest.param(changed(YAML, "'6898e68'", "6898e68"), [f"{YAML}:27:10 MPM903"], id="sha like a number"),
        pytest.param(
            session(
                conversation={"summary": "No summary provided", "primary_task": "Manual pause - see message below"}
            ),
            [f"{JSON}:11:16 MPM904", f"{JSON}:12:21 MPM904"],
            id="placeholders",
        ),
        pytest.param(session(paused_at="2026-01-21T10:00:00"), [f"{JSON}:3:16 MPM905"], id="no zone"),
        pytest.param(
            session(git_context={"status": {"modified_files": ["a -> b", '"caf\\303\\251.txt"', "aé.txt", "b"]}}),
            [f"{JSON}:30:9 MPM906", f"{JSON}:31:9 MPM907"],
            id="no file names",
        ),
        pytest.param(session(git_context={"branch": "unknown"}), [f"{JSON}:28:15 MPM908"], id="branch unknown"),
        pytest.param(session(context_usage={"percentage": 113.5}), [f"{JSON}:6:19 MPM909"], id="more than all"),
    ],
)
def test_code(change: Callable[[dict[str, bytes]], None], expected: list[str]) -> None:
    contents = paused(full())
    change(contents)
    found = findings(contents)
    assert places(found) == expected
    assert all(each.way_out for each in found)


@pytest.mark.parametrize("sign", ["[", "- ", "{a: ", "? "])
def test_deep_nesting_in_yaml(sign: str) -> None:
    """A limit of libyaml's own may be reached before any event: the column differs."""
    (found,) = findings(paused(full()) | {YAML: sign.encode() * 100_000})
    assert (found.code, found.line) == ("MPM108", 1)


def test_file_name_that_is_no_second() -> None:
    contents = render.forms(full("session-20260230-100000"))
    assert places(findings(contents | {POINTER: b"Latest Session: session-20260230-100000\n"})) == [
        "session-20260230-100000.json:1:1 MPM204"
    ]


def test_yaml_that_upstream_wrote_and_cannot_read() -> None:
    said = full(note="one\x85two")
    contents = paused(said)
    from mpm_hooks.render import upstream  # noqa: PLC0415 - only this test needs it

    contents[YAML] = upstream.as_yaml(said).encode()
    found = findings(contents)
    assert {each.code for each in found} == {"MPM903", "MPM910"}
    assert all(each.severity == WARNING for each in found)


def test_a_row_of_angles_is_no_conflict() -> None:
    contents = paused(full())
    contents[MD] += b"\nThe arrow is <<<<<<< here.\n=======\n"
    assert findings(contents) == []


def test_a_secret_beside_the_path_of_a_session_is_one() -> None:
    token = "gh" + "p_" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzaB3"
    steps: Json = {"quick_start": [f"Run: cat /home/ann/.claude-mpm/sessions/{MD} # {token}"]}
    contents = render.forms(full(resume_instructions=steps)) | {POINTER: paused(full())[POINTER]}
    found = findings(contents)
    assert "MPM501" in {each.code for each in found}
    assert token not in repr(found)


def test_of_a_text_without_end_the_beginning_is_searched() -> None:
    token = "gh" + "p_" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzaB3"
    long = full(conversation={"summary": f"{token} {'word ' * 20_000}"})
    found = findings(render.forms(long) | {POINTER: paused(full())[POINTER]})
    assert [each.code for each in found] == ["MPM217", "MPM501"]
    late = full(conversation={"summary": f"{'word ' * 20_000} {token}"})
    found = findings(render.forms(late) | {POINTER: paused(full())[POINTER]})
    assert [each.code for each in found] == ["MPM217"]


def test_messages_name_field_and_both_values() -> None:
    contents = paused(full())
    changed(YAML, "branch: feature", "branch: bug")(contents)
    (found,) = findings(contents)
    assert found.message == 'git_context.branch is "bug/parser" here, "feature/parser" in the json'


def test_an_active_record_that_is_empty_is_refused() -> None:
    assert places(findings(paused(full()) | {ACTIVE_RECORD: b""})) == [f"{ACTIVE_RECORD}:1:1 MPM105"]


def test_notes_beside_the_labels_of_an_md_are_free() -> None:
    contents = paused(full())
    contents[MD] += b"\nAsk Bob about this.\n"
    assert findings(contents) == []


def test_line_endings_of_windows_are_no_fault() -> None:
    contents = {name: content.replace(b"\n", b"\r\n") for name, content in paused(full()).items()}
    assert findings(contents) == []


def test_a_legacy_session_is_a_json_alone() -> None:
    contents = {
        JSON: b'{"session_id": "%s", "paused_at": "2026-01-21T10:00:00Z", "conversation": {"summary": "Login"}}'
        % ID.encode()
    }
    folder = Folder(path=f"{DIRECTORY}/pause", names=frozenset(contents), contents=contents, odd={})
    assert list(check.check(folder)) == []


# The same through the command


def written(repository: Repository, contents: dict[str, bytes]) -> Repository:
    for name, content in contents.items():
        repository.write(name, content)
    return repository


def test_command_is_quiet_when_all_is_well(repository: Repository, run: Run) -> None:
    written(repository, files(quiet(), quiet(LATER)))
    result = run(repository.path, "check")
    assert (result.status, result.out, result.err) == (0, "", "2 sessions looked at\n")


def test_command_prints_place_code_and_way_out(repository: Repository, run: Run) -> None:
    written(repository, files(quiet()))
    path = repository.sessions / JSON
    path.write_bytes(path.read_bytes().replace(b":", b"", 1))
    result = run(repository.path, "check", f"{DIRECTORY}/{JSON}")
    assert result.status == 1
    assert result.out.splitlines()[0] == f"{DIRECTORY}/{JSON}:2:16: MPM103 no JSON: Expecting ':' delimiter"
    assert result.out.splitlines()[1].startswith("    -> ")
    assert result.err.startswith("1 session looked at: 1 error")


def test_warnings_do_not_fail(repository: Repository, run: Run) -> None:
    written(repository, files(quiet(project_path="/srv/x")))
    result = run(repository.path, "check")
    assert result.status == 0
    assert "MPM902 warning: " in result.out
    assert result.err.startswith("1 session looked at: 1 warning")


@pytest.mark.parametrize("name", [JSON, YAML, MD])
def test_any_form_stands_for_its_session(repository: Repository, run: Run, name: str) -> None:
    written(repository, files(quiet(), quiet(LATER)))
    (repository.sessions / f"{ID}.yaml").write_text("a: b: c\n", encoding="utf-8")
    (repository.sessions / f"{LATER}.yaml").write_text("a: b: c\n", encoding="utf-8")
    result = run(repository.path, "check", f"{DIRECTORY}/{name}")
    assert result.out.count("MPM104") == 1
    assert result.err.startswith("1 session looked at: 1 error")


def test_a_record_stands_for_its_session_too(repository: Repository, run: Run) -> None:
    written(repository, files(quiet()) | {f"{DIRECTORY}/{RECORD}": record(START, START | {"type": "pause_finalized"})})
    assert run(repository.path, "check", f"{DIRECTORY}/{RECORD}").err == "1 session looked at\n"


def test_folders_and_their_legacy_part_can_be_named(repository: Repository, run: Run) -> None:
    written(repository, files(quiet()))
    repository.write(f"{DIRECTORY}/pause/{ID}.json", render.forms(quiet())[JSON])
    repository.write(f"{DIRECTORY}/pause/{ID}.md", "x")
    for argv in (["check"], ["check", "."], ["check", DIRECTORY]):
        result = run(repository.path, *argv)
        assert result.status == 1
        assert f"{DIRECTORY}/pause/{ID}.md:1:1: MPM303" in result.out


def test_nested_projects_are_found(repository: Repository, run: Run) -> None:
    for name, content in files(quiet()).items():
        repository.write(f"services/api/{name}", content)
    assert run(repository.path, "check").err == "1 session looked at\n"
    assert run(repository.path / "services", "check").err == "1 session looked at\n"


def test_outside_a_repository_the_directory_counts(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path, "check").err == "0 sessions looked at\n"
    for name, content in files(quiet()).items():
        Repository(tmp_path).write(name, content)
    assert run(tmp_path, "check").err == "1 session looked at\n"


def test_a_file_that_is_not_there_is_wrong_use(repository: Repository, run: Run) -> None:
    result = run(repository.path, "check", "nowhere.json")
    assert (result.status, result.err) == (2, "mpm-hooks: nowhere.json: no such file\n")


def test_another_file_is_passed_over_with_a_warning(repository: Repository, run: Run) -> None:
    result = run(repository.path, "check", "kept.txt")
    assert result.status == 0
    assert "kept.txt:1:1: MPM208 warning: " in result.out


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes and few links")
def test_what_is_no_regular_file_is_refused(repository: Repository, run: Run) -> None:
    written(repository, files(quiet()))
    for name in (JSON, YAML, MD):
        (repository.sessions / name).unlink()
    (repository.sessions / JSON).symlink_to("/dev/zero")
    (repository.sessions / YAML).mkdir()
    os.mkfifo(repository.sessions / MD)
    result = run(repository.path, "check", f"{DIRECTORY}/{JSON}")
    assert result.status == 1
    for name, what in ((JSON, "a symbolic link"), (YAML, "a directory"), (MD, "a pipe")):
        assert f"{name}:1:1: MPM101 is {what}, not a regular file" in result.out
    assert run(repository.path, "check", f"{DIRECTORY}/{YAML}").status == 1


def test_where_git_refuses_the_surroundings_are_wrong(repository: Repository, run: Run) -> None:
    (repository.path / ".git").rename(repository.path / "elsewhere")
    repository.write(".git", "gitdir: /nowhere\n")
    result = run(repository.path, "check")
    assert result.status == 3
    assert result.err.startswith("mpm-hooks: ")


def test_a_folder_that_leads_nowhere_cannot_be_looked_into(repository: Repository, run: Run) -> None:
    (repository.path / ".claude-mpm").symlink_to(".claude-mpm")
    result = run(repository.path, "check", ".")
    assert (result.status, result.out) == (3, "")
    assert "Too many levels of symbolic links" in result.err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_file_that_may_not_be_read(repository: Repository, run: Run) -> None:
    written(repository, files(quiet()))
    (repository.sessions / JSON).chmod(0)
    result = run(repository.path, "check")
    assert result.status == 3
    assert "Permission denied" in result.err
