"""What is judged, a folder of sessions, and what it is held against beside its own files: the world."""

from __future__ import annotations

from mpm_hooks import harm, session
from mpm_hooks.lean import remembered
from mpm_hooks.rules import exposure
from mpm_hooks.rules.truth import Known
from mpm_hooks.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_HEXADECIMAL = "0123456789abcdef"
"""Of nothing else consists the name of a commit, which is in every session and is no secret."""

_MOST_TEXTS = 10_000
"""Texts of which it is remembered that nothing is wrong with them."""


class Folder:
    """A folder of sessions: its path, every name in it, and the content of the files that are looked at."""

    __slots__ = ("contents", "names", "odd", "path")

    def __init__(
        self, *, path: str, names: AbstractSet[str], contents: Mapping[str, bytes], odd: Mapping[str, str]
    ) -> None:
        """Keep them.

        Args:
            path: The folder's path as it is shown.
            names: All names in it.
            contents: What the files hold that are to be judged, and those that are looked at with them.
            odd: Names that are no regular files, and what they are.
        """
        self.path = path
        self.names = names
        self.contents = contents
        self.odd = odd

    @property
    def sessions(self) -> AbstractSet[str]:
        """The ids of all sessions in the folder."""
        return session.ids(self.names)


class World:
    """What rules hold a session against, beside its own files."""

    __slots__ = ("_harmless", "_tame", "ask", "latest", "names", "private", "seen")

    def __init__(
        self,
        *,
        latest: str = "",
        user: str = "",
        host: str = "",
        ask: Callable[[Sequence[Session]], Callable[[], Known | None]] | None = None,
    ) -> None:
        """Keep what is known.

        Args:
            latest: The id of the second after which the future begins; empty, it never does.
            user: What the user of this machine is called; empty if that is not known.
            host: What the machine is called.
            ask: Asks what git knows of what sessions claim, and returns what waits for the answer; None outside of a
                repository.
        """
        self.latest = latest or "session-99991231-235959"
        self.names = tuple(name.lower() for name in (user, host.partition(".")[0]) if name)
        self.private = _private(user, host)
        self._harmless: set[str] = set()
        self._tame: set[str] = set()
        self.ask = ask
        self.seen: dict[str, str] = {}

    def suspects(self, texts: Iterable[str]) -> AbstractSet[str]:
        """Return those texts in which something is unfit to publish; what was seen before is not looked at again."""
        new = [text for text in {*texts} - self._harmless if text.strip(_HEXADECIMAL)]
        if not new:
            return frozenset()
        found = {text for text in exposure.suspects(new, self.names) if not _is_harmless(self.private, text)}
        _keep(self._harmless, [text for text in new if text not in found])
        return found

    def may_harm(self, commands: Iterable[str]) -> bool:
        """Tell whether one of these commands may do harm; what does none is remembered: most sessions have the same."""
        new = [each for each in commands if each not in self._tame]
        if harm.may_be_in("\n".join(new)):
            return True
        _keep(self._tame, new)
        return False


def _keep(kept: set[str], texts: Iterable[str]) -> None:
    """Remember texts; where there are too many, begin anew."""
    if len(kept) > _MOST_TEXTS:
        kept.clear()
    kept.update(texts)


def _private(user: str, host: str) -> exposure.Private:
    """Return what names the kinds of secrets and private places in a text, and remembers them."""

    @remembered(_MOST_TEXTS)
    def kinds(said: tuple[str, str]) -> tuple[str, ...]:
        from mpm_hooks import redact  # noqa: PLC0415 - few texts need it

        return redact.kinds(*said, redact.Places(user=user, host=host))

    return lambda key, text: kinds((key, text))


def _is_harmless(private: exposure.Private, text: str) -> bool:
    """Tell a text in which nothing is found after all, but half a character or so."""
    one = [((), text)]
    found = any(True for find in exposure.PLACE_RULES for _ in find(one, private))
    found = found or any(True for find in exposure.TEXT_RULES for _ in find(one))
    return not (found or any("\ud800" <= letter <= "\udfff" for letter in text))
