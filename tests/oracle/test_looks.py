"""The comment and the page as a person sees them, in Chromium: nothing sticks out, nothing is fetched, one screen."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository
from hostile import HOSTILE, PAGE
from rendering import ZERO_WIDTH, is_hidden, is_lost, render
from sessions import files, full

from mpm_hooks import markup
from mpm_hooks.main import main
from mpm_hooks.session import DIRECTORY, Json, Session

pytestmark = pytest.mark.looks

SCREEN = 1000
"""Pixels from the top of a screen to its bottom, as look.mjs has it."""
WIDTHS = {"light": (900, "light"), "dark": (900, "dark"), "narrow": (390, "light")}
BEACON = '<img src="https://example.com/pixel.png"><script>document.title = "taken"</script>'
PLACES = {
    "timeline": "timeline\n    title Sessions\n    2026-01-21 10#colon;00 : {0}\n    {0} : word\n    2026-01-22 : word",
    "gitGraph": 'gitGraph\n    commit id: "{}"\n    commit',
}
CONTENT_POLICY = re.compile(r"<meta http-equiv[^>]*>\n")

Seen = dict[str, Any]


@dataclass(frozen=True)
class Looks:
    """What Chromium has seen."""

    pages: dict[str, Seen]
    drawn: dict[tuple[str, str], Seen]
    asked: list[str]


def told(goal: str, **changes: Json) -> dict[str, Json]:
    """Return what a session tells, as somebody would write it."""
    return {
        "conversation": {
            "primary_task": goal,
            "summary": "Both readers pass their tests; the writer still sorts keys.",
            "accomplishments": [
                "YAML 1.2 is read, with anchors and merge keys",
                "Errors name the line and the column",
                "The old reader is gone",
                "Numbers keep their precision",
            ],
            "next_steps": ["Keep the order of keys when writing", "Measure 1,000 files against the old reader"],
        },
        "decisions": ["No aliases in what we write: reviewers read diffs", "Duplicate keys are an error"],
        "open_questions": ["Are tabs in flow mappings to be accepted?"],
        "resume_instructions": {
            "quick_start": ["Run: cat .claude-mpm/sessions/LATEST-SESSION.txt"],
            "files_to_review": ["parse.py", "write.py"],
            "validation_commands": {"tests": "pytest tests/test_parse.py"},
        },
        "todos": {"active": [], "completed": []},
        "generator": "mpm-hooks 0.1.0",
        **changes,
    }


def hostile(goal: str) -> dict[str, Json]:
    """Return what an attacker would write into a session: no list is so long that something is left out."""
    texts = [text for _, text in HOSTILE.values()]
    lists: list[Json] = [list(texts[start::4]) for start in range(4)]
    told_of = dict(zip(("decisions", "open_questions", "blockers", "tried"), lists, strict=True))
    return told(f"{goal} {' '.join(texts)}", **told_of)


def json_alone(session: Session) -> Mapping[str, bytes]:
    """Write a session as somebody can who wants to: not every text fits the other forms."""
    return {f"{DIRECTORY}/{session.id}.json": json.dumps(session.data).encode()}


def made(
    project: Repository, subject: Callable[[str], dict[str, Json]], write: Callable[[Session], Mapping[str, bytes]]
) -> Repository:
    """Make a branch with work, and three sessions about it."""
    project.git("init", "--quiet", "--initial-branch=main")
    for name, value in {"user.name": "Ann", "user.email": "ann@example.org"}.items():
        project.git("config", name, value)
    project.commit("write.py")
    project.git("switch", "--quiet", "-c", "feature/yaml")
    goals = ("Read YAML", "Name the place of each error", "Read and write YAML sessions")
    for day, goal in zip((20, 21, 22), goals, strict=True):
        project.commit("parse.py", f"{day}\n", goal)
        git: Json = {"is_git_repo": True, "branch": "feature/yaml", "head": project.git("rev-parse", "HEAD").strip()}
        session = full(f"session-202601{day}-100000", **{**subject(goal), "git_context": git})
        for name, content in write(session).items():
            project.write(name, content)
        project.git("add", "--force", "--all", ".")
        project.git("commit", "--quiet", "-m", "session: pause")
    project.commit("docs/reading.md", "Read\n", "Say how to read")
    return project


def summaries(project: Repository, directory: Path, name: str) -> tuple[str, str]:
    """Write the summary as a comment, and as a page."""
    before = Path.cwd()
    os.chdir(project.path)
    try:
        for kind in ("markdown", "html"):
            words = ("--base", "main", "--repository-url", PAGE, "--format", kind)
            assert main(["summary", *words, "--output-file", str(directory / f"{name}.{kind}")]) == 0
    finally:
        os.chdir(before)
    comment, page = ((directory / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("markdown", "html"))
    return comment, page


def on_github(comment: str, styles: str) -> str:
    """Return the page of a comment, about as GitHub has it."""
    body = render([comment])[comment]["html"]
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><style>{styles}\n.markdown-body {{ padding: 16px }}</style>'
        f'<body class="markdown-body">{body}</body>'
    )


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Looks:
    """Write the pages, and look at all of them at once: Chromium is slow to start."""
    home, directory = Path(os.environ["MPM_HOOKS_ORACLE"]), tmp_path_factory.mktemp("looks")
    styles = (home / "node_modules/github-markdown-css/github-markdown.css").read_text(encoding="utf-8")
    pages: dict[str, str] = {}
    for name, subject, write in (("usual", told, files), ("hostile", hostile, json_alone)):
        comment, page = summaries(made(Repository(tmp_path_factory.mktemp(name)), subject, write), directory, name)
        pages |= {f"{name}-comment": on_github(comment, styles), f"{name}-page": page}
    pages["attacked-page"] = pages["usual-page"].replace("</main>", f"{BEACON}</main>")
    pages["unprotected-page"] = CONTENT_POLICY.sub("", pages["attacked-page"])
    jobs = {}
    for name, content in pages.items():
        (directory / f"{name}.html").write_text(content, encoding="utf-8")
        scripted = name in {"attacked-page", "unprotected-page"}
        for look, (width, scheme) in {"light": WIDTHS["light"]}.items() if scripted else WIDTHS.items():
            jobs[f"{name}-{look}"] = {
                "file": str(directory / f"{name}.html"),
                "width": width,
                "scheme": scheme,
                "script": scripted,
                "picture": str(home / "pictures" / f"{name}-{look}.png"),
            }
    drawings = {
        (what, place): around.format(markup.mermaid(text, 500))
        for what, (_, text) in HOSTILE.items()
        for place, around in PLACES.items()
    }
    (home / "pictures").mkdir(exist_ok=True)
    asked = {"chromium": os.environ["MPM_HOOKS_CHROMIUM"], "pages": [*jobs.values()], "diagrams": [*drawings.values()]}
    run = subprocess.run(
        ["node", "look.mjs"], input=json.dumps(asked).encode(), check=True, stdout=subprocess.PIPE, cwd=home
    )
    told_by = json.loads(run.stdout)
    return Looks(
        pages=dict(zip(jobs, told_by["seen"], strict=True)),
        drawn=dict(zip(drawings, told_by["drawn"], strict=True)),
        asked=told_by["asked"],
    )


@pytest.mark.parametrize("look", WIDTHS)
@pytest.mark.parametrize("name", ["usual-comment", "usual-page", "hostile-comment", "hostile-page"])
def test_nothing_sticks_out_and_nothing_is_fetched(looks: Looks, name: str, look: str) -> None:
    seen = looks.pages[f"{name}-{look}"]
    assert seen["overflow"] == 0
    assert seen["wide"] == []
    assert seen["asked"] == []
    assert [each for each in seen["links"] if not each.startswith(f"{PAGE}/")] == []


@pytest.mark.parametrize("name", ["usual-comment-light", "usual-comment-dark", "usual-page-light", "usual-page-dark"])
def test_first_screen_holds_all_before_the_folds(looks: Looks, name: str) -> None:
    assert 0 < looks.pages[name]["top"] <= SCREEN


@pytest.mark.parametrize("name", ["usual-comment", "usual-page"])
def test_dark_is_dark(looks: Looks, name: str) -> None:
    light, dark = (looks.pages[f"{name}-{look}"]["colour"] for look in ("light", "dark"))
    assert light != dark


def test_hostile_page_has_our_elements_alone(looks: Looks) -> None:
    seen = looks.pages["hostile-page-light"]
    assert set(seen["elements"]) <= set(looks.pages["usual-page-light"]["elements"])
    assert not [what for what, (_, text) in HOSTILE.items() if is_lost(text, seen["text"])]


def test_policy_of_the_page_holds(looks: Looks) -> None:
    attacked, unprotected = looks.pages["attacked-page-light"], looks.pages["unprotected-page-light"]
    assert unprotected["asked"] == ["https://example.com/pixel.png"]
    assert unprotected["title"] == "taken"
    assert attacked["asked"] == []
    assert attacked["title"] != "taken"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", HOSTILE)
def test_diagram_shows_the_text(looks: Looks, what: str, place: str) -> None:
    drawn = looks.drawn[what, place]
    assert "wrong" not in drawn
    assert drawn["kind"] == place
    assert drawn["odd"] == []
    text = HOSTILE[what][1]
    seen = "".join(drawn["text"].replace(ZERO_WIDTH, "").split())
    if not any(map(is_hidden, text)):
        assert "".join(text.split()) in seen


def test_diagrams_fetch_nothing(looks: Looks) -> None:
    assert looks.asked == []
