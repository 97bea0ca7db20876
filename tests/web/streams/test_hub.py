"""Who is told what: every terminal of a meeting, or those of some people."""

import asyncio

import pytest

from tests.loops import run
from web.streams.live import Hub, Seat

pytestmark = pytest.mark.hostile

MEETING = 7


def taken(*seats: Seat) -> list[str]:
    return [seat.drain().decode() for seat in seats]


async def settle() -> None:
    await asyncio.sleep(0)


def test_what_is_for_some_people_reaches_their_terminals_alone() -> None:
    async def sitting() -> list[str]:
        hub = Hub()
        with (
            hub.seat(MEETING, is_stream=True) as reader,
            hub.seat(MEETING, is_stream=True) as other,
        ):
            reader.person_id, other.person_id = 1, 2
            hub.send(MEETING, "state", "whole", only={1})
            hub.send(MEETING, "state", "rest", but={1})
            await settle()
            return taken(reader, other)

    to_reader, to_other = run(sitting())
    assert "whole" in to_reader and "rest" not in to_reader
    assert "rest" in to_other and "whole" not in to_other


def test_a_terminal_whose_person_is_not_known_yet_reads_the_state_once_more() -> None:
    async def sitting() -> tuple[bool, list[str]]:
        hub = Hub()
        with hub.seat(MEETING, is_stream=True) as seat:
            hub.send(MEETING, "state", "rest", but={1})
            await settle()
            return seat.has_missed, taken(seat)

    assert run(sitting()) == (True, [""])


def test_one_who_waits_for_a_newer_state_is_woken_by_any() -> None:
    """It reads the state anew, as far as its person may know it."""

    async def sitting() -> list[str]:
        hub = Hub()
        with hub.seat(MEETING, is_stream=False) as waiting:
            waiting.person_id = 2
            hub.send(MEETING, "state", "whole", only={1})
            hub.send(MEETING, "pointer", "here")
            await settle()
            return taken(waiting)

    (woken,) = run(sitting())
    assert "whole" in woken and "here" not in woken
