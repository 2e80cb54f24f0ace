"""Asks GitHub, through PyGithub's requester, with a patience of our own (see ``patience``).

Addresses that an answer names are not followed, and a token only ever goes to the server that the job itself names.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mpm_hooks import patience
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.github.answer import denied, refused
from mpm_hooks.patience import Answer

if TYPE_CHECKING:
    from github.Requester import Requester

VERSION = "2022-11-28"
"""The version of the API, known to github.com and to GitHub Enterprise Server."""

_SECONDS = 20
"""How long an answer may take."""
_BETWEEN_WRITES = 1.0
"""Seconds that GitHub asks for between requests that write."""
_OK = range(200, 300)


class Connection:
    """A server, and a token for it."""

    def __init__(
        self,
        api: str,
        graphql: str,
        token: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take where the server is, and the token.

        Raises:
            MisuseError: An address is none, or they are of two servers.
            UnableError: PyGithub is not installed.
        """
        if urlsplit(api)[:2] != urlsplit(graphql)[:2] or urlsplit(api).scheme not in {"http", "https"}:
            message = f"GITHUB_API_URL {api!r} and GITHUB_GRAPHQL_URL {graphql!r} are not addresses of one server"
            raise MisuseError(message)
        self._requester = _requester(api, token)
        self._graphql = graphql
        self._sleep, self._clock = sleep, clock
        self._waited = self._written = 0.0

    def ask(
        self,
        verb: str,
        path: str,
        parameters: Mapping[str, object] | None = None,
        *,
        given: Mapping[str, object] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Ask until there is an answer, as long as patience lasts.

        ``repeatable`` says whether the same may be asked twice although the first may have been done.

        Raises:
            UnableError: It is refused, or there is no answer; ``answer`` has the kinds.
        """
        if verb != "GET":
            self._space_out()
        return self._asked(f"{verb} {path}", lambda: self._once(verb, path, parameters, given), repeatable=repeatable)

    def query(self, words: str, variables: Mapping[str, object] | None = None) -> object:
        """Ask by GraphQL; all that is asked so may be asked twice."""
        if words.startswith("mutation"):
            self._space_out()
        given = {"query": words, "variables": variables or {}}
        what = words.partition(" ")[0].partition("(")[0]
        data = self._asked(what, lambda: self._once("POST", self._graphql, None, given), repeatable=True).data
        if isinstance(data, dict) and (faults := data.get("errors")):
            raise denied(what, faults)
        return data.get("data") if isinstance(data, dict) else None

    def pause(self, tried: int) -> None:
        """Wait before looking whether something was done after all."""
        self._wait(patience.broken(tried))

    def _asked(self, what: str, once: Callable[[], Answer], *, repeatable: bool) -> Answer:
        tried = 0
        while (answer := once()).status not in _OK:
            seconds = patience.wait(answer, tried=tried, now=self._clock(), repeatable=repeatable)
            if seconds is None or self._waited + seconds > patience.LONGEST:
                raise refused(what, answer, repeatable=repeatable)
            self._wait(seconds)
            tried += 1
        return answer

    def _once(
        self, verb: str, path: str, parameters: Mapping[str, object] | None, given: Mapping[str, object] | None
    ) -> Answer:
        try:
            status, headers, body = self._requester.requestJson(
                verb, path, dict(parameters or {}), {"Accept": "application/vnd.github+json"}, given
            )
        except OSError as error:  # no address, no connection, no answer in time: whatever requests raises
            return Answer(status=0, reason=type(error).__name__)
        except RuntimeError as error:  # PyGithub, of an address that has moved to another server
            return Answer(status=301, reason=str(error))
        try:
            data = json.loads(body) if body else None
        except ValueError:  # a proxy's page
            data = None
        return Answer(status=status, headers=headers, data=data)

    def _wait(self, seconds: float) -> None:
        self._waited += seconds
        self._sleep(seconds)

    def _space_out(self) -> None:
        """Wait until a second after the last write."""
        left = self._written + _BETWEEN_WRITES - self._clock()
        if self._written and left > 0:
            self._sleep(left)
        self._written = self._clock()


def _requester(api: str, token: str) -> Requester:
    """Return PyGithub's requester: it waits for nothing and repeats nothing by itself."""
    try:
        import github  # noqa: PLC0415 - nobody else waits for it, or needs it
    except ImportError:
        message = "PyGithub is not installed: pip install 'mpm-hooks[github]'"
        raise UnableError(message) from None
    return github.Github(
        base_url=api,
        auth=github.Auth.Token(token),
        timeout=_SECONDS,
        user_agent="mpm-hooks",
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        api_version=VERSION,
    ).requester
