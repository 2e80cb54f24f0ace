"""How long a check takes beside its peers, from one session to 10,000, as we write them and as claude-mpm does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

from contest import Contest, Figure, Pair, Row
from side import HERE, PYTHON, Side, script, see
from table import main

SESSIONS = ".claude-mpm/sessions"
YAML_ALONE = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        yaml.load(file, Loader=yaml.CSafeLoader)
"""
ONE, FEW, MANY, MOST = 1, 30, 1_000, 10_000
_NAMED = 100
"""So many sessions have their files named, as a hook runner names them; more are looked for by ourselves."""


@cache
def made(folder: Path, count: int, kind: str) -> Path:
    """Make a repository, in a process of its own: what a process once held counts for those that it starts."""
    root = folder / f"{kind}-{count}"
    subprocess.run([sys.executable, str(HERE / "many.py"), str(root), str(count), kind], check=True)
    return root


def files(root: Path, form: str) -> Sequence[str]:
    """Return the names of the sessions' files of a form."""
    return sorted(f"{SESSIONS}/{path.name}" for path in (root / SESSIONS).glob(f"session-*.{form}"))


def ours(root: Path, count: int) -> Side:
    """Return a check of all sessions there."""
    words = files(root, "*") if count <= _NAMED else () if count == MOST else (SESSIONS,)
    return Side(place=root, commands=[script("mpm-hooks", "check", *words)])


def checked(side: Side, count: int) -> str:
    """See that a check finds nothing wrong, in all sessions."""
    done = side.heard()
    looked = f"{count} session{'' if count == 1 else 's'} looked at"
    see(done.returncode == 0 and looked in done.stderr.replace(",", ""), f"{done.returncode}: {done.stderr[-300:]}")
    return f"{looked}, no errors"


def pair(folder: Path, *, count: int, kind: str, peer: Callable[[Path], Sequence[str]]) -> Pair:
    """Make our check of so many sessions, and what a peer does with the same."""
    root = made(folder, count, kind)
    side, theirs = ours(root, count), Side(place=root, commands=[peer(root)])
    seen = checked(side, count)
    done = theirs.heard()
    see(
        done.returncode == 0,
        f"{theirs.commands[0][0]} ends with {done.returncode}: {(done.stdout + done.stderr)[-300:]}",
    )
    return Pair(ours=side, theirs=theirs, seen=f"{seen}; the other ends with 0")


def _python(_: Path) -> Sequence[str]:
    return PYTHON


def _json(root: Path) -> Sequence[str]:
    return script("check-json", *files(root, "json"))


def _yaml(root: Path) -> Sequence[str]:
    return script("check-yaml", *files(root, "yaml"))


def _schema(root: Path) -> Sequence[str]:
    """Hold them to our own schema."""
    path = root.parent / "schema.json"
    path.write_bytes(subprocess.run(script("mpm-hooks", "schema"), check=True, capture_output=True).stdout)
    return script("check-jsonschema", "--schemafile", str(path), *files(root, "json"))


def _yaml_alone(root: Path) -> Sequence[str]:
    return (sys.executable, "-c", YAML_ALONE, *files(root, "yaml"))


def _most(folder: Path, kind: str) -> Pair:
    """Make two checks of ours, one of ten times as many."""
    more, fewer = (made(folder, count, kind) for count in (MOST, MANY))
    side = ours(more, MOST)
    theirs = Side(place=fewer, commands=[script("mpm-hooks", "check")])
    return Pair(ours=side, theirs=theirs, seen=f"{checked(side, MOST)}; {checked(theirs, MANY)}")


def _peak(folder: Path, _: int, kind: str) -> tuple[float, str]:
    side = ours(made(folder, MOST, kind), MOST)
    return side.run().megabytes, checked(side, MOST)


def _rows(kind: str) -> Iterator[Row]:
    """Yield what is compared."""
    by = "" if kind == "ours" else " of claude-mpm's"
    peers = (
        (ONE, "1 session", "python -c pass", _python, 3.0),
        (ONE, "1 session", "check-json", _json, 1.0),
        (FEW, "30 sessions", "check-json", _json, 1.2),
        (FEW, "30 sessions", "check-yaml", _yaml, 0.12),
        (MANY, "1,000 sessions", "check-yaml", _yaml, 0.05),
        (MANY, "1,000 sessions", "check-jsonschema", _schema, 0.5),
        (MANY, "1,000 sessions", "their yaml, C loader alone", _yaml_alone, 0.6),
    )
    for count, work, against, peer, at_most in peers:
        yield Contest(
            work=f"check, {work}{by}",
            against=against,
            at_most=at_most,
            made=partial(pair, count=count, kind=kind, peer=peer),
        )
    yield Contest(
        work=f"check, 10,000 sessions{by}",
        against="check, 1,000 sessions",
        at_most=11,
        made=partial(_most, kind=kind),
        takes_long=True,
    )
    yield Figure(
        work=f"check, 10,000 sessions{by}",
        against="peak memory, MB",
        at_most=80,
        measured=partial(_peak, kind=kind),
        takes_long=True,
    )


ROWS = (*_rows("ours"), *_rows("upstream"))

if __name__ == "__main__":
    sys.exit(main("check", __doc__, ROWS))
