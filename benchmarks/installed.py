"""Hooks as a stranger has them: in environments that prek or pre-commit makes from git repositories.

Ours come from this work tree as it stands, committed to a repository. pre-commit-hooks comes from one that a runner
can install without a network but for packages: a manifest of two hooks and a package that needs pre-commit-hooks
itself. Under pre-commit the real address gives the same. prek knows that address, and runs code of its own in the
hooks' place: PREK_NO_FAST_PATH=1 has it run the hooks.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

from side import ROOT, git

THEIR_PACKAGE = """\
[build-system]
build-backend = "hatchling.build"
requires = ["hatchling>=1.27"]

[project]
name = "their-hooks"
version = "1"
dependencies = ["pre-commit-hooks=={version}"]

[tool.hatch.build.targets.wheel]
bypass-selection = true
"""
THEIR_HOOKS = """\
- {id: check-json, name: check json, entry: check-json, language: python, types: [json]}
- {id: check-yaml, name: check yaml, entry: check-yaml, language: python, types: [yaml]}
"""
CONFIG = "repos:\n- repo: {url}\n  rev: {rev}\n  hooks:\n{hooks}"


@cache
def ours(folder: Path) -> Path:
    """Commit this work tree, as it stands, to a repository."""
    root = folder / "our-hooks"
    for name in filter(None, git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    return _committed(root)


@cache
def theirs(folder: Path) -> Path:
    """Commit what installs pre-commit-hooks, of the release that we have beside us."""
    root = folder / "their-hooks"
    root.mkdir()
    (root / "pyproject.toml").write_text(THEIR_PACKAGE.format(version=version("pre-commit-hooks")), encoding="utf-8")
    (root / ".pre-commit-hooks.yaml").write_text(THEIR_HOOKS, encoding="utf-8")
    return _committed(root)


def config(source: Path, *ids: str) -> str:
    """Return the settings of a runner for hooks from there."""
    hooks = "".join(f"  - id: {each}\n" for each in ids)
    return CONFIG.format(url=source.as_uri(), rev=git(source, "rev-parse", "HEAD").strip(), hooks=hooks)


def stores(folder: Path) -> dict[str, str]:
    """Return where runners are to keep what they install."""
    return {name: str(folder / name.lower()) for name in ("PREK_HOME", "PRE_COMMIT_HOME")}


def forget(folder: Path) -> None:
    """Throw away what runners have installed, but not what pip and uv keep for the next time."""
    for store in stores(folder).values():
        shutil.rmtree(store, ignore_errors=True)
        os.makedirs(store)  # noqa: PTH103 - a name, no path


def _committed(root: Path) -> Path:
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Hooks")
    return root
