"""Signing in by the city's own systems: its single sign-on (OpenID Connect), or a proxy."""

import time
from typing import cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from meetings.directory import single_sign_on
from meetings.directory.oidc import OidcProvider, OidcTry
from meetings.errors import NotAdmitted, NotFound, SingleSignOnFailed
from models.audit import Result
from web import access, proxy, refusals
from web.door.costs import RequestLane, costs
from web.shared import entering
from web.transaction import config, database_session, engine_of
from web.urls import path_inside
from web.views.people import sign_in

blueprint = Blueprint("single_sign_on", __name__)
TRIES = "oidc"
"""In the cookie: where each try that this browser began leads to, and since when, by its state."""
MOST_TRIES = 4
TRY_SECONDS = 900


@blueprint.get("/sign-in/oidc")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def begin() -> ResponseReturnValue:
    """Lead the browser to the single sign-on."""
    provider, tried = _provider(), OidcTry.new(_key())
    tries = dict(list(cookie.get(TRIES, {}).items())[1 - MOST_TRIES :])
    goes_to = path_inside(request.args.get("next")) or ""
    if _is_led_by_another_site():
        return _form(goes_to)
    cookie[TRIES] = tries | {tried.state: [goes_to[:500], int(time.time())]}
    try:
        is_again = request.args.get("again") == "yes"
        return redirect(provider.address_for(tried, _callback(), is_again=is_again))
    except SingleSignOnFailed as problem:
        return _form_again(problem.message), 503


@blueprint.get("/sign-in/oidc/callback")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def finish() -> ResponseReturnValue:
    """Take in whom the single sign-on sends back with a code."""
    provider, place = _provider(), entering.of_browser()
    state = request.args.get("state", "")
    tries = cookie.pop(TRIES, {})
    goes_to, since = tries.pop(state, ("", 0))
    if tries:
        cookie[TRIES] = tries
    try:
        if since < time.time() - TRY_SECONDS or request.args.get("iss", _issuer()) != _issuer():
            raise SingleSignOnFailed("no such try")
        if "code" not in request.args:
            raise SingleSignOnFailed(request.args.get("error", "no code")[:100])
        tried = OidcTry.of(state, _key())
        signed_on = provider.finish(tried, request.args["code"], _callback())
        outcome = single_sign_on.sign_in_by_oidc(config(), engine_of(current_app), signed_on, place)
    except SingleSignOnFailed as problem:
        current_app.logger.warning("single sign-on failed: %s", problem.reason)
        refusals.note("single_sign_on", None, result=Result.NOT_NOW)
        return _form_again(problem.message, goes_to), 401
    except NotAdmitted as problem:
        return _form_again(problem.message, goes_to), 403
    return entering.go_on(outcome, place, goes_to or url_for("today.index"))


@blueprint.post("/sign-in/oidc/back-channel-logout")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def sign_out_from_there() -> ResponseReturnValue:
    """End the sign-ins of whoever signed out at the single sign-on, which says so itself, by a
    token that it signed."""
    try:
        subject = _provider().subject_of_logout(request.form.get("logout_token", ""))
    except SingleSignOnFailed as problem:
        current_app.logger.warning("sign-out by the single sign-on refused: %s", problem.reason)
        return {"error": "invalid_request"}, 400
    single_sign_on.sign_out_everywhere(config(), database_session(), subject)
    return "", 200


sign_out_from_there.checks_own_token = True  # type: ignore[attr-defined]


@blueprint.get("/sign-out/oidc")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def sign_out_there() -> ResponseReturnValue:
    """Lead a browser that signed out here to sign out at the single sign-on too. By a page and not
    by a redirect: what follows the form of signing out may not leave this server."""
    back_to = config().address + url_for("public.index")
    try:
        address = _provider().address_to_sign_out(back_to)
    except SingleSignOnFailed:
        address = None
    if address is None:
        return redirect(url_for("public.index"))
    page = render_template("signed_out.html", address=address)
    return page, 200, {"Refresh": f"0; url={address}"}


@blueprint.get("/sign-in/proxy")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def by_proxy() -> ResponseReturnValue:
    """Take in whom the proxy before us names. The header of anybody else is not believed, and
    noted."""
    goes_to, place = path_inside(request.args.get("next")) or "", entering.of_browser()
    if not proxy.is_before_us():
        if config().proxy_sign_in.header in request.headers:
            refusals.note("proxy_sign_in", None, result=Result.NO_RIGHT)
        raise NotFound()
    login = proxy.named()
    if _is_led_by_another_site():
        return _form(goes_to)
    if not login:
        return _form_again(_PROXY_SAYS_NOBODY, goes_to), 401
    try:
        outcome = single_sign_on.sign_in_by_proxy(config(), engine_of(current_app), login, place)
    except NotAdmitted as problem:
        return _form_again(problem.message, goes_to), 403
    return entering.go_on(outcome, place, goes_to or url_for("today.index"))


_PROXY_SAYS_NOBODY = (
    "認証プロキシから利用者IDが届きませんでした。管理者に連絡するか、利用者IDとパスワードで"
    "サインインしてください。"
)


def _provider() -> OidcProvider:
    provider = current_app.extensions["oidc"]
    if provider is None:
        raise NotFound()
    return cast(OidcProvider, provider)


def _issuer() -> str:
    return config().oidc.issuer


def _key() -> bytes:
    return cast(bytes, current_app.secret_key)


def _callback() -> str:
    return config().address + url_for("single_sign_on.finish")


def _is_led_by_another_site() -> bool:
    """Return whether a page elsewhere sent the browser here: nobody is signed in before they press
    a button of ours."""
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def _form(goes_to: str) -> str:
    return sign_in.page(goes_to or url_for("today.index"))


def _form_again(problem: str, goes_to: str = "") -> str:
    return sign_in.page(goes_to or url_for("today.index"), problem=problem)
