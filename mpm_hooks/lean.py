"""What a check needs of ``functools``, ``re`` and ``json``: each takes as long to import as ten sessions to check."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias, TypeVar

    K = TypeVar("K")
    V = TypeVar("V")

Hooks: TypeAlias = "Mapping[str, Callable[..., object]]"
"""What the scanner of JSON calls, as ``json.JSONDecoder`` names it: ``parse_float``, ``object_pairs_hook``, …"""

_BLANK = " \t\n\r"


class Answers(dict):  # type: ignore[type-arg]  # its types are those of the function
    """What a function answers, so many answers remembered: a look at them is no call of Python's."""

    __slots__ = ("_most", "_work")

    def __init__(self, work: Callable[[Any], Any], most: int) -> None:
        """Take a function of one argument."""
        self._work, self._most = work, most

    def __missing__(self, given: object) -> object:
        """Let the function answer; where there are too many answers, begin anew."""
        if len(self) >= self._most:
            self.clear()
        answer = self[given] = self._work(given)
        return answer


def remembered(most: int) -> Callable[[Callable[[K], V]], Callable[[K], V]]:
    """Let a function of one argument remember so many answers, as ``functools.lru_cache`` does."""
    return lambda work: Answers(work, most).__getitem__


@remembered(256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when the first text needs it: most checks need none."""
    import re  # noqa: PLC0415 - see above

    return re.compile(pattern)


class _Settings:
    """What the scanner asks of a decoder, as ``json.JSONDecoder`` has it."""

    strict = True
    object_hook = object_pairs_hook = array_hook = None
    parse_int = int
    parse_float = parse_constant = float

    def __init__(self, hooks: Hooks) -> None:
        self.__dict__.update(hooks)


def scanned(text: str, hooks: Hooks) -> tuple[Any, ...]:
    """Read a valid text by the scanner that ``json`` itself calls; return nothing of any other.

    To import ``json`` takes as long as to check ten sessions: it compiles seven patterns, for what is not valid. Until
    it is imported, the scanner of CPython up to 3.12 fails without saying why, which Python calls a SystemError, and
    its debug builds, which alone count references, do not survive (``raise_errmsg`` in ``Modules/_json.c``).
    """
    if hasattr(sys, "gettotalrefcount"):  # pragma: no cover - see above
        return ()
    try:
        found, end = scanner(hooks)(text, len(text) - len(text.lstrip(_BLANK)))
    except (StopIteration, ValueError, SystemError):
        return ()
    return () if text[end:].strip(_BLANK) else (found,)


def scanner(hooks: Hooks) -> Callable[[str, int], tuple[Any, int]]:
    """Return what reads the value at a place in a valid text, and tells where it ends."""
    try:
        from _json import make_scanner  # noqa: PLC0415 - CPython's own

        return make_scanner(_Settings(hooks))  # type: ignore[arg-type]  # any decoder
    except (ImportError, AttributeError):  # pragma: no cover - another Python has what `json` makes do with
        from json import JSONDecoder  # noqa: PLC0415 - …

        return JSONDecoder(**hooks).raw_decode  # type: ignore[arg-type]  # each by its name


def laid_out(value: object, gap: str = "\n") -> str:
    """Write what a json said as ``json.dumps(value, indent=2)`` does."""
    try:
        from _json import encode_basestring_ascii as quoted  # noqa: PLC0415 - CPython's own
    except ImportError:  # pragma: no cover - another Python has what `json` makes do with
        from json.encoder import encode_basestring_ascii as quoted  # noqa: PLC0415 - …

    inner = f"{gap}  "
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict) and value:
        members = [f"{quoted(key)}: {laid_out(each, inner)}" for key, each in value.items()]
        return f"{{{inner}{f',{inner}'.join(members)}{gap}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([laid_out(each, inner) for each in value])}{gap}]"
    return "null" if value is None else repr(value).lower() if isinstance(value, bool) else repr(value)
