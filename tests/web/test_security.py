"""Cookies, headers, anti-forgery tokens, and errors that lose nothing."""

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.errors import StaleRevision, StorageFull
from models.base import now
from models.meeting import Meeting
from models.person import Person, SignIn
from tests import pages
from tests.conftest import Browser, Cast
from web import access
from web.demo.people import PASSWORD

pytestmark = pytest.mark.hostile


@pytest.fixture
def guarded(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def agenda_titles(engine: Engine, meeting: Meeting) -> list[str]:
    with Session(engine) as session:
        return [entry.title for entry in session.get_one(Meeting, meeting.id).agenda_items]


def sign_in(client: Browser, person: Person) -> None:
    token = pages.token(client.get("/sign-in").text)
    client.post("/sign-in", data={"login": person.login, "password": PASSWORD, "csrf_token": token})


def test_a_change_without_the_token_is_refused_and_shows_what_was_typed(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast, engine: Engine
) -> None:
    sign_in(citizen, cast.organiser)
    answer = citizen.post(
        f"/meetings/{meeting.id}/agenda-items", data={"title": "長い時間をかけて書いた議題"}
    )
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "長い時間をかけて書いた議題" in answer.text
    assert "長い時間をかけて書いた議題" not in agenda_titles(engine, meeting)


def test_what_was_typed_can_be_sent_again_from_the_error_page(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast, engine: Engine
) -> None:
    sign_in(citizen, cast.organiser)
    url = f"/meetings/{meeting.id}/agenda-items"
    page = citizen.post(url, data={"title": "その他", "csrf_token": "old"}).text
    answer = citizen.post(url, data={"title": "その他", "csrf_token": pages.token(page)})
    assert answer.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
    assert agenda_titles(engine, meeting)[-1] == "その他"


def test_a_page_opened_before_signing_in_again_can_still_be_sent(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast
) -> None:
    sign_in(citizen, cast.organiser)
    token = pages.token(citizen.get("/meetings/new").text)
    sign_in(citizen, cast.organiser)
    answer = citizen.post(
        f"/meetings/{meeting.id}/agenda-items", data={"title": "その他", "csrf_token": token}
    )
    assert answer.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    citizen: Browser, cast: Cast, session: Session
) -> None:
    session.commit()
    answer = citizen.post(
        "/sign-in",
        data={"login": cast.attendee.login, "password": PASSWORD},
        base_url="https://gijido.example",
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" in cookie


def test_the_policy_allows_no_inline_script(citizen: Browser) -> None:
    policy = citizen.get("/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy


def test_no_page_holds_an_inline_script_or_style(citizen: Browser) -> None:
    for url in ("/", "/sign-in", "/nothing-here"):
        html = citizen.get(url).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", html)
        assert all(
            "src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html)
        )


def test_there_is_no_way_to_what_is_no_page(citizen: Browser) -> None:
    assert citizen.open("/", method="TRACE").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    for path in ("/static/", "/.git/config", "/static/../config.toml", "/static/%2e%2e/app.py"):
        assert citizen.get(path).status_code == HTTPStatus.NOT_FOUND


def test_no_other_site_reads_an_answer(citizen: Browser) -> None:
    for path in ("/", "/api/published", "/api/openapi.json"):
        answer = citizen.get(path, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_signing_in_leads_back_and_never_to_another_site(
    citizen: Browser, cast: Cast, session: Session
) -> None:
    session.commit()
    known = {"login": cast.attendee.login, "password": PASSWORD}
    inside = citizen.post("/sign-in", data=known | {"next": "/meetings"})
    assert inside.headers["Location"].endswith("/meetings")
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        outside = citizen.post("/sign-in", data=known | {"next": target})
        assert outside.headers["Location"].endswith("/today")


def test_a_wrong_password_is_told_without_saying_which_half_was_wrong(
    citizen: Browser, cast: Cast, session: Session
) -> None:
    session.commit()
    wrong = citizen.post("/sign-in", data={"login": cast.attendee.login, "password": "x"})
    nobody = citizen.post("/sign-in", data={"login": "nobody", "password": "x"})
    assert wrong.status_code == nobody.status_code == HTTPStatus.UNAUTHORIZED
    assert "利用者IDまたはパスワードが違います" in wrong.text
    assert "利用者IDまたはパスワードが違います" in nobody.text


def test_a_page_for_signed_in_people_leads_a_citizen_to_the_sign_in(citizen: Browser) -> None:
    answer = citizen.get("/today")
    assert answer.status_code == HTTPStatus.FOUND
    assert "/sign-in?next=/today" in answer.headers["Location"]


def test_signing_out_ends_the_session_on_the_server(
    cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client = browse(cast.attendee)
    kept = client.get_cookie("gijido")
    assert kept is not None
    client.post("/sign-out")
    client.set_cookie("gijido", kept.value)
    assert client.get("/today").status_code == HTTPStatus.FOUND


def test_a_page_that_another_person_opened_is_answered_nothing(
    cast: Cast, browse: Callable[[Person], Browser], meeting: Meeting
) -> None:
    path, name = f"/api/meetings/{meeting.id}", cast.secretary.name
    own, other = (
        {"X-Gijido-Person": str(person.id)} for person in (cast.secretary, cast.organiser)
    )
    client = browse(cast.secretary)
    assert client.get(path, headers=own).status_code == HTTPStatus.OK
    refused = client.get(path, headers=other)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert f"{name}さんがサインインしています" in refused.json["message"]


def test_errors_have_japanese_pages(own_app: Flask) -> None:
    @own_app.get("/full-disk")
    @access.anyone
    def full_disk() -> None:
        raise StorageFull()

    @own_app.get("/both-texts")
    @access.anyone
    def both_texts() -> None:
        raise StaleRevision("わたしの文", "あいての文", 2, "古賀")

    citizen = own_app.test_client()
    full = citizen.get("/full-disk")
    assert full.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert "ディスクがいっぱい" in full.text
    both = citizen.get("/both-texts")
    assert both.status_code == HTTPStatus.CONFLICT
    assert "わたしの文" in both.text and "あいての文" in both.text
    assert "見つかりません" in citizen.get("/nothing-here").text


def test_an_unexpected_problem_says_that_nothing_is_lost(own_app: Flask) -> None:
    own_app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    @own_app.get("/broken")
    @access.anyone
    def broken() -> None:
        raise RuntimeError("broken on purpose")

    answer = own_app.test_client().get("/broken")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "失われていません" in answer.text
    assert "broken on purpose" not in answer.text


def test_over_tls_the_cookie_is_bound_to_this_host_and_the_next_visit_to_tls(
    app: Flask, cast: Cast, citizen: Browser
) -> None:
    sent = {"login": cast.attendee.login, "password": PASSWORD}
    plain = citizen.post("/sign-in", data=sent)
    assert plain.headers["Set-Cookie"].startswith("gijido=")
    assert "Strict-Transport-Security" not in plain.headers
    safe = citizen.post("/sign-in", data=sent, base_url="https://gijido.example")
    assert safe.headers["Set-Cookie"].startswith("__Host-gijido=")
    assert "Secure" in safe.headers["Set-Cookie"]
    assert safe.headers["Strict-Transport-Security"] == (
        f"max-age={365 * 24 * 3600}; includeSubDomains"
    )
    assert "camera=()" in safe.headers["Permissions-Policy"]


def test_a_terminal_is_told_once_to_forget_what_it_keeps_of_a_sign_in_that_is_over(
    session: Session, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    client = browse(cast.attendee)
    client.get("/today")
    session.commit()
    for entry in session.query(SignIn):
        entry.ended_at = now()
    session.commit()
    first, second = client.get("/"), client.get("/")
    assert first.headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in second.headers


def test_signing_out_tells_the_terminal_to_forget(
    cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    assert browse(cast.attendee).post("/sign-out").headers["Clear-Site-Data"] == '"cache"'


def test_what_cannot_be_taken_is_not_offered_to_be_sent_again_but_shown_with_the_way_back(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast
) -> None:
    sign_in(citizen, cast.organiser)
    here = f"/meetings/{meeting.id}"
    form = {
        "answer": "perhaps",
        "note": "通院のため遅れます",
        "csrf_token": pages.token(citizen.get(here).text),
    }
    came_from = {"Referer": f"http://localhost{here}?x=1"}
    page = citizen.post(f"{here}/answer", data=form, headers=came_from).text
    assert "出席、欠席、代理のどれかを選んでください" in page and "通院のため遅れます" in page
    assert f'href="{here}?x=1"' in page and "もう一度送信" not in page
    for elsewhere in (f"http://localhost{here}/answer", "https://example.com/", "nonsense"):
        page = citizen.post(f"{here}/answer", data=form, headers={"Referer": elsewhere}).text
        assert "前の画面へ戻る" not in page


def test_a_form_that_came_too_late_is_sent_again_as_it_was_without_fields_to_guess_at(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast
) -> None:
    sign_in(citizen, cast.organiser)
    form = {"answer": "proxy", "proxy_name": "課長 山本", "csrf_token": "old"}
    page = citizen.post(f"/meetings/{meeting.id}/answer", data=form).text
    assert '<input type="hidden" name="proxy_name" value="課長 山本">' in page
    assert '<input type="hidden" name="answer" value="proxy">' in page
    assert "<li>課長 山本</li>" in page and "<li>proxy</li>" not in page
    assert 'type="text"' not in page and "もう一度送信" in page


def test_a_proxy_without_a_name_comes_back_in_the_form_with_the_sentence_beside_the_field(
    guarded: Flask, citizen: Browser, meeting: Meeting, cast: Cast
) -> None:
    sign_in(citizen, cast.attendee)
    here = f"/meetings/{meeting.id}"
    form = {
        "answer": "proxy",
        "note": "10分ほど遅れます",
        "csrf_token": pages.token(citizen.get(here).text),
    }
    answer = citizen.post(f"{here}/answer", data=form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="proxy-{meeting.id}-error">代理の人の職名と氏名を入力' in answer.text
    assert f'id="proxy-{meeting.id}" name="proxy_name"' in answer.text
    assert 'value="10分ほど遅れます"' in answer.text
