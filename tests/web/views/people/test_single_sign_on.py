"""Signing in by the city's single sign-on, a real provider, and by a proxy's word."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from meetings.config import Config
from meetings.directory import oidc
from meetings.people import people
from meetings.settings.accounts import OidcSettings, ProxySignInSettings
from models.audit import AuditLine
from models.outside import OutsideIdentity
from models.person import AccountKeeper, Department, Person, Role, SignIn, SignInWay
from tests.cast import Cast
from tests.conftest import Browser, Script
from tests.oidc_provider import RunningProvider
from tests.serving import served_on_a_port
from tests.slapd import Slapd
from web.app import attach

Settled = Callable[..., Flask]


@pytest.fixture
def settle(app: Flask, config: Config, engine: Engine, session: Session) -> Settled:
    """Give the city these settings."""

    def do(**settings: Any) -> Flask:
        session.rollback()
        attach(app, replace(config, **settings), engine)
        return app

    return do


@pytest.fixture
def sso(settle: Settled, provider: RunningProvider) -> Iterator[Flask]:
    """A city that makes accounts for those whom its provider names."""
    yield settle(oidc=replace(provider.settings, unknown="create"))


def browser_of(app: Flask) -> Browser:
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def inside(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def sign_in(
    client: Browser, provider: RunningProvider, typed: str, goes_to: str = "/meetings"
) -> TestResponse:
    there = client.get(f"/sign-in/oidc?next={goes_to}").headers["Location"]
    return client.get(inside(provider.browser().go(there, login=typed)))


def is_out(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")


def person_of(session: Session, login: str) -> Person:
    session.rollback()
    return session.scalars(select(Person).where(Person.login == login)).one()


def test_whom_the_provider_names_is_signed_in_with_the_roles_of_their_groups(
    sso: Flask, provider: RunningProvider, session: Session
) -> None:
    client = browser_of(sso)
    assert "職員アカウントでサインイン" in client.get("/sign-in").text
    answer = sign_in(client, provider, "1001")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/meetings")
    assert "佐藤 花子" in client.get("/meetings").text
    person = person_of(session, "sato")
    assert (person.kept_by, person.email) == (AccountKeeper.OIDC, "sato@city.example.jp")
    assert [(grant.role, grant.department.name) for grant in person.grants if grant.department] == [
        (Role.SECRETARY, "財政課")
    ]
    entry = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).one()
    assert (entry.way, entry.address) == (SignInWay.OIDC, "127.0.0.1")
    noted = select(AuditLine).where(AuditLine.verb == "sign_in", AuditLine.person_id == person.id)
    assert [line.address for line in session.scalars(noted)] == ["127.0.0.1"]


def test_who_is_not_known_here_is_refused_where_the_city_says_so(
    settle: Settled, provider: RunningProvider, session: Session
) -> None:
    client = browser_of(settle(oidc=provider.settings))
    answer = sign_in(client, provider, "1001")
    assert answer.status_code == 403 and "登録されていません" in answer.text
    session.rollback()
    refused = select(AuditLine).where(AuditLine.verb == "refused_sign_in")
    assert [line.address for line in session.scalars(refused)] == ["127.0.0.1"]
    person = people.add_person(
        session,
        login="sato",
        name="佐藤",
        department=session.scalars(select(Department)).first() or Department(),
    )
    session.commit()
    assert sign_in(client, provider, "1001").status_code == 302
    assert person_of(session, "sato").kept_by is AccountKeeper.HERE, "only a way in"
    bound = session.scalars(select(OutsideIdentity.subject)).all()
    assert bound == ["1001"] and person.name == "佐藤"


def test_nobody_becomes_our_own_administrator_by_the_name_that_the_provider_gives(
    sso: Flask, provider: RunningProvider, cast: Cast
) -> None:
    assert cast.administrator.login == "shimada"
    assert sign_in(browser_of(sso), provider, "1002").status_code == 403


def test_who_was_ended_here_is_refused(
    sso: Flask, provider: RunningProvider, session: Session, cast: Cast
) -> None:
    sign_in(browser_of(sso), provider, "1001")
    people.end_person(session, cast.administrator, person_of(session, "sato"))
    session.commit()
    assert sign_in(browser_of(sso), provider, "1001").status_code == 403


def test_a_code_is_of_use_once_and_to_the_browser_that_began_alone(
    sso: Flask, provider: RunningProvider
) -> None:
    client, stranger = browser_of(sso), browser_of(sso)
    there = client.get("/sign-in/oidc").headers["Location"]
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["nonce"] and asked["state"]
    back = inside(provider.browser().go(there, login="1001"))
    refused = stranger.get(back)
    assert refused.status_code == 401 and "終えられませんでした" in refused.text
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401


def test_a_code_of_another_try_of_the_same_browser_is_refused(
    sso: Flask, provider: RunningProvider
) -> None:
    client = browser_of(sso)
    there, elsewhere = (client.get("/sign-in/oidc").headers["Location"] for _ in range(2))
    code = parse_qs(urlsplit(provider.browser().go(there, login="1001")).query)["code"][0]
    other = parse_qs(urlsplit(elsewhere).query)["state"][0]
    answer = client.get("/sign-in/oidc/callback", query_string={"code": code, "state": other})
    assert answer.status_code == 401


def test_when_the_provider_refuses_the_form_comes_again_in_japanese(
    sso: Flask, provider: RunningProvider
) -> None:
    client = browser_of(sso)
    there = client.get("/sign-in/oidc").headers["Location"]
    state = parse_qs(urlsplit(there).query)["state"][0]
    answer = client.get(f"/sign-in/oidc/callback?error=access_denied&state={state}")
    assert answer.status_code == 401 and "もう一度" in answer.text
    assert "access_denied" not in answer.text


def test_where_it_leads_is_a_place_of_ours(sso: Flask, provider: RunningProvider) -> None:
    answer = sign_in(browser_of(sso), provider, "1001", "https://elsewhere.example/")
    assert answer.headers["Location"] == "/today"


def test_new_keys_of_the_provider_are_fetched_when_they_are_met(
    sso: Flask, provider: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(browser_of(sso), provider, "1001").status_code == 302
    provider.restart()
    monkeypatch.setattr(oidc, "KEYS_AGAIN_SECONDS", 0.0)
    assert sign_in(browser_of(sso), provider, "1001").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://127.0.0.1:9/"},
        {"certificate_authority": ""},
        {"client_id": "another"},
        {"client_secret": "wrong"},
    ],
    ids=str,
)
def test_an_issuer_that_is_gone_unproved_or_does_not_know_us_lets_nobody_in(
    settle: Settled, provider: RunningProvider, wrong: dict[str, str], cast: Cast
) -> None:
    login = cast.secretary
    settings: OidcSettings = replace(provider.settings, **wrong)  # type: ignore[arg-type]
    client = browser_of(settle(oidc=settings))
    answer = client.get("/sign-in/oidc")
    if answer.status_code == 302:
        try:
            back = provider.browser().go(answer.headers["Location"], login="1001")
        except (AssertionError, IndexError):
            back = "/sign-in/oidc/callback"
        answer = client.get(inside(back))
    assert answer.status_code in (401, 503) and "終えられませんでした" in answer.text
    assert client.sign_in(login)


def test_signing_out_here_leads_to_signing_out_there_and_everywhere_by_what_it_says_then(
    sso: Flask, provider: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, tablet, there = browser_of(sso), browser_of(sso), provider.browser()
    for one in (client, tablet):
        back = there.go(one.get("/sign-in/oidc").headers["Location"], login="1001")
        assert one.get(inside(back)).status_code == 302
    answer = client.post("/sign-out", follow_redirects=True)
    assert "職員アカウントからもサインアウト" in answer.text
    assert is_out(client.get("/today")) and not is_out(tablet.get("/today"))
    goes_to = answer.headers["Refresh"].removeprefix("0; url=")
    assert there.go(goes_to, logout="yes") == f"{provider.home}/"
    token = provider.logout_tokens.get(timeout=30)
    told = "/sign-in/oidc/back-channel-logout"
    head, claims, seal = token.split(".")
    monkeypatch.setitem(sso.config, "WTF_CSRF_ENABLED", True)
    for wrong in ("", "x.y.z", f"{head}.{claims}.{seal[::-1]}"):
        assert client.post(told, data={"logout_token": wrong}).status_code == 400
    assert not is_out(tablet.get("/today"))
    assert client.post(told, data={"logout_token": token}).status_code == 200
    assert is_out(tablet.get("/today"))


def test_without_a_single_sign_on_there_is_none(citizen: Browser) -> None:
    assert "職員アカウント" not in citizen.get("/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/oidc/callback?code=x&state=y", "/sign-out/oidc"):
        assert citizen.get(path).status_code == 404
    assert citizen.post("/sign-in/oidc/back-channel-logout").status_code == 404


BY_PROXY = ProxySignInSettings(addresses=("10.1.0.0/24",))
THROUGH = {"REMOTE_ADDR": "10.1.0.7"}


def test_a_proxy_at_a_named_address_says_who_it_is(
    settle: Settled, cast: Cast, session: Session
) -> None:
    name, login = cast.secretary.name, cast.secretary.login
    client = browser_of(settle(proxy_sign_in=BY_PROXY))
    headers = {"X-Remote-User": f"CITY\\{login.upper()}"}
    assert (
        f"{login.upper()} としてサインイン"
        in client.get("/sign-in", headers=headers, environ_base=THROUGH).text
    )
    answer = client.get("/sign-in/proxy?next=/meetings", headers=headers, environ_base=THROUGH)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/meetings")
    assert name in client.get("/meetings", headers=headers, environ_base=THROUGH).text
    entry = session.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
    assert entry is not None and entry.way is SignInWay.PROXY
    somebody_else = {"X-Remote-User": cast.approver.login}
    assert is_out(client.get("/meetings", headers=somebody_else, environ_base=THROUGH))


def test_nobody_is_signed_in_by_a_link_of_another_site(
    settle: Settled, provider: RunningProvider, cast: Cast
) -> None:
    client = browser_of(settle(proxy_sign_in=BY_PROXY, oidc=provider.settings))
    headers = {"X-Remote-User": cast.secretary.login, "Sec-Fetch-Site": "cross-site"}
    for way in ("/sign-in/proxy", "/sign-in/oidc"):
        answer = client.get(way, headers=headers, environ_base=THROUGH)
        assert answer.status_code == 200 and way in answer.text
    assert is_out(client.get("/meetings", headers=headers, environ_base=THROUGH))


@pytest.mark.parametrize("address", ["10.1.1.7", "127.0.0.1", "::1"])
def test_the_same_word_from_anybody_else_is_not_believed_and_noted(
    settle: Settled, cast: Cast, session: Session, address: str
) -> None:
    headers = {"X-Remote-User": cast.administrator.login}
    client = browser_of(settle(proxy_sign_in=BY_PROXY))
    elsewhere = {"REMOTE_ADDR": address}
    assert (
        "としてサインイン"
        not in client.get("/sign-in", headers=headers, environ_base=elsewhere).text
    )
    answer = client.get("/sign-in/proxy", headers=headers, environ_base=elsewhere)
    assert answer.status_code == 404
    lines = session.scalars(select(AuditLine).where(AuditLine.verb == "refused_proxy_sign_in"))
    assert [line.address for line in lines] == [address]


def test_who_has_no_account_is_refused_whatever_the_proxy_says(settle: Settled) -> None:
    client = browser_of(settle(proxy_sign_in=BY_PROXY))
    headers = {"X-Remote-User": "nobody-here"}
    answer = client.get("/sign-in/proxy", headers=headers, environ_base=THROUGH)
    assert answer.status_code == 403 and "登録されていません" in answer.text


@pytest.mark.parametrize(
    ("believed", "status"), [("127.0.0.1/32", 302), ("10.9.9.9/32", 404)], ids=str
)
def test_it_is_the_connection_that_is_believed_and_not_what_it_tells_of_the_terminal(
    settle: Settled, cast: Cast, believed: str, status: int
) -> None:
    login = cast.secretary.login
    app = settle(proxy_sign_in=ProxySignInSettings(addresses=(believed,)))
    told = {"X-Remote-User": login, "X-Forwarded-For": "10.9.9.9"}
    with served_on_a_port(app) as port:
        answer = requests.get(
            f"http://127.0.0.1:{port}/sign-in/proxy", headers=told, allow_redirects=False
        )
    assert answer.status_code == status


def test_the_api_does_a_round_and_hands_an_account_over(
    settle: Settled, directory: Slapd, script: Callable[[Person], Script], cast: Cast
) -> None:
    administrator = script(cast.administrator)
    settle(directory=directory.settings)
    directory.add("sato", cn="佐藤 花子")
    step = {"kind": "add", "login": "sato", "name": "佐藤 花子", "what": ""}
    for dry_run in (True, False):
        done = administrator.call("POST", "/directory/rounds", {"dry_run": dry_run})
        assert done == {"steps": [step]}
    [account] = administrator.get("/people?q=sato")["people"]
    assert account["kept_by"] == "directory"
    released = administrator.call("PUT", f"/people/{account['id']}/release")
    assert released["kept_by"] == "here"
