"""Run the pages: every console block of README and docs, one repository a page; ``--write`` records them anew.

A block of ``console`` is run line by line: ``$ `` begins a command, what follows it is what it prints. ``…`` alone on a
line stands for any lines. What nobody need read goes before it in a comment, ``<!-- first: … -->``, and must succeed.
A page with ``<!-- needs: pre-commit -->`` is run by the nox session ``pages`` alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpm_hooks
from mpm_hooks import schema
from mpm_hooks.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
_PART = re.compile(
    r"^<!-- first:\n(?P<first>.*?)^-->$|^(?P<fence>```+)console\n(?P<console>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
_SKIPPED = "…"
_SETTINGS = """\
[user]
    name = Ann Example
    email = ann@example.org
[init]
    defaultBranch = main
[advice]
    defaultBranchName = false
[maintenance]
    auto = false
"""
_INSTEAD = """\
[url "{clone}"]
    insteadOf = https://github.com/mpm-hooks/mpm-hooks
"""
_BEGIN = """\
git init --quiet --bare origin.git
git clone --quiet origin.git work 2>/dev/null
cd work
printf 'def login(name):\\n    return name\\n' > login.py
git add login.py
git commit --quiet -m 'Log in'
git push --quiet -u origin main
git switch --quiet -c feature/login
printf 'def login(name):\\n    return name.strip()\\n' > login.py
git commit --quiet -am 'Names lose their blanks'
"""
"""What every page begins with: a clone with a branch of work in it."""
_VARYING = (
    ("[\u200b\u2060]", ""),
    (r"\b\d{8}-\d{6}\b", "<second>"),
    (r"\b\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: UTC|Z|\+00:00)?)?", "<time>"),
    (r"\b[0-9a-f]{7,40}\b", "<hash>"),
    (r"\bjust now\b|\b\d+ \w+ ago\b", "<age>"),
    (r"\b\d+(?:\.\d+)? ?(?:s|ms)\b", "<duration>"),
    (r"[ \t]+$", ""),
)
"""What differs from run to run."""
_SHELL = """\
cd "$1" || exit 99
(exit "$4")
eval "$2"
status=$?
pwd > "$3"
exit $status
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command of a page, and what it prints; a hidden one prints nothing that matters."""

    command: str
    output: str = ""
    is_hidden: bool = False
    place: tuple[int, int] = (0, 0)
    """Where in the page the output stands."""


def steps(page: str) -> Iterator[Step]:
    """Yield the commands of a page."""
    for part in _PART.finditer(page):
        if part["first"] is not None:
            yield Step(command=part["first"], is_hidden=True)
            continue
        starts = [found.start() for found in re.finditer(r"^\$ ", part["console"], re.MULTILINE)]
        for start, end in zip(starts, [*starts[1:], len(part["console"])], strict=True):
            lines = part["console"][start:end].splitlines(keepends=True)
            asked = 1
            while asked < len(lines) and lines[asked].startswith("> "):
                asked += 1
            command = "".join(line[2:] for line in lines[:asked])
            output = "".join(lines[asked:])
            place = part.start("console") + end - len(output), part.start("console") + end
            yield Step(command=command.rstrip("\n"), output=output, place=place)


def needs(page: str) -> str:
    """Return what a page needs beside us; empty if nothing."""
    found = re.search(r"^<!-- needs: (.*) -->$", page, re.MULTILINE)
    return found[1] if found else ""


def clone(directory: Path) -> str:
    """Commit this work tree, as it stands, to a repository with the tag that the pages name; return its address."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, directory / name)
    person = ("-c", "user.name=x", "-c", "user.email=x@y")
    for words in (["init"], ["add", "."], [*person, "commit", "-m", "Hooks"], ["tag", f"v{mpm_hooks.__version__}"]):
        subprocess.run(["git", *words], check=True, cwd=directory, capture_output=True)
    return directory.as_uri()


def run(page: str, home: Path, hooks: str = "", **variables: str) -> Iterator[tuple[Step, str, int]]:
    """Run a page below a directory, with hooks from a clone; yield commands, what they printed, exit statuses."""
    home = home.resolve()
    settings = _SETTINGS + (_INSTEAD.format(clone=hooks) if hooks else "")
    (home / ".gitconfig").write_text(settings, encoding="utf-8")
    environment = {**surroundings(home), **variables}
    directory = home
    told = home / "directory"
    status = 0
    for step in (Step(command=_BEGIN, is_hidden=True), *steps(page)):
        command = f"set -e\n{step.command}" if step.is_hidden else step.command
        done = subprocess.run(
            ["bash", "-c", _SHELL, "bash", str(directory), command, str(told), str(status)],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        directory = Path(told.read_text(encoding="utf-8").rstrip("\n")) if told.exists() else directory
        status = done.returncode
        yield step, done.stdout.replace(str(home), "~"), status


def is_as_shown(shown: str, printed: str) -> bool:
    """Tell whether a command printed what its page shows."""
    parts = [_narrow(steady(part)) for part in re.split(rf"^{_SKIPPED}\n", shown, flags=re.MULTILINE)]
    pattern = r"(?:.*\n)*".join(map(re.escape, parts))
    return re.fullmatch(pattern, _narrow(steady(printed))) is not None


def steady(text: str) -> str:
    """Return a text without what differs from run to run."""
    for pattern, name in _VARYING:
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text


def _narrow(text: str) -> str:
    """Return a text with columns that stand as near to each other as they can: what is in them differs in length."""
    return re.sub(r" {2,}", "  ", text)


def surroundings(home: Path) -> dict[str, str]:
    """Return an environment with nothing of the caller's in it."""
    foreign = ("GIT_", "PRE_COMMIT", "PREK", "MPM_", "FORCE_COLOR", "GITHUB_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign) and key != "CI"}
    return kept | {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "NO_COLOR": "1",
        "PRE_COMMIT_COLOR": "never",
        "TERM": "dumb",
    }


def recorded(page: str, home: Path, hooks: str, **variables: str) -> str:
    """Return a page with what its commands print now; what is right but for times and ids stays as it was."""
    changes = []
    for step, printed, status in run(page, home, hooks, **variables):
        if step.is_hidden and status:
            sys.exit(f"{step.command}\n{printed}")
        if not step.is_hidden and not is_as_shown(step.output, printed):
            changes.append((step.place, printed if printed.endswith("\n") or not printed else f"{printed}\n"))
    for (start, end), printed in reversed(changes):
        page = page[:start] + printed + page[end:]
    return page


def completed(page: str) -> str:
    """Return a page with the parts that are made from the program: fields, and a section for each command."""
    for name, made in (("fields", schema.session), ("record", schema.record)):
        table = "\n".join(("| field | type | what it says |", "|---|---|---|", *_rows(made())))
        page = _filled(page, rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", f"\n{table}\n\n")
    sections = "\n".join(f"## `mpm-hooks {each}`\n\n```console\n$ mpm-hooks {each} --help\n```\n" for each in COMMANDS)
    return _filled(page, r"(?<=<!-- commands -->\n).*", f"\n{sections}")


def _filled(page: str, place: str, text: str) -> str:
    return re.sub(place, lambda _: text, page, flags=re.DOTALL)


def _rows(node: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Yield a row for each field of an object, and for those below it."""
    for name, each in node.get("properties", {}).items():
        path = f"{before}{name}"
        kinds = each.get("type", "any")
        shown = " or ".join(kinds if isinstance(kinds, list) else [kinds])
        marked = f"**`{path}`**" if name in node.get("required", ()) else f"`{path}`"
        yield f"| {marked} | {shown} | {each.get('description', '').replace('|', chr(92) + '|')} |"
        yield from _rows(each, f"{path}.")
        if isinstance(each.get("items"), dict):
            yield from _rows(each["items"], f"{path}[].")


def main(names: Sequence[str]) -> None:
    """Record pages anew: these, or all."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        (scratch / "hooks").mkdir()
        hooks = clone(scratch / "hooks")
        for each in names or PAGES:
            page = PAGES[each].read_text(encoding="utf-8")
            home = Path(tempfile.mkdtemp(dir=scratch))
            new = recorded(completed(page), home, hooks, PRE_COMMIT_HOME=str(scratch / "pre-commit"))
            PAGES[each].write_text(new, encoding="utf-8")
            print(f"{each}: {'written' if new != page else 'as it was'}")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit(__doc__)
    main(sys.argv[2:])
