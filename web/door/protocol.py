"""HTTP as uvicorn speaks it, with limits to everything with which a terminal could go on for ever:
a head, connections, an answer that it does not take, a body that nobody wants.

uvicorn and httptools keep a head in memory until it is complete, however long it gets, and wait for
a terminal without end; there is no setting for either.
"""

import asyncio
import socket
import time
from collections import Counter
from contextlib import suppress
from typing import cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web.door.answers import SAFE
from web.limits import (
    HEAD_SECONDS,
    LARGEST_HEAD_BYTES,
    LINGER_SECONDS,
    MOST_HEADERS,
    MOST_PIPELINED,
    PIECE_BYTES,
    STALL_SECONDS,
)

SWEEP_SECONDS = 1.0
UNSENT_IN_THE_SYSTEM = (socket.IPPROTO_TCP, 25, PIECE_BYTES)
"""TCP_NOTSENT_LOWAT of Linux. Without it megabytes of each slow answer wait in the kernel, and its
terminal seems to take nothing while those go."""

PROXIES = ("127.0.0.1", "::1")
"""From where uvicorn believes who a request is for: a proxy on the same machine. Its connections
are those of many terminals, which it counts itself."""

WORDS = {
    400: ("Bad Request", "送信された内容を読み取れませんでした。"),
    408: ("Request Timeout", "送信が途中で止まったため、接続を終えました。"),
    431: ("Request Header Fields Too Large", "送信された見出し（ヘッダー）が大きすぎます。"),
    503: (
        "Service Unavailable",
        "接続が多すぎるため、いまはつながりません。しばらく待ってから、もう一度お試しください。",
    ),
}


class Crowd:
    """The open connections, counted by address; belongs to one event loop."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._of_address: Counter[str] = Counter()
        self._connected: set[LimitedProtocol] = set()
        self._sweeping: asyncio.Task[None] | None = None

    def enter(self, connection: "LimitedProtocol", address: str) -> bool:
        """Count a connection and return whether there is room for it; every one that entered must
        leave, refused or not."""
        self._connected.add(connection)
        self._of_address[address] += 1
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep())
        has_room = len(self._connected) <= self._most
        is_one_of_many = self._of_address[address] > self._most_per_address
        return has_room and (address in PROXIES or not is_one_of_many)

    def leave(self, connection: "LimitedProtocol", address: str) -> None:
        self._connected.discard(connection)
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    async def _sweep(self) -> None:
        """End the connections that take too long, by one clock for all: a timer for each would cost
        more than its requests."""
        while self._connected:
            await asyncio.sleep(SWEEP_SECONDS)
            at = time.monotonic()
            for connection in list(self._connected):
                connection.end_what_takes_too_long(at)


def limited(crowd: Crowd) -> type["LimitedProtocol"]:
    """Return the class of this crowd's connections, as uvicorn wants it."""

    class Connection(LimitedProtocol):
        pass

    Connection.crowd = crowd
    return Connection


class LimitedProtocol(HttpToolsProtocol):
    """One connection."""

    crowd: Crowd
    _address = ""
    _is_over = False

    _head_since: float | None = None
    """Since when a head is being waited for; None while there is one, or none is due."""
    _is_in_message = False
    _header_count = 0
    _head_bytes = 0
    _useless_bytes = 0

    _left_since: float | None = None
    """Since when a body comes that nobody waits for."""
    _stalled_since: float | None = None
    _stalled_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since = time.monotonic()
        self._address = self.client[0] if self.client else ""
        with suppress(OSError):  # another system than Linux
            transport.get_extra_info("socket").setsockopt(*UNSENT_IN_THE_SYSTEM)
        if not self.crowd.enter(self, self._address):
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self.crowd.leave(self, self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_over or self.parser is None:
            return
        self._unset_keepalive_if_required()
        if not self._is_in_message and self._head_since is None:
            self._head_since = time.monotonic()
        self._useless_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # no other protocol is spoken here: the request is answered as it is
        except httptools.HttpParserError:
            self._refuse(431 if self._is_head_too_large() else 400)
            return
        if self._useless_bytes > LARGEST_HEAD_BYTES:
            self._refuse(431)

    def resume_writing(self) -> None:
        """Begin to count the waiting bytes anew: the terminal took nearly all that waited."""
        self._stalled_since = None
        self._stalled_bytes = 0
        super().resume_writing()

    # What the parser finds. An error raised here ends its work.

    def on_message_begin(self) -> None:
        self._is_in_message = True
        self._head_since = self._head_since or time.monotonic()
        self._header_count = self._head_bytes = 0
        super().on_message_begin()
        # Who is connected, before a proxy's word for who asks takes its place.
        cast(dict[str, object], self.scope)["gijido.peer"] = self._address

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_count += 1
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_since = None
        self._useless_bytes = 0
        if len(self.pipeline) >= MOST_PIPELINED:
            raise ValueError("too many requests at once")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._useless_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_message = False
        self._useless_bytes = 0
        super().on_message_complete()

    def _count(self, *parts: bytes) -> None:
        self._head_bytes += sum(map(len, parts))
        if self._is_head_too_large():
            raise ValueError("the head is too large")

    def _is_head_too_large(self) -> bool:
        return self._head_bytes > LARGEST_HEAD_BYTES or self._header_count > MOST_HEADERS

    # Time.

    def end_what_takes_too_long(self, at: float) -> None:
        if self._head_since is not None and at - self._head_since > HEAD_SECONDS:
            self._give_up_waiting()
        if self._is_left(at):
            self.transport.close()
        if self._has_stalled(at):
            self.transport.abort()

    def _give_up_waiting(self) -> None:
        """Close a connection that sent no complete head in time: without an answer when it sent
        nothing, as browsers open connections that they may need."""
        if self._useless_bytes or self._is_in_message:
            self._refuse(408)
        else:
            self._head_since = None
            self.transport.close()

    def _is_left(self, at: float) -> bool:
        """Return whether a body to which the answer was given already has kept coming for too
        long."""
        is_answered = self.cycle is not None and self.cycle.response_complete
        if not (self._is_in_message and self._head_since is None and is_answered):
            self._left_since = None
            return False
        self._left_since = self._left_since or at
        return at - self._left_since > LINGER_SECONDS

    def _has_stalled(self, at: float) -> bool:
        """Return whether the terminal took nothing for too long. While writing is paused, or the
        connection closes, what waits to be sent can only become less."""
        waiting_bytes = self.transport.get_write_buffer_size()
        is_ending = self.flow.write_paused or self.transport.is_closing()
        if not waiting_bytes or not is_ending or waiting_bytes < self._stalled_bytes:
            self._stalled_since = None
        self._stalled_bytes = waiting_bytes
        if not waiting_bytes or not is_ending:
            return False
        self._stalled_since = self._stalled_since or at
        return at - self._stalled_since > STALL_SECONDS

    def _refuse(self, status: int) -> None:
        """End the connection; with a sentence, unless an answer is on its way already."""
        if self._is_over:
            return
        self._is_over = True
        self._head_since = None
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not is_answering and not self.transport.is_closing():
            self.transport.write(_sentence(status))
        self.transport.close()


def _sentence(status: int) -> bytes:
    title, words = WORDS[status]
    body = words.encode()
    again = "Retry-After: 5\r\n" if status == 503 else ""
    safe = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in SAFE)
    head = (
        f"HTTP/1.1 {status} {title}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{safe}{again}Connection: close\r\n\r\n"
    )
    return head.encode() + body
