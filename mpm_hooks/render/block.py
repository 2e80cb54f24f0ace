"""What PyYAML writes for data that needs no thought, a hundred times as fast; for all other data, nothing.

A check need not read the yaml of a good session: it is what the json makes of it, to the letter. Tests hold this to
PyYAML's own output.
"""

from __future__ import annotations

from mpm_hooks.lean import Answers
from mpm_hooks.session import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH = 80
"""The column behind which PyYAML folds a text at its next blank, if it is not told otherwise."""

_UNFOLDED = 2**31 - 1
"""A column behind which there is nothing."""

_LONGEST_KEY = 100
_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_NUMERIC = frozenset("0123456789+-.")
# With one of these in it, what begins like a number is none in any of YAML 1.1's spellings.
_WORDY = frozenset("ghjklmpqrsuvwyGHJKLMOPQRSUVWY/()=,;@$^~<>\"'\\#*&%|{}[]!?`")
_RESOLVED = frozenset(
    word
    for each in ("yes", "no", "true", "false", "on", "off", "null")
    for word in (each, each.capitalize(), each.upper())
) | {"~", "=", "<<"}
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LONGEST_WORD = len("false")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


class _UnsureError(Exception):
    """PyYAML itself has to be asked."""


def ours(data: Mapping[str, Json]) -> str | None:
    """Return what ``yaml_form.render`` writes, None where that is not sure."""
    return _written(data, _Writer(_OURS, _OUR_KEYS, _UNFOLDED))


def upstream(data: Mapping[str, Json]) -> str | None:
    """Return what claude-mpm writes, None where that is not sure."""
    return _written(data, _Writer(_UPSTREAM, _UPSTREAM_KEYS, _WIDTH))


def is_bare(text: str) -> bool:
    """Tell whether claude-mpm writes a text of one line without quotes."""
    return not _UPSTREAM[text].startswith("'")


def _written(data: Mapping[str, Json], writer: _Writer) -> str | None:
    if not data:
        return None
    try:
        writer.mapping(dict(data), "", "")
    except _UnsureError:
        return None
    writer.lines.append("")
    return "\n".join(writer.lines)


class _Writer:
    """Gathers lines; how a text of one line is written, and how long a line may be, is what layouts differ in."""

    __slots__ = ("keys", "lines", "scalars", "width")

    def __init__(self, scalars: Answers, keys: Answers, width: int) -> None:
        self.scalars = scalars
        self.keys = keys
        self.width = width
        self.lines: list[str] = []

    def mapping(self, data: dict[str, Json], first: str, indent: str) -> None:
        """Write a mapping; its first line begins with ``first``, the others with ``indent``."""
        inner, add, keys, scalars, width = f"{indent}  ", self.lines.append, self.keys, self.scalars, self.width
        for key, value in data.items():
            kind = type(value)
            if kind is str:
                line = f"{first}{keys[key]} {(written := scalars[value])}"
                add(line if written and len(line) <= width else self._long(f"{first}{keys[key]} ", value, inner))  # type: ignore[arg-type]  # …
            elif kind is int:  # the most frequent of what ``_plain`` writes
                add(f"{first}{keys[key]} {value}")
            elif kind is dict and value:
                add(first + keys[key])
                self.mapping(value, inner, inner)  # type: ignore[arg-type]  # so it is
            elif kind is list and value:
                add(first + keys[key])
                self.sequence(value, f"{indent}- ", f"{indent}- ")  # type: ignore[arg-type]  # …
            else:
                add(f"{first}{keys[key]} {_plain(value)}")
            first = indent

    def sequence(self, items: list[Json], first: str, dash: str) -> None:
        """Write a sequence; its first line begins with ``first``, the others with ``dash``."""
        inner, add, scalars, width = f"{dash[:-2]}  ", self.lines.append, self.scalars, self.width
        for item in items:
            kind = type(item)
            if kind is str:
                line = first + (written := scalars[item])
                add(line if written and len(line) <= width else self._long(first, item, inner))  # type: ignore[arg-type]  # …
            elif kind is dict and item:
                self.mapping(item, first, inner)  # type: ignore[arg-type]  # so it is
            elif kind is list and item:
                self.sequence(item, f"{first}- ", f"{inner}- ")  # type: ignore[arg-type]  # …
            else:
                add(first + _plain(item))
            first = dash

    def _long(self, before: str, value: str, indent: str) -> str:
        """Write a text of more than a line behind what stands before it; further lines begin with ``indent``."""
        if self.width == _UNFOLDED:
            return before + _literal(value, indent)
        return before + _folded(value, len(before), indent, quoted=not self.scalars[value][:1].strip("'"))


def _plain(value: Json) -> str:
    """Write what is no text: an empty collection, null, a boolean, a number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "[]" if isinstance(value, list) else "{}"
    if type(value) not in (int, float):
        raise _UnsureError  # a kind of text or number that calls itself otherwise
    written = repr(value)
    if isinstance(value, float) and not written.replace(".", "").lstrip("-").isdigit():
        raise _UnsureError  # an exponent, NaN
    return written


def _literal(value: str, indent: str) -> str:
    """Write a text of several lines as it stands."""
    texts = value.removesuffix("\n").split("\n")
    is_odd = not texts[0] or not texts[-1] or texts[0].startswith(" ") or any(text.endswith(" ") for text in texts)
    if is_odd or not "".join(texts).isprintable():
        raise _UnsureError
    hint = "|" if value.endswith("\n") else "|-"
    return "\n".join((hint, *(f"{indent}{text}" if text else "" for text in texts)))


def _folded(value: str, column: int, indent: str, *, quoted: bool) -> str:
    """Fold a text at the blanks behind the last column; a line break in it is written once more, or it would be one."""
    bare = value.replace("\n", "")
    if (
        not bare.isprintable()
        or "  " in value
        or " \n" in value
        or "\n " in value
        or bare[:1] == " "
        or bare[-1:] == " "
    ):
        raise _UnsureError
    pieces = ["'"] if quoted else []
    column += quoted
    texts = (value.replace("'", "''") if quoted else value).split("\n")
    breaks = 0
    for number, text in enumerate(texts):
        breaks += number > 0
        if breaks and (text or number == len(texts) - 1):
            pieces.append("\n" * (breaks + 1) + indent)
            column, breaks = len(indent), 0
        start = 0
        while (blank := text.find(" ", start + max(0, _WIDTH + 1 - column))) >= 0:
            pieces += (text[start:blank], f"\n{indent}")
            start, column = blank + 1, len(indent)
        pieces.append(text[start:])
    return "".join(pieces) + ("'" if quoted else "")


def _our_scalar(text: str) -> str:
    """Write a text as ``yaml_form`` wants it: plain only what begins with a letter and is no word of YAML."""
    if not text.isprintable():
        return _broken(text)
    if text[:1] in _LETTERS and _stays_plain(text) and (len(text) > _LONGEST_WORD or text.lower() not in _WORDS):
        return text
    return _quoted(text)


def _upstream_scalar(text: str) -> str:
    """Write a text as PyYAML does if nobody says how."""
    if not text.isprintable():
        return _broken(text)
    first = text[:1]
    is_plain = _stays_plain(text) and first not in _INDICATORS and text not in _RESOLVED
    is_mark = (first in "-?:" and text[1:2] in ("", " ")) or text.startswith(("---", "..."))
    if not is_plain or is_mark or (first in _NUMERIC and _looks_numeric(text)):
        return _quoted(text)
    return text


def _broken(text: str) -> str:
    """Leave a text of several lines to who knows where it stands; PyYAML itself has to spell other characters."""
    if "\n" in text:
        return ""
    raise _UnsureError


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _key(key: str, scalars: Answers) -> str:
    """Write a key with its colon; PyYAML writes one that is long, empty or of several lines in another way."""
    if len(key) > _LONGEST_KEY or not key or "\n" in key:
        raise _UnsureError
    return f"{scalars[key]}:"


def _stays_plain(text: str) -> bool:
    return bool(text) and not (": " in text or " #" in text or text[0] == " " or text[-1] in ": ")


def _looks_numeric(text: str) -> bool:
    """Tell whether YAML 1.1 takes a text for a number or a time; of those that a session has."""
    if not _WORDY.isdisjoint(text):
        return False
    if text.isdigit():
        return text[0] != "0" or len(text) == 1 or not ("8" in text or "9" in text)
    if text.isalnum() and text.islower() and not text.startswith(("0b", "0x")):
        return False  # a SHA: 6898e68
    digits = "".join("0" if sign.isdigit() else sign for sign in text)
    if digits in _TIMES:
        return _TIMES[digits]
    if text.count(".") == 2 and text.replace(".", "").isdigit():  # noqa: PLR2004 - a version
        return False
    raise _UnsureError


_TIMES = {
    "0000-00-00 00:00:00 +0000": False,  # no time of YAML 1.1: its zone has a colon
    "0000-00-00 00:00:00 -0000": False,
    "0000-00-00T00:00:00+00:00": True,
    "0000-00-00T00:00:00.000000+00:00": True,
}

# How keys, and texts of one line, are written: sessions of one project say much the same, and keys always.
_MOST_KEPT = 10_000
_OURS = Answers(_our_scalar, _MOST_KEPT)
_UPSTREAM = Answers(_upstream_scalar, _MOST_KEPT)
_OUR_KEYS = Answers(lambda key: _key(key, _OURS), _MOST_KEPT)
_UPSTREAM_KEYS = Answers(lambda key: _key(key, _UPSTREAM), _MOST_KEPT)
