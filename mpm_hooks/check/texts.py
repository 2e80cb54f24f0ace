"""Looks through the texts of a session for what is unfit to publish."""

from __future__ import annotations

from itertools import islice

from mpm_hooks import secret
from mpm_hooks.check.subject import World
from mpm_hooks.finding import Finding
from mpm_hooks.parse.document import Document, Key, place_in
from mpm_hooks.rules import exposure, shape
from mpm_hooks.rules.exposure import Said
from mpm_hooks.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST = 1000
"""Findings of one file."""


def is_read(document: Document) -> bool:
    """Tell a session that is not too long to be searched to its end."""
    return len(document.text) <= exposure.SEARCHED


def leave_out_told(said: Session, texts: list[str], world: World) -> None:
    """Leave out what is no more than a path that has a code of its own.

    claude-mpm writes some into each session, most below somebody's home directory: to find out what exactly stands in
    a text takes as long as to check ten sessions.
    """
    directories = (said.text("project_path"), said.text("active_context", "working_directory"))
    if not any(map(exposure.names_a_home, directories)):
        return
    parts = {key: said.data.get(key) for key in ("project_path", "active_context", "resume_instructions")}
    pairs = [pair for pair in exposure.told(parts, names=False) if _is_told_already(*pair)]
    told = [each for keys, text in pairs for each in exposure.spellings(keys, text) if exposure.names_a_home(each)]
    more = exposure.suspects(told, world.names, homes=False)
    for each in told:
        if each in texts and each not in more:
            texts.remove(each)


def exposed(
    document: Document, said: Session, texts: Sequence[str], commands: Sequence[Said], world: World
) -> Iterator[Finding]:
    """Look for what is unfit to publish in the texts of a session, and for harm in its commands."""
    is_doubted = world.may_harm([text for _, text in commands])
    for keys, code, message, way_out in exposure.dangerous_command(commands) if is_doubted else ():
        yield document.fault(keys, code, f"{exposure.where(keys)} {message}", way_out)
    cuts: Mapping[str, str] = {}
    if not is_read(document) and sum(map(len, texts)) > exposure.SEARCHED:
        cuts = exposure.first(texts)
        texts = list(cuts.values())
        yield from shape.more_than_anybody_reads(document.path)
    if not (suspects := world.suspects(texts)):
        return
    every = [
        (keys, cuts.get(text, text[: exposure.SEARCHED]))
        for keys, text in exposure.told(dict(said.data))
        if any(cuts.get(each, each) in suspects for each in exposure.spellings(keys, text))
    ]
    untold = [(keys, text) for keys, text in every if not _is_told_already(keys, text)]
    found = [*exposure.secret_value(every, world.private), *exposure.user_or_host(every, world.private)]
    found += exposure.home_path(untold, world.private)
    found += [each for find in exposure.TEXT_RULES for each in find(every)]
    for keys, code, message, way_out in found[:_MOST]:
        yield document.fault(keys, code, f"{exposure.where(keys)} {message}", way_out)
    if "\\ud" in document.text.lower():
        for keys, text in every:
            if any("\ud800" <= letter <= "\udfff" for letter in text):
                yield from shape.half_character(document, keys)


def _is_told_already(keys: tuple[Key, ...], text: str) -> bool:
    """Tell a path of one machine that has a code of its own: MPM902, MPM916."""
    return keys in (("project_path",), ("active_context", "working_directory")) or (
        keys[:1] == ("resume_instructions",) and ".claude-mpm/sessions" in text
    )


def of_text(path: str, content: bytes, world: World) -> Iterator[Finding]:
    """Look for what is unfit to publish in a file of which nobody knows what it says, line by line."""
    if len(content) > exposure.SEARCHED:
        yield from shape.more_than_anybody_reads(path)
    text = _start(content)
    if not exposure.suspects([text], world.names):
        return
    lines: list[tuple[tuple[Key, ...], str]] = [((number,), line) for number, line in enumerate(text.split("\n"), 1)]
    yield from secrets(path, content)  # in the whole: a private key has many lines
    found = [each for find in (exposure.home_path, exposure.user_or_host) for each in find(lines, world.private)]
    found += [each for find in exposure.TEXT_RULES for each in find(lines)]
    for (line, *_), code, message, way_out in found[:_MOST]:
        yield Finding(path=path, line=int(line), code=code, message=f"the line {message}", way_out=way_out)


def secrets(path: str, content: bytes) -> Iterator[Finding]:
    """Look for secrets in a file that cannot be read: who mends it would publish them."""
    text = _start(content)
    for found in islice(secret.secrets(text), _MOST):
        line, column = place_in(text, found.start)
        message, way_out = f"looks like a secret ({found.rule})", "revoke it, and write [REDACTED] in its place"
        yield Finding(path=path, line=line, column=column, code="MPM501", message=message, way_out=way_out)


def _start(content: bytes) -> str:
    """Return as much of a file as is searched."""
    return content[: exposure.SEARCHED].decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def conceal(found: list[Finding]) -> None:
    """Take secrets out of what is said of a session that has one: other rules show values, too."""
    has_one = any(finding.code == "MPM501" for finding in found)
    for finding in found if has_one else ():
        finding.message = secret.hidden(finding.message)
        finding.field = secret.hidden(finding.field)
        finding.way_out = secret.hidden(finding.way_out)
