r"""Text of a session -> Markdown and HTML that show it and do nothing else.

Whoever writes a session writes what a reviewer's browser, mail program and bots get to see. GitHub turns Markdown into
HTML first, and then looks for mentions, references and commits in the text of that HTML: an escape that Markdown
understands (``\@name``, ``&#64;name``) is gone by then. So three things happen to a text: what cannot be seen in it is
spelled out; a zero-width space goes into each word that GitHub would act on; each character that Markdown would act on
becomes an entity, which holds in a paragraph, a heading, a table and between HTML tags alike.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

_BREAK = "\u200b"
"""Zero-width space; to some regular expressions a zero-width joiner would be part of a word."""

_GROWTH = 6
"""How many times as long as was asked a text may become."""

_MARK = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_FAR = r"\u0600-\u1fff\u2190-\ud7ff\ue000-\ufffd\U00010000-\U0003ffff"
_HIDDEN = re.compile(
    # Controls, what turns around its neighbours, fillers that look like a space, tags, selectors, and no characters.
    r"(?:[\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # Emoji and some scripts need a joiner between two characters, and emoji a selector after one.
    rf"|(?<![{_FAR}])[\u200c\u200d]|[\u200c\u200d](?![{_FAR}])"
    r"|(?<![0-9#*\xa1-\ufdff\U00010000-\U0003ffff])[\ufe0e\ufe0f])+"
    # Marks piled up cover the lines around.
    rf"|(?<=[{_MARK}]{{4}})[{_MARK}]+"
)
_SPELLED = 3
"""Hidden characters in a row up to which each is spelled; of more it is told how many there are."""
_BLANK = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]")

_SHORTEST = 7
"""Digits by which GitHub knows a commit."""

_MENTION = r"@(?=\S)|#(?=\d)|(?<![A-Za-z0-9])GH-(?=\d)"
_COMMAND = r"#(?=#\w*\[)"
"""What begins a command to a CI service anywhere in a line of its log: ``##[``, ``##vso[``."""
_ACTIVE = re.compile(
    rf"{_MENTION}|{_COMMAND}|(?<![A-Za-z0-9])(?:GHSA|CVE)-(?=\w)"
    # Addresses; emoji, but no time of day; boxes of tasks, and alerts; a command to a bot.
    r"|:(?=//)|www(?=\.)|:(?!\d\d:)(?=[+\w-]+:)|\[(?=[ !^x]\S*\])|^/"
    rf"|(?<![A-Za-z0-9])[0-9a-f]{{{_SHORTEST},}}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_ACTIVE_IN_CODE = re.compile(
    rf"{_MENTION}|{_COMMAND}|://[^\s/]+(?:/[^\s/]+){{2}}/(?=(?:issues|pull|discussions|commit)/)", re.IGNORECASE
)
# Wherever it stands; then what begins a block; then what ends a heading.
_SPECIAL = re.compile(r"[*`~|\\<>\[\]$]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])|^[-+=:#/]|^\d{1,9}[.)]|#(?=#*$)")

_ENTITIES = "bsol quot num dollar percnt amp colon semi lt gt commat grave vert lsqb rsqb lcub rcub sol equals"
_MERMAID = {ord(each): f"#{name};" for each, name in zip('\\"#$%&:;<>@`|[]{}/=', _ENTITIES.split(), strict=True)}
_KEYWORD = re.compile(
    r"^(?=(?:section|title|timeline|acc(?:title|descr)|gitgraph|commit|branch|checkout|switch|merge|cherry-pick)\b)",
    re.IGNORECASE,
)


def plain(text: str, most: int = 500) -> str:
    """Write a text for one line: of a paragraph, list item, heading, quote or table, or between HTML tags."""
    return _bounded(_line(text), most, _inert)


def code(text: str, most: int = 200) -> str:
    """Write a path, a name or a command as code; the code can be copied, unless it mentions somebody."""
    return _bounded(_visible(text.strip()), most, _span)


def code_cell(text: str, most: int = 200) -> str:
    """Write a path, a name or a command as code in a cell of a table."""
    shown = _visible(text.strip())
    # A bar splits a row even in code, and a backslash before it is read in more than one way.
    return _bounded(shown, most, _element) if "|" in shown else code(text, most)


def html(text: str, most: int = 2000) -> str:
    """Write a text for a page of HTML, its lines kept."""
    lines = (_visible(_BLANK.sub(" ", line)).rstrip() for line in re.split(r"\r\n|[\n\r]", text.strip()))
    return entities.escape(_short("\n".join(lines), most))


def mermaid(text: str, most: int = 60) -> str:
    """Write a text for a label in a Mermaid diagram; it knows entities that begin with ``#``."""
    return _bounded(_line(text), most, _label)


def link(label: str, url: str, *, server: str = "", as_code: bool = False) -> str:
    """Write a text that leads to a page of ours; the text alone if that is none, or none of the server."""
    shown = code_cell(label) if as_code else plain(label, 200)
    if not shown or not _is_page(url, server):
        return shown
    address = quote(url, safe="/:?#=&%+,;!~", errors="backslashreplace")
    return f"[{shown}]({address.replace('&', '&amp;')})"


def url_path(path: str) -> str:
    """Write a path for a URL, bytes that are no UTF-8 too."""
    known = re.sub(r"[\ud800-\udc7f\udd00-\udfff]", "\ufffd", path)
    return quote(known.encode("utf-8", "surrogateescape"))


def _is_page(url: str, server: str) -> bool:
    """Say whether an address is one of this server, and stays below what it begins with."""
    if not re.match(r"https?://[A-Za-z0-9.:-]+(?:/|\Z)", url):
        return False
    below = not server or f"{url}/".startswith(f"{server.rstrip('/')}/")
    return below and not {unquote(part) for part in re.split(r"[/\\?#]", url)} & {".", ".."}


def _visible(text: str) -> str:
    """Spell out what hides, as ⟨U+202E⟩."""
    return _HIDDEN.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    hidden = found[0]
    if len(hidden) > _SPELLED:
        return f"⟨{len(hidden)} hidden characters⟩"
    return "".join(f"⟨U+{ord(each):04X}⟩" for each in hidden)


def _line(text: str) -> str:
    return " ".join(_visible(_BLANK.sub(" ", text)).split())


def _short(text: str, most: int) -> str:
    """Cut a text, between words if there is a place."""
    if len(text) <= most:
        return text
    words = text[:most].rpartition(" ")[0]
    kept = words if len(words) > most // 2 else text[: max(most - 1, 0)]
    return kept.rstrip() + "…"


def _bounded(text: str, most: int, write: Callable[[str], str]) -> str:
    """Write a text, or as much of it as does not become too long by that."""
    size = most
    while len(written := write(_short(text, size))) > _GROWTH * most and size > 0:
        size = size * 3 // 4
    return written


def _inert(text: str) -> str:
    return _SPECIAL.sub(_entity, _ACTIVE.sub(_broken, text))


def _broken(found: re.Match[str]) -> str:
    """Break what GitHub would act on; a number in pieces too short for the name of a commit."""
    word, most = found[0], _SHORTEST - 1
    return _BREAK.join(word[at : at + most] for at in range(0, len(word), most)) if len(word) > most else word + _BREAK


def _entity(found: re.Match[str]) -> str:
    """Write the character as an entity; in hexadecimal, since ``#91`` might be taken for a reference."""
    before, character = found[0][:-1], found[0][-1]
    # GitHub finds mathematics after Markdown; its own way out is an element around the dollar.
    written = f"{before}&#x{ord(character):x};"
    return f"<span>{written}</span>" if character == "$" else written


def _span(text: str) -> str:
    """Write a code span, with more backticks around than there are inside."""
    if not text:
        return ""
    whole = _ACTIVE_IN_CODE.sub(rf"\g<0>{_BREAK}", text)
    fence = "`" * (1 + max(map(len, re.findall("`+", whole)), default=0))
    room = " " if whole.startswith("`") or whole.endswith("`") else ""
    return f"{fence}{room}{whole}{room}{fence}"


def _element(text: str) -> str:
    return f"<code>{_inert(text)}</code>"


def _label(text: str) -> str:
    return _KEYWORD.sub(_BREAK, _ACTIVE_IN_CODE.sub(rf"\g<0>{_BREAK}", text).translate(_MERMAID))
