"""The ASGI application that uvicorn serves: what monitoring asks and counts first, then live
events, behind them the uploads, and behind those the Flask application."""

import resource
from typing import Any

import uvicorn
from flask import Flask

from meetings.config import Config
from web.door.lanes import Lanes
from web.door.pages import Pages
from web.door.protocol import Crowd, limited
from web.limits import RESERVED_FILES
from web.monitoring import Monitoring
from web.streams.live import Live
from web.streams.tus import Tus


def asgi(app: Flask) -> Any:
    lanes = Lanes()
    return Monitoring(app, lanes, Live(app, lanes, Tus(app, Pages(app, lanes))))


def serving(app: Flask, **options: Any) -> uvicorn.Config:
    """Return uvicorn's settings for serving the application; `options` are uvicorn's own."""
    config: Config = app.extensions["config"]
    most = min(config.server.connections, _open_files() - RESERVED_FILES)
    crowd = Crowd(most, config.server.connections_per_address)
    return uvicorn.Config(
        asgi(app),
        loop="web.door.loop:Loop",
        http=limited(crowd),
        ws="none",
        lifespan="off",
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
        **options,
    )


def raise_file_limit() -> None:
    """Raise the limit of open files to what the system allows: each terminal costs one, and shells
    and services begin with 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _open_files() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft
