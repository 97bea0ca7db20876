"""The live part: event streams and waiting answers, native ASGI beside the Flask application.

The door is a Flask view (`web/api/meetings/live.py`), so that one access rule holds for all: a
stream is asked for as that view's URL with `Accept: text/event-stream`, and begins with the view's
answer,
the whole state. Every later fact is the whole state again, or something short-lived (the
presenter's pointer, an echo). A terminal that missed some needs only the newest.
"""

import asyncio
import json
import re
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from meetings.errors import TryAgain
from meetings.people.sign_ins import lasting
from models.base import now
from models.database import reading
from web.door.answers import SAFE, Answer, Receive, Scope, Send, header, refusal, send_response
from web.door.costs import RequestLane
from web.door.lanes import Lanes
from web.door.pages import until_gone
from web.door.view_calls import call_view_with_sign_in

ALIVE = "/alive"
LIVE = re.compile(r"/api/meetings/(\d{1,18})/live")
LONGEST_QUEUE = 64
BEAT_SECONDS = 5.0
SIGN_INS_EVERY_SECONDS = 3.0
"""How soon after its sign-in's end a stream ends."""

# A stream is renewed now and then, so that whoever lost the right to the meeting leaves it.
STREAM_SECONDS = 600.0
LONGEST_WAIT_SECONDS = 20.0
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    *SAFE,
    (b"x-accel-buffering", b"no"),
]
BEAT = b"event: beat\ndata: {}\n\n"
# Without a newer state the terminal asks again; it must not do so all at one moment.
RETRY = b"retry: 1000\n\n"


@dataclass(eq=False)
class Seat:
    """A terminal that listens. Its queue is bounded: when it is full, the oldest fact is dropped,
    which does no harm to states (each is complete) and none that matters to pointers."""

    is_stream: bool
    person_id: int | None = None
    """None until the state has been read for whoever sits here."""

    sign_in_id: int = 0
    is_over: bool = False
    has_missed: bool = False
    """Something was sent to some people while nobody knew who sits here."""

    name: str = ""
    since: datetime = field(default_factory=now)
    queue: deque[bytes] = field(default_factory=lambda: deque(maxlen=LONGEST_QUEUE))
    heard_at: float = field(default_factory=time.monotonic)
    _waiting: "asyncio.Future[None] | None" = None

    def put(self, fact: bytes) -> None:
        self.queue.append(fact)
        self.heard_at = time.monotonic()
        self._wake()

    def end(self) -> None:
        """End the stream of this seat: its person is no longer wanted here, or must ask again."""
        self.is_over = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def wait(self) -> None:
        """Wait until there is something in the queue, or the seat is over."""
        if self.queue or self.is_over:
            return
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def drain(self) -> bytes:
        """Empty the queue and return everything in it, in its order, as one piece."""
        piece = b"".join(self.queue)
        self.queue.clear()
        return piece


class Hub:
    """The seats of every meeting. `send` may be called from any thread; the rest belongs to the
    event loop."""

    def __init__(self) -> None:
        self._rooms: dict[int, set[Seat]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating: asyncio.Task[None] | None = None
        self._lock = threading.Lock()

    def send(
        self,
        meeting_id: int,
        event: str,
        fact: Any,
        only: Collection[int] | None = None,
        but: Collection[int] = (),
    ) -> None:
        """Send `fact` to everybody who listens to the meeting; if `only` is given, to the terminals
        of the people with these ids; never to those in `but`. Returns at once; nobody waits for
        the terminals."""
        loop = self._loop
        if loop is None or loop.is_closed() or meeting_id not in self._rooms:
            return
        message = event_of(event, fact)
        is_state = event == "state"
        loop.call_soon_threadsafe(self._deliver, meeting_id, message, is_state, only, but)

    def end(self, person_id: int, sign_in_id: int | None = None) -> None:
        """End the streams of this person, or those that were begun with one sign-in, at once.

        A terminal that may still listen comes back within a second by itself and is asked at the
        door like everybody. May be called from any thread, once what takes the right away is on
        disk. Sign-ins that another process ended are noticed within SIGN_INS_EVERY_SECONDS.
        """
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end, person_id, sign_in_id)

    @property
    def has_seats(self) -> bool:
        return bool(self._rooms)

    @property
    def seat_count(self) -> int:
        """Return how many terminals listen."""
        return len(self._all_seats())

    def sign_ins(self) -> set[int]:
        """Return the ids of the sign-ins by which those who listen are known."""
        return {seat.sign_in_id for seat in self._all_seats() if seat.sign_in_id}

    def end_others(self, asked: set[int], still: set[int]) -> None:
        """End the seats of those sign-ins that were asked about and are not there any more."""
        for seat in self._all_seats():
            if seat.sign_in_id in asked - still:
                seat.end()

    def seats(self, meeting_id: int) -> list[Seat]:
        with self._lock:
            return sorted(self._rooms.get(meeting_id, ()), key=lambda seat: seat.since)

    @contextmanager
    def seat(self, meeting_id: int, *, is_stream: bool) -> Iterator[Seat]:
        """Give a seat in the meeting for as long as the block lasts."""
        self._loop = asyncio.get_running_loop()
        if self._beating is None or self._beating.done():
            self._beating = self._loop.create_task(self._beat())
        seat = Seat(is_stream)
        with self._lock:
            self._rooms.setdefault(meeting_id, set()).add(seat)
        try:
            yield seat
        finally:
            self._leave(meeting_id, seat)

    def _all_seats(self) -> list[Seat]:
        with self._lock:
            return [seat for room in self._rooms.values() for seat in room]

    def _end(self, person_id: int, sign_in_id: int | None) -> None:
        for seat in self._all_seats():
            if seat.person_id == person_id and sign_in_id in (None, seat.sign_in_id):
                seat.end()

    def _leave(self, meeting_id: int, seat: Seat) -> None:
        with self._lock:
            room = self._rooms[meeting_id]
            room.discard(seat)
            if not room:
                del self._rooms[meeting_id]

    async def _beat(self) -> None:
        """Send a beat to each stream that was quiet, by one clock for all seats: a timer for each
        would cost more than the beats themselves."""
        while self._rooms:
            await asyncio.sleep(BEAT_SECONDS / 5)
            quiet_since = time.monotonic() - BEAT_SECONDS
            for room in self._rooms.values():
                for seat in room:
                    if seat.is_stream and seat.heard_at < quiet_since:
                        seat.put(BEAT)

    def _deliver(
        self,
        meeting_id: int,
        message: bytes,
        is_state: bool,
        only: Collection[int] | None,
        but: Collection[int],
    ) -> None:
        """Put a message into the queues of those whom it is for. A terminal that waits for a newer
        state is not woken by pointers."""
        is_for_all = only is None and not but
        for seat in self._rooms.get(meeting_id, ()):
            if not is_state and not seat.is_stream:
                continue
            if is_for_all or not seat.is_stream:
                seat.put(message)
            elif seat.person_id is None:
                seat.has_missed = True
            elif (only is None or seat.person_id in only) and seat.person_id not in but:
                seat.put(message)


def hub() -> Hub:
    """Return the hub of the application that answers this request."""
    return cast(Hub, current_app.extensions["hub"])


def event_of(event: str, fact: Any) -> bytes:
    data = fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False)
    return f"event: {event}\ndata: {data}\n\n".encode()


class Live:
    """The ASGI application in front: streams and waits are answered here, the rest is Flask's."""

    def __init__(self, app: Flask, lanes: Lanes, behind: Any) -> None:
        self._app = app
        self._threads = lanes[RequestLane.LIVE]
        self._behind = behind
        self._hub: Hub = app.extensions["hub"]
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = LIVE.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if scope["path"] == ALIVE and scope["type"] == "http":
            await send_response(send, 204, [(b"cache-control", b"no-store")], b"")
        elif found is None or scope["method"] != "GET":
            await self._behind(scope, receive, send)
        elif b"text/event-stream" in header(scope, b"accept"):
            await self._stream(scope, receive, send, int(found[1]))
        elif b"wait=" in scope["query_string"]:
            await self._wait(scope, send, int(found[1]))
        else:
            await self._behind(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, meeting_id: int) -> None:
        with self._hub.seat(meeting_id, is_stream=True) as seat:
            self._look_for_ended_sign_ins()
            state = await self._state(scope, send, seat)
            if state is None:
                return
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _send_piece(send, RETRY + event_of("state", state))
            gone = asyncio.ensure_future(until_gone(receive))
            try:
                await _send_facts(seat, send, gone)
            finally:
                gone.cancel()
            await send({"type": "http.response.body", "body": b""})

    async def _wait(self, scope: Scope, send: Send, meeting_id: int) -> None:
        """Answer `?wait=N` with the state as soon as it is newer than N, at the latest after 20
        seconds."""
        with self._hub.seat(meeting_id, is_stream=False) as seat:
            state = await self._state(scope, send, seat)
            if state is None:
                return
            if not _is_newer(state, scope):
                with suppress(TimeoutError):
                    await asyncio.wait_for(seat.wait(), LONGEST_WAIT_SECONDS)
        answer, _ = await self._ask(scope)
        await send_response(send, *answer)

    async def _state(self, scope: Scope, send: Send, seat: Seat) -> str | None:
        """Return the state that the view answers to this seat; None when it refused, and the
        refusal was sent on.

        The seat is taken before the state is read: what happens in between is delivered.
        """
        while True:
            seat.has_missed = False
            (status, headers, body), seat.sign_in_id = await self._ask(scope)
            if status != 200:
                await send_response(send, status, headers, body)
                return None
            you = json.loads(body)["you"]
            seat.person_id, seat.name = you["id"], you["name"]
            if not seat.has_missed:
                return body.decode()

    async def _ask(self, scope: Scope) -> tuple[Answer, int]:
        try:
            return await self._threads.run(call_view_with_sign_in, self._app, scope)
        except TryAgain as problem:
            return refusal(scope, problem), 0

    def _look_for_ended_sign_ins(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        """End the seats whose sign-in is over, while anybody listens: one query now and then for
        all of them together."""
        while self._hub.has_seats:
            await asyncio.sleep(SIGN_INS_EVERY_SECONDS)
            asked = self._hub.sign_ins()
            with suppress(TryAgain, OperationalError):
                still = await self._threads.run(_still_signed_in, self._app, asked)
                self._hub.end_others(asked, still)


def _still_signed_in(app: Flask, sign_in_ids: set[int]) -> set[int]:
    engine: Engine = app.extensions["engine"]
    with reading(engine) as session:
        return lasting(session, sign_in_ids)


async def _send_facts(seat: Seat, send: Send, gone: "asyncio.Future[None]") -> None:
    """Send facts as they come, beats among them, until the terminal goes."""
    end = time.monotonic() + STREAM_SECONDS
    while not gone.done() and time.monotonic() < end:
        await seat.wait()
        if gone.done() or seat.is_over:
            return
        await _send_piece(send, seat.drain())


async def _send_piece(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _is_newer(state: str, scope: Scope) -> bool:
    found = re.search(rb"wait=(\d{1,18})", scope["query_string"])
    return bool(json.loads(state)["sequence"] > int(found[1])) if found else True
