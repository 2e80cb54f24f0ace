"""Real git in a directory of its own, with nothing of the caller's settings in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mpm_hooks import session
from mpm_hooks.main import main

ROOT = Path(__file__).resolve().parent.parent
RUNNER = os.environ.get("MPM_HOOKS_RUNNER", "")
CONFIG = """\
repos:
- repo: {url}
  rev: {rev}
  hooks:
  - id: mpm-check
  - id: mpm-committed
  - id: mpm-pause
    alias: stop-here
"""
SETTINGS = """\
[user]
    name = Ann Example
    email = ann@example.org
[init]
    defaultBranch = main
    templateDir =
[maintenance]
    auto = false
[protocol "file"]
    allow = always
"""


# No test is about time, and a run repeats. To search for new cases: HYPOTHESIS_EXAMPLES=5000 nox -s tests
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "0"))
# What repeats would be the same on every Python: all of it on one is enough, and a few examples on the others.
for name, number in {"mpm-hooks": 100, "few": 20}.items():
    settings.register_profile(
        name,
        deadline=None,
        derandomize=not EXAMPLES,
        max_examples=EXAMPLES or number,
        suppress_health_check=[HealthCheck.too_slow],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take away what git, a hook runner or a CI service handed to this run: it speaks of another repository."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "PRE_COMMIT", "PREK_", "MPM_PAUSE")) or name in ("CI", "MPM_HOOKS"):
            del os.environ[name]
    if not config.getoption("hypothesis_profile"):
        settings.load_profile("mpm-hooks")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave to the session ``action`` what only it has installed: the tests there cannot even be imported elsewhere."""
    return True if collection_path.name == "action" and config.getoption("markexpr") != "action" else None


@pytest.fixture(scope="session")
def _homes() -> list[Path]:
    """Keep the homes in which nobody has left anything: to make one for each of thousands of tests takes a while."""
    return []


@pytest.fixture(autouse=True)
def _own_surroundings(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    _homes: list[Path],
) -> Iterator[None]:
    home = _homes.pop() if _homes else tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))  # what it is called on Windows
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    if request.node.get_closest_marker("unmeasured"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    yield
    if [path.name for path in home.iterdir()] == ["gitconfig"]:
        _homes.append(home)


@dataclass(frozen=True)
class Repository:
    """A repository for a test."""

    path: Path

    def git(self, *words: str, check: bool = True) -> str:
        """Run git here; return what it printed."""
        done = subprocess.run(
            ["git", *words], check=check, cwd=self.path, capture_output=True, encoding="utf-8", errors="surrogateescape"
        )
        return done.stdout

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, and the directories above it."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, name: str, content: str = "1\n", message: str = "Change it") -> None:
        """Write and commit a file."""
        self.write(name, content)
        self.git("add", "--force", name)
        self.git("commit", "--quiet", "-m", message)

    @property
    def sessions(self) -> Path:
        """The folder of sessions."""
        return self.path / session.DIRECTORY

    @property
    def ids(self) -> list[str]:
        """The ids of the sessions here, oldest first."""
        return sorted(path.stem for path in self.sessions.glob("session-*.json"))


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep a repository of each kind: to copy it is quicker than to let git make it again for each test."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def empty(tmp_path: Path, _templates: Path) -> Repository:
    """Make a repository without a commit."""
    template = Repository(_templates / "empty")
    if not template.path.exists():
        template.path.mkdir()
        template.git("init", "--quiet")
    return _copied(template, tmp_path / "work")


@pytest.fixture
def repository(tmp_path: Path, _templates: Path) -> Repository:
    """Make a repository with one commit."""
    template = Repository(_templates / "begun")
    if not template.path.exists():
        template.path.mkdir()
        template.git("init", "--quiet")
        template.commit("kept.txt", "one\n", "Begin")
    made = _copied(template, tmp_path / "work")
    made.git("update-index", "--refresh")  # it knows files by their inodes, too
    return made


def _copied(template: Repository, place: Path) -> Repository:
    shutil.copytree(template.path, place, symlinks=True)
    return Repository(place)


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Commit this work tree, as it stands, to a repository from which hooks can be installed."""
    assert RUNNER, "run this by nox -s e2e, which installs a runner and names it"
    assert shutil.which(RUNNER), f"{RUNNER} is not installed"
    copy = Repository(tmp_path_factory.mktemp("hooks") / "mpm-hooks")
    copy.path.mkdir()
    listed = Repository(ROOT).git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            copy.write(name, (ROOT / name).read_bytes())
    copy.git("init", "-q")
    copy.git("add", ".")
    copy.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "Hooks")
    return copy


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one store for all tests: installing the hooks takes seconds."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def hooked(
    repository: Repository, hooks: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Repository]:
    """Make a repository that names the hooks in its settings."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(cache / "pre-commit"))
    monkeypatch.setenv("PREK_HOME", str(cache / "prek"))
    rev = hooks.git("rev-parse", "HEAD").strip()
    repository.commit(".pre-commit-config.yaml", CONFIG.format(url=hooks.path.as_uri(), rev=rev))
    yield repository
    assert repository.git("fsck", "--strict", "--no-dangling") == ""  # runners leave trees of their own


def call(repository: Repository, *words: str) -> subprocess.CompletedProcess[str]:
    """Call the runner."""
    return subprocess.run([RUNNER, *words], check=False, cwd=repository.path, capture_output=True, encoding="utf-8")


_INSTALLED: dict[str, bytes] = {}


def install(repository: Repository, stage: str = "pre-commit") -> None:
    """Let the runner install its script for a stage; what it has written once is the same in every repository."""
    script = repository.path / ".git/hooks" / stage
    if stage not in _INSTALLED:
        done = call(repository, "install", "--hook-type", stage)
        assert done.returncode == 0, done.stdout + done.stderr
        _INSTALLED[stage] = script.read_bytes()
        assert os.fsencode(repository.path) not in _INSTALLED[stage]
    script.parent.mkdir(exist_ok=True)
    script.write_bytes(_INSTALLED[stage])
    script.chmod(0o755)


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call ``mpm-hooks`` in a directory."""

    def call(directory: Path, *argv: str) -> Result:
        monkeypatch.chdir(directory)
        kept = os.environ.copy()
        try:
            status = main(argv)
        finally:
            # A command takes what git hands to a hook out of its own environment; here that is the tests'.
            os.environ.clear()
            os.environ.update(kept)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return call
