"""Take the pictures of the terminal: real runs under a terminal of their own, as SVG; ``--write`` takes them anew.

Each holds what it shows as plain text, too: for who cannot see it, and to tell whether it is still true.
"""

from __future__ import annotations

import fcntl
import html
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pages
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

IMAGES = pages.ROOT / "docs" / "images"
LARGEST = 60_000
_COLOURS = "484f58 ff7b72 3fb950 d29922 58a6ff bc8cff 39c5cf b1bac4"
_BRIGHT = "6e7681 ffa198 56d364 e3b341 79c0ff d2a8ff 56d4dd ffffff"
_LAYOUT = """\
<svg xmlns="http://www.w3.org/2000/svg" class="rich-terminal" viewBox="0 0 WIDTH HEIGHT" role="img">
<desc>DESCRIPTION</desc>
<style>
.{unique_id}-matrix {{
font: {char_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
line-height: {line_height}px; font-variant-east-asian: full-width; white-space: pre }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect fill="#0d1117" width="WIDTH" height="HEIGHT" rx="8"/>
<g transform="translate(EDGE, EDGE)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""
"""That of rich without its window, and without fonts from elsewhere."""
_EDGE = 9


def _theme() -> TerminalTheme:
    """Return the colours of a dark terminal, such as GitHub draws."""
    plain, bright = ([_triple(each) for each in colours.split()] for colours in (_COLOURS, _BRIGHT))
    return TerminalTheme(_triple("0d1117"), _triple("e6edf3"), plain, bright)


def _triple(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is on a picture: commands, typed after others that nobody sees."""

    first: str
    commands: Sequence[str]
    columns: int = 110
    is_of_machine: bool = False
    """Whether it shows versions of what is installed."""


SCENES: Mapping[str, Scene] = {
    "check": Scene(
        first="mpm-hooks pause --no-claude 'Login works, the refresh token is next'\n"
        "perl -pi -e 's/is next/is next, ghp_0123456789abcdefghijABCDEFGHIJ012345/' .claude-mpm/sessions/session-*\n"
        "rm .claude-mpm/sessions/LATEST-SESSION.txt .claude-mpm/sessions/session-*.md",
        commands=("mpm-hooks check", "mpm-hooks fix"),
    ),
    "doctor": Scene(
        first="printf '.claude-mpm/\\n' > .gitignore; mkdir -p .claude-mpm/sessions",
        commands=("mpm-hooks doctor",),
        is_of_machine=True,
    ),
    "init": Scene(first="printf '.claude-mpm/\\n' > .gitignore", commands=("mpm-hooks init --dry-run",)),
    "resume": Scene(
        first="mpm-hooks pause --no-claude 'Log in by name' --next 'Lower the case' --done 'Blanks'\n"
        "printf 'def login(name):\\n    return name.strip().lower()\\n' > login.py\n"
        "git commit --quiet -am 'Names are in lower case'; sleep 1\n"
        "mpm-hooks pause --no-claude 'Login works' --next 'Write the refresh of the token' --question 'Who revokes?'\n"
        "printf 'TOKEN = 900\\n' > token.py; git add token.py; git commit --quiet -m 'Tokens live 15 minutes'",
        commands=("mpm-hooks list", "mpm-hooks resume"),
    ),
}


def taken(scene: Scene, home: Path) -> str:
    """Return what a terminal shows of a scene, colours and all."""
    page = f"<!-- first:\n{scene.first}\n-->\n"
    for step, printed, status in pages.run(page, home):
        if status:
            sys.exit(f"{step.command}\n{printed}")
    shown = []
    for command in scene.commands:
        shown.append(f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m\n")
        shown.append("".join(_typed(command, home, scene.columns)).replace("\r\n", "\n"))
    text = re.sub(r"\x1b\[K|\r", "", "".join(shown)).rstrip("\n")
    return text.replace(str(Path(sys.executable).parent), "~/.venv/bin").replace(str(home.resolve()), "~")


def _typed(command: str, home: Path, columns: int) -> Iterator[str]:
    """Run a command under a terminal."""
    environment = pages.surroundings(home) | {"TERM": "xterm-256color", "COLUMNS": str(columns), "NO_COLOR": ""}
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        ["bash", "-c", command], cwd=home / "work", env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        content = b""
        while chunk := _read(ours):
            content += chunk
    os.close(ours)
    yield content.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # on Linux, that nobody writes to the terminal any more is an error
        return b""


def drawn(name: str, scene: Scene, shown: str) -> str:
    """Return the picture of what a terminal shows."""
    text = Text.from_ansi(shown)
    console = Console(record=True, width=scene.columns, file=io.StringIO(), legacy_windows=False)
    console.print(text, soft_wrap=False)
    picture = console.export_svg(theme=_theme(), code_format=_LAYOUT, unique_id=f"t-{name}")
    (room,) = re.findall(r'<clipPath id="[^"]*terminal"><rect width="([\d.]+)" height="([\d.]+)"', picture)
    for word, size in zip(("WIDTH", "HEIGHT"), room, strict=True):
        picture = picture.replace(word, f"{float(size) + 2 * _EDGE:g}")
    return picture.replace("EDGE", str(_EDGE)).replace("DESCRIPTION", html.escape(text.plain))


def plain(shown: str) -> str:
    """Return what a terminal shows, as text."""
    return Text.from_ansi(shown).plain


def described(picture: str) -> str:
    """Return what a picture shows, as text."""
    found = re.search(r"<desc>(.*?)</desc>", picture, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def main() -> None:
    """Take every picture anew that shows anything else than before, but for times and ids."""
    for name, scene in SCENES.items():
        with tempfile.TemporaryDirectory() as home:
            shown = taken(scene, Path(home))
        path = IMAGES / f"{name}.svg"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if not pages.is_as_shown(described(before), plain(shown)):
            path.write_text(drawn(name, scene, shown), encoding="utf-8")
            print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    main()
