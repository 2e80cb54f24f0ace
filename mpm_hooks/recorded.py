"""The incremental record of an auto-pause: its actions -> what they tell of the session.

claude-mpm 5.4.87 to 6.5.83 advertise ``pause --finalize`` and ``pause --discard`` and have neither; its own reader
gives up on an empty record, a torn line and an unknown key.
"""

from __future__ import annotations

from collections.abc import Sequence

from mpm_hooks import session
from mpm_hooks.facts import Recorded
from mpm_hooks.parse.record import Action
from mpm_hooks.session import Json

_TYPES = ("pause_started", "tool_call", "assistant_response", "user_message", "system_event")
_END = "pause_finalized"
_SHOWN = 10
_ABSURD = 1000
_YEARS = range(2000, 9999)
"""Of a clock; some of the others make no id of four digits, or have no next second."""


def of(actions: Sequence[Action]) -> Recorded:
    """Gather what the actions tell."""
    named = (str(action.data.get("session_id")) for action in actions)
    moments = [(_type(action), action.moment) for action in actions if action.data["type"] != _END]
    used = [share for action in actions if (share := _number(action.data.get("context_percentage"))) is not None]
    return Recorded(
        id=next(filter(_is_id, named), None),
        moments=tuple((kind, moment) for kind, moment in moments if moment),
        percentages=(used[0], used[-1]) if used else None,
    )


def data(recorded: Recorded) -> dict[str, Json]:
    """Fill upstream's fields; nothing is there where the record held nothing."""
    if not recorded.moments:
        return {}
    began, ended = recorded.moments[0][1], recorded.moments[-1][1]
    seconds = max((ended - began).total_seconds(), 0)
    used = recorded.percentages
    return {
        "paused_at": ended.isoformat(),
        "duration_hours": round(seconds / 3600, 2),
        **({"context_usage": {"percentage": round(used[1] * 100, 1)}} if used else {}),
        "incremental_pause": {
            "enabled": True,
            "action_count": len(recorded.moments),
            "duration_seconds": int(seconds),
            **({"context_range": list(used)} if used else {}),
            "tool_calls": _tools(recorded),
            "actions_summary": [{"type": kind, "timestamp": at.isoformat()} for kind, at in recorded.moments[-_SHOWN:]],
        },
    }


def words(recorded: Recorded) -> str:
    """Say in a sentence what the session was made from."""
    if not recorded.moments:
        return "Finished from an auto-pause record in which nothing whole stood"
    used = recorded.percentages
    context = f", with {used[0]:.0%} to {used[1]:.0%} of the context used" if used else ""
    began, ended = recorded.moments[0][1], recorded.moments[-1][1]
    return (
        f"Finished from an auto-pause record of {len(recorded.moments)} actions, {_tools(recorded)} of them tool "
        f"calls, from {began:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC{context}"
    )


def _tools(recorded: Recorded) -> int:
    return sum(kind == "tool_call" for kind, _ in recorded.moments)


def _type(action: Action) -> str:
    """Return an action's type, "other" for one that upstream does not know: it may be anything, prose too."""
    return str(action.data["type"]) if action.data["type"] in _TYPES else "other"


def _is_id(name: str) -> bool:
    moment = session.moment_of(name)
    return moment is not None and moment.year in _YEARS


def _number(value: Json) -> float | None:
    """Return a share of the context; NaN is none, nor is what no context can hold."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _ABSURD else None  # type: ignore[arg-type,operator]
