"""The pages are true: what they show is what happens, and they name everything that there is and nothing else."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pages
import pytest
import yaml
from pages import PAGES, ROOT

from mpm_hooks import config, usage
from mpm_hooks.main import COMMANDS

pytestmark = [pytest.mark.once, pytest.mark.unmeasured]

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
HOOKS = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
SETTINGS = {key.replace("_", "-") for key in config.Config.parts}
OTHER_NAMES = {"mpm-hooks", "mpm-resume", "mpm-sessions"}
"""What is named as if it were a hook: ourselves, a skill for Claude Code, a workflow."""
RULES = "docs/rules.md"
BEYOND = "docs/pull-requests.md"
RUNNABLE = [name for name, text in TEXTS.items() if any(pages.steps(text))]
ALONE = [name for name in RUNNABLE if not pages.needs(TEXTS[name])]


def differences(name: str, home: Path, hooks: str = "", **variables: str) -> Iterator[str]:
    for step, printed, status in pages.run(TEXTS[name], home, hooks, **variables):
        if (status and step.is_hidden) or not (step.is_hidden or pages.is_as_shown(step.output, printed)):
            yield f"$ {step.command}\n{printed}"


@pytest.mark.skipif(os.name == "nt", reason="the pages are of bash")
@pytest.mark.parametrize("name", ALONE)
def test_what_a_page_shows_is_what_happens(name: str, tmp_path: Path) -> None:
    assert list(differences(name, tmp_path)) == [], f"record it anew: python tests/pages.py --write {name}"


@pytest.mark.docs
@pytest.mark.parametrize("name", [name for name in RUNNABLE if name not in ALONE])
def test_what_a_page_with_hooks_shows_is_what_happens(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hooks = pages.clone(tmp_path_factory.mktemp("hooks"))
    assert shutil.which("pre-commit"), "run this by nox -s pages, which installs it"
    assert list(differences(name, tmp_path, hooks)) == [], f"record it anew: python tests/pages.py --write {name}"


@pytest.mark.docs
def test_four_commands_are_enough_on_a_machine_with_python_and_git(tmp_path: Path) -> None:
    """The quick start in a Python that has nothing but pip, from wheels of this tree and of what it needs."""
    name = "docs/quick-start.md"
    first = next(re.finditer(r"^```console\n(.*?)^```", TEXTS[name], re.MULTILINE | re.DOTALL))[1]
    assert len(re.findall(r"^\$ ", first, re.MULTILINE)) <= 4
    wheels = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--wheel-dir", wheels, ROOT, "pre-commit", "hatchling"], check=True)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "machine"], check=True)
    (tmp_path / "home").mkdir()
    (tmp_path / "hooks").mkdir()
    path = os.pathsep.join((str(tmp_path / "machine" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"))
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull, "PATH": path}
    assert list(differences(name, tmp_path / "home", pages.clone(tmp_path / "hooks"), **offline)) == []


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", unfenced(TEXTS[name])):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (PAGES[name].parent / path).resolve() if path else PAGES[name]
        shown = found.relative_to(ROOT).as_posix()
        if not found.exists() or (anchor and anchor not in anchors(TEXTS.get(shown, ""))):
            broken.append(target)
    assert broken == []


def unfenced(text: str) -> str:
    """Return a page without its blocks."""
    return re.sub(r"^(```+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """Return what GitHub, and our own pages, call the headings of a page."""
    headings = re.findall(r"^#+ (.*)", unfenced(text), re.MULTILINE)
    named = set(re.findall(r'<a id="([^"]+)"', text))
    return named | {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_every_page_is_in_the_table_of_contents() -> None:
    index = TEXTS["docs/index.md"]
    listed = re.findall(r"^([\w-]+)$", index[index.index("{toctree}") :], re.MULTILINE)
    assert sorted(listed) == sorted(Path(name).stem for name in TEXTS if name not in ("README.md", "docs/index.md"))


def test_pages_have_every_hook_command_and_setting() -> None:
    assert set(re.findall(r"^## `(mpm-[\w-]+)`$", TEXTS["docs/hooks.md"], re.MULTILINE)) == HOOKS
    assert re.findall(r"^## `mpm-hooks (\w+)`$", TEXTS["docs/commands.md"], re.MULTILINE) == list(COMMANDS)
    assert set(re.findall(r"^## `([\w-]+)`$", TEXTS["docs/settings.md"], re.MULTILINE)) == SETTINGS
    for name in ("docs/commands.md", "docs/format.md"):
        completed = pages.completed(TEXTS[name])
        assert re.findall("^[#|].*", completed, re.MULTILINE) == re.findall("^[#|].*", TEXTS[name], re.MULTILINE)


@pytest.mark.parametrize("name", TEXTS)
def test_pages_name_no_hook_or_command_that_there_is_not(name: str) -> None:
    text = TEXTS[name]
    assert set(re.findall(r"(?<![\w./-])(mpm-[a-z]+(?:-[a-z]+)*)(?![\w/-])", text)) <= HOOKS | OTHER_NAMES
    called = re.findall(r"(?:^\$ |^`?|`)(?:MPM_HOOKS=0 )?mpm-hooks ([a-z]+)", text, re.MULTILINE)
    assert set(called) <= set(COMMANDS)


@pytest.mark.parametrize("name", TEXTS)
def test_pages_name_no_option_that_there_is_not(name: str) -> None:
    calls = re.findall(r"mpm-hooks ([a-z]+)((?: [^`\n|&;]*)?)", TEXTS[name])
    wrong = [
        f"{command} {option}"
        for command, words in calls
        if command in COMMANDS
        for option in re.findall(r"(?<!\S)(--[a-z][a-z-]*)", words)
        if option not in options(command)
    ]
    assert wrong == []


def options(command: str) -> set[str]:
    """Return what a command takes, by its own help."""
    module = __import__(f"mpm_hooks.commands.{command}", fromlist=["add_arguments"])
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    hidden = {string for action in parser._actions for string in action.option_strings}  # noqa: SLF001 - hidden ones too
    return hidden | {"--help"}


@pytest.mark.parametrize("name", TEXTS)
def test_blocks_can_be_read(name: str) -> None:
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```", TEXTS[name], re.MULTILINE | re.DOTALL):
        if language == "yaml":
            yaml.safe_load(text)
        elif language == "json":
            json.loads(text)
        elif language == "toml":
            tomllib.loads(text)
            config.parse(text)


def test_messages_of_the_troubleshooting_are_printed() -> None:
    """Each piece of a message between the names in it stands in the program, as one text."""
    said = list(texts())
    headings = re.findall(r"^### `(.*)`$", TEXTS["docs/troubleshooting.md"], re.MULTILINE)
    pieces = [piece for heading in headings for piece in heading.split("…") if piece.strip(" :;")]
    assert len(headings) > 10
    assert [piece for piece in pieces if not any(piece in text for text in said)] == []


def texts() -> Iterator[str]:
    """Yield every text of the program; of a formatted one, the whole with its names left out."""
    for path in sorted((ROOT / "mpm_hooks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "\0".join(str(each.value) for each in node.values if isinstance(each, ast.Constant))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize(
    ("command", "example"), [(name, example) for name in COMMANDS for example, _ in usage.EXAMPLES.get(name, ())]
)
def test_examples_of_the_help_are_right(command: str, example: str) -> None:
    program, name, *_ = example.split()
    assert (program, name) == ("mpm-hooks", command)
    assert {*re.findall(r"--[a-z-]+", example)} <= options(command)


def test_every_command_has_examples() -> None:
    assert set(usage.EXAMPLES) >= set(COMMANDS)


@pytest.mark.docs
def test_the_site_asks_nobody_else() -> None:
    """Of what is built, nothing is fetched from elsewhere: no script, style, font or picture."""
    site = ROOT / ".nox" / "docs-site"
    built = sorted(site.rglob("*.html"))
    assert len(built) >= len(PAGES) - 1, "run this by nox -s docs, which builds it"
    fetched = [
        f"{path.name}: {address}"
        for path in built
        for address in re.findall(
            r"<(?:script|img|iframe|link(?![^>]*rel=\"canonical\"))[^>]*?(?:src|href)=\"((?:https?:)?//[^\"]*)",
            path.read_text(encoding="utf-8"),
        )
    ]
    styles = [path for path in site.rglob("*.css") if re.search(r"url\([\"']?(?:https?:)?//", path.read_text("utf-8"))]
    assert (fetched, styles) == ([], [])


@pytest.mark.docs
@pytest.mark.skipif(os.name == "nt", reason="there is no terminal to open")
def test_pictures_show_what_the_terminal_shows(tmp_path: Path) -> None:
    """Those with versions of what is installed are taken anew by hand: ``nox -s record``."""
    import pictures  # noqa: PLC0415 - only the session pages has what draws them

    for name, scene in pictures.SCENES.items():
        picture = (pictures.IMAGES / f"{name}.svg").read_text(encoding="utf-8")
        assert len(picture) < pictures.LARGEST
        assert set(re.findall(r"https?://[^\s\"<]*", re.sub(r"(?s)<desc>.*?</desc>|<text.*?</text>", "", picture))) == {
            "http://www.w3.org/2000/svg"
        }
        if not scene.is_of_machine:
            (home := tmp_path / name).mkdir()
            assert pages.is_as_shown(pictures.described(picture), pictures.plain(pictures.taken(scene, home)))


def test_pictures_have_words_for_who_cannot_see_them() -> None:
    for text in TEXTS.values():
        assert re.findall(r"!\[\]", text) == []
