"""Make a repository in which many sessions lie: ``python benchmarks/many.py FOLDER COUNT ours|upstream``.

Branches, commits and files that the sessions name are there, so a check finds nothing wrong and has to look at it all.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mpm_hooks import objects, render, repo, snapshot, work
from mpm_hooks.facts import Facts, Statement, WorkState
from mpm_hooks.render import pointer, upstream
from mpm_hooks.session import DIRECTORY, POINTER, Json, Session

BRANCHES = 12
FILES = 150
FIRST_COMMIT = datetime(2026, 1, 5, 8, tzinfo=UTC)
FIRST_PAUSE = datetime(2026, 2, 2, 17, tzinfo=UTC)
APART = timedelta(seconds=977)

_VERBS = ("Read", "Write", "Test", "Split", "Rename", "Document", "Speed up", "Repair", "Check", "Simplify")
_THINGS = ("the parser", "the cache", "the index", "the login form", "the retry logic", "the export", "the report")
_WHYS = (
    "it fails when the file is empty",
    "two callers expect different orders; see the test",
    "the old name says the opposite of what it does",
    "reviewers asked for it (naïve sorting is too slow)",
    'the message "not found" says nothing',
    "the limit of 64 KiB is reached: measure first",
)


def make(root: Path, count: int, kind: str) -> None:
    """Make the repository, and commit the sessions."""
    root.mkdir(parents=True)
    _git(root, "init", "--quiet", "--initial-branch=main")
    for key, value in (("user.name", "Ann Example"), ("user.email", "ann@example.org"), ("commit.gpgsign", "false")):
        _git(root, "config", key, value)
    _git(root, "fast-import", "--quiet", given="".join(_history()).encode())
    states = [_state(root, branch) for branch in _branches()]
    folder = root / DIRECTORY
    folder.mkdir(parents=True)
    session_id = ""
    for number in range(count):
        session = _session(number, states[number % BRANCHES])
        session_id = session.id
        for name, content in (render.forms(session) if kind == "ours" else _upstream(session, root)).items():
            (folder / name).write_bytes(content)
    (folder / POINTER).write_bytes(pointer.render(session_id).encode())
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "-m", f"{count} sessions")


def _git(root: Path, *words: str, given: bytes = b"") -> None:
    subprocess.run(["git", *words], check=True, cwd=root, input=given)


def _branches() -> Sequence[str]:
    return [f"feature/{_VERBS[number % len(_VERBS)].lower().replace(' ', '-')}-{number}" for number in range(BRANCHES)]


def _history() -> Iterator[str]:
    """Write a trunk and branches from several of its commits, as ``git fast-import`` reads it."""
    chance = random.Random(1)  # noqa: S311 - the same repository each time
    yield _commit(
        "main", 0, "Begin", {f"src/part{number % 10}/file{number}.py": "x = 1\n" * 20 for number in range(FILES)}
    )
    for number in range(1, 60):
        yield _commit("main", number, _words(chance), _edits(chance))
        if number % 5 == 0:
            branch = _branches()[number // 5 - 1]
            yield f"reset refs/heads/{branch}\nfrom refs/heads/main\n\n"
            for own in range(1, 5):
                yield _commit(branch, number + own, _words(chance), _edits(chance))
    yield f"reset refs/heads/{_branches()[-1]}\nfrom refs/heads/main\n\n"
    yield _commit(_branches()[-1], 60, _words(chance), _edits(chance))


def _commit(branch: str, number: int, message: str, files: Mapping[str, str]) -> str:
    moment = int((FIRST_COMMIT + timedelta(hours=number)).timestamp())
    lines = [f"commit refs/heads/{branch}", f"committer Ann Example <ann@example.org> {moment} +0000"]
    lines.append(f"data {len(message.encode())}\n{message}")
    lines += [f"M 100644 inline {path}\ndata {len(text)}\n{text}" for path, text in files.items()]
    return "\n".join([*lines, ""])


def _words(chance: random.Random) -> str:
    return f"{chance.choice(_VERBS)} {chance.choice(_THINGS)}: {chance.choice(_WHYS)}"


def _edits(chance: random.Random) -> dict[str, str]:
    numbers = chance.sample(range(FILES), 4)
    return {
        f"src/part{number % 10}/file{number}.py": f"x = {chance.randrange(999)}\n" * chance.randrange(5, 40)
        for number in numbers
    }


def _state(root: Path, branch: str) -> WorkState:
    """Return what git knows of a branch on which somebody is at work."""
    _git(root, "switch", "--quiet", branch)
    changed = [root / f"src/part{number}/file{number}.py" for number in range(3)]
    for path in changed:
        path.write_text("changed = True\n", encoding="utf-8")
    (root / "notes.txt").write_text("later\n", encoding="utf-8")
    found = repo.find(root)
    assert found is not None
    found.own.mkdir(exist_ok=True)
    with objects.opened(found) as known:
        state = work.state(found, known, ("main",))
    (root / "notes.txt").unlink()
    _git(root, "checkout", "--quiet", "--", ".")
    _git(root, "switch", "--quiet", "main")
    return state


def _session(number: int, state: WorkState) -> Session:
    """Make a session of somebody who has something to say."""
    chance = random.Random(number)  # noqa: S311 - the same sessions each time
    statement = Statement(
        message=f"{_words(chance)}.\n{_words(chance)}.",
        task=_words(chance),
        next=tuple(_words(chance) for _ in range(4)),
        done=tuple(_words(chance) for _ in range(3)),
        decisions=tuple(_words(chance) for _ in range(2)),
        questions=(f"{_words(chance)}?",),
        tried=(_words(chance),),
    )
    facts = Facts(
        statement=statement, directory="src", project="project", version="1.2.3", work=state, verify={"tests": "nox"}
    )
    return snapshot.take(facts, FIRST_PAUSE + number * APART)


def _upstream(session: Session, root: Path) -> dict[str, bytes]:
    """Write the same as claude-mpm does: its keys, its layout, the project's absolute path."""
    git, resume = session.data["git_context"], session.data["resume_instructions"]
    assert isinstance(git, dict)
    assert isinstance(resume, dict)
    status = git["status"]
    assert isinstance(status, dict)
    data: dict[str, Json] = {
        "session_id": session.id,
        "paused_at": session.text("paused_at").replace("+00:00", ".107726+00:00"),
        "duration_hours": 0,
        "context_usage": {"tokens_used": 0, "tokens_total": 200000, "percentage": 0},
        "conversation": session.data["conversation"],
        "git_context": {
            **{key: git[key] for key in ("is_git_repo", "branch", "recent_commits")},
            "status": {key: status[key] for key in ("clean", "modified_files", "untracked_files")},
        },
        "active_context": {"working_directory": str(root)},
        "important_reminders": session.data["important_reminders"],
        "resume_instructions": {
            "quick_start": resume["quick_start"],
            "files_to_review": resume["files_to_review"],
            "validation_commands": {
                "check_git": "git status && git log -1 --stat",
                "check_session": f"cat {DIRECTORY}/{session.id}.md",
            },
        },
        "open_questions": session.data["open_questions"],
        "performance_metrics": {},
        "todos": {"active": [], "completed": []},
        "version": "5.6.48",
        "build": "current",
        "project_path": str(root),
    }
    written = Session(id=session.id, data=data)
    return {
        f"{session.id}.json": json.dumps(data, indent=2).encode(),
        f"{session.id}.yaml": upstream.as_yaml(written).encode(),
        f"{session.id}.md": upstream.as_markdown(written).encode(),
    }


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
