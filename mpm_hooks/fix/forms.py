"""The forms of one session, each from its json; a form that says something else is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mpm_hooks import check, session
from mpm_hooks.check import Folder
from mpm_hooks.fix import encoding, keeping, portable, source
from mpm_hooks.fix.portable import Known
from mpm_hooks.fix.source import Source
from mpm_hooks.parse import yaml_form
from mpm_hooks.render import json_form, md_form, upstream
from mpm_hooks.render import yaml_form as render_yaml
from mpm_hooks.session import FORMS, Json, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A session as it was found."""

    id: str
    contents: Mapping[str, bytes]
    """The forms that were read, by their ending, in UTF-8 where they could be brought to it."""
    present: frozenset[str]
    """The forms that are there, also as something else than a regular file."""
    expects: frozenset[str]
    """The forms that its writer wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What one form has to be."""

    content: bytes
    how: str
    keeps: bool = False
    """Whether what stood there may say more, and has to be kept beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a session's forms have to be; those that are right are not in it."""

    new: dict[str, New] = field(default_factory=dict)
    contradicting: set[str] = field(default_factory=set)


def expected(legacy: bool, data: Mapping[str, Json], *, lists_yaml: bool) -> frozenset[str]:  # noqa: FBT001 - reads well
    """Return the forms that the writer of a session wrote: 4.11 the json alone, releases from 6.5.35 on no yaml."""
    if lists_yaml or portable.names_pointer(dict(data)):
        return frozenset(FORMS)
    return frozenset({"json"} if legacy else {"json", "md"})


def plan(found: Found, told: Source, known: Known) -> Plan:
    """Say what each form has to be.

    While a form says something else than the json, the session is not mended: they would only differ in more.
    """
    has_yaml = "yaml" in found.present | found.expects
    new = portable.mended(told.data, known, has_yaml=has_yaml)
    made = _Maker(found, told, new, known).plan()
    return _Maker(found, told, told.data, known).plan() if made.contradicting else made


class _Maker:
    """Makes the forms of one session from what it said and from what it says now."""

    def __init__(self, found: Found, told: Source, new: dict[str, Json], known: Known) -> None:
        text = _text(found.contents.get("json"))
        exact = bool(told.how) or text is None or source.is_exact(text)
        self.found, self.told, self.known, self.exact = found, told, known, exact
        self.new = Session(id=found.id, data=new if exact else told.data)
        self.old = Session(id=found.id, data=told.data)
        self.is_ours = "generator" in new or self._looks_ours()
        self.made = Plan()

    def plan(self) -> Plan:
        """Make the json first, then what is derived from it."""
        if not _is_writable(self.new.data):
            return self.made
        self._json()
        for form, make in (("yaml", self._yaml), ("md", self._md)):
            content = self.found.contents.get(form)
            if form in self.found.present and content is None:
                continue  # a link, say
            if content is not None and not encoding.is_blank(content):
                make(content)
            elif content is not None or form in self.found.expects:
                self._write(form, "written from the json: it was " + ("missing" if content is None else "empty"))
        if self._is_misshapen():
            self.made.new.pop("md", None)
            self.made.contradicting.discard("md")
        return self.made

    def _looks_ours(self) -> bool:
        """Tell our layout by the md, or by the yaml where there is no md."""
        page = _text(self.found.contents.get("md")) or ""
        if page.strip("\0 \n"):
            return "- **Session ID**" in page
        text = _text(self.found.contents.get("yaml"))
        return text == render_yaml.render(self.old) != upstream.as_yaml(self.old)

    def _json(self) -> None:
        wanted = json_form.render(self.new)
        text = _text(self.found.contents.get("json"))
        how = [self.told.how] if self.told.how else []
        if self.new.data != self.told.data:
            how += _mendings(self.told.data, dict(self.new.data))
        if text is not None and not how and self.exact and text.rstrip("\n") != wanted.rstrip("\n"):
            how = ["laid out as claude-mpm does"]
        if how:
            known = [*self._derived("md"), *self._all_words()]
            keeps = self.told.is_rebuilt and keeping.has_other_words(text or "", known)
            self.made.new["json"] = New(content=wanted.encode(), how="; ".join(how), keeps=keeps)

    def _yaml(self, content: bytes) -> None:
        texts = encoding.texts(content, encoding.WINDOWS)
        is_read = len(texts) == 1 and texts[0].encode() == content
        if is_read and texts[0] in self._accepted_yaml():
            return
        remarks = [list(keeping.comments(text)) if source.yaml_data(text) is not None else [] for text in texts]
        if is_read and remarks[0] and keeping.same(source.yaml_data(texts[0]), dict(self.new.data)):
            return
        self._rewrite("yaml", [self._covers_yaml(text) for text in texts], [line for each in remarks for line in each])

    def _covers_yaml(self, text: str) -> bool:
        data = source.yaml_data(text)
        if data is None:
            return not keeping.has_other_words(text, self._all_words())
        new = portable.mended(data, self.known, has_yaml=True)
        return not keeping.says_more(data, dict(self.old.data)) or not keeping.says_more(new, dict(self.new.data))

    def _md(self, content: bytes) -> None:
        texts = encoding.texts(content, encoding.WINDOWS)
        layouts = self._derived("md")[:2]
        if len(texts) == 1 and texts[0].encode() == content and keeping.agrees(texts[0], layouts):
            return
        pages = [keeping.page(text, self._derived("md"), self._all_words()) for text in texts]
        notes = [line for page in pages for line in page.notes]
        self._rewrite("md", [not page.contradicts for page in pages], notes)

    def _rewrite(self, form: str, covered: Sequence[bool], kept: Sequence[str]) -> None:
        """Write a form anew if no word of it is lost; of a conflict, one side has to be what the json decided for."""
        in_conflict = len(covered) > 1
        is_guessed = bool(kept) and not encoding.is_utf8(self.found.contents[form])
        if not any(covered) or is_guessed:
            self.made.contradicting.add(form)
            return
        how = "settled a conflict by the json" if in_conflict else "written from the json"
        self._write(form, how, list(dict.fromkeys(kept) if in_conflict else kept), keeps=not all(covered))

    def _write(self, form: str, how: str, kept: Sequence[str] = (), *, keeps: bool = False) -> None:
        text = self._preferred(form)
        if kept and form == "md":
            text = f"{text}\n" + "\n".join(kept).strip("\n") + "\n"
        elif kept:
            text += "".join(f"{line}\n" for line in kept)
        self.made.new[form] = New(content=text.encode(), how=how, keeps=keeps)

    def _preferred(self, form: str) -> str:
        """Write a form in the layout of the session's writer."""
        layouts = self._derived("md")[:2] if form == "md" else self._accepted_yaml()
        return layouts[0 if self.is_ours else -1]

    def _accepted_yaml(self) -> Sequence[str]:
        """Return our layout, and that of claude-mpm if every reader reads it alike."""
        theirs = upstream.as_yaml(self.new)
        is_same = keeping.same(source.yaml_data(theirs), dict(self.new.data))
        is_good = is_same and not any(is_text for *_, is_text in yaml_form.ambiguous(theirs))
        return [render_yaml.render(self.new), *([theirs] if is_good else [])]

    def _derived(self, form: str) -> Sequence[str]:
        """Return a form in every layout, and of what the session said before."""
        writers: Mapping[str, Sequence[Callable[[Session], str]]] = {
            "json": (lambda each: json.dumps(each.data, ensure_ascii=False),),
            "md": (md_form.render, upstream.as_markdown),
            "yaml": (render_yaml.render, upstream.as_yaml),
        }
        return [encoding.unix(write(each)) for each in (self.new, self.old) for write in writers[form]]

    def _all_words(self) -> Sequence[str]:
        return [*self._derived("json"), *self._derived("yaml")]

    def _is_misshapen(self) -> bool:
        """Tell whether a value is of a type from which no page can be made."""
        name = f"{self.found.id}.json"
        contents = {name: json_form.render(self.new).encode()}
        found = check.check(Folder(path="", names=contents.keys(), contents=contents, odd={}))
        return any(finding.code == "MPM203" for finding in found)


def _mendings(old: dict[str, Json], new: dict[str, Json]) -> list[str]:
    context = "git_context"
    told = ["took out the paths of one machine"] * ({**old, context: 0} != {**new, context: 0})
    return told + ["corrected names of files"] * (old.get(context) != new.get(context))


def _is_writable(data: Mapping[str, Json]) -> bool:
    """Tell whether text files can hold it: a lone surrogate can stand in a json alone."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")


def ids(names: Iterable[str]) -> Sequence[str]:
    """Return the ids of the sessions that name a real second."""
    return sorted(each for each in session.ids(names) if session.moment_of(each))
