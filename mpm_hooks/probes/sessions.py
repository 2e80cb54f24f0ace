"""The sessions: what hides them, which are not committed, and where else there are some."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mpm_hooks import adoption, disk, folder, guard, runner, session, shelf, stock, tracking, worktrees
from mpm_hooks.account import count
from mpm_hooks.adoption import Wanted
from mpm_hooks.finding import MalformedError, UnableError
from mpm_hooks.parse import json_form
from mpm_hooks.probes import Site, Symptom, error, ok, warning
from mpm_hooks.rules import standing
from mpm_hooks.session import DIRECTORY, LEGACY_DIRECTORY, Session
from mpm_hooks.setup import Proposal, ignoring, precommit, prek

_MOST = 500
"""Sessions in the home directory that are looked into."""


def ignored(site: Site) -> Iterator[Symptom]:
    """Tell which rule hides sessions."""
    if link := tracking.linked(site.repo.top, DIRECTORY):
        what = f"{link} is a symbolic link: sessions behind it cannot be committed"
        yield error("sessions", what, "put a directory with the sessions in its place")
        return
    rules = tracking.ignore_rules(site.repo, guard.PROBES)
    if rules:
        rule = rules[min(rules)]
        way_out = "mpm-hooks init"
        if (site.repo.root / DIRECTORY).is_dir():  # else git does not tell which directory a rule hides
            way_out += f", or {standing.undoing(rule, tracking.gitignore_lines(site.repo))}"
        say = warning if adoption.keeps_sessions_out(site.repo) else error
        yield say("ignore rules", f"sessions are ignored by {rule}: no clone has them", way_out)


def lacking(site: Site) -> Iterator[Symptom]:
    """Tell what else a repository lacks that uses us."""
    own = (precommit.PATH, prek.PATH)
    for each in adoption.proposed(site.repo, Wanted()):
        if each.path in own or (each.path == ignoring.PATH and tracking.ignore_rules(site.repo, guard.PROBES)):
            continue  # of these others tell
        if isinstance(each, Proposal):
            yield warning(each.path, f"lacks what init writes: {each.why}", "mpm-hooks init")
        else:
            yield warning(each.path, "lacks what init would write", each.what)


def here(site: Site) -> Iterator[Symptom]:
    """Tell which sessions there are, and what passes for none."""
    found = shelf.of(site.top)
    if found.kept:
        yield ok("sessions", f"{count(len(found.kept), 'session')}, the newest {found.kept[0].id}")
    elif others := worktrees.on_branches(site.top):
        branch, newest = others[0]
        yield warning("sessions", f"none is here; branch {branch} has {newest}", f"git switch {branch}")
    else:
        yield ok("sessions", "none yet: mpm-hooks pause takes one")
    if old := [each.folder for each in found.kept if each.folder.endswith(LEGACY_DIRECTORY)]:
        what = f"{count(len(old), 'session')} in {old[0]}, where claude-mpm 4.11 to 4.20 wrote: they are read"
        yield ok("old folder", what)
    if odd := found.passed_over:
        what = f"{count(len(odd), 'file')} named so that nobody reads them: {odd[0]}"
        yield warning("sessions", what, f"mpm-hooks check {odd[0]}")


def uncommitted(site: Site) -> Iterator[Symptom]:
    """Tell whether a clone would lack sessions."""
    files = tracking.survey(site.repo)[0]
    lines = tracking.gitignore_lines(site.repo)
    found = list(standing.check_standing(files, lines, staged_counts=False, ignored_counts=True))
    if found:
        what = f"{found[0].path} {found[0].message}"
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        yield warning("not committed", f"{what}{more}", "mpm-hooks committed --no-staged says how to")


def elsewhere(site: Site) -> Iterator[Symptom]:
    """Tell of sessions in other work trees."""
    found = stock.of(site.top)
    for path, kept in found.there:
        what = f"{count(len(kept), 'session')} that are not here"
        yield warning(worktrees.shown(path), f"another work tree, with {what}", "mpm-hooks list --all")
    for path in found.unseen:
        yield warning(worktrees.shown(path), "another work tree, and cannot be looked into", "make it readable")


def at_home(site: Site) -> Iterator[Symptom]:
    """Tell of sessions of this project that claude-mpm 6.2.41 to 6.2.52 put into the home directory."""
    directory = runner.home() / DIRECTORY
    if directory == site.repo.root / DIRECTORY:
        return
    found = filter(None, map(session.split, reversed(disk.entries(directory))))
    ids = [each for each, form in found if form == "json"][:_MOST]
    if ours := [each for each in ids if _is_of(site, directory / f"{each}.json")]:
        newest, those = ours[0], count(len(ours), "session")
        what = f"{those} of this project, the newest {newest}: claude-mpm 6.2.41 to .52 wrote there"
        yield warning(str(directory), what, f"mkdir -p {DIRECTORY}, and cp {directory}/{newest}.* {DIRECTORY}/")


def _is_of(site: Site, path: Path) -> bool:
    try:
        said = Session(id="", data=json_form.parse("", folder.content(str(path))).data)
    except (MalformedError, UnableError):
        return False
    project = said.text("project_path")
    return os.path.isabs(project) and os.path.realpath(project) == os.path.realpath(site.top)  # noqa: PTH117 - a text


def record(site: Site) -> Iterator[Symptom]:
    """Tell of an auto-pause that is still open."""
    path = f"{DIRECTORY}/{session.ACTIVE_RECORD}"
    if os.path.lexists(site.repo.root / path):
        way_out = "mpm-hooks pause --finalize makes a session of it, --discard throws it away"
        yield warning("auto-pause", f"{path} is open: claude-mpm was stopped at its limit", way_out)


def leftovers(site: Site) -> Iterator[Symptom]:
    """Tell of what a writer left that was killed."""
    if names := [name for name in disk.entries(site.repo.root / DIRECTORY) if name.startswith(".mpm-hooks-")]:
        what = f"{count(len(names), 'hidden file')} of a pause that was killed, or is at work: {names[0]}"
        yield warning("leftovers", what, "if none is running: the next mpm-hooks pause clears them away")
