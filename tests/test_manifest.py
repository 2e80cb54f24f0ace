"""Manifest, package, README and commands agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from conftest import Run

import mpm_hooks
from mpm_hooks import config, manual, rules
from mpm_hooks.config import Config
from mpm_hooks.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
UNUSED_LOCALLY = {"description", "minimum_pre_commit_version"}
README = (ROOT / "README.md").read_text(encoding="utf-8")
RULES = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
SOURCES = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "mpm_hooks").rglob("*.py")))


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == mpm_hooks.__version__
    assert f"rev: v{mpm_hooks.__version__}" in README
    assert f"## {mpm_hooks.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_command_a_section_and_stages(hook: str) -> None:
    program, command, *_ = HOOKS[hook]["entry"].split()
    assert program == "mpm-hooks"
    assert command in COMMANDS
    assert f"### `{hook}`" in README
    by_name = {"pre-commit", "manual"}  # a runner finds a hook by its name alone only in the first of these
    stages = {"mpm-pause-push": ["pre-push"], "mpm-require": ["pre-push", "manual"]}.get(hook)
    assert HOOKS[hook]["stages"] == stages if stages else by_name <= {*HOOKS[hook]["stages"]}
    assert HOOKS[hook]["minimum_pre_commit_version"] == "3.2.0"


def test_readme_begins_with_settings_to_paste_and_two_commands() -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in blocks[:3]] == ["yaml", "console", "sh"]
    (repo,) = yaml.safe_load(blocks[0][1])["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == [hook for hook in HOOKS if "pre-commit" in HOOKS[hook]["stages"]]
    _, test_command = blocks[2][1].splitlines()
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == f"exec {test_command}"


@pytest.mark.parametrize("hook", HOOKS)
def test_our_own_settings_run_our_hooks_as_the_manifest_has_them(hook: str) -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    own = {each["id"]: each for repo in settings["repos"] for each in repo["hooks"]}[hook]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert own.pop("additional_dependencies") == project["dependencies"]
    published = {key: value for key, value in HOOKS[hook].items() if key not in UNUSED_LOCALLY}
    assert own == published | {"entry": HOOKS[hook]["entry"].replace("mpm-hooks", "python -m mpm_hooks")}


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        (".claude-mpm/sessions/session-20260121-100000.json", True),
        (".claude-mpm/sessions/session-20260121-100000.yaml", True),
        (".claude-mpm/sessions/session-20260121-100000.md", True),
        (".claude-mpm/sessions/session-20260121-100000-incremental.jsonl", True),
        (".claude-mpm/sessions/session-2026.json", True),
        (".claude-mpm/sessions/LATEST-SESSION.txt", True),
        (".claude-mpm/sessions/ACTIVE-PAUSE.jsonl", True),
        (".claude-mpm/sessions/pause/session-20260121-100000.json", True),
        ("services/api/.claude-mpm/sessions/session-20260121-100000.md", True),
        (".claude-mpm/sessions/archive/session-20260121-100000.json", False),
        (".claude-mpm/sessions/notes.md", False),
        (".claude-mpm/config.json", False),
        ("x.claude-mpm/sessions/session-20260121-100000.json", False),
        ("docs/session-20260121-100000.json", False),
    ],
)
def test_files_that_the_check_takes(path: str, *, taken: bool) -> None:
    assert bool(re.search(HOOKS["mpm-check"]["files"], path)) == taken


def test_page_of_rules_is_what_explain_prints(tmp_path: Path, run: Run) -> None:
    printed = run(tmp_path, "explain", "--all", "--format", "markdown").out
    assert printed == RULES, "write it anew: mpm-hooks explain --all --format markdown > docs/rules.md"


def test_page_of_rules_lists_every_rule_and_no_other() -> None:
    listed = re.findall(r"^\| \[(MPM\d{3})\]\(#mpm\d{3}\) \| .* \| (error|warning) \|", RULES, re.MULTILINE)
    assert listed == [(rule.code, str(rule.severity)) for rule in rules.catalogue()]


def test_readme_leads_to_every_family() -> None:
    headings = [re.sub(r"[^\w -]", "", found).lower() for found in re.findall(r"^## (.*)", RULES, re.MULTILINE)]
    anchors = [each.replace(" ", "-") for each in headings]
    linked = re.findall(r"^\| \[MPM\dxx\]\(docs/rules\.md#(.*?)\)", README, re.MULTILINE)
    assert linked == [each for each in anchors if "xx-" in each]
    assert manual.REFERENCE.endswith("/docs/rules.md")


def test_readme_shows_every_setting() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    shown = {key.replace("-", "_") for key in tomllib.loads(block)["tool"]["mpm-hooks"]}
    assert shown == set(Config.parts)
    assert config.parse(block) != Config()


def test_readme_names_every_command() -> None:
    (named,) = re.findall(r"^`mpm-hooks ([a-z]+\|[a-z|]+)`", README, re.MULTILINE)
    assert named.split("|") == sorted(COMMANDS)


def test_every_code_has_a_rule() -> None:
    """A finding that a parser makes by itself has a page, too."""
    assert set(re.findall(r'"(MPM\d{3})"', SOURCES)) <= {rule.code for rule in rules.catalogue()}


def test_every_test_that_needs_a_runner_is_run() -> None:
    """A session that names its files must name all of them."""
    session = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    marked = [path for path in (ROOT / "tests").glob("test_*.py") if "mark.runners" in path.read_text(encoding="utf-8")]
    missing = [path.stem for path in marked if f'"{path.stem.removeprefix("test_")}"' not in session]
    assert not [each for each in missing if each != "test_manifest"]
    for only in ("faults", "upstream"):
        others = [
            path for path in (ROOT / "tests").glob("test_*.py") if f"mark.{only}" in path.read_text(encoding="utf-8")
        ]
        assert {path.stem for path in others} - {"test_manifest"} == {f"test_{only}"}
