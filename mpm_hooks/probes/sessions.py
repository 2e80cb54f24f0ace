"""The sessions: what hides them, which are not committed, and where else there are some."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
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
_ALLOWING = b"--allow-ignored"


def ignored(site: Site) -> Iterator[Symptom]:
    """Tell which rule hides sessions."""
    if link := disk.linked(site.repo.root, DIRECTORY):
        what = f"{link} is a symbolic link: sessions behind it cannot be committed"
        yield error("sessions", what, "put a directory with the sessions in its place")
        return
    rules = tracking.ignore_rules(site.repo, guard.PROBES)
    if rules:
        rule = rules[min(rules)]
        way_out = "mpm-hooks init"
        if (site.repo.root / DIRECTORY).is_dir():  # else git does not tell which directory a rule hides
            way_out += f", or {standing.undoing(rule, tracking.gitignore_lines(site.repo))}"
        say = warning if _is_allowed(site) else error
        yield say("ignore rules", f"sessions are ignored by {rule}: no clone has them", way_out)


def _is_allowed(site: Site) -> bool:
    """Tell whether the settings of a runner say that sessions stay out of git."""
    return any(_ALLOWING in (disk.content(site.repo.root / path) or b"") for path in (prek.PATH, precommit.PATH))


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
        if old := [each for each in found.kept if each.folder.endswith(LEGACY_DIRECTORY)]:
            what = (
                f"{count(len(old), 'session')} in {old[0].folder}, where claude-mpm 4.11 to 4.20 wrote: they are read"
            )
            yield ok("old folder", what)
    else:
        yield from _elsewhere(site)
    for path in found.passed_over[:1]:
        what = f"{count(len(found.passed_over), 'file')} named so that nobody reads them: {path}"
        yield warning("sessions", what, f"mpm-hooks check {path}")


def _elsewhere(site: Site) -> Iterator[Symptom]:
    """Say which branches have sessions, where none is here."""
    for branch, newest in worktrees.on_branches(site.top)[:1]:
        yield warning("sessions", f"none is here; branch {branch} has {newest}", f"git switch {branch}")
        return
    yield ok("sessions", "none yet: mpm-hooks pause takes one")


def uncommitted(site: Site) -> Iterator[Symptom]:
    """Tell whether a clone would lack sessions."""
    folders = [each for each in tracking.folders(site.repo) if not disk.linked(site.repo.root, each)]
    files = [file for each in folders for file in tracking.standing(site.repo, each)]
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
    names = sorted((name for name in disk.entries(directory) if session.split(name)), reverse=True)
    ids = [name.removesuffix(".json") for name in names if name.endswith(".json")][:_MOST]
    if ours := [each for each in ids if _is_of(site, directory / f"{each}.json")]:
        what = (
            f"{count(len(ours), 'session')} of this project, the newest {ours[0]}: claude-mpm 6.2.41 to .52 wrote there"
        )
        yield warning(str(directory), what, f"mkdir -p {DIRECTORY}, and cp {directory}/{ours[0]}.* {DIRECTORY}/")


def _is_of(site: Site, path: Path) -> bool:
    """Tell whether a session says that it is of this project."""
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
    names: Sequence[str] = [name for name in disk.entries(site.repo.root / DIRECTORY) if name.startswith(".mpm-hooks-")]
    if names:
        what = f"{count(len(names), 'hidden file')} of a pause that was killed, or is at work: {names[0]}"
        yield warning("leftovers", what, "if none is running: the next mpm-hooks pause clears them away")
