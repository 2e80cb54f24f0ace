"""MPM3xx: the forms of a session and the pointer say different things."""

from __future__ import annotations

from itertools import zip_longest

from mpm_hooks.finding import WARNING, Finding, restoring
from mpm_hooks.lean import compiled
from mpm_hooks.page import TITLE
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.render import md_form as render_md
from mpm_hooks.rules import rule
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session, is_legacy, is_second, moment_of

TYPE_CHECKING = False
if TYPE_CHECKING:  # to read a md takes more time than to check a session whose md need not be read
    from collections.abc import Callable, Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from mpm_hooks.parse.md_form import Block

_LONGEST = 60
_ABSENT = object()
_MOST = 1000
_PAUSED_AT = "Paused At: "
_SLACK = 120
"""Seconds that the pointer's date may be off: upstream reads the clock anew for it."""


class Forms:
    """Which forms of a session are there, and what they tell of those that are not."""

    __slots__ = ("json", "names", "page")

    def __init__(
        self, *, names: AbstractSet[str], json: Document | None, page: Callable[[], tuple[Block, ...]]
    ) -> None:
        """Keep them; the md is read only if somebody asks."""
        self.names = names
        self.json = json
        self.page = page

    @property
    def is_generated_page(self) -> bool:
        """Whether the md form was written by a program, which then wrote a json too."""
        return any(block.label == TITLE for block in self.page())

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


@rule("MPM301", fixable=True)
def missing_form(path: str, forms: Forms, pointer: Pointer | None) -> Iterator[Finding]:
    """A form of the session is missing.

    Releases of claude-mpm up to 6.2.63 resume by the json alone, people read the md. 4.11 wrote the json alone, into
    another folder, and releases from 6.5.35 on write no yaml: then none is asked for.

    Example:
        session-20260121-100000.json, without session-20260121-100000.md

    Way out:
        Bring it back: `git checkout HEAD -- FILE`, or let `mpm-hooks fix` make it from the others; or delete the
        session's other forms.
    """
    folder, _, session_id = path.rpartition("/")
    if forms.names == {"md"} and not forms.is_generated_page:
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
            way_out=f"restore it: {restoring(f'{path}.{form}')}; or make it from the others: mpm-hooks fix",
        )


@rule("MPM302", fixable=True)
def yaml_differs(
    document: Document, differences: Iterator[tuple[tuple[Key, ...], object, object]]
) -> Iterator[Finding]:
    """The yaml says another thing than the json.

    A person reads the one, an agent is given the other. The json is the one that counts: every reader takes it.

    Example:
        yaml: branch: bug/login
        json: "branch": "feature/login"

    Way out:
        Correct the yaml by the json, or the json if the yaml is right. `mpm-hooks fix` writes the yaml anew only if
        no word is lost by it.
    """
    way_out = "the json form is the one that counts: correct the yaml by it"
    found = list(differences)
    lacking = [spell(keys) for keys, _, theirs in found if theirs is _ABSENT]
    if lacking:
        yield document.fault((), "MPM302", f"lacks what the json has: {', '.join(lacking[:20])}", way_out)
    for keys, ours, theirs in found[:_MOST]:
        if theirs is not _ABSENT:
            known = "nothing" if ours is _ABSENT else _shown(ours)
            yield document.fault(
                keys, "MPM302", f"{spell(keys)} is {_shown(theirs)} here, {known} in the json", way_out
            )


@rule("MPM303", fixable=True)
def md_differs(path: str, found: dict[str, Block], session: Session) -> Iterator[Finding]:
    """The md says another thing than the json.

    Under each label that it has to have, a page says what the json does; notes beside them are free.

    Example:
        md: **Branch**: `bug/login`
        json: "branch": "feature/login"

    Way out:
        Correct the md by the json, or the json if the md is right. `mpm-hooks fix` writes the md anew only if no word
        is lost by it.
    """
    from mpm_hooks.parse import md_form  # noqa: PLC0415 - only a page that differs is read
    from mpm_hooks.render import upstream  # noqa: PLC0415 - …

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
            yield Finding(path=path, code="MPM303", message=message, way_out=way_out, field=label)
        else:
            row = _first_difference(said, told)
            line, column = found[label].place(row)
            message = f"{label} is {_shown(said, row)} here, {_shown(told, row)} by the json"
            yield Finding(
                path=path, line=line, column=column, code="MPM303", message=message, way_out=way_out, field=label
            )


@rule("MPM304", fixable=True)
def pointer_to_no_name(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The pointer names no session.

    People and agents are told to begin with it, and end there.

    Example:
        LATEST-SESSION.txt: Latest Session:

    Way out:
        Bring the file back, or delete it: the next pause writes it anew, and so does `mpm-hooks fix`.
    """
    return (fault for fault in faults if fault.code == "MPM304")


@rule("MPM305", fixable=True)
def pointer_to_nothing(pointer: Pointer, sessions: Collection[str]) -> Iterator[Finding]:
    """The pointer leads to a session that is not there.

    The session was deleted or never committed, or the pointer came from another branch.

    Example:
        Latest Session: session-20260122-113000

    Way out:
        Bring that session back, or name the newest one; `mpm-hooks fix` does.
    """
    if pointer.target not in sessions:
        newest = max(sessions, default=None)
        way_out = f"restore that session, or name {newest}: mpm-hooks fix" if newest else "delete the pointer"
        yield _pointer_fault(pointer, "MPM305", f"points to {pointer.target}, which is not there", way_out)


@rule("MPM306", fixable=True)
def pointer_to_an_older_one(pointer: Pointer, sessions: Collection[str]) -> Iterator[Finding]:
    """The pointer leads to an older session.

    Whoever begins with it goes on from yesterday's state. A merge of two branches that both paused leaves this.

    Example:
        Latest Session: session-20260121-100000, beside session-20260122-113000.json

    Way out:
        Name the newest session; `mpm-hooks fix` does.
    """
    newest = max(sessions, default="")
    if pointer.target in sessions and pointer.target < newest:
        message = f"points to {pointer.target}; {newest} is newer"
        yield _pointer_fault(pointer, "MPM306", message, f"name {newest} in it: mpm-hooks fix")


@rule("MPM307", WARNING, fixable=True)
def no_pointer(folder: str, sessions: Collection[str]) -> Iterator[Finding]:
    """There is no pointer.

    People and agents are told to begin with it; claude-mpm's own commands do without.

    Example:
        session-20260121-100000.json, without LATEST-SESSION.txt

    Way out:
        Bring it back: `git checkout HEAD -- FILE`; the next pause writes it anew, and so does `mpm-hooks fix`.
    """
    if sessions:
        path = f"{folder}/{POINTER}"
        message = "is missing: nothing says which session is the newest"
        way_out = f"restore it: {restoring(path)}; or write it anew: mpm-hooks fix"
        yield Finding(path=path, code="MPM307", message=message, way_out=way_out)


@rule("MPM308", WARNING)
def md_by_hand(path: str, forms: Forms) -> Iterator[Finding]:
    """An md stands there without a json.

    Somebody wrote it by hand. Only claude-mpm from 6.2.64 on resumes it, and takes the summary, what is done and what
    is next from it, if they stand under headings of its choice.

    Example:
        session-20260121-100000.md, alone

    Way out:
        Nothing, if it was written by hand; else bring the json back, or let `mpm-hooks fix` make it from the md.
    """
    if forms.names == {"md"} and not forms.is_generated_page:
        message = "there is no json form: only releases of claude-mpm from 6.2.64 on resume it"
        way_out = "nothing to do if it was written by hand; else restore the json form"
        yield Finding(path=f"{path}.md", code="MPM308", message=message, way_out=way_out)


@rule("MPM309")
def same_second(path: str, session_id: str, other: str) -> Iterator[Finding]:
    """Two sessions are of one second.

    claude-mpm names a session by its second and overwrites what is there; a copy, or the same name in the old folder
    `pause/`, is taken for the session itself by one reader and for another one by the next.

    Example:
        session-20260121-100000.json and pause/session-20260121-100000.json

    Way out:
        Delete the one that is not needed, or give it the next free second, in its name and in `session_id`.
    """
    message = f"{session_id} is there twice: {other} is of the same second"
    way_out = "delete one of them, or rename it and its session_id to the next free second"
    yield Finding(path=path, code="MPM309", message=message, way_out=way_out)


@rule("MPM310", fixable=True)
def pointer_contradicts_itself(pointer: Pointer) -> Iterator[Finding]:
    """The pointer contradicts itself.

    Its first line names one session; the files that it lists, the command that shows the session, or the date are
    another's.

    Example:
        Latest Session: session-20260122-113000
        Files:
        - session-20260121-100000.json (machine-readable)

    Way out:
        Correct the line; `mpm-hooks fix` writes the pointer anew.
    """
    from mpm_hooks.render import pointer as render_pointer  # noqa: PLC0415 - as it reads below

    if is_second(pointer.target) and pointer.text == render_pointer.render(pointer.target):
        return
    has_others = "session-" in pointer.text.replace(pointer.target, "")
    for number, line in enumerate(pointer.text.split("\n"), 1):
        for found in compiled("session-[0-9]{8}-[0-9]{6}").finditer(line) if has_others else ():
            if found[0] != pointer.target:
                message = f"names {found[0]} here, and {pointer.target} in line {pointer.line}"
                yield _in_pointer(pointer, number, found.start() + 1, message)
        if line.startswith(_PAUSED_AT) and line.rstrip().endswith(" UTC"):
            date = line.removeprefix(_PAUSED_AT).rstrip().removesuffix(" UTC")
            if _is_before(date, pointer.target):
                yield _in_pointer(pointer, number, len(_PAUSED_AT) + 1, f"is dated {date}, before {pointer.target}")


@rule("MPM311", WARNING, fixable=True)
def pointer_of_several_branches(pointer: Pointer) -> Iterator[Finding]:
    """The pointer leads to several sessions.

    A merge joined those of two branches, as `merge=union` in .gitattributes tells git to: no line is lost, and nobody
    had to settle a conflict. The newest session is the one that counts.

    Example:
        Latest Session: session-20260121-100000
        Latest Session: session-20260122-113000

    Way out:
        `mpm-hooks fix` writes it anew; so does the next pause.
    """
    message = f"leads to {len(pointer.joined)} sessions, since branches were merged; {pointer.target} is the newest"
    yield _pointer_fault(pointer, "MPM311", message, "write it anew: mpm-hooks fix")


def _is_before(date: str, session_id: str) -> bool:
    """Tell a date, in UTC, that is none or before a session's: an auto-pause may end hours after its name's second."""
    told = f"session-{date.replace('-', '').replace(':', '').replace(' ', '-')}"
    if told >= session_id and is_second(told):
        return False
    moment, named = moment_of(told), moment_of(session_id)
    return named is not None and (moment is None or (named - moment).total_seconds() > _SLACK)


def differences(session: Session, document: Document) -> Iterator[tuple[tuple[Key, ...], object, object]]:
    """Yield where json and yaml differ, and both values."""
    return _differences(dict(session.data), dict(document.data), ())


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


def _first_difference(said: str, told: str) -> int:
    """Return the first row in which two texts differ."""
    rows = enumerate(zip_longest(said.split("\n"), told.split("\n")))
    row = next(number for number, (one, other) in rows if one != other)
    return min(row, said.count("\n"))


def _shown(value: object, row: int = 0) -> str:
    """Show a value on one line, shortened; of a text of many rows, what stands from this one on."""
    if row and isinstance(value, str):
        value = "\n".join(["…", *value.split("\n")[row:]])
    import json  # noqa: PLC0415 - only a fault needs it

    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= _LONGEST:
        return text
    from mpm_hooks import secret  # noqa: PLC0415 - only a fault needs it, before half a secret is left that nobody knows

    text = secret.hidden(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _pointer_fault(pointer: Pointer, code: str, message: str, way_out: str) -> Finding:
    return Finding(
        path=pointer.path, line=pointer.line, column=pointer.column, code=code, message=message, way_out=way_out
    )


def _in_pointer(pointer: Pointer, line: int, column: int, message: str) -> Finding:
    way_out = "correct the line, or write the pointer anew: mpm-hooks fix"
    return Finding(path=pointer.path, line=line, column=column, code="MPM310", message=message, way_out=way_out)
