"""Heads, connections, and what a terminal could go on with for ever."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from meetings import config as settings
from meetings.certificates import make_certificate
from meetings.config import MEGABYTE
from tests.serving import served_on_a_port
from tests.web.door.conftest import MOST_PER_ADDRESS, NEIGHBOUR, Hall
from web.bench.harness.hostile_clients import (
    ServerAddress,
    exchange,
    half_sent_heads,
    read_answer,
    request,
    seconds_to_answer,
    send_endlessly,
)
from web.door import loop, protocol

pytestmark = pytest.mark.hostile

GET = b"GET / HTTP/1.1\r\nHost: gijido\r\n"


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (GET, b"X: y\r\n" * 10_000),
        (GET + b"X: ", b"y" * 60_000),
        (GET, b"X" * 60_000),
        (b"GET /", b"a" * 60_000),
        (b"", b"\r\n" * 30_000),
        (
            b"POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
            b"y" * 60_000,
        ),
        (
            b"POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: y\r\n" * 10_000,
        ),
    ],
    ids=["lines", "value", "name", "address", "empty-lines", "trailer", "trailers"],
)
def test_a_head_without_end_is_refused(hall: Hall, begin: bytes, piece: bytes) -> None:
    status, sent_bytes = send_endlessly(hall.place, begin, piece, 60 * MEGABYTE)
    assert status in (0, 400, 431)  # 0: it was still sending when the connection ended
    assert sent_bytes < 20 * MEGABYTE


def test_a_head_that_is_too_large_is_told(hall: Hall) -> None:
    many = request("GET", "/", **{f"X_{number}": "y" for number in range(200)})
    long = request("GET", "/", X="y" * 40_000)
    for sent in (many, long):
        answered = exchange(hall.place, sent)
        assert answered.status == 431 and "大きすぎます" in answered.text


def test_what_no_view_has_answered_carries_the_headers_that_guard_a_page(hall: Hall) -> None:
    long = request("GET", "/", X="y" * 40_000)
    alive = request("GET", "/livez")
    too_much = request("POST", "/sign-in", Content_Length=str(MEGABYTE))
    heads = [exchange(hall.place, sent).head.lower() for sent in (long, alive, too_much)]
    with hall.place.connect() as stream:
        path = f"/api/meetings/{hall.meeting_id}/live"
        stream.sendall(request("GET", path, token=hall.attendee, Accept="text/event-stream"))
        heads.append(stream.recv(65_536).decode().partition("\r\n\r\n")[0].lower())
    assert [head.split(" ")[1] for head in heads] == ["431", "200", "413", "200"]
    for head in heads:
        assert "x-content-type-options: nosniff" in head and "cache-control: no-store" in head
        assert "object-src 'none'" in head and "frame-ancestors 'none'" in head


def test_a_request_that_says_its_length_in_two_ways_is_refused(hall: Hall) -> None:
    head = "POST /sign-in HTTP/1.1\r\nHost: gijido\r\nContent-Length: 6\r\n"
    for second in ("Transfer-Encoding: chunked", "Content-Length: 7"):
        sent = f"{head}{second}\r\n\r\n0\r\n\r\nG".encode()
        assert exchange(hall.place, sent).status == 400


def test_a_head_that_does_not_come_is_not_waited_for(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    with half_sent_heads(hall.place, 3) as lines, hall.place.connect() as silent:
        assert [read_answer(line).status for line in lines] == [408] * 3
        assert read_answer(silent).status == 0


def test_a_second_head_on_the_same_connection_is_not_waited_for(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    with hall.place.connect() as line:
        line.sendall(b"GET /alive HTTP/1.1\r\nHost: g\r\n\r\n")
        line.sendall(b"GET /al")
        answered = read_answer(line)
    assert answered.status == 204 and "408 Request Timeout" in answered.text


def test_a_body_that_nobody_wants_is_not_taken_for_ever(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.5)
    with hall.place.connect() as line:
        line.sendall(b"GET /alive HTTP/1.1\r\nHost: g\r\nContent-Length: 100000\r\n\r\nx")
        assert read_answer(line).status == 204


def test_requests_without_end_on_one_connection_are_refused(hall: Hall) -> None:
    answered = exchange(hall.place, b"GET /sign-in HTTP/1.1\r\nHost: g\r\n\r\n" * 1_000)
    assert answered.body.count(b"HTTP/1.1 ") < 20


def test_one_address_gets_so_many_connections_and_the_others_theirs(hall: Hall) -> None:
    with ExitStack() as stack:
        lines = stack.enter_context(half_sent_heads(hall.place, MOST_PER_ADDRESS, NEIGHBOUR))
        refused = exchange(hall.place, request("GET", "/alive"), source=NEIGHBOUR)
        assert refused.status == 503 and "接続が多すぎる" in refused.text
        assert "Retry-After" in refused.head
        assert seconds_to_answer(hall.place, "/sign-in")[0] == 200
        lines[0].close()
        lines[1].close()
        assert exchange(hall.place, request("GET", "/alive"), source="127.0.0.3").status == 204


def test_a_proxy_on_the_same_machine_stands_for_many_terminals(hall: Hall) -> None:
    with half_sent_heads(hall.place, 2 * MOST_PER_ADDRESS):
        assert seconds_to_answer(hall.place, "/sign-in")[0] == 200


def test_when_one_leaves_the_next_may_come(hall: Hall) -> None:
    for _ in range(3):
        with half_sent_heads(hall.place, MOST_PER_ADDRESS, "127.0.0.4"):
            pass
        assert exchange(hall.place, request("GET", "/alive"), source="127.0.0.5").status == 204


def test_hands_over_tls_are_not_shaken_for_ever(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "HEAD_SECONDS", 1.0)
    certificate, key = make_certificate(hall.config, ["localhost"])
    tls = {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
    with served_on_a_port(hall.app, **tls) as port, ServerAddress(port).connect() as silent:
        assert silent.recv(1) == b""


def test_the_server_opens_as_many_files_as_the_system_allows() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", RAISE],
        cwd=settings.DEFAULT_FILE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    soft, hard = ran.stdout.split()
    assert soft == hard


RAISE = """
import resource
from web.asgi import raise_file_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
