"""Recipes and scripts that a project writes for any language: make, just, task, mise; npm, deno, composer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mpm_hooks.verify import manifest
from mpm_hooks.verify.manifest import table
from mpm_hooks.verify.project import Command, Project, named

# Each group in the order in which the tool looks for its file.
_MAKE = ("GNUmakefile", "makefile", "Makefile")
_JUST = ("justfile", ".justfile", "Justfile")
_TASK = tuple(
    f"{name}{form}" for form in (".yml", ".yaml", ".dist.yml", ".dist.yaml") for name in ("Taskfile", "taskfile")
)
_MISE = ("mise.toml", ".mise.toml")
MANIFESTS = (*_MAKE, *_JUST, *_TASK, *_MISE, "package.json", "deno.json", "composer.json")

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
}
"""Which package manager wrote a lock file; in a workspace it stands at the top."""

_ASSIGNMENT = re.compile(r"[^=;#]*=")
_RECIPE = re.compile(r"^@?([A-Za-z][\w-]*)(?:[ \t]+(?:\*\$?\w+|\$?\w+=[^\s:]+))*[ \t]*:(?!=)", re.MULTILINE)
"""Of a justfile, if it can be called without arguments."""
_PLACEHOLDER = "no test specified"  # what npm init writes


def commands(project: Project) -> Iterator[Command]:
    """Yield the recipes and scripts that verify."""
    yield from named(_targets(project.text(*_MAKE)), "make", "make {}")
    yield from named(_RECIPE.findall(project.text(*_JUST)), "just", "just {}")
    yield from named(manifest.yaml(project.text(*_TASK)).get("tasks", ()), "task", "task {}")
    yield from named(table(project.toml(*_MISE), "tasks"), "mise", "mise run {}")
    yield from _node(project)
    yield from named(table(project.json("deno.json"), "tasks"), "deno", "deno task {}")
    if table(project.json("deno.json"), "test"):
        yield Command(label="test", tool="deno", line="deno test")
    yield from named(table(project.json("composer.json"), "scripts"), "composer", "composer run-script {}")


def _targets(text: str) -> Iterator[str]:
    """Yield the targets of a makefile's rules: no variables, neither plain nor of a target, and no recipes."""
    is_text = False
    for line in text.replace("\\\n", " ").split("\n"):
        is_text = (is_text or line.startswith("define ")) and not line.startswith("endef")
        targets, colon, rest = line.partition(":")
        if not is_text and colon and line[0] != "\t" and not {"=", "#"} & {*targets} and not _ASSIGNMENT.match(rest):
            yield from targets.split()


def _node(project: Project) -> Iterator[Command]:
    package = project.json("package.json")
    scripts = table(package, "scripts").items()
    real = [name for name, said in scripts if isinstance(said, str) and said.strip() and _PLACEHOLDER not in said]
    manager = _manager(project, package.get("packageManager"))
    for command in named(real, "node", f"{manager} run {{}}"):
        is_usual = command.line == f"{manager} run test" and manager != "bun"  # bun test is another program
        yield command.replaced(line=f"{manager} test") if is_usual else command


def _manager(project: Project, declared: object) -> str:
    """Return the package manager: the one that package.json declares, else the one that wrote the lock file."""
    name = declared.partition("@")[0] if isinstance(declared, str) else ""
    written = next((manager for lock, manager in LOCKS.items() if lock in project.names), "npm")
    return name if name in LOCKS.values() else written
