"""Whatever becomes of the bytes of a good session, the check says so, or the session still says the same."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping

from hypothesis import assume, given
from hypothesis import strategies as st
from sessions import ID, any_session, full, paused, rich

from mpm_hooks import check, report
from mpm_hooks.finding import Finding
from mpm_hooks.parse import json_form, md_form, pointer, yaml_form
from mpm_hooks.policy import Judged
from mpm_hooks.session import POINTER, Session

RECORD = f"{ID}-incremental.jsonl"
ACTIONS: list[dict[str, object]] = [
    {"type": kind, "timestamp": f"2026-01-21T09:0{minute}:00+00:00", "session_id": ID, "data": {}}
    for minute, kind in enumerate(("pause_started", "tool_call", "pause_finalized"))
]
BYTES = st.binary(min_size=1, max_size=3) | st.sampled_from(
    [
        *(
            b'"',
            b"\\",
            b"\n",
            b"\r\n",
            b"{",
            b"]",
            b",",
            b": ",
            b"- ",
            b"#",
            b"`",
            b"*a",
            b"&a ",
            b"<<: ",
            b"null",
            b"0",
            b"-",
        ),
        *(b"1e400", b"\xff", b"\0", b"\x85", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"<<<<<<< a\n"),
    ]
)
DRIVING = {"Cc", "Cs", "Zl", "Zp"}
"""What a character must not be to stay in its line of a terminal."""


def contents(session: Session) -> dict[str, bytes]:
    """Return the files of a session, with a record of an auto-pause."""
    lines = [json.dumps({**action, "context_percentage": 0.9}) for action in ACTIONS]
    return {**paused(session), RECORD: "\n".join([*lines, ""]).encode()}


def judged(files: Mapping[str, bytes]) -> set[Finding]:
    """Check files as one folder; what is found can be printed."""
    found = set(check.check(check.Folder(path="x", names=frozenset(files), contents=files, odd={})))
    for name in ("text", "github"):
        written = report.formatted(name, map(Judged, report.ordered(found)))
        assert not {unicodedata.category(character) for line in written for character in line} & DRIVING
    return found


def said(files: Mapping[str, bytes]) -> tuple[object, ...]:
    """Return what the files say."""
    return (
        json_form.parse("x", files[f"{ID}.json"]).data,
        yaml_form.parse("x", files[f"{ID}.yaml"]).data,
        md_form.data_of(md_form.parse("x", files[f"{ID}.md"])),
        pointer.parse("x", files[POINTER]).target,
    )


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Make something that can happen to a file; its places are parts of the whole, since files are of any size."""
    kind = draw(st.sampled_from(["flip", "delete", "insert", "double", "move", "truncate", "lose line", "double line"]))
    first, second = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    length, bit, new = draw(st.integers(1, 40)), draw(st.integers(0, 7)), draw(BYTES)

    def done(content: bytes) -> bytes:
        start, end = int(first * max(0, len(content) - 1)), int(second * len(content))
        part, rest = content[start : start + length], content[start + length :]
        line, line_end = content.rfind(b"\n", 0, start) + 1, content.find(b"\n", start) + 1 or len(content)
        return {
            "flip": content[:start]
            + bytes(byte ^ 1 << bit for byte in content[start : start + 1])
            + content[start + 1 :],
            "delete": content[:start] + rest,
            "insert": content[:start] + new + content[start:],
            "double": content[:start] + part + part + rest,
            "move": content[:end] + part + content[end:],
            "truncate": content[:start],
            "lose line": content[:line] + content[line_end:],
            "double line": content[:line_end] + content[line:line_end] + content[line_end:],
        }[kind]

    return done


@given(
    st.sampled_from([full(), rich()]) | any_session(),
    st.sampled_from([f"{ID}.json", f"{ID}.yaml", f"{ID}.md", POINTER]),
    st.lists(damage(), min_size=1, max_size=3),
)
def test_damage_is_found(session: Session, name: str, damages: list[Callable[[bytes], bytes]]) -> None:
    whole = contents(session)
    damaged = dict(whole)
    for each in damages:
        damaged[name] = each(damaged[name])
    assume(damaged[name] != whole[name])
    if not judged(damaged) - judged(whole):
        assert said(damaged) == said(whole)


@given(st.lists(damage(), min_size=1, max_size=3))
def test_a_damaged_record_bursts_nothing(damages: list[Callable[[bytes], bytes]]) -> None:
    damaged = contents(full())
    for each in damages:
        damaged[RECORD] = each(damaged[RECORD])
    judged(damaged)


@given(st.permutations([f"{ID}.json", f"{ID}.yaml", f"{ID}.md", POINTER, RECORD]))
def test_files_in_each_others_place_are_found(order: list[str]) -> None:
    whole = contents(rich())
    assume(order != list(whole))
    mixed = {name: whole[other] for name, other in zip(whole, order, strict=True)}
    assume(mixed != whole)
    assert judged(mixed) - judged(whole)
