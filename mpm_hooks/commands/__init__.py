"""Argv in, exit status out; one module a command, imported only when it is called."""

from __future__ import annotations

import os
import sys

from mpm_hooks import report
from mpm_hooks.finding import Finding, MisuseError

TYPE_CHECKING = False
if TYPE_CHECKING:  # a check must wait neither for `argparse` nor for `typing`
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TextIO, TypeAlias

    from mpm_hooks.policy import Judged, Policy
    from mpm_hooks.resumption import Place
    from mpm_hooks.screen import Screen

Judge: TypeAlias = "Callable[[Iterable[Finding]], Iterator[Judged]]"

_TERMINALS = frozenset({"WT_SESSION", "TERM", "TERM_PROGRAM", "ANSICON", "CONEMUANSI"})
"""What those of Windows set that show colours."""
LARGEST = 1_000_000
"""Bytes of a pyproject.toml; a larger one has no settings."""

REPORT: Mapping[str, object] = {
    "format": None,
    "output_file": None,
    "select": (),
    "ignore": (),
    "show_suppressed": False,
    "exit_zero": False,
}
"""What ``add_report_arguments`` declares, as it is if nobody gives any of it."""


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every command takes that tells findings."""
    group = parser.add_argument_group("report")
    group.add_argument(
        "--format", choices=report.FORMATS, help="how findings are written (default: github in a GitHub job, else text)"
    )
    group.add_argument("--output-file", metavar="FILE", help="write them there (default: standard output)")
    for name, what in (("select", "let only these rules count"), ("ignore", "let these rules not count")):
        group.add_argument(
            f"--{name}", metavar="CODES", action="append", default=[], help=f"{what}: MPM501,MPM6,ALL (repeatable)"
        )
    group.add_argument("--show-suppressed", action="store_true", help="list what per-session-ignores accept, too")
    group.add_argument("--exit-zero", action="store_true", help="exit with 0, whatever is found")


def add_selector(parser: argparse.ArgumentParser) -> None:
    """Declare how a session is named."""
    parser.add_argument(
        "selector",
        nargs="?",
        default="",
        metavar="SESSION",
        help="its number in mpm-hooks list; its id, a date, or the beginning or a part of them; today, yesterday; "
        "a file (default: the newest)",
    )


def policy(args: argparse.Namespace, top: str) -> Policy:
    """Return what the settings of the project in this directory, and the flags, have decided.

    Raises:
        MisuseError: A setting is wrong, or a flag names no rule.
    """
    from mpm_hooks.policy import Policy, narrowed  # noqa: PLC0415 - see _judged

    chosen = _codes("--select", args.select), _codes("--ignore", args.ignore)
    text = pyproject(top)
    if "mpm-hooks" not in text:  # most projects set nothing, and need not wait for what reads settings
        return Policy(select=chosen[0] or ("ALL",), ignore=chosen[1])
    from mpm_hooks import config  # noqa: PLC0415 - see above

    found = config.parse(text)
    select, ignore = narrowed(found.select, found.ignore, chosen)
    return Policy(select=select, ignore=ignore, severity=found.severity, suppressions=found.per_session_ignores)


def judge(args: argparse.Namespace, top: str) -> Judge:
    """Return what weighs findings as ``policy`` decides.

    Raises:
        MisuseError: A setting is wrong, or a flag names no rule.
    """
    is_decided = args.select or args.ignore or "mpm-hooks" in pyproject(top)
    return policy(args, top).judged if is_decided else _judged


def _judged(findings: Iterable[Finding]) -> Iterator[Judged]:
    """Weigh findings as their rules say; where there are none, nobody waits for how."""
    for each in findings:
        from mpm_hooks.policy import Policy  # noqa: PLC0415 - see above

        yield from Policy().judged([each])


def tell(args: argparse.Namespace, findings: Iterable[Finding], sessions: Callable[[], int], weigh: Judge) -> int:
    """Write findings as they come, then how many sessions were looked at; return the exit status.

    Raises:
        MisuseError: The file that they are to be written into cannot be.
    """
    tally = report.Tally()
    written = report.formatted(
        _format(args),
        tally.counting(weigh(report.ordered(findings))),
        show_suppressed=args.show_suppressed,
        colour=not args.output_file and is_coloured(),
    )
    if args.output_file:
        with opened(args.output_file) as stream:
            stream.writelines(f"{line}\n" for line in written)
    else:
        for line in written:
            print(line)
    print(tally.words(sessions()), file=sys.stderr)
    return report.CLEAN if args.exit_zero else tally.status


def _codes(flag: str, said: Sequence[str]) -> tuple[str, ...]:
    """Take the codes of a flag apart."""
    codes = tuple(code.strip().upper() for each in said for code in each.split(",") if code.strip())
    if codes:
        from mpm_hooks.policy import faults  # noqa: PLC0415 - it loads every rule

        if wrong := [*faults(codes)]:  # the command `list`, once imported, is called so here
            message = f"{flag} names {'; '.join(wrong)}"
            raise MisuseError(message)
    return codes


def pyproject(top: str) -> str:
    """Return the settings of the project in this directory, as they are written; empty if there are none."""
    try:
        with open(os.path.join(top, "pyproject.toml"), "rb") as stream:  # noqa: PTH118, PTH123 - nor for `pathlib`
            content = stream.read(LARGEST + 1)
    except OSError:
        return ""
    return content.decode(errors="replace") if len(content) <= LARGEST else ""


def _format(args: argparse.Namespace) -> str:
    """Return the format that is asked for; in a GitHub job, the one that it reads."""
    if args.format:
        return str(args.format)
    in_job = os.environ.get("GITHUB_ACTIONS") == "true" and not args.output_file and not sys.stdout.isatty()
    return "github" if in_job else "text"


def is_coloured(stream: TextIO | None = None) -> bool:
    """Tell whether a stream, standard output by itself, is a terminal that shows colours, or somebody says so."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return shows_colours(os.name, os.environ) and (stream or sys.stdout).isatty()


def shows_colours(system: str, environment: Mapping[str, str]) -> bool:
    """Tell whether terminals here take escape sequences for colours; the old console of Windows prints them."""
    if system == "nt":
        return not _TERMINALS.isdisjoint(environment)
    return environment.get("TERM") != "dumb"


def place() -> Place:
    """Return where and when somebody asks for a session."""
    from datetime import UTC, datetime  # noqa: PLC0415 - a check needs none of it

    from mpm_hooks import plumbing, resumption  # noqa: PLC0415 - …

    top = plumbing.top("") or os.getcwd()  # noqa: PTH109 - nor pathlib
    return resumption.place(top, pyproject(top), datetime.now(UTC))


def screen(stream: TextIO) -> Screen:
    """Return what a stream shows: how wide it is, whether in colours, and in which encoding."""
    import shutil  # noqa: PLC0415 - a check needs none of it

    from mpm_hooks.screen import Screen  # noqa: PLC0415 - …

    width = shutil.get_terminal_size().columns if stream.isatty() else 0
    return Screen(width=width, colour=is_coloured(stream), encoding=getattr(stream, "encoding", None) or "utf-8")


def opened(name: str) -> TextIO:
    """Open the file of ``--output-file``.

    Raises:
        MisuseError: It cannot be written.
    """
    try:
        return open(name, "w", encoding="utf-8", newline="\n")  # noqa: PTH123 - as in pyproject
    except OSError as error:
        message = f"--output-file {name}: {error.strerror}"
        raise MisuseError(message) from None
