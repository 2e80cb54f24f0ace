"""Show the main job: ``python tests/demo.py HOOKS DIRECTORY`` makes a repository there with the hooks of a clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CONFIG = """\
repos:
- repo: {hooks}
  rev: {rev}
  hooks:
  - id: mpm-check
  - id: mpm-committed
  - id: mpm-pause
"""


class Shell:
    """Runs commands in a repository, and shows each with what it prints."""

    def __init__(self, directory: Path) -> None:
        """Make the repository, and keep the user's settings and caches out of it."""
        self.directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        names = ("GIT_", "PRE_COMMIT", "PREK")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(names)}
        self.environment |= {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(directory.with_name("pre-commit-cache")),
            "PRE_COMMIT_COLOR": "never",
            "PYTHONDONTWRITEBYTECODE": "",
        }

    def run(self, *command: str, expected: int = 0) -> str:
        """Run a command, show it, and stop the demonstration if it ends in another way than expected."""
        shown = " ".join(f"'{word}'" if " " in word else word for word in command)
        print(f"$ {shown}", flush=True)
        done = subprocess.run(
            command,
            check=False,
            cwd=self.directory,
            env=self.environment,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        print(done.stdout or "", flush=True)
        if done.returncode != expected:
            sys.exit(f"expected exit status {expected}, got {done.returncode}")
        return done.stdout

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.directory / name).write_text(text, encoding="utf-8")


def main(hooks: str, scratch: str) -> None:
    """Pause a session, commit on, break the session and see the commit refused."""
    shell = Shell(Path(scratch, "demonstration"))
    head = subprocess.run(["git", "-C", hooks, "rev-parse", "HEAD"], check=True, capture_output=True, encoding="utf-8")
    print(f"A repository to try things in: {shell.directory}\n")
    shell.run("git", "init", "--quiet", "--initial-branch=feature/login")
    shell.run("git", "config", "user.name", "Demo")
    shell.run("git", "config", "user.email", "demo@example.org")
    shell.write("login.py", "def login(): ...\n")
    shell.write(".pre-commit-config.yaml", CONFIG.format(hooks=hooks, rev=head.stdout.strip()))
    shell.run("git", "add", ".")
    shell.run("git", "commit", "--quiet", "-m", "Begin")
    shell.run("pre-commit", "install")

    print("# Work in every state: staged, not staged, untracked\n")
    shell.write("staged.py", "STAGED = True\n")
    shell.run("git", "add", "staged.py")
    shell.write("login.py", "def login(): return True\n")
    shell.write("notes.txt", "try the refresh token\n")
    before = shell.run("git", "status", "--porcelain")

    print("# The pause\n")
    shell.environment["MPM_PAUSE_MESSAGE"] = "Login works, the refresh token is next"
    shell.run("pre-commit", "run", "mpm-pause")
    shell.run("git", "show", "--name-only")
    if shell.run("git", "status", "--porcelain") != before:
        sys.exit("the pause changed the work in progress")
    session = max((shell.directory / ".claude-mpm" / "sessions").glob("session-*.md"))
    shell.run("cat", session.relative_to(shell.directory).as_posix())

    print("# The next commit neither pauses nor fails\n")
    shell.run("git", "commit", "-m", "Add staged.py")

    print("# A broken session is refused, with its place: the json loses a colon in line 4\n")
    broken = session.with_suffix(".json")
    broken.write_text(
        broken.read_text(encoding="utf-8").replace('"conversation":', '"conversation"', 1), encoding="utf-8"
    )
    shell.run("git", "add", ".claude-mpm")
    shell.run("git", "commit", "-m", "Break the session", expected=1)
    print(f"The repository is kept in {shell.directory}")


if __name__ == "__main__":
    main(*sys.argv[1:])
