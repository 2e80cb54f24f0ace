"""MPM9xx: known faults of claude-mpm's own writer. Its files are genuine all the same, so these are warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mpm_hooks.finding import Finding, Severity
from mpm_hooks.parse.document import Document, Key
from mpm_hooks.session import Json, Session

# YAML 1.2.2, section 10.3.2: what the core schema resolves to a number.
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_QUOTED = re.compile(r'^".*|.*"$|.*\\[0-7]{3}.*', re.DOTALL)
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
_PLACEHOLDERS = {
    "primary_task": "Manual pause - see message below",
    "summary": "No summary provided",
}
_MOST = 100


def check_checksum(path: str) -> Iterator[Finding]:
    """MPM901: every pause of claude-mpm leaves a checksum behind that nothing ever reads."""
    message = "is a leftover of claude-mpm's writer that nothing reads"
    yield Finding(path=path, code="MPM901", message=message, way_out="delete it", severity=Severity.WARNING)


def check_session(document: Document, session: Session) -> Iterator[Finding]:
    """MPM902, MPM904 to MPM909: what the json form shows of the faults of its writer."""
    for keys, code, message, way_out in (
        *_paths(session),
        *_placeholders(session),
        *_date(session),
        *_branch(session),
        *_files(session),
        *_usage(session),
    ):
        yield replace(document.fault(keys, code, message, way_out), severity=Severity.WARNING)


def check_yaml(document: Document) -> Iterator[Finding]:
    """MPM903: a text that a YAML 1.2 reader takes for a number, as it does with the SHA ``6898e68``."""
    for keys, value in _texts(dict(document.data), ()):
        if not _NUMBER.fullmatch(value):
            continue
        line, column = document.place(*keys)
        written = document.text.split("\n")[line - 1][column - 1 :]
        if written[:1] not in "'\"|>":
            message = f"readers of YAML 1.2 take {value} for a number"
            found = document.fault(keys, "MPM903", message, f"quote it: '{value}'")
            yield replace(found, severity=Severity.WARNING)


_Fault = tuple[tuple[Key, ...], str, str, str]


def _paths(session: Session) -> Iterator[_Fault]:
    path = session.text("project_path")
    if _ABSOLUTE.match(path):
        message = "project_path names a directory of one machine: releases from 6.2.53 on resume it nowhere else"
        yield ("project_path",), "MPM902", message, 'write "project_path": "", which every release takes in any clone'


def _placeholders(session: Session) -> Iterator[_Fault]:
    for key, text in _PLACEHOLDERS.items():
        if session.text("conversation", key) == text:
            way_out = "say it: pause with a message"
            yield ("conversation", key), "MPM904", f"{key} says nothing: it is claude-mpm's placeholder", way_out


def _date(session: Session) -> Iterator[_Fault]:
    try:
        moment = datetime.fromisoformat(session.text("paused_at"))
    except ValueError:
        return
    if moment.tzinfo is None:
        yield ("paused_at",), "MPM905", "paused_at has no time zone: readers take it for UTC", "add +00:00, or its zone"


def _files(session: Session) -> Iterator[_Fault]:
    if session.text("generator"):
        return  # ours are names as git has them, and a file may well be called ``a -> b``
    for key in ("modified_files", "untracked_files"):
        for index, name in enumerate(session.texts("git_context", "status", key)):
            place = ("git_context", "status", key, index)
            if " -> " in name:
                message = f"{name!r} is two names in one: the file was renamed"
                yield place, "MPM906", message, "keep the name after the arrow"
            elif _QUOTED.fullmatch(name):
                message = f"{name!r} is no file name but git's quoted spelling of one"
                yield place, "MPM907", message, "write the name itself"


def _branch(session: Session) -> Iterator[_Fault]:
    if session.text("git_context", "branch") == "unknown":
        message = "the branch is called unknown: git failed when the session was paused, and its status is not known"
        yield ("git_context", "branch"), "MPM908", message, "write the branch's name, if you know it"


def _usage(session: Session) -> Iterator[_Fault]:
    percentage = session.find("context_usage", "percentage")
    if isinstance(percentage, int | float) and percentage > _MOST:
        message = f"{percentage} % of the context cannot have been used"
        yield ("context_usage", "percentage"), "MPM909", message, "leave it; claude-mpm guesses the size of the context"


def _texts(value: Json, keys: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*keys, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*keys, index))
