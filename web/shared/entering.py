"""The place from where somebody signs in, and what the browser keeps of it."""

import base64
import hashlib
import hmac
import secrets

from flask import current_app, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from meetings.errors import (
    DirectoryUnreachable,
    NotPossibleNow,
    SecondFactorWrong,
    SignInRefused,
    StepOver,
    TooManyTries,
    WrongCode,
)
from meetings.people import devices, passkeys, second_step, sign_ins
from meetings.people.passkeys import PasskeySite
from meetings.people.sign_ins import Attempt, Entered, Halfway, SignInPlace
from models.audit import Result
from models.person import Person, SignIn
from web import refusals
from web.origin import address
from web.transaction import config, reading_session

NO_PASSKEYS = (
    "パスキーは、サーバーに https の名前のアドレスがあるときに使えます（IPアドレスや http では"
    "使えません）。管理者に相談するか、認証アプリを使ってください。"
)
BROWSER = "browser"
STEP = "step"
"""In the cookie: the token of the step in which the second factor is shown."""


def key() -> bytes:
    """Return the key of this home, with which what is counted is hashed."""
    found = current_app.secret_key
    assert isinstance(found, bytes)
    return found


def terminal_key(person: Person) -> str:
    """Return the key (32 bytes, base64) with which the person's pages encrypt what waits on a
    terminal: the next person who uses it has another one."""
    made = hmac.new(key(), f"terminals of {person.id}".encode(), hashlib.sha256).digest()
    return base64.b64encode(made).decode()


def attempt(login: str, password: str, place: SignInPlace) -> Attempt:
    outside = current_app.extensions["outside_passwords"]
    return Attempt(login, password, place, key(), outside)


def of_browser() -> SignInPlace:
    """Return the place of a browser, which is known again by a secret in its cookie, also after
    signing out."""
    known = cookie.get(BROWSER) or secrets.token_urlsafe(16)
    return SignInPlace(
        address(),
        browser=known,
        former=cookie.get("token", ""),
        device=devices.in_words(request.user_agent.string),
        zones=config().zones,
    )


def of_script() -> SignInPlace:
    return SignInPlace(address(), is_script=True, zones=config().zones)


def go_on(outcome: Entered | Halfway, place: SignInPlace, goes_to: str) -> ResponseReturnValue:
    """Lead the browser of somebody who has proved who they are to `goes_to`, by way of the second
    factor where they have one."""
    if isinstance(outcome, Entered):
        remember(outcome, place)
        return redirect(goes_to)
    cookie[STEP], cookie[BROWSER] = outcome.token, place.browser
    return redirect(url_for("second_factor.form", next=goes_to))


def remember(entered: Entered, place: SignInPlace) -> None:
    """Put the sign-in into the browser's cookie. The anti-forgery token stays the same: forms open
    in other tabs can still be sent."""
    cookie["token"], cookie[BROWSER] = entered.token, place.browser
    cookie.pop(STEP, None)
    cookie.permanent = True


def step_token() -> str:
    """Return the token of the step in which this browser is. Raises StepOver where it is in
    none."""
    token = cookie.get(STEP)
    if not token:
        raise StepOver()
    return str(token)


def open_step_token() -> str | None:
    """Return the token of the step in which this browser is, if it is in one that is not over."""
    token = cookie.get(STEP)
    try:
        second_step.open_step(reading_session(), str(token or ""))
    except StepOver:
        return None
    return str(token)


def renew_token(session: Session, entry: SignIn) -> None:
    """Give the browser another token, because its sign-in means more from now on. A script keeps
    its own."""
    if not entry.is_script:
        cookie["token"] = sign_ins.renew_token(session, entry)


def passkey_site() -> PasskeySite:
    """Raise NotPossibleNow where the server's own address allows no passkeys."""
    found = passkeys.PasskeySite.of(config().address, config().city.name)
    if found is None:
        raise NotPossibleNow(NO_PASSKEYS)
    return found


def again(person: Person, password: str) -> Attempt:
    """Return the attempt of somebody who is signed in to prove by their password that it is still
    them."""
    place = of_script() if not cookie.get(BROWSER) else of_browser()
    return attempt(person.login, password, place)


def refused(
    problem: SignInRefused | TooManyTries | WrongCode | DirectoryUnreachable | SecondFactorWrong,
    page: str,
) -> tuple[str, int, dict[str, str]]:
    """Return the answer to a refused attempt: the same form again, and when it may be sent
    again."""
    if isinstance(problem, TooManyTries):
        refusals.note("try", None, result=Result.MUST_WAIT)
        return page, 429, {"Retry-After": str(problem.seconds)}
    if isinstance(problem, DirectoryUnreachable):
        return page, 503, {}
    return page, 401, {}
