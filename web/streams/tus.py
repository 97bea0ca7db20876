"""Pieces of uploads (tus 1.0: https://tus.io/protocols/resumable-upload), native ASGI in front of
Flask: gigabytes arrive over hours, and none of Flask's threads waits for them.

Everything but the pieces' bodies is Flask's (`web/api/minutes/uploads.py`), the question whether
a piece may come as well. What arrives is written, synced and acknowledged by
`minutes/recordings/upload_parts.py`.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Arrival, Storage
from meetings.errors import GijidoError, StorageFull, TryAgain
from minutes.recordings.upload_parts import Checksum, UploadPart
from models.database import is_locked
from web.door.answers import Answer, Headers, Receive, Scope, Send, header, send_response
from web.door.bodies import BrokenOff, pieces
from web.door.view_calls import call_view
from web.errors import is_disk_full, status_of

UPLOAD = re.compile(r"/api/uploads/([0-9a-f]{32})")
WRITE_BYTES = 1 << 20
WRITERS = 4
T = TypeVar("T")


class Tus:
    """The ASGI application in front: takes the pieces of uploads, and passes the rest on to
    Flask."""

    def __init__(self, app: Flask, behind: Any) -> None:
        self._app = app
        self._behind = behind
        self._config: Config = app.extensions["config"]
        self._storage: Storage = app.extensions["storage"]
        self._engine: Engine = app.extensions["engine"]
        # Threads of its own: a slow disk must not hold up the event streams' questions.
        self._threads = ThreadPoolExecutor(WRITERS, "upload")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = UPLOAD.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._behind(scope, receive, send)
            return
        scope = _as_meant(scope)
        if scope["method"] == "PATCH":
            await send_response(send, *await self._take(scope, receive, found[1]))
        else:
            await self._behind(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, key: str) -> Answer:
        """Take one piece. The file is locked before the view is asked, so that what the view sees
        of the upload stays true; who may not send learns nothing of the lock."""
        arrival = await self._thread(self._open, key)
        try:
            status, headers, body = await self._thread(call_view, self._app, scope)
            if status != 204:
                return status, headers, body
            if isinstance(arrival, GijidoError):
                return _refusal(arrival, headers)
            return await self._receive(arrival, key, scope, receive, headers)
        finally:
            if isinstance(arrival, Arrival):
                await self._thread(arrival.close)

    def _open(self, key: str) -> Arrival | GijidoError:
        try:
            return self._storage.open_arrival(key)
        except GijidoError as problem:
            return problem

    async def _receive(
        self, arrival: Arrival, key: str, scope: Scope, receive: Receive, headers: Headers
    ) -> Answer:
        offset = int(header(scope, b"upload-offset"))
        written = header(scope, b"upload-checksum").decode("latin-1")
        checksum = Checksum.read(written) if written else None
        length = int(dict(headers).get(b"upload-length", 0))
        end = length or self._config.limits.upload_mb * MEGABYTE
        try:
            piece = await self._thread(
                UploadPart, self._engine, arrival, key, offset, end, checksum
            )
        except GijidoError as problem:
            return _refusal(problem, headers)
        try:
            await self._write_piece(piece, receive)
        except GijidoError as problem:
            await self._thread(piece.forget)
            return _refusal(problem, headers)
        except BrokenOff:
            await self._thread(piece.break_off)
            return 408, [(b"connection", b"close")], b""
        return 204, _with_offset(headers, piece.acknowledged), b""

    async def _write_piece(self, piece: UploadPart, receive: Receive) -> None:
        async for data in _body(receive):
            await self._thread(piece.write, data)
        await self._thread(piece.finish)

    async def _thread(self, act: Callable[..., T], *arguments: Any) -> T:
        """Run `act` in a thread of ours. When the server stops, a step that began is waited for:
        nobody closes a file while another thread writes to it."""
        loop = asyncio.get_running_loop()
        step = loop.run_in_executor(self._threads, _with_our_errors, act, *arguments)
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step])
            raise


def _with_our_errors(act: Callable[..., T], *arguments: Any) -> T:
    """Call `act`, and turn the database's errors into our own: it lies on the same disk as what
    arrives, and others write to it."""
    try:
        return act(*arguments)
    except OperationalError as problem:
        if is_disk_full(problem):
            raise StorageFull() from problem
        if is_locked(problem):
            raise TryAgain() from problem
        raise


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the request's body in pieces that are worth a turn to the disk. Raises BrokenOff after
    the last piece that came: the upload is free for the next connection then."""
    gathered = bytearray()
    try:
        async for piece in pieces(receive):
            gathered += piece
            if len(gathered) >= WRITE_BYTES:
                yield bytes(gathered)
                gathered.clear()
    except BrokenOff:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


def _as_meant(scope: Scope) -> Scope:
    """Return the scope with the method that is meant: some proxies let only GET and POST through,
    so the protocol says it in a header."""
    meant = header(scope, b"x-http-method-override").decode("latin-1").upper()
    return scope | {"method": meant} if meant in ("HEAD", "PATCH", "DELETE") else scope


def _refusal(problem: GijidoError, headers: Headers) -> Answer:
    """Return the problem as an answer, in the form of all refusals (`web/errors.py`), with the
    view's headers."""
    body = json.dumps({"message": problem.message}, ensure_ascii=False).encode()
    kept = [(n, v) for n, v in headers if n not in (b"content-length", b"upload-offset")]
    return status_of(problem), [*kept, (b"content-type", b"application/json")], body


def _with_offset(headers: Headers, offset: int) -> Headers:
    kept = [(name, value) for name, value in headers if name != b"upload-offset"]
    return [*kept, (b"upload-offset", b"%d" % offset)]
