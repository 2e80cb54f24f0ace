"""Scripts that a package manager runs: npm, pnpm, yarn, bun, deno, composer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpm_hooks.verify.manifest import table
from mpm_hooks.verify.project import Command, Project, named

MANIFESTS = ("package.json", "deno.json", "composer.json")

LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
}
"""Which package manager wrote a lock file; in a workspace it stands at the top."""

_PLACEHOLDER = "no test specified"  # what npm init writes


def commands(project: Project) -> Iterator[Command]:
    """Yield the scripts that verify."""
    yield from _node(project)
    yield from named(table(project.json("deno.json"), "tasks"), "deno", "deno task {}")
    if table(project.json("deno.json"), "test"):
        yield Command(label="test", tool="deno", line="deno test")
    yield from named(table(project.json("composer.json"), "scripts"), "composer", "composer run-script {}")


def _node(project: Project) -> Iterator[Command]:
    package = project.json("package.json")
    scripts = table(package, "scripts")
    real = (name for name, script in scripts.items() if isinstance(script, str) and _is_real(script))
    manager = _manager(project, package.get("packageManager"))
    for command in named(real, "node", f"{manager} run {{}}"):
        is_usual = command.line == f"{manager} run test" and manager != "bun"  # bun test is another program
        yield replace(command, line=f"{manager} test") if is_usual else command


def _manager(project: Project, declared: object) -> str:
    """Return the package manager: the one that package.json declares, else the one that wrote the lock file."""
    name = declared.partition("@")[0] if isinstance(declared, str) else ""
    written = next((manager for lock, manager in LOCKS.items() if lock in project.names), "npm")
    return name if name in LOCKS.values() else written


def _is_real(script: str) -> bool:
    return bool(script.strip()) and _PLACEHOLDER not in script
