"""Calls of Flask views by the ASGI applications in front of Flask, so that one access rule holds
for pages, API, event streams and uploads."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from flask import Flask, Response, request

from web.door.answers import Answer, Scope
from web.door.environ import environ_of

CHECKS_ACCESS = "gijido.checks_access"
KNOWN_BY = "gijido.known_by"

View = Callable[..., Any]


def call_view(app: Flask, scope: Scope) -> Answer:
    """Call the view of this request in the caller's thread and return its answer. The view gets an
    empty body."""
    return _answer_to(app, environ_of(scope, BytesIO()))


def call_view_with_sign_in(app: Flask, scope: Scope) -> tuple[Answer, int]:
    """Call the view of this request, and return its answer and the id of the sign-in by which the
    sender is known, or 0."""
    known_by: list[int] = []
    answer = _answer_to(app, environ_of(scope, BytesIO()) | {KNOWN_BY: known_by})
    return answer, known_by[-1] if known_by else 0


def check_access(app: Flask, scope: Scope) -> Answer:
    """Return 204 when the sender may use this route, else the refusal. The view itself does not
    run."""
    return _answer_to(app, environ_of(scope, BytesIO()) | {CHECKS_ACCESS: True})


def note_sign_in(sign_in_id: int) -> None:
    """Tell whoever called this view that the sender is known by this sign-in."""
    if KNOWN_BY in request.environ:
        request.environ[KNOWN_BY].append(sign_in_id)


def only_checks_access() -> bool:
    return CHECKS_ACCESS in request.environ


def unless_only_checked(view: View) -> View:
    """Wrap a view so that a call that only asks whether it may gets 204 instead of the view. To be
    applied inside the decision on access."""

    @wraps(view)
    def entered(**names: Any) -> Any:
        return Response(status=204) if only_checks_access() else view(**names)

    return entered


def _answer_to(app: Flask, environ: dict[str, Any]) -> Answer:
    response = Response.from_app(app.wsgi_app, environ, buffered=True)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
    return response.status_code, headers, response.get_data()
