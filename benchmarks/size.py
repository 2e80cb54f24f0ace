"""How small the package is, and how long a runner takes to install its hooks beside pre-commit-hooks.

Environments are made anew by prek, which uses uv, and by pre-commit, which uses pip, from repositories (`installed`);
what uv and pip keep of downloads is warm.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from functools import cache, partial
from pathlib import Path

import installed
from contest import Contest, Figure, Pair, Row
from hooks import ALL, PEERS
from side import Side, script, see
from table import main

LARGEST = 150
"""kB that the wheel may have."""


@cache
def _wheel(folder: Path) -> Path:
    """Build the wheel from what git has."""
    words = ("--quiet", "--no-deps", "--wheel-dir", str(folder / "wheel"), str(installed.ours(folder)))
    subprocess.run(script("pip", "wheel", *words), check=True)
    (built,) = (folder / "wheel").glob("*.whl")
    return built


def wheel(folder: Path, _: int) -> tuple[float, str]:
    """Measure the wheel."""
    built = _wheel(folder)
    return built.stat().st_size / 1000, built.name


def modules(folder: Path, _: int) -> tuple[float, str]:
    """Count modules, and their lines."""
    with zipfile.ZipFile(_wheel(folder)) as packed:
        names = [name for name in packed.namelist() if name.endswith(".py")]
        lines = sum(len(packed.read(name).splitlines()) for name in names)
    return len(names), f"{lines:,} lines"


def environments(folder: Path, runner: str) -> Pair:
    """Have a runner install our hooks, and those of pre-commit-hooks."""
    ours, theirs = _installing(folder, runner, "our"), _installing(folder, runner, "their")
    seen = []
    for side in (ours, theirs):
        done = side.heard()
        see(done.returncode == 0, f"{done.returncode}: {(done.stdout + done.stderr)[-300:]}")
        seen.append(f"{_megabytes(folder, runner):.1f}")
    return Pair(ours=ours, theirs=theirs, seen=f"installed {seen[0]} : {seen[1]} MB")


def _installing(folder: Path, runner: str, whose: str) -> Side:
    source, ids = (installed.ours(folder), ALL) if whose == "our" else (installed.theirs(folder), PEERS)
    place = folder / f"{whose}-settings"
    place.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=place)
    (place / ".pre-commit-config.yaml").write_text(installed.config(source, *ids), encoding="utf-8")
    words = script(runner, "install-hooks")
    path = os.pathsep.join((str(Path(words[0]).parent), os.environ["PATH"]))  # uv is there, with which prek installs
    return Side(
        place=place,
        commands=[words],
        environment={"PATH": path, **installed.stores(folder)},
        before=partial(installed.forget, folder),
    )


def _megabytes(folder: Path, runner: str) -> float:
    """Measure what a runner installed, but for Python's own files, which are the same for all."""
    store = Path(installed.stores(folder)["PREK_HOME" if runner == "prek" else "PRE_COMMIT_HOME"])
    places = [path for path in store.rglob("site-packages") if path.is_dir()]
    kept = [path for place in places for path in place.rglob("*") if path.is_file()]
    own = [path for path in kept if not {"pip", "setuptools", "wheel"} & set(path.parts)]
    return sum(path.stat().st_size for path in own) / 1_000_000


ROWS: tuple[Row, ...] = (
    Figure(work="wheel", against="kB", at_most=LARGEST, measured=wheel),
    Figure(work="modules in the wheel", against="", measured=modules),
    *(
        Contest(
            work=f"{runner} install-hooks",
            against="pre-commit-hooks",
            made=partial(environments, runner=runner),
        )
        for runner in ("prek", "pre-commit")
    ),
)

if __name__ == "__main__":
    sys.exit(main("size", __doc__, ROWS))
