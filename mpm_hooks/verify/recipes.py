"""Recipes that a project writes for any language: make, just, task, mise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mpm_hooks.verify import manifest
from mpm_hooks.verify.manifest import table
from mpm_hooks.verify.project import Command, Project, named

# Each group in the order in which the tool looks for its file.
_MAKE = ("GNUmakefile", "makefile", "Makefile")
_JUST = ("justfile", ".justfile", "Justfile")
_TASK = (
    *("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml"),
    *("Taskfile.dist.yml", "taskfile.dist.yml", "Taskfile.dist.yaml", "taskfile.dist.yaml"),
)
_MISE = ("mise.toml", ".mise.toml")
MANIFESTS = (*_MAKE, *_JUST, *_TASK, *_MISE)

_ASSIGNMENT = re.compile(r"[^=;#]*=")
_RECIPE = re.compile(r"@?([A-Za-z][\w-]*)((?:[ \t]+(?:\*\$?\w+|\$?\w+=[^\s:]+))*)[ \t]*:(?!=)")


def commands(project: Project) -> Iterator[Command]:
    """Yield the recipes that verify."""
    yield from named(_targets(project.text(*_MAKE)), "make", "make {}")
    yield from named(_recipes(project.text(*_JUST)), "just", "just {}")
    yield from named(manifest.yaml(project.text(*_TASK)).get("tasks", ()), "task", "task {}")
    yield from named(table(project.toml(*_MISE), "tasks"), "mise", "mise run {}")


def _targets(text: str) -> Iterator[str]:
    """Yield the targets of a makefile's rules: no variables, neither plain nor of a target, and no recipes."""
    is_text = False
    for line in text.replace("\\\n", " ").split("\n"):
        is_text = (is_text or line.startswith("define ")) and not line.startswith("endef")
        targets, colon, rest = line.partition(":")
        if not is_text and colon and line[0] != "\t" and not {"=", "#"} & {*targets} and not _ASSIGNMENT.match(rest):
            yield from targets.split()


def _recipes(text: str) -> Iterator[str]:
    """Yield the recipes of a justfile that can be called without arguments."""
    for line in text.split("\n"):
        if found := _RECIPE.match(line):
            yield found[1]
