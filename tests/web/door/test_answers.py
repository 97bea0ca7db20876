"""Answers and the terminals that take them: slowly, in part, or not at all."""

import socket
import time
from collections.abc import Callable

import pytest

from tests.web.door.conftest import BIG_BYTES, Hall
from web.bench.harness.hostile_clients import (
    exchange,
    read_answer,
    request,
    seconds_to_answer,
    slow_readers,
)
from web.door import protocol

pytestmark = [pytest.mark.hostile, pytest.mark.slow]


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_slow_readers_of_a_large_file_leave_every_page_answering(hall: Hall) -> None:
    with slow_readers(hall.place, 48, hall.big_file, hall.attendee):
        for path in ("/sign-in", "/", "/alive"):
            assert seconds_to_answer(hall.place, path)[0] in (200, 204)
        assert seconds_to_answer(hall.place, hall.big_file, hall.attendee)[0] == 200


def test_who_takes_nothing_is_let_go(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "STALL_SECONDS", 1.5)
    with slow_readers(hall.place, 1, hall.big_file, hall.attendee) as (line,):
        line.recv(1, socket.MSG_PEEK)  # it has begun
        time.sleep(5)
        answered = read_answer(line)
    assert answered.status == 200
    assert len(answered.body) < BIG_BYTES


def test_who_takes_little_but_goes_on_gets_everything(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "STALL_SECONDS", 4.0)
    with hall.place.connect(window=65_536) as line:
        line.sendall(request("GET", hall.big_file, token=hall.attendee))
        took_bytes = 0
        for _ in range(60):
            took_bytes += len(line.recv(200_000))
            time.sleep(0.1)
        took_bytes += len(read_rest(line))
    assert took_bytes > BIG_BYTES


def read_rest(line: socket.socket) -> bytes:
    came = bytearray()
    while piece := line.recv(1_000_000):
        came += piece
    return bytes(came)


def test_a_part_of_a_file_and_its_head_alone_come_as_asked(hall: Hall) -> None:
    whole = exchange(hall.place, request("GET", hall.big_file, token=hall.attendee)).body
    assert len(whole) == BIG_BYTES
    part = exchange(
        hall.place,
        request("GET", hall.big_file, Range="bytes=1000-5000999", token=hall.attendee),
    )
    assert part.status == 206 and part.body == whole[1_000:5_001_000]
    head = exchange(hall.place, request("HEAD", hall.big_file, token=hall.attendee))
    assert head.status == 200 and head.body == b""
    assert f"content-length: {BIG_BYTES}" in head.head.lower()
    wrong = exchange(
        hall.place, request("GET", hall.big_file, Range="bytes=99999999-", token=hall.attendee)
    )
    assert wrong.status == 416


def test_a_header_that_cannot_be_sent_is_told_and_frees_its_thread(hall: Hall) -> None:
    hall.odd.closed.clear()
    for _ in range(20):
        answered = exchange(hall.place, request("GET", "/odd/header"))
        assert answered.status == 500 and "サーバーで問題が起きました" in answered.text
    until(lambda: hall.odd.closed == ["header"] * 20)
    assert seconds_to_answer(hall.place, "/sign-in")[0] == 200


def test_an_answer_that_fails_half_way_ends_and_is_closed(hall: Hall) -> None:
    hall.odd.closed.clear()
    answered = exchange(hall.place, request("GET", "/odd/broken"))
    assert answered.status == 200 and not answered.body.endswith(b"0\r\n\r\n")
    until(lambda: hall.odd.closed == ["broken"])


def test_an_answer_is_closed_when_its_terminal_goes(hall: Hall) -> None:
    hall.odd.closed.clear()
    with slow_readers(hall.place, 5, "/odd/broken"):
        time.sleep(0.3)
    until(lambda: len(hall.odd.closed) == 5)
