"""MPM1xx: a file cannot be read, or readers read it differently. The parsers find these; each rule tells of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mpm_hooks.finding import WARNING, Finding
from mpm_hooks.parse.document import place_in
from mpm_hooks.rules import rule


@rule("MPM101")
def not_regular(path: str, what: str) -> Iterator[Finding]:
    """A link, a directory or a device stands where a file should be.

    It may lead out of the repository, or never end; git holds a link's target as a path, and nothing of what is
    behind it.

    Example:
        .claude-mpm/sessions/session-20260121-100000.json -> /etc/passwd

    Way out:
        Replace it by a regular file.
    """
    way_out = "replace it by a regular file"
    yield Finding(path=path, code="MPM101", message=f"is {what}, not a regular file", way_out=way_out)


@rule("MPM102", fixable=True)
def not_utf8(faults: Iterable[Finding]) -> Iterator[Finding]:
    r"""The file is not UTF-8, or begins with a byte order mark.

    claude-mpm drops a file with a byte order mark without a word, and shows the bytes of another encoding as nonsense.
    Editors on Windows and a redirection in PowerShell write both.

    Example:
        b'\xef\xbb\xbf{"session_id": …'

    Way out:
        Save the file as UTF-8 without a byte order mark; `mpm-hooks fix` does, where the encoding is certain.
    """
    yield from _of("MPM102", faults)


@rule("MPM103", fixable=True)
def no_json(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The file is no JSON.

    No release of claude-mpm can resume the session, nor list those beside it without a complaint.

    Example:
        {"session_id": "session-20260121-100000",}

    Way out:
        Correct it at the place that is named, or bring it back: `git checkout HEAD -- FILE`. `mpm-hooks fix` makes it
        anew from the yaml or md form, and says what cannot be had from there.
    """
    yield from _of("MPM103", faults)


@rule("MPM104", fixable=True)
def no_yaml(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The file is no YAML, or holds a value that is not what it looks like.

    Readers stop there: an unclosed bracket, a tab that indents, a date that no calendar has.

    Example:
        conversation: {
        version: 2026-13-45

    Way out:
        Correct it at the place that is named. `mpm-hooks fix` writes the yaml anew from the json.
    """
    yield from _of("MPM104", faults)


@rule("MPM105", fixable=True)
def empty(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The file is empty.

    Its writer was interrupted: claude-mpm writes yaml, md and pointer in place, and dies of a character that the locale
    does not know, or of a full disk, once the file has been emptied.

    Example:
        session-20260121-100000.md (0 bytes)

    Way out:
        Delete it, or bring it back: `git checkout HEAD -- FILE`. `mpm-hooks fix` makes it anew from the session's
        other forms.
    """
    yield from _of("MPM105", faults)


@rule("MPM106", fixable=True)
def merge_conflict(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The file holds the markers of a merge conflict.

    Two branches that both paused have been merged, and nobody has settled the pointer, or the session.

    Example:
        <<<<<<< HEAD
        Latest Session: session-20260121-100000
        =======
        Latest Session: session-20260122-113000
        >>>>>>> feature/login

    Way out:
        Settle the merge: keep one side and delete the markers. `mpm-hooks fix` settles the pointer, which always
        leads to the newest session.
    """
    yield from _of("MPM106", faults)


@rule("MPM107")
def key_twice(faults: Iterable[Finding]) -> Iterator[Finding]:
    """A key stands twice in one object.

    Readers take the last and lose the first, in silence; others refuse the file. What a reviewer reads above need not
    be what the next agent is given.

    Example:
        {"summary": "Login works", "summary": "Nothing works"}

    Way out:
        Keep one of them.
    """
    yield from _of("MPM107", faults)


@rule("MPM108")
def too_large(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The file is too large, nested too deeply, or holds a number of thousands of digits.

    A form may hold 1,000,000 bytes, a record 10,000,000, and both 100 levels; real sessions hold some thousand bytes
    and five levels. More is a mistake, or made to keep a reader busy.

    Example:
        [[[[[[[[[[[[[[[[[[[[ … ]]]]]]]]]]]]]]]]]]]]

    Way out:
        Delete what does not belong to the session, or bring the file back: `git checkout HEAD -- FILE`.
    """
    yield from _of("MPM108", faults)


@rule("MPM109")
def broken_line(faults: Iterable[Finding]) -> Iterator[Finding]:
    """A line of an incremental record is no object: the record breaks off.

    claude-mpm can then neither end nor discard the auto-pause that it recorded, which stays active for ever.

    Example:
        {"type": "tool_call", "timesta

    Way out:
        Delete the line. `mpm-hooks pause --finalize` makes a session of what is whole, and keeps the record.
    """
    yield from _of("MPM109", faults)


@rule("MPM110")
def nul_character(faults: Iterable[Finding]) -> Iterator[Finding]:
    r"""The file holds a NUL character.

    It is no text, or a crash of the machine has left a hole in it; tools written in C see its end there.

    Example:
        "summary": "Login\0works"

    Way out:
        Bring the file back: `git checkout HEAD -- FILE`.
    """
    yield from _of("MPM110", faults)


@rule("MPM111", WARNING, fixable=True)
def carriage_return(path: str, content: bytes) -> Iterator[Finding]:
    r"""A carriage return stands alone, or lines end in two ways.

    YAML takes a lone one for a line break, Markdown and terminals for something else, and a log begins a new line at
    it, in which a forged workflow command may stand. A file whose lines all end in CR LF, as on Windows, is no fault.

    Example:
        Login works\r- [x] tested

    Way out:
        Save the file with one kind of line ends; `mpm-hooks fix` does.
    """
    text = content.decode("utf-8", "surrogateescape")
    alone = text.replace("\r\n", "  ").find("\r")
    crlf = text.find("\r\n")
    if alone >= 0:
        line, column = place_in(text, alone)
        message = "a carriage return stands alone: readers differ in whether the line ends there"
        way_out = "write a line feed, or a blank: mpm-hooks fix"
        yield Finding(path=path, line=line, column=column, code="MPM111", message=message, way_out=way_out)
    elif crlf >= 0 and text.count("\r\n") != text.count("\n"):
        line, column = place_in(text, crlf)
        message = "some lines end in CR LF, others in LF"
        yield Finding(
            path=path, line=line, column=column, code="MPM111", message=message, way_out="end all alike: mpm-hooks fix"
        )


@rule("MPM112")
def python_constant(faults: Iterable[Finding]) -> Iterator[Finding]:
    """NaN, Infinity or a number beyond all bounds stands in the JSON.

    Python writes and reads them, and JSON has no such thing: every other reader refuses the file.

    Example:
        "percentage": NaN

    Way out:
        Write a number, or leave the field out.
    """
    yield from _of("MPM112", faults)


@rule("MPM113", fixable=True)
def yaml_alias(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The YAML makes use of an anchor, an alias or a merge key.

    No session needs them; many readers refuse them, a merge key is nothing in YAML 1.2, and an alias of aliases makes
    gigabytes of a line.

    Example:
        a: &a [x, x]
        b: [*a, *a]

    Way out:
        Write the values out. `mpm-hooks fix` writes the yaml anew from the json.
    """
    yield from _of("MPM113", faults)


@rule("MPM114", fixable=True)
def yaml_tag(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The YAML holds a tag.

    What a tag makes of a value differs between readers; those of one language let an unsafe reader run code.

    Example:
        version: !!python/name:os.system

    Way out:
        Delete the tag; put a text in quotes. `mpm-hooks fix` writes the yaml anew from the json.
    """
    yield from _of("MPM114", faults)


@rule("MPM115", fixable=True)
def yaml_documents(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The YAML holds several documents, or a directive.

    Some readers take the first document, others the last, most refuse the file; what `%YAML 1.1` changes differs, too.

    Example:
        session_id: session-20260121-100000
        ---
        session_id: session-20260122-113000

    Way out:
        Keep one document. `mpm-hooks fix` writes the yaml anew from the json.
    """
    yield from _of("MPM115", faults)


@rule("MPM116", fixable=True)
def yaml_versions(path: str, line: int, column: int, written: str, field: str) -> Iterator[Finding]:
    """A plain word or number is one thing in YAML 1.1 and another in YAML 1.2.

    PyYAML, claude-mpm's reader, takes `yes` for true, `0777` for 511, `12:30` for 750 and `1_000` for a thousand;
    readers of YAML 1.2 take the first for a text and the others for another number, or for texts.

    Example:
        clean: yes

    Way out:
        Write `true`, `511`, or the text in quotes. `mpm-hooks fix` writes the yaml anew from the json.
    """
    message = f"{written} means one thing in YAML 1.1 and another in YAML 1.2"
    way_out = "write true or false, a plain number, or the text in quotes: mpm-hooks fix"
    yield Finding(path=path, line=line, column=column, code="MPM116", message=message, way_out=way_out, field=field)


def _of(code: str, faults: Iterable[Finding]) -> Iterator[Finding]:
    return (fault for fault in faults if fault.code == code)


PARSED = (
    *(not_utf8, no_json, no_yaml, empty, merge_conflict, key_twice, too_large, broken_line, nul_character),
    *(python_constant, yaml_alias, yaml_tag, yaml_documents),
)
"""The rules that tell of what a parser found."""
