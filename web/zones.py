"""The doors of the server: the inner one, and, where the city wants it, one of its own for what is
published, at which nothing else answers and nobody is known."""

from flask import Flask, current_app, request

from meetings.errors import NotFound, SignInRequired
from meetings.people import zones
from web import access
from web.origin import address
from web.transaction import config


def install(app: Flask) -> None:
    app.before_request(_check_door)


def _check_door() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    is_public = view is not None and access.policy_of(view) in access.PUBLISHED
    if access.is_at_public_door():
        if not is_public and request.endpoint != "static":
            raise NotFound()
    elif is_public and not config().server.public_inside and access.current_person() is None:
        raise SignInRequired()
    if is_public:
        zones.check_public(config().zones, address())
