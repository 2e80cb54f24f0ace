"""What a check does quickly, it finds no otherwise than the slow, plain way, which reads and searches all there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from sessions import ID, LATER, TEXT, any_session, files, full, paused, quiet

from mpm_hooks import check, fix, folder, harm, secret
from mpm_hooks.check import Folder, World, forms
from mpm_hooks.check import texts as check_texts
from mpm_hooks.finding import Finding
from mpm_hooks.fix import folder as fix_folder
from mpm_hooks.lean import Answers, Hooks, laid_out, scanned
from mpm_hooks.parse import LARGEST, json_form, md_form
from mpm_hooks.render import block, pointer
from mpm_hooks.render import md_form as render_md
from mpm_hooks.rules import exposure, faults
from mpm_hooks.session import DIRECTORY, FORMS, POINTER, Json, Session

HERE = Path(__file__).parent
SAMPLES = sorted({path.parent for path in HERE.glob("*/**/session-*.json") if "snapshots" not in path.parts})
PIECES = (
    *("from now on", "you", "are now", "ignore all instructions", "do not tell", "the user", " ", "  ", "\n", "\t"),
    *("ghp_", "A1b2" * 10, "x.y", "password=", "hunter2!", "token: ", "Key=", "\u212aey=", "private key", "basic "),
    *("/home/", "ann", "users", "system>", "<", "documents", " and settings", "\u200b", "\u202e", "é", "machine "),
)
HINTS = (
    *("home", "users", "root/", "root\\", "documents and settings", "instruction", "prompt", "you are now", "<system"),
    *("system>", "[inst]", "<|", "do not tell", "don't tell", "without asking", "without telling", "from now on"),
    *("jailbreak", "developer mode", "safety", "guardrail", "pretend", "new rule", "human:", "assistant:"),
    *("important:", "secretly", "never mention", "guidelines", "permission", "private key", "machine "),
    f"{'x' * 24}.{'x' * 6}.{'x' * 27}",
)
ODD = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@contextmanager
def plainly() -> Iterator[None]:
    """Have no form accepted because it is what a program writes of the json: each is read and compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "_is_rendered", lambda _said, _texts, _text: False)
        patch.setattr(forms, "_pages", lambda _said: ())
        patch.setattr(json_form, "scanned", lambda _text, _hooks: ())
        patch.setattr(exposure, "suspects", lambda texts, _names: set(texts))
        patch.setattr(check_texts, "leave_out_told", lambda _said, _texts, _world: None)
        yield


def found(judged: Folder) -> set[Finding]:
    return set(check.check(judged, World(user="ann", host="laptop")))


def at_json(findings: set[Finding]) -> set[Finding]:
    """Leave out what a page or a yaml that is read tells once more: what is unfit to publish in the json, too."""
    return {each for each in findings if not (each.code.startswith("MPM5") and each.path.endswith((".md", ".yaml")))}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_samples_are_found_as_plainly(path: Path) -> None:
    quickly = found(folder.read(str(path), DIRECTORY, check.relevant))
    with plainly():
        slowly = found(folder.read(str(path), DIRECTORY, check.relevant))
    assert at_json(quickly) == at_json(slowly)
    assert quickly <= slowly


@given(any_session())
def test_any_session_is_found_as_plainly(session: Session) -> None:
    judged = Folder(path=DIRECTORY, names=frozenset(paused(session)), contents=paused(session), odd={})
    quickly = found(judged)
    with plainly():
        slowly = found(judged)
    assert at_json(quickly) == at_json(slowly)
    assert quickly <= slowly


HOME = "/home/ann/work"
TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        pytest.param({"project_path": HOME}, set(), id="told already"),
        pytest.param(
            {"project_path": HOME, "conversation": {"primary_task": HOME, "summary": "It moved", "next_steps": []}},
            {"MPM502"},
            id="and once more",
        ),
        pytest.param({"project_path": f"{HOME}/{TOKEN}"}, {"MPM501"}, id="with a secret"),
        pytest.param({"project_path": f"{HOME}/\u202e"}, {"MPM504"}, id="with what nobody sees"),
        pytest.param({"project_path": f"ann@laptop:{HOME}"}, {"MPM503"}, id="with user and host"),
        pytest.param({"project_path": "/media/ann/home/ann/work"}, {"MPM503"}, id="with the user of a disk"),
        pytest.param(
            {"project_path": HOME, "resume_instructions": {"validation_commands": {"look": f"ls {HOME}"}}},
            {"MPM502"},
            id="in a command of somebody's",
        ),
    ],
)
def test_a_home_directory_is_told_by_one_code(changes: dict[str, Json], codes: set[str]) -> None:
    contents = paused(quiet(**changes))
    judged = Folder(path=DIRECTORY, names=frozenset(contents), contents=contents, odd={})
    quickly = found(judged)
    with plainly():
        assert at_json(quickly) == at_json(found(judged))
    assert {each.code for each in quickly if each.code.startswith("MPM5")} == codes


@given(any_session())
def test_what_is_accepted_says_what_the_json_does(session: Session) -> None:
    written = block.ours(session.data)
    assert written is None or yaml.safe_load(written) == session.data
    page = md_form.first(md_form.blocks(render_md.render(session)))
    assert page["Session ID"].text == f"`{session.id}`"


@given(st.lists(ODD | TEXT, min_size=1, max_size=8))
def test_nothing_is_found_in_what_is_not_suspected(texts: list[str]) -> None:
    world = World(user="ann", host="laptop")
    suspected = exposure.suspects(texts, world.names)
    for text in {*texts} - {*suspected}:
        assert not [one for find in exposure.PLACE_RULES for one in find([((), text)], world.private)]
        assert not [one for find in exposure.TEXT_RULES for one in find([((), text)])]


@given(st.lists(ODD | TEXT, min_size=1, max_size=8))
def test_texts_are_suspected_alone_as_together(texts: list[str]) -> None:
    alone = {text for text in texts if text in exposure.suspects([text], ("ann",))}
    assert {*exposure.suspects(texts, ("ann",))} == alone


@pytest.mark.parametrize("hint", ["from now on", "private key", "system>", "basic ", "pw"])
def test_a_word_of_each_hint_is_looked_for(hint: str) -> None:
    ((word, _),) = secret.by_word([(hint, None)])
    assert word in hint.split()


@pytest.mark.parametrize("hint", HINTS)
def test_a_text_with_a_hint_is_looked_at(hint: str) -> None:
    assert exposure.suspects(["quite another", f"Some {hint.upper()} here"], ()) == {f"Some {hint.upper()} here"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def nothing_to_mend(judged: Folder) -> bool:
    done = fix_folder.mended(judged, lambda _: None, lambda *_: False)
    return not (done.writes or done.removals or done.left)


def instead(contents: dict[str, bytes], odd: tuple[str, ...] = (), path: str = DIRECTORY) -> Folder:
    return Folder(path=path, names=contents.keys() | {*odd}, contents=contents, odd=dict.fromkeys(odd, "a pipe"))


@given(
    any_session() | st.dictionaries(st.sampled_from([*full().data]), VALUES).map(lambda changes: full(**changes)),
    st.sampled_from(("", "", *FORMS, POINTER)),
    st.sampled_from(("\r", "\ufeff", "<<<<<<< a\n", "x")),
)
def test_what_is_in_order_needs_no_mending(said: Session, form: str, put: str) -> None:
    session = Session(id=said.id, data={**said.data, "generator": "mpm-hooks"})
    contents = paused(session)
    name = form if form == POINTER else f"{session.id}.{form}"
    if form:
        contents[name] = put.encode() + contents[name]
    if fix.is_in_order(instead(contents)):
        assert nothing_to_mend(instead(contents))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("", "", "", id="as it was written"),
        *(pytest.param(f"{ID}.{form}", "\n", "\r\n", id=f"line ends of the {form}") for form in FORMS),
        *(pytest.param(f"{ID}.{form}", "json is read", "json is", id=f"words of the {form}") for form in FORMS),
        *(pytest.param(f"{ID}.{form}", "", None, id=f"no {form}") for form in FORMS),
        pytest.param(f"{ID}.json", "  ", "    ", id="layout"),
        pytest.param(f"{ID}.json", "[", "", id="broken"),
        pytest.param(f"{ID}.json", '"Ann"', '"\u00e4"', id="a letter that is no ASCII"),
        pytest.param(f"{ID}.md", "é", None, id="no text at all"),
        pytest.param(POINTER, ID, LATER, id="pointer elsewhere"),
        pytest.param(POINTER, "Files", "File", id="pointer otherwise"),
        pytest.param(POINTER, "", None, id="no pointer"),
        pytest.param("ACTIVE-PAUSE.jsonl", "", "", id="a record"),
        pytest.param(f".{ID}_ab12cd34.tmp.sha256", "", "", id="a checksum"),
        pytest.param("session-20261399-100000.md", "", "", id="a second that was never"),
    ],
)
def test_what_is_not_as_it_was_written_is_not_in_order(name: str, old: str, new: str | None) -> None:
    contents = files(full(generator="mpm-hooks"))
    contents = {each.rpartition("/")[2]: content for each, content in contents.items()}
    if new is None:
        del contents[name]
    elif name:
        contents[name] = contents.get(name, b"").replace(old.encode(), new.encode())
    assert fix.is_in_order(instead(contents)) == (not name)


@pytest.mark.parametrize(
    "changes",
    [
        {"generator": None},
        {"project_path": "/srv/x"},
        {"project_path": "C:\\x"},
        {"active_context": {"working_directory": "/srv"}},
        {"resume_instructions": {"quick_start": ["Run: cat '/srv/x y/.claude-mpm/sessions/LATEST-SESSION.txt'"]}},
        {"conversation": {"summary": "one\ud800two"}},
    ],
)
def test_what_fix_would_change_is_not_in_order(changes: dict[str, Json]) -> None:
    session = full(generator="mpm-hooks")
    data = {key: value for key, value in {**session.data, **changes}.items() if value is not None}
    said = Session(id=ID, data=data)
    texts = {"json": laid_out(data) + "\n", "yaml": block.ours(data) or "", "md": render_md.render(said)}
    contents = {f"{ID}.{form}": text.encode("utf-8", "surrogatepass") for form, text in texts.items()}
    contents[POINTER] = pointer.render(ID).encode()
    assert not fix.is_in_order(instead(contents))


def test_odd_and_large_files_are_not_in_order() -> None:
    contents = {each.rpartition("/")[2]: content for each, content in files(full(generator="mpm-hooks")).items()}
    assert fix.is_in_order(instead(contents))
    assert not fix.is_in_order(instead(contents, odd=(f"{LATER}.md",)))
    assert not fix.is_in_order(instead({**contents, f"{ID}.md": b" " * (LARGEST + 1)}))


HOOKS: Hooks = {"object_pairs_hook": list, "parse_constant": str, "parse_float": float}


@example("abcd-ef-gh")
@example("2026.01.21")
@example("20260121ab")
@given(st.text("0179-.a\u0663", min_size=8, max_size=12))
def test_what_begins_with_a_date_is_what_a_pattern_says(text: str) -> None:
    shifted = full(git_context={"recent_commits": [{"timestamp": text}]})
    document = json_form.parse("", json.dumps(shifted.data).encode())
    is_date = not [*faults.shifted_fields(document, shifted)]
    assert is_date == bool(re.match(r"\d{4}-\d\d-\d\d", text))


NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
"""As YAML 1.2.2 has it, in section 10.3.2."""


@given(st.from_regex(NUMBER, fullmatch=True) | st.text("0179.+-eExofa_ \u0663", max_size=6))
def test_a_numeral_is_what_yaml_says(text: str) -> None:
    assert faults.is_numeral(text) == bool(NUMBER.fullmatch(text))


@given(VALUES)
def test_a_json_is_laid_out_as_its_library_does(value: Json) -> None:
    assert laid_out(value) == json.dumps(value, indent=2) or "Infinity" in json.dumps(value)


@given(
    VALUES.map(json.dumps),
    st.sampled_from(("", " \n", "\ufeff", "x", "\x0b")),
    st.sampled_from(("", "\r\n", "]", "{}", "\x0c")),
)
@example("", "", "")
@example('{"a": NaN, "a": -Infinity}', "", "")
@example('{"a": 1,}', "", "")
@example('"\t"', "", "")
@example("1" * 5000, "", "")
def test_json_is_scanned_as_by_json(text: str, before: str, after: str) -> None:
    whole = f"{before}{text}{after}"
    try:
        read = (json.loads(whole, object_pairs_hook=list, parse_constant=str, parse_float=float),)
    except ValueError:
        assert scanned(whole, HOOKS) == ()
    else:
        assert scanned(whole, HOOKS) == read


def test_what_is_no_json_is_so_also_where_json_is_not_imported() -> None:
    # What measures coverage imports json itself, before.
    program = (
        "import sys; sys.modules.pop('json.decoder', None); from mpm_hooks.lean import scanned; print(scanned('{', {}))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == "()\n"


def test_answers_are_remembered_until_there_are_too_many() -> None:
    asked: list[int] = []

    def negative(given: int) -> int:
        asked.append(given)
        return -given

    answers = Answers(negative, 2)
    assert [answers[given] for given in (1, 2, 1, 3, 3, 1)] == [-1, -2, -1, -3, -3, -1]
    assert asked == [1, 2, 3, 1]


@pytest.mark.parametrize("what", harm.FORMS)
@given(st.data())
def test_no_harm_is_passed_over(what: str, data: st.DataObject) -> None:
    command = data.draw(st.from_regex(re.compile(harm.FORMS[what])))
    assert what in harm.of(command)


@pytest.mark.parametrize(
    "command",
    [
        *("pre-commit run --all-files", "git status && git log -1 --stat", ".venv/bin/pytest -q", "npm run format"),
        *("ruff format --check .", "cargo test --all", "go test ./...", "tox -e environment", "uv venv && make check"),
        *("git switch feature/reset", "cat .claude-mpm/sessions/LATEST-SESSION.txt", "mpm-hooks check", "invoke test"),
    ],
)
def test_for_a_usual_command_no_pattern_is_compiled(command: str) -> None:
    assert not harm.may_be_in(command)
