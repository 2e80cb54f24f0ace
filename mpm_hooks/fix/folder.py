"""A folder of sessions -> what to write in its place, what was done, and what only a person can decide.

The json counts. No word of any form is lost: where yaml or md say something that the json does not, they stay as they
are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mpm_hooks import check, session
from mpm_hooks.check import Folder
from mpm_hooks.finding import Finding
from mpm_hooks.fix import encoding, forms, is_ours, pointers, portable, source, twins
from mpm_hooks.fix.forms import Found
from mpm_hooks.fix.portable import Known
from mpm_hooks.parse import LARGEST

Committed = Callable[[str, bytes], bool]
"""Whether the last commit holds the file of this name with these bytes."""

_SUM = re.compile(rb"[0-9a-f]{64}\s*")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Done:
    """What is done to a file."""

    path: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What a folder has to be: nothing is written yet."""

    writes: Mapping[str, bytes]
    """Names to what the files have to hold, in the order in which they are to be written."""
    removals: AbstractSet[str]
    done: Sequence[Done]
    left: Sequence[Finding]
    """What is still wrong with forms and pointer, and is for a person to decide."""


def mended(found: Folder, known: Known, committed: Committed) -> Fixed:
    """Say what the files of a folder have to be, of those sessions whose files have been read."""
    read = {name: content for name, content in found.contents.items() if len(content) <= LARGEST}
    work = _Work(found, read, committed)
    for session_id in forms.ids(read):
        work.part(session_id)
    for session_id in forms.ids(work.contents):
        work.mend_session(session_id, known)
    for name, content in found.contents.items():
        if session.is_record(name):
            work.join_record(name, content)
    for name, content in read.items():
        if session.is_checksum(name) and (encoding.is_blank(content) or _SUM.fullmatch(content)):
            work.remove(name)
    work.mend_pointer()
    return Fixed(writes=work.writes, removals=work.removals, done=sorted(work.done), left=tuple(_left(work)))


class _Work:
    """Gathers what is to be done in a folder."""

    def __init__(self, found: Folder, read: Mapping[str, bytes], committed: Committed) -> None:
        self.found, self.read, self.committed = found, read, committed
        self.contents = dict(read)
        """What the files hold once every session has files of its own."""
        self.parted: dict[str, str] = {}
        self.writes: dict[str, bytes] = {}
        self.removals: set[str] = set()
        self.done: list[Done] = []
        self.pointer = read.get(session.POINTER, b"")

    def write(self, name: str, content: bytes, what: str) -> None:
        is_windows = encoding.is_windows(self.read.get(name, b""))
        self.writes[name] = content.replace(b"\n", b"\r\n") if is_windows else content
        self.done.append(Done(path=f"{self.found.path}/{name}", what=what))

    def remove(self, name: str) -> None:
        self.removals.add(name)
        self.done.append(Done(path=f"{self.found.path}/{name}", what="removed a checksum that nothing reads"))

    def part(self, session_id: str) -> None:
        """Give each of two sessions of one second its own files, if they are in conflict."""
        if parted := twins.part(session_id, self.read, self.found.names | self.contents.keys()):
            self.contents.update(parted.contents)
            self.parted.update(parted.told)

    def join_record(self, name: str, content: bytes) -> None:
        """Settle a conflict in a record, each line of which stands for itself: both sides stay."""
        text = content.decode(errors="surrogateescape") if b"<<<<<<<" in content else ""
        if sides := encoding.sides(encoding.unix(text)):
            lines = dict.fromkeys(line for side in sides for line in side.split("\n") if line)
            joined = "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape")
            self.write(name, joined, "settled a conflict: the lines of both sides stand there")

    def mend_session(self, session_id: str, known: Known) -> None:
        """Mend the bytes of each form, then what the forms say."""
        read = {form: self.contents.get(f"{session_id}.{form}") for form in session.FORMS}
        straight = {form: encoding.mended(content) for form, content in read.items() if content is not None}
        contents = {form: content for form, (content, _) in straight.items()}
        names = self.found.names | self.contents.keys()
        present = frozenset(form for form in session.FORMS if f"{session_id}.{form}" in names)
        lists_yaml = pointers.lists_yaml(self.pointer, session_id)
        has_yaml = lists_yaml or "yaml" in present

        def mend(data: dict[str, session.Json]) -> dict[str, session.Json]:
            return portable.mended(data, known, has_yaml=has_yaml)

        said = source.find(contents, session_id, mend, is_gone="json" not in present)
        new: dict[str, forms.New] = {}
        if said is not None:
            legacy = session.is_legacy(self.found.path)
            expects = forms.expected(legacy, said.data, lists_yaml=lists_yaml)
            new = forms.plan(Found(id=session_id, contents=contents, present=present, expects=expects), said, known).new
        for form in session.FORMS:
            told = straight[form][1] if form in straight else ()
            self._write_form(f"{session_id}.{form}", contents.get(form), new.get(form), told)

    def _write_form(self, name: str, content: bytes | None, new: forms.New | None, told: Sequence[str]) -> None:
        before = self.read.get(name)
        what = [self.parted[name], *told] if name in self.parted else [*told]
        if new and new.content != content:
            content = new.content
            what.append(new.how)
            if new.keeps and before is not None and not self.committed(name, before):
                what.append(f"what stood there is kept in {self._kept(name, before)}")
        if what and content is not None and content != before:
            self.write(name, content, "; ".join(what))

    def _kept(self, name: str, content: bytes) -> str:
        """Keep what stood in a file beside it, under a name that no check minds."""
        number = 1
        while (kept := f".{name}.broken{'' if number == 1 else number}") in self.found.names:
            number += 1
        self.writes[kept] = content
        return kept

    def mend_pointer(self) -> None:
        """Let the pointer lead to the newest session; where there is none it is the last trace of one, and stays."""
        names = self.found.names | self.writes.keys()
        newest = max(forms.ids(names), default=None)
        is_there = session.POINTER in self.found.names
        content = self.read.get(session.POINTER)
        if newest is None or (content is None and (is_there or session.is_legacy(self.found.path))):
            return
        straight, told = encoding.mended(content or b"")
        fault = pointers.fault(straight, newest) if is_there else "was missing"
        if fault:
            new = pointers.render(newest, has_yaml=f"{newest}.yaml" in names)
            self.write(session.POINTER, new, f"leads to {newest} now: it {fault}")
        elif told:
            self.write(session.POINTER, straight, "; ".join(told))


def _left(work: _Work) -> Sequence[Finding]:
    """Check what the folder will be; what else a check has to say is not ours to mend."""
    found = work.found
    contents = {**found.contents, **{name: new for name, new in work.writes.items() if not name.startswith(".")}}
    names = (found.names | contents.keys()) - work.removals
    kept = {name: content for name, content in contents.items() if name in names}
    after = Folder(path=found.path, names=names, contents=kept, odd=found.odd)
    return [finding for finding in check.check(after) if is_ours(finding)]
