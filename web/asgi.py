"""What uvicorn serves: the live part, behind it the uploads, and behind them the Flask application
through a2wsgi."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from flask import Flask

from web.live import Live
from web.tus import Tus

WEB_THREADS = 16


def asgi(app: Flask) -> Any:
    return Live(app, Tus(app, WSGIMiddleware(cast(Any, app), workers=WEB_THREADS)))
