from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import config
from mpm_hooks.config import Config
from mpm_hooks.finding import ERROR, WARNING, MisuseError

HEAD = "[tool.mpm-hooks]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Config(), id="nothing"),
        pytest.param("[tool.other]\nkey = 1\n", Config(), id="others' settings"),
        pytest.param("[tool.other]\nbroken = \n", Config(), id="broken, and none of ours"),
        pytest.param('[project]\ndependencies = ["mpm-hooks"]\n', Config(), id="named elsewhere"),
        pytest.param('tool = "mpm-hooks"\n', Config(), id="tool is no table"),
        pytest.param(HEAD, Config(), id="no setting"),
        pytest.param(
            f'{HEAD}default-branches = ["main", "next"]', Config(default_branches=("main", "next")), id="main"
        ),
        pytest.param(f'{HEAD}exempt-branches = ["release/*"]', Config(exempt_branches=("release/*",)), id="exempt"),
        pytest.param(f"{HEAD}default-branches = []", Config(), id="empty array"),
        pytest.param(f"{HEAD}claude = false", Config(claude=False), id="claude"),
        pytest.param(
            f'{HEAD}select = ["MPM1", "ALL"]\nignore = ["MPM101"]',
            Config(select=("MPM1", "ALL"), ignore=("MPM101",)),
            id="rules",
        ),
        pytest.param(f"{HEAD}select = []", Config(select=()), id="no rules"),
        pytest.param(
            f'{HEAD}severity = {{ MPM101 = "warning", MPM9 = "error" }}',
            Config(severity=(("MPM101", WARNING), ("MPM9", ERROR))),
            id="severity",
        ),
        pytest.param(
            '[tool.mpm-hooks.per-session-ignores]\n"session-2026*" = ["MPM1", "MPM101 a.b[0]"]\nx = []',
            Config(per_session_ignores=(("session-2026*", ("MPM1", "MPM101 a.b[0]")), ("x", ()))),
            id="per session",
        ),
    ],
)
def test_settings(text: str, expected: Config) -> None:
    assert config.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            f'{HEAD}default-branch = ["main"]',
            'p.toml: [tool.mpm-hooks] has no setting "default-branch": did you mean "default-branches"?',
            id="misspelt",
        ),
        pytest.param(
            f"{HEAD}default_branches = []",
            'p.toml: [tool.mpm-hooks] has no setting "default_branches": did you mean "default-branches"?',
            id="underscore",
        ),
        pytest.param(
            f'{HEAD}"z\\u001b" = 1',
            'p.toml: [tool.mpm-hooks] has no setting "z\\u001b": there are default-branches, exempt-branches, claude, '
            "select, ignore, severity, per-session-ignores, require, exempt-paths, exempt-authors",
            id="unknown, with a control character",
        ),
        pytest.param(
            f"{HEAD}{'z' * 70} = 1",
            f'p.toml: [tool.mpm-hooks] has no setting "{"z" * 60}": '
            "there are default-branches, exempt-branches, claude, select, ignore, severity, per-session-ignores, "
            "require, exempt-paths, exempt-authors",
            id="endless",
        ),
        pytest.param(
            f'{HEAD}default-branches = "main"',
            "p.toml: [tool.mpm-hooks] default-branches is a string, not an array of strings: "
            'write default-branches = ["main"]',
            id="string for an array",
        ),
        pytest.param(
            f'{HEAD}exempt-branches = ["a", 1]',
            "p.toml: [tool.mpm-hooks] exempt-branches holds a number, and is an array of strings: "
            'write exempt-branches = ["release/*"]',
            id="number in the array",
        ),
        pytest.param(
            f'{HEAD}exempt-branches = [""]',
            "p.toml: [tool.mpm-hooks] exempt-branches holds an empty string, and is an array of strings: "
            'write exempt-branches = ["release/*"]',
            id="empty string in the array",
        ),
        pytest.param(
            f"{HEAD}require = true",
            'p.toml: [tool.mpm-hooks] require is a boolean, not a string: write require = "agent"',
            id="boolean for a word",
        ),
        pytest.param(
            f'{HEAD}require = "alway"',
            'p.toml: [tool.mpm-hooks] require is "alway", which is no such word (did you mean "always"?): '
            'write require = "agent"',
            id="misspelt word",
        ),
        pytest.param(
            f"{HEAD}claude = 0",
            "p.toml: [tool.mpm-hooks] claude is a number, not a boolean: write claude = false",
            id="number for a boolean",
        ),
        pytest.param(
            f'{HEAD}claud = true\nclaude = "no"',
            'p.toml: [tool.mpm-hooks] has no setting "claud": did you mean "claude"?; '
            "claude is a string, not a boolean: write claude = false",
            id="all faults at once",
        ),
        pytest.param(
            f'{HEAD}select = ["ALL", ""]',
            'p.toml: [tool.mpm-hooks] select holds an empty string, and is an array of strings: write select = ["ALL"]',
            id="no code",
        ),
        pytest.param(
            f'{HEAD}select = ["mpm101", "MPM101", "MPM7"]',
            'p.toml: [tool.mpm-hooks] select names "mpm101", which no code is or begins with (did you mean "MPM101"?): '
            'write select = ["ALL"]; select names "MPM7", which no code is or begins with '
            "(there are ALL, MPM1, MPM2, MPM3, MPM4, MPM5, MPM6, MPM9): " + 'write select = ["ALL"]',
            id="codes that are none",
        ),
        pytest.param(
            f'{HEAD}ignore = ["MPM101 a.b"]\nselect = "MPM1"',
            'p.toml: [tool.mpm-hooks] ignore holds "MPM101 a.b", which is no code: fields stand in per-session-ignores '
            'alone: write ignore = ["MPM901"]; select is a string, not an array of strings: write select = ["ALL"]',
            id="field where none is",
        ),
        pytest.param(
            f'{HEAD}severity = {{ MPM101 = "errr", MPM102 = 1, MPM103 = "off", mpm104 = "error" }}',
            'p.toml: [tool.mpm-hooks] severity names "mpm104", which no code is or begins with (did you mean "MPM104"?)'
            ': write severity = { MPM904 = "error" }; '
            'severity gives "MPM101" "errr", which is no severity (did you mean "error"?): '
            'write severity = { MPM904 = "error" }; severity gives "MPM102" a number, not a severity: '
            'write severity = { MPM904 = "error" }; '
            'severity gives "MPM103" "off", which is no severity (there are error, warning): '
            'write severity = { MPM904 = "error" }',
            id="severities that are none",
        ),
        pytest.param(
            f"{HEAD}severity = []\nper-session-ignores = []",
            'p.toml: [tool.mpm-hooks] severity is an array, not a table: write severity = { MPM904 = "error" }; '
            "per-session-ignores is an array, not a table: write per-session-ignores = "
            '{ session-20260121-100000 = ["MPM501 conversation.summary"] }',
            id="no tables",
        ),
        pytest.param(
            f'{HEAD}per-session-ignores = {{ x = ["MPM7 a", "MPM101 a"], y = "MPM101" }}',
            'p.toml: [tool.mpm-hooks] per-session-ignores of "x" names "MPM7", which no code is or begins with '
            "(there are ALL, MPM1, MPM2, MPM3, MPM4, MPM5, MPM6, MPM9): write per-session-ignores = "
            '{ session-20260121-100000 = ["MPM501 conversation.summary"] }; '
            'per-session-ignores of "y" is a string, not an array of strings: write per-session-ignores = '
            '{ session-20260121-100000 = ["MPM501 conversation.summary"] }',
            id="faults of one session",
        ),
        pytest.param(
            "[tool]\nmpm-hooks = true",
            "p.toml: tool.mpm-hooks is a boolean, not a table: write the settings under [tool.mpm-hooks]",
            id="no table",
        ),
        pytest.param(
            f"{HEAD}claude = \n",
            "p.toml: no TOML: Invalid value (at line 2, column 10): correct it there",
            id="broken",
        ),
        pytest.param(
            f"{HEAD}claude = {'[' * 50_000}",
            "p.toml: is nested too deeply: write the settings plainly under [tool.mpm-hooks]",
            id="deep",
        ),
    ],
)
def test_misuse(text: str, message: str) -> None:
    with pytest.raises(MisuseError) as caught:
        config.parse(text, "p.toml")
    assert str(caught.value) == message


def test_misuse_names_pyproject() -> None:
    with pytest.raises(MisuseError, match=r"^pyproject\.toml: "):
        config.parse("[tool]\nmpm-hooks = 1")


TOML = st.recursive(
    st.sampled_from(["true", "1", '"x"', '"MPM1"', '"MPM1 x"', '" "', "{MPM1='error'}", "2026-01-01", "nan"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
KEYS = st.sampled_from(
    [
        *("default-branches", "exempt-branches", "claude", "claud", '"\\u0000"', "a.b", "select", "severity.MPM1"),
        *("severity", "per-session-ignores", 'per-session-ignores."x"'),
    ]
)


@given(st.lists(st.tuples(KEYS, TOML | st.text(max_size=5)), max_size=4))
def test_any_text_is_settings_or_misuse(pairs: list[tuple[str, str]]) -> None:
    with suppress(MisuseError):
        config.parse(HEAD + "\n".join(f"{key} = {value}" for key, value in pairs))


def test_no_toml_is_read_where_nothing_is_set() -> None:
    lines = (
        "import sys",
        "from mpm_hooks import config",
        "sys.modules.pop('tomllib', None)",  # coverage reads its settings with it
        "config.parse('[project]')",
        "print('tomllib' in sys.modules)",
    )
    done = subprocess.run([sys.executable, "-c", "; ".join(lines)], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("branch", "patterns", "expected"),
    [
        pytest.param("release/1.0", ["release/*"], True, id="pattern"),
        pytest.param("release/1.0/fix", ["release/*"], True, id="star matches slashes"),
        pytest.param("release", ["release/*"], False, id="other"),
        pytest.param("Release/1", ["release/*"], False, id="case"),
        pytest.param("main", ["next", "ma?n"], True, id="second"),
        pytest.param("main", [], False, id="no pattern"),
    ],
)
def test_is_exempt(branch: str, patterns: list[str], expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert config.is_exempt(branch, patterns) is expected
