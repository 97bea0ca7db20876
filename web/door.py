"""The door of what is answered outside of Flask: a Flask view is asked first, so that one access
rule holds for pages, API, event streams and uploads."""

from collections.abc import Callable
from typing import Any, cast

from a2wsgi.wsgi import build_environ
from flask import Flask, Response

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Any]
Receive = Callable[[], Any]
Headers = list[tuple[bytes, bytes]]


def ask(app: Flask, scope: Scope) -> tuple[int, Headers, bytes]:
    """The view's own answer to this request, of which it reads no body; in the caller's thread."""
    environ = build_environ(cast(Any, scope), cast(Any, _NoBody()))
    told = Response.from_app(app.wsgi_app, cast(Any, environ), buffered=True)
    headers = [(name.lower().encode(), value.encode()) for name, value in told.headers]
    return told.status_code, headers, told.get_data()


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


class _NoBody:
    def read(self, _size: int = -1) -> bytes:
        return b""
