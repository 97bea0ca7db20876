"""`gijido bench hostile` and `gijido bench signing-in`, so short that they only show what they
measure."""

import pytest

from web.bench import hostile, signing_in
from web.bench.city.city import Amounts

pytestmark = [pytest.mark.hostile, pytest.mark.slow]


def test_a_meeting_goes_on_while_others_do_their_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Amounts(departments=3, people=40, series=4, meetings=60, segments=10)
    monkeypatch.setattr(hostile, "ARCHIVE", small)
    made = hostile.as_json(hostile.measure(5, 4, lambda _: None))
    assert set(made) == {
        "turn_p95_ms",
        "page_p95_ms",
        "alive_max_ms",
        "server_rss_mb",
        "errors_5xx",
    }
    assert made["errors_5xx"] == 0
    assert all(made[name] > 0 for name in made if name != "errors_5xx")


def test_everybody_who_signs_in_at_once_is_in() -> None:
    measured = signing_in.measure(8)
    assert measured.refused == 0
    assert measured.last_in_s > 0 and measured.turn_p95_ms > 0
