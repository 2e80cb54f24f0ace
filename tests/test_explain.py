"""A page a rule: on a terminal, in the docs, for programs."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from conftest import Run

from mpm_hooks import config, manual, rules
from mpm_hooks.finding import WARNING
from mpm_hooks.report import printable
from mpm_hooks.rules import FAMILIES, Rule

CATALOGUE = rules.catalogue()
CODES = [rule.code for rule in CATALOGUE]


def test_codes_are_sorted_and_names_unique() -> None:
    assert sorted({*CODES}) == CODES
    assert len({rule.name for rule in CATALOGUE}) == len(CATALOGUE)
    assert {rule.family for rule in CATALOGUE} == {*FAMILIES}


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_every_rule_has_a_page(rule: Rule) -> None:
    assert re.fullmatch(r"MPM\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert all((rule.title, rule.why, rule.example, rule.way_out))
    lines = list(manual.text(rule))
    assert lines == [printable(line) for line in lines]
    record = manual.record(rule)
    assert json.loads(json.dumps(record)) == record
    assert record["family"] == FAMILIES[rule.family][0]
    assert manual.address(rule).endswith(f"#{rule.code.lower()}")


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_what_a_page_says_of_ignoring_it_is_settings(rule: Rule) -> None:
    text = manual.ignoring(rule)
    assert tomllib.loads(text)["tool"]["mpm-hooks"]["ignore"] == [rule.code]
    assert config.parse(text).per_session_ignores == (("session-20260121-100000", (rule.code,)),)


def made(*, fixable: bool = False, example: str = "x") -> Rule:
    text = f"A fault | here.\n\nWhy\n\nExample:\n    {example}\n\nWay out:\n    Do it.\n"
    return Rule("MPM501", "a-fault", text, WARNING, fixable=fixable)


def test_page_in_text() -> None:
    assert "\n".join(manual.text(made(fixable=True))) == (
        "MPM501 a-fault (warning, fixable by mpm-hooks fix)\n\nA fault | here.\n\nWhy\n\nExample:\n\n    x\n\n"
        "Way out:\n\n    Do it.\n\nTo ignore it:\n\n"
        '    [tool.mpm-hooks]\n    ignore = ["MPM501"]\n\n'
        '    [tool.mpm-hooks.per-session-ignores]\n    "session-20260121-100000" = ["MPM501"]'
    )


def test_page_in_markdown() -> None:
    text = "\n".join(manual.markdown(made(example="a ``` b ````"), 2))
    assert text.startswith("## MPM501\n\n**A fault | here.** `a-fault`, warning\n\nWhy\n\n")
    assert "`````text\na ``` b ````\n`````\n" in text


def test_table_and_list() -> None:
    assert [*manual.table([made(fixable=True)])][2] == "| [MPM501](#mpm501) | A fault \\| here | warning | yes |"
    assert [*manual.listed([made()])] == [f"MPM5  {FAMILIES['MPM5'][1]}", "  MPM501  A fault | here (warning)"]


def test_reference_links_to_a_heading_for_every_code(tmp_path: Path, run: Run) -> None:
    out = run(tmp_path, "explain", "--all", "--format", "markdown").out
    assert re.findall(r"^\| \[(MPM\d{3})\]\(#mpm\d{3}\)", out, re.MULTILINE) == CODES
    assert re.findall(r"^## (MPM\d{3})$", out, re.MULTILINE) == CODES
    assert re.findall(r"^## (MPM\d)xx: ", out, re.MULTILINE) == [*FAMILIES]
    assert not re.search(r"\n\n\n", out)


def test_explain_a_code(tmp_path: Path, run: Run) -> None:
    expected = "".join(f"{line}\n" for line in manual.text(CATALOGUE[0]))
    for word in (CATALOGUE[0].code, CATALOGUE[0].code.lower(), CATALOGUE[0].name):
        result = run(tmp_path, "explain", word)
        assert (result.status, result.out, result.err) == (0, expected, "")
    assert run(tmp_path, "explain", CODES[0], "--format=markdown").out.startswith(f"# {CODES[0]}\n")


def test_explain_a_family_or_all(tmp_path: Path, run: Run) -> None:
    listed = re.findall(r"MPM\d{3}", run(tmp_path, "explain", "mpm1").out)
    assert listed == [code for code in CODES if code.startswith("MPM1")]
    for words in ([], ["MPM"], ["all"]):
        assert re.findall(r"^  (MPM\d{3})  ", run(tmp_path, "explain", *words).out, re.MULTILINE) == CODES
    assert run(tmp_path, "explain", "MPM1", "--format=markdown").out.startswith("| code |")
    pages = run(tmp_path, "explain", "--all").out
    assert re.findall(r"^(MPM\d{3}) ", pages, re.MULTILINE) == CODES


def test_explain_several(tmp_path: Path, run: Run) -> None:
    out = run(tmp_path, "explain", CODES[1], CODES[0]).out
    assert re.findall(r"^(MPM\d{3}) ", out, re.MULTILINE) == [CODES[1], CODES[0]]


def test_explain_as_json(tmp_path: Path, run: Run) -> None:
    records = json.loads(run(tmp_path, "explain", "MPM1", CODES[0], "--format=json").out)
    assert records == [manual.record(rule) for rule in CATALOGUE if rule.family == "MPM1"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["MPM4011"], 'no rule is called "MPM4011": did you mean "MPM401"?', id="misspelt"),
        pytest.param(
            ["MPM101", "MPM7", "\x1b"],
            'no rule is called "MPM7": there are ALL, MPM1, MPM2, MPM3, MPM4, MPM5, MPM6, MPM9; '
            'no rule is called "\\x1b": there are ALL, MPM1, MPM2, MPM3, MPM4, MPM5, MPM6, MPM9',
            id="all at once",
        ),
        pytest.param(
            [""], 'no rule is called "": there are ALL, MPM1, MPM2, MPM3, MPM4, MPM5, MPM6, MPM9', id="nothing"
        ),
        pytest.param(["--all", "MPM1"], "--all takes no codes: leave either out", id="both"),
    ],
)
def test_explain_what_is_none(tmp_path: Path, run: Run, words: list[str], message: str) -> None:
    result = run(tmp_path, "explain", *words)
    assert (result.status, result.out, result.err) == (2, "", f"mpm-hooks: {message}\n")
