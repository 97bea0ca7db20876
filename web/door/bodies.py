"""The bodies of requests: received here until they are complete, so that no thread waits for a
network.

A small body is taken from everybody and kept in memory. For a larger one the view is asked first
whether its sender may use the route; then it goes to disk, into a file without a name.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from io import BytesIO
from typing import IO

from flask import Flask

from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Storage, raising_storage_full
from meetings.errors import StorageFull, TooLarge, TryAgain
from web.door.answers import Receive, RequestRefused, Scope, door_answer, header, refusal
from web.door.costs import Cost, RequestLane
from web.door.lanes import Lanes
from web.door.view_calls import check_access
from web.limits import (
    FORM_BYTES,
    LINGER_SECONDS,
    SILENCE_SECONDS,
    SLOWEST_SENDER_BYTES,
    SMALL_BODY_BYTES,
)

WRITERS = 4
LOOK_AT_DISK_BYTES = 16_000_000
COPIES = 2
"""Of a file on the disk: as it came in the form, and by itself."""


class BrokenOff(Exception):
    """The sender is gone, or sends nothing, before the body was complete."""


class TooSlow(BrokenOff):
    pass


async def pieces(receive: Receive) -> AsyncGenerator[bytes]:
    """Yield the body piece by piece as it arrives. Raises BrokenOff, after the last piece that
    came, when the sender is gone, and TooSlow, which is one too, when it sends too slowly."""
    begun, size_bytes = time.monotonic(), 0
    while True:
        spent = time.monotonic() - begun
        allowed = SILENCE_SECONDS + size_bytes / SLOWEST_SENDER_BYTES
        try:
            async with asyncio.timeout(min(SILENCE_SECONDS, allowed - spent)):
                message = await receive()
        except TimeoutError as problem:
            raise TooSlow() from problem
        if message["type"] == "http.disconnect":
            raise BrokenOff()
        piece: bytes = message.get("body", b"")
        size_bytes += len(piece)
        if piece:
            yield piece
        if not message.get("more_body", False):
            return


class Bodies:
    """Receives the bodies of an application's requests."""

    def __init__(self, app: Flask, lanes: Lanes) -> None:
        self._app = app
        self._lanes = lanes
        self._config: Config = app.extensions["config"]
        self._storage: Storage = app.extensions["storage"]
        self._writers = ThreadPoolExecutor(WRITERS, "body")

    async def take(self, scope: Scope, receive: Receive, cost: Cost) -> IO[bytes]:
        """Return the complete body, to be closed by the caller. Raises BrokenOff, and Refused for a
        body that is too large, from somebody who may not send it, or for which the disk has no
        room."""
        length = declared_length(scope)
        if length == 0:
            return BytesIO()
        try:
            return await self._take(scope, receive, cost, length or 0)
        except RequestRefused:
            await _throw_away(scope, receive)
            raise

    async def _take(self, scope: Scope, receive: Receive, cost: Cost, length: int) -> IO[bytes]:
        limit_bytes = SMALL_BODY_BYTES
        if length > limit_bytes:
            limit_bytes = await self._larger(scope, cost, length)
        spool = _Spool(self._storage, self._writers, self._spare_bytes(cost))
        try:
            async with aclosing(pieces(receive)) as coming:
                async for piece in coming:
                    size_bytes = spool.size_bytes + len(piece)
                    if size_bytes > limit_bytes:
                        limit_bytes = await self._larger(scope, cost, size_bytes)
                    await spool.write(piece)
            return await spool.whole()
        except StorageFull as problem:
            spool.close()
            raise RequestRefused(refusal(scope, problem)) from problem
        except (BrokenOff, RequestRefused):
            spool.close()
            raise

    async def _larger(self, scope: Scope, cost: Cost, size_bytes: int) -> int:
        """Return how many bytes the body may have, which is more than a small one has already.
        Raises Refused as `take` does."""
        if size_bytes > cost.largest_bytes or not cost.asks_first:
            raise RequestRefused(self._too_large(scope, cost))
        try:
            answer = await self._lanes[RequestLane.READING].run(check_access, self._app, scope)
        except TryAgain as problem:
            raise RequestRefused(refusal(scope, problem)) from problem
        if answer[0] != 204:
            raise RequestRefused(answer)
        if self._storage.free_bytes() < COPIES * size_bytes + self._spare_bytes(cost):
            raise RequestRefused(refusal(scope, StorageFull()))
        return cost.largest_bytes

    def _too_large(self, scope: Scope, cost: Cost) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        if cost.takes_files:
            return refusal(scope, TooLarge((cost.largest_bytes - FORM_BYTES) // MEGABYTE))
        return door_answer(scope, 413)

    def _spare_bytes(self, cost: Cost) -> int:
        """Return how many bytes files must leave free; a form may still be saved when the disk is
        nearly full."""
        return self._config.limits.spare_mb * MEGABYTE if cost.takes_files else 0


def declared_length(scope: Scope) -> int | None:
    """Return the length of the body in bytes as the head declares it; None when the sender does not
    know it before the end."""
    if header(scope, b"transfer-encoding"):
        return None
    given = header(scope, b"content-length")
    return int(given) if given.isdigit() else 0


class _Spool:
    """A body in memory while it is small, then in a file."""

    def __init__(self, storage: Storage, writers: ThreadPoolExecutor, spare_bytes: int) -> None:
        self._storage = storage
        self._writers = writers
        self._spare_bytes = spare_bytes
        self._gathered = bytearray()
        self._file: IO[bytes] | None = None
        self._unseen_bytes = 0
        self.size_bytes = 0

    async def write(self, piece: bytes) -> None:
        """Raise StorageFull."""
        self.size_bytes += len(piece)
        self._gathered += piece
        if len(self._gathered) > SMALL_BODY_BYTES:
            await self._write_out()

    async def whole(self) -> IO[bytes]:
        """Raise StorageFull."""
        if self._file is None:
            return BytesIO(self._gathered)
        await self._write_out()
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    async def _write_out(self) -> None:
        piece, self._gathered = self._gathered, bytearray()
        step = asyncio.get_running_loop().run_in_executor(self._writers, self._write, piece)
        try:
            await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step])
            raise

    def _write(self, piece: bytearray) -> None:
        if self._file is None:
            self._file = self._storage.nameless()
        self._unseen_bytes += len(piece)
        if self._unseen_bytes > LOOK_AT_DISK_BYTES:
            self._unseen_bytes = 0
            if self._storage.free_bytes() < self._spare_bytes:
                raise StorageFull()
        with raising_storage_full():
            self._file.write(piece)


async def _throw_away(scope: Scope, receive: Receive) -> None:
    """Receive and drop what a refused sender still sends. One that waits to be told to go on is
    told nothing."""
    if header(scope, b"expect"):
        return
    with suppress(TimeoutError, BrokenOff):
        async with asyncio.timeout(LINGER_SECONDS):
            async for _ in pieces(receive):
                pass
