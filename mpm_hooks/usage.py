"""How commands are called: examples for ``--help``, and how it is laid out."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

STATUSES = (
    "exit status: 0 clean, 1 findings, 2 wrong use, 3 the surroundings do not allow it (no repository, no git, …)"
)
EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "check": (
        ("mpm-hooks check", "every session of this repository"),
        ("mpm-hooks check --select MPM5,MPM6", "secrets, orders to agents and untruths alone"),
        ("mpm-hooks check --format sarif --output-file found.sarif", "for a code scanner"),
    ),
    "committed": (
        ("mpm-hooks committed", "what a clone would lack"),
        ("mpm-hooks committed --no-staged", "the same before a push: what is staged is not committed"),
    ),
    "doctor": (
        ("mpm-hooks doctor", "why nothing happens, and the way out"),
        ("mpm-hooks doctor --format json", "the same for a program"),
    ),
    "explain": (
        ("mpm-hooks explain MPM303", "the page of a rule"),
        ("mpm-hooks explain MPM5", "a list of those about secrets and orders"),
    ),
    "fix": (
        ("mpm-hooks fix --diff", "what would be rewritten"),
        ("mpm-hooks fix", "rewrite it, and say what to git add"),
    ),
    "init": (
        ("mpm-hooks init", "show what would be written, and ask"),
        ("mpm-hooks init --yes --claude", "write it, with what Claude Code takes"),
        ("mpm-hooks init --remove", "take it out again"),
    ),
    "list": (
        ("mpm-hooks list", "the newest 20 of this work tree"),
        ("mpm-hooks list --all --limit 0", "all of all work trees"),
    ),
    "pause": (
        ('mpm-hooks pause "Login works, the refresh token is next"', "a snapshot with a message"),
        ('mpm-hooks pause --next "Test the expiry" --question "Who revokes?"', "with what git cannot know"),
        ("mpm-hooks pause --from -", "all of that in yaml or json on standard input"),
    ),
    "prune": (
        ("mpm-hooks prune --merged", "show which sessions of merged branches would go"),
        ("mpm-hooks prune --older-than 90d --yes", "fold sessions of last quarter into a line each"),
    ),
    "publish": (("mpm-hooks publish --dry-run", "say what would be written on the pull request"),),
    "require": (("mpm-hooks require", "whether this branch owes a session"),),
    "resume": (
        ("mpm-hooks resume", "the newest session: what comes first, and what has changed since"),
        ("mpm-hooks resume 2", "the second of mpm-hooks list"),
        ("mpm-hooks resume yesterday --format json", "the last of yesterday, for a program"),
    ),
    "schema": (("mpm-hooks schema > session.schema.json", "for editors and check-jsonschema"),),
    "show": (
        ("mpm-hooks show", "the newest session in full"),
        ("mpm-hooks show 20260121", "the one of that day"),
    ),
    "summary": (
        ("mpm-hooks summary", "this branch, as a reviewer sees it"),
        ("mpm-hooks summary --base origin/main --format html --output-file summary.html", "as a page"),
    ),
}
GENERAL: Sequence[tuple[str, str]] = (
    ("mpm-hooks init", "give this repository what it needs"),
    ('mpm-hooks pause "Login works, tests are next"', "keep where the work stands"),
    ("mpm-hooks resume", "go on from there"),
    ("mpm-hooks check --help", "the options of a command, with examples"),
)
SWITCH = "MPM_HOOKS=0 in the environment switches the hooks off; what is typed by hand works on"


class Layout(argparse.RawDescriptionHelpFormatter):
    """Help as ever, but for examples, whose lines are kept; other texts are filled."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Fill each paragraph that is not indented, and keep the rest as it is."""
        filled = argparse.HelpFormatter._fill_text  # noqa: SLF001 - the one way that argparse leaves open
        return "\n\n".join(each if "\n " in each else filled(self, each, width, indent) for each in text.split("\n\n"))


def epilog(command: str = "") -> str:
    """Return what stands at the end of a command's help, or of the help as a whole."""
    examples = EXAMPLES.get(command, ()) if command else GENERAL
    # What a command does stands over it, as a comment: both have the whole line.
    shown = "\n".join(("examples:", *(f"  # {what}\n  {line}" for line, what in examples))) if examples else ""
    return "\n\n".join(filter(None, (shown, STATUSES, "" if command else SWITCH)))
