"""Which findings count, how much, and which somebody has accepted."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mpm_hooks import policy, rules
from mpm_hooks.finding import ERROR, WARNING, Finding, Severity
from mpm_hooks.policy import Judged, Policy

CODES = [rule.code for rule in rules.catalogue()]
PATH = ".claude-mpm/sessions/session-20260121-100000.json"


def finding(code: str, field: str = "", path: str = PATH) -> Finding:
    return Finding(path=path, line=2, column=3, code=code, message="x", way_out="y", field=field)


@pytest.mark.parametrize(
    ("select", "ignore", "selected"),
    [
        pytest.param(["ALL"], [], {"MPM101", "MPM103", "MPM901"}, id="all"),
        pytest.param(["MPM1"], [], {"MPM101", "MPM103"}, id="family"),
        pytest.param(["MPM101"], [], {"MPM101"}, id="code"),
        pytest.param([], [], set(), id="nothing"),
        pytest.param(["ALL"], ["MPM1"], {"MPM901"}, id="all but a family"),
        pytest.param(["ALL", "MPM103"], ["MPM1"], {"MPM103", "MPM901"}, id="the longest decides"),
        pytest.param(["MPM1"], ["MPM103"], {"MPM101"}, id="a family but a code"),
        pytest.param(["MPM1", "ALL"], ["MPM1"], {"MPM901"}, id="ignored where both are as long"),
        pytest.param(["ALL"], ["ALL"], set(), id="all and none"),
    ],
)
def test_selects(select: list[str], ignore: list[str], selected: set[str]) -> None:
    chosen = Policy(select=select, ignore=ignore)
    found = [finding(code) for code in ("MPM101", "MPM103", "MPM901")]
    assert {each.finding.code for each in chosen.judged(found)} == selected
    assert all(chosen.selects(code) for code in selected)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param([("MPM101", WARNING)], "warning", id="code"),
        pytest.param([("MPM1", WARNING)], "warning", id="family"),
        pytest.param([("ALL", WARNING)], "warning", id="all"),
        pytest.param([("MPM101", ERROR), ("MPM1", WARNING)], "error", id="the longest decides"),
        pytest.param([("MPM9", WARNING)], "error", id="another family"),
    ],
)
def test_severity(settings: list[tuple[str, Severity]], expected: Severity) -> None:
    (judged,) = Policy(severity=settings).judged([finding("MPM101", "a.b")])
    weighed = finding("MPM101", "a.b")
    weighed.severity = expected
    assert judged.finding == weighed


@pytest.mark.parametrize("rule", rules.catalogue(), ids=lambda rule: rule.code)
def test_a_rule_weighs_what_it_says(rule: rules.Rule) -> None:
    (judged,) = Policy().judged([finding(rule.code)])
    assert judged.finding.severity is rule.severity
    assert (judged.name, judged.fixable, judged.suppressed) == (rule.name, rule.fixable, False)


def test_a_finding_without_a_rule_weighs_what_it_says() -> None:
    stranger = finding("MPM000")
    (judged,) = Policy().judged([stranger])
    assert judged.finding is stranger
    assert (judged.name, judged.fixable) == ("MPM000", False)


@pytest.mark.parametrize(
    ("pattern", "accepted", "suppressed"),
    [
        pytest.param("session-20260121-100000", "MPM501", True, id="session"),
        pytest.param("session-2026*", "MPM5", True, id="pattern and family"),
        pytest.param("*", "ALL", True, id="everything"),
        pytest.param("session-20260121-100000", "MPM501 note.text", True, id="field"),
        pytest.param("session-20260121-100000", "MPM501 note", False, id="another field"),
        pytest.param("session-20260121-100000", "MPM502", False, id="another code"),
        pytest.param("session-20260121", "MPM501", False, id="another session"),
    ],
)
@pytest.mark.parametrize("ending", [".json", ".md", "-incremental.jsonl"])
def test_suppressions(pattern: str, accepted: str, ending: str, *, suppressed: bool) -> None:
    found = finding("MPM501", "note.text", f"x/.claude-mpm/sessions/session-20260121-100000{ending}")
    (judged,) = Policy(suppressions=[("other", ["ALL"]), (pattern, ["MPM9", accepted])]).judged([found])
    assert isinstance(judged, Judged)
    assert judged.suppressed == suppressed


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param(((), ()), (["MPM1", "MPM501"], ["MPM103"]), id="none"),
        pytest.param((("MPM9",), ()), (["MPM9"], []), id="select"),
        pytest.param((("MPM9",), ("MPM901",)), (["MPM9"], ["MPM901"]), id="both"),
        pytest.param(((), ("MPM5",)), (["MPM1"], ["MPM103", "MPM5"]), id="ignore what a setting names exactly"),
        pytest.param(((), ("ALL",)), ([], ["MPM103", "ALL"]), id="ignore all"),
    ],
)
def test_flags_win(flags: tuple[tuple[str, ...], tuple[str, ...]], expected: tuple[list[str], list[str]]) -> None:
    select, ignore = policy.narrowed(["MPM1", "MPM501"], ["MPM103"], flags)
    assert ([*select], [*ignore]) == expected


def test_faults_of_selectors() -> None:
    assert not list(policy.faults(["ALL", "MPM", "MPM1", "MPM10", "MPM101"]))
    assert list(policy.faults(["", "mpm1"])) == [
        f'"", which no code is or begins with (there are ALL, {", ".join(rules.FAMILIES)})',
        '"mpm1", which no code is or begins with (did you mean "MPM1"?)',
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("mpm101", 'did you mean "MPM101"?', id="case"),
        pytest.param("MPM4011", 'did you mean "MPM401"?', id="one too many"),
        pytest.param("MPM7", f"there are ALL, {', '.join(rules.FAMILIES)}", id="no such family"),
        pytest.param("MMP101", 'did you mean "MPM101"?', id="misspelt"),
        pytest.param("z" * 5000, f"there are ALL, {', '.join(rules.FAMILIES)}", id="endless"),
        pytest.param("a-nam", 'did you mean "a-name"?', id="name"),
    ],
)
def test_meant(word: str, expected: Severity) -> None:
    assert policy.meant(word, CODES, ["a-name"]) == expected


def test_nothing_slow_is_imported() -> None:
    program = (
        "import sys; before = {*sys.modules}; from mpm_hooks import policy, report, commands; "
        "policy.Policy(suppressions=[]); print(*{*sys.modules} - before)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", program], check=True, capture_output=True, text=True)
    slow = {"dataclasses", "typing", "argparse", "inspect", "json", "tomllib", "pathlib", "subprocess", "fnmatch"}
    assert not {*done.stdout.split()} & slow
