"""The proxy before us that says who somebody is, where the city has one."""

from flask import request

from meetings.directory.single_sign_on import is_believed
from meetings.people import logins
from models.person import SignIn, SignInWay
from web import origin
from web.transaction import config


def is_before_us() -> bool:
    """Return whether this request comes from the proxy that is believed."""
    settings = config().proxy_sign_in
    return settings.is_used and is_believed(settings, origin.peer())


def named() -> str:
    """Return the login that the proxy names; "" without one, whoever else may have sent it."""
    return request.headers.get(config().proxy_sign_in.header, "") if is_before_us() else ""


def is_still_named(entry: SignIn) -> bool:
    """Return whether this sign-in is still that of whom the proxy names; of one that began
    otherwise, always."""
    if entry.way is not SignInWay.PROXY:
        return True
    return logins.folded(logins.without_domain(named())) == entry.person.login
