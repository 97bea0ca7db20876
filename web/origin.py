"""Where the request that is answered now came from."""

from flask import request

from meetings.audit import LineOrigin
from models.audit import Way

BEARER = "Bearer "


def address() -> str:
    """Return the terminal's address. Behind a proxy on this machine it is the one that the proxy
    tells; from anybody else such a header is not believed (uvicorn's `forwarded_allow_ips`)."""
    return request.remote_addr or ""


def peer() -> str:
    """Return the address of whoever is connected to this server: behind a proxy that of the proxy,
    whatever it tells of the terminal."""
    return str(request.environ.get("gijido.peer") or request.remote_addr or "")


def of_request() -> LineOrigin:
    """Return the way and the address of this request, for the lines of the audit."""
    is_script = request.headers.get("Authorization", "").startswith(BEARER)
    way = Way.SCRIPT if is_script else Way.SCREEN
    return LineOrigin(way, address()[:45])
