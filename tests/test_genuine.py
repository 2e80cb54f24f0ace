"""Files that real releases of claude-mpm wrote: accepted with their known faults; leftovers of a crash are refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Repository, Run

from mpm_hooks.parse import json_form, md_form
from mpm_hooks.render import upstream
from mpm_hooks.session import DIRECTORY, Session

HERE = Path(__file__).parent
FAULTS = {
    "4.11-pre/legacy411-full": {"MPM901", "MPM902"},
    "4.21.0/clean": {"MPM901", "MPM902", "MPM904"},
    "4.21.0/renamed": {"MPM901", "MPM902", "MPM904", "MPM906"},
    "4.21.0/unicode-filenames": {"MPM901", "MPM902", "MPM904", "MPM907"},
    "5.6.48/clean-empty-message": {"MPM901", "MPM902", "MPM904"},
    "5.6.48/control-chars-message": {"MPM901", "MPM902", "MPM904"},
    "5.6.48/crlf-message": {"MPM901", "MPM902", "MPM904"},
    "5.6.48/incremental-over-100pct": {"MPM901", "MPM902", "MPM909"},
    "5.6.48/markdown-injection-message": {"MPM901", "MPM902", "MPM904"},
    "5.6.48/path-with-backtick-newline": {"MPM901", "MPM902", "MPM904"},
    "5.6.48/rich-state": {"MPM901", "MPM902"},
    "5.6.48/sha-looks-like-float": {"MPM901", "MPM902", "MPM903", "MPM904"},
    "5.9.10/renamed": {"MPM901", "MPM902", "MPM904", "MPM906"},
    "6.2.53/detached-head": {"MPM901", "MPM902", "MPM904"},
    "6.2.53/no-commits-staged": {"MPM901", "MPM902", "MPM904", "MPM908"},
    "6.5.83/clean": {"MPM901", "MPM902", "MPM904"},
    "6.5.83/html-message": {"MPM901", "MPM902", "MPM904"},
    "6.5.83/incremental-full": {"MPM901", "MPM902"},
    "6.5.83/rich-state": {"MPM901", "MPM902"},
}
LEFTOVERS = {
    "5.6.48/ascii-locale": {"MPM301", "MPM302"},
    "6.5.83/ascii-locale": {"MPM105"},
    "6.2.53/preexisting-legacy-pause-dir": {"MPM105", "MPM301"},
}


def codes(lines: str, *, warnings: bool) -> set[str]:
    findings = (line.split(": ", 2) for line in lines.splitlines() if ": MPM" in line)
    return {what[:6] for _, what, *_ in findings if ("warning" in what) == warnings}


def test_every_sample_is_listed() -> None:
    for folder, cases in (("genuine", FAULTS), ("leftover", LEFTOVERS)):
        assert {path.relative_to(HERE / folder).as_posix() for path in (HERE / folder).glob("*/*")} == set(cases)


@pytest.mark.parametrize("case", FAULTS)
def test_genuine_files_are_accepted_with_their_faults(case: str, repository: Repository, run: Run) -> None:
    shutil.copytree(HERE / "genuine" / case, repository.path / DIRECTORY)
    result = run(repository.path, "check")
    assert result.status == 0
    assert codes(result.out, warnings=True) == FAULTS[case]


@pytest.mark.parametrize("case", LEFTOVERS)
def test_leftovers_of_a_crash_are_refused(case: str, repository: Repository, run: Run) -> None:
    shutil.copytree(HERE / "leftover" / case, repository.path / DIRECTORY)
    result = run(repository.path, "check")
    assert result.status == 1
    assert codes(result.out, warnings=False) == LEFTOVERS[case]


@pytest.mark.parametrize("path", sorted((HERE / "genuine").glob("*/*/session-*.md")), ids=lambda path: path.parent.name)
def test_the_md_of_upstream_is_known_to_the_letter(path: Path) -> None:
    session = Session(id=path.stem, data=json_form.parse("", path.with_suffix(".json").read_bytes()).data)
    text = path.read_bytes().decode().replace("\r\n", "\n")
    assert upstream.as_markdown(session).replace("\r\n", "\n") == text
    assert md_form.data_of(md_form.blocks(text))["session_id"] == path.stem
