"""Starts Python again in its UTF-8 mode where it would read names in the encoding of the locale: git's are in UTF-8.

That is so with ``LC_ALL=C`` where somebody has switched off what Python does about it, and in the locales of old.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper

STDIO = "mpm-hooks-stdio"
"""An option that Python keeps for whoever asks: the encoding of the terminal, which UTF-8 mode takes for UTF-8."""


def settle() -> None:
    """Become the same process in UTF-8 mode; where that has been done, write to the terminal in its own encoding."""
    options = sys._xoptions  # noqa: SLF001 - documented
    command = again([sys.executable, *sys.orig_argv[1:]], getattr(sys.stdout, "encoding", "utf-8"), options)
    if sys.getfilesystemencoding() != "utf-8" and command:  # pragma: no cover - nothing is told of what was before
        os.execv(sys.executable, command)  # noqa: S606 - ourselves
    for stream in (sys.stdout, sys.stderr):
        if STDIO in options and isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=str(options[STDIO]))


def again(argv: Sequence[str], stdio: str, options: Mapping[str, object]) -> list[str] | None:
    """Return how Python is to be called again, None where it has been, and where nobody knows where it is."""
    program, *words = argv
    return [program, "-X", "utf8", "-X", f"{STDIO}={stdio}", *words] if program and STDIO not in options else None
