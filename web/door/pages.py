"""The ASGI application that calls Flask: in a thread, when the request is complete, and only while
it computes. The answer is sent by the event loop, which waits for slow terminals at no cost; a
large file is read piece by piece in between."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from flask import Flask

from meetings.config import Config
from meetings.errors import TryAgain
from web.door.answers import (
    Headers,
    Receive,
    RequestRefused,
    Scope,
    Send,
    door_answer,
    header,
    refusal,
    send_response,
)
from web.door.bodies import Bodies, BrokenOff, TooSlow
from web.door.costs import Costs
from web.door.environ import environ_of
from web.door.lanes import Lanes
from web.limits import MOST_LETTERS_SHOWN_AGAIN, READY_BYTES

LOG = logging.getLogger(__name__)
NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
READERS = 8
T = TypeVar("T")


@dataclass
class Made:
    """The answer of the application: its beginning, or all of it, and where the rest comes from."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    beginning: list[bytes] = field(default_factory=list)
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None

    def start(
        self, status: str, headers: list[tuple[str, str]], _problem: Any = None
    ) -> Callable[[bytes], None]:
        """Note the status and headers: this is WSGI's `start_response`."""
        self.status, self.headers = int(status.split(" ", 1)[0]), headers
        return self.beginning.append

    @property
    def can_be_sent(self) -> bool:
        """Return whether no header has a control character in it, which could end the line
        early."""
        return not any(NOT_IN_HEADERS.search(name + value) for name, value in self.headers)

    @property
    def packed_headers(self) -> Headers:
        return [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in self.headers]


class Pages:
    """The last of the ASGI applications, for everything that is Flask's."""

    def __init__(self, app: Flask, lanes: Lanes) -> None:
        config: Config = app.extensions["config"]
        self._app = app
        self._lanes = lanes
        self._bodies = Bodies(app, lanes)
        self._costs = Costs(app, config.limits)
        self._readers = ThreadPoolExecutor(READERS, "answer")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            made = await self._made(scope, receive)
        except RequestRefused as problem:
            await send_response(send, *problem.answer)
        except TooSlow:
            await send_response(send, *door_answer(scope, 408))
        except BrokenOff:
            return
        else:
            await self._send(scope, made, receive, send)

    async def _made(self, scope: Scope, receive: Receive) -> Made:
        cost = self._costs.of(scope["method"], scope["path"])
        body = await self._bodies.take(scope, receive, cost)
        with body:
            try:
                return await self._lanes[cost.lane].run(_compute, self._app, scope, body)
            except TryAgain as problem:
                raise RequestRefused(refusal(scope, problem, _typed(scope, body))) from problem

    async def _send(self, scope: Scope, made: Made, receive: Receive, send: Send) -> None:
        try:
            if not made.can_be_sent:
                LOG.error("a header cannot be sent: %s %s", scope["method"], scope["path"])
                await send_response(send, *door_answer(scope, 500))
            elif made.rest is None:
                await send_response(
                    send, made.status, made.packed_headers, b"".join(made.beginning)
                )
            else:
                await self._stream(made, made.rest, receive, send)
        finally:
            if made.rest is not None:
                await self._read(made.close)

    async def _stream(
        self, made: Made, rest: Iterator[bytes], receive: Receive, send: Send
    ) -> None:
        """Send the answer as fast as the terminal takes it, until it has all or is gone."""
        headers = made.packed_headers
        await send({"type": "http.response.start", "status": made.status, "headers": headers})
        gone = asyncio.ensure_future(until_gone(receive))
        try:
            piece: bytes | None = b"".join(made.beginning)
            while piece is not None and not gone.done():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self._read(next, rest, None)
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _read(self, act: Callable[..., T], *arguments: Any) -> T:
        """Run `act` in a thread that only reads files; never two at once for one answer."""
        step = asyncio.get_running_loop().run_in_executor(self._readers, act, *arguments)
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step])
            raise


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _typed(scope: Scope, body: IO[bytes]) -> bytes:
    """Return what a person typed, to be sent again; empty for files and programs."""
    if not header(scope, b"content-type").startswith(b"application/x-www-form-urlencoded"):
        return b""
    return body.read(MOST_LETTERS_SHOWN_AGAIN)


def _compute(app: Flask, scope: Scope, body: IO[bytes]) -> Made:
    """Call the application, in a thread, and return its answer: complete unless it is large."""
    made = Made()
    with ExitStack() as closing:
        answered: Iterable[bytes] = app(environ_of(scope, body), made.start)
        closing.callback(getattr(answered, "close", made.close))
        made.rest = _begin(made, iter(answered))
        if made.rest is not None:
            made.close = closing.pop_all().close
    return made


def _begin(made: Made, pieces: Iterator[bytes]) -> Iterator[bytes] | None:
    """Take the beginning; what comes after it, if anything does."""
    size_bytes = 0
    for piece in pieces:
        made.beginning.append(piece)
        size_bytes += len(piece)
        if size_bytes > READY_BYTES:
            return pieces
    return None
