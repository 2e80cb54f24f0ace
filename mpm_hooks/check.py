"""Sessions -> findings: run the rules that apply.

Most sessions are right, and a check runs at each commit: a yaml or md that is what the json makes of it, to the letter, is
not even parsed, and nothing is located before somebody has found a fault. A folder is gone through session by session, so
that a thousand need no more memory than some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, partial
from itertools import islice

from mpm_hooks import rules, session
from mpm_hooks.finding import Finding, MalformedError
from mpm_hooks.parse import json_form, pointer
from mpm_hooks.parse.document import Document, Key, place_in
from mpm_hooks.parse.pointer import Pointer
from mpm_hooks.render import block
from mpm_hooks.render import md_form as render_md
from mpm_hooks.render import upstream
from mpm_hooks.rules import agreement, exposure, faults, shape, truth
from mpm_hooks.rules.agreement import Forms
from mpm_hooks.rules.truth import Known
from mpm_hooks.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from mpm_hooks.parse.md_form import Block
    from mpm_hooks.parse.record import Action

    T = TypeVar("T")

_AT_ONCE = 200
"""Sessions about which git is asked at once."""

_MOST_TEXTS = 10_000
"""Texts of which it is remembered that nothing is wrong with them."""

_MOST = 1000
"""Findings of one code in one file."""


class Folder:
    """A folder of sessions: its path, every name in it, and the content of the files that are looked at."""

    __slots__ = ("contents", "names", "odd", "path")

    def __init__(
        self, *, path: str, names: AbstractSet[str], contents: Mapping[str, bytes], odd: Mapping[str, str]
    ) -> None:
        """Keep them.

        Args:
            path: The folder's path as it is shown.
            names: All names in it.
            contents: What the files hold that are to be judged, and those that are looked at with them; each is asked for once.
            odd: Names that are no regular files, and what they are.
        """
        self.path = path
        self.names = names
        self.contents = contents
        self.odd = odd

    @property
    def sessions(self) -> AbstractSet[str]:
        """The ids of all sessions in the folder."""
        return session.ids(self.names)


class World:
    """What rules hold a session against, beside its own files."""

    __slots__ = ("_harmless", "known", "latest", "names", "private", "seen")

    def __init__(
        self,
        *,
        latest: str = "",
        user: str = "",
        host: str = "",
        known: Callable[[Sequence[Session]], Known | None] | None = None,
    ) -> None:
        """Keep what is known.

        Args:
            latest: The id of the second after which the future begins; empty, it never does.
            user: What the user of this machine is called; empty if that is not known.
            host: What the machine is called.
            known: Says what git knows of what sessions claim; None outside of a repository.
        """
        self.latest = latest or "session-99991231-235959"
        self.names = tuple(name.lower() for name in (user, host.partition(".")[0]) if name)
        self.private = lru_cache(maxsize=_MOST_TEXTS)(partial(_kinds, user, host))
        self._harmless: set[str] = set()
        self.known = known
        self.seen: dict[str, str] = {}

    def suspects(self, texts: Iterable[str]) -> AbstractSet[str]:
        """Return those texts in which something is that is unfit to publish; sessions of one project say much the same."""
        new = [text for text in texts if text not in self._harmless]
        if not new:
            return frozenset()
        found = {text for text in exposure.suspects(new, self.names) if not _is_harmless(self.private, text)}
        if len(self._harmless) < _MOST_TEXTS:
            self._harmless.update(text for text in new if text not in found)
        return found


class _Judged:
    """A session that has been looked at: what was found, and its json, if it could be read."""

    __slots__ = ("document", "found", "said")

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.document: Document | None = None
        self.said: Session | None = None


def wanted(names: Iterable[str], chosen: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names that have to be read to judge the chosen files: all forms of their sessions, and the pointer."""
    sessions = session.ids(chosen) | {recorded for name in chosen if (recorded := session.record_id(name))}
    return {
        name
        for name in names
        if name in chosen or name == session.POINTER or ((found := session.split(name)) and found[0] in sessions)
    }


def judged(folder: Folder) -> AbstractSet[str]:
    """Return the ids of the sessions of which files are looked at."""
    return session.ids((*folder.contents, *folder.odd))


def check(folder: Folder, world: World | None = None) -> Iterator[Finding]:
    """Judge every session of the folder whose files are looked at, and the pointer; in the order of the files' names."""
    world = world or World()
    target, found = _pointer(folder)
    others = _others(folder, world)
    others[session.POINTER] = found
    if what := folder.odd.get(session.POINTER):
        others[session.POINTER] = list(_not_regular(f"{folder.path}/{session.POINTER}", what))
    groups = iter(sorted({*others, *judged(folder)}))
    while chunk := list(islice(groups, _AT_ONCE)):
        sessions = {name: _session(folder, name, target, world) for name in chunk if name not in others}
        _against_git(sessions, world)
        for name in chunk:
            yield from _sorted(others[name] if name in others else sessions[name].found)


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


def _pointer(folder: Folder) -> tuple[Pointer | None, list[Finding]]:
    path = f"{folder.path}/{session.POINTER}"
    content = folder.contents.get(session.POINTER)
    if content is None:
        is_due = session.POINTER not in folder.names and not session.is_legacy(folder.path)
        return None, list(agreement.no_pointer(folder.path, folder.sessions)) if is_due else []
    found = list(_carriage_returns(path, content)) if b"\r" in content else []
    try:
        target = pointer.parse(path, content)
    except MalformedError as error:
        return None, [*found, *error.findings]
    sessions = folder.sessions
    wrong = [*agreement.pointer_to_nothing(target, sessions), *agreement.pointer_to_an_older_one(target, sessions)]
    return target, [*found, *(wrong or agreement.pointer_contradicts_itself(target))]


def _session(folder: Folder, session_id: str, target: Pointer | None, world: World) -> _Judged:
    """Judge one session by its files alone."""
    path = f"{folder.path}/{session_id}"
    names = {form for form in session.FORMS if f"{session_id}.{form}" in folder.names}
    contents = {form: content for form in names if (content := folder.contents.get(f"{session_id}.{form}")) is not None}
    result = _Judged()
    found = result.found
    found += shape.no_second(f"{path}.{min(names)}", session_id)
    document = None
    if "json" in contents:
        document, malformed = _tried(json_form.parse, f"{path}.json", contents["json"])
        found += malformed
    for form, content in contents.items():
        if b"\r" in content:
            found += _carriage_returns(f"{path}.{form}", content)
    page = _Page(f"{path}.md", contents.get("md"))
    forms = Forms(names=names, json=document, page=page.blocks)
    found += agreement.missing_form(path, forms, target)
    found += agreement.md_by_hand(path, forms)
    if document is not None:
        said = Session(id=session_id, data=document.data)
        result.document, result.said = document, said
        wrong = shape.faults(document.data)
        found += _of_json(document, said, wrong, world)
        found += _twice(folder, session_id, said, world)
        is_sound = not any(code == "MPM203" for _, code, _ in wrong)
    else:
        said, is_sound = Session(id=session_id, data={}), False
    if "yaml" in contents:
        found += _yaml(f"{path}.yaml", contents["yaml"], said if document else None, world, is_sound=is_sound)
    if "md" in contents:
        found += _md(page, contents["md"], said if document else None, world, is_sound=is_sound)
    if document is None and "json" in contents:
        found += _secrets(f"{path}.json", contents["json"])
    for form in names:
        if what := folder.odd.get(f"{session_id}.{form}"):
            found += _not_regular(f"{path}.{form}", what)
    if any(finding.code == "MPM501" for finding in found):
        _conceal(found)
    return result


def _of_json(document: Document, said: Session, wrong: list[shape.Fault], world: World) -> Iterator[Finding]:
    """Run the rules that go by the json."""
    if wrong:
        for find in shape.SHAPED:
            yield from find(document, wrong)
    yield from shape.impossible_number(document, said, wrong)
    yield from shape.other_id(document, said)
    yield from shape.from_the_future(document, said, world.latest)
    yield from shape.not_the_ids_second(document, said)
    for rule in (*faults.RULES_OF_SESSION, *truth.AGREEING):
        yield from rule(document, said)
    yield from _exposed(document, said, world)


def _exposed(document: Document, said: Session, world: World) -> Iterator[Finding]:
    """Look for what is unfit to publish."""
    commands = list(exposure.commands(said.data))
    for keys, code, message, way_out in exposure.dangerous_command(commands):
        yield document.fault(keys, code, f"{exposure.where(keys)} {message}", way_out)
    texts: list[str] = []
    exposure.said(dict(said.data), texts)
    if sum(map(len, texts)) > exposure.SEARCHED:
        texts = exposure.first(texts)
        yield from shape.more_than_anybody_reads(document.path)
    if not (suspects := world.suspects(texts)):
        return
    every = [
        (keys, text)
        for keys, text in exposure.told(dict(said.data))
        if text in suspects or (keys and f'{keys[-1]}="{text}"' in suspects)
    ]
    private = [(keys, text) for keys, text in every if not _is_told_already(keys, text)]
    found = [each for find in exposure.PLACE_RULES for each in find(private, world.private)]
    found += [each for find in exposure.TEXT_RULES for each in find(every)]
    for keys, code, message, way_out in found[:_MOST]:
        yield document.fault(keys, code, f"{exposure.where(keys)} {message}", way_out)
    if "\\ud" in document.text.lower():
        for keys, text in every:
            if any("\ud800" <= letter <= "\udfff" for letter in text):
                yield from shape.half_character(document, keys)


def _is_told_already(keys: tuple[Key, ...], text: str) -> bool:
    """Tell a path of one machine that has a code of its own: MPM902, MPM916."""
    return keys == ("project_path",) or keys == ("active_context", "working_directory") or (
        keys[:1] == ("resume_instructions",) and ".claude-mpm/sessions" in text
    )


def _twice(folder: Folder, session_id: str, said: Session, world: World) -> Iterator[Finding]:
    """Look for another session of the same second."""
    path = f"{folder.path}/{session_id}.json"
    other = world.seen.setdefault(session_id, path)
    if other != path and _is_same_project(other, path):
        yield from agreement.same_second(path, session_id, other)
    claimed = said.text("session_id")
    if claimed != session_id and claimed in folder.sessions:
        yield from agreement.same_second(path, claimed, f"{folder.path}/{claimed}.json")


def _is_same_project(one: str, other: str) -> bool:
    return one.partition(session.DIRECTORY)[0] == other.partition(session.DIRECTORY)[0]


def _yaml(path: str, content: bytes, said: Session | None, world: World, *, is_sound: bool) -> Iterator[Finding]:
    """Judge the yaml form; it is parsed only if it is not what the json makes of it."""
    text = content.replace(b"\r\n", b"\n")
    if said is not None and is_sound:
        is_ours = bool(said.text("generator"))
        known = (block.ours if is_ours else block.upstream)(said.data)
        if known is not None and known.encode("utf-8", "surrogatepass") == text and (is_ours or not _has_numerals(said)):
            return
    from mpm_hooks.parse import yaml_form  # noqa: PLC0415 - PyYAML takes as long to import as a good session to check

    document, malformed = _tried(yaml_form.parse, path, content)
    yield from malformed
    if document is None:
        yield from _secrets(path, content)
        return
    for keys, place, written, is_text in yaml_form.ambiguous(document.text):
        field = exposure.where(keys)
        if is_text:
            yield from faults.text_like_a_number(path, place, written, field)
        else:
            from mpm_hooks.rules import reading  # noqa: PLC0415 - see _not_regular

            yield from reading.yaml_versions(path, *place, written, field)
    if said is None:
        yield from _of_text(path, content, world)
        return
    differences = list(agreement.differences(said, document))
    if differences and document.text == upstream.as_yaml(said).replace("\r\n", "\n"):
        yield from faults.unreadable_yaml(document, differences[0][0])
    elif differences:
        yield from agreement.yaml_differs(document, iter(differences))
        yield from _of_text(path, content, world)


def _has_numerals(said: Session) -> bool:
    """Tell whether a text of the session may stand bare in a yaml and be a number to YAML 1.2: most are SHAs."""
    texts: list[str] = []
    exposure.said(dict(said.data), texts)
    return any(faults.is_numeral(text) for text in texts)


def _md(page: _Page, content: bytes, said: Session | None, world: World, *, is_sound: bool) -> Iterator[Finding]:
    """Judge the md form; it is parsed only if it is not what the json makes of it."""
    text = content.replace(b"\r\n", b"\n")
    if said is not None and is_sound:
        for render in (render_md.render, upstream.as_markdown)[:: 1 if said.text("generator") else -1]:
            if render(said).replace("\r\n", "\n").encode("utf-8", "surrogatepass") == text:
                return
    blocks = page.blocks()
    yield from page.malformed
    if page.malformed:
        yield from _secrets(page.path, content)
        return
    yield from _of_text(page.path, content, world)
    from mpm_hooks.parse import md_form  # noqa: PLC0415 - only a page that differs is read

    if said is not None and is_sound:
        yield from agreement.md_differs(page.path, dict(md_form.first(blocks)), said)
    elif said is None:
        yield from _commands_of_page(page, blocks)


def _commands_of_page(page: _Page, blocks: Sequence[Block]) -> Iterator[Finding]:
    """Look at the commands of an md that stands alone."""
    for each in blocks:
        if each.label in ("Validation Commands", "Quick Resume (5 minutes)"):
            texts = [((each.label, number), line) for number, line in enumerate(each.text.split("\n"), 1)]
            for keys, code, message, way_out in exposure.dangerous_command(texts):
                line = each.line + int(keys[1])
                yield Finding(path=page.path, line=line, code=code, message=f"the line {message}", way_out=way_out)


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
                blocks, self.malformed = _tried(md_form.parse, self.path, self._content)
            self._blocks = blocks or ()
        return self._blocks


def _of_text(path: str, content: bytes, world: World) -> Iterator[Finding]:
    """Look for what is unfit to publish in a file of which nobody knows what it says, line by line."""
    if len(content) > exposure.SEARCHED:
        yield from shape.more_than_anybody_reads(path)
    text = _start(content)
    if not exposure.suspects([text], world.names):
        return
    lines: list[tuple[tuple[Key, ...], str]] = [((number,), line) for number, line in enumerate(text.split("\n"), 1)]
    found = [each for find in exposure.PLACE_RULES for each in find(lines, world.private)]
    found += [each for find in exposure.TEXT_RULES for each in find(lines)]
    for (line, *_), code, message, way_out in found[:_MOST]:
        yield Finding(path=path, line=int(line), code=code, message=f"the line {message}", way_out=way_out)
    if not any(code == "MPM501" for _, code, _, _ in found):  # a private key has many lines
        yield from _secrets(path, content)


def _secrets(path: str, content: bytes) -> Iterator[Finding]:
    """Look for secrets in a file that cannot be read: who mends it would publish them."""
    text = _start(content)
    for secret in islice(exposure.secret.secrets(text), _MOST):
        line, column = place_in(text, secret.start)
        message, way_out = f"looks like a secret ({secret.rule})", "revoke it, and write [REDACTED] in its place"
        yield Finding(path=path, line=line, column=column, code="MPM501", message=message, way_out=way_out)


def _start(content: bytes) -> str:
    """Return as much of a file as is searched."""
    return content[: exposure.SEARCHED].decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def _others(folder: Folder, world: World) -> dict[str, list[Finding]]:
    """Judge the files that are no forms: records, leftovers, and what is named otherwise."""
    found: dict[str, list[Finding]] = {}
    for name in folder.contents:
        if not session.split(name) and name != session.POINTER:
            found[name] = list(_other(folder, name, world))
    for name, what in folder.odd.items():
        if not session.split(name) and name != session.POINTER:
            found[name] = list(_not_regular(f"{folder.path}/{name}", what))
    return found


def _other(folder: Folder, name: str, world: World) -> Iterator[Finding]:
    path = f"{folder.path}/{name}"
    if session.is_record(name):
        from mpm_hooks.parse import record  # noqa: PLC0415 - few sessions have one

        content = folder.contents[name]
        actions, malformed = _tried(record.parse, path, content)
        yield from malformed
        yield from _of_record(path, name, actions or ())
        yield from _of_text(path, content, world)
    elif session.is_misnamed(name):
        yield from shape.no_second(path, name.rpartition(".")[0])
    elif session.is_checksum(name):
        yield from faults.leftover_checksum(path)
    else:
        yield from shape.other_name(path)


def _of_record(path: str, name: str, actions: Sequence[Action]) -> Iterator[Finding]:
    wrong = list(shape.no_action(path, name, actions))
    yield from wrong or shape.never_ended(path, name, actions)


def _against_git(sessions: Mapping[str, _Judged], world: World) -> None:
    """Hold what sessions claim against git, all of them at once."""
    readable = [each for each in sessions.values() if each.said is not None]
    known = world.known([each.said for each in readable if each.said is not None]) if world.known and readable else None
    if known is None:
        return
    for each in readable:
        if each.said is not None and each.document is not None:
            for find in truth.AGAINST_GIT:
                each.found += find(each.document, each.said, known)
            each.found += truth.not_at_the_top(each.document, each.said)


def _tried(parse: Callable[[str, bytes], T], path: str, content: bytes) -> tuple[T | None, list[Finding]]:
    """Parse a file; gather the faults if it cannot be."""
    try:
        return parse(path, content), []
    except MalformedError as error:
        return None, list(error.findings)


def _conceal(found: list[Finding]) -> None:
    """Take secrets out of what is said of a session that has one: other rules show values, too."""
    for finding in found:
        finding.message = exposure.secret.hidden(finding.message)
        finding.field = exposure.secret.hidden(finding.field)
        finding.way_out = exposure.secret.hidden(finding.way_out)


def _kinds(user: str, host: str, key: str, text: str) -> tuple[str, ...]:
    from mpm_hooks import redact  # noqa: PLC0415 - few texts need it

    return redact.kinds(key, text, redact.Places(user=user, host=host))


def _is_harmless(private: exposure.Private, text: str) -> bool:
    """Tell a text in which nothing is found after all, but half a character or so."""
    one = [((), text)]
    found = any(True for find in exposure.PLACE_RULES for _ in find(one, private))
    found = found or any(True for find in exposure.TEXT_RULES for _ in find(one))
    return not (found or any("\ud800" <= letter <= "\udfff" for letter in text))


def _sorted(found: list[Finding]) -> list[Finding]:
    """Sort the findings of one session, without repeats; of thousands alike, as many as anybody reads."""
    counts: dict[tuple[str, str], int] = {}
    kept: list[Finding] = []
    for finding in sorted(set(found)) if len(found) > 1 else found:
        key = (finding.path, finding.code)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= _MOST:
            finding.severity = rules.find(finding.code).severity
            kept.append(finding)
    return kept


def _not_regular(path: str, what: str) -> Iterator[Finding]:
    from mpm_hooks.rules import reading  # noqa: PLC0415 - nothing of this family is needed while all is well

    return reading.not_regular(path, what)


def _carriage_returns(path: str, content: bytes) -> Iterator[Finding]:
    from mpm_hooks.rules import reading  # noqa: PLC0415 - see _not_regular

    return reading.carriage_return(path, content)
