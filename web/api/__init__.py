"""The JSON API."""

from flask import Flask


def register(app: Flask) -> None:
    """Filled in by the modules of this package."""
