"""How long to wait before GitHub is asked again."""

from __future__ import annotations

import pytest

from mpm_hooks import patience
from mpm_hooks.patience import Answer

LEFT_NOTHING = {"x-ratelimit-remaining": "0"}
ABUSE = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@pytest.mark.parametrize(
    ("status", "headers", "message", "expected"),
    [
        pytest.param(403, {"retry-after": "7"}, "", 7, id="as long as it says"),
        pytest.param(403, {"retry-after": "0"}, "", 1, id="a moment"),
        pytest.param(403, {"retry-after": "soon"}, "", 60, id="it says no number"),
        pytest.param(429, {"retry-after": "7"}, "", 7, id="429"),
        pytest.param(429, {}, "", 60, id="429 does not say"),
        pytest.param(403, LEFT_NOTHING | {"x-ratelimit-reset": "1030"}, "", 31, id="until the hour is over"),
        pytest.param(403, LEFT_NOTHING | {"x-ratelimit-reset": "900"}, "", 1, id="the hour is over already"),
        pytest.param(403, {"x-ratelimit-remaining": "4", "x-ratelimit-reset": "1030"}, ABUSE, 60, id="another limit"),
        pytest.param(403, {}, ABUSE, 60, id="secondary limit"),
        pytest.param(403, {}, "You have triggered an abuse detection mechanism.", 60, id="its old name"),
        pytest.param(403, {}, "API rate limit exceeded for user ID 1.", 60, id="primary limit, without a header"),
        pytest.param(403, {}, "Resource not accessible by integration", None, id="a permission is final"),
        pytest.param(404, {"retry-after": "7"}, "", None, id="not there"),
        pytest.param(422, {}, "", None, id="not accepted"),
        pytest.param(502, {}, "", 2, id="broken"),
        pytest.param(503, {"retry-after": "7"}, "", 7, id="broken, and says how long"),
        pytest.param(0, {}, "", 2, id="no answer"),
    ],
)
def test_wait(status: int, headers: dict[str, str], message: str, expected: float | None) -> None:
    answer = Answer(status=status, headers=headers, data={"message": message})
    assert patience.wait(answer, tried=0, now=1000, repeatable=True) == expected


def test_waits_grow() -> None:
    broken = [patience.wait(Answer(status=502), tried=tried, now=0, repeatable=True) for tried in range(6)]
    assert broken == [2, 4, 8, 16, 32, None]
    assert [patience.wait(Answer(status=429), tried=tried, now=0, repeatable=True) for tried in range(3)] == [
        60,
        120,
        240,
    ]


@pytest.mark.parametrize(("status", "expected"), [(0, None), (502, None), (429, 60)])
def test_what_may_have_been_done_is_not_repeated(status: int, expected: float | None) -> None:
    assert patience.wait(Answer(status=status), tried=0, now=0, repeatable=False) == expected
