"""What is fuzzed: every reader of files that others write, and a folder of them as a whole.

``python tests/fuzz/targets.py TARGET FILE …`` gives files, or folders of them, to a target without a fuzzer.
"""

from __future__ import annotations

import re
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS))

from sessions import full, paused, rich  # noqa: E402 - the tests are no package

from mpm_hooks import check, config, report  # noqa: E402 - …
from mpm_hooks.finding import MalformedError, MisuseError  # noqa: E402 - …
from mpm_hooks.parse import json_form, md_form, pointer, record, statement, yaml_form  # noqa: E402 - …
from mpm_hooks.policy import Judged  # noqa: E402 - …
from mpm_hooks.render import upstream  # noqa: E402 - …
from mpm_hooks.session import ACTIVE_RECORD, POINTER, is_record  # noqa: E402 - …

MOST_BYTES = 64 * 1024
MOST_SECONDS = 2.0
MOST_MEGABYTES = 200
_MOST_FILES = 12
_DRIVING = {"Cc", "Cs", "Zl", "Zp"}
_NAME = re.compile(rb"^-- ([^/\0\n]{1,200}) --\n", re.MULTILINE)
_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


class BreachError(Exception):
    """A reader returned, but took too much time or memory, or told what makes no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A reader: how to call it, which files it starts from, the words of its language, and the modules that it is."""

    read: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    words: str
    modules: str


def bounded(target: Target, content: bytes) -> None:
    """Give bytes to a target.

    Raises:
        BreachError: It took longer, or more memory, than it may; any other exception is the target's.
    """
    began, before = time.process_time(), _peak()
    target.read(content)
    seconds, megabytes = time.process_time() - began, (_peak() - before) / _PER_MEGABYTE
    if seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES:
        message = f"{len(content):,} bytes took {seconds:.1f} s and {megabytes:.0f} MB"
        raise BreachError(message)


def archive(files: dict[str, bytes]) -> bytes:
    """Write the files of a folder one after another, each under a line with its name."""
    return b"".join(b"-- %s --\n%s\n" % (name.encode(), content) for name, content in files.items())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _json(content: bytes) -> None:
    with suppress(MalformedError):
        document = json_form.parse("x.json", content)
        for key in document.data:
            document.place(key)


def _yaml(content: bytes) -> None:
    with suppress(MalformedError):
        document = yaml_form.parse("x.yaml", content)
        for key in document.data:
            document.place(key)


def _md(content: bytes) -> None:
    with suppress(MalformedError):
        md_form.data_of(md_form.parse("x.md", content))


def _pointer(content: bytes) -> None:
    with suppress(MalformedError):
        pointer.parse(POINTER, content)


def _record(content: bytes) -> None:
    with suppress(MalformedError):
        for action in record.parse(ACTIVE_RECORD, content):
            _ = action.moment


def _salvage(content: bytes) -> None:
    record.salvage(content)


def _statement(content: bytes) -> None:
    with suppress(MisuseError):
        statement.parse("x", content)


def _config(content: bytes) -> None:
    with suppress(MisuseError):
        config.parse(content.decode(errors="replace"))


def _folder(content: bytes) -> None:
    """Check a folder as a whole, and word what is found: no line of it may break out of its line."""
    parts = _NAME.split(content)[1 : 2 * _MOST_FILES + 1]
    contents = {name.decode(errors="surrogateescape"): body for name, body in zip(parts[::2], parts[1::2], strict=True)}
    folder = check.Folder(path="x", names=frozenset(contents), contents=contents, odd={})
    findings = list(check.check(folder))
    if wrong := [found for found in findings if found.line < 1 or found.column < 1]:
        message = f"no such place: {wrong[0]!r}"
        raise BreachError(message)
    for name in ("text", "github"):
        written = report.formatted(name, map(Judged, report.ordered(findings)))
        if {unicodedata.category(character) for line in written for character in line} & _DRIVING:
            message = f"a finding breaks out of its line in {name}"
            raise BreachError(message)


def _files() -> Iterator[tuple[str, bytes]]:
    """Yield every file of a session that there is to start from, ours and genuine ones of upstream."""
    for session in (full(), rich()):
        yield from paused(session).items()
        yield f"{session.id}.yaml", upstream.as_yaml(session).encode()
        yield f"{session.id}.md", upstream.as_markdown(session).encode()
    for path in sorted((TESTS / "genuine").rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def _named(wanted: Callable[[str], bool]) -> Callable[[], Iterator[bytes]]:
    return lambda: (content for name, content in _files() if wanted(name))


def _folders() -> Iterator[bytes]:
    yield archive(paused(full()))
    yield archive(paused(rich()))
    for folder in sorted((TESTS / "genuine").glob("*/*")):
        yield archive({path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()})


def _statements() -> Iterator[bytes]:
    yield b"message: Stop\ntask: Parse\nphase: test\nnext:\n- one\n- {task: two, priority: 1}\ndone: [three]\n"
    yield b'{"message": "Stop", "decisions": ["a"], "questions": [1.10], "blockers": "b", "tried": ["12:30"]}'
    yield b"a: &a [1]\nb: *a\n<<: {c: 1}\nd: !!binary eA==\n"


def _configs() -> Iterator[bytes]:
    yield b'[tool.mpm-hooks]\ndefault-branches = ["main"]\nexempt-branches = ["release/*"]\nclaude = false\n'
    yield b"[tool]\nmpm-hooks = {claude = 1979-05-27T07:32:00Z, select = [1, {a = 0x1}]}\n"


_ANY = "<<<<<<< |=======|>>>>>>> |\n|\r\n|\ufeff|\u2028|\x85|\0|session-20260121-100000|2026-01-21T10:00:00+00:00"
_JSON = (
    '{|}|[|]|,|:|"|\\ud800|\\u0000|1e400|-0|NaN|-Infinity|null|true|"session_id": |"paused_at": |"conversation": {|'
    '"git_context": {|"summary": |"next_steps": [|"task": |"status": {|"todos": {|"recent_commits": [|"sha": '
)
_YAML = (
    "&a |*a|<<: |? |- |: |? - |{|}|[|]|!!int |!!float |!!bool |!!timestamp |!!binary |!!set |!!omap |!!pairs |!!map |"
    "!!python/object:os.system |!x |%YAML 1.1\n|%TAG ! x\n|---\n|...\n|\\|-\n|>+2\n|0x1|0b1|0o7|1_0|1:1:1|1e5|.inf|"
    ".nan|~|=|2026-01-21|2026-13-45T99:99:99Z|'|\"\\x00|# |\t|session_id: |conversation:\n  summary: "
)
_RECORD = (
    '{"type": "|"timestamp": "|"session_id": "|"data": {|"context_percentage": |pause_started|tool_call|1e400|9999'
)
_TOML = (
    "[tool.mpm-hooks]|[[|]]|\"\"\"|'''|= |{|}|0x|1979-05-27T07:32:00Z|inf|nan|default-branches|exempt-branches|claude"
)

TARGETS = {
    "json": Target(
        read=_json, seeds=_named(lambda name: name.endswith(".json")), words=_JSON, modules="parse/json_form"
    ),
    "yaml": Target(
        read=_yaml, seeds=_named(lambda name: name.endswith(".yaml")), words=_YAML, modules="parse/yaml_form"
    ),
    "md": Target(
        read=_md,
        seeds=_named(lambda name: name.endswith(".md")),
        words="# |## |- |**|`|``|**Summary**: |> |\\<|[x] |[ ] #|1. |---\n| (Priority: | ahead, | (in progress)",
        modules="parse/md_form",
    ),
    "pointer": Target(
        read=_pointer, seeds=_named(lambda name: name == POINTER), words="Latest Session: |- ", modules="parse/pointer"
    ),
    "record": Target(read=_record, seeds=_named(is_record), words=_RECORD, modules="parse/record"),
    "salvage": Target(read=_salvage, seeds=_named(is_record), words=_RECORD, modules="parse/record"),
    "statement": Target(
        read=_statement, seeds=_statements, words=f"{_YAML}|message: |next: |done: ", modules="parse/statement"
    ),
    "config": Target(read=_config, seeds=_configs, words=_TOML, modules="config"),
    "folder": Target(
        read=_folder,
        seeds=_folders,
        words=f"-- session-20260121-100000.json --\n|-- {POINTER} --\n|-- {ACTIVE_RECORD} --\n|{_JSON}|{_YAML}",
        modules="check,parse/*,rules/*",
    ),
}


def words(target: Target) -> Iterator[bytes]:
    """Yield the words that a fuzzer may put in."""
    for word in re.split(r"(?<!\\)\|", f"{target.words}|{_ANY}"):
        yield word.replace("\\|", "|").encode()


def main(argv: Sequence[str]) -> int:
    """Give files to a target; say what they took."""
    name, *given = argv
    paths = [inner for path in map(Path, given) for inner in ([path] if path.is_file() else sorted(path.iterdir()))]
    began = time.process_time()
    for path in paths:
        bounded(TARGETS[name], path.read_bytes())
    print(
        f"{name}: {len(paths):,} files in {time.process_time() - began:.1f} s, {_peak() / _PER_MEGABYTE:.0f} MB at most"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
