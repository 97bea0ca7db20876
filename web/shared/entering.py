"""The place from where somebody signs in, and what the browser keeps of it."""

import secrets

from flask import current_app, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from meetings.errors import DirectoryUnreachable, SignInRefused, TooManyTries, WrongCode
from meetings.people import devices
from meetings.people.sign_ins import Attempt, Entered, Halfway, SignInPlace
from models.audit import Result
from models.person import Person
from web import refusals
from web.origin import address

BROWSER = "browser"
STEP = "step"
"""In the cookie: the token of the step in which the second factor is shown."""


def attempt(login: str, password: str, place: SignInPlace) -> Attempt:
    key = current_app.secret_key
    assert isinstance(key, bytes)
    return Attempt(login, password, place, key, current_app.extensions["outside_passwords"])


def of_browser() -> SignInPlace:
    """Return the place of a browser, which is known again by a secret in its cookie, also after
    signing out."""
    known = cookie.get(BROWSER) or secrets.token_urlsafe(16)
    return SignInPlace(
        address(),
        browser=known,
        former=cookie.get("token", ""),
        device=devices.in_words(request.user_agent.string),
    )


def of_script() -> SignInPlace:
    return SignInPlace(address(), is_script=True)


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


def again(person: Person, password: str) -> Attempt:
    """Return the attempt of somebody who is signed in to prove by their password that it is still
    them."""
    place = of_script() if not cookie.get(BROWSER) else of_browser()
    return attempt(person.login, password, place)


def refused(
    problem: SignInRefused | TooManyTries | WrongCode | DirectoryUnreachable, page: str
) -> tuple[str, int, dict[str, str]]:
    """Return the answer to a refused attempt: the same form again, and when it may be sent
    again."""
    if isinstance(problem, TooManyTries):
        refusals.note("try", None, result=Result.MUST_WAIT)
        return page, 429, {"Retry-After": str(problem.seconds)}
    if isinstance(problem, DirectoryUnreachable):
        return page, 503, {}
    return page, 401, {}
