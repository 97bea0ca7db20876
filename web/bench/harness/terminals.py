"""Many terminals in one process: `python -m web.bench.harness.terminals HOST PORT MEETING`.

Their tokens come in on stdin, a line each, then an empty one. Each keeps one event stream open.
Lines on stdout: `connected SECONDS`, and after one more line came in one JSON object, the arrivals
as `[[sequence, time], …]` of every terminal. Times are of the machine's monotonic clock, which all
its processes share.
"""

import asyncio
import json
import re
import sys
import time
from typing import cast

import uvloop

SEQUENCE = re.compile(rb'event: state\ndata: \{"sequence":(\d+)')
CONNECT_AT_ONCE = 100
CONNECT_SECONDS = 60.0


class Terminal(asyncio.Protocol):
    """One event stream; what comes is only stamped, as little work as can be."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self.arrivals: list[tuple[int, float]] = []
        self.is_open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        whole, mark, self._rest = (self._rest + data).rpartition(b"\n\n")
        self.arrivals.extend((int(found), at) for found in SEQUENCE.findall(whole + mark))
        if self.arrivals and not self.is_open.done():
            self.is_open.set_result(None)

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError(problem or self._rest[:200]))


async def listen(host: str, port: int, meeting_id: int, tokens: list[str]) -> None:
    begun = time.monotonic()
    at_once = asyncio.Semaphore(CONNECT_AT_ONCE)

    async def connect(token: str) -> Terminal:
        request = (
            f"GET /api/meetings/{meeting_id}/live HTTP/1.1\r\nHost: {host}\r\n"
            f"Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
        ).encode()
        async with at_once:
            loop = asyncio.get_running_loop()
            _, terminal = await loop.create_connection(lambda: Terminal(request), host, port)
            await asyncio.wait_for(terminal.is_open, CONNECT_SECONDS)
        return terminal

    terminals = await asyncio.gather(*(connect(token) for token in tokens))
    print("connected", round(time.monotonic() - begun, 3), flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps([terminal.arrivals for terminal in terminals]), flush=True)  # noqa: T201


if __name__ == "__main__":
    host, port, meeting_id = sys.argv[1:4]
    tokens = [line.strip() for line in iter(sys.stdin.readline, "\n")]
    uvloop.run(listen(host, int(port), int(meeting_id), tokens))
