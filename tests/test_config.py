from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import config
from mpm_hooks.config import Config
from mpm_hooks.finding import MisuseError

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
            'p.toml: [tool.mpm-hooks] has no setting "z\\u001b": there are default-branches, exempt-branches, claude',
            id="unknown, with a control character",
        ),
        pytest.param(
            f"{HEAD}{'z' * 70} = 1",
            f'p.toml: [tool.mpm-hooks] has no setting "{"z" * 60}": '
            "there are default-branches, exempt-branches, claude",
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
    st.sampled_from(["true", "1", '"x"', "2026-01-01", "nan"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
KEYS = st.sampled_from(["default-branches", "exempt-branches", "claude", "claud", '"\\u0000"', "a.b"])


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
