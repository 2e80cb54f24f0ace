"""Every state that work can be in, under a real runner: a pause tells it as git does, and leaves all as it was."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import pytest
from conftest import RUNNER, Repository, Run, call
from sessions import files, full

from mpm_hooks.session import DIRECTORY, FORMS, POINTER

pytestmark = pytest.mark.runners

Record = tuple[str, str, str | None]
"""Letters, name, and the name before."""
State = Callable[[Repository], None]

LINES = "".join(f"{line}\n" for line in range(9))
BASE: dict[str, str | bytes] = {
    "aside.txt": LINES,
    "binary.dat": b"\0\1\2",
    "both.txt": LINES,
    "changed.txt": LINES,
    "crlf.txt": b"a\r\nb\r\n",
    "deep/er/file.txt": "1\n",
    "dropped.txt": "dropped\n",
    "empty.txt": "",
    "gone.txt": "gone\n",
    "moved.txt": f"moved\n{LINES}",
    "open.txt": "no newline at the end",
    "tool.sh": "#!/bin/sh\n",
}
NAMES = [
    b"a b.txt",
    b" blanks ",
    b"tab\there.txt",
    b'quote".txt',
    b"it's.txt",
    b"back\\slash",
    "café.txt".encode(),
    "日本語.txt".encode(),
    b"new\nline.txt",
    b"-dash",
    b"a -> b",
    b"{a => b}",
    b":(top)magic*[x]",
]
# Other file systems hold no such name.
NO_TEXT = [b'caf\xe9"\\.txt', b"\xff"] if sys.platform == "linux" else []


@pytest.fixture
def project(hooked: Repository) -> Repository:
    """Make a repository with files to work on."""
    for name, content in BASE.items():
        hooked.write(name, content)
    (hooked.path / "link").symlink_to("kept.txt")
    save(hooked)
    return hooked


def save(project: Repository) -> None:
    """Commit everything, whatever hooks say."""
    project.git("add", "--all")
    project.git("commit", "-q", "--no-verify", "-m", "Save")


def work(project: Repository) -> None:
    """Leave work of every usual kind."""
    (project.path / "gone.txt").unlink()
    project.git("rm", "-q", "dropped.txt")
    project.git("mv", "moved.txt", "renamed é.txt")
    project.write("new.txt", "new\n")
    project.write("both.txt", f"staged\n{LINES}")
    project.git("add", "new.txt", "both.txt")
    project.write("both.txt", f"staged\n{LINES}unstaged\n")
    project.write("binary.dat", b"\0\2")
    project.write("loose/file.txt", "loose\n")


def check_out(project: Repository) -> None:
    """Write every file anew, as the settings and attributes of now say."""
    project.git("rm", "-qrf", ".")
    project.git("reset", "-q", "--hard")


def append(project: Repository, name: str, text: str) -> None:
    """Write at the end of a file, with its own ends of lines."""
    held = (project.path / name).read_bytes()
    project.write(name, held + text.replace("\n", "\r\n" if b"\r\n" in held else "\n").encode())


def clean(_: Repository) -> None: ...


def modified(project: Repository) -> None:
    project.write("changed.txt", LINES.replace("3", "three"))
    project.write("empty.txt", "1\n")
    project.write("kept.txt", "")


def deleted(project: Repository) -> None:
    (project.path / "gone.txt").unlink()
    (project.path / "empty.txt").unlink()
    project.git("rm", "-q", "dropped.txt")


def deleted_and_there_again(project: Repository) -> None:
    project.git("rm", "-q", "--cached", "kept.txt", "gone.txt")
    project.write("gone.txt", "another\n")


def modes(project: Repository) -> None:
    (project.path / "tool.sh").chmod(0o755)
    (project.path / "both.txt").chmod(0o755)
    project.git("update-index", "--chmod=+x", "both.txt", "kept.txt")


def types(project: Repository) -> None:
    for name in ("kept.txt", "gone.txt"):
        (project.path / name).unlink()
        (project.path / name).symlink_to("binary.dat")
    project.git("add", "gone.txt")
    (project.path / "link").unlink()
    project.write("link", "a file now\n")


def types_staged(project: Repository) -> None:
    (project.path / "link").unlink()
    project.write("link", "a file now\n")
    project.git("add", "link")
    project.write("link", "a file now, and changed\n")
    (project.path / "gone.txt").unlink()
    (project.path / "gone.txt").symlink_to("kept.txt")
    project.git("add", "gone.txt")
    (project.path / "gone.txt").unlink()
    project.write("gone.txt", "a file again\n")


def directories_and_files_changed_places(project: Repository) -> None:
    project.git("rm", "-qr", "deep", "dropped.txt")
    project.write("deep", "a file now\n")
    project.write("dropped.txt/inner.txt", "a directory now\n")
    project.git("add", "deep", "dropped.txt")


def renamed(project: Repository) -> None:
    project.git("mv", "moved.txt", "elsewhere.txt")
    project.git("mv", "both.txt", "BOTH.txt")
    project.git("mv", "deep/er", "shallow")


def renamed_then_modified(project: Repository) -> None:
    project.git("mv", "moved.txt", "elsewhere.txt")
    project.write("elsewhere.txt", "changed\n")
    project.git("mv", "both.txt", "vanished.txt")
    (project.path / "vanished.txt").unlink()
    project.git("mv", "changed.txt", "executable.txt")
    (project.path / "executable.txt").chmod(0o755)
    project.write("changed.txt", "another file under the name before\n")


def copied(project: Repository) -> None:
    project.git("config", "status.renames", "copies")
    for name in ("moved.txt", "copy.txt"):
        project.write(name, f"moved\n{LINES}{name}\n")
    project.git("add", "moved.txt", "copy.txt")
    append(project, "copy.txt", "unstaged\n")


def binary(project: Repository) -> None:
    project.write("binary.dat", bytes(range(256)))
    project.write("new.dat", bytes(range(256)))
    project.git("add", "new.dat")
    project.write("new.dat", b"\0")


def line_ends(project: Repository) -> None:
    project.write("crlf.txt", b"a\r\nB\r\n")
    project.write("both.txt", LINES.replace("\n", "\r\n"))
    project.write("open.txt", "still no newline")
    project.write("kept.txt", "one")


def converted_line_ends(project: Repository) -> None:
    project.git("config", "core.autocrlf", "true")
    project.git("config", "core.safecrlf", "true")
    check_out(project)
    for name in ("changed.txt", "both.txt", "crlf.txt"):
        append(project, name, "more\n")
    project.git("add", "both.txt")
    append(project, "both.txt", "unstaged\n")
    project.write("new.txt", "1\r\n2\r\n")
    project.git("add", "new.txt")
    append(project, "new.txt", "3\n")


def attributes(project: Repository) -> None:
    project.git("config", "filter.upper.clean", "tr a-z A-Z")
    project.git("config", "filter.upper.smudge", "tr A-Z a-z")
    project.git("config", "diff.own.textconv", "false")
    project.git("config", "diff.other.command", "false")
    kinds = [
        "bat eol=crlf",
        "up filter=upper",
        "own diff=own",
        "other diff=other",
        "no -diff",
        "ws whitespace=cr-at-eol",
    ]
    lines = [f"*.{kind}\n" for kind in (*kinds, "utf16 text working-tree-encoding=UTF-16LE")]
    project.write(".gitattributes", "".join(lines))
    names = [f"file.{kind.partition(' ')[0]}" for kind in kinds]
    for name in names:
        project.write(name, "one\n")
    project.write("file.utf16", "one\n".encode("utf-16-le"))
    save(project)
    check_out(project)
    for name in names:
        append(project, name, "staged\n")
    project.git("add", *names[:3])
    for name in names:
        append(project, name, "unstaged\n")
    project.write("file.utf16", "one\ntwo\n".encode("utf-16-le"))


def attributes_of_all(project: Repository) -> None:
    project.write(".gitattributes", "*.txt text eol=crlf\n.claude-mpm/** text eol=crlf\n")
    # crlf.txt was added with other ends of lines. Left so, git sees it changed or not by whether the clock ticked
    # between it and the index, and prek takes what it cannot set aside for a change by the hook, whichever it ran.
    project.git("add", "--renormalize", ".")
    save(project)
    check_out(project)
    append(project, "both.txt", "staged\n")
    project.git("add", "both.txt")
    append(project, "both.txt", "unstaged\n")


def white_space(project: Repository) -> None:
    project.git("config", "core.whitespace", "trailing-space,space-before-tab,indent-with-non-tab,blank-at-eof")
    project.git("config", "apply.whitespace", "error")
    project.write("changed.txt", LINES.replace("\n", " \t\n") + "\n\n")
    project.write("both.txt", f"        x\n \t{LINES}")
    project.git("add", "both.txt")
    project.write("both.txt", f"        x\n{LINES}  \n")


def intended(project: Repository) -> None:
    project.write("intended.txt", "x\n")
    project.git("add", "--intent-to-add", "intended.txt")


def names(project: Repository) -> None:
    every = [os.fsdecode(name) for name in NAMES]
    for name in every:
        for kind in (".", "deleted", "dropped", "renamed", "moved"):
            project.write(f"{kind}/{name}", f"{kind} {name}")
    save(project)
    project.git("rm", "-qr", "dropped")
    project.git("mv", "renamed", "anew")
    project.git("mv", "moved", "moved again")
    for name in every:
        project.write(f"./{name}", "changed\n")
        project.write(f"anew/{name}", f"renamed {name}!")
        project.write(f"added/{name}", "")
        (project.path / "deleted" / name).unlink()
    project.git("add", "added")
    for name in every:
        project.write(f"added/{name}", "changed\n")
        project.write(f"./untracked {name}", "")


def names_that_are_no_text(project: Repository) -> None:
    every = [os.fsdecode(name) for name in NO_TEXT]
    for name in every:
        project.write(f"a {name}", "1\n")
        project.write(f"deleted/{name}", "1\n")
    save(project)
    for name in every:
        project.write(f"a {name}", "changed\n")
        (project.path / "deleted" / name).unlink()
        project.write(f"loose {name}", "")
        if RUNNER == "prek":  # pre-commit cannot read the name of a staged file
            project.write(f"staged {name}", "1\n")
            project.git("add", f"staged {name}")


def staged_and_unstaged(project: Repository) -> None:
    work(project)
    for name, last in (("modified.txt", "2\n"), ("deleted.txt", None), ("emptied.txt", "")):
        project.write(name, "1\n")
        project.git("add", name)
        if last is None:
            (project.path / name).unlink()
        else:
            project.write(name, last)
    project.git("rm", "-q", "kept.txt")
    project.write("aside.txt", f"staged\n{LINES}")
    project.git("add", "aside.txt")


def untracked(project: Repository) -> None:
    project.write("loose.txt", "loose\n")
    project.write("loose/er/file.txt", "loose\n")
    project.write("deep/er/loose.txt", "loose\n")
    (project.path / "link to nothing").symlink_to("nowhere")
    inner = Repository(project.path / "inner")
    inner.path.mkdir()
    inner.git("init", "-q")
    inner.commit("a.txt")


def ignored(project: Repository) -> None:
    project.commit(".gitignore", "*.log\nbuild/\n")
    project.write("a.log", "x")
    project.write("build/out", "x")
    project.commit("forced.log")
    project.write("forced.log", "2\n")
    project.write(".git/info/exclude", "*.tmp\n")
    project.write("deep/a.tmp", "x")


def before_the_first_commit(project: Repository) -> None:
    project.git("update-ref", "-d", "HEAD")
    project.write("both.txt", "changed\n")
    (project.path / "gone.txt").unlink()


def sub_modules(project: Repository) -> None:
    library = Repository(project.path.parent / "library")
    library.path.mkdir()
    library.git("init", "-q")
    library.commit("a.txt")
    for name in ("content", "commits", "untracked", "staged", "deleted"):
        project.git("submodule", "--quiet", "add", library.path.as_uri(), f"sub/{name}")
    save(project)
    project.write("sub/content/a.txt", "changed\n")
    project.write("sub/untracked/b.txt", "loose\n")
    for name in ("commits", "staged"):
        Repository(project.path / "sub" / name).commit("a.txt", "committed\n")
    project.git("add", "sub/staged")
    project.write("sub/staged/a.txt", "changed\n")
    project.git("rm", "-q", "--cached", "sub/deleted")


def sha256(project: Repository) -> None:
    shutil.rmtree(project.path / ".git")
    project.git("init", "-q", "--object-format=sha256")
    save(project)
    work(project)


def apart(project: Repository) -> None:
    project.git("init", "-q", "--separate-git-dir", "../apart")
    work(project)


def hostile_settings(project: Repository) -> None:
    work(project)
    settings = [
        *("diff.external=false", "diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.renames=false"),
        *("diff.relative=true", "diff.context=0", "diff.algorithm=patience", "diff.suppressBlankEmpty=true"),
        *("color.ui=always", "core.quotePath=true", "core.safecrlf=true", "core.pager=false", "status.short=true"),
        *("status.relativePaths=true", "status.showUntrackedFiles=no", "status.showStash=true", "status.branch=true"),
        *("log.showSignature=true", "log.date=relative", "format.pretty=oneline", "i18n.logOutputEncoding=latin1"),
        *("commit.template=nowhere", "commit.verbose=true", "commit.cleanup=verbatim", "core.commentChar=s"),
        *("core.fsmonitor=false", "core.untrackedCache=true", "core.logAllRefUpdates=always", "column.ui=always"),
    ]
    for setting in settings:
        project.git("config", *setting.split("=", 1))


def split_index(project: Repository) -> None:
    project.git("update-index", "--split-index")
    work(project)


def fourth_index(project: Repository) -> None:
    project.git("update-index", "--index-version", "4")
    work(project)


def sparse(project: Repository) -> None:
    project.commit("left/out.txt")
    project.git("sparse-checkout", "set", "--cone", "deep")
    work(project)


def sparse_index(project: Repository) -> None:
    project.commit("left/out.txt")
    project.git("sparse-checkout", "set", "--cone", "--sparse-index", "deep")
    work(project)


def passed_over(project: Repository) -> None:
    project.git("update-index", "--skip-worktree", "kept.txt")
    project.git("update-index", "--assume-unchanged", "changed.txt")
    project.write("kept.txt", "skipped\n")


def without_modes(project: Repository) -> None:
    (project.path / "tool.sh").chmod(0o755)
    project.git("config", "core.fileMode", "false")
    project.git("update-index", "--chmod=+x", "kept.txt")
    project.write("changed.txt", "changed\n")


def many(project: Repository) -> None:
    for number in range(300):
        project.write(f"many/{number}.txt", f"{number}\n{LINES}")
    save(project)
    project.git("mv", "many", "moved")
    for number in range(300):
        project.write(f"moved/{number}.txt", f"{number}\n{LINES}changed\n")
        project.write(f"loose/{number}.txt", "")
        project.write(f"loose {number}.txt", "")


def an_earlier_session(project: Repository) -> None:
    for name, content in files(full()).items():
        project.write(name, content)
    save(project)
    work(project)


def an_earlier_session_staged(project: Repository) -> None:
    for name, content in files(full()).items():
        project.write(name, content)
    project.git("add", "--all")


def an_earlier_session_untracked(project: Repository) -> None:
    for name, content in files(full()).items():
        project.write(name, content)
    project.write(f"{DIRECTORY}/notes.txt", "mine\n")


def hooks_that_fail(project: Repository) -> None:
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-index-change"):
        project.write(f".git/hooks/{name}", "#!/bin/sh\nexit 1\n").chmod(0o755)
    work(project)


def stashed(project: Repository) -> None:
    project.write("moved.txt", "stashed\n")
    project.git("stash", "-q")
    work(project)


def stash_in_conflict(project: Repository) -> None:
    project.write("changed.txt", "stashed\n")
    project.git("stash", "-q")
    project.commit("changed.txt", "committed\n")
    project.git("stash", "pop", "-q", check=False)
    project.write("both.txt", "unstaged\n")


def diverged(project: Repository) -> None:
    """Make a branch beside the one at work, which changed the same line."""
    project.git("switch", "-qc", "side")
    project.commit("changed.txt", "side\n")
    project.git("switch", "-q", "main")
    project.commit("changed.txt", "main\n")


def merge(project: Repository) -> None:
    unmerged(project)
    project.git("add", "changed.txt")


def unmerged(project: Repository) -> None:
    diverged(project)
    project.git("merge", "-q", "side", check=False)


def rebase(project: Repository) -> None:
    project.git("rebase", "-q", "--force-rebase", "--exec", "false", "HEAD^", check=False)


def cherry_pick(project: Repository) -> None:
    diverged(project)
    project.git("cherry-pick", "side", check=False)
    project.write("changed.txt", "both\n")
    project.git("add", "changed.txt")


def revert(project: Repository) -> None:
    project.commit("changed.txt", "main\n")
    project.git("revert", "--no-commit", "HEAD")


def am(project: Repository) -> None:
    diverged(project)
    project.git("format-patch", "-q", "-1", "-o", "..", "side")
    project.git("am", "-q", "../0001-Change-it.patch", check=False)


def bisect(project: Repository) -> None:
    project.git("bisect", "start")


def detached(project: Repository) -> None:
    project.git("checkout", "-q", "--detach")
    work(project)


def sessions_ignored(project: Repository) -> None:
    project.write(".gitignore", ".claude-mpm/\n")


def sessions_linked(project: Repository) -> None:
    (project.path.parent / "elsewhere").mkdir()
    (project.path / ".claude-mpm").symlink_to("../elsewhere")


def nobody(_: Repository) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\nuseConfigOnly = true\n", encoding="utf-8")


def unsigned(project: Repository) -> None:
    project.git("config", "commit.gpgSign", "true")
    project.git("config", "gpg.program", "false")
    work(project)


def pointer_modified(project: Repository) -> None:
    an_earlier_session(project)
    project.write(f"{DIRECTORY}/{POINTER}", "mine\n")


def pointer_deleted(project: Repository) -> None:
    an_earlier_session(project)
    (project.sessions / POINTER).unlink()


STATES: list[State] = [
    modified,
    deleted,
    deleted_and_there_again,
    modes,
    types,
    types_staged,
    directories_and_files_changed_places,
    renamed,
    renamed_then_modified,
    copied,
    binary,
    line_ends,
    converted_line_ends,
    attributes,
    attributes_of_all,
    white_space,
    intended,
    names,
    names_that_are_no_text,
    staged_and_unstaged,
    untracked,
    ignored,
    before_the_first_commit,
    sub_modules,
    sha256,
    apart,
    hostile_settings,
    split_index,
    fourth_index,
    sparse,
    sparse_index,
    passed_over,
    without_modes,
    many,
    an_earlier_session,
    an_earlier_session_staged,
    an_earlier_session_untracked,
    hooks_that_fail,
    stashed,
]


OWN = {
    modified,
    line_ends,
    converted_line_ends,
    attributes,
    attributes_of_all,
    intended,
    names,
    staged_and_unstaged,
    before_the_first_commit,
    hostile_settings,
    an_earlier_session,
    hooks_that_fail,
}
"""States in which the oldest pre-commit is tried, too. 3.2.0 sets work aside by the very code of 4.7, but for changes
of line ends alone; so these are here, and some of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a pause must leave as it was, but for its own files and its commit."""

    index: AbstractSet[str]
    staged: str
    branch: str
    others: AbstractSet[str]
    stashes: str
    settings: bytes
    contents: Mapping[str, tuple[int, bytes]]


def seen(project: Repository, ours: AbstractSet[str] = frozenset()) -> Seen:
    """Look at everything."""
    branch = project.git("symbolic-ref", "--quiet", "HEAD", check=False)
    indexed = project.git("ls-files", "--stage", "-v", "-z", "--full-name", ":(top)").split("\0")
    refs = project.git("for-each-ref", "--format=%(refname)\n%(objectname)\t%(refname)").split("\n")
    but = [f":(top,exclude){name}" for name in ours]
    return Seen(
        index={line for line in indexed if line.partition("\t")[2] not in ours},
        staged=project.git(
            "-c", "diff.external=", "diff-index", "-p", "--cached", "--binary", tree(project), "--", *but
        ),
        branch=branch,
        others={ref for ref in refs if "\t" in ref and ref.partition("\t")[2] != branch.strip()},
        stashes=project.git("stash", "list", "--format=%H %gd"),
        settings=(common(project) / "config").read_bytes(),
        contents={name: held for name, held in contents(project.path) if name not in ours},
    )


def tree(project: Repository) -> str:
    """Name the tree to compare the index with: before the first commit there is none in HEAD."""
    head = project.git("rev-parse", "--verify", "--quiet", "HEAD", check=False).strip()
    return head or project.git("hash-object", "-t", "tree", os.devnull).strip()


def contents(top: Path) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """Yield the mode of each file, and what it holds, or where a link leads."""
    for path in top.rglob("*"):
        name, mode = path.relative_to(top).as_posix(), path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield name, (mode, os.fsencode(path.readlink()))
        elif stat.S_ISREG(mode) and not name.startswith(".git/"):
            yield name, (mode, path.read_bytes())


def common(project: Repository) -> Path:
    """Return git's own directory, of all work trees."""
    return project.path / project.git("rev-parse", "--git-common-dir").strip()


def records(project: Repository) -> list[Record]:
    """Return git's own status, read by the letter of git-status(1)."""
    found: list[Record] = []
    words = iter(project.git("status", "--porcelain=v2", "-z", "--untracked-files=normal").split("\0"))
    for word in words:
        kind = word[:1]
        if kind == "?":
            found.append(("??", spelled(word[2:]), None))
        elif kind in ("1", "2", "u"):
            fields = word.split(" ", {"1": 8, "2": 9, "u": 10}[kind])
            found.append((fields[1], spelled(fields[-1]), spelled(next(words)) if kind == "2" else None))
    return found


def spelled(name: str) -> str:
    """Spell a name that is no text as a session does."""
    raw = os.fsencode(name)
    if raw.decode(errors="replace") == name:
        return name
    return (
        '"' + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in raw) + '"'
    )


def recorded(project: Repository, taken: str) -> list[Record]:
    """Return the status in a session."""
    status = json.loads((project.sessions / f"{taken}.json").read_bytes())["git_context"]["status"]
    assert "incomplete" not in status
    return [(entry["xy"], entry["path"], entry.get("original_path")) for entry in status["entries"]]


def patches(cache: Path) -> dict[Path, bytes]:
    """Return what runners have set aside, now and before: they never clear it away."""
    return {
        path: path.read_bytes() for pattern in ("pre-commit/patch*", "prek/patches/*") for path in cache.glob(pattern)
    }


def leftovers(project: Repository) -> list[Path]:
    """Find what a pause would have had to clear away."""
    return [
        *(path for pattern in ("mpm-hooks*", "**/mpm-hooks*", "**/*.lock") for path in common(project).glob(pattern)),
        *project.sessions.glob(".*"),
    ]


def pause(project: Repository, cache: Path, run: Run, *words: str, place: str = ".", aside: bool = True) -> None:
    """Pause, and see that the session tells the truth and nothing else was touched."""
    head = project.git("rev-parse", "--verify", "--quiet", "HEAD", check=False).strip()
    known, kept, told = set(project.ids), patches(cache), records(project)
    ours = {f"{DIRECTORY}/{POINTER}"}
    before = seen(project, ours)

    done = call(Repository(project.path / place), "run", *words, "mpm-pause")
    assert done.returncode == 0, done.stdout + done.stderr

    (taken,) = set(project.ids) - known
    ours |= {f"{DIRECTORY}/{taken}.{form}" for form in FORMS}
    # A runner takes files that are intended to be added out of the index meanwhile, and keeps that to itself.
    hidden: dict[Record, Record] = {(".A", name, None): ("??", name, None) for _, name, _ in told}
    assert sorted(recorded(project, taken), key=str) == sorted(
        (told if "--all-files" in words else [hidden.get(record, record) for record in told]), key=str
    )
    assert seen(project, ours) == before
    assert foreign(records(project)) == foreign(told)
    assert project.git("log", "-1", "--no-show-signature", "--format=format:%P") == head
    changes = project.git("diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-only", "--no-renames", "HEAD")
    assert {*changes.split("\0")} == {*ours, ""}
    now = patches(cache)
    assert kept.items() <= now.items()
    assert len(now) == len(kept) + aside
    assert leftovers(project) == []
    assert run(project.path, "check").status == 0


def foreign(told: list[Record]) -> list[Record]:
    """Leave out what stands in the folder of sessions: there a pause changes the status, of the pointer at least."""
    return [record for record in told if not record[1].startswith(".claude-mpm/")]


def refuse(project: Repository, *words: str) -> str:
    """See a pause refused, with nothing touched; return the sentence that says why."""
    head, told, before = project.git("rev-parse", "HEAD"), records(project), seen(project)
    done = call(project, "run", *words, "mpm-pause")
    assert done.returncode != 0
    assert (project.git("rev-parse", "HEAD"), records(project), seen(project)) == (head, told, before)
    assert [path.name for path in leftovers(project)] in ([], ["index.lock"])
    (sentence,) = [line for line in (done.stdout + done.stderr).splitlines() if "mpm-hooks: " in line]
    assert "nothing was written" in sentence
    return sentence


@pytest.mark.parametrize(
    "state",
    [pytest.param(state, marks=() if state in OWN else pytest.mark.alike, id=state.__name__) for state in STATES],
)
def test_work_set_aside(project: Repository, cache: Path, run: Run, state: State) -> None:
    state(project)
    append(project, "aside.txt", "unstaged\n")
    pause(project, cache, run)


@pytest.mark.parametrize(
    "state", [clean, renamed, intended, sub_modules, an_earlier_session_staged], ids=attrgetter("__name__")
)
def test_nothing_set_aside(project: Repository, cache: Path, run: Run, state: State) -> None:
    state(project)
    pause(project, cache, run, aside=False)


@pytest.mark.parametrize("state", [staged_and_unstaged, intended, stash_in_conflict], ids=attrgetter("__name__"))
def test_all_files(project: Repository, cache: Path, run: Run, state: State) -> None:
    state(project)
    pause(project, cache, run, "--all-files", aside=False)


def test_in_a_sub_directory(project: Repository, cache: Path, run: Run) -> None:
    work(project)
    project.write("deep/er/file.txt", "changed\n")
    pause(project, cache, run, place="deep/er")


def test_in_a_linked_work_tree(project: Repository, cache: Path, run: Run) -> None:
    project.git("worktree", "add", "-q", "-b", "other", "../linked")
    work(project)
    linked = Repository(project.path.parent / "linked")
    work(linked)
    before = seen(project)
    pause(linked, cache, run)
    assert (seen(project).contents, seen(project).index) == (before.contents, before.index)


REFUSED: list[tuple[State, str, str]] = [
    (merge, "a git merge is in progress", "--no-commit"),
    (rebase, "a git rebase is in progress", "--no-commit"),
    (cherry_pick, "a git cherry-pick is in progress", "--no-commit"),
    (revert, "a git revert is in progress", "--no-commit"),
    (am, "a git am is in progress", "--no-commit"),
    (bisect, "a git bisect is in progress", "--no-commit"),
    (detached, "HEAD is detached", "git switch -c NAME first"),
    (sessions_ignored, "ignored by .gitignore:1", "--no-commit"),
    (sessions_linked, ".claude-mpm is a symbolic link", ""),
    (nobody, "git does not know who you are", "git config user.name NAME"),
    (unsigned, "gpg failed to sign the data", "--no-commit"),
    (pointer_modified, f"{POINTER} has unstaged changes", f"git add {DIRECTORY}/{POINTER} first"),
    (pointer_deleted, f"{POINTER} has unstaged changes", f"git add {DIRECTORY}/{POINTER} first"),
]


@pytest.mark.alike
@pytest.mark.parametrize(("state", "reason", "way_out"), REFUSED, ids=[state.__name__ for state, _, _ in REFUSED])
def test_refused(project: Repository, state: State, reason: str, way_out: str) -> None:
    state(project)
    append(project, "aside.txt", "unstaged\n")
    sentence = refuse(project)
    assert reason in sentence
    assert way_out in sentence


def test_refused_before_a_merge_is_resolved(project: Repository) -> None:
    unmerged(project)
    append(project, "aside.txt", "unstaged\n")
    assert "a git merge is in progress" in refuse(project, "--all-files")


def test_refused_where_another_git_holds_the_index(project: Repository) -> None:
    work(project)
    project.write(".git/index.lock", "")
    # A runner that sets work aside needs the lock itself.
    assert "delete what it left" in refuse(project, "--all-files")


def test_nothing_is_done_inside_a_commit(project: Repository) -> None:
    project.write(".git/hooks/pre-commit", f"#!/bin/sh\nexec {RUNNER} run mpm-pause\n").chmod(0o755)
    work(project)
    before = seen(project)
    subprocess.run(["git", "commit", "-qm", "Go on"], check=True, cwd=project.path, capture_output=True)
    assert project.git("log", "-2", "--format=%s") == "Go on\nSave\n"
    assert (project.ids, leftovers(project)) == ([], [])
    assert (seen(project).contents, seen(project).index) == (before.contents, before.index)
