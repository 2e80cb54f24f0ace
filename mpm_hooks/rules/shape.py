"""MPM2xx: a session is not what upstream's readers need (``session_resume_helper.py``, 4.20.0 to 6.5.83)."""

from __future__ import annotations

from itertools import islice

from mpm_hooks import model
from mpm_hooks.finding import WARNING, Finding, suggestion
from mpm_hooks.lean import compiled, remembered
from mpm_hooks.model import Kind
from mpm_hooks.parse.document import Document, Key, spell
from mpm_hooks.rules import rule
from mpm_hooks.session import Json, Session, is_id, is_second, moment_of, record_id

TYPE_CHECKING = False
if TYPE_CHECKING:  # `datetime` is imported only for dates that are not the id's second
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mpm_hooks.parse.record import Action

_MOST = 1000
"""Faults of one file that are told."""

_MICRO = len(".123456")

_LATE = 60
"""Seconds that a session may be dated after the one in its id: upstream reads the clock again when it has asked git."""

AHEAD = 600
"""Seconds that the clock of another machine may be ahead of ours."""

_LONGEST = 60

Chain = tuple["Chain", Key] | None
"""The keys on the way to a value, the last one first: made for every value, spelled only for a fault."""

Fault = tuple[Chain, str, str]
"""Where a value is wrong, the code, and what is wrong."""


def faults(data: Mapping[str, Json], kind: Kind = model.SESSION) -> list[Fault]:
    """Hold the values against the model; nothing is returned for a session of the right shape."""
    found = _Faults()
    _hold(dict(data), kind, None, found)
    return [*found, *found.doubts]


class _Faults(list[Fault]):
    """What is wrong; ``doubts`` are mere warnings, which must not crowd out an error where there are thousands."""

    def __init__(self) -> None:
        super().__init__()
        self.doubts: list[Fault] = []

    def doubt(self, doubts: Iterable[Fault]) -> None:
        """Add warnings, as many as are told."""
        self.doubts.extend(islice(doubts, _MOST - len(self.doubts)))


def _hold(value: Json, kind: Kind, chain: Chain, found: _Faults) -> None:
    if len(found) >= _MOST:
        return
    if type(value) not in kind.allowed:
        found.append((chain, "MPM203", f"is {_kind(value)}, not {' or '.join(kind.kinds)}"))
    elif isinstance(value, dict):
        _hold_object(value, kind, chain, found)
    elif isinstance(value, list) and kind.items is not None:
        items, settled = kind.items, kind.items.settled
        for index, inner in enumerate(value):
            if type(inner) not in settled:
                _hold(inner, items, (chain, index), found)
    elif isinstance(value, str):
        _hold_text(value, kind, chain, found)
    else:  # a number: of all else, every value is right
        found.extend((chain, "MPM212", wrong) for wrong in _uncountable(value, kind))  # type: ignore[arg-type]  # so it is


def _hold_text(value: str, kind: Kind, chain: Chain, found: _Faults) -> None:
    if kind.pattern and not _fits((value, kind.pattern)):
        found.append((chain, "MPM213", value))
    elif kind.words and value not in kind.words:
        found.doubt([(chain, "MPM214", f"is {_shown(value)}, not one of {', '.join(kind.words)}")])


def _hold_object(value: dict[str, Json], kind: Kind, chain: Chain, found: _Faults) -> None:
    is_known, members = True, kind.members
    for key, inner in value.items():
        member = members.get(key)
        if member is None:
            is_known = False
        elif type(inner) not in member.settled and not (type(inner) is int and member.least == 0 <= inner):
            _hold(inner, member, (chain, key), found)
    for key in kind.required:
        if key not in value:
            found.append((chain, "MPM202", key))
    if not is_known and kind.members:
        found.doubt(_misspelt(value, kind, chain))


@remembered(4096)  # sessions of one project name the same commits
def _fits(both: tuple[str, str]) -> bool:
    value, pattern = both
    return _is_usual(value, pattern) or compiled(pattern).fullmatch(value) is not None


def _is_usual(value: str, pattern: str) -> bool:
    """Tell what a writer writes without its pattern: to compile one takes its time."""
    if pattern == model.SHA:
        return 4 <= len(value) <= 64 and not value.strip("0123456789abcdef")  # noqa: PLR2004 - what the pattern says
    if pattern == model.XY:
        return len(value) == 2 and not value.strip(".MTADRCU?!m")  # noqa: PLR2004 - …
    if pattern == model.ID:
        return is_id(value)
    fraction = value[19:-6]
    is_written = value.endswith("+00:00") and (not fraction or (fraction[0] == "." and fraction[1:].isdecimal()))
    return (
        pattern == model.DATE and is_written and value.isascii() and len(fraction) <= _MICRO and is_second(id_at(value))
    )


def _misspelt(value: Mapping[str, Json], kind: Kind, chain: Chain) -> Iterator[Fault]:
    """Yield keys that nobody reads while the key that they are nearly like is missing."""
    missing = [known for known in kind.members if known not in value]
    for key in value:
        if key not in kind.members and len(key) < _LONGEST and _is_near(key, missing):
            yield (chain, key), "MPM215", suggestion(key, missing)


def _is_near(key: str, known: Iterable[str]) -> bool:
    """Tell a slip of the keyboard without help of difflib: the same letters but for two, or another case or dash."""
    plain = key.lower().replace("-", "").replace("_", "")
    for word in known:
        other = word.replace("_", "")
        if (
            plain == other
            or (
                len(word) > 4  # noqa: PLR2004 - of a short word, everything is a slip
                and abs(len(plain) - len(other)) < 2  # noqa: PLR2004 - one letter more or less
                and plain[:1] == other[:1]
                and sum(plain.count(letter) != other.count(letter) for letter in {*plain, *other}) <= 2  # noqa: PLR2004 - one for another
            )
        ):
            return True
    return False


def _uncountable(value: float, kind: Kind) -> Iterator[str]:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - the test for NaN
        yield f"is {value}, which is no number"
    elif value < (kind.least or 0):
        yield f"is {_shown(value)}, less than nothing"
    elif kind.whole and value != int(value):
        yield f"is {_shown(value)}, and counts something"


@rule("MPM201")
def no_object(faults: Iterable[Finding]) -> Iterator[Finding]:
    """The top level is no object.

    One such file makes claude-mpm 6.5.83 fail for all sessions of the project, not for this one alone.

    Example:
        []

    Way out:
        Bring the file back: `git checkout HEAD -- FILE`, or delete it.
    """
    return (fault for fault in faults if fault.code == "MPM201")


@rule("MPM202", fixable=True)
def missing_field(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """A field that a reader needs is missing.

    These are needed: `session_id`, `paused_at`, `conversation` and its `summary`; without them a session resumes as
    nothing.

    Example:
        {"session_id": "session-20260121-100000", "conversation": {}}

    Way out:
        Add the field; the session's other forms may still tell it, and `mpm-hooks fix` takes it from there.
    """
    for chain, code, key in found:
        if code == "MPM202":
            keys = _keys(chain)
            yield document.fault(
                keys, code, f"{spell((*keys, key))} is missing", "add it; the other forms may still tell it"
            )


@rule("MPM203")
def wrong_type(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """A field is of a type on which a reader stops, or shows nonsense.

    `session list` fails for all sessions on a `session_id` that is a number or a `conversation` that is null; a
    string where an array should be is shown letter by letter.

    Example:
        "accomplishments": "Login works"

    Way out:
        Correct the value; the md form may still tell it. `mpm-hooks schema` says what each field holds.
    """
    way_out = "correct the value; the md form may still tell it"
    for chain, code, message in found:
        if code == "MPM203":
            keys = _keys(chain)
            yield document.fault(keys, code, f"{spell(keys) or 'the top level'} {message}", way_out)


@rule("MPM204")
def no_second(path: str, session_id: str) -> Iterator[Finding]:
    """The file name is no real second.

    Names are sorted and compared as times, and claude-mpm from 6.2.49 on passes over what is not named
    `session-YYYYMMDD-HHMMSS`, in UTC.

    Example:
        session-20260230-100000.json
        session-20260121-100000-2.json

    Way out:
        Rename all forms of the session alike, and `session_id` with them.
    """
    if not is_second(session_id):
        message = f"{session_id} names no real second: it is session-YYYYMMDD-HHMMSS in UTC"
        yield Finding(path=path, code="MPM204", message=message, way_out="rename all forms of the session alike")


@rule("MPM205")
def other_id(document: Document, session: Session) -> Iterator[Finding]:
    """The session calls itself by another name than its file does.

    It is listed under one name and resumed under the other; most often a file was copied.

    Example:
        session-20260121-100000.json: {"session_id": "session-20260120-093000"}

    Way out:
        Rename the file, or correct `session_id`.
    """
    value = session.data.get("session_id")
    if isinstance(value, str) and value != session.id:
        message = f"session_id is {_shown(value)}, the file is named {session.id}"
        yield document.fault(("session_id",), "MPM205", message, "rename the file, or correct session_id")


@rule("MPM206")
def no_date(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """`paused_at` is no date and time.

    Readers then say "unknown time ago". A day that no calendar has is none.

    Example:
        "paused_at": "2026-02-30T10:00:00+00:00"

    Way out:
        Write it in ISO 8601, as in `2026-01-21T10:00:00+00:00`; the file's name tells the second.
    """
    for chain, code, value in found:
        if code == "MPM213" and _keys(chain) == ("paused_at",):
            way_out = "write it like 2026-01-21T10:00:00+00:00; the file name tells the second"
            yield document.fault(("paused_at",), "MPM206", f"paused_at is no date: {_shown(value)}", way_out)


@rule("MPM207")
def no_action(path: str, name: str, actions: Iterable[Action]) -> Iterator[Finding]:
    """An action of a record is not what claude-mpm reads.

    A line holds exactly the five fields of upstream's `PauseAction`, and the first is `pause_started`; of any other
    record no pause can be made.

    Example:
        {"type": "tool_call", "timestamp": "2026-01-21T10:00:00+00:00", "session_id": "…", "data": {}}

    Way out:
        Bring the file back, or delete it; `mpm-hooks pause --finalize` makes a session of what is whole.
    """
    way_out = "restore the file, or delete it: the pause that it recorded cannot be finished"
    for number, action in enumerate(actions):
        wrong = list(_of_action(action.data, record_id(name)))
        if not number and action.data.get("type") != "pause_started":
            wrong.insert(0, (("type",), "the first action is not pause_started"))
        for keys, message in wrong:
            yield Finding(
                path=path,
                line=action.line,
                column=action.column(*keys),
                code="MPM207",
                message=message,
                way_out=way_out,
                field=spell(keys),
            )


@rule("MPM208", WARNING)
def other_name(path: str) -> Iterator[Finding]:
    """A file is not named like a session's, and was passed over.

    No reader takes it for a session's, or (`session-NAME.json`) only claude-mpm up to 6.2.48 does.

    Example:
        session-test.json
        session-20260121-100000.yml

    Way out:
        Name it `session-YYYYMMDD-HHMMSS.json`, `.yaml` or `.md` if it is a session; else keep it elsewhere.
    """
    message = "is not named like a session's file, and was not looked at"
    way_out = "name it session-YYYYMMDD-HHMMSS.json, .yaml or .md if it is a session; else keep it elsewhere"
    yield Finding(path=path, code="MPM208", message=message, way_out=way_out)


@rule("MPM209", WARNING)
def never_ended(path: str, name: str, actions: Sequence[Action]) -> Iterator[Finding]:
    """A record was never ended.

    An auto-pause is still open, or was given up: its last action is not `pause_finalized`. What it recorded is in no
    session, or not all of it.

    Example:
        ACTIVE-PAUSE.jsonl

    Way out:
        `mpm-hooks pause --finalize` makes a session of it, `mpm-hooks pause --discard` throws it away. Of a finished
        record that breaks off, see that its session says all, and delete it.
    """
    last = actions[-1] if actions else None
    if last is not None and last.data.get("type") != "pause_finalized":
        is_open = record_id(name) is None
        message = "an auto-pause is still open" if is_open else "the record breaks off: no pause_finalized ends it"
        way_out = (
            "mpm-hooks pause --finalize, or --discard" if is_open else "see that its session says all, and delete it"
        )
        yield Finding(path=path, line=last.line, code="MPM209", message=message, way_out=way_out)


@rule("MPM210")
def from_the_future(document: Document, session: Session, latest: str) -> Iterator[Finding]:
    """The session is dated in the future.

    It stays the newest until that day comes, whatever is paused meanwhile. Ten minutes are allowed for another
    machine's clock.

    Example:
        "paused_at": "2062-01-21T10:00:00+00:00"

    Way out:
        Correct the date, and the name of the session's files.
    """
    named = session.id if is_second(session.id) else ""
    told = max(named, "" if _is_as_named(session) else _id_of_date(session))
    if told > latest:
        message = f"is dated {moment_of(told):%Y-%m-%d %H:%M} UTC, in the future"
        way_out = "correct paused_at, and the session's name"
        yield document.fault(("paused_at",), "MPM210", message, way_out)


@rule("MPM211")
def not_the_ids_second(document: Document, session: Session) -> Iterator[Finding]:
    """`paused_at` is not the second that the session's name tells.

    A pause is dated at most a minute after the second in its name. One that was recorded action by action is dated by
    the last of them, which may be hours off, and is let pass; so are the local times of claude-mpm 4.20, without zone.

    Example:
        session-20260121-100000.json: {"paused_at": "2025-12-24T18:00:00+00:00"}

    Way out:
        Correct the one that is wrong: the name, in UTC, or the date.
    """
    if _is_as_named(session) or "incremental_pause" in session.data:
        return
    moment, named = paused_at(session), moment_of(session.id)
    if moment is None or named is None or _is_naive(session):
        return
    if not 0 <= (moment - named).total_seconds() <= _LATE:
        message = f"paused_at is {moment:%Y-%m-%d %H:%M:%S} UTC, the name says {named:%Y-%m-%d %H:%M:%S}"
        yield document.fault(("paused_at",), "MPM211", message, "correct the one that is wrong; the name is in UTC")


@rule("MPM212")
def impossible_number(document: Document, session: Session, found: Iterable[Fault]) -> Iterator[Finding]:
    """A count or a percentage cannot be.

    Less than nothing, half a token, a percentage that its own counts belie. More than 100 % is claude-mpm's own
    mistake (MPM909).

    Example:
        {"tokens_used": 1000, "tokens_total": 200000, "percentage": 45}

    Way out:
        Correct the number, or leave the field out.
    """
    for chain, code, message in found:
        if code == "MPM212":
            keys = _keys(chain)
            yield document.fault(keys, code, f"{spell(keys)} {message}", "correct the number, or leave the field out")
    for keys, message in (*_usage(session), *_range(session)):
        yield document.fault(keys, "MPM212", message, "correct the one that is wrong, or leave it out")


@rule("MPM213")
def no_such_thing(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """A text is not of the form that its field has.

    A commit is named by hexadecimal digits, a file's state by the two letters of `git status`.

    Example:
        {"sha": "HEAD~2"}

    Way out:
        Write what git prints, as with `git rev-parse HEAD~2`.
    """
    for chain, code, value in found:
        keys = _keys(chain)
        if code == "MPM213" and keys not in (("paused_at",), ("session_id",)):
            what = "state of a file" if keys[-1] == "xy" else "name of a commit"
            yield document.fault(keys, code, f"{spell(keys)} is no {what}: {_shown(value)}", "write what git prints")


@rule("MPM214", WARNING)
def no_such_word(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """A todo has a state that there is not.

    Readers sort todos by `pending`, `in_progress` and `completed`, and show none of any other.

    Example:
        {"content": "Write the test", "status": "doing"}

    Way out:
        Write one of the words that there are.
    """
    for chain, code, message in found:
        if code == "MPM214":
            keys = _keys(chain)
            yield document.fault(keys, code, f"{spell(keys)} {message}", "write one of these")


@rule("MPM215", WARNING)
def misspelt_key(document: Document, found: Iterable[Fault]) -> Iterator[Finding]:
    """A key is nearly one that readers know, which is missing.

    What stands under it is kept, and shown to nobody.

    Example:
        {"summary": "Login works", "acomplishments": ["The form is there"]}

    Way out:
        Correct the key, if it was meant.
    """
    for chain, code, message in found:
        if code == "MPM215":
            keys = _keys(chain)
            yield document.fault(
                keys, code, f"no reader knows the key {spell(keys)}: {message}", "correct it, if it was meant"
            )


@rule("MPM216")
def half_character(document: Document, keys: tuple[Key, ...]) -> Iterator[Finding]:
    r"""A text holds half a character.

    JSON can spell one half of a pair of surrogates; no other form can hold it, and claude-mpm dies of it while it
    writes them.

    Example:
        "summary": "Done \ud83d"

    Way out:
        Write the whole character, or delete the half.
    """
    message = f"{spell(keys)} holds half a character: no yaml and no md can hold it"
    yield document.fault(keys, "MPM216", message, "write the whole character, or delete the half")


@rule("MPM217", WARNING)
def more_than_anybody_reads(path: str) -> Iterator[Finding]:
    """A session says more than anybody reads.

    Of its texts, the first 50,000 characters are searched for secrets, hidden characters and the like, and no more,
    so that no session keeps a commit waiting. What stands behind them is not known to be fit to publish.

    Example:
        "summary": "… 60,000 characters of a log …"

    Way out:
        Shorten it: a hand-over is a page. Keep logs elsewhere, and name the place.
    """
    message = "says more than anybody reads: only the first 50,000 characters were searched for secrets"
    yield Finding(path=path, code="MPM217", message=message, way_out="shorten it: a hand-over is a page")


SHAPED = (missing_field, wrong_type, no_date, no_such_thing, no_such_word, misspelt_key)
"""The rules that tell of what the model found."""


def id_at(date: str) -> str:
    """Spell a date in ISO 8601, as Python writes it in UTC, as the id of its second; any other is no id."""
    between = date[4:5] + date[7:8] + date[10:11] + date[13:14] + date[16:17]
    if between != "--T::":
        return ""
    return f"session-{date[:4]}{date[5:7]}{date[8:10]}-{date[11:13]}{date[14:16]}{date[17:19]}"


def _is_as_named(session: Session) -> bool:
    """Tell a date that is the id's second, as nearly every one is, without the help of ``datetime``."""
    date = session.text("paused_at")
    return date.endswith("+00:00") and id_at(date) == session.id and is_second(session.id)


def _id_of_date(session: Session) -> str:
    moment = paused_at(session)
    return f"session-{moment:%Y%m%d-%H%M%S}" if moment else ""


def paused_at(session: Session) -> datetime | None:
    """Return when the session was paused, without a zone in UTC, None if it is not known."""
    from datetime import UTC, datetime  # noqa: PLC0415 - see above

    try:
        moment = datetime.fromisoformat(session.text("paused_at"))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 with a zone to the east of UTC
        return None


def _is_naive(session: Session) -> bool:
    from datetime import datetime  # noqa: PLC0415 - see above

    return datetime.fromisoformat(session.text("paused_at")).tzinfo is None


def _usage(session: Session) -> Iterator[tuple[tuple[Key, ...], str]]:
    usage = session.data.get("context_usage")
    if not isinstance(usage, dict):
        return
    used, total, percentage = (usage.get(key) for key in ("tokens_used", "tokens_total", "percentage"))
    if not (_is_number(used) and _is_number(total) and _is_number(percentage)) or not total or used < 0:  # type: ignore[operator]  # a number
        return
    told = 100 * used / total  # type: ignore[operator]  # numbers
    if percentage >= 0 and abs(told - percentage) > 1:  # type: ignore[operator]  # a number
        message = f"percentage is {_shown(percentage)}, but {used} of {total} tokens are {told:.1f} %"
        yield ("context_usage", "percentage"), message


def _range(session: Session) -> Iterator[tuple[tuple[Key, ...], str]]:
    limits = session.find("incremental_pause", "context_range")
    if isinstance(limits, list) and len(limits) == 2 and all(map(_is_number, limits)) and limits[0] > limits[1]:  # type: ignore[operator]  # noqa: PLR2004 - numbers, from and to
        yield ("incremental_pause", "context_range"), f"context_range ends at {limits[1]}, before {limits[0]}"


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**15
    )  # beyond, it is told of elsewhere


def _of_action(data: Mapping[str, Json], session_id: str | None) -> Iterator[tuple[tuple[Key, ...], str]]:
    for chain, code, message in faults(data, model.ACTION):
        keys = _keys(chain)
        if code == "MPM202":
            yield (), f"{message} is missing"
        elif code == "MPM203":
            yield keys, f"{spell(keys)} {message}"
    yield from (((key,), f"{key} is no field of an action") for key in data if key not in model.ACTION.members)
    if session_id and isinstance(data.get("session_id"), str) and data["session_id"] != session_id:
        yield ("session_id",), f"session_id is {_shown(data['session_id'])}, the file is named for {session_id}"


def _keys(chain: Chain) -> tuple[Key, ...]:
    keys: list[Key] = []
    while chain:
        chain, key = chain
        keys.append(key)
    return tuple(reversed(keys))


def _kind(value: Json) -> str:
    from mpm_hooks.parse.json_form import kind  # noqa: PLC0415 - only a fault needs it

    return kind(value)


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) <= _LONGEST:
        return text
    from mpm_hooks import secret  # noqa: PLC0415 - only a fault needs it, before half a secret is left that nobody knows

    text = secret.hidden(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
