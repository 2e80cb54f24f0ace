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
    "4.11-pre/legacy411-full": {"MPM901", "MPM902", "MPM911"},
    "4.21.0/clean": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "4.21.0/renamed": {"MPM901", "MPM902", "MPM904", "MPM906", "MPM916"},
    "4.21.0/unicode-filenames": {"MPM901", "MPM902", "MPM904", "MPM907", "MPM916"},
    "5.6.48/clean-empty-message": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "5.6.48/control-chars-message": {"MPM504", "MPM505", "MPM901", "MPM902", "MPM904", "MPM916"},
    "5.6.48/crlf-message": {"MPM111", "MPM901", "MPM902", "MPM904", "MPM916"},
    "5.6.48/dirty-unstaged-three": {"MPM901", "MPM902", "MPM904", "MPM911", "MPM916"},
    "5.6.48/incremental-over-100pct": {"MPM901", "MPM902", "MPM909", "MPM912", "MPM916"},
    "5.6.48/intent-to-add": {"MPM901", "MPM902", "MPM904", "MPM911", "MPM916"},
    "5.6.48/markdown-injection-message": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "5.6.48/path-with-backtick-newline": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "5.6.48/rich-state": {"MPM901", "MPM902", "MPM916"},
    "5.6.48/sha-looks-like-float": {"MPM901", "MPM902", "MPM903", "MPM904", "MPM916"},
    "5.9.10/renamed": {"MPM901", "MPM902", "MPM904", "MPM906", "MPM916"},
    "6.2.53/detached-head": {"MPM901", "MPM902", "MPM904", "MPM913", "MPM916"},
    "6.2.53/no-commits-staged": {"MPM901", "MPM902", "MPM904", "MPM908", "MPM916"},
    "6.5.83/clean": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "6.5.83/html-message": {"MPM901", "MPM902", "MPM904", "MPM916"},
    "6.5.83/incremental-full": {"MPM901", "MPM902", "MPM911", "MPM912", "MPM916"},
    "6.5.83/quotepath-false-unicode": {"MPM901", "MPM902", "MPM904", "MPM911", "MPM916"},
    "6.5.83/rich-state": {"MPM901", "MPM902", "MPM916"},
    "6.5.83/subdirectory-cwd": {"MPM901", "MPM902", "MPM904", "MPM915", "MPM916"},
    "6.5.83/submodule-dirty-super": {"MPM901", "MPM902", "MPM904", "MPM911", "MPM916"},
    "6.5.83/worktree": {"MPM901", "MPM902", "MPM904", "MPM911", "MPM916"},
}
"""What is wrong with each, where the repository is at hand in which it was written."""

ELSEWHERE = {"6.5.83/subdirectory-cwd": "sub"}
"""Where claude-mpm was started, if not at the top."""

FILES = ("alpha.txt", "beta.txt", "gamma.txt", "src/main.py", "caf\u00e9.txt", "ita.txt")

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


@pytest.fixture
def upstreams(repository: Repository) -> Repository:
    """Make a repository with the branches and files of those in which the samples were written; not their commits."""
    for name in FILES:
        repository.write(name, "1\n")
    repository.git("add", ".")
    head = repository.git("rev-parse", "HEAD").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{head},vendor/sub")
    repository.git("commit", "--quiet", "-m", "Begin")
    repository.git("branch", "wt-branch")
    return repository


@pytest.mark.parametrize("case", FAULTS)
def test_genuine_files_are_accepted_with_their_faults(case: str, upstreams: Repository, run: Run) -> None:
    folder = Path(ELSEWHERE.get(case, ""), DIRECTORY)
    shutil.copytree(HERE / "genuine" / case, upstreams.path / folder)
    result = run(upstreams.path, "check", "--ignore", "MPM602")
    assert result.status == 0
    assert codes(result.out, warnings=True) == FAULTS[case]
    assert codes(result.out, warnings=False) == set()


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
