"""Session text -> the same, fit to publish: secrets hidden, and nothing of this machine but what is in the project."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache

from mpm_hooks import secret
from mpm_hooks.lean import compiled
from mpm_hooks.parse.document import Key, spell
from mpm_hooks.session import Json
from mpm_hooks.value import Value


class Places(Value):
    """What is of this machine: the project, the home directory, the names of host and user; empty if not known."""

    root: str = ""
    home: str = ""
    host: str = ""
    user: str = ""


class Redaction(Value):
    """Where something was hidden, spelled as ``todos.active[0].content``, and why; what it was is not said."""

    where: str
    rule: str


def text(value: str, places: Places) -> tuple[str, tuple[str, ...]]:
    """Return the text without secrets and private places, and the names of the rules that hit."""
    if compiled(_ID).fullmatch(value):
        return value, ()
    rules: list[str] = []
    for _ in range(_MOST_TURNS):  # what is hidden or shortened may uncover the next
        shown, hits = _hidden(value, places)
        if shown == value:
            return value, tuple(dict.fromkeys(rules))
        value = shown
        rules += hits
    return "[REDACTED:nested]", ("nested",)  # made to keep us busy


def data(value: Json, places: Places) -> tuple[Json, tuple[Redaction, ...]]:
    """Return the data with every text in it made fit, keys too, and what was hidden where."""
    redactions: list[Redaction] = []
    return _data(value, places, (), redactions), tuple(redactions)


def kinds(key: str, value: str, places: Places) -> tuple[str, ...]:
    """Return the names of the rules that hit a text under its key, without repeats."""
    return tuple(dict.fromkeys(_under(key, value, places)[1]))


def _data(value: Json, places: Places, keys: tuple[Key, ...], redactions: list[Redaction]) -> Json:
    if isinstance(value, str):
        shown, rules = _under(keys[-1] if keys else "", value, places)
        redactions += [Redaction(where=spell(keys), rule=rule) for rule in rules]
        return shown
    if isinstance(value, list):
        return [_data(inner, places, (*keys, index), redactions) for index, inner in enumerate(value)]
    if not isinstance(value, dict):
        return value
    items: dict[str, Json] = {}
    for key, inner in value.items():
        shown, rules = text(key, places)
        name = shown if shown == key else _free(shown, items.keys() | value.keys())
        redactions += [Redaction(where=spell((*keys, name)), rule=rule) for rule in rules]
        # The key itself may say that a secret follows: by its new name it still does, in a second turn as well.
        items[name] = _data(inner, places, (*keys, name), redactions)
    return items


def _under(key: Key, value: str, places: Places) -> tuple[str, tuple[str, ...]]:
    """Treat a text under its key, which may be what says that it is a secret: ``"password": "hunter2"``."""
    quote = next((quote for quote in "\"'`" if quote not in value), "")
    said = f"{key}={quote}"
    whole = (len(said), len(said) + len(value))
    found = next(secret.secrets(f"{said}{value}{quote}"), None) if value else None
    if found and (found.start, found.end) == whole:
        return f"[REDACTED:{found.rule}]", (found.rule,)
    return text(value, places)


def _free(name: str, taken: AbstractSet[str]) -> str:
    """Number a key that has become the same as another: nothing is lost."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _hidden(value: str, places: Places) -> tuple[str, list[str]]:
    hits: list[str] = []
    parts: list[str] = []
    end = 0
    for found in secret.secrets(value):
        hits.append(found.rule)
        parts += [value[end : found.start], f"[REDACTED:{found.rule}]"]
        end = found.end
    value = "".join([*parts, value[end:]])
    lowered = value.lower()
    for rule in _rules(places):
        if any(hint in lowered for hint in rule.hints):
            value, count = compiled(rule.pattern).subn(rule.replacement, value)
            hits += [rule.name] if count else []
    return value, hits


class _Rule:
    """A kind of private place: what stands in lower case in each text that has one, its form, and what to write."""

    __slots__ = ("hints", "name", "pattern", "replacement")

    def __init__(
        self, *, name: str, hints: tuple[str, ...], pattern: str, replacement: str | Callable[[re.Match[str]], str]
    ) -> None:
        """Keep it; the pattern is compiled for the first text that has a hint."""
        self.name = name
        self.hints = hints
        self.pattern = pattern
        self.replacement = replacement


_ID = (
    r"[0-9a-f]{7,64}|session-\d{8}-\d{6}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15})?(?: ?[+-]\d\d:?\d\d|Z)?"
)
"""A SHA, the id of a session, a UUID, a time: as a whole they are nothing else."""

# A path may stand behind an option (``-I/home/…``), a ``\n`` that is written out, and the empty host of a URL; behind
# another path, a host or what has been hidden it is the end of that.
_LEFT = r"(?<!:(?:home|temp|root|user|host)\])(?:(?<![\w./\\~-])|(?<=\\[nrt])|(?<=\s-[A-Za-z])|(?<=://))"
_URL = r"(?:file:(?://[\w.-]*/??)?|(?:vscode(?:-insiders|-remote)?|cursor)://[\w.+%-]+/??)?"
_FIRM = r"(?:/System/Volumes/Data)?(?:/private)?"
"""Where macOS really keeps what it calls by shorter names."""

_WSL = r"[\\/]{2,8}(?i:wsl)(?:\$|\.localhost)[\\/]{1,4}[\w.-]+"
_SLASH = r"(?:/{1,3}|\\{1,4}/)"
_TOP = r"(?:(?<=://)/)?/"
_EITHER = r"(?:/{1,3}|\\{1,4}/?)"
_BELOW = r"""(?=[^\s/\\"'`<>,;:)\]}])"""
_ENDS = r"(?![\w~@+-]|\.\w)"
_FREE = r"""[^\s/\\"'`<>|:;,*?()\[\]{}$&=#~!%"""
_NAME = rf"{_FREE}]*{_FREE}.]"
_NAMES = rf"(?:\w[\w.-]*(?: [\w.-]+){{1,2}}(?=[\\/])|{_NAME})"
_ROUTE = "".join(rf"(?<!{method} )" for method in ("GET", "PUT", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS"))

_HOME = (
    rf"{_LEFT}{_ROUTE}(?:"
    rf"{_URL}{_FIRM}{_TOP}(?:(?:(?:var|export|usr|net|nfs|mnt)/)?home|Users(?!/Shared\b))/{{1,3}}{_NAME}"
    rf"|{_URL}{_FIRM}{_TOP}(?:var/)?root(?=/{_BELOW})"
    rf"|{_URL}(?:\\\\[?.]\\)?(?i:(?:[a-z]:|(?:/mnt|/cygdrive)?/[a-z]){_EITHER}(?:users|documents and settings))"
    rf"{_EITHER}{_NAMES}"
    rf"|{_WSL}{_EITHER}(?:home{_EITHER}{_NAME}|root(?={_EITHER}{_BELOW}))"
    r")|(?<=projects[/\\])(?:-home|-Users|-mnt-[a-z]-Users|[A-Z]--Users)-[A-Za-z0-9]+"
)
"""The home directory of anybody; Claude Code writes one with dashes, below ``projects``."""

_HOME_HINTS = ("home", "users", "root", "documents and settings")

_TEMP = (
    rf"{_LEFT}{_ROUTE}{_URL}{_FIRM}"
    rf"(?:/var/folders/[\w+-]+/[\w+-]+(?:/[A-Z0](?![\w.-]))?|(?:/var)?/tmp(?=/{_BELOW})|/run/user/\d+)"
)

_NOBODY = frozenset(
    {"admin", "app", "circleci", "dev", "docker", "ec2-user", "git", "gitpod", "jenkins", "node", "nobody", "root"}
    | {"runner", "test", "ubuntu", "user", "vagrant", "vscode", "www-data"}
)
"""Accounts that are named for nobody."""


@cache
def _rules(places: Places) -> tuple[_Rule, ...]:
    """Make the rules for this machine; the narrowest place comes first."""
    root, home, user = _hint(places.root), _hint(places.home), (places.user.lower(),)
    return (
        *(_Rule(name="root", hints=root, pattern=form, replacement=_below_root) for form in _directory(places.root)),
        *(_Rule(name="home", hints=home, pattern=form, replacement=_below_home) for form in _directory(places.home)),
        *(_Rule(name="home", hints=home, pattern=form, replacement="[REDACTED:home]") for form in _dashed(places.home)),
        *(_Rule(name="root", hints=root, pattern=form, replacement="[REDACTED:root]") for form in _dashed(places.root)),
        _Rule(name="home", hints=_HOME_HINTS, pattern=_HOME, replacement="[REDACTED:home]"),
        _Rule(name="temp", hints=("tmp/", "/folders/", "/user/"), pattern=_TEMP, replacement="[REDACTED:temp]"),
        *(_Rule(name="user", hints=user, pattern=form, replacement=r"\1[REDACTED:user]") for form in _user(places)),
        *(
            _Rule(name="host", hints=(hint,), pattern=form, replacement="[REDACTED:host]")
            for hint, form in _host(places.host)
        ),
    )


def _hint(path: str) -> tuple[str, ...]:
    """Return letters that every spelling of a path has: those of the longest row that no URL and no accent changes."""
    names = " ".join(_split(unicodedata.normalize("NFC", path))[1])
    return (max(re.findall("[a-z0-9]+", names.lower()), key=len, default=""),)


def _below_root(match: re.Match[str]) -> str:
    return "" if match["below"] else "."


def _below_home(match: re.Match[str]) -> str:
    return f"~{match['below'] or ''}"


def _directory(path: str) -> Iterator[str]:
    """Make the patterns of a directory in all its spellings; the top of a file system is none."""
    drive, names = _split(path)
    if not names:
        return
    posix, either = _joined(names, _SLASH), rf"{_EITHER}{_joined(names, _EITHER)}"
    # The name of one folder at the top may as well be a host, a route or a word: ``//app/x``, ``/root cause``.
    is_alone = not drive and len(names) == 1
    ends = r"(?!)" if is_alone else _ENDS
    top = _TOP if is_alone else rf"(?:(?<!:)//|{_TOP}|\\{{1,4}}/)"
    if drive:
        spellings = [(rf"{_URL}(?:\\\\[?.]\\)?(?i:(?:{drive}:|(?:/mnt|/cygdrive)?/{drive}){either})", _EITHER)]
    elif path.startswith("\\"):
        spellings = [(rf"{_URL}(?i:{either})", _EITHER)]
    else:
        spellings = [(rf"{_URL}{_FIRM}{top}{posix}", _SLASH), (f"{_WSL}{either}", _EITHER)]
    for spelling, slash in spellings:
        yield rf"{_LEFT}{spelling}(?:(?P<below>{slash}){_BELOW}|{ends})"


def _split(path: str) -> tuple[str, list[str]]:
    """Split an absolute path into the letter of its drive, also in the spelling of WSL, and names."""
    names = [name for name in re.split(r"[/\\]+", path) if name]
    drive = re.match(r"((?:/mnt|/cygdrive)?/([A-Za-z])(?=/))|([A-Za-z]):[/\\]", path)
    if drive:
        return drive[2] or drive[3], names[drive[0].count("/") if drive[1] else 1 :]
    if not path.startswith(("/", "\\\\")):
        return "", []
    return "", names[1:] if names[:1] == ["private"] else names


def _joined(names: list[str], slash: str) -> str:
    """Spell a path; macOS takes letters with their accents apart."""
    kinds = (slash.join(_spelled(unicodedata.normalize(kind, name)) for name in names) for kind in ("NFC", "NFD"))
    return f"(?:{'|'.join(dict.fromkeys(kinds))})"


def _spelled(name: str) -> str:
    """Spell a name as it is, as a shell escapes it and as a URL does."""
    return "".join(sign if re.fullmatch("[A-Za-z0-9]", sign) else _escaped(sign) for sign in name)


def _escaped(sign: str) -> str:
    octets = "".join(f"%{octet:02x}" for octet in sign.encode("utf-8", "surrogatepass"))
    return rf"(?:\\?{re.escape(sign)}|(?i:{octets}))"


def _dashed(path: str) -> Iterator[str]:
    """Make the pattern of a directory in the name that Claude Code gives to its folder of a project."""
    _, names = _split(path)
    if len(names) > 1:
        yield rf"(?<![\w-])(?<!:home\]){re.sub('[^A-Za-z0-9]', '-', path.rstrip('/'))}(?![A-Za-z0-9])"


def _user(places: Places) -> Iterator[str]:
    """Make the patterns of the user's name where a machine speaks of it; anywhere else it may be a word, or an author.

    An address such as ``ann@example.org`` is an author's, ``ann@box`` is not.
    """
    if len(places.user) < _SHORTEST_USER or places.user.lower() in _NOBODY:
        return
    name = rf"(?<![\w.+-]){re.escape(places.user)}"
    host = rf"{re.escape(places.host)}(?![\w-])|" if places.host else ""
    yield (
        rf"(){name}(?=@(?:{host}\[REDACTED:host\]|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|[A-Za-z][\w-]*+(?!\.\w)"
        r"|[\w.-]*\.(?:local|lan|home|internal|localdomain)(?![\w.-])|[\w.-]+:[~/\w]))"
    )
    yield rf"((?:ssh|scp|sftp|rsync|mosh|ssh-copy-id) (?:[^\n@]{{0,80}}[\s/])?){name}(?=@)"
    yield rf"(://){name}(?=[:@])"
    yield rf"((?:USER|LOGNAME|USERNAME)=[\"']?){name}{_ENDS}"
    yield rf"((?<![\w/~.-])~|/(?:media|mnt|scratch|mail|Volumes)/){name}{_ENDS}"
    yield rf"(pytest-of-){re.escape(places.user)}{_ENDS}"


def _host(host: str) -> Iterator[tuple[str, str]]:
    """Make the patterns of the host's name, each with its hint.

    With a digit or a dash in it, it is a name wherever it stands; of letters alone it may be a word of the language
    (``phoenix``, ``server``), and is one of a host only after ``user@``.
    """
    label = host.partition(".")[0]
    names = {host, label} - {"", "localhost"}
    for name in sorted(names):
        yield name.lower(), rf"(?:(?<=\w@)|(?<=r\]@))(?i:{re.escape(name)})(?![\w-]|\.\w)"
    distinctive = [name for name in names if len(name) >= _SHORTEST_HOST and compiled(_DISTINCTIVE).search(name)]
    for name in sorted(distinctive, key=len, reverse=True):
        yield name.lower(), rf"(?:(?<![\w./\\-])|(?<=//)|(?<=\\[nrt]))(?i:{re.escape(name)})(?![\w-])"


_MOST_TURNS = 20
_SHORTEST_USER = 2
_SHORTEST_HOST = 4
_DISTINCTIVE = r"[A-Za-z].*[\d.-]|[\d.-].*[A-Za-z]"
