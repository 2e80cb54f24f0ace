"""Say why nothing is happening: what of Python, git, hooks and sessions is not as it should be."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from mpm_hooks import commands, report, screen
from mpm_hooks.account import count
from mpm_hooks.finding import UnableError
from mpm_hooks.probes import Mark, Scene, Site, Symptom, error, ok
from mpm_hooks.probes.tools import PROBES
from mpm_hooks.report.json_form import plain
from mpm_hooks.screen import CYAN, Screen, padded, width

_COLOURS = {Mark.OK: screen.GREEN, Mark.WARNING: screen.YELLOW, Mark.ERROR: screen.RED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Look at everything; 1 if something is wrong, 3 if there is no repository to look at."""
    environment = dict(os.environ)
    scene = Scene(here=Path.cwd(), environment=environment)
    found = [symptom for probe in PROBES for symptom in probe(scene)]
    site, told = _site(scene)
    found += [told, *(_within(site) if site else ())]
    if args.format == "json":
        print(json.dumps([_data(each) for each in found], indent=2))
    else:
        for line in _told(found, commands.screen(sys.stdout)):
            print(line)
    if site is None:
        return report.UNABLE
    return report.FOUND if any(each.mark is Mark.ERROR for each in found) else report.CLEAN


def _within(site: Site) -> Iterator[Symptom]:
    """Look at a repository; what one probe cannot look at keeps no other from it."""
    from mpm_hooks.probes.table import WITHIN  # noqa: PLC0415 - as below

    for probe in WITHIN:
        try:
            yield from probe(site)
        except UnableError as fault:
            yield error("look", str(fault), "mend that first, and call mpm-hooks doctor again")


def _site(scene: Scene) -> tuple[Site | None, Symptom]:
    """Return the repository; if there is none to look at, why."""
    try:
        from mpm_hooks import repo  # noqa: PLC0415 - it cannot be imported where git does not work

        found = repo.find(scene.here)
    except UnableError as fault:
        return None, error("repository", str(fault), "mend that first: all else needs git")
    if found is None:
        what = f"{scene.here} is in no git repository: no hook runs here, and nothing can be committed"
        return None, error("repository", what, "cd into one, or git init")
    return Site(repo=found, environment=scene.environment), ok("repository", str(found.root))


def _told(found: Iterable[Symptom], shown: Screen) -> Iterator[str]:
    """Write a line for each, and below it the way out; at the end, how many."""
    listed = [(each, shown.text(each.name)) for each in found]
    room = max(width(name) for _, name in listed)
    marks = max(map(len, Mark))
    for each, name in listed:
        start = f"{shown.paint(padded(each.mark, marks), _COLOURS[each.mark])}  {padded(name, room)}  "
        first, *rest = shown.wrapped(shown.text(each.what), marks + room + 4)
        yield f"{start}{first}"
        yield from (f"{' ' * (marks + room + 4)}{line}" for line in rest)
        if each.way_out:
            first, *rest = shown.wrapped(f"-> {shown.text(each.way_out)}", 4)
            yield f"    {shown.paint('->', CYAN)}{first[2:]}"
            yield from (f"    {line}" for line in rest)
    yield _sum([each.mark for each, _ in listed])


def _sum(marks: Iterable[Mark]) -> str:
    counted = list(marks)
    told = [
        count(number, str(mark))
        for mark in (Mark.ERROR, Mark.WARNING)
        if (number := sum(each is mark for each in counted))
    ]
    return f"{len(counted)} looked at: {', '.join(told)}" if told else f"{len(counted)} looked at, nothing is wrong"


def _data(each: Symptom) -> dict[str, str]:
    """Tell it to a program."""
    return {"name": plain(each.name), "mark": str(each.mark), "what": plain(each.what), "way_out": plain(each.way_out)}
