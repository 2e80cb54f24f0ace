"""Completion in the shell: with the extra ``completion``, by argcomplete, which is imported only if it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module

from mpm_hooks import plumbing, session
from mpm_hooks.finding import UnableError

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import it takes its time
    from typing import Any

_PREFIX = "session-"
SHELLS = ("bash", "zsh", "fish", "powershell")


class Print(argparse.Action):
    """``--completion SHELL``: print what the shell has to run to complete our commands."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, values: object, __: str | None = None) -> None:
        """Print it, and end."""
        sys.stdout.write(f"{_argcomplete().shellcode(['mpm-hooks'], shell=values)}\n")
        parser.exit()


def words(environment: Mapping[str, str]) -> Sequence[str] | None:
    """Return the words on the command line that a shell wants completed, if one does."""
    return environment.get("COMP_LINE", "").split()[1:] if "_ARGCOMPLETE" in environment else None


def answer(parser: argparse.ArgumentParser) -> None:
    """Tell the shell what may come next, and end.

    Raises:
        UnableError: argcomplete is not installed.
    """
    for each in _actions(parser):
        if each.dest in _VALUES:
            each.completer = _VALUES[each.dest]  # type: ignore[attr-defined] # argcomplete looks for it there
    _argcomplete().autocomplete(parser, always_complete_options=False)


def _actions(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    for each in parser._actions:  # noqa: SLF001 - argcomplete itself reads them there
        yield each
        if isinstance(each, argparse._SubParsersAction):  # noqa: SLF001 - …
            for command in each.choices.values():
                yield from _actions(command)


def _sessions(**_: object) -> Sequence[str]:
    """Return the ids of the sessions of this work tree, without ``session-``, by which they are found, too."""
    from pathlib import Path  # noqa: PLC0415 - and every command is declared beside this

    folder = Path(plumbing.top("") or Path.cwd(), session.DIRECTORY)
    names = [path.name for path in folder.glob(f"{_PREFIX}*")]
    return sorted({name.partition(".")[0].removeprefix(_PREFIX) for name in names})


def _codes(**_: object) -> Sequence[str]:
    from mpm_hooks import rules  # noqa: PLC0415 - it loads every rule

    return [rule.code for rule in rules.catalogue()]


_VALUES: Mapping[str, Callable[..., Sequence[str]]] = {"selector": _sessions, "codes": _codes}


def _argcomplete() -> Any:  # noqa: ANN401 - a module that need not be there
    try:
        return import_module("argcomplete")
    except ImportError:
        message = "completion needs argcomplete: pip install 'mpm-hooks[completion]'"
        raise UnableError(message) from None
