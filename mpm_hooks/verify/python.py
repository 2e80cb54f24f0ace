"""Python: nox, tox, hatch, the task runners of pyproject.toml, pytest, linters and type checkers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from mpm_hooks.verify import manifest
from mpm_hooks.verify.manifest import Table, table
from mpm_hooks.verify.project import Command, Project, is_safe, label_of, named

MANIFESTS = (
    "noxfile.py",
    *("pyproject.toml", "setup.cfg", "tox.ini", "tox.toml", "hatch.toml", "mypy.ini", ".mypy.ini"),
    *("pixi.toml", "Pipfile"),
)

# Where tasks stand, and what runs one; ``{run}`` is what runs a program in the project's environment.
_TASKS = (
    ("pyproject.toml", ("tool", "pdm", "scripts"), "pdm run {}"),
    ("pyproject.toml", ("tool", "poe", "tasks"), "{run}poe {}"),
    ("pyproject.toml", ("tool", "taskipy", "tasks"), "{run}task {}"),
    ("pyproject.toml", ("tool", "rye", "scripts"), "rye run {}"),
    ("pyproject.toml", ("tool", "pixi", "tasks"), "pixi run {}"),
    ("pixi.toml", ("tasks",), "pixi run {}"),
    ("Pipfile", ("scripts",), "pipenv run {}"),
)
_ENVIRONMENTS = (("uv", "uv.lock"), ("poetry", "poetry.lock"), ("pdm", "pdm.lock"), ("pipenv", "Pipfile"))
LOCKS = tuple(lock for _, lock in _ENVIRONMENTS if lock.endswith(".lock"))
"""Files of which one at the top of a workspace tells how programs are run below."""

_TOX = frozenset({"env_list", "envlist", "env", "env_run_base", "legacy_tox_ini"})
_PYTEST_FILES = frozenset({"conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"})
_PYTEST = re.compile(r"pytest(?![\w.-])")

# What a tool verifies, its table in pyproject.toml, its own files, and how it is called.
_CHECKERS: tuple[tuple[str, str, AbstractSet[str], str], ...] = (
    ("lint", "ruff", {"ruff.toml", ".ruff.toml"}, "ruff check"),
    ("lint", "flake8", {".flake8"}, "flake8"),
    ("types", "mypy", set(), "mypy"),
    ("types", "pyright", {"pyrightconfig.json"}, "pyright"),
    ("types", "ty", {"ty.toml"}, "ty check"),
    ("format", "black", set(), "black --check ."),
)


def commands(project: Project) -> Iterator[Command]:
    """Yield what the project's own runner calls, then what the configured tools do."""
    pyproject = project.toml("pyproject.toml")
    run = _environment(project, table(pyproject, "tool"))
    if project.text("noxfile.py"):
        from mpm_hooks.verify import noxfile  # noqa: PLC0415 - to import what reads Python takes its time

        yield from noxfile.commands(project)
    yield from _tox(project, table(pyproject, "tool", "tox"))
    yield from _hatch(table(pyproject, "tool", "hatch", "envs") or table(project.toml("hatch.toml"), "envs"))
    for file, keys, line in _TASKS:
        yield from named(table(project.toml(file), *keys), "python", line.replace("{run}", run))
    if _uses_pytest(project, pyproject):
        yield Command(label="test", tool="python", line=f"{run}pytest")
    yield from _checkers(project, table(pyproject, "tool"), run)


def _environment(project: Project, tools: Table) -> str:
    chosen = (f"{name} run " for name, file in _ENVIRONMENTS if name in tools or file in project.names)
    return next(chosen, "")


def _tox(project: Project, native: Table) -> Iterator[Command]:
    """Yield the environments of tox, and tox itself; its settings have had four places, and two forms."""
    settings = native or project.toml("tox.toml")
    legacy = settings.get("legacy_tox_ini")
    sections = manifest.ini(legacy if isinstance(legacy, str) else project.text("tox.ini"))
    setup = manifest.ini(project.text("setup.cfg")).get("tox:tox", {})
    of_sections = (name.removeprefix("testenv:") for name in sections if name.startswith("testenv:"))
    yield from named((*of_sections, *table(settings, "env")), "python", "tox -e {}")
    if setup or not _TOX.isdisjoint(settings) or not sections.keys().isdisjoint({"tox", "testenv"}):
        lists = (
            where.get(key) for where in (settings, setup, sections.get("tox", {})) for key in ("env_list", "envlist")
        )
        yield Command(label="all" if any(lists) else "test", tool="python", line="tox")


def _hatch(environments: Table) -> Iterator[Command]:
    """Yield the scripts of hatch; in an environment named ``types``, ``check`` checks types."""
    for name in filter(is_safe, environments):
        scripts = table(environments, name, "scripts")
        prefix = "" if name == "default" else f"{name}:"
        label = label_of(name)
        general = next((script for script in ("check", "all", "run") if label and script in scripts), None)
        if label and general:
            yield Command(label=label, tool="python", line=f"hatch run {prefix}{general}")
        yield from named((script for script in scripts if script != general), "python", f"hatch run {prefix}{{}}")
    if "hatch-test" in environments:
        yield Command(label="test", tool="python", line="hatch test")


def _uses_pytest(project: Project, pyproject: Table) -> bool:
    return (
        "pytest" in table(pyproject, "tool")
        or not _PYTEST_FILES.isdisjoint(project.names)
        or "tool:pytest" in manifest.ini(project.text("setup.cfg"))
        or "pytest" in manifest.ini(project.text("tox.ini"))
        or any(_PYTEST.match(requirement) for requirement in _requirements(pyproject))
    )


def _requirements(pyproject: Table) -> Iterator[str]:
    """Yield the requirements that are not those of the package itself."""
    groups = [
        *table(pyproject, "dependency-groups").values(),
        *table(pyproject, "project", "optional-dependencies").values(),
        *table(pyproject, "tool", "pdm", "dev-dependencies").values(),
        *(table(group, "dependencies") for group in table(pyproject, "tool", "poetry", "group").values()),
        table(pyproject, "tool", "uv").get("dev-dependencies"),
        table(pyproject, "tool", "poetry", "dev-dependencies"),
    ]
    for group in groups:
        yield from (item for item in (group if isinstance(group, list | dict) else ()) if isinstance(item, str))


def _checkers(project: Project, tools: Table, run: str) -> Iterator[Command]:
    sections = [
        manifest.ini(project.text(*files)) for files in (("setup.cfg",), ("tox.ini",), ("mypy.ini", ".mypy.ini"))
    ]
    settings = [table(tools, "mypy"), *(section.get("mypy", {}) for section in sections)]
    chosen = any(key in settings_of for settings_of in settings for key in ("files", "packages", "modules"))
    for label, tool, files, line in _CHECKERS:
        if tool in tools or any(tool in section for section in sections) or not files.isdisjoint(project.names):
            everywhere = " ." if tool == "mypy" and not chosen else ""
            yield Command(label=label, tool="python", line=f"{run}{line}{everywhere}")
    if table(tools, "ruff", "format"):
        yield Command(label="format", tool="python", line=f"{run}ruff format --check")
