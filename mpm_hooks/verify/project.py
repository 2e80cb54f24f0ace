"""What stands in a directory, and a command that verifies it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from mpm_hooks.value import Value
from mpm_hooks.verify import manifest

LARGEST = 200_000
"""Characters; the largest manifests that people write hold half of that."""

# What people name the scripts, targets and sessions that verify; the first is the most usual.
_NAMES = {
    "test": ("test", "tests", "test-all", "tests-all", "unit", "test-unit", "unit-test", "unit-tests", "pytest"),
    "check": ("check", "verify", "validate", "check-all", "checks", "ci"),
    "lint": (
        *("lint", "lint-check", "check-lint", "linter", "linters", "linting", "lint-all"),
        *("ruff", "flake8", "eslint"),
    ),
    "types": ("types", "typecheck", "type-check", "check-types", "typing", "mypy", "pyright", "tsc"),
    "format": ("format-check", "check-format", "fmt-check", "check-fmt", "prettier-check"),
}
LABELS = ("all", "test", "check", "lint", "types", "pre_commit", "format")
"""What a command verifies, the most telling first."""

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,60}")


class Command(Value):
    """A line for the shell: what it verifies, and the tool, or the kind of project, that it belongs to."""

    label: str
    tool: str
    line: str


class Project(Value):
    """All names in a directory, and the texts of the manifests among them."""

    names: AbstractSet[str]
    texts: Mapping[str, str]

    def text(self, *names: str) -> str:
        """Return the text of the first of these files that is there; one that no person wrote counts as empty."""
        text = next((self.texts[name] for name in names if name in self.texts), "")
        return text if len(text) <= LARGEST else ""

    def toml(self, *names: str) -> manifest.Table:
        """Return what a TOML file says."""
        return manifest.toml(self.text(*names))

    def json(self, *names: str) -> manifest.Table:
        """Return what a JSON file says."""
        return manifest.json(self.text(*names))


def is_safe(name: str) -> bool:
    """Tell a name that may become part of a command which somebody copies into a shell."""
    return _SAFE.fullmatch(name) is not None


def named(names: Iterable[str], tool: str, line: str) -> Iterator[Command]:
    """Yield the commands for those of the names that say what they verify; they replace ``{}`` in the line."""
    known: dict[str, str] = {}
    for name in filter(is_safe, names):
        known.setdefault(_normal(name), name)
    for label, candidates in _NAMES.items():
        if found := [known[candidate] for candidate in candidates if candidate in known]:
            yield Command(label=label, tool=tool, line=line.replace("{}", found[0]))


def label_of(name: str) -> str | None:
    """Return what a name says that it verifies, None if it says nothing."""
    return next((label for label, candidates in _NAMES.items() if _normal(name) in candidates), None)


def _normal(name: str) -> str:
    return re.sub("[_:.]", "-", name.lower())
