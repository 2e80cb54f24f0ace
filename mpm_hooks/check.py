"""Sessions -> findings: run the rules that apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from mpm_hooks import session
from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse import json_form, md_form, pointer, record, yaml_form
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.rules import agreement, faults, shape

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of sessions: its path, every name in it, and the content of the files that are looked at."""

    path: str
    names: AbstractSet[str]
    contents: Mapping[str, bytes]
    odd: Mapping[str, str]
    """Names that are no regular files, and what they are."""

    @property
    def sessions(self) -> AbstractSet[str]:
        """The ids of all sessions in the folder."""
        return session.ids(self.names)


def wanted(names: Iterable[str], chosen: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names that have to be read to judge the chosen files: all forms of their sessions, and the pointer."""
    sessions = session.ids(chosen) | {recorded for name in chosen if (recorded := session.record_id(name))}
    return {
        name
        for name in names
        if name in chosen or name == session.POINTER or ((found := session.split(name)) and found[0] in sessions)
    }


def judged(folder: Folder) -> AbstractSet[str]:
    """Return the ids of the sessions of which files have been read."""
    return session.ids((*folder.contents, *folder.odd))


def check(folder: Folder) -> Iterator[Finding]:
    """Judge every session of the folder whose files have been read, and the pointer."""
    faulty: list[Finding] = []
    target = _tried(pointer.parse, folder, session.POINTER, faulty)
    yield from faulty
    for session_id in sorted(judged(folder)):
        yield from _check_session(folder, session_id, target)
    for name in sorted(folder.contents):
        yield from _check_other(folder, name)
    for name, what in sorted(folder.odd.items()):
        yield from shape.check_regular(f"{folder.path}/{name}", what)
    if target:
        yield from agreement.check_pointer(target, folder.sessions)
    elif session.POINTER not in folder.names and not session.is_legacy(folder.path):
        yield from agreement.check_pointed(folder.path, folder.sessions)


def _check_session(folder: Folder, session_id: str, target: Pointer | None) -> Iterator[Finding]:
    path = f"{folder.path}/{session_id}"
    names = {form for form in session.FORMS if f"{session_id}.{form}" in folder.names}
    malformed: list[Finding] = []
    document = _tried(json_form.parse, folder, f"{session_id}.json", malformed)
    yaml = _tried(yaml_form.parse, folder, f"{session_id}.yaml", malformed)
    page = _tried(md_form.parse, folder, f"{session_id}.md", malformed)
    yield from malformed
    yield from shape.check_name(f"{path}.{min(names)}", session_id)
    forms = agreement.Forms(names=names, json=document, page=page or ())
    yield from agreement.check_forms(path, forms, target)
    if yaml:
        yield from faults.check_yaml(yaml)
    if document is None:
        return
    misshapen = [*shape.check_fields(document), *shape.check_date(document), *shape.check_id(document, session_id)]
    yield from misshapen
    said = session.Session(id=session_id, data=document.data)
    yield from faults.check_session(document, said)
    if yaml:
        yield from agreement.check_yaml(yaml, said)
    if page is not None and not any(finding.code == "MPM203" for finding in misshapen):
        yield from agreement.check_md(f"{path}.md", page, said)


def _check_other(folder: Folder, name: str) -> Iterator[Finding]:
    path = f"{folder.path}/{name}"
    if session.is_record(name):
        malformed: list[Finding] = []
        actions = _tried(record.parse, folder, name, malformed)
        yield from malformed
        yield from shape.check_record(path, name, actions or ())
    elif session.is_misnamed(name):
        yield from shape.check_name(path, name.rpartition(".")[0])
    elif session.is_checksum(name):
        yield from faults.check_checksum(path)
    elif not session.split(name) and name != session.POINTER:
        yield from shape.check_other(path)


def _tried(parse: Callable[[str, bytes], T], folder: Folder, name: str, malformed: list[Finding]) -> T | None:
    """Parse a file if it has been read; gather the faults if it cannot be."""
    if name not in folder.contents:
        return None
    try:
        return parse(f"{folder.path}/{name}", folder.contents[name])
    except MalformedError as error:
        malformed.extend(error.findings)
        return None


def relevant(names: Iterable[str]) -> AbstractSet[str]:
    """Return those of a folder's names that a check of the whole folder reads."""
    return {
        name
        for name in names
        if session.split(name)
        or name == session.POINTER
        or session.is_record(name)
        or session.is_misnamed(name)
        or session.is_stray(name)
        or session.is_checksum(name)
    }
