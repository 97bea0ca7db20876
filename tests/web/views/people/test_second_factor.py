"""The second factor as a browser and a script meet it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.settings.server import SignInSettings
from models.factor import AuthenticatorApp
from models.person import Person, Role, SignIn
from tests.conftest import Browser, Cast, Script
from tests.pages import texts
from web.demo.people import PASSWORD

Browse = Callable[[Person], Browser]


def set_up(session: Session, client: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """As a person does it, with the secret that the page shows."""
    page = client.post("/account/authenticator-app").text
    secret = texts(page, "//span[@class='spelled']")[0]
    totp = pyotp.TOTP(secret)
    shown = client.post("/account/authenticator-app/confirmation", data={"code": totp.now()})
    assert shown.status_code == 200, shown.text
    for app in session.scalars(select(AuthenticatorApp)):
        app.last_period = 0  # as if it was long ago
    session.commit()
    return totp, texts(shown.text, "//ol[@class='recovery-codes']/li")


def test_from_setting_it_up_to_signing_in_by_the_code_and_by_a_recovery_code(
    session: Session, browse: Browse, citizen: Browser, cast: Cast
) -> None:
    client = browse(cast.secretary)
    before = client.get_cookie("gijido")
    totp, codes = set_up(session, client)
    assert len(set(codes)) == 10
    after = client.get_cookie("gijido")
    assert before and after and before.value != after.value
    login = {"login": cast.secretary.login, "password": PASSWORD, "next": "/meetings"}
    for code in (totp.now(), codes[0]):
        answer = citizen.post("/sign-in", data=login)
        assert answer.location == "/sign-in/second-factor?next=/meetings"
        assert citizen.get("/meetings").status_code == 302
        assert citizen.post("/sign-in/second-factor", data={"code": "1"}).status_code == 401
        answer = citizen.post("/sign-in/second-factor", data={"code": code, "next": "/meetings"})
        assert answer.location == "/meetings"
        assert citizen.get("/meetings").status_code == 200
        assert "認証アプリ" in citizen.get("/account").text
        citizen.post("/sign-out")


def test_a_token_takes_the_code_beside_the_password(
    session: Session, browse: Browse, citizen: Browser, cast: Cast
) -> None:
    totp, _ = set_up(session, browse(cast.secretary))
    body = {"login": cast.secretary.login, "password": PASSWORD}
    refused = citizen.post("/api/tokens", json=body)
    assert refused.status_code == 401 and "code" in refused.get_json()["message"]
    assert citizen.post("/api/tokens", json=body | {"code": "000000"}).status_code == 401
    assert citizen.post("/api/tokens", json=body | {"code": totp.now()}).status_code == 201


@pytest.fixture
def demanding(app: Flask) -> None:
    """A city whose secretaries must have a second factor."""
    settings = SignInSettings(second_factor_for=(Role.SECRETARY,))
    app.extensions["config"] = replace(app.extensions["config"], sign_in=settings)


def test_whose_role_demands_one_does_nothing_else_before_it_is_set_up(
    session: Session,
    demanding: None,
    browse: Browse,
    script: Callable[[Person], Script],
    cast: Cast,
) -> None:
    client = browse(cast.secretary)
    assert client.get("/meetings").location == "/account?next=/meetings?"
    assert "あなたの役割では二要素認証が必要です" in client.get("/account").text
    assert client.post("/meetings").status_code == 403
    script(cast.secretary).get("/meetings", status=403)
    assert browse(cast.organiser).get("/meetings").status_code == 200
    set_up(session, client)
    assert client.get("/meetings").status_code == 200


def test_an_administrator_takes_a_lost_factor_away_and_the_person_reads_it(
    session: Session, browse: Browse, citizen: Browser, cast: Cast
) -> None:
    set_up(session, browse(cast.secretary))
    administrator, of_hers = browse(cast.administrator), f"people/{cast.secretary.id}"
    assert "認証アプリ" in administrator.get(f"/administration/{of_hers}").text
    administrator.post(f"/administration/{of_hers}/second-factors/removal")
    citizen.sign_in(cast.secretary)
    assert "あなたの二要素認証を外しました" in citizen.get("/today").text


def test_what_matters_most_is_asked_of_whoever_signed_in_lately(
    session: Session, browse: Browse, script: Callable[[Person], Script], cast: Cast
) -> None:
    client, program = browse(cast.administrator), script(cast.administrator)
    role = {"role": "secretary"}
    for entry in session.scalars(select(SignIn)):
        entry.created_at -= timedelta(minutes=16)
        entry.proved_at = entry.created_at
    session.commit()
    url = f"people/{cast.outsider.id}/roles"
    referrer = {"Referer": f"http://localhost/administration/people/{cast.outsider.id}"}
    answer = client.post(f"/administration/{url}", data=role, headers=referrer)
    assert answer.status_code == 303
    assert answer.location == (f"/sign-in?next=/administration/people/{cast.outsider.id}&again=yes")
    asked = client.get(answer.location).text
    assert "もう一度確かめます" in asked and cast.administrator.login in asked
    program.call("POST", f"/{url}", role, status=403)
    assert client.post("/account/sign-ins/endings").location.endswith("again=yes")
    program.call("DELETE", "/me/sign-ins", status=403)
    client.sign_in(cast.administrator)
    answer = client.post(f"/administration/{url}", data=role, headers=referrer)
    assert answer.location == f"/administration/people/{cast.outsider.id}"
