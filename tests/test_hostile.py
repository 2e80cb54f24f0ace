"""Whatever lies in a folder of sessions, the real command says what is wrong, at once, in little memory.

How long it takes is printed (``pytest -rP tests/test_hostile.py``), and only a hang fails: no test is about time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Repository
from sessions import ID, full, paused

from mpm_hooks.session import ACTIVE_RECORD, DIRECTORY, POINTER

pytestmark = [
    pytest.mark.once,
    pytest.mark.unmeasured,  # time and memory are measured here, and coverage takes both
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits for a process, and no pipes"),
]

SECONDS = 20
MEGABYTES = 200
LINE = re.compile(r".+:\d+:\d+: MPM\d{3} .+|    -> .+|\d+ sessions? looked at.*|::(error|warning|notice) .+")
DRIVING = {"Cc", "Cs", "Zl", "Zp"}
"""What a character must not be to stay in its line of a terminal."""

# A process's own peak also counts what its parent held when it was made, so a small one stands between.
WATCH = """
import json, os, resource, sys, time
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
if sys.platform == "linux":
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
began = time.monotonic()
_, status, usage = os.wait4(os.posix_spawn(sys.argv[3], sys.argv[3:], os.environ), 0)
peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
with open(sys.argv[1], "w", encoding="ascii") as file:
    json.dump([os.waitstatus_to_exitcode(status), peak, time.monotonic() - began], file)
"""


@dataclass(frozen=True)
class Answer:
    """What the command said, and what it took."""

    status: int
    out: str
    err: str
    megabytes: float
    seconds: float


Ask = Callable[..., Answer]
USUAL: list[set[str]] = []
"""The lines that are said of the good session alone, once they have been asked for."""


@pytest.fixture
def ask(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Run ``check`` on the folder of a good session, into which something hostile has been put."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for name, content in paused(full()).items():
        repository.write(f"{DIRECTORY}/{name}", content)

    def call(*words: str | bytes) -> Answer:
        measured = tmp_path / "measured"
        command: list[str | bytes] = [sys.executable, "-I", "-S", "-c", WATCH, str(measured), str(SECONDS)]
        command += [sys.executable, "-m", "mpm_hooks", "check", *(words or [DIRECTORY])]
        with subprocess.Popen(
            command, cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as process:
            try:
                out, err = process.communicate(timeout=SECONDS)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        status, megabytes, seconds = json.loads(measured.read_bytes())
        answer = Answer(status, out.decode(), err.decode(), megabytes, seconds)
        print(  # noqa: T201 - how long it takes is for people
            f"{seconds:.2f} s, {megabytes:.0f} MB, status {status}, {len(out):,} bytes: {out[:200]!r} {err[-500:]!r}"
        )
        return answer

    yield call
    shutil.rmtree(repository.path / DIRECTORY)  # a run keeps its folders, and some of these are large


def is_calm(answer: Answer) -> None:
    """Nothing burst, nothing grew, and every line is one that the command means to print."""
    assert "Traceback" not in answer.err
    assert answer.status in {0, 1}, answer.err[-500:]
    assert answer.megabytes < MEGABYTES
    assert not {unicodedata.category(character) for character in answer.out.replace("\n", "")} & DRIVING
    assert [line for line in answer.out.split("\n") if line and not LINE.fullmatch(line)] == []


JSON, YAML, MD, RECORD = f"{ID}.json", f"{ID}.yaml", f"{ID}.md", f"{ID}-incremental.jsonl"
NAMES = (JSON, YAML, MD, POINTER, ACTIVE_RECORD, RECORD)
DEEP = 100_000
MANY = 60_000
LONG = 9_000_000
FITS = 990_000
"""Bytes of a file that is looked at as a whole."""
DIGITS = 5_000


def said(value: object) -> bytes:
    """Write a json form of a good session in which a text is another."""
    return json.dumps({**full().data, "unknown_key": value}).encode()


def page(section: str, text: str) -> bytes:
    """Write a page with one section."""
    return f"# Claude MPM Session Pause Document\n\n## {section}\n\n{text}\n".encode()


def laughs(levels: int, width: int, *, template: str = "[{}]", item: str = "*{}") -> bytes:
    """Write YAML in which each level holds the one before many times."""
    lines = [f"a0: &a0 {template.format('x' if template == '[{}]' else 'x: 1')}"]
    for level in range(1, levels):
        inner = ", ".join([item.format(f"a{level - 1}")] * width)
        lines.append(f"a{level}: &a{level} {template.format(inner)}")
    return "\n".join([*lines, ""]).encode()


def merges(levels: int, width: int) -> bytes:
    """Write YAML in which each mapping merges the one before many times."""
    lines = ["a0: &a0 {x: 1}"]
    for level in range(1, levels):
        inner = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} {{<<: [{inner}], k{level}: 1}}")
    return "\n".join([*lines, ""]).encode()


def staircase(step: str, depth: int) -> bytes:
    """Write YAML that goes in by one blank a line."""
    return "".join(f"{' ' * level}{step}\n" for level in range(depth)).encode()


def lines(text: str, count: int) -> bytes:
    """Write a line many times."""
    return f"{text}\n".encode() * count


ANY: set[str] = set()
"""What is found depends on what is looked at first; that something is, does not."""
DEPTH = {"MPM104", "MPM108", "MPM113", "MPM114"}
ALIAS = {"MPM113"}
NUMBER = {"MPM104", "MPM108"}

HOSTILE: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    # too large
    **{
        f"50 MB {name}": (name, lambda start=start: start + b"x y\n" * 12_500_000, {"MPM108"})  # type: ignore[misc]  # a lambda's default
        for name, start in (
            (JSON, b'{"a": "'),
            (YAML, b"a: |\n "),
            (MD, b"# x\n"),
            (POINTER, b"Latest"),
            (RECORD, b"{"),
        )
    },
    **{f"9 MB of zeros {name}": (name, lambda: bytes(LONG), {"MPM105"}) for name in NAMES},
    **{f"9 MB of blanks {name}": (name, lambda: b" " * LONG, {"MPM105"}) for name in NAMES},
    # too deep
    "json brackets": (JSON, lambda: b"[" * DEEP, {"MPM103", "MPM108"}),
    "json closed brackets": (JSON, lambda: b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b"}", {"MPM108"}),
    "json braces": (JSON, lambda: b'{"a":' * DEEP, {"MPM103", "MPM108"}),
    "json closed braces": (JSON, lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP, {"MPM108"}),
    "json 900 levels": (JSON, lambda: b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}", ANY),
    "json quotes": (JSON, lambda: b'"' * DEEP, {"MPM103"}),
    "json backslashes": (JSON, lambda: b'{"a": "' + b"\\" * FITS + b'"}', ANY),
    "jsonl brackets": (RECORD, lambda: b"[" * DEEP + b"\n", {"MPM109"}),
    "jsonl closed braces": (RECORD, lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"\n", {"MPM109"}),
    "yaml brackets": (YAML, lambda: b"[" * DEEP, DEPTH),
    "yaml closed brackets": (YAML, lambda: b"a: " + b"[" * DEEP + b"]" * DEEP, DEPTH),
    "yaml braces": (YAML, lambda: b"{" * DEEP, DEPTH),
    "yaml closed braces": (YAML, lambda: b"{a: " * DEEP + b"}" * DEEP, DEPTH),
    "yaml dashes": (YAML, lambda: b"- " * DEEP, DEPTH),
    "yaml question marks": (YAML, lambda: b"? " * DEEP, DEPTH),
    "yaml mixed marks": (YAML, lambda: b"? - " * DEEP, DEPTH),
    "yaml marks and tags": (YAML, lambda: b"- !!seq " * DEEP, DEPTH),
    "yaml marks and anchors": (YAML, lambda: b"".join(b"- &a%d " % level for level in range(DEEP)), DEPTH),
    "yaml colons": (YAML, lambda: b": " * DEEP, DEPTH),
    "yaml quotes": (YAML, lambda: b'"' * DEEP, DEPTH),
    "yaml single quotes": (YAML, lambda: b"'" * (DEEP + 1), DEPTH),
    "yaml stairs of dashes": (YAML, lambda: staircase("-", 4_000), DEPTH),
    "yaml stairs of keys": (YAML, lambda: staircase("a:", 4_000), DEPTH),
    "yaml stairs of question marks": (YAML, lambda: staircase("?", 4_000), DEPTH),
    "md quotations": (MD, lambda: page("x", ">" * DEEP), ANY),
    # much made of little
    "billion laughs": (YAML, lambda: laughs(10, 10), ALIAS),
    "laughs of mappings": (YAML, lambda: laughs(10, 1, template="{{{}}}", item="k: *{}"), ALIAS),
    "quadratic": (
        YAML,
        lambda: b"a: &a [" + b"x," * 50_000 + b"]\nb: [" + b"*a," * 50_000 + b"]\n",
        ALIAS,
    ),
    "merges": (YAML, lambda: merges(12, 10), ALIAS),
    "merges, wide": (YAML, lambda: merges(3, 3_000), ALIAS),
    "merge of itself": (YAML, lambda: b"a: &a\n  <<: *a\n  b: 1\n", ALIAS),
    "complex keys over aliases": (
        YAML,
        lambda: (
            b"a0: &a0 [x]\n"
            + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 26))
            + b"? *a25\n: 1\n"
        ),
        ALIAS,
    ),
    "complex keys in mappings": (
        YAML,
        lambda: b"".join(b"? &a%d [%s]\n: 1\n" % (n, b"*a%d, *a%d" % (n - 1, n - 1) if n else b"x") for n in range(26)),
        ALIAS,
    ),
    "a list within itself": (YAML, lambda: b"a: &a [*a]\n", ALIAS),
    "a mapping within itself": (YAML, lambda: b"&a\nb: *a\n", ALIAS),
    "a key of itself": (YAML, lambda: b"&a\n? *a\n: 1\n", ALIAS),
    "60,000 anchors": (YAML, lambda: b"a:\n" + b"".join(b"- &a%d x\n" % n for n in range(MANY)), ALIAS),
    "60,000 aliases": (YAML, lambda: b"a: &a x\nb:\n" + b"- *a\n" * MANY, ALIAS),
    "60,000 documents": (YAML, lambda: b"--- a\n" * MANY, {"MPM104", "MPM115"}),
    "60,000 directives": (YAML, lambda: b"%TAG !x! y\n" * MANY + b"--- a\n", {"MPM104", "MPM115"}),
    # too many digits
    "json integer": (JSON, lambda: b'{"duration_hours": ' + b"9" * DIGITS + b"}", {"MPM108"}),
    "json float": (JSON, lambda: b'{"duration_hours": 0.' + b"9" * DIGITS + b"}", ANY),
    "json exponent": (JSON, lambda: b'{"duration_hours": 1e' + b"9" * DIGITS + b"}", {"MPM112"}),
    "json 1e5000": (JSON, lambda: said([float("1e308")]).replace(b"1e+308", b"1e5000"), {"MPM112"}),
    "json 9 MB of digits": (JSON, lambda: b'{"a": ' + b"9" * LONG + b"}", {"MPM108"}),
    "yaml integer": (YAML, lambda: b"a: " + b"9" * DIGITS, NUMBER),
    "yaml underscores": (YAML, lambda: b"a: " + b"9_9" * DIGITS, NUMBER),
    "yaml hex": (YAML, lambda: b"a: 0x" + b"f" * DIGITS, ANY),
    "yaml hex of 9 MB": (YAML, lambda: b"a: 0x" + b"f" * LONG, ANY),
    "yaml binary": (YAML, lambda: b"a: 0b" + b"1" * DIGITS, ANY),
    "yaml octal": (YAML, lambda: b"a: 0" + b"7" * DIGITS, ANY),
    "yaml octal of 9 MB": (YAML, lambda: b"a: 0" + b"7" * LONG, ANY),
    "yaml sexagesimal": (YAML, lambda: b"a: 1" + b":1" * DIGITS, ANY),
    "yaml sexagesimal of 1 MB": (YAML, lambda: b"a: 1" + b":1" * 500_000, ANY),
    "yaml sexagesimal float": (YAML, lambda: b"a: 1" + b":1" * DIGITS + b".5", ANY),
    "yaml float": (YAML, lambda: b"a: 0." + b"9" * DIGITS, ANY),
    "yaml exponent": (YAML, lambda: b"a: 1.0e+" + b"9" * DIGITS, ANY),
    "yaml date": (YAML, lambda: b"a: 2026-01-21 10:00:00." + b"9" * DIGITS, ANY),
    "jsonl integer": (RECORD, lambda: b'{"a": ' + b"9" * DIGITS + b"}\n", {"MPM109"}),
    "jsonl float": (RECORD, lambda: b'{"type": "x", "timestamp": 1e' + b"9" * DIGITS + b"}\n", ANY),
    "md number": (MD, lambda: page("Session Metadata", f"- **Duration**: {'9' * DIGITS} hours"), ANY),
    "md tasks": (MD, lambda: page("Tasks", f"- [x] {'9' * DIGITS} completed"), ANY),
    "name of digits": (f"session-{'9' * 200}.json", lambda: b"{}", ANY),
    # many lines, long lines
    "900,000 lines json": (JSON, lambda: b"{" + b"\n" * 900_000 + b"}", ANY),
    "900,000 lines yaml": (YAML, lambda: b"a: 1" + b"\n" * 900_000 + b"a: 1", {"MPM107"}),
    "900,000 lines md": (MD, lambda: b"# x" + b"\n" * 900_000 + b"x", ANY),
    "900,000 lines pointer": (POINTER, lambda: b"x" + b"\n" * 900_000 + b"x", {"MPM304"}),
    "900,000 lines jsonl": (RECORD, lambda: b"{}" + b"\n" * 900_000, ANY),
    "900,000 full lines yaml": (YAML, lambda: lines("a: 1", 900_000), ANY),
    "900,000 full lines md": (MD, lambda: lines("- x", 900_000), ANY),
    "200,000 keys yaml": (YAML, lambda: b"".join(b"a%d:\n" % n for n in range(200_000)), ANY),
    "150,000 keys json": (JSON, lambda: json.dumps(dict.fromkeys(map(str, range(150_000)), 1)).encode(), ANY),
    "450,000 items md": (MD, lambda: page("Accomplishments", "- x\n" * 450_000), ANY),
    "450,000 items yaml": (YAML, lambda: b"open_questions:\n" + b"- x\n" * 450_000, ANY),
    "450,000 items json": (JSON, lambda: said([0] * 450_000), ANY),
    "a line of 9 MB json": (JSON, lambda: said("x" * LONG), ANY),
    "a line of 9 MB yaml": (YAML, lambda: b"a: " + b"x" * LONG, ANY),
    "a key of 9 MB yaml": (YAML, lambda: b"x" * LONG + b": 1", ANY),
    "a line of 9 MB md": (MD, lambda: b"x" * LONG, ANY),
    "a line of 9 MB pointer": (POINTER, lambda: b"Latest Session: " + b" " * LONG + b"x", {"MPM108", "MPM304"}),
    "blanks in a pointer": (POINTER, lambda: b"Latest Session: " + b" " * FITS + b"x", {"MPM304"}),
    "a line of 1 MB json": (JSON, lambda: said("x" * FITS), ANY),
    "a line of 1 MB yaml": (YAML, lambda: b"a: " + b"x" * FITS, ANY),
    "a key of 1 MB yaml": (YAML, lambda: b"x" * FITS + b": 1", ANY),
    "a line of 1 MB md": (MD, lambda: b"x" * FITS, ANY),
    "a line of 9 MB jsonl": (RECORD, lambda: b'{"a": "' + b"x" * LONG + b'"}\n', ANY),
    # what a pattern may come back to again and again
    **{
        f"json {piece!r} again and again": (JSON, lambda piece=piece: said(piece * (FITS // len(piece))), ANY)  # type: ignore[misc]  # a lambda's default
        for piece in (
            *(
                "/",
                ".",
                "@",
                "=",
                "-----BEGIN ",
                "a.",
                "eyJ",
                "aB3",
                "://",
                "/home/",
                "A:",
                "token=",
                "curl | ",
                "\\",
                " ",
            ),
            *("sk-", "password: ", "${", "0x", "../", "~/", "C:\\Users\\", "http://a:b@", "ghp_", "AKIA", "-", "a b "),
        )
    },
    "json 300,000 hidden characters": (JSON, lambda: said("\u200b" * 300_000), ANY),
    **{
        f"md {section}, {count:,} times {piece!r}": (
            MD,
            lambda section=section, begin=begin, piece=piece, count=count: page(section, begin + piece * count),  # type: ignore[misc]  # a lambda's defaults
            ANY,
        )
        for section, begin, piece, count in (
            ("Recent commits", "- `a` - ", " (", 500_000),
            ("Files to Review", "- ", "`", 900_000),
            ("Files to Review", "- ", "` ", 900_000),
            ("Files to Review", "- `", "``` ", 250_000),
            ("Next Steps", "1. **", "** (Priority: ", 70_000),
            ("Accomplishments", "- ", "\\", 900_000),
            ("Accomplishments", "- ", "\\<", 900_000),
            ("Accomplishments", "- x\n", "y\n", 900_000),
            ("Tasks", "- [ ] #", "(in progress)", 100_000),
            ("Tokens", "1", ",1", 500_000),
            ("Summary", "## x", " ", 900_000),
            ("Summary", "## ", " x", 500_000),
            ("Summary", "**", ": ", 900_000),
        )
    },
    # much to say
    "60,000 broken lines": (RECORD, lambda: lines("[]", MANY), {"MPM109"}),
    "60,000 broken lines of 80": (RECORD, lambda: lines('{"a": ' + "x" * 74, MANY), {"MPM109"}),
    "60,000 doubled keys json": (JSON, lambda: b"{" + b'"a": 1,\n' * MANY + b'"a": 1}', {"MPM107"}),
    "60,000 doubled keys yaml": (YAML, lambda: lines("a: 1", MANY), {"MPM107"}),
    "20,000 conflicts json": (JSON, lambda: lines("<<<<<<< a\n=======\n>>>>>>> b", MANY // 3), {"MPM106"}),
    "20,000 conflicts md": (MD, lambda: lines("<<<<<<< a\n=======\n>>>>>>> b", MANY // 3), {"MPM106"}),
    "60,000 wrong items": (
        JSON,
        lambda: json.dumps(full(open_questions=[1] * MANY, important_reminders=[{}] * MANY).data, indent=0).encode(),
        {"MPM203"},
    ),
    "60,000 paths": (JSON, lambda: said([f"/home/a{n}/x" for n in range(MANY)]), ANY),
    "many placeholders md": (MD, lambda: lines("## Summary\nNo summary", FITS // 22), ANY),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_content(case: str, repository: Repository, ask: Ask) -> None:
    name, content, codes = HOSTILE[case]
    if not USUAL:
        USUAL.append(set(ask().out.split("\n")))
    repository.write(f"{DIRECTORY}/{name}", content())
    answer = ask()
    is_calm(answer)
    assert answer.status == 1
    new = set(re.findall(r"MPM\d{3}", "\n".join(set(answer.out.split("\n")) - USUAL[0])))
    assert new & codes if codes else new


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(".", os.O_RDONLY)
        os.chdir(path.parent)  # the path of a socket may have a hundred letters
        try:
            made.bind(path.name)
        finally:
            os.fchdir(here)
            os.close(here)


@pytest.mark.parametrize("make", [pipe, device, loop, nowhere, listener, Path.mkdir])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "in its folder"])
def test_no_regular_file(
    name: str, make: Callable[[Path], None], *, is_named: bool, repository: Repository, ask: Ask
) -> None:
    path = repository.sessions / name
    path.unlink(missing_ok=True)
    make(path)
    answer = ask(*([f"{DIRECTORY}/{name}"] if is_named else []))
    is_calm(answer)
    assert answer.status == 1
    assert f"{DIRECTORY}/{name}:1:1: MPM" in answer.out


ODD = [
    pytest.param(b"session-2026\n::error::forged.json", id="a new line"),
    pytest.param(b"session-2026\r\n::error::forged.md", id="a new line of Windows"),
    pytest.param(b"session-2026\xe2\x80\xa8forged.json", id="a line separator"),
    pytest.param(b"session-2026\xff\xfe.json", id="no UTF-8"),
    pytest.param(b"session-::error file=x::forged.json", id="a workflow command"),
    pytest.param(b"session-2026%0A::error::forged,line=1:2.json", id="an escaped workflow command"),
    pytest.param(b"session-2026\x1b[2J\x1b]0;forged\x07.json", id="terminal"),
    pytest.param("session-2026\u202e\u200b\ufeff.json".encode(), id="hidden and turned"),
    pytest.param(b"session-20260121-100000.json\n.json", id="a good name before"),
    pytest.param(b"session-'\"`$(touch forged)&;.json", id="a shell's"),
    pytest.param(b"session-\xef\xbc\x920260121-100000.json", id="digits of another script"),
]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("where", ["text", "github"])
@pytest.mark.parametrize("how", ["in its folder", "named", "absent"])
def test_odd_names(
    name: bytes, where: str, how: str, repository: Repository, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.fsencode(repository.sessions) + b"/" + name
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - a Path takes no bytes
            file.write(b"{}")
    except OSError:
        pytest.skip("this file system has no such names")
    if where == "github":
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
    named = os.fsencode(DIRECTORY) + b"/" + name
    answer = ask(*{"in its folder": [], "named": [named], "absent": [named + b"x.json"]}[how])
    assert "Traceback" not in answer.err
    assert (answer.status == 2) == (how == "absent")
    said = answer.out + answer.err
    assert not {unicodedata.category(character) for character in said.replace("\n", "")} & DRIVING
    assert not re.search(r"^(::error::|::error file=x::|forged)", said, re.MULTILINE)
    if how != "absent":
        is_calm(answer)


def test_an_odd_folder(repository: Repository, ask: Ask) -> None:
    odd = repository.path / "a\n::error::forged \x1b[31m"
    shutil.copytree(repository.sessions, odd / DIRECTORY)
    (odd / DIRECTORY / JSON).write_bytes(b"{")
    answer = ask(odd.name)
    is_calm(answer)
    assert "MPM103" in answer.out
