"""MPM3xx: the forms of a session and the pointer say different things."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from mpm_hooks.finding import Finding, Severity, restoring
from mpm_hooks.parse import md_form
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.parse.md_form import Block
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.render import md_form as render_md
from mpm_hooks.render import upstream
from mpm_hooks.render.md_form import TITLE
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session, is_legacy

_LONGEST = 60
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Which forms of a session are there, and what they tell of those that are not."""

    names: AbstractSet[str]
    json: Document | None
    page: tuple[Block, ...]

    @property
    def is_generated_page(self) -> bool:
        """Whether the md form was written by a program, which then wrote a json too."""
        return any(block.label == TITLE for block in self.page)

    @property
    def had_yaml(self) -> bool:
        """Whether the writer of the json wrote a yaml too.

        Releases that name the pointer by a relative path do (up to 6.2.48), and so do we; later ones name it by an
        absolute path, and wrote no yaml from 6.5.35 on.
        """
        if self.json is None:
            return False
        quick_start = Session(id="", data=self.json.data).texts("resume_instructions", "quick_start")
        return f"Run: cat {DIRECTORY}/{POINTER}" in quick_start


def check_forms(path: str, forms: Forms, pointer: Pointer | None) -> Iterator[Finding]:
    """MPM301, MPM308: a form is missing; ``path`` is the session's without an ending.

    4.11 wrote the json alone, into another folder; releases from 6.5.35 on write no yaml; people write an md alone.
    """
    folder, _, session_id = path.rpartition("/")
    if forms.names == {"md"} and not forms.is_generated_page:
        message = "there is no json form: only releases of claude-mpm from 6.2.64 on resume it"
        way_out = "nothing to do if it was written by hand; else restore the json form"
        yield Finding(path=f"{path}.md", code="MPM308", message=message, way_out=way_out, severity=Severity.WARNING)
        return
    expected = {"json"}
    if not is_legacy(folder):
        expected.add("md")
    if forms.had_yaml or (pointer and pointer.names(f"{session_id}.yaml")):
        expected.update({"md", "yaml"})
    for form in sorted(expected - forms.names):
        yield Finding(
            path=f"{path}.{form}",
            code="MPM301",
            message=f"the {form} form of the session is missing",
            way_out=f"restore it: {restoring(f'{path}.{form}')}; or delete the session's other forms",
        )


def check_yaml(document: Document, session: Session) -> Iterator[Finding]:
    """MPM302, MPM910: the yaml form says the same as the json, value for value.

    PyYAML cannot read back some texts that it wrote itself (U+0085, U+2028, U+2029): such a file is genuine.
    """
    differences = tuple(_differences(dict(session.data), dict(document.data), ()))
    if not differences:
        return
    if document.text == upstream.as_yaml(session).replace("\r\n", "\n"):
        message = (
            "readers get another text than was written: claude-mpm did not quote a line separator (U+0085, U+2028)"
        )
        found = document.fault(differences[0][0], "MPM910", message, "read the json form instead")
        yield replace(found, severity=Severity.WARNING)
        return
    way_out = "the json form is the one that counts: correct the yaml by it"
    lacking = [spell(keys) for keys, _, theirs in differences if theirs is _ABSENT]
    if lacking:
        yield document.fault((), "MPM302", f"lacks what the json has: {', '.join(lacking)}", way_out)
    for keys, ours, theirs in differences:
        if theirs is _ABSENT:
            continue
        known = "nothing" if ours is _ABSENT else _shown(ours)
        yield document.fault(keys, "MPM302", f"{spell(keys)} is {_shown(theirs)} here, {known} in the json", way_out)


def check_md(path: str, page: tuple[Block, ...], session: Session) -> Iterator[Finding]:
    """MPM303: under each label that it has to have, the md form says what the json does; notes beside them are free."""
    found = md_form.first(page)
    if "Session ID" not in found:
        message = "does not say which session it is: there is no line '**Session ID**'"
        way_out = f"restore it: {restoring(path)}"
        yield Finding(path=path, code="MPM303", message=message, way_out=way_out)
        return
    layouts = [
        md_form.first(md_form.blocks(text)) for text in (render_md.render(session), upstream.as_markdown(session))
    ]
    way_out = "the json form is the one that counts: correct the md by it"
    for label in dict.fromkeys(label for layout in layouts for label in layout):
        expected = [layout[label].text if label in layout else None for layout in layouts]
        said = found[label].text if label in found else None
        if said in expected:
            continue
        told = next(text for text in expected if text is not None)
        if said is None:
            message = f"there is no {label!r} here; the json has {_shown(told)}"
            yield Finding(path=path, code="MPM303", message=message, way_out=way_out)
        else:
            message = f"{label} is {_shown(said)} here, {_shown(told)} by the json"
            yield Finding(path=path, line=found[label].line, code="MPM303", message=message, way_out=way_out)


def check_pointer(pointer: Pointer, sessions: Collection[str]) -> Iterator[Finding]:
    """MPM305, MPM306: the pointer leads to the newest session that is there."""
    newest = max(sessions, default=None)
    if pointer.target not in sessions:
        message = f"points to {pointer.target}, which is not there"
        way_out = f"restore that session, or name {newest}" if newest else "delete the pointer: there is no session"
        yield _pointer_fault(pointer, "MPM305", message, way_out)
    elif newest and pointer.target < newest:
        message = f"points to {pointer.target}; {newest} is newer"
        yield _pointer_fault(pointer, "MPM306", message, f"name {newest} in it")


def check_pointed(folder: str, sessions: Collection[str]) -> Iterator[Finding]:
    """MPM307: sessions without a pointer: people and agents are told to begin with it."""
    if sessions:
        message = "is missing: nothing says which session is the newest"
        path = f"{folder}/{POINTER}"
        way_out = f"restore it: {restoring(path)}; the next pause writes it anew"
        yield Finding(path=path, code="MPM307", message=message, way_out=way_out, severity=Severity.WARNING)


def _differences(ours: Json, theirs: Json, keys: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], object, object]]:
    """Yield the path and both values wherever two values differ, at the deepest place that tells."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in dict.fromkeys((*ours, *theirs)):
            if key in ours and key in theirs:
                yield from _differences(ours[key], theirs[key], (*keys, key))
            else:
                yield (*keys, key), ours.get(key, _ABSENT), theirs.get(key, _ABSENT)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(*pair, (*keys, index))
    elif not _same(ours, theirs):
        yield keys, ours, theirs


def _same(ours: Json, theirs: Json) -> bool:
    """Compare as JSON does: true is not 1, and NaN, which Python writes, is itself."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    return ours == theirs or (ours != ours and theirs != theirs)  # noqa: PLR0124 - the test for NaN


def _shown(value: object) -> str:
    """Show a value on one line, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _pointer_fault(pointer: Pointer, code: str, message: str, way_out: str) -> Finding:
    return Finding(
        path=pointer.path, line=pointer.line, column=pointer.column, code=code, message=message, way_out=way_out
    )
