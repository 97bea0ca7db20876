"""What uvicorn serves: the Flask application behind a2wsgi."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from flask import Flask

WEB_THREADS = 16


def asgi(app: Flask) -> Any:
    return WSGIMiddleware(cast(Any, app), workers=WEB_THREADS)
