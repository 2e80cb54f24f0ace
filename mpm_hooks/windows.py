"""The processes of Windows, of which PowerShell tells: there is no /proc, and no ps that knows command lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

_BEGAN = "@{n='Began';e={([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds()}}"
_SCRIPT = (
    "[Console]::OutputEncoding = [Text.Encoding]::UTF8; Get-CimInstance Win32_Process"
    f" | Select-Object ProcessId, ParentProcessId, CommandLine, {_BEGAN} | ConvertTo-Json -Compress"
)
_PATIENCE = 20
"""Seconds; PowerShell takes about one."""
_WORD = re.compile(r"""(?:[^\s"]|"[^"]*"?)+""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A process: its command line, when it began, in seconds since the epoch, and the number of the one above it."""

    argv: Sequence[str]
    began: float
    parent: int
    """0 where that one has gone."""


def processes() -> Mapping[int, Record]:
    """Return all processes by their numbers, none if Windows does not answer."""
    import subprocess  # noqa: PLC0415 - of no use elsewhere

    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _SCRIPT]
    try:
        answer = subprocess.run(command, capture_output=True, check=True, timeout=_PATIENCE)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return {}
    return parse(answer.stdout)


def parse(answer: bytes) -> Mapping[int, Record]:
    """Read what PowerShell prints.

    Numbers come round again: what began after the process below it is another one, and nobody's parent here.
    """
    import json  # noqa: PLC0415 - as above

    try:
        said = json.loads(answer.decode("utf-8-sig", "replace"))
    except ValueError:
        return {}
    found: dict[int, Record] = {}
    for each in said if isinstance(said, list) else ():
        match each:
            case {
                "ProcessId": int(pid),
                "ParentProcessId": int(parent),
                "CommandLine": str(line),
                "Began": int(moment),
            }:
                found[pid] = Record(argv=words(line), began=moment / 1000, parent=parent)
    gone = [pid for pid, each in found.items() if each.parent not in found or found[each.parent].began > each.began]
    return found | {pid: replace(found[pid], parent=0) for pid in gone}


def words(line: str) -> Sequence[str]:
    """Take a command line apart, which is one text on Windows; quotes keep together what is between them."""
    return [word.replace('"', "") for word in _WORD.findall(line)]
