"""A workflow is run, and its log read, as GitHub's runner does it: or else no test of the action would say much."""

from __future__ import annotations

from pathlib import Path

import events
import pytest
from emulator import storage
from emulator.server import Emulator
from workflow import ACTION, Command, Runner, commands

pytestmark = pytest.mark.action

SESSIONS = "      uses: mpm-hooks/mpm-hooks@v0\n"
TOLD = """\
name: Told
runs:
  using: composite
  steps:
  - id: tell
    shell: bash
    env:
      TOKEN: ${{ github.token }}
    run: |
      echo "word=hello" >> "$GITHUB_OUTPUT"
      echo "# The summary" >> "$GITHUB_STEP_SUMMARY"
      echo "$GITHUB_API_URL $GITHUB_RUN_ID.$GITHUB_RUN_ATTEMPT $GITHUB_SHA $GITHUB_ACTOR ${#TOKEN}"
outputs:
  word:
    value: ${{ steps.tell.outputs.word }}
"""
WORKFLOW = f"""\
on: [pull_request]
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
    - id: told
      uses: {ACTION}
    - run: |
        echo "the word was ${{{{ steps.told.outputs.word }}}}"
        printf 'x ##[warning]a\\r::error file=b.py,line=3::c%%0Ad\\nlast'
        exit 7
"""


@pytest.mark.parametrize(
    ("log", "found"),
    [
        pytest.param("a ::error::b", [], id="not at the beginning"),
        pytest.param("  ::error::b", [Command(name="error", properties={}, message="b")], id="after white space"),
        pytest.param("a\r::error::b", [Command(name="error", properties={}, message="b")], id="after a bare CR"),
        pytest.param(
            "a ##[group x=1;y=2]b", [Command(name="group", properties={"x": "1", "y": "2"}, message="b")], id="anywhere"
        ),
        pytest.param(
            "::notice file=a%2Cb,line=1::c%0Ad%250A",
            [Command(name="notice", properties={"file": "a,b", "line": "1"}, message="c\nd%0A")],
            id="spelled out",
        ),
        pytest.param(
            "::set-output name=a::b\n::x", [Command(name="set-output", properties={"name": "a"}, message="b")]
        ),
    ],
)
def test_commands(log: str, found: list[Command]) -> None:
    assert list(commands(log)) == found


def test_a_workflow_is_run(tmp_path: Path) -> None:
    action = tmp_path / "action"
    (action / ".github" / "workflows").mkdir(parents=True)
    (action / ".github" / "workflows" / "sessions.yml").write_text(SESSIONS, encoding="utf-8")
    (action / "action.yml").write_text(TOLD, encoding="utf-8")
    with Emulator(tmp_path / "site") as github:
        storage.begin(github.site.repository("own/repo").path)
        pull = github.site.pull("own/repo", "own/repo", "topic", author=github.site.account("ann"))
        event = events.pull_request(github, "own/repo", pull)
        runner = Runner(
            action=action, python=tmp_path, home=tmp_path / "home", directory=tmp_path / "runs", github=github
        )
        ran = runner.run(WORKFLOW, event, token="secret", run=5, attempt=2, actor="bob")
        assert (ran.status, ran.summary, ran.outputs) == (1, "# The summary\n", {"told": {"word": "hello"}})
        said = f"{github.api} 5.2 {event.sha} bob 6\nthe word was hello\n"
        assert ran.log == said + "x ##[warning]a\r::error file=b.py,line=3::c%0Ad\nlast"
        assert [(each.name, each.message) for each in ran.annotations()] == [("warning", "a"), ("error", "c\nd")]
