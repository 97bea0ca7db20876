"""Threads for each kind of work: nobody waits for another kind, and nobody without end."""

import asyncio
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select

from meetings.errors import TryAgain
from meetings.people.sign_ins import hash_of
from models.base import now
from models.database import writing
from models.person import SignIn
from tests.loops import run
from tests.web.door.conftest import Hall, sign_in
from web.bench.harness.hostile_clients import ServerAddress, exchange, request, seconds_to_answer
from web.door.costs import RequestLane
from web.door.lanes import WIDTHS, Threads, Width
from web.streams import live

pytestmark = pytest.mark.hostile


def test_turns_go_on_while_all_who_read_wait(hall: Hall) -> None:
    readers = WIDTHS[RequestLane.READING].threads + 4
    hall.odd.hold.clear()
    api = f"/api/meetings/{hall.meeting_id}"
    with ThreadPoolExecutor(readers) as pool:
        held = [pool.submit(seconds_to_answer, hall.place, "/odd/held") for _ in range(readers)]
        try:
            begun = exchange(hall.place, request("POST", f"{api}/presenting", token=hall.organiser))
            assert begun.status == 201, begun.text
            assert seconds_to_answer(hall.place, f"{api}/live", hall.attendee)[0] == 200
            assert seconds_to_answer(hall.place, "/alive")[0] == 204
            assert not any(one.done() for one in held)
        finally:
            hall.odd.hold.set()
        assert {one.result()[0] for one in held} == {200}


def test_who_would_wait_too_long_is_told_to_come_again(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> None:
        raise TryAgain()

    monkeypatch.setattr(Threads, "run", refused)
    page = exchange(hall.place, request("GET", "/sign-in"))
    assert page.status == 503 and "retry-after: " in page.head.lower()
    assert "混み合っていて" in page.text and 'http-equiv="refresh"' in page.text
    api = exchange(hall.place, request("GET", "/api/me"))
    assert api.status == 503 and "混み合っていて" in json.loads(api.body)["message"]
    kind, typed = "application/x-www-form-urlencoded", "title=%22%3E%3Cb%3E&note=" + "あ" * 9
    form = exchange(hall.place, request("POST", "/meetings", typed.encode(), Content_Type=kind))
    assert form.status == 503 and "refresh" not in form.text  # never sent again by itself
    assert "&quot;&gt;&lt;b&gt;" in form.text and "あ" * 9 in form.text
    secret = request("POST", "/sign-in", b"login=a&password=secret", Content_Type=kind)
    assert "secret" not in exchange(hall.place, secret).text


def test_a_row_has_an_end_and_a_longest_wait() -> None:
    async def fill() -> list[object]:
        threads, hold = Threads("test", Width(1, 2, 0.2)), threading.Event()
        first = asyncio.create_task(threads.run(hold.wait))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(threads.run(str)) for _ in range(3)]
        told = await asyncio.gather(*others, return_exceptions=True)
        hold.set()
        await first
        return [*told, await threads.run(str)]

    *told, last = run(fill())
    assert [type(one) for one in told] == [TryAgain] * 3
    assert last == ""


def open_stream(place: ServerAddress, meeting_id: int, token: str) -> socket.socket:
    line = place.connect(seconds=20)
    path = f"/api/meetings/{meeting_id}/live"
    line.sendall(request("GET", path, token=token, Accept="text/event-stream"))
    came = b""
    while b"event: state" not in came:
        piece = line.recv(65_536)
        assert piece, came
        came += piece
    return line


def is_ended(line: socket.socket, seconds: float = 20) -> bool:
    """Whether the stream comes to its end; beats may come before."""
    line.settimeout(seconds)
    came = b""
    with suppress(TimeoutError):
        while piece := line.recv(65_536):
            came += piece
    return came.endswith(b"0\r\n\r\n")


def test_a_stream_ends_when_its_sign_in_does(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """By signing out, or in another process, which can tell nobody."""
    monkeypatch.setattr(live, "SIGN_INS_EVERY_SECONDS", 0.2)
    monkeypatch.setattr(live, "BEAT_SECONDS", 600.0)
    left, ended, stays = (sign_in(hall.engine, "okuma") for _ in range(3))
    lines = [open_stream(hall.place, hall.meeting_id, token) for token in (left, ended, stays)]
    assert exchange(hall.place, request("DELETE", "/api/tokens", token=left)).status == 204
    with writing(hall.engine) as session, session.begin():
        wanted = select(SignIn).where(SignIn.token_sha256 == hash_of(ended))
        session.scalars(wanted).one().ended_at = now()
    assert [is_ended(line) for line in lines[:2]] == [True, True]
    assert not is_ended(lines[2], 1)
    for line in lines:
        line.close()


def test_whoever_takes_a_right_away_ends_the_streams_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SIGN_INS_EVERY_SECONDS", 600.0)
    token = sign_in(hall.engine, "okuma")
    line = open_stream(hall.place, hall.meeting_id, token)
    seat = hall.hub.seats(hall.meeting_id)[-1]
    assert seat.person_id is not None
    hall.hub.end(seat.person_id, seat.sign_in_id + 1)
    assert not is_ended(line, 0.5)
    hall.hub.end(seat.person_id, seat.sign_in_id)
    assert is_ended(line)
    line.close()
