"""The application on a port of its own, as `gijido serve` serves it, in this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from flask import Flask

from web.asgi import serving


@contextmanager
def served_on_a_port(app: Flask, *doors: socket.socket, **options: Any) -> Iterator[int]:
    """`doors`: other sockets at which it answers, too; `options` are uvicorn's own."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = uvicorn.Server(serving(app, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening, *doors]})
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listening.close()
