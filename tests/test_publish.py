"""``mpm-hooks publish`` in a job of GitHub's, against a server on loopback with real git behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Repository, Result, Run
from forge import FORK, NAME, TOKEN, Forge, serving
from sessions import ID, files, full

from mpm_hooks import comment
from mpm_hooks.session import DIRECTORY, Json

pytestmark = pytest.mark.once

ZEROS = "0" * 40
NEXT = "session-20260122-100000"


@dataclass
class Job:
    """A job on a runner, for one pull request."""

    forge: Forge
    work: Repository
    place: Path
    run: Run
    monkeypatch: pytest.MonkeyPatch

    @property
    def head(self) -> str:
        """The commit of the pull request."""
        return self.work.git("rev-parse", "work").strip()

    @property
    def base(self) -> str:
        """The commit that it is to be merged into."""
        return self.work.git("rev-parse", "main").strip()

    def save(self, named: str = ID, /, **changes: Json) -> None:
        """Add a session to the pull request."""
        for name, content in files(full(named, **changes)).items():
            self.work.write(name, content)
        self.push("Pause")

    def push(self, message: str = "Change it") -> None:
        """Commit all that is there, and push."""
        self.work.git("add", "--force", "--all")
        self.work.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.work.git("push", "--quiet", "--force", str(self.forge.path), "work", "main")
        for pull in self.forge.pulls:
            pull["head"]["sha"] = self.head

    def pull_request(self, source: str | None = NAME) -> dict[str, Any]:
        """Return the payload of its event."""
        if not self.forge.pulls:
            self.forge.pull(self.base, self.head, source=source)
        return {"pull_request": self.forge.pulls[0]}

    def publish(
        self, *words: str, event: str = "pull_request", payload: object = None, run: int = 1, **variables: str
    ) -> Result:
        """Run a job."""
        (self.place / "event.json").write_text(json.dumps(payload or self.pull_request()), encoding="utf-8")
        for name in ("summary", "output"):
            (self.place / name).unlink(missing_ok=True)
        told = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.place / "event.json"),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": str(run),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_ACTOR": "ann",
            "GITHUB_SHA": self.head,
            "GITHUB_REF": "refs/heads/work",
            "GITHUB_SERVER_URL": self.forge.url,
            "GITHUB_API_URL": f"{self.forge.url}/api/v3",
            "GITHUB_GRAPHQL_URL": f"{self.forge.url}/api/graphql",
            "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
            "GITHUB_OUTPUT": str(self.place / "output"),
            "GITHUB_TOKEN": TOKEN,
            "RUNNER_TEMP": str(self.place),
        }
        for name, value in (told | variables).items():
            self.monkeypatch.setenv(name, value)
        return self.run(self.place, "publish", *words)

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps to come are told."""
        lines = (self.place / "output").read_text(encoding="utf-8").splitlines()
        return {name.partition("<<")[0]: value for name, value, _ in zip(*[iter(lines)] * 3, strict=True)}

    @property
    def summary(self) -> str:
        """The summary of the job."""
        return (self.place / "summary").read_text(encoding="utf-8")

    @property
    def bodies(self) -> list[str]:
        """The comments on the pull request."""
        return [str(each["body"]) for each in self.forge.comments]


@pytest.fixture
def job(repository: Repository, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """Make a repository on a server, a pull request in it, and a runner that does not wait in earnest."""
    bare = tmp_path / "repo.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", repository.path, bare], check=True)
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        subprocess.run(["git", "-C", bare, "config", f"uploadpack.{setting}", "true"], check=True)
    (tmp_path / "runner").mkdir()
    repository.git("checkout", "--quiet", "-b", "work")
    with serving(Forge(bare)) as forge:
        made = Job(forge, repository, tmp_path / "runner", run, monkeypatch)
        made.push()
        yield made
    assert not forge.strangers


def test_a_session_is_told_once_and_kept_up_to_date(job: Job) -> None:
    job.save()
    done = job.publish()
    assert (done.status, done.err) == (0, "")
    (first,) = job.bodies
    assert "Write the parser" in first
    assert f"{job.forge.url}/{NAME}/blob/{job.head}/{DIRECTORY}/{ID}.md" in first
    assert "Write the parser" in job.summary
    address = f"{job.forge.url}/{NAME}/pull/1#issuecomment-101"
    told = {"sessions": "1", "latest": ID, "status": "in progress", "findings": "0", "comment-id": "101"}
    assert job.outputs == told | {"uncovered": "0", "comment-url": address}
    assert "comment created" in done.out

    assert "comment unchanged" in job.publish(run=2).out
    assert job.bodies == [first]
    assert job.outputs["comment-id"] == "101"

    job.save(NEXT)
    assert "comment updated" in job.publish(run=3).out
    (second,) = job.bodies
    assert NEXT in second
    assert job.outputs["sessions"] == "2"

    assert "comment superseded" in job.publish(run=2).out
    assert job.bodies == [second]


def test_sessions_that_are_gone_and_come_back(job: Job) -> None:
    job.save()
    job.publish()
    job.work.git("reset", "--quiet", "--hard", "HEAD~1")
    job.push()
    assert "comment updated" in job.publish(run=2).out
    assert "it is outdated" in job.bodies[0]
    assert job.forge.folded == {"IC_101": True}
    assert job.outputs["status"] == "none"
    job.save()
    job.publish(run=3)
    assert "Write the parser" in job.bodies[0]
    assert job.forge.folded == {"IC_101": False}


def test_nothing_is_said_where_there_is_no_session(job: Job) -> None:
    done = job.publish()
    assert (done.status, job.bodies) == (0, [])
    assert "::notice" not in done.out
    assert job.outputs | {"comment-url": ""} == job.outputs
    assert "No session" in job.summary


def test_sessions_of_the_base_are_not_of_the_pull_request(job: Job) -> None:
    job.work.git("checkout", "--quiet", "main")
    job.save()
    job.work.git("checkout", "--quiet", "work")
    job.push()
    job.publish()
    assert job.bodies == []


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_fork(job: Job, event: str) -> None:
    job.save()
    payload = job.pull_request(FORK)
    job.forge.viewer = None
    if event == "pull_request":
        job.forge.fail("POST", 403, {"message": "Resource not accessible by integration"})
    done = job.publish(event=event, payload=payload)
    assert done.status == 0
    assert "Write the parser" in job.summary
    assert len(job.bodies) == (event == "pull_request_target")
    notices = [line for line in done.out.splitlines() if line.startswith("::")]
    assert len(notices) == (event == "pull_request")
    assert "the token only reads" in "".join(notices) or not notices


def test_missing_permission_is_named(job: Job) -> None:
    job.save()
    headers = {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"}
    job.forge.fail("POST", 403, {"message": "Resource not accessible by integration"}, headers=headers)
    done = job.publish()
    assert done.status == 0
    assert "the workflow needs the permission `issues: write` or `pull-requests: write`" in done.out
    assert job.outputs["comment-id"] == ""


def test_locked_conversation(job: Job) -> None:
    job.save()
    job.forge.fail("POST", 403, {"message": "Unable to create comment because issue is locked."})
    done = job.publish()
    assert done.status == 0
    assert "::notice title=mpm-hooks::no comment: the conversation is locked" in done.out


def test_github_that_refuses_leaves_the_summary(job: Job) -> None:
    job.save()
    job.forge.fail("POST", 422, {"message": "Validation Failed"})
    done = job.publish()
    assert done.status == 3
    assert "with 422" in done.err
    assert "Write the parser" in job.summary


def test_repository_that_may_not_be_read(job: Job) -> None:
    job.save()
    job.forge.may_read = False
    done = job.publish()
    assert done.status == 3
    assert "`contents: read`" in done.err


def test_dry_run(job: Job) -> None:
    job.save()
    done = job.publish("--dry-run")
    assert "the comment on pull request 1 would be created" in done.out
    assert job.bodies == []
    assert "Write the parser" in job.summary
    assert job.outputs["comment-id"] == ""


def test_no_comment_is_wanted(job: Job) -> None:
    job.save()
    job.publish("--no-comment")
    assert job.bodies == []
    assert "Write the parser" in job.summary


def test_keys_and_directories(job: Job) -> None:
    job.save()
    for name, content in files(full(NEXT)).items():
        job.work.write(f"api/{name}", content)
    job.push()
    job.publish("--key=api", "--directory=api")
    job.publish("--key=all", run=2)
    assert [comment.marker(each).key for each in job.bodies if comment.marker(each)] == ["api", "all"]  # type: ignore[union-attr] # see the condition
    assert ID not in job.bodies[0]
    assert {ID, NEXT} <= set(re.findall(r"session-\d{8}-\d{6}", job.bodies[1]))


@pytest.mark.parametrize(
    ("fail_on", "changes", "status"),
    [
        pytest.param("never", {"conversation": None}, 0, id="never"),
        pytest.param("error", {"conversation": None}, 1, id="an error"),
        pytest.param("error", {}, 0, id="no error"),
        pytest.param("warning", {"conversation": None}, 1, id="an error is more than a warning"),
        pytest.param("blocked", {}, 0, id="not blocked"),
        pytest.param("blocked", {"blockers": ["no key"]}, 1, id="blocked"),
    ],
)
def test_fail_on(job: Job, fail_on: str, changes: dict[str, Json], status: int) -> None:
    job.save(**changes)
    done = job.publish(f"--fail-on={fail_on}")
    assert done.status == status
    assert len(job.bodies) == 1, "it fails when all is told"


def test_a_commit_of_an_agent_without_a_session(job: Job) -> None:
    job.work.commit("a.py", message="Write it\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    name = job.head
    job.push("Nothing")
    done = job.publish("--fail-on=uncovered")
    assert done.status == 1
    assert f"::notice title=mpm-hooks::no session covers {name[:10]}" in done.out
    assert job.outputs["uncovered"] == "1"
    assert f"**1 commit without a session**\n\n- [`{name[:10]}`]" in job.summary
    job.save()
    assert job.publish("--fail-on=uncovered").status == 0
    assert job.outputs["uncovered"] == "0"


def test_an_exempt_branch_needs_no_session(job: Job) -> None:
    job.work.git("checkout", "--quiet", "main")
    job.work.commit("pyproject.toml", '[tool.mpm-hooks]\nexempt-branches = ["wo*"]\n')
    job.work.git("checkout", "--quiet", "-B", "work")
    job.work.commit("a.py", message="Write it\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    job.push()
    assert job.publish("--fail-on=uncovered").status == 0


def test_findings_are_annotated(job: Job) -> None:
    job.save(conversation=None)
    done = job.publish()
    assert f"::error file={DIRECTORY}/{ID}.json" in done.out
    assert int(job.outputs["findings"]) > 0


def test_settings_of_the_pull_request_silence_nothing(job: Job) -> None:
    job.work.write("pyproject.toml", '[tool.mpm-hooks]\nignore = ["ALL"]\n')
    job.save(conversation=None)
    job.publish()
    assert int(job.outputs["findings"]) > 0


def test_long_texts_are_cut_in_the_comment_alone(job: Job) -> None:
    job.monkeypatch.setattr(comment, "LONGEST", 2_000)
    steps: Json = [f"Step {number} {'x' * 250}" for number in range(50)]
    job.save(conversation={"primary_task": "Long", "summary": "Long", "accomplishments": steps, "next_steps": steps})
    job.publish()
    (body,) = job.bodies
    assert len(body.encode("utf-16-le")) // 2 <= comment.LONGEST
    address = f"{job.forge.url}/{NAME}/actions/runs/1/attempts/1"
    assert f"[the summary of the job]({address}) has all of it" in body
    assert len(job.summary) > len(body)
    job.publish(run=2)
    assert job.bodies == [body], "the address of the run is no news"


def test_pushed_branch_finds_its_pull_request(job: Job) -> None:
    job.save()
    job.pull_request()
    done = job.publish(event="push", payload={"before": ZEROS, "after": job.head})
    assert len(job.bodies) == 1
    assert "::notice" not in done.out


@pytest.mark.parametrize("before", [ZEROS, ""])
def test_pushed_branch_without_a_pull_request(job: Job, before: str) -> None:
    job.save()
    done = job.publish(event="push", payload={"before": before or job.base, "after": job.head})
    assert "::notice title=mpm-hooks::no comment: work is the head of no open pull request" in done.out
    assert "Write the parser" in job.summary
    assert job.outputs["sessions"] == "1"


def test_branch_of_several_pull_requests(job: Job) -> None:
    job.save()
    job.forge.pull(job.base, job.head)
    job.forge.pull(job.base, job.head, 2)
    job.forge.pull(job.base, job.head, 3, source="own/other")
    done = job.publish(event="workflow_dispatch", payload={"inputs": {}})
    assert "work is the head of 2 open pull requests" in done.out
    assert job.bodies == []


def test_pushed_tag(job: Job) -> None:
    job.save()
    payload = {"before": ZEROS, "after": job.head}
    done = job.publish(event="push", payload=payload, GITHUB_REF="refs/tags/v1")
    assert "a tag is the head of no open pull request" in done.out


def test_deleted_branch(job: Job) -> None:
    done = job.publish(event="push", payload={"before": job.head, "after": ZEROS})
    assert (done.status, done.out) == (
        0,
        "::notice title=mpm-hooks::a branch was deleted: there is nothing to look at\n",
    )


def test_default_branch_shows_all_that_it_has(job: Job) -> None:
    job.work.git("checkout", "--quiet", "main")
    job.save()
    head = job.base
    job.publish(event="schedule", payload={}, GITHUB_REF="refs/heads/main", GITHUB_SHA=head)
    assert job.outputs["latest"] == ID


def run_of(job: Job, **changes: object) -> dict[str, object]:
    told = {"head_sha": job.head, "head_branch": "work", "head_repository": {"full_name": FORK}}
    return {"workflow_run": told | changes}


def test_end_of_a_run_for_a_fork(job: Job) -> None:
    job.save()
    job.forge.pull(job.base, job.head, source=NAME)
    job.forge.pull(job.base, job.head, 2, source=FORK)
    done = job.publish(event="workflow_run", payload=run_of(job))
    assert len(job.bodies) == 1
    assert f"GET /repos/{NAME}/issues/2/comments" in job.forge.asked
    assert "::notice" not in done.out


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"head_sha": "1" * 40}, id="another commit"),
        pytest.param({"head_branch": "other"}, id="another branch"),
        pytest.param({"head_repository": {"full_name": "third/repo"}}, id="another fork"),
        pytest.param({"head_repository": {"full_name": "else/other"}}, id="another fork of the same owner"),
        pytest.param({"head_repository": None}, id="a fork that is gone"),
    ],
)
def test_end_of_a_run_for_nothing(job: Job, changes: dict[str, object]) -> None:
    job.save()
    job.forge.pull(job.base, job.head, source=FORK)
    done = job.publish(event="workflow_run", payload=run_of(job, **changes))
    assert (done.status, job.bodies) == (0, [])
    assert "which is the head of no open pull request" in done.out


def queue_of(job: Job, number: int = 1, branch: str = "main") -> dict[str, object]:
    name = f"refs/heads/gh-readonly-queue/{branch}/pr-{number}-{job.base}"
    return {"merge_group": {"head_sha": job.head, "base_sha": job.base, "head_ref": name}}


def test_merge_queue(job: Job) -> None:
    job.save()
    job.pull_request()
    job.publish(event="merge_group", payload=queue_of(job))
    assert len(job.bodies) == 1


@pytest.mark.parametrize(("number", "branch"), [(7, "main"), (1, "other")])
def test_merge_queue_that_names_another(job: Job, number: int, branch: str) -> None:
    job.save()
    job.pull_request()
    done = job.publish(event="merge_group", payload=queue_of(job, number, branch))
    assert job.bodies == []
    assert "no open pull request is known of this merge queue" in done.out
    assert "Write the parser" in job.summary


def test_merge_queue_of_another_name(job: Job) -> None:
    job.save()
    payload = {"merge_group": {"head_sha": job.head, "base_sha": job.base, "head_ref": "refs/heads/q"}}
    assert "no open pull request" in job.publish(event="merge_group", payload=payload).out


def test_base_and_head_that_are_asked_for(job: Job) -> None:
    job.save()
    job.save(NEXT)
    job.publish("--base=work~1", "--head=work")
    assert job.outputs["sessions"] == "1"
    assert job.outputs["latest"] == NEXT


def test_base_that_shares_nothing(job: Job) -> None:
    job.save()
    job.work.git("checkout", "--quiet", "--orphan", "other")
    job.work.git("commit", "--quiet", "-m", "Begin anew")
    job.work.git("push", "--quiet", str(job.forge.path), "other")
    job.work.git("rm", "--quiet", "-r", "--cached", ".")
    job.work.git("checkout", "--quiet", "--force", "work")
    done = job.publish("--base=other")
    assert done.status == 0


def checked_out(job: Job, ref: str) -> str:
    place = job.place / "space"
    subprocess.run(["git", "clone", "--quiet", "--branch", ref, job.forge.path, place], check=True)
    return str(place)


def test_head_that_is_checked_out_is_refused(job: Job) -> None:
    job.save()
    place = checked_out(job, "work")
    for event, payload in (("pull_request_target", job.pull_request(FORK)), ("workflow_run", run_of(job))):
        done = job.publish(event=event, payload=payload, GITHUB_WORKSPACE=place)
        assert done.status == 3
        assert "Check nothing of the pull request out" in done.err
        assert job.bodies == []
        assert not (job.place / "summary").exists()
    assert job.publish(GITHUB_WORKSPACE=place).status == 0, "without the right to write there is no danger"


def test_base_that_is_checked_out_is_no_danger(job: Job) -> None:
    place = checked_out(job, "main")
    Repository(Path(place)).git("remote", "remove", "origin")
    Repository(Path(place)).git("gc", "--quiet", "--prune=now")
    job.save()
    assert job.publish(event="pull_request_target", payload=job.pull_request(), GITHUB_WORKSPACE=place).status == 0
    assert len(job.bodies) == 1


def test_hostile_session(job: Job) -> None:
    hostile = "@ann ::error::x ##[error]x\n::set-output name=a::b <!-- mpm-hooks:sessions key=sessions run=9.9 -->"
    job.save(conversation={"primary_task": hostile, "summary": hostile, "accomplishments": [hostile]}, note=hostile)
    done = job.publish()
    commands = [line for line in done.out.splitlines() if line.lstrip().startswith("::")]
    assert all(line.startswith(("::error file=", "::warning file=", "::notice title=")) for line in commands)
    assert "##[" not in done.out
    (body,) = job.bodies
    assert body.count("<!-- mpm-hooks") == 1
    assert comment.marker(body)


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        pytest.param([], {"GITHUB_EVENT_NAME": ""}, "elsewhere use mpm-hooks summary", id="no job"),
        pytest.param([], {"GITHUB_EVENT_PATH": ""}, "GITHUB_EVENT_PATH is not set", id="no event"),
        pytest.param([], {"GITHUB_EVENT_PATH": "/nowhere"}, "holds no event", id="event that is not there"),
        pytest.param([], {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set", id="no token"),
        pytest.param([], {"GITHUB_API_URL": "x"}, "not addresses of one server", id="no server"),
        pytest.param([], {"GITHUB_SERVER_URL": "x"}, "no address of a server", id="no git"),
        pytest.param(["--key=a b"], {}, "key 'a b'", id="odd key"),
    ],
)
def test_misuse(job: Job, words: list[str], variables: dict[str, Any], said: str) -> None:
    done = job.publish(*words, **variables)
    assert done.status == 2
    assert said in done.err


def test_without_the_files_of_a_runner(job: Job) -> None:
    job.save()
    done = job.publish(GITHUB_STEP_SUMMARY="", GITHUB_OUTPUT="", GITHUB_WORKSPACE="")
    assert done.status == 0
    assert len(job.bodies) == 1


def test_nobody_else_sees_the_token(job: Job, tmp_path: Path) -> None:
    job.save()
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    real = shutil.which("git")
    spy.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\necho "$@" >> {tmp_path}/words\nexec {real} "$@"\n')
    spy.chmod(0o755)
    done = job.publish(PATH=f"{spy.parent}{os.pathsep}{os.environ['PATH']}")
    assert done.status == 0
    assert TOKEN not in (tmp_path / "seen").read_text()
    assert "basic" not in (tmp_path / "words").read_text()
    assert TOKEN not in done.out + done.err
