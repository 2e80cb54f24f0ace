"""What is asked of GitHub, and what becomes of each answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from forge import BOT, NAME, TOKEN, Forge, serving

from mpm_hooks.comment import Author
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.github import ACTIONS, Client
from mpm_hooks.github.answer import AbsentError, DeniedError, LockedError, LostError
from mpm_hooks.github.connection import Connection

pytestmark = pytest.mark.once

A, B = "a" * 40, "b" * 40
COMMENTS = f"/repos/{NAME}/issues/1/comments"


@dataclass
class Clock:
    """A time that passes only while somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    with serving(Forge(tmp_path)) as made:
        yield made
    assert not made.strangers
    assert not made.faults


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(forge: Forge, clock: Clock) -> Client:
    return client_of(forge, clock)


def client_of(forge: Forge, clock: Clock, token: str = TOKEN) -> Client:
    api, graphql = f"{forge.url}/api/v3", f"{forge.url}/api/graphql"
    return Client(NAME, Connection(api, graphql, token, clock.sleep, lambda: clock.now))


def test_pages_are_counted_not_followed(forge: Forge, client: Client) -> None:
    for number in range(250):
        forge.comment(f"{number}")
    assert [each.body for each in client.comments(1)] == list(map(str, range(250)))
    assert forge.asked == [f"GET {COMMENTS}"] * 3


def test_pages_end(forge: Forge, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mpm_hooks.github._MOST_PAGES", 2)
    for number in range(250):
        forge.comment(f"{number}")
    assert len(client.comments(1)) == 200


def test_a_comment_is_written_changed_and_deleted(forge: Forge, client: Client, clock: Clock) -> None:
    made = client.create(1, "one")
    assert (made.author, made.body) == (Author(login=BOT["login"], kind="Bot"), "one")
    assert client.edit(made, "two").body == "two"
    client.delete(made)
    client.delete(made)
    assert not forge.comments
    assert clock.slept == [1.0, 1.0, 1.0], "GitHub wants a second between writes"


def test_author_who_is_gone(forge: Forge, client: Client) -> None:
    forge.comment("x")["user"] = None
    assert client.comments(1)[0].author == Author(login="", kind="")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("github-actions[bot]", ACTIONS),
        ("own-app[bot]", Author(login="own-app[bot]", kind="Bot")),
        ("ann", Author(login="ann", kind="User")),
        (None, ACTIONS),
    ],
)
def test_viewer(forge: Forge, client: Client, login: str | None, expected: Author) -> None:
    forge.viewer = login
    assert client.viewer() == expected


def test_viewer_is_not_guessed_while_github_is_down(forge: Forge, client: Client) -> None:
    for _ in range(6):
        forge.fail("POST /graphql", 502)
    with pytest.raises(UnableError, match="does not answer to query"):
        client.viewer()


def test_folding(forge: Forge, client: Client) -> None:
    made = client.create(1, "one")
    client.fold(made)
    assert forge.folded == {made.node: True}
    client.unfold(made)
    assert forge.folded == {made.node: False}


def test_graphql_that_says_nothing(forge: Forge, client: Client) -> None:
    forge.fail("POST /graphql", 200, [])
    with pytest.raises(UnableError, match=r"viewer\.login is missing"):
        client.viewer()
    forge.fail("POST /graphql", 200, {"errors": "no"})
    assert client.viewer() == ACTIONS


@pytest.mark.parametrize(
    ("status", "data", "headers", "kind", "said"),
    [
        pytest.param(
            403,
            {"message": "Resource not accessible by integration"},
            {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"},
            DeniedError,
            "`issues: write` or `pull-requests: write`",
            id="permission",
        ),
        pytest.param(403, {"message": "No"}, {}, DeniedError, "the token lacks a permission", id="permission unnamed"),
        pytest.param(
            403,
            {"message": "Unable to create comment because issue is locked."},
            {},
            LockedError,
            "locked",
            id="locked",
        ),
        pytest.param(401, {"message": "Bad credentials"}, {}, UnableError, "Bad credentials", id="token"),
        pytest.param(404, {"message": "Not Found"}, {}, AbsentError, "nothing at", id="not there"),
        pytest.param(410, {"message": "Gone"}, {}, AbsentError, "nothing at", id="gone"),
        pytest.param(422, {"message": "Validation Failed"}, {}, UnableError, "with 422", id="not accepted"),
        pytest.param(302, None, {"Location": "http://127.0.0.2/x"}, UnableError, "with 302", id="moved for now"),
        pytest.param(307, None, {"Location": "http://127.0.0.2/x"}, UnableError, "with 307", id="moved"),
        pytest.param(
            301, None, {"Location": "http://elsewhere.invalid/x"}, UnableError, "elsewhere.invalid", id="moved for good"
        ),
    ],
)
def test_refused(
    forge: Forge,
    client: Client,
    clock: Clock,
    status: int,
    data: object,
    headers: dict[str, str],
    kind: type[UnableError],
    said: str,
) -> None:
    forge.fail(f"POST {COMMENTS}", status, data, headers=headers)
    with pytest.raises(kind, match=said):
        client.create(1, "x")
    assert forge.asked == [f"POST {COMMENTS}"], "what is final is asked once"
    assert not clock.slept


@pytest.mark.parametrize(
    ("status", "data", "headers", "waited"),
    [
        pytest.param(403, {"message": "slow down"}, {"Retry-After": "7"}, 7, id="retry-after"),
        pytest.param(429, None, {}, 60, id="429"),
        pytest.param(403, {"message": "You have exceeded a secondary rate limit"}, {}, 60, id="secondary"),
        pytest.param(
            403, {"message": "API"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1029"}, 30, id="primary"
        ),
    ],
)
def test_limits_are_waited_for(
    forge: Forge,
    client: Client,
    clock: Clock,
    status: int,
    data: object,
    headers: dict[str, str],
    waited: float,
) -> None:
    forge.fail(f"POST {COMMENTS}", status, data, headers=headers)
    client.create(1, "x")
    assert len(forge.comments) == 1
    assert clock.slept == [waited]


def test_patience_ends(forge: Forge, client: Client, clock: Clock) -> None:
    forge.fail(f"GET {COMMENTS}", 429, None, headers={"Retry-After": "100"})
    forge.fail(f"GET {COMMENTS}", 429, None, headers={"Retry-After": "100"})
    with pytest.raises(UnableError, match="longer than this job can wait"):
        client.comments(1)
    assert clock.slept == [100]


def test_what_broke_is_tried_again(forge: Forge, client: Client, clock: Clock) -> None:
    made = client.create(1, "one")
    forge.fail("PATCH", 502, b"<html>Bad gateway</html>")
    forge.fail("PATCH", 0)
    client.edit(made, "two")
    assert forge.comments[0]["body"] == "two"
    assert clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [0, 502])
def test_a_creation_is_never_repeated_unseen(forge: Forge, client: Client, status: int, done: bool) -> None:  # noqa: FBT001 - a column
    forge.fail(f"POST {COMMENTS}", status, b"<html>", done=done)
    with pytest.raises(LostError):
        client.create(1, "x")
    assert len(forge.comments) == done


def test_server_that_is_not_there(clock: Clock) -> None:
    lost = Client(NAME, Connection("http://127.0.0.1:9/v3", "http://127.0.0.1:9/g", TOKEN, clock.sleep, lambda: 0.0))
    with pytest.raises(UnableError, match=r"does not answer to GET .repos.own.repo.pulls.1 .ConnectionError"):
        lost.pull(1)


@pytest.mark.parametrize(
    ("request_", "ask"),
    [
        pytest.param(f"GET {COMMENTS}", lambda client: client.comments(1), id="comments"),
        pytest.param(f"GET /repos/{NAME}/pulls/1", lambda client: client.pull(1), id="pull"),
        pytest.param(f"GET /repos/{NAME}/compare", lambda client: client.compare(A, B), id="compare"),
        pytest.param(f"GET /repos/{NAME}/commits", lambda client: client.commit("main"), id="commit"),
    ],
)
@pytest.mark.parametrize("data", [None, [1], {"number": "1"}, {"sha": 1}, b"<html>"], ids=repr)
def test_odd_answers(
    forge: Forge, client: Client, request_: str, ask: Callable[[Client], object], data: object
) -> None:
    forge.fail(request_, 200, data)
    with pytest.raises(UnableError, match="not as its documents say"):
        ask(client)


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://example.org/graphql"),
        ("ftp://example.org", "ftp://example.org"),
        ("", ""),
    ],
)
def test_one_server(api: str, graphql: str) -> None:
    with pytest.raises(MisuseError, match="not addresses of one server"):
        Connection(api, graphql, TOKEN)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "github", None)
    with pytest.raises(UnableError, match=r"pip install 'mpm-hooks\[github\]'"):
        Connection("https://api.github.com", "https://api.github.com/graphql", TOKEN)
