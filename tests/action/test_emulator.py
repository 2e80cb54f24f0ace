"""The emulator does what GitHub does, as far as GitHub's own documents and its known habits go."""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import documents
import pytest
import schemathesis
from emulator import fault, storage
from emulator.rest import LONGEST
from emulator.server import Emulator
from emulator.site import Grants, Pull
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

pytestmark = pytest.mark.action

CONFLICT = """\
commit refs/heads/main
committer GitHub <noreply@example.com> 1767225602 +0000
data 0
from refs/heads/main^0
M 100644 inline kept.txt
data 6
three

"""
PULL = "/repos/own/repo/pulls/1"
COMMENTS = "/repos/own/repo/issues/1/comments"
GRANTS: dict[str, Grants] = {
    "may-write": {"own/repo": {"pull_requests": "write"}},
    "may-read": {"own/repo": {"contents": "read", "pull_requests": "read"}},
    "of-another": {"own/other": {"pull_requests": "write"}},
}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    data: Any


def ask(url: str, method: str = "GET", data: object = None, token: str = "may-write", **headers: str) -> Reply:
    """Send a request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request(
            method,
            f"{parts.path}?{parts.query}",
            body=data if isinstance(data, bytes) else json.dumps(data) if data is not None else None,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "tests"} | headers,
        )
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    is_json = "json" in response.headers.get("Content-Type", "")
    told = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status, told, json.loads(body) if body and is_json else body)


def begin(github: Emulator, name: str, *, is_private: bool = False) -> Pull:
    """Make a repository with a pull request."""
    storage.begin(github.site.repository(name, is_private=is_private).path)
    return github.site.pull(name, name, "topic", author=github.site.account("ann"))


@pytest.fixture(params=documents.RELEASES)
def github(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulator]:
    """Make each GitHub, with a repository for all and one for few."""
    with Emulator(tmp_path / "site", request.param) as made:
        begin(made, "own/repo")
        for text, grants in GRANTS.items():
            made.site.token(text, made.site.bot, grants)
        made.site.token("of-ann", made.site.account("ann"), {"own/repo": {"contents": "write", "issues": "write"}})
        made.site.token("of-bob", made.site.account("bob"), {"own/repo": {"issues": "write"}})
        yield made


@pytest.fixture
def sound(github: Emulator) -> Iterator[Emulator]:
    """Make each GitHub; nothing may go against its document."""
    yield github
    assert github.complaints == []


def test_comments_live(sound: Emulator) -> None:
    """Made, told, changed, deleted; their ids ascend."""
    first = ask(sound.api + COMMENTS, "POST", {"body": "one"})
    second = ask(sound.api + COMMENTS, "POST", {"body": "two"}, token="of-ann")
    assert (first.status, second.status) == (201, 201)
    assert first.data["id"] < second.data["id"]
    assert (first.data["user"]["login"], first.data["user"]["type"]) == ("github-actions[bot]", "Bot")
    assert ask(first.data["url"], "PATCH", {"body": "three"}).status == 200
    assert [each["body"] for each in ask(sound.api + COMMENTS).data] == ["three", "two"]
    # A token that may write may change and delete what others wrote: so it is, and so it is misused.
    assert ask(second.data["url"], "PATCH", {"body": "not mine"}).data["user"]["login"] == "ann"
    assert ask(second.data["url"], "DELETE").status == 204
    assert ask(second.data["url"]).status == 404
    assert sound.writes == [
        f"POST {COMMENTS}",
        f"POST {COMMENTS}",
        f"PATCH /repos/own/repo/issues/comments/{first.data['id']}",
        f"PATCH /repos/own/repo/issues/comments/{second.data['id']}",
        f"DELETE /repos/own/repo/issues/comments/{second.data['id']}",
    ]


def test_lists_come_in_pages(sound: Emulator) -> None:
    """A page holds 100 at most, and names its neighbours by addresses of the same origin."""
    for number in range(250):
        sound.site.comment("own/repo", 1, sound.site.bot, f"{number}")
    url, pages = f"{sound.api}{COMMENTS}?per_page=200", []
    while url:
        page = ask(url)
        pages.append([each["body"] for each in page.data])
        links = dict(link.split("; ")[::-1] for link in page.headers["link"].split(", "))
        url = links.get('rel="next"', "").strip("<>")
        assert not url or url.startswith(sound.api)
    assert [len(page) for page in pages] == [100, 100, 50]
    assert [each for page in pages for each in page] == [str(number) for number in range(250)]
    assert "link" not in ask(f"{sound.api}/repos/own/repo/pulls").headers


@pytest.mark.parametrize(
    ("token", "method", "path", "status", "accepted"),
    [
        pytest.param("wrong", "GET", PULL, 401, None, id="bad token"),
        pytest.param("", "GET", PULL, 401, None, id="no token"),
        pytest.param("may-read", "GET", PULL, 200, None, id="reads"),
        pytest.param("of-another", "GET", PULL, 200, None, id="reads what is public"),
        pytest.param("may-read", "POST", COMMENTS, 403, "issues=write; pull_requests=write", id="may not write"),
        pytest.param("of-another", "POST", COMMENTS, 403, "issues=write; pull_requests=write", id="writes elsewhere"),
        pytest.param("may-write", "GET", "/repos/own/hidden/pulls/1", 404, None, id="hidden"),
        pytest.param("may-write", "GET", "/repos/own/none", 404, None, id="no repository"),
        pytest.param("may-write", "GET", "/repos/own/repo/pulls/9", 404, None, id="no pull request"),
        pytest.param("may-write", "GET", "/user", 403, "", id="a bot is no user"),
        pytest.param("of-ann", "GET", "/user", 200, None, id="a person is"),
        pytest.param("may-write", "PUT", PULL, 404, None, id="no such operation"),
    ],
)
def test_tokens(sound: Emulator, token: str, method: str, path: str, status: int, accepted: str | None) -> None:
    sound.site.repository("own/hidden", is_private=True)
    data = {"body": "x"} if method == "POST" else None
    reply = ask(sound.api + path, method, data, token=token)
    assert (reply.status, reply.headers.get("x-accepted-github-permissions")) == (status, accepted)


def test_a_token_for_what_is_hidden_needs_the_permission(sound: Emulator) -> None:
    begin(sound, "own/hidden", is_private=True)
    sound.site.token("contents-only", sound.site.bot, {"own/hidden": {"contents": "read"}})
    reply = ask(f"{sound.api}/repos/own/hidden/issues/1/comments", token="contents-only")
    assert (reply.status, reply.headers["x-accepted-github-permissions"]) == (403, "issues=read; pull_requests=read")


@pytest.mark.parametrize(
    ("data", "status", "words", "complaints"),
    [
        pytest.param({"body": "x" * LONGEST}, 201, "", 0, id="longest"),
        pytest.param({"body": "x" * (LONGEST + 1)}, 422, "is too long (maximum is 65536 characters)", 0, id="too long"),
        pytest.param({"body": " "}, 422, "cannot be blank", 0, id="blank"),
        pytest.param({}, 422, "nil is not a string", 1, id="none"),
        pytest.param(b"{", 400, "Problems parsing JSON", 1, id="no JSON"),
    ],
)
def test_bodies(github: Emulator, data: object, status: int, words: str, complaints: int) -> None:
    """What is refused against the document is noticed besides: whoever asks so is wrong."""
    reply = ask(github.api + COMMENTS, "POST", data)
    assert reply.status == status
    assert words in json.dumps(reply.data)
    assert [each[:12] for each in github.complaints] == ["request POST"] * complaints


@pytest.mark.parametrize(("token", "status"), [("may-write", 403), ("of-bob", 403), ("of-ann", 201)])
def test_a_locked_conversation_is_for_collaborators(sound: Emulator, token: str, status: int) -> None:
    sound.site.repositories["own/repo"].pulls[1].is_locked = True
    assert ask(f"{sound.api}/repos/own/repo/issues/1").data["locked"] is True
    reply = ask(sound.api + COMMENTS, "POST", {"body": "x"}, token=token)
    assert reply.status == status
    assert status == 201 or "locked" in reply.data["message"]


def test_pull_requests_are_found(sound: Emulator) -> None:
    """By the branch of a head, by a commit; only those that are open; of a fork too."""
    path = sound.site.repository("eve/repo", parent="own/repo").path
    tip = storage.tip(path, "refs/heads/topic")
    new = storage.grow(path, "topic")
    fork = sound.site.pull("own/repo", "eve/repo", "topic", author=sound.site.account("eve"))

    def numbers(words: str) -> list[int]:
        return [each["number"] for each in ask(f"{sound.api}/repos/own/repo/{words}").data]

    assert numbers("pulls") == [2, 1]
    assert numbers("pulls?head=own:topic") == [1]
    assert numbers("pulls?head=eve:topic&state=all&base=main") == [2]
    assert numbers("pulls?base=other") == []
    assert numbers(f"commits/{tip}/pulls") == [1, 2]
    assert numbers(f"commits/{new}/pulls") == [2]
    assert ask(f"{sound.api}/repos/own/repo/commits/{'0' * 40}/pulls").status == 422
    assert ask(f"{sound.api}/repos/own/repo/commits/topic").data["sha"] == tip
    assert ask(f"{sound.api}/repos/own/repo/commits/refs%2Fheads%2Ftopic").data["sha"] == tip
    told = ask(f"{sound.api}/repos/own/repo/compare/main...{new}?per_page=1&page=2").data
    assert (told["status"], told["ahead_by"], told["merge_base_commit"]["sha"]) == (
        "ahead",
        2,
        storage.tip(path, "refs/heads/main"),
    )
    assert ask(f"{sound.api}/repos/own/repo/compare/main...none").status == 404
    fork.state = "closed"
    assert numbers("pulls?head=eve:topic") == []
    sound.site.repositories["eve/repo"].is_gone = True
    told = ask(f"{sound.api}/repos/own/repo/pulls/2").data
    assert (told["head"]["repo"], told["head"]["sha"], told["state"]) == (None, new, "closed")


def test_a_run_is_told(sound: Emulator) -> None:
    """Of a run from a fork the pull requests are not named."""
    run = sound.site.run("own/repo", "pull_request", "own/repo", "topic", attempt=2)
    told = ask(f"{sound.api}/repos/own/repo/actions/runs/{run.id}").data
    assert (told["head_branch"], told["run_attempt"], told["pull_requests"]) == ("topic", 2, [])
    assert ask(f"{sound.api}/repos/own/repo/actions/runs/1").status == 404
    assert ask(f"{sound.api}/rate_limit").data["rate"]["limit"] == 1000


def test_graphql(sound: Emulator) -> None:
    """A token has a login here; comments are hidden here alone, and a bot has another name."""
    made = ask(sound.api + COMMENTS, "POST", {"body": "one"}).data

    def query(text: str, token: str = "may-write", **variables: object) -> Any:  # noqa: ANN401 - JSON
        return ask(sound.graphql, "POST", {"query": text, "variables": variables}, token=token).data

    assert query("{ viewer { login } }") == {"data": {"viewer": {"login": "github-actions[bot]"}}}
    hide = """mutation($input: MinimizeCommentInput!) {
        minimizeComment(input: $input) { minimizedComment { isMinimized minimizedReason } } }"""
    subject = {"subjectId": made["node_id"], "classifier": "OUTDATED"}
    refused = query(hide, token="may-read", input=subject)
    assert (refused["errors"][0]["type"], refused["data"]) == ("FORBIDDEN", {"minimizeComment": None})
    done = query(hide, input=subject)["data"]["minimizeComment"]
    assert done == {"minimizedComment": {"isMinimized": True, "minimizedReason": "outdated"}}
    page = """query($number: Int!) { repository(owner: "own", name: "repo") { pullRequest(number: $number) {
        comments(first: 1) { nodes { databaseId isMinimized author { login } } pageInfo { hasNextPage } } } } }"""
    told = query(page, number=1)["data"]["repository"]["pullRequest"]["comments"]
    assert told["nodes"] == [{"databaseId": made["id"], "isMinimized": True, "author": {"login": "github-actions"}}]
    one = "query($id: ID!) { node(id: $id) { ... on IssueComment { body isMinimized } } }"
    show = "mutation($input: UnminimizeCommentInput!) { unminimizeComment(input: $input) { clientMutationId } }"
    assert query(one, id=made["node_id"])["data"]["node"] == {"body": "one", "isMinimized": True}
    assert query(show, input={"subjectId": made["node_id"]})["data"]
    assert query(one, id=made["node_id"])["data"]["node"] == {"body": "one", "isMinimized": False}
    assert query(one, id="none")["errors"][0]["type"] == "NOT_FOUND"


def test_git(sound: Emulator, tmp_path: Path) -> None:
    """Heads and merges of pull requests are fetched without blobs, by name or by commit; what is hidden is not."""

    def fetch(name: str, what: str, *words: str) -> int:
        command = ["git", *words, "-C", str(tmp_path), "fetch", "--quiet", "--filter=blob:none", "--depth=1"]
        done = subprocess.run([*command, f"{sound.web}/{name}", what], check=False, capture_output=True)
        return done.returncode

    def shown(token: str) -> tuple[str, str]:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return "-c", f"http.extraheader=AUTHORIZATION: basic {basic}"

    begin(sound, "own/hidden", is_private=True)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    sound.site.token("reads-hidden", sound.site.bot, {"own/hidden": {"contents": "read"}})
    sound.site.token("comments-hidden", sound.site.bot, {"own/hidden": {"issues": "write"}})
    sha = storage.tip(sound.site.repositories["own/repo"].path, "refs/heads/topic")
    assert fetch("own/repo", "refs/pull/1/head") == 0
    assert subprocess.check_output(["git", "-C", tmp_path, "rev-parse", "FETCH_HEAD"], text=True).strip() == sha
    assert fetch("own/repo.git", "refs/pull/1/merge", *shown("may-write")) == 0
    assert fetch("own/repo", sha, *shown("may-write")) == 0
    assert fetch("own/repo", sha, *shown("wrong")) != 0
    assert fetch("own/hidden", "refs/pull/1/head", *shown("reads-hidden")) == 0
    assert fetch("own/hidden", "refs/pull/1/head", *shown("comments-hidden")) != 0
    assert fetch("own/hidden", "refs/pull/1/head") != 0
    assert fetch("own/none", "refs/heads/main", *shown("may-write")) != 0
    push = ["git", *shown("may-write"), "-C", str(tmp_path), "push", "--quiet", f"{sound.web}/own/repo"]
    assert subprocess.run([*push, f"{sha}:refs/heads/new"], check=False, capture_output=True).returncode != 0


def test_a_pull_request_follows_its_branch(sound: Emulator) -> None:
    path = sound.site.repositories["own/repo"].path
    merge = ask(sound.api + PULL).data["merge_commit_sha"]
    new = storage.grow(path, "topic")
    told = ask(sound.api + PULL).data
    assert told["head"]["sha"] == storage.tip(path, "refs/pull/1/head") == new
    assert told["merge_commit_sha"] != merge
    storage.git(path, "fast-import", "--quiet", given=CONFLICT)
    for _ in range(2):
        newest = storage.grow(path, "topic")
        told = ask(sound.api + PULL).data
        assert (told["head"]["sha"], told["merge_commit_sha"]) == (newest, None)
    storage.git(path, "update-ref", "-d", "refs/heads/topic")
    assert ask(sound.api + PULL).data["head"]["sha"] == newest


@pytest.mark.parametrize(
    ("spoilt", "status", "headers", "is_made"),
    [
        pytest.param(fault.secondary("^POST", wait=7), 403, {"retry-after": "7"}, False, id="secondary limit"),
        pytest.param(fault.secondary("^POST", status=429, wait=None), 429, {}, False, id="secondary limit, no hint"),
        pytest.param(fault.primary("^POST"), 403, {"x-ratelimit-remaining": "0"}, False, id="primary limit"),
        pytest.param(fault.gateway("^POST"), 502, {"content-type": "text/html"}, False, id="502"),
        pytest.param(fault.gateway("^POST", status=503, is_done=True), 503, {}, True, id="503, but done"),
        pytest.param(fault.redirect("^POST", "http://x/"), 302, {"location": "http://x/"}, False, id="redirected"),
        pytest.param(fault.dropped("^POST"), 0, {}, True, id="dropped, but done"),
        pytest.param(fault.dropped("^POST", is_done=False), 0, {}, False, id="dropped"),
        pytest.param(fault.slow("^POST", 0.1), 201, {}, True, id="slow"),
    ],
)
def test_faults(
    sound: Emulator, spoilt: fault.Fault, status: int, headers: Mapping[str, str], *, is_made: bool
) -> None:
    """Each happens once, to the request that it is for."""
    sound.faults.add(spoilt)
    assert ask(sound.api + COMMENTS).data == []
    began = time.monotonic()
    if status:
        reply = ask(sound.api + COMMENTS, "POST", {"body": "x"})
        assert (reply.status, headers.items() <= reply.headers.items()) == (status, True)
    else:
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            ask(sound.api + COMMENTS, "POST", {"body": "x"})
    assert time.monotonic() - began >= spoilt.seconds
    assert len(ask(sound.api + COMMENTS).data) == is_made
    assert sound.faults.waiting == []
    assert ask(sound.api + COMMENTS, "POST", {"body": "y"}).status == 201


def test_a_token_sent_elsewhere_is_noticed(github: Emulator) -> None:
    basic = base64.b64encode(b"x-access-token:may-write").decode()
    ask(f"{github.elsewhere}/x", token="")
    assert github.complaints == []
    ask(f"{github.elsewhere}/x", token="may-write")
    ask(f"{github.elsewhere}/x", token="", Authorization=f"basic {basic}")
    ask(f"{github.elsewhere}/x", "POST", {"told": "may-write"}, token="")
    ask(f"{github.api}/rate_limit?access_token=may-write")
    assert len(github.complaints) == 4
    assert all("the token of github-actions[bot] stands in" in each for each in github.complaints)


def test_what_goes_against_a_document_is_noticed(github: Emulator) -> None:
    """A request, an answer, a path of which nobody thought, a query of GraphQL."""
    ask(f"{github.api}/repos/own/repo/pulls?state=ajar")
    ask(f"{github.api}/repos/own/repo/labels")
    ask(github.graphql, "POST", {"query": "{ viewer { shoeSize } }"})
    github.view.repository = lambda _repository: {"id": "one"}  # type: ignore[method-assign,assignment]
    ask(f"{github.api}/repos/own/repo")
    request, path, query, answer = github.complaints
    assert request.startswith("request GET /")
    assert "state" in request
    assert path == "no operation of the emulator: GET /repos/own/repo/labels"
    assert query == "GraphQL: Cannot query field 'shoeSize' on type 'User'."
    assert answer.startswith("answer GET /")
    assert "'one' is not of type 'integer'" in answer


def test_callers_must_be_known(sound: Emulator) -> None:
    assert ask(f"{sound.api}/rate_limit", **{"User-Agent": ""}).status == 403
    assert ask(f"{sound.api}/rate_limit", **{"X-GitHub-Api-Version": "1999-01-01"}).status == 400
    assert ask(f"{sound.api}/rate_limit", **{"X-GitHub-Api-Version": "2022-11-28"}).status == 200


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_request_breaks_it(github: Emulator, mode: GenerationMode) -> None:
    """Whatever is asked, by the document or against it: no failure, and no answer that the document has not."""
    tip = storage.tip(github.site.repositories["own/repo"].path, "refs/heads/topic")
    known = {"owner": "own", "repo": "repo", "pull_number": 1, "issue_number": 1, "commit_sha": tip, "ref": tip}
    known["basehead"] = f"main...{tip}"
    known["run_id"] = github.site.run("own/repo", "pull_request", "own/repo", "topic").id
    schema = schemathesis.openapi.from_dict(dict(github.contract.document))
    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]

    def place(_context: object, words: dict[str, Any] | None) -> dict[str, Any]:
        # Of random names none is there: half of the requests go to what is.
        found = words or {}
        if len(str(found)) % 2:
            return found
        known["comment_id"] = github.site.comment("own/repo", 1, github.site.bot, "x").id
        return {name: known[name] for name in found}

    schema.hook("map_path_parameters")(place)
    for operation in [found.ok() for found in schema.get_all_operations()]:
        if mode is GenerationMode.NEGATIVE and not [*operation.query, *operation.body]:
            continue  # there is nothing to be wrong

        @settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def attack(case: schemathesis.Case) -> None:
            response = case.call(base_url=github.api, headers={"Authorization": "Bearer of-ann"})
            case.validate_response(response, checks=wanted)

        attack()
    ours = [each for each in github.complaints if each.startswith(("answer", "Traceback"))]
    assert ours == []
    assert len(github.log) > 100
