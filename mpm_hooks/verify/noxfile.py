"""noxfile.py: the sessions that nox would run; the file is read, never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from mpm_hooks.verify.project import Command, Project, named


def commands(project: Project) -> Iterator[Command]:
    """Yield plain ``nox`` if somebody chose what it runs, and the sessions by their names."""
    nodes = _nodes(project.text("noxfile.py"))
    sessions = dict(found for node in nodes for found in _session(node))
    if sessions and (any(map(_chooses, nodes)) or not all(sessions.values())):
        yield Command(label="all", tool="python", line="nox")
    yield from named(sessions, "python", "nox -s {}")


def _nodes(text: str) -> list[ast.AST]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in somebody else's strings
            return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # MemoryError: the parser's own stack is full
        return []


def _session(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the name of a session, and whether plain ``nox`` runs it."""
    if not isinstance(node, ast.FunctionDef):
        return
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if _last(call.func if call else decorator) != "session":
            continue
        given = {word.arg: getattr(word.value, "value", None) for word in call.keywords} if call else {}
        name = given.get("name", node.name)
        if isinstance(name, str):
            yield name, given.get("default") is not False


def _chooses(node: ast.AST) -> bool:
    """Tell ``nox.options.sessions = …`` with anything but an empty list."""
    targets = node.targets if isinstance(node, ast.Assign) else ()
    named = any(
        _last(target) == "sessions" and _last(getattr(target, "value", target)) == "options" for target in targets
    )
    return named and getattr(getattr(node, "value", None), "elts", None) != []


def _last(node: ast.AST) -> object:
    return getattr(node, "attr", getattr(node, "id", None))
