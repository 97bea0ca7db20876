"""Terminals that mean harm, or whose network is as bad: for measurements and tests of what the
server bears. Plain sockets, so that nothing is as polite as a library."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

READ_BYTES = 65_536
SMALL_WINDOW_BYTES = 4_096
STEP_SECONDS = 0.1


@dataclass(frozen=True)
class ServerAddress:
    """Where the server listens."""

    port: int
    host: str = "127.0.0.1"

    def connect(self, *, seconds: float = 30.0, source: str = "", window: int = 0) -> socket.socket:
        """Open a connection. `seconds`: the longest wait for anything; `source`: the address of
        ours that it comes from; `window`: how many bytes our side takes before it is read."""
        made = socket.socket()
        made.settimeout(seconds)
        if window:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        if source:
            made.bind((source, 0))
        made.connect((self.host, self.port))
        return made


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came. `status` is 0 when none did."""

    status: int
    head: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def text(self) -> str:
        return self.body.decode()


def request(method: str, path: str, body: bytes = b"", token: str = "", **headers: str) -> bytes:
    """Return the bytes of a request, with a bearer token if one is given. `Content_Type="…"`
    becomes the header Content-Type; one that is given is not made."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        named["Authorization"] = f"Bearer {token}"
    made = {"Host": "gijido", "Connection": "close"}
    if body or method not in ("GET", "HEAD"):
        made["Content-Length"] = str(len(body))
    lines = [f"{name}: {value}" for name, value in (made | named).items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


def exchange(
    place: ServerAddress, sent: bytes, *, seconds: float = 30.0, source: str = ""
) -> RawAnswer:
    """Send this and read until the server closes; what came, whole or not."""
    with place.connect(seconds=seconds, source=source) as line:
        with suppress(ConnectionError):
            line.sendall(sent)
        return read_answer(line)


def read_answer(line: socket.socket) -> RawAnswer:
    """Read until the server closes, or says nothing for as long as the connection waits."""
    came = bytearray()
    with suppress(OSError):
        while piece := line.recv(READ_BYTES):
            came += piece
    head, _, body = bytes(came).partition(b"\r\n\r\n")
    if not head:
        return RawAnswer(0)
    return RawAnswer(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body)


@contextmanager
def half_sent_bodies(
    place: ServerAddress, count: int, path: str = "/nothing-here", source: str = ""
) -> Iterator[list[socket.socket]]:
    """Open so many connections, each with the beginning of a form, and then silence."""
    begun = request(
        "POST", path, Content_Length="1000", Content_Type="application/x-www-form-urlencoded"
    )
    with _connected(place, count, begun + b"a=", source=source) as lines:
        yield lines


@contextmanager
def half_sent_heads(
    place: ServerAddress, count: int, source: str = ""
) -> Iterator[list[socket.socket]]:
    """Open so many connections, each with the beginning of a head, and then silence."""
    with _connected(place, count, b"GET / HTTP/1.1\r\nHost: g", source=source) as lines:
        yield lines


@contextmanager
def slow_readers(
    place: ServerAddress, count: int, path: str, token: str = ""
) -> Iterator[list[socket.socket]]:
    """Open so many connections that ask for this and then take nothing of it."""
    asked = request("GET", path, token=token)
    with _connected(place, count, asked, window=SMALL_WINDOW_BYTES) as lines:
        yield lines


@contextmanager
def weak_network(
    place: ServerAddress, count: int, path: str, token: str = "", bytes_per_second: int = 50_000
) -> Iterator[Callable[[], int]]:
    """Open so many connections that ask for this and take so much of it in a second, each. The
    value tells how many bytes they have taken together so far."""
    took, is_over = [0], threading.Event()

    def take(lines: list[socket.socket]) -> None:
        while not is_over.wait(STEP_SECONDS):
            for line in lines:
                with suppress(OSError):
                    took[0] += len(line.recv(max(1, int(bytes_per_second * STEP_SECONDS))))

    with slow_readers(place, count, path, token) as lines:
        for line in lines:
            line.setblocking(False)
        taking = threading.Thread(target=take, args=(lines,))
        taking.start()
        try:
            yield lambda: took[0]
        finally:
            is_over.set()
            taking.join()


def send_endlessly(
    place: ServerAddress, begin: bytes, piece: bytes, most_bytes: int
) -> tuple[int, int]:
    """Send `begin`, then `piece` again and again, until the server has enough: the status that it
    answers (0: it closes without a word) and how many bytes it took. At most `most_bytes`."""
    sent_bytes = 0
    with place.connect(seconds=10) as line:
        with suppress(OSError):
            line.sendall(begin)
            while sent_bytes < most_bytes:
                line.sendall(piece)
                sent_bytes += len(piece)
        return read_answer(line).status, sent_bytes


def guess(place: ServerAddress, login: str, password: str = "wrong") -> RawAnswer:  # noqa: S107
    """Try to sign in for a token."""
    body = json.dumps({"login": login, "password": password}).encode()
    return exchange(place, request("POST", "/api/tokens", body, Content_Type="application/json"))


def seconds_to_answer(place: ServerAddress, path: str, token: str = "") -> tuple[int, float]:
    """Return status and time in seconds of one request by somebody who means no harm."""
    begun = time.monotonic()
    status = exchange(place, request("GET", path, token=token)).status
    return status, time.monotonic() - begun


@contextmanager
def _connected(
    place: ServerAddress, count: int, sent: bytes, *, source: str = "", window: int = 0
) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        lines = []
        for _ in range(count):
            line = stack.enter_context(place.connect(source=source, window=window))
            line.sendall(sent)
            lines.append(line)
        yield lines
