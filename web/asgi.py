"""What uvicorn serves: the Flask application behind a2wsgi."""

from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

WEB_THREADS = 16


def asgi(app: Flask) -> Any:
    return WSGIMiddleware(app.wsgi_app, workers=WEB_THREADS)
