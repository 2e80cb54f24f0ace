"""Everything that CI runs: ``nox``, or ``python3 noxfile.py``, which makes itself an environment with nox in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from itertools import takewhile
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
        if subprocess.run([python, "-m", "pip", "install", "--quiet", "nox[uv]>=2025.2.9"], check=False).returncode:
            sys.exit("nox could not be installed: see above")
        ready.touch()
    command = [str(python), "-m", "nox", "--noxfile", __file__, *sys.argv[1:]]
    return subprocess.run(command, check=False, cwd=HERE).returncode


if __name__ == "__main__":
    sys.exit(bootstrap())

# Where no bytecode is kept, each of the thousands of processes that the tests start compiles all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import nox  # noqa: E402 - the lines above work without it

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # nox names each Python that it skips

PROJECT = nox.project.load_toml("pyproject.toml")
UPSTREAM_SEED = "5.6.48"
OLDEST_RUNNER = "pre-commit==3.2.0"
DOCUMENTS = ("@octokit/openapi@23.0.2", "@octokit/graphql-schema@15.26.1")
"""The npm packages in which GitHub's own descriptions of its APIs come."""
MANAGERS = ("husky@9.1.7", "lefthook@2.2.2", "simple-git-hooks@2.14.0")
"""The npm packages of other hook managers, beside which ours have to work."""
MERMAID = "mermaid@12.3.0"
BENCHMARKS = ("check", "hooks", "pause", "summary", "publish", "size", "counts")
"""The programs that measure, the ones that users wait for most first."""
PARALLEL = ("-n", str((os.cpu_count() or 1) + 1))  # a test that has started a program waits for it


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
nox.options.sessions = [
    "lint",
    "types",
    f"tests-{PYTHONS[0]}",
    *(f"tests-{version}" for version in PYTHONS[1:][-1:]),  # those between them: nox -s tests
    "coverage",
    "demo",
    "docs",
    "pages",
    "faults",
    "upstream",
    "e2e",
    "action",
    "oracle",
]
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
    session.run("zizmor", "--offline", "--pedantic", "--quiet", ".github", "action.yml")
    session.run("actionlint")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    workflows = sorted(map(str, HERE.glob(".github/workflows/*.yml")))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


@nox.session
def types(session: nox.Session) -> None:
    """Check types, of the tests too."""
    session.install(".", *needs("types"))
    session.run("mypy")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests that need nothing but git; what they cover is measured on the oldest Python.

    What needs to run on one Python alone does so there, or on the newest if there is much of it: to measure slows it.
    """
    session.install("-e", ".", *needs("tests"))
    is_oldest, is_newest = session.python == PYTHONS[0], session.python == PYTHONS[-1]
    measured = ("coverage", "run", "-m") if is_oldest else ("python", "-m")
    own = {"once and not plenty": is_oldest, "plenty": is_newest, "not once and not plenty": True}
    chosen = " or ".join(f"({marked})" for marked, is_run in own.items() if is_run)
    elsewhere = "not runners and not upstream and not faults and not oracle and not looks and not docs"
    searched = () if is_newest else ("--hypothesis-profile", "few")
    session.run(*measured, "pytest", *PARALLEL, *searched, "-m", f"{elsewhere} and ({chosen})", *session.posargs)


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
    session.run("pytest", *PARALLEL, "-m", "faults", "tests/test_faults.py", *session.posargs)


@nox.session(python=PYTHONS[-1])
@nox.parametrize("release", [UPSTREAM_SEED, "newest"])
def upstream(session: nox.Session, release: str) -> None:
    """See real releases of claude-mpm resume what we write; the newest Python runs the newest of them."""
    session.install("claude-mpm" if release == "newest" else f"claude-mpm=={release}")
    session.install("-e", ".", *needs("tests"))
    session.run("pytest", *PARALLEL, "-m", "upstream", "tests/test_upstream.py", *session.posargs)


@nox.session
@nox.parametrize("runner", ["prek", OLDEST_RUNNER, "pre-commit"])
def e2e(session: nox.Session, runner: str) -> None:
    """Run the hooks as a stranger has them: installed from a git URL by a real runner."""
    session.install("-e", ".", runner, "uv", *needs("tests"))  # prek makes environments with uv, and would fetch it
    chosen = "runners and not alike" if runner == OLDEST_RUNNER else "runners"
    files = [f"tests/test_{name}.py" for name in ("edges", "gate", "matrix", "merging", "push", "runners")]
    environment = {
        "MPM_HOOKS_RUNNER": runner.partition("=")[0],
        "MPM_HOOKS_MANAGERS": managers(session),
        "MPM_HOOKS_PYTHONS": " ".join(PYTHONS),
    }
    session.run("pytest", *PARALLEL, "-m", chosen, *files, *session.posargs, env=environment)


def managers(session: nox.Session) -> str:
    """Install other hook managers; return where."""
    if shutil.which("npm") is None:
        session.error("npm is not installed: it brings other hook managers; it comes with Node.js (nodejs.org)")
    home = session.cache_dir.resolve() / "managers"
    quiet = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
    session.run("npm", "install", *quiet, "--prefix", str(home), *MANAGERS, external=True)
    return str(home / "node_modules" / ".bin")


@nox.session
def action(session: nox.Session) -> None:
    """Run the action under act against an emulator of GitHub that is held to GitHub's own documents."""
    if sys.platform == "win32":
        session.skip("act runs no steps on Windows itself")
    if shutil.which("npm") is None:
        session.error("npm is not installed: it brings GitHub's documents; it comes with Node.js (nodejs.org)")
    home = session.cache_dir.resolve() / "github"
    quiet = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
    session.run("npm", "install", *quiet, "--prefix", str(home), *DOCUMENTS, external=True)
    session.install("-e", ".", *needs("action"))
    # The action is run by a Python that has pip and nothing else, as on a runner.
    session.run("python", "-m", "venv", "--clear", str(home / "python"))
    environment = {
        "MPM_HOOKS_GITHUB_DOCUMENTS": str(home / "node_modules"),
        "MPM_HOOKS_RUNNER_PYTHON": str(home / "python" / "bin"),
    }
    session.run("pytest", *PARALLEL, "-m", "action", *session.posargs, env=environment)


@nox.session
def oracle(session: nox.Session) -> None:
    """Render hostile text as GitHub does, and see the comment and the page in Chromium: it is shown, and no more.

    The pictures are left in .nox/.cache/oracle/pictures.
    """
    chromium = browser(session)
    home = renderer(session)
    session.install("-e", ".", *needs("tests"))
    surroundings = {"MPM_HOOKS_ORACLE": str(home), "MPM_HOOKS_CHROMIUM": chromium}
    # What a file renders, it renders at once, for all of its tests.
    chosen = ("--dist", "loadfile", "-m", "oracle or looks", "tests/oracle")
    session.run("pytest", *PARALLEL, *chosen, *session.posargs, env=surroundings)


def renderer(session: nox.Session) -> Path:
    """Install what renders Markdown as GitHub does, and diagrams as Mermaid does; return where."""
    if shutil.which("npm") is None:
        session.error("npm is not installed: it brings what renders Markdown; it comes with Node.js (nodejs.org)")
    home = Path(session.cache_dir).resolve() / "oracle"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "render.mjs", "look.mjs"):
        shutil.copy(HERE / "tests" / "oracle" / name, home)
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
    session.run("npm", "install", *quiet, "--prefix", str(home), external=True)
    if not (home / "mermaid.min.js").exists():
        # One file of it is needed, and none of the hundred packages that it is made from.
        session.run("npm", "pack", MERMAID, "--silent", "--pack-destination", str(home), external=True)
        with tarfile.open(next(home.glob("mermaid-*.tgz"))) as packed:
            held = packed.extractfile("package/dist/mermaid.min.js")
            (home / "mermaid.min.js").write_bytes(held.read() if held else b"")
    return home


def browser(session: nox.Session) -> str:
    """Return where Chromium is; install it where that is ours to do."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if not any(map(shutil.which, names)):
        if shutil.which("apt-get") is None or os.geteuid():
            session.error("Chromium is not installed: sudo apt-get install chromium, or what your system calls it")
        wanted = ("chromium", "fonts-dejavu-core", "fonts-noto-color-emoji")
        session.run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *wanted, external=True)
    return next(filter(None, map(shutil.which, names)))


@nox.session
def demo(session: nox.Session) -> None:
    """Show the main job in a repository made for it."""
    session.install("pre-commit")
    session.run("python", "tests/demo.py", str(HERE), str(Path(session.create_tmp()).resolve()))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the pages, which asks nobody for anything; it is left in .nox/docs-site."""
    session.install("-e", ".", *needs("docs"))
    site = HERE / ".nox" / "docs-site"
    shutil.rmtree(site, ignore_errors=True)
    session.run("sphinx-build", "--fail-on-warning", "--keep-going", "--quiet", "docs", str(site))
    session.run("pytest", "-m", "docs", "-k", "site", "tests/test_docs.py", *session.posargs)


@nox.session
def pages(session: nox.Session) -> None:
    """Do what the pages say that needs real hooks, and the quick start on a machine with nothing but Python and git."""
    session.install("-e", ".", "pip", *needs("docs"))
    session.run("pytest", *PARALLEL, "-m", "docs", "-k", "not site", "tests/test_docs.py", *session.posargs)


@nox.session(python=PYTHONS[0])
def record(session: nox.Session) -> None:
    """Write anew what pages, pictures and snapshots of messages show, by running it; then read the difference."""
    session.install("-e", ".", "pip", *needs("docs"))
    session.run("python", "tests/pages.py", "--write", *session.posargs)
    session.run("python", "tests/pictures.py", "--write")
    session.run("pytest", "--quiet", "tests/test_help.py", env={"MPM_HOOKS_SNAPSHOTS": "write"})


@nox.session
def bench(session: nox.Session) -> None:
    """Time what we do beside its peers; after ``--``: which of benchmarks/*.py, by default all, and their options."""
    if sys.platform == "win32":
        session.skip("what a process took is not told by Windows")
    names = list(takewhile(BENCHMARKS.__contains__, session.posargs))
    options = session.posargs[len(names) :]
    session.install(".", *needs("bench"))
    chosen = names or BENCHMARKS
    apart = {"MPM_BENCH_UPSTREAM": claude_mpm(session)} if "pause" in chosen else {}
    for name in chosen:
        session.run("python", f"benchmarks/{name}.py", *options, env=apart)


def claude_mpm(session: nox.Session) -> str:
    """Install claude-mpm and the hundred packages that it needs, away from ours; return where."""
    home = Path(session.cache_dir).resolve() / f"claude-mpm-{UPSTREAM_SEED}"
    if not (home / "bin" / "claude-mpm").exists():
        session.run("uv", "venv", "--quiet", "--clear", "--python", f"{session.bin}/python", str(home))
        python = str(home / "bin" / "python")
        session.run("uv", "pip", "install", "--quiet", "--python", python, f"claude-mpm=={UPSTREAM_SEED}")
    return str(home)


@nox.session(python=FUZZED)
def fuzz(session: nox.Session) -> None:
    """Look for bytes that no reader of session files is ready for; words after ``--`` are for tests/fuzz/run.py."""
    if sys.platform == "win32":
        session.skip("atheris is not for Windows")
    session.install("-e", ".", *needs("fuzz"))
    session.run("python", "tests/fuzz/run.py", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write down anew what the action installs: the newest versions, with the hashes of every wheel there is."""
    session.install("uv")
    told = ("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade")
    bare = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
    names = (".github/action/requirements.in", "--output-file", ".github/action/requirements.txt")
    session.run("uv", "pip", "compile", "--quiet", *told, *bare, *names)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and the source archive, and look at their metadata."""
    session.install("build", "twine")
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", "dist/*")
