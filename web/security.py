"""Headers, cookies and anti-forgery tokens for every answer."""

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect

from meetings.disk import home
from web.access import bearer_token
from web.door.view_calls import only_checks_access
from web.transaction import config

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


PERMISSIONS_POLICY = ", ".join(
    (
        "microphone=(self)",  # a meeting can be recorded on the terminal
        "fullscreen=(self)",
        "autoplay=(self)",
        *(f"{feature}=()" for feature in ("camera", "geolocation", "payment", "usb", "serial")),
    )
)
COOKIE = "gijido"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Browsers take a cookie of this name from this host alone, and only over TLS."""


class CookieInterface(SecureCookieSessionInterface):
    """The cookie is Secure wherever the terminal came over TLS, and then bound to this host."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return SECURE_COOKIE if request.is_secure else COOKIE


def install(app: Flask, place: Path) -> CSRFProtect:
    app.secret_key = home.secret(place)
    app.session_interface = CookieInterface()
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The token lives as long as the cookie: a page open since yesterday can still save.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
    )
    protect = CSRFProtect(app)
    app.before_request(lambda: _check_token(protect))
    app.after_request(_headers)
    return protect


def _check_token(protect: CSRFProtect) -> None:
    """Check the anti-forgery token of a form. Scripts prove themselves by a bearer token, which no
    other site can send. Views that take a stream check the token themselves, before they read the
    file (`checks_own_token`)."""
    view = current_app.view_functions.get(request.endpoint or "")
    if bearer_token() or getattr(view, "checks_own_token", False) or only_checks_access():
        return
    if not current_app.config["WTF_CSRF_ENABLED"]:  # fast tests, which do not look for the token
        return
    protect.protect()


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    if request.is_secure and config().server.hsts_days:
        response.headers.setdefault("Strict-Transport-Security", _tls_from_now_on())
    if g.get("has_sign_in_ended"):
        _forget(response)
    if request.path.startswith("/static/assets/"):  # the hash of the content is in the name
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _tls_from_now_on() -> str:
    server = config().server
    subdomains = "; includeSubDomains" if server.hsts_subdomains else ""
    return f"max-age={server.hsts_days * 24 * 3600}{subdomains}"


def _forget(response: Response) -> None:
    """Make the terminal forget what it keeps of a sign-in that is over: the browser's own cache
    goes at once. Not its storage: texts that were typed and not saved wait there for their
    writer."""
    cookie.pop("token", None)
    response.headers["Clear-Site-Data"] = '"cache"'
