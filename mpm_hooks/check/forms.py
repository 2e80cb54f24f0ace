"""Judges one session by its forms."""

from __future__ import annotations

from mpm_hooks import session
from mpm_hooks.check import texts
from mpm_hooks.check.others import carriage_returns, not_regular, tried
from mpm_hooks.check.subject import Folder, World
from mpm_hooks.finding import Finding
from mpm_hooks.parse import json_form
from mpm_hooks.parse.document import Document
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.render import block
from mpm_hooks.render import md_form as render_md
from mpm_hooks.rules import agreement, exposure, faults, shape, truth
from mpm_hooks.rules.agreement import Forms
from mpm_hooks.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mpm_hooks.parse.md_form import Block


class Judged:
    """A session that is looked at: what was found, and its json with all texts in it, if it could be read."""

    __slots__ = ("commands", "document", "found", "id", "said", "texts", "wrong")

    def __init__(self, session_id: str) -> None:
        """Begin with nothing."""
        self.id = session_id
        self.found: list[Finding] = []
        self.document: Document | None = None
        self.said: Session | None = None
        self.texts: list[str] = []
        self.commands: list[exposure.Said] = []
        self.wrong: list[shape.Fault] = []


def read(folder: Folder, session_id: str, world: World) -> Judged:
    """Read the json of a session, and nothing else yet."""
    result, path = Judged(session_id), f"{folder.path}/{session_id}.json"
    content = folder.contents.get(f"{session_id}.json")
    if content is None:
        return result
    if b"\r" in content:
        result.found += carriage_returns(path, content)
    result.document, malformed = tried(json_form.parse, path, content)
    result.found += malformed
    if result.document is None:
        result.found += texts.secrets(path, content)
    else:
        result.said = Session(id=session_id, data=result.document.data)
        result.wrong = shape.faults(result.document.data)
        exposure.said(dict(result.document.data), result.texts)
        result.commands = exposure.commands(result.document.data)
        if texts.is_read(result.document):
            texts.leave_out_told(result.said, result.texts, world)
    return result


def judge(result: Judged, folder: Folder, target: Pointer | None, world: World) -> None:
    """Judge a session whose json has been read, by its files alone."""
    session_id, path = result.id, f"{folder.path}/{result.id}"
    names = {form for form in session.FORMS if f"{session_id}.{form}" in folder.names}
    result.found += shape.no_second(f"{path}.{min(names)}", session_id)
    contents: dict[str, bytes] = {}
    for form in names:
        if what := folder.odd.get(f"{session_id}.{form}"):
            result.found += not_regular(f"{path}.{form}", what)
        elif form != "json" and (content := folder.contents.get(f"{session_id}.{form}")) is not None:
            contents[form] = content
            if b"\r" in content:
                result.found += carriage_returns(f"{path}.{form}", content)
    page = _Page(f"{path}.md", contents.get("md"))
    forms = Forms(names=names, json=result.document, page=page.blocks)
    result.found += agreement.missing_form(path, forms, target)
    result.found += agreement.md_by_hand(path, forms)
    if result.document is not None and result.said is not None:
        result.found += _of_json(result, result.document, result.said, world)
        result.found += _twice(folder, session_id, result.said, world)
    is_sound = result.said is not None and not any(code == "MPM203" for _, code, _ in result.wrong)
    if "yaml" in contents:
        result.found += _yaml(f"{path}.yaml", contents["yaml"], result, world, is_sound=is_sound)
    if "md" in contents:
        result.found += _md(page, contents["md"], result.said, world, is_sound=is_sound)
    texts.conceal(result.found)


def _of_json(result: Judged, document: Document, said: Session, world: World) -> Iterator[Finding]:
    """Run the rules that go by the json."""
    if result.wrong:
        for find in shape.SHAPED:
            yield from find(document, result.wrong)
    yield from shape.impossible_number(document, said, result.wrong)
    yield from shape.other_id(document, said)
    yield from shape.from_the_future(document, said, world.latest)
    yield from shape.not_the_ids_second(document, said)
    for rule in (*faults.rules_of(said), *truth.AGREEING):
        yield from rule(document, said)
    yield from texts.exposed(document, said, result.texts, result.commands, world)


def _twice(folder: Folder, session_id: str, said: Session, world: World) -> Iterator[Finding]:
    """Look for another session of the same second."""
    path = f"{folder.path}/{session_id}.json"
    other = world.seen.get(session_id, path)
    if other != path and _is_same_project(other, path):
        yield from agreement.same_second(path, session_id, other)
    claimed = said.text("session_id")
    if claimed != session_id and claimed in folder.sessions:
        yield from agreement.same_second(path, claimed, f"{folder.path}/{claimed}.json")


def _is_same_project(one: str, other: str) -> bool:
    return one.partition(session.DIRECTORY)[0] == other.partition(session.DIRECTORY)[0]


def _yaml(path: str, content: bytes, result: Judged, world: World, *, is_sound: bool) -> Iterator[Finding]:
    """Judge the yaml form; it is parsed only if it is not what the json makes of it."""
    said = result.said
    if said is not None and is_sound and _is_rendered(said, result.texts, _decoded(content)):
        return
    from mpm_hooks.parse import yaml_form  # noqa: PLC0415 - PyYAML takes as long to import as a good session to check
    from mpm_hooks.render import upstream  # noqa: PLC0415 - …

    document, malformed = tried(yaml_form.parse, path, content)
    yield from malformed
    if document is None:
        yield from texts.secrets(path, content)
        return
    for keys, place, written, is_text in yaml_form.ambiguous(document.text):
        field = exposure.where(keys)
        if is_text:
            yield from faults.text_like_a_number(path, place, written, field)
        else:
            from mpm_hooks.rules import reading  # noqa: PLC0415 - see not_regular

            yield from reading.yaml_versions(path, *place, written, field)
    if said is None:
        yield from texts.of_text(path, content, world)
        return
    differences = list(agreement.differences(said, document))
    if differences and document.text == upstream.as_yaml(said).replace("\r\n", "\n"):
        yield from faults.unreadable_yaml(document, differences[0][0])
    elif differences:
        yield from agreement.yaml_differs(document, iter(differences))
        yield from texts.of_text(path, content, world)


def _decoded(content: bytes) -> str | None:
    """Return what a program may have written, None if no text is spelled in these bytes."""
    try:
        text = content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n") if "\r" in text else text


def _is_rendered(said: Session, texts: Sequence[str], text: str | None) -> bool:
    """Tell a yaml that a program wrote from the json, to the letter, and in which nothing can be misread.

    Most of the texts that YAML 1.2 would take for a number are SHAs.
    """
    for write in (block.ours, block.upstream)[:: 1 if said.text("generator") else -1]:
        if (known := write(said.data)) is not None and known == text:
            return write is block.ours or not any(faults.is_numeral(each) and block.is_bare(each) for each in texts)
    return False


def _md(page: _Page, content: bytes, said: Session | None, world: World, *, is_sound: bool) -> Iterator[Finding]:
    """Judge the md form; it is parsed only if it is not what the json makes of it."""
    if said is not None and is_sound:
        text = _decoded(content)
        for written in _pages(said):
            if written == text or ("\r" in written and written.replace("\r\n", "\n") == text):
                return
    blocks = page.blocks()
    yield from page.malformed
    if page.malformed:
        yield from texts.secrets(page.path, content)
        return
    yield from texts.of_text(page.path, content, world)
    from mpm_hooks.parse import md_form  # noqa: PLC0415 - only a page that differs is read

    if said is not None and is_sound:
        yield from agreement.md_differs(page.path, dict(md_form.first(blocks)), said)
    elif said is None:
        yield from _commands_of_page(page, blocks)


def _pages(said: Session) -> Iterator[str]:
    """Yield what programs make of a session, first the one that wrote it: most often no other is needed."""
    is_ours = bool(said.text("generator"))
    if is_ours:
        yield render_md.render(said)
    from mpm_hooks.render import upstream  # noqa: PLC0415 - see above

    yield upstream.as_markdown(said)
    if not is_ours:
        yield render_md.render(said)


def _commands_of_page(page: _Page, blocks: Sequence[Block]) -> Iterator[Finding]:
    """Look at the commands of an md that stands alone."""
    for each in blocks:
        if each.label in ("Validation Commands", "Quick Resume (5 minutes)"):
            lines: list[exposure.Said] = [
                ((number,), line) for number, line in enumerate(each.text.split("\n"), each.start)
            ]
            for (number, *_), code, what, way_out in exposure.dangerous_command(lines):
                message = f"the line {what}"
                yield Finding(path=page.path, line=int(number), code=code, message=message, way_out=way_out)


class _Page:
    """The md form of a session, read when somebody asks."""

    __slots__ = ("_blocks", "_content", "malformed", "path")

    def __init__(self, path: str, content: bytes | None) -> None:
        self.path = path
        self._content = content
        self._blocks: tuple[Block, ...] | None = None
        self.malformed: list[Finding] = []

    def blocks(self) -> tuple[Block, ...]:
        """Return what stands in the page; nothing if it cannot be read."""
        if self._blocks is None:
            from mpm_hooks.parse import md_form  # noqa: PLC0415 - only a page that differs is read

            blocks, self.malformed = None, []
            if self._content is not None:
                blocks, self.malformed = tried(md_form.parse, self.path, self._content)
            self._blocks = blocks or ()
        return self._blocks
