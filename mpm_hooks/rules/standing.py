"""MPM4xx: a session is not, or not wholly, in the commit."""

from __future__ import annotations

from mpm_hooks import session
from mpm_hooks.finding import Finding, restoring
from mpm_hooks.rules import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from typing import Literal, TypeAlias

# claude-mpm adds this very line to .gitignore whenever it is not there (GitIgnoreManager.ensure_entries).
UPSTREAM_RULE = ".claude-mpm/"


State: TypeAlias = "Literal['committed', 'staged', 'modified', 'untracked', 'ignored']"
"""How a file stands with git."""

COMMITTED: State = "committed"
STAGED: State = "staged"
MODIFIED: State = "modified"
UNTRACKED: State = "untracked"
IGNORED: State = "ignored"


class IgnoreRule:
    """A line of an ignore file, and the topmost directory (with a slash) or file that it hides."""

    __slots__ = ("level", "line", "pattern", "source")

    def __init__(self, *, source: str, line: int, pattern: str, level: str) -> None:
        """Keep what is given."""
        self.source, self.line, self.pattern, self.level = source, line, pattern, level

    def __str__(self) -> str:
        """Name the rule as ``git check-ignore --verbose`` does."""
        return f"{self.source}:{self.line}: {self.pattern}"


class Standing:
    """How one file of a folder of sessions stands, and the rule that hides it."""

    __slots__ = ("path", "rule", "state")

    def __init__(self, *, path: str, state: State, rule: IgnoreRule | None = None) -> None:
        """Keep what is given."""
        self.path, self.state, self.rule = path, state, rule

    @property
    def session(self) -> str | None:
        """The path of the session, without an ending, of which the file is a form; None for any other file."""
        folder, _, name = self.path.rpartition("/")
        found = session.split(name)
        return f"{folder}/{found[0]}" if found else None


def check_standing(
    files: Iterable[Standing], gitignore: AbstractSet[str], *, staged_counts: bool, ignored_counts: bool
) -> Iterator[Finding]:
    """Every session and the pointer is in the commit, each with all its forms.

    Args:
        files: Every file in one folder of sessions.
        gitignore: The lines of the topmost ``.gitignore``.
        staged_counts: Whether what is staged is as good as committed, as it is inside ``git commit``.
        ignored_counts: Whether a session that an ignore rule hides is left in peace.
    """
    by_session: dict[str, dict[str, Standing]] = {}
    for file in files:
        if ignored_counts and file.state == IGNORED:
            continue
        if named := file.session:
            by_session.setdefault(named, {})[file.path.rpartition(".")[2]] = file
        elif file.path.endswith(f"/{session.POINTER}") and file.state != IGNORED:
            yield from _check_pointer(file, staged_counts=staged_counts)
    for path, forms in sorted(by_session.items()):
        yield from _check_session(path, forms, gitignore, staged_counts=staged_counts)


def check_linked(link: str) -> Iterator[Finding]:
    """Tell of a symbolic link on the way to the sessions: git holds the link, and nothing of what lies behind it."""
    message = "is a symbolic link: the sessions behind it cannot be committed"
    yield Finding(path=link, code="MPM401", message=message, way_out="put a directory with the sessions in its place")


def _check_session(
    path: str, forms: Mapping[str, Standing], gitignore: AbstractSet[str], *, staged_counts: bool
) -> Iterator[Finding]:
    if "json" in forms and "md" in forms and all(file.state == COMMITTED for file in forms.values()):
        return
    outside = {form: file for form, file in forms.items() if file.state in (UNTRACKED, IGNORED)}
    inside = {form: file for form, file in forms.items() if form not in outside}
    if outside and not inside:
        hiding = _first(outside).rule
        yield from ignored(outside, hiding, gitignore) if hiding else not_committed(outside)
    elif outside:
        for file in outside.values():
            cause = f"; it is ignored by {file.rule}" if file.rule else ""
            way_out = undoing(file.rule, gitignore) if file.rule else f"git add {file.path}"
            yield from half_committed(file.path, inside, way_out, cause)
    if "json" in inside and "md" not in forms and not session.is_legacy(path.rpartition("/")[0]):
        way_out = "restore it and git add it, or delete the session's other forms"
        yield from half_committed(f"{path}.md", inside, way_out)
    for file in inside.values():
        if file.state == MODIFIED:
            yield from changed_since(file.path)
    staged = {form: file for form, file in inside.items() if file.state == STAGED}
    if staged and not staged_counts:
        yield from only_staged(staged)


def _check_pointer(file: Standing, *, staged_counts: bool) -> Iterator[Finding]:
    if file.state == UNTRACKED:
        message, way_out = "the pointer is not committed", f"git add {file.path}"
        yield Finding(path=file.path, code="MPM401", message=message, way_out=way_out)
    elif file.state == MODIFIED:
        yield from changed_since(file.path)
    elif file.state == STAGED and not staged_counts:
        yield from only_staged({"pointer": file})


@rule("MPM401")
def not_committed(forms: Mapping[str, Standing]) -> Iterator[Finding]:
    """A session or the pointer is not committed.

    It exists on this machine alone: a colleague, a CI job and the next clone know nothing of it.

    Example:
        ?? .claude-mpm/sessions/session-20260121-100000.json

    Way out:
        `git add` the files that are named, and commit them.
    """
    way_out = f"git add {' '.join(sorted(each.path for each in forms.values()))}"
    yield Finding(path=_first(forms).path, code="MPM401", message="the session is not committed", way_out=way_out)


@rule("MPM402")
def changed_since(path: str) -> Iterator[Finding]:
    """A session or the pointer was changed after it was added.

    What is committed is not what stands here.

    Example:
        MM .claude-mpm/sessions/session-20260121-100000.json

    Way out:
        `git add` it again, or take the change back: `git checkout HEAD -- FILE`.
    """
    message = "was changed or deleted after it was added"
    way_out = f"git add {path}, or {restoring(path)}"
    yield Finding(path=path, code="MPM402", message=message, way_out=way_out)


@rule("MPM403")
def half_committed(path: str, inside: Mapping[str, Standing], way_out: str, cause: str = "") -> Iterator[Finding]:
    """A session is half committed: one of its forms is not in the commit that holds the others.

    A clone gets a session that some readers cannot read.

    Example:
        A  .claude-mpm/sessions/session-20260121-100000.json
        ?? .claude-mpm/sessions/session-20260121-100000.md

    Way out:
        `git add` the form that is missing.
    """
    names = " and ".join(sorted(file.path.rpartition("/")[2] for file in inside.values()))
    message = f"is not in the commit that holds {names}: the session is half committed{cause}"
    yield Finding(path=path, code="MPM403", message=message, way_out=way_out)


@rule("MPM404")
def ignored(forms: Mapping[str, Standing], hiding: IgnoreRule, gitignore: AbstractSet[str]) -> Iterator[Finding]:
    """A session is ignored.

    An ignore rule hides it, so that `git add` passes it over in silence. claude-mpm writes such a rule itself, and
    writes it again if it is deleted; a later line undoes it.

    Example:
        .gitignore: .claude-mpm/

    Way out:
        Add the line that is named at the end of the ignore file. Teams that keep sessions out of git give
        `mpm-committed` the argument `--allow-ignored`.
    """
    message, way_out = f"is ignored by {hiding}", undoing(hiding, gitignore)
    yield Finding(path=_first(forms).path, code="MPM404", message=message, way_out=way_out)


@rule("MPM405")
def only_staged(forms: Mapping[str, Standing]) -> Iterator[Finding]:
    """A session is staged, not committed.

    In CI and before a push, what is staged will not be there.

    Example:
        A  .claude-mpm/sessions/session-20260121-100000.json

    Way out:
        `git commit`.
    """
    paths = sorted(file.path for file in forms.values())
    yield Finding(path=paths[0], code="MPM405", message="is staged, not committed", way_out="git commit")


def _first(forms: Mapping[str, Standing]) -> Standing:
    return forms.get("json") or min(forms.values(), key=lambda each: each.path)


def undoing(rule: IgnoreRule, gitignore: AbstractSet[str]) -> str:
    """Say which lines undo an ignore rule, and last.

    A later line wins over an earlier one, but a directory that is left out hides all below it. claude-mpm appends its
    own rule to the topmost file wherever that lacks it, so the rule has to stand there, above the line that undoes it.
    """
    if rule.source.endswith("/.gitignore"):
        file, start = rule.source, rule.source.removesuffix(".gitignore")
    else:
        file, start = ".gitignore", ""
    directory, _, name = rule.level.removeprefix(start).rpartition("/")
    lines = [f"!{directory}/**"] if name else [f"!{directory}/"]
    if not name and _hides_more(rule.pattern):
        lines.append(f"!{directory}/**")
    if file == ".gitignore" and UPSTREAM_RULE not in gitignore:
        lines = list(dict.fromkeys((UPSTREAM_RULE, f"!{UPSTREAM_RULE}", *lines)))
    return f"add at the end of {file}: {' and below it '.join(lines)} (delete nothing: claude-mpm adds its rule again)"


def _hides_more(pattern: str) -> bool:
    """Tell a pattern that hides what lies below, too, once the directory that it hides first is let in."""
    bare = pattern.strip("/")
    from fnmatch import fnmatch  # noqa: PLC0415 - few rules hide a session

    return bare.endswith("**") or any(fnmatch(name, bare) for name in ("sessions", "session-20260101-000000.json"))
