"""Runs ``mpm-hooks publish`` for the action, from the action's own directory.

Python runs this with ``-I``: neither the current directory nor a variable adds to what can be imported. What the client
of GitHub's API needs is installed beside, from wheels whose hashes ``requirements.txt`` holds.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.txt"
OPTIONS = ("base", "head", "directory", "key", "fail-on")
SWITCHES = ("comment", "dry-run")
UNABLE, MISUSED = 3, 2


def words(environ: Mapping[str, str]) -> Sequence[str]:
    """Return the words of the command line for the inputs of the action, which come by variables.

    Raises:
        SystemExit: A switch is neither true nor false.
    """
    told = {name: environ.get(f"MPM_HOOKS_{name.upper().replace('-', '_')}", "") for name in (*OPTIONS, *SWITCHES)}
    for name in SWITCHES:
        if told[name] not in {"true", "false"}:
            fail(f"{name}: say true or false", MISUSED)
    switches = [*(["--no-comment"] if told["comment"] == "false" else []), *["--dry-run"] * (told["dry-run"] == "true")]
    return ["publish", *switches, *(f"--{name}={told[name]}" for name in OPTIONS if told[name])]


def packages() -> Path:
    """Return the directory with what the lock names; a second step of the same job finds it there."""
    known = hashlib.sha256(LOCK.read_bytes() + sys.version.encode() + sysconfig.get_platform().encode())
    temporary = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir())
    place = temporary / f"mpm-hooks-{known.hexdigest()[:16]}"
    if not place.exists():
        made = Path(tempfile.mkdtemp(prefix="mpm-hooks-", dir=temporary))
        install(made)
        try:
            made.rename(place)
        except OSError:  # another step of the job was as quick
            shutil.rmtree(made, ignore_errors=True)
    return place


def install(place: Path) -> None:
    """Install what the lock names.

    Raises:
        SystemExit: That does not work here.
    """
    # Whatever reaches for the network here needs no token.
    environ = {name: value for name, value in os.environ.items() if name != "GITHUB_TOKEN"}
    said = ""
    for command in installers():
        which = ("--target", str(place), "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK))
        done = subprocess.run([*command, *which], check=False, capture_output=True, text=True, env=environ)
        if done.returncode == 0:
            return
        said = (done.stderr.strip().splitlines() or [""])[-1]
    fail(f"cannot install what requirements.txt names: {said or 'there is neither pip nor uv'}", UNABLE)


def installers() -> Iterator[Sequence[str]]:
    """Yield what can install: uv, which takes a tenth of the time, and pip."""
    if uv := shutil.which("uv"):
        yield uv, "pip", "install", "--quiet", "--python", sys.executable
    if importlib.util.find_spec("pip"):
        options = "--quiet --no-input --no-compile --disable-pip-version-check"
        yield sys.executable, *f"-I -m pip install {options}".split()


def fail(message: str, status: int) -> None:
    """Say what is wrong, and end."""
    safe = message.replace("%", "%25").replace("\r", " ").replace("\n", " ")
    print(f"::error title=mpm-hooks::{safe}")
    raise SystemExit(status)


def main() -> int:
    """Publish; return the exit status."""
    argv = words(os.environ)
    sys.path[:0] = [str(HERE.parent.parent), str(packages())]
    from mpm_hooks.main import main as run  # noqa: PLC0415 - the lines above make it there

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
