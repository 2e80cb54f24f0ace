"""Run it by hand: ``python -m emulator [--release ghes-3.17]`` serves a repository with a pull request."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import documents

from emulator import storage
from emulator.server import Emulator


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until somebody interrupts."""
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--release", choices=documents.RELEASES, default=documents.RELEASES[0])
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory, Emulator(Path(directory), args.release) as github:
        repository = github.site.repository("own/repo")
        storage.begin(repository.path)
        github.site.pull("own/repo", "own/repo", "topic", author=github.site.account("ann"))
        grants = {"own/repo": {"contents": "read", "pull_requests": "write"}}
        github.site.token("secret-of-the-bot", github.site.bot, grants)
        for name, value in github.environment.items():
            print(f"export {name}={value}")
        print(f"export GITHUB_TOKEN=secret-of-the-bot  # repositories are in {directory}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("\n".join([*map(str, github.log), *github.complaints]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
