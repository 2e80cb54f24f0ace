"""What all programs here have in common: the command line, undisturbed surroundings, and the table."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contest import HEADING, Row, name_of
from side import ROOT, MissingError, WrongError, git

COMPARED = ("mpm-hooks", "pre-commit-hooks", "check-jsonschema", "pre-commit", "prek", "PyYAML", "ruamel.yaml")
_FOREIGN = ("GIT_", "PRE_COMMIT", "PREK_", "MPM_PAUSE", "MPM_HOOKS_RUNNER", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
_SETTINGS = """\
[user]
    name = Ann Example
    email = ann@example.org
[init]
    defaultBranch = main
    templateDir =
[gc]
    auto = 0
[maintenance]
    auto = false
[protocol "file"]
    allow = always
"""


def main(name: str, about: str, rows: Sequence[Row], argv: Sequence[str] | None = None) -> int:
    """Run the rows of a program; 1 if one of them does something else than it should, 0 whatever the ratios are."""
    args = _parsed(name, about, argv)
    wanted = [row for row in rows if args.only in f"{row.work} {row.against}"]
    if args.list:
        print("\n".join(f"{row.work} | {row.against} | {'' if row.at_most is None else row.at_most}" for row in wanted))
        return 0
    chosen = [row for row in wanted if not (args.quick and row.takes_long)]
    with tempfile.TemporaryDirectory(prefix="mpm-hooks-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        settle(folder)
        print("\n".join(_heading(name)), flush=True)
        status = max([_shown(row, folder, args) for row in chosen], default=0)
        os.chdir(ROOT)  # from a folder that vanishes
    if left := len(wanted) - len(chosen):
        print(f"left out by --quick: {left} rows")
    return status


def settle(folder: Path) -> None:
    """Take away what the surroundings would change in what is timed; git has settings of its own."""
    for name in [name for name in os.environ if name.startswith(_FOREIGN) or name in ("CI", "GITHUB_ACTIONS")]:
        del os.environ[name]
    (folder / "gitconfig").write_text(_SETTINGS, encoding="utf-8")
    (folder / "home").mkdir()
    os.environ |= {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}


def _parsed(name: str, about: str, argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"nox -s bench -- {name}", description=about)
    parser.add_argument("--runs", type=int, default=11, help="runs of each side (default: 11)")
    parser.add_argument("--budget", type=float, default=90, help="seconds after which a row ends (default: 90)")
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes to make")
    parser.add_argument("--only", metavar="TEXT", default="", help="only rows that have this in their name")
    parser.add_argument("--list", action="store_true", help="print the rows and what they may be, and run nothing")
    return parser.parse_args(argv)


def _heading(name: str) -> Iterator[str]:
    """Say what runs, and on what."""
    git_version = git(ROOT, "--version").split()[2]
    yield f"{name}: Python {platform.python_version()}, git {git_version}, {os.cpu_count()} processors, " + (
        platform.platform()
    )
    yield ", ".join(f"{each} {found}" for each in COMPARED if (found := _version(each)))
    yield ""
    yield HEADING


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _shown(row: Row, folder: Path, args: argparse.Namespace) -> int:
    try:
        for line in row.rows(folder, args.runs, args.budget):
            print(line, flush=True)
    except MissingError as error:
        print(f"{name_of(row)}not run: {error}", flush=True)
    except (WrongError, subprocess.CalledProcessError) as error:
        print(f"{name_of(row)}WRONG: {error}", flush=True)
        return 1
    return 0
