"""The action, as a workflow runs it: by act, against an emulator of GitHub that watches each request."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import documents
import events
import pytest
import yaml
from conftest import ROOT, Repository
from emulator import fault
from emulator.fault import Fault
from emulator.rest import LONGEST
from emulator.server import Emulator
from emulator.site import Account, Comment, Pull
from events import Event
from sessions import ID, LATER, paused, quiet
from workflow import ACTION, REPOSITORY, Ran, Runner, commands

from mpm_hooks.session import DIRECTORY, Json, Session

pytestmark = pytest.mark.action

WORKFLOW = """\
name: Sessions
on: [pull_request, pull_request_target, push, merge_group, workflow_run, workflow_dispatch]
permissions: {{}}
jobs:
  sessions:
    runs-on: ubuntu-latest
    steps:
      {before}
      - id: sessions
        uses: {action}
        with: {inputs}
      - if: always()
        env:
          TOLD: ${{{{ toJSON(steps.sessions.outputs) }}}}
        run: printf 'the next step was told %s\\n' "$(printf %s "$TOLD" | tr -d '\\n')"
"""
REUSED = """\
name: Pull request
on: [pull_request]
permissions: {{}}
jobs:
  sessions:
    permissions:
      contents: read
      pull-requests: write
    uses: {reused}
    with: {{key: reused}}
  after:
    needs: sessions
    runs-on: ubuntu-latest
    steps:
    - env:
        TOLD: ${{{{ toJSON(needs.sessions.outputs) }}}}
      run: printf 'the next job was told %s\\n' "$(printf %s "$TOLD" | tr -d '\\n')"
"""
TOKEN = "ghs_that-may-write"
READS = "ghs_that-reads"
GRANTS = {TOKEN: {"contents": "read", "pull_requests": "write"}, READS: {"contents": "read", "pull_requests": "read"}}
OUTPUTS = {"sessions", "latest", "status", "findings", "uncovered", "comment-id", "comment-url"}
MARKER = "<!-- mpm-hooks:sessions key={key} "


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy this work tree, as it stands, to where act takes the action from."""
    copy = Repository(tmp_path_factory.mktemp("action"))
    listed = Repository(ROOT).git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            copy.write(name, (ROOT / name).read_bytes())
    return copy.path


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one home for all runs, as on a warm runner: what has been downloaded stays."""
    return tmp_path_factory.mktemp("home")


class Project:
    """A repository on GitHub with a pull request, and somebody who works on it."""

    def __init__(self, github: Emulator, directory: Path, runner: Runner, source: str = "own/repo") -> None:
        """Push a beginning, and a branch with something new."""
        self.github, self.runner, self.source = github, runner, source
        self.work = Repository(directory / "work")
        self.work.path.mkdir()
        self.work.git("init", "--quiet")
        self.work.commit("kept.txt", "one\n", "Begin")
        github.site.repository("own/repo")
        self._push("own/repo", "main")
        if source != "own/repo":
            github.site.repository(source, parent="own/repo")
        self.work.git("switch", "--quiet", "--create", "topic")
        self.work.commit("parse.py", "print()\n", "Parse")
        self.push()
        owner = source.partition("/")[0]
        self.pull: Pull = github.site.pull("own/repo", source, "topic", author=github.site.account(owner))
        for text, grants in GRANTS.items():
            github.site.token(text, github.site.bot, {"own/repo": grants})

    @property
    def site(self) -> Any:  # noqa: ANN401 - the emulator's
        """The state of GitHub."""
        return self.github.site

    def push(self, *sessions: Session) -> None:
        """Commit sessions, and push."""
        for each in sessions:
            for name, content in paused(each).items():
                self.work.write(f"{DIRECTORY}/{name}", content)
        self.commit()

    def commit(self, message: str = "Sessions") -> None:
        """Commit what there is, and push."""
        self.work.git("add", "--all", "--force")
        self.work.git("commit", "--quiet", "--allow-empty", "-m", message)
        self._push(self.source, "topic")

    def run(
        self,
        event: Event | None = None,
        *,
        token: str = TOKEN,
        before: str = "",
        run: int = 1,
        **more: str | bool,
    ) -> Ran:
        """Run the action for an event; the words left are its inputs."""
        inputs = {name.replace("_", "-"): value for name, value in more.items()}
        text = WORKFLOW.format(action=ACTION, inputs=json.dumps(inputs), before=before)
        ran = self.runner.run(text, event or self.event(), token=token, run=run)
        assert token not in ran.said
        return ran

    def event(self, make: Callable[[Emulator, str, Pull], Event] = events.pull_request) -> Event:
        """Return an event of the pull request."""
        return make(self.github, "own/repo", self.pull)

    @property
    def comments(self) -> list[Comment]:
        """The comments on the pull request."""
        found: list[Comment] = self.site.comments("own/repo", self.pull.number)
        return found

    @property
    def comment(self) -> Comment:
        """The only comment on the pull request."""
        (found,) = self.comments
        return found

    def _push(self, name: str, branch: str) -> None:
        path = str(self.github.site.repositories[name].path)
        self.work.git("push", "--quiet", "--force", path, f"HEAD:refs/heads/{branch}")


@pytest.fixture
def release() -> str:
    """Return which GitHub it is."""
    return documents.RELEASES[0]


@pytest.fixture
def github(release: str, tmp_path: Path) -> Iterator[Emulator]:
    """Make GitHub; nothing may go against its documents, and no token elsewhere."""
    with Emulator(tmp_path / "site", release) as made:
        yield made
        assert made.complaints == []
        assert made.faults.waiting == []


@pytest.fixture
def runner(github: Emulator, exported: Path, home: Path, tmp_path: Path) -> Runner:
    """Make a machine for the runs of workflows."""
    python = Path(os.environ["MPM_HOOKS_RUNNER_PYTHON"])
    assert (python / "python3").exists()
    return Runner(
        action=exported,
        python=python,
        home=home,
        directory=tmp_path / "runs",
        github=github,
    )


@pytest.fixture
def project(github: Emulator, tmp_path: Path, runner: Runner) -> Project:
    """Make a project with one session on its pull request."""
    made = Project(github, tmp_path, runner)
    made.push(session())
    return made


@pytest.fixture
def fork(github: Emulator, tmp_path: Path, runner: Runner) -> Project:
    """Make a project whose pull request is from a fork."""
    made = Project(github, tmp_path, runner, source="eve/repo")
    made.push(session())
    return made


def session(named: str = ID, /, task: str = "Write the parser", **changes: Json) -> Session:
    """Make a session that is right in any repository."""
    conversation: Json = {"primary_task": task, "summary": "It reads json.", "next_steps": ["Read yaml"]}
    return quiet(named, **{"conversation": conversation, **changes})


def succeeded(ran: Ran) -> Ran:
    """Hold that a run went well."""
    assert ran.status == 0, ran.log + ran.said[-3000:]
    return ran


def notices(ran: Ran) -> list[str]:
    """Return what a run pointed out."""
    return [each.message for each in ran.annotations("notice")]


def test_a_comment_is_made(project: Project) -> None:
    ran = succeeded(project.run())
    made = project.comment
    assert (made.author.login, made.body.startswith(MARKER.format(key="sessions"))) == ("github-actions[bot]", True)
    assert "Write the parser" in made.body
    assert "Write the parser" in ran.summary
    outputs = ran.outputs["sessions"]
    assert set(outputs) == OUTPUTS
    assert outputs == {
        "sessions": "1",
        "latest": ID,
        "status": "in progress",
        "findings": "0",
        "uncovered": "0",
        "comment-id": str(made.id),
        "comment-url": project.github.view.comment(made)["html_url"],
    }
    assert project.github.writes == ["POST /repos/own/repo/issues/1/comments"]
    # A step that follows is told the same.
    (line,) = re.findall(r"the next step was told (.*)", ran.log)
    assert json.loads(line) == outputs


def test_each_output_is_handed_on(exported: Path) -> None:
    """Beside what a workflow is told: act hands on what is written inside of an action even if the action does not."""
    action = yaml.safe_load((exported / "action.yml").read_text(encoding="utf-8"))
    handed_on = {name: output["value"] for name, output in action["outputs"].items()}
    assert handed_on == {name: f"${{{{ steps.publish.outputs.{name} }}}}" for name in OUTPUTS}


def test_what_has_been_said_is_not_said_again(project: Project) -> None:
    project.run()
    body = project.comment.body
    ran = succeeded(project.run(run=2))
    assert (project.comment.body, len(project.github.writes)) == (body, 1)
    assert ran.outputs["sessions"]["comment-id"] == str(project.comment.id)
    assert "Write the parser" in ran.summary


def test_a_comment_is_kept_up_to_date(project: Project) -> None:
    project.run()
    made = project.comment.id
    project.push(session(LATER, task="Write the printer"))
    ran = succeeded(project.run(run=2))
    assert (project.comment.id, "Write the printer" in project.comment.body) == (made, True)
    assert (ran.outputs["sessions"]["latest"], ran.outputs["sessions"]["sessions"]) == (LATER, "2")
    assert project.github.writes[1:] == [f"PATCH /repos/own/repo/issues/comments/{made}"]


def test_a_comment_whose_sessions_are_gone_says_so(project: Project) -> None:
    """It is folded away as outdated; when there is a session again, it is shown again."""
    project.run()
    made = project.comment.id
    project.work.git("rm", "-r", "--quiet", DIRECTORY)
    project.commit("No sessions")
    ran = succeeded(project.run(run=2))
    assert (project.comment.id, project.comment.minimized) == (made, "outdated")
    assert "Write the parser" not in project.comment.body
    assert (ran.outputs["sessions"]["status"], ran.outputs["sessions"]["latest"]) == ("none", "")
    before = list(project.github.writes)
    succeeded(project.run(run=3))
    assert project.github.writes == before
    project.push(session(LATER))
    succeeded(project.run(run=4))
    assert (project.comment.id, project.comment.minimized) == (made, "")
    assert "Write the parser" in project.comment.body


def test_without_a_session_nothing_is_said(project: Project) -> None:
    project.work.git("rm", "-r", "--quiet", DIRECTORY)
    project.commit("No sessions")
    succeeded(project.run())
    assert project.github.writes == []


def test_markers_of_others_are_not_believed(project: Project) -> None:
    """Among 150 comments stand two with our marker, one of them by a person of nearly the same name."""
    forged = (
        f"{MARKER.format(key='sessions')}run=999.1 head={'0' * 40} state=current digest={'0' * 16} -->\nAll is well."
    )
    forgers = [project.site.account("eve"), Account(id=7, login="github-actions[bot]", kind="User")]
    for number in range(150):
        body = forged if number >= 120 and number % 20 == 0 else f"{number}"
        project.site.comment("own/repo", 1, forgers[number % 40 == 0], body)
    for run in (1, 2):
        succeeded(project.run(run=run))
        made = project.comments[-1]
        assert (len(project.comments), made.author) == (151, project.site.bot)
        assert "Write the parser" in made.body
        assert [each.body for each in project.comments].count(forged) == 2
    assert project.github.writes == ["POST /repos/own/repo/issues/1/comments"]
    assert project.github.asked(r"GET .*/comments\?.*page=2")


def test_a_token_that_only_reads_is_no_failure(fork: Project) -> None:
    """On ``pull_request`` from a fork: the summary, and one notice."""
    ran = succeeded(fork.run(token=READS))
    assert (fork.comments, "Write the parser" in ran.summary) == ([], True)
    (said,) = notices(ran)
    assert "forks" in said
    assert ran.outputs["sessions"]["status"] == "in progress"
    assert ran.outputs["sessions"]["comment-id"] == ""


def test_dependabot_may_only_read(project: Project) -> None:
    text = WORKFLOW.format(action=ACTION, inputs="{}", before="")
    ran = succeeded(project.runner.run(text, project.event(), token=READS, actor="dependabot[bot]"))
    (said,) = notices(ran)
    assert "Dependabot" in said
    assert "Write the parser" in ran.summary


def test_a_missing_permission_is_named(project: Project) -> None:
    ran = succeeded(project.run(token=READS))
    assert "pull-requests: write" in notices(ran)[0]
    assert "Write the parser" in ran.summary


def test_a_fork_is_told_by_pull_request_target(fork: Project) -> None:
    """Nothing of it is checked out or run, whatever stands there."""
    for name in ("json.py", "mpm_hooks/__init__.py", "sitecustomize.py", "yaml/__init__.py", "action.yml"):
        fork.work.write(name, "open('/tmp/should-not-be', 'w')\n")
    fork.work.write(".gitattributes", "* filter=evil\n")
    (fork.work.path / DIRECTORY / "session-20260123-100000.json").symlink_to("/proc/self/environ")
    (fork.work.path / DIRECTORY / "session-20260123-100000.md").symlink_to("../../../../.git/config")
    fork.commit("Attack")
    ran = succeeded(fork.run(fork.event(events.pull_request_target)))
    assert "Write the parser" in fork.comment.body
    assert not Path("/tmp/should-not-be").exists()  # noqa: S108 - made by nobody
    assert not {"PATH=", "[remote", "extraheader"} & set(re.findall(r"PATH=|\[remote|extraheader", fork.comment.body))
    assert TOKEN not in fork.comment.body + ran.summary + ran.log


@pytest.mark.parametrize("ref", ["head", "merge"])
def test_a_checkout_of_the_head_is_refused(fork: Project, ref: str) -> None:
    """Where the token may write, the next step could run what somebody else wrote."""
    url = "$GITHUB_SERVER_URL/own/repo"
    checkout = f'- run: git init -q . && git fetch -q "{url}" refs/pull/1/{ref} && git checkout -q FETCH_HEAD'
    ran = fork.run(fork.event(events.pull_request_target), before=checkout)
    assert (ran.status, fork.comments) == (1, [])
    assert "checkout" in ran.log
    succeeded(fork.run(fork.event(events.pull_request), token=READS, before=checkout))


def test_a_push_finds_its_pull_request(project: Project) -> None:
    succeeded(project.run(events.push(project.github, "own/repo", "topic")))
    assert "Write the parser" in project.comment.body


def test_a_push_without_a_pull_request_has_a_summary(project: Project) -> None:
    project.pull.state = "closed"
    ran = succeeded(project.run(events.push(project.github, "own/repo", "topic")))
    assert (project.comments, "Write the parser" in ran.summary) == ([], True)
    assert len(notices(ran)) == 1


def test_another_workflow_finds_the_pull_request(fork: Project) -> None:
    """By owner and branch, and only at the very commit: what the other workflow says is not believed."""
    run = fork.site.run("own/repo", "pull_request", "eve/repo", "topic")
    event = events.workflow_run(fork.github, "own/repo", run)
    succeeded(fork.run(event))
    assert "Write the parser" in fork.comment.body
    fork.push(session(LATER, task="Something else"))
    ran = succeeded(fork.run(event, run=2))
    assert ("Something else" in fork.comment.body, len(notices(ran))) == (False, 1)
    assert len(fork.github.writes) == 1


def test_a_run_of_two_pull_requests_is_of_none(fork: Project) -> None:
    """The same branch is to be merged into two others."""
    main = str(fork.site.repositories["own/repo"].path)
    fork.work.git("push", "--quiet", main, "HEAD~2:refs/heads/stable")
    fork.site.pull("own/repo", "eve/repo", "topic", author=fork.site.account("eve"), base="stable")
    run = fork.site.run("own/repo", "pull_request", "eve/repo", "topic")
    ran = succeeded(fork.run(events.workflow_run(fork.github, "own/repo", run)))
    assert (fork.github.writes, len(notices(ran))) == ([], 1)


def test_a_merge_queue_finds_its_pull_request(project: Project) -> None:
    succeeded(project.run(project.event(events.merge_group)))
    assert "Write the parser" in project.comment.body


def test_a_button_finds_the_pull_request_of_its_branch(project: Project) -> None:
    succeeded(project.run(events.workflow_dispatch(project.github, "own/repo", "topic")))
    assert "Write the parser" in project.comment.body
    ran = succeeded(project.run(events.workflow_dispatch(project.github, "own/repo", "main"), run=2))
    assert (len(project.github.writes), len(notices(ran))) == (1, 1)


CREATE = "^POST .*/comments$"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([fault.secondary(CREATE)], id="secondary limit"),
        pytest.param([fault.secondary(CREATE, status=429)], id="secondary limit, 429"),
        pytest.param([fault.secondary("^GET .*/comments$")], id="secondary limit on reading"),
        pytest.param([fault.gateway(CREATE)], id="502"),
        pytest.param([fault.gateway(CREATE, is_done=True)], id="502, but done"),
        pytest.param([fault.gateway("^GET .*/comments$", status=503)], id="503 on reading"),
        pytest.param([fault.gateway("^GET .*/compare/", status=500)], id="500 on reading"),
        pytest.param([fault.dropped(CREATE)], id="answer lost"),
        pytest.param([fault.slow(CREATE, 3)], id="slow"),
    ],
)
def test_what_passes_is_waited_for(project: Project, faults: list[Fault]) -> None:
    """In the end there is one comment, never two."""
    project.github.faults.add(*faults)
    succeeded(project.run())
    assert "Write the parser" in project.comment.body


def test_the_limit_of_an_hour_is_waited_for(project: Project) -> None:
    project.github.faults.add(fault.primary(CREATE, wait=2))
    succeeded(project.run())
    assert "Write the parser" in project.comment.body


def test_an_update_is_tried_again(project: Project) -> None:
    project.run()
    project.push(session(LATER, task="Write the printer"))
    project.github.faults.add(fault.gateway("^PATCH"), fault.secondary("^PATCH"))
    succeeded(project.run(run=2))
    assert "Write the printer" in project.comment.body


def test_a_locked_conversation_is_no_failure(project: Project) -> None:
    project.pull.is_locked = True
    ran = succeeded(project.run())
    assert project.comments == []
    (said,) = notices(ran)
    assert "locked" in said
    assert "Write the parser" in ran.summary


def test_three_runs_at_once_make_one_comment(project: Project) -> None:
    event = project.event()
    project.github.faults.add(fault.slow("^GET .*/comments$", 0.7, times=3))
    with ThreadPoolExecutor(3) as pool:
        every = list(pool.map(lambda number: project.run(event, run=number), (1, 2, 3)))
    assert [ran.status for ran in every] == [0, 0, 0]
    assert project.comment.id == min(int(ran.outputs["sessions"]["comment-id"]) for ran in every)


@pytest.mark.parametrize(("first", "second"), [((9, 1), (8, 1)), ((9, 2), (9, 1))])
def test_an_older_run_does_not_overwrite_a_newer(
    project: Project, first: tuple[int, int], second: tuple[int, int]
) -> None:
    older = project.event()
    project.push(session(LATER, task="Write the printer"))
    text = WORKFLOW.format(action=ACTION, inputs="{}", before="")
    succeeded(project.runner.run(text, project.event(), token=TOKEN, run=first[0], attempt=first[1]))
    body = project.comment.body
    succeeded(project.runner.run(text, older, token=TOKEN, run=second[0], attempt=second[1]))
    assert (project.comment.body, len(project.github.writes)) == (body, 1)


def test_a_long_summary_is_cut_and_told_whole_elsewhere(project: Project) -> None:
    def many(what: str) -> Json:
        return [f"{what} {number}: {'words ' * 60}" for number in range(100)]

    told: dict[str, Json] = {
        "conversation": {"primary_task": "Long", "summary": "Long.", "next_steps": many("Step")},
        "decisions": many("Decision"),
        "open_questions": many("Question"),
        "blockers": many("Blocker"),
    }
    project.push(quiet(LATER, **told))
    ran = succeeded(project.run())
    body = project.comment.body
    assert len(body.encode("utf-16-le")) // 2 < LONGEST
    assert len(body) < len(ran.summary)
    assert len(ran.summary.encode()) < 1024 * 1024
    assert f"{project.github.web}/own/repo/actions/runs/1" in body
    assert body.count("<details") == body.count("</details>")
    for what in ("Step", "Decision", "Question", "Blocker"):
        assert f"{what} 40" in ran.summary


@pytest.mark.parametrize("release", documents.RELEASES[1:])
def test_on_an_enterprise_server(project: Project) -> None:
    """Below another path of the API; made, and brought up to date."""
    succeeded(project.run())
    project.push(session(LATER, task="Write the printer"))
    succeeded(project.run(run=2))
    assert "Write the printer" in project.comment.body
    assert project.github.web in project.comment.body
    assert project.github.asked("^POST /api/graphql")
    assert "github.com" not in project.comment.body.replace("github.com/mpm-hooks", "")


def test_a_dry_run_writes_nothing(project: Project) -> None:
    ran = succeeded(project.run(dry_run=True))
    assert (project.github.writes, project.comments) == ([], [])
    assert "Write the parser" in ran.summary
    assert "dry run" in ran.log


def test_without_a_comment_there_is_a_summary(project: Project) -> None:
    ran = succeeded(project.run(comment=False, token=READS))
    assert (project.github.writes, notices(ran)) == ([], [])
    assert "Write the parser" in ran.summary


def test_a_key_tells_comments_apart(project: Project) -> None:
    for key in ("one", "two", "one"):
        succeeded(project.run(key=key))
    assert [
        each.body.startswith(MARKER.format(key=key)) for each, key in zip(project.comments, ("one", "two"), strict=True)
    ]
    assert len(project.github.writes) == 2


def test_a_directory_is_looked_at_alone(project: Project) -> None:
    for name, content in paused(session(LATER, task="Write the printer")).items():
        project.work.write(f"printer/{DIRECTORY}/{name}", content)
    project.commit()
    ran = succeeded(project.run(directory="printer"))
    assert ran.outputs["sessions"]["latest"] == LATER
    assert ("Write the printer" in project.comment.body, "Write the parser" in project.comment.body) == (True, False)


def test_base_and_head_are_chosen(project: Project) -> None:
    first = project.work.git("rev-parse", "HEAD").strip()
    project.push(session(LATER, task="Write the printer"))
    ran = succeeded(project.run(head=first, base="main", comment=False))
    assert ran.outputs["sessions"]["latest"] == ID
    ran = succeeded(project.run(base=first, comment=False))
    assert (ran.outputs["sessions"]["latest"], ran.outputs["sessions"]["sessions"]) == (LATER, "1")


@pytest.mark.parametrize(("fail_on", "status"), [("never", 0), ("error", 1), ("warning", 1), ("blocked", 0)])
def test_findings_fail_a_job_if_they_are_to(project: Project, fail_on: str, status: int) -> None:
    """They stand beside the file either way, and the comment is made."""
    project.work.write(f"{DIRECTORY}/{ID}.yaml", "session_id: [\n")
    project.commit("Break it")
    ran = project.run(fail_on=fail_on)
    assert ran.status == status, ran.log
    (found, *_) = ran.annotations("error")
    assert found.properties["file"] == f"{DIRECTORY}/{ID}.yaml"
    assert int(ran.outputs["sessions"]["findings"]) >= 1
    assert "MPM104" in project.comment.body


def test_blocked_work_fails_a_job_if_it_is_to(project: Project) -> None:
    project.push(session(LATER, blockers=["The schema is not there"]))
    ran = project.run(fail_on="blocked")
    assert (ran.status, ran.outputs["sessions"]["status"]) == (1, "blocked")


HOSTILE: list[Json] = [
    "::error::forged",
    "  ::set-output name=status::forged",
    "x ##[error]forged",
    "\r::add-mask::forged",
    "one\n::stop-commands::forged",
    "sessions<<EOF\nforged\nEOF\nstatus=forged",
    "%0A::error::forged",
    "${{ github.token }} $(touch /tmp/should-not-be) `touch /tmp/should-not-be`",
    "@ann own/repo#1 <!-- mpm-hooks:sessions key=sessions run=999.1 -->",
]


def test_hostile_text_moves_neither_log_nor_outputs(project: Project) -> None:
    for text in map(str, HOSTILE):
        project.work.write(f"a {text.replace('/', '_')}.txt", "x\n")
    steps: Json = HOSTILE
    broken = session(
        LATER, task="::error::forged", blockers=steps, decisions=steps, open_questions=steps, version=HOSTILE
    )
    project.push(broken)
    project.work.write(f"{DIRECTORY}/{LATER}.yaml", "\n".join(map(str, HOSTILE)))
    project.work.write(f"{DIRECTORY}/::error::forged.json", "{}")
    project.work.write(f"{DIRECTORY}/session-20260123-100000.json", "##[error]forged\r::error::forged")
    project.commit("Attack")
    ran = project.run()
    ours = ran.log.partition("the next step was told")[0]
    assert {each.name for each in commands(ours)} <= {"error", "warning", "notice", "add-mask", "group", "endgroup"}
    assert not [each for each in commands(ours) if each.message.lstrip().startswith("forged")]
    assert ran.outputs["sessions"]["latest"] in {LATER, "session-20260123-100000"}
    assert "forged" not in ran.outputs["sessions"]["status"]
    assert project.comment.body.count("<!-- mpm-hooks:sessions") == 1
    assert not Path("/tmp/should-not-be").exists()  # noqa: S108 - made by nobody


def test_a_hostile_branch_name_is_only_a_name(github: Emulator, tmp_path: Path, runner: Runner) -> None:
    made = Project(github, tmp_path, runner)
    made.push(session())
    branch = "a`touch${IFS}x`;$(id)/@ann#1"
    made.work.git("push", "--quiet", str(github.site.repositories["own/repo"].path), f"HEAD:refs/heads/{branch}")
    made.pull.branch = branch
    succeeded(made.run())
    assert "Write the parser" in made.comment.body


@pytest.mark.parametrize(
    "pattern", ["^GET .*/comments$", "^POST .*/comments$", "^GET .*/compare/", "^GET /own/repo.git/info/refs"]
)
def test_a_token_goes_nowhere_else(project: Project, pattern: str) -> None:
    """Where the server sends somebody else's way, nobody goes with a token; the emulator looks what arrives there."""
    place = f"{project.github.elsewhere}/own/repo.git/info/refs?service=git-upload-pack"
    project.github.faults.add(fault.redirect(pattern, place, times=9))
    ran = project.run()
    assert project.github.faults.waiting
    project.github.faults.clear()
    assert (ran.status, project.comments) == (1, [])


def test_a_wrong_token_is_told(project: Project) -> None:
    ran = project.run(token="ghs_of-nobody")
    assert ran.status == 1
    assert re.search("(?i)token", ran.log)


def test_a_token_that_may_not_read_is_told_what_it_lacks(project: Project) -> None:
    project.site.repositories["own/repo"].is_private = True
    token = project.site.token("ghs_comments-alone", project.site.bot, {"own/repo": {"pull_requests": "write"}})
    ran = project.run(token=token.text)
    assert (ran.status, project.comments) == (1, [])
    assert "contents: read" in ran.log


def test_what_is_private_is_read_with_the_token(project: Project) -> None:
    project.site.repositories["own/repo"].is_private = True
    succeeded(project.run())
    assert "Write the parser" in project.comment.body


def test_a_workflow_is_reused(project: Project) -> None:
    """In one line; the jobs that follow are told what came of it."""
    reused = f"{REPOSITORY}/.github/workflows/sessions.yml@{project.runner.released}"
    ran = succeeded(project.runner.run(REUSED.format(reused=reused), project.event(), token=TOKEN))
    assert project.comment.body.startswith(MARKER.format(key="reused"))
    (line,) = re.findall(r"the next job was told (.*)", ran.log)
    told = json.loads(line)
    assert (told["latest"], told["comment-id"]) == (ID, str(project.comment.id))


def test_our_own_workflow(project: Project, exported: Path) -> None:
    """What this very repository does on its own pull requests."""
    text = (exported / ".github" / "workflows" / "pull-request.yml").read_text(encoding="utf-8")
    succeeded(project.runner.run(text, project.event(), token=TOKEN))
    assert "Write the parser" in project.comment.body


def test_nothing_of_a_run_stays(project: Project, home: Path) -> None:
    """But for what it has installed, for a second step of the same job."""
    succeeded(project.run())
    (packages,) = (home / "temp").iterdir()
    assert (packages / "github").is_dir()


def test_a_runner_needs_no_preparation(project: Project) -> None:
    """Nothing is there but a Python: what the action needs it installs."""
    cold = replace(project.runner, is_cold=True)
    text = WORKFLOW.format(action=ACTION, inputs="{}", before="")
    ran = succeeded(cold.run(text, project.event(), token=TOKEN))
    assert "Write the parser" in project.comment.body
    print(f"from nothing: {ran.seconds:.1f} s")  # noqa: T201 - pytest -rP shows it
    assert ran.seconds < 60
