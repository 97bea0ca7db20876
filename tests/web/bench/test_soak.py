"""A short soak: what was acknowledged is there once, whatever happens to the server meanwhile."""

import pytest

from web.bench.soak import soak

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

SEED, KILLS, LOCKED_SECONDS = 20261129, 2, 1.0


def test_nothing_acknowledged_is_lost_or_doubled_by_kills_locks_and_a_frozen_worker() -> None:
    soaked = soak.soak(KILLS, SEED, LOCKED_SECONDS)
    told = soaked.outcome
    assert (told.lost, told.doubled, told.broken, soaked.findings) == ([], [], [], [])
    assert told.acknowledged > 0 and told.lines_cut > 0
    assert sum(soaked.faults.values()) >= KILLS + 2
