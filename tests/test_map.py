"""The map in the docstring of ``mpm_hooks`` is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import mpm_hooks

pytestmark = pytest.mark.once

PACKAGE = Path(mpm_hooks.__file__).parent
DOCSTRING = mpm_hooks.__doc__ or ""
ORDER = re.findall(r"^    (\w+)", DOCSTRING, re.MULTILINE)
PURE = ORDER[ORDER.index("session") : ORDER.index("report") + 1]
IMPURE = {"os", "subprocess", "pathlib", "shutil", "tempfile", "time", "git", "sys", "io"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))
# On the way to a finding, and in a hook that does nothing, nobody may wait for GitPython (0.15 s).
LAZY = {"check", "pause"}


def area(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path, *, top: bool = False) -> set[str]:
    """Return the modules that a file imports, ours with their full names; ``top`` leaves out those inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "mpm_hooks":
            names.update(f"mpm_hooks.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_map_names_every_module() -> None:
    assert set(ORDER) == {area(path) for path in MODULES} | {
        path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("mpm_hooks.")} - {"__version__"}
    allowed = ORDER[: ORDER.index(area(path)) + 1]
    assert ours <= set(allowed)


@pytest.mark.parametrize("path", [path for path in MODULES if area(path) in PURE], ids=lambda path: path.stem)
def test_pure_modules_touch_nothing(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & IMPURE


def test_git_stands_in_one_file() -> None:
    found = [path.name for path in MODULES if "git" in {name.split(".")[0] for name in imported(path)}]
    assert found == ["adoption.py"]


@pytest.mark.parametrize("command", sorted(LAZY))
def test_quick_commands_do_not_import_git(command: str) -> None:
    direct = imported(PACKAGE / "commands" / f"{command}.py", top=True)
    assert not direct & {"mpm_hooks.repo", "mpm_hooks.tracking", "mpm_hooks.pause", "mpm_hooks.snapshot"}


def test_every_module_and_public_function_says_what_it_does() -> None:
    silent = []
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [tree, *(node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))]
        silent += [
            f"{path.name}: {getattr(node, 'name', 'module')}"
            for node in nodes
            if not ast.get_docstring(node) and not getattr(node, "name", "").startswith("_")
        ]
    assert not silent
