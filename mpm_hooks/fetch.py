"""Looks at the sessions of a branch that stands on a server: fetches its commits and trees into a bare repository.

There is no work tree, there are no hooks, nothing is checked out.

What a pull request holds is data, and only what is asked for by its name is fetched. The token is told to git by its
environment alone: no argument shows it, no file keeps it, and it goes to no server but the one of the repository.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from mpm_hooks import blobs, config, plumbing, review
from mpm_hooks.finding import MisuseError, UnableError
from mpm_hooks.subject import Span
from mpm_hooks.summary import Summary

_SECONDS = 120
"""How long git may take to fetch something."""
_MOST_COMMITS = 1000
"""How many generations of a branch are fetched."""
_MOST_MISSING = 20
"""How many objects that the server lacks are found out, one by one."""

# Settings of the machine that say how a server is reached; all others, as an `insteadOf`, are left aside.
_KEPT = re.compile(
    r"http\.(?:proxy(?:authmethod|sslcainfo|sslcert|sslkey)?"
    r"|ssl(?:backend|cainfo|capath|cert|key|version)|schannelcheckrevoke)"
)
_KEPT_VARIABLES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_PROXY_SSL_CAINFO", "GIT_EXEC_PATH")
_FETCH = (
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"),
    *("--refmap=", "--stdin"),
)


def look(url: str, token: str, span: Span, *, branch: str, directory: str = "") -> Summary:
    """Fetch what there is to see of a branch, and look at it; the settings may say that this branch needs no session.

    Raises:
        UnableError: It cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="mpm-hooks-", dir=os.environ.get("RUNNER_TEMP")) as place:
        store = Store(place, url, token)
        store.commits(span.head, span.base, span.depth)
        settings = review.settings(store.root, span.base or span.head, store.obtain)
        told = review.of(store.root, span.base, span.head, config=settings, directory=directory, obtain=store.obtain)
        return replace(told, uncovered=()) if config.is_exempt(branch, settings.exempt_branches) else told


class Store:
    """A bare repository that holds what was fetched from a server's."""

    def __init__(self, directory: str, url: str, token: str) -> None:
        """Make it in a directory.

        Raises:
            MisuseError: The address is none of a server.
            UnableError: There is no git.
        """
        if urlsplit(url).scheme not in {"http", "https"}:
            message = f"GITHUB_SERVER_URL: {url[:100]!r} is no address of a server"
            raise MisuseError(message)
        self.root = str(Path(directory) / "objects.git")
        self._url = url
        # Settings by the environment: git 2.31. Of the remote nothing is kept, so that nobody else fetches from it.
        self._environment = _environment({**_kept(url), **_settings(url, token)})
        self._git(f"cannot make a repository in {directory}", "init", "--quiet", "--bare", "--template=", self.root)

    def commits(self, head: str, base: str, depth: int) -> None:
        """Fetch a commit, as many generations before it, and a base; their trees, too, but no file.

        Raises:
            UnableError: They cannot be had; the message says what is missing.
        """
        for name, generations in ((head, min(max(1, depth), _MOST_COMMITS)), (base, 1)):
            if name and blobs.commit(self.root, name) != name:
                words = ("-C", self.root, *_FETCH, f"--depth={generations}", "origin")
                self._git(f"cannot fetch {name}", *words, given=[name])

    def obtain(self, ids: Sequence[str]) -> None:
        """Fetch those of these objects that are not here, as far as the server has them."""
        found = plumbing.objects(self.root, ids) or ()
        lacking = [name for name, known in zip(ids, found, strict=False) if known is None]
        for _ in range(_MOST_MISSING):
            if not lacking:
                return
            words = ("-C", self.root, *_FETCH, "--depth=1", "origin")
            done = self._run(words, lacking)
            # One object that a server lacks makes it refuse all; it names the first.
            unknown = re.search(rb"not our ref ([0-9a-f]{40,64})", done.stderr)
            if not (done.returncode and unknown and unknown[1].decode() in lacking):
                return
            lacking.remove(unknown[1].decode())

    def _git(self, failure: str, *words: str, given: Iterable[str] = ()) -> None:
        done = self._run(words, given)
        if done.returncode:
            message = f"{failure}: {_reason(done.stderr.decode(errors='replace'))}"
            raise UnableError(message)

    def _run(self, words: Sequence[str], given: Iterable[str]) -> subprocess.CompletedProcess[bytes]:
        written = "".join(f"{each}\n" for each in given).encode()
        try:
            return subprocess.run(  # noqa: S603 - git, with words of ours
                ["git", *words],  # noqa: S607 - the one on PATH
                input=written,
                capture_output=True,
                check=False,
                env=self._environment,
                timeout=_SECONDS,
            )
        except FileNotFoundError:
            message = "git is not installed, or not on PATH"
            raise UnableError(message) from None
        except subprocess.TimeoutExpired:
            message = f"git took longer than {_SECONDS} s to fetch from {self._url}"
            raise UnableError(message) from None


def _settings(url: str, token: str) -> Mapping[str, str]:
    scheme, place = urlsplit(url)[:2]
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "remote.origin.url": url,
        # As of a partial clone; but whoever finds no word of that in the repository fetches nothing on his own.
        "remote.origin.partialclonefilter": "blob:none",
        f"http.{scheme}://{place}/.extraheader": f"AUTHORIZATION: basic {secret}",
        "http.followredirects": "false",
        "protocol.allow": "never",
        f"protocol.{scheme}.allow": "always",
    }


def _kept(url: str) -> Mapping[str, str]:
    """Return the settings of this machine that say how to reach a server."""
    told = plumbing.run(".", "config", "--null", "--get-urlmatch", "http", url) or b""
    pairs = (plumbing.text(each).partition("\n")[::2] for each in told.split(b"\0"))
    return {key: value for key, value in pairs if _KEPT.fullmatch(key)}


def _environment(settings: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment in which git knows these settings, and no others."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT_VARIABLES or not name.startswith(("GIT_", "SSH_ASKPASS"))
    }
    told: dict[str, str] = {}
    for index, (name, value) in enumerate(settings.items()):
        told |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    ours = {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, **ours, **told, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _reason(said: str) -> str:
    if re.search(r"error: 40[13]|could not read Username|Authentication failed|repository '.*' not found", said):
        return "the server does not let this token read the repository: it takes the permission `contents: read`"
    if found := re.search(r"not our ref ([0-9a-f]{40,64})", said):
        return f"the server no longer has the commit {found[1]}: it was replaced; the run for its successor will tell"
    lines = [line.strip().removeprefix("fatal: ").removeprefix("error: ") for line in said.splitlines() if line.strip()]
    return "; ".join(lines)[:500] or "git says nothing"
