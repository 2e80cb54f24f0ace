"""Argv in, exit status out; one module a command, imported only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mpm_hooks import report
from mpm_hooks.finding import Finding


def tell(findings: Sequence[Finding], sessions: int) -> int:
    """Print findings, and how many sessions were looked at; return the exit status."""
    for line in report.lines(findings):
        print(line)
    print(report.tally(findings, sessions), file=sys.stderr)
    return report.status(findings)
