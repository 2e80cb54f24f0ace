"""Say why nothing is happening: what of Python, git, hooks and sessions is not as it should be."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from mpm_hooks import commands, report, screen
from mpm_hooks.account import count
from mpm_hooks.finding import UnableError
from mpm_hooks.probes import Mark, Scene, Site, Symptom, Within, error, ok
from mpm_hooks.probes.tools import PROBES
from mpm_hooks.report.json_form import plain
from mpm_hooks.screen import CYAN, Screen, padded, width

_COLOURS = {Mark.OK: screen.GREEN, Mark.WARNING: screen.YELLOW, Mark.ERROR: screen.RED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Look at everything; 1 if something is wrong, 3 if there is no repository to look at."""
    scene = Scene(here=Path.cwd(), environment=dict(os.environ))
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
    from mpm_hooks.probes import hooks, repository, sessions  # noqa: PLC0415 - as below

    probes: Sequence[Within] = (
        repository.settings,
        *(hooks.configuration, hooks.installed),
        *(sessions.ignored, sessions.lacking),
        *(repository.head, repository.begun, repository.identity, repository.locks, repository.clone),
        *(sessions.here, sessions.uncommitted, sessions.elsewhere, sessions.at_home),
        *(sessions.record, sessions.leftovers),
    )
    for probe in probes:
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


def _told(found: Sequence[Symptom], shown: Screen) -> Iterator[str]:
    """Write a line for each, and below it the way out; at the end, how many."""
    room = max(width(shown.text(each.name)) for each in found)
    marks = max(map(len, Mark))
    indent = marks + room + 4
    for each in found:
        first, *rest = shown.wrapped(shown.text(each.what), indent)
        mark = shown.paint(padded(each.mark, marks), _COLOURS[each.mark])
        yield f"{mark}  {padded(shown.text(each.name), room)}  {first}"
        yield from (f"{' ' * indent}{line}" for line in rest)
        if each.way_out:
            first, *rest = shown.wrapped(f"-> {shown.text(each.way_out)}", 4)
            yield f"    {shown.paint('->', CYAN)}{first[2:]}"
            yield from (f"    {line}" for line in rest)
    counted = Counter(each.mark for each in found)
    wrong = ", ".join(count(counted[mark], mark) for mark in (Mark.ERROR, Mark.WARNING) if counted[mark])
    yield f"{len(found)} looked at{f': {wrong}' if wrong else ', nothing is wrong'}"


def _data(each: Symptom) -> dict[str, str]:
    return {"name": plain(each.name), "mark": each.mark, "what": plain(each.what), "way_out": plain(each.way_out)}
