"""Everything that CI runs: ``nox``, or ``python3 noxfile.py``, which makes itself an environment with nox in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def bootstrap() -> int:
    """Run nox with these arguments from an environment of its own; return its exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is the file that a stranger runs with whatever python3 is
        sys.exit(f"mpm-hooks needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    if shutil.which("git") is None:
        sys.exit("mpm-hooks needs git, which is not on PATH")
    home = HERE / ".nox" / "bootstrap"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = home / "ready"
    if not ready.exists():
        print(f"making an environment with nox in {home.relative_to(HERE)} …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=False)
        if made.returncode:
            sys.exit("python3 -m venv does not work here; on Debian and Ubuntu: apt install python3-venv")
        if subprocess.run([python, "-m", "pip", "install", "--quiet", "nox>=2025.2.9"], check=False).returncode:
            sys.exit("nox could not be installed: see above")
        ready.touch()
    command = [str(python), "-m", "nox", "--noxfile", __file__, *sys.argv[1:]]
    return subprocess.run(command, check=False, cwd=HERE).returncode


if __name__ == "__main__":
    sys.exit(bootstrap())

import nox  # noqa: E402 - the lines above work without it

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # nox names each Python that it skips
nox.options.sessions = ["lint", "types", "tests", "coverage", "demo", "faults", "upstream", "e2e"]

PROJECT = nox.project.load_toml("pyproject.toml")
UPSTREAM_SEED = "5.6.48"
PARALLEL = ("-n", "logical")


def pythons() -> list[str]:
    """Return every Python that the project supports and this machine has, on PATH or under pyenv."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = []
    for minor in range(11, 20):
        name = f"python3.{minor}"
        for candidate in (name, *sorted(map(str, kept.glob(f"3.{minor}.*/bin/{name}")), reverse=True)):
            # A shim of pyenv is on PATH even where its Python is not active; then it fails.
            if (
                shutil.which(candidate)
                and not subprocess.run([candidate, "-c", ""], check=False, capture_output=True).returncode
            ):
                if candidate != name:
                    os.environ["PATH"] = os.pathsep.join((str(Path(candidate).parent), os.environ["PATH"]))
                found.append(f"3.{minor}")
                break
    return found or [f"3.{sys.version_info.minor}"]


PYTHONS = pythons()
FUZZED = next((version for version in PYTHONS if version in {"3.11", "3.12", "3.13"}), "3.13")
"""A Python for which atheris is."""


def needs(*groups: str) -> tuple[str, ...]:
    """Return the requirements of dependency groups."""
    return nox.project.dependency_groups(PROJECT, *groups)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and workflows."""
    session.install(*needs("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("zizmor", "--offline", "--pedantic", "--quiet", ".github")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, of the tests too."""
    session.install(".", *needs("types"))
    session.run("mypy")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests that need nothing but git; the oldest Python measures what they cover."""
    session.install("-e", ".", *needs("tests"))
    is_oldest = session.python == PYTHONS[0]
    measured = ("coverage", "run", "-m") if is_oldest else ("python", "-m")
    chosen = "not runners and not upstream and not faults" + ("" if is_oldest else " and not once")
    session.run(*measured, "pytest", *PARALLEL, "-m", chosen, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Hold lines and branches to 100 %."""
    session.install(*needs("tests"))
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def faults(session: nox.Session) -> None:
    """Make every system call of a pause that writes fail, and kill the pause at each, with strace."""
    if sys.platform != "linux":
        session.skip("strace is of Linux")
    if shutil.which("strace") is None:
        if shutil.which("apt-get") is None or os.geteuid():
            session.error("strace is not installed: sudo apt-get install strace, or what your system calls it")
        session.run("apt-get", "install", "--yes", "--quiet", "strace", external=True)
    session.install("-e", ".", *needs("tests"))
    session.run("pytest", "-m", "faults", *session.posargs)


@nox.session(python=PYTHONS[-1])
@nox.parametrize("release", [UPSTREAM_SEED, "newest"])
def upstream(session: nox.Session, release: str) -> None:
    """See real releases of claude-mpm resume what we write; the newest Python runs the newest of them."""
    session.install("claude-mpm" if release == "newest" else f"claude-mpm=={release}")
    session.install("-e", ".", *needs("tests"))
    session.run("pytest", "-m", "upstream", *session.posargs)


@nox.session
@nox.parametrize("runner", ["prek", "pre-commit==3.2.0", "pre-commit"])
def e2e(session: nox.Session, runner: str) -> None:
    """Run the hooks as a stranger has them: installed from a git URL by a real runner."""
    session.install("-e", ".", runner, *needs("tests"))
    session.run(
        "pytest", *PARALLEL, "-m", "runners", *session.posargs, env={"MPM_HOOKS_RUNNER": runner.partition("=")[0]}
    )


@nox.session
def demo(session: nox.Session) -> None:
    """Show the main job in a repository made for it."""
    session.install("pre-commit")
    session.run("python", "tests/demo.py", str(HERE), str(Path(session.create_tmp()).resolve()))


@nox.session
def bench(session: nox.Session) -> None:
    """Time checks beside their peers; words after ``--`` are for benchmarks/check.py."""
    if sys.platform == "win32":
        session.skip("what a process took is not told by Windows")
    session.install(".", *needs("bench"))
    session.run("python", "benchmarks/check.py", *session.posargs)


@nox.session(python=FUZZED)
def fuzz(session: nox.Session) -> None:
    """Look for bytes that no reader of session files is ready for; words after ``--`` are for tests/fuzz/run.py."""
    if sys.platform == "win32":
        session.skip("atheris is not for Windows")
    session.install("-e", ".", *needs("fuzz"))
    session.run("python", "tests/fuzz/run.py", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and the source archive, and look at their metadata."""
    session.install("build", "twine")
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", "dist/*")
