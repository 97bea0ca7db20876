"""What is sent wrongly comes back as a Japanese sentence, never as a broken server."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from meetings.config import Config
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged
from web.demo import builders, papers
from web.limits import LARGEST_BODY_BYTES

Sign = Callable[[Person], Script]
NEW = {
    "series": "検証会議",
    "title": "第1回",
    "starts_at": "2026-11-23T14:00:00+09:00",
    "ends_at": "2026-11-23T16:00:00+09:00",
    "place": "第1会議室",
}


@pytest.fixture
def organiser(script: Sign, cast: Cast) -> Script:
    return script(cast.organiser)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "長" * 201}, "title"),
        ({"colour": "red"}, "colour"),
        ({"starts_at": "2026-11-23T14:00:00"}, "starts_at"),
        ({"starts_at": "きのう"}, "starts_at"),
        ({"starts_at": 5}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+09:00"}, "starts_at"),
        ({"ends_at": "2026-11-23T13:00:00+09:00"}, "ends"),
        ({"department": "ない課"}, "department"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(
    organiser: Script, engine: Engine, change: dict[str, Any], field: str
) -> None:
    with unchanged(engine):
        refused = organiser.call("POST", "/meetings", NEW | change, status=422)
    assert refused["field"] == field
    assert refused["message"].endswith("。") and "pydantic" not in refused["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"null", b"5", b"\xff\xfe", b'{"title": "\\ud800"}']
)
def test_what_is_no_json_object_is_refused(organiser: Script, engine: Engine, body: bytes) -> None:
    with unchanged(engine):
        answer = organiser.open("POST", "/meetings", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith("。")


def test_another_content_type_is_refused(organiser: Script, engine: Engine) -> None:
    with unchanged(engine):
        answer = organiser.open("POST", "/meetings", data={"title": "表の形"})
    assert answer.status_code == 422
    assert "application/json" in answer.get_json()["message"]


def test_a_body_without_end_is_refused(organiser: Script, engine: Engine) -> None:
    body = b'{"title": "' + b"a" * LARGEST_BODY_BYTES + b'"}'
    with unchanged(engine):
        answer = organiser.open("POST", "/meetings", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert "大きすぎ" in answer.get_json()["message"]


@pytest.mark.parametrize("number", [0, -1, 10**30, 1.5, "1", True])
def test_an_id_in_a_body_that_cannot_be_one_is_refused(
    organiser: Script, engine: Engine, meeting: Meeting, number: Any
) -> None:
    path = f"/meetings/{meeting.id}/invitations"
    with unchanged(engine):
        refused = organiser.call("POST", path, {"person_id": number}, status=422)
    assert refused["field"] == "person_id"


def test_an_id_that_nobody_has_is_refused(
    organiser: Script, engine: Engine, meeting: Meeting
) -> None:
    at = f"/meetings/{meeting.id}"
    item = {"title": "議題", "parent_id": 2**63 - 1}
    with unchanged(engine):
        organiser.call("POST", f"{at}/invitations", {"person_id": 2**63 - 1}, status=422)
        organiser.call("POST", f"{at}/agenda-items", item, status=422)


@pytest.mark.parametrize("query", ["limit=0", "limit=abc", "offset=-1", "limit=9" * 30, "x=1"])
def test_a_query_that_cannot_be_taken_is_refused(organiser: Script, query: str) -> None:
    organiser.get(f"/meetings?{query}", status=422)


def test_one_person_is_invited_by_one_name(
    organiser: Script, engine: Engine, meeting: Meeting
) -> None:
    path = f"/meetings/{meeting.id}/invitations"
    both = {"login": "okuma", "person_id": 1}
    with unchanged(engine):
        assert "どちらか一方" in organiser.call("POST", path, both, status=422)["message"]
        organiser.call("POST", path, {}, status=422)
        organiser.call("POST", path, {"login": "okuma", "kind": "king"}, status=422)


def test_a_number_that_json_does_not_know_is_refused(script: Sign, cast: Cast) -> None:
    secretary = script(cast.secretary)
    content = {"start_seconds": "NaN"}
    body = '{"content": ' + str(content).replace("'NaN'", "NaN").replace("'", '"') + "}"
    answer = secretary.open(
        "PUT", "/meetings/1/minutes", data=body, content_type="application/json"
    )
    assert answer.status_code in (404, 422)


def test_a_wrong_password_and_a_used_up_token_are_401(app: Flask, script: Sign, cast: Cast) -> None:
    client: FlaskClient = app.test_client(use_cookies=False)
    body = {"login": "koga", "password": "wrong"}
    assert client.post("/api/tokens", json=body).status_code == 401
    organiser = script(cast.organiser)
    organiser.get("/me")
    organiser.call("DELETE", "/tokens", status=204)
    assert "サインイン" in organiser.get("/me", status=401)["message"]


def test_a_token_is_given_without_an_anti_forgery_token(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    body = {"login": "koga", "password": "gijido-demo"}
    assert app.test_client().post("/api/tokens", json=body).status_code == 201


def test_a_path_that_is_not_there_and_a_verb_that_does_not_fit_answer_in_json(
    organiser: Script,
) -> None:
    assert "見つかりません" in organiser.get("/nothing", status=404)["message"]
    organiser.call("POST", "/me", {}, status=405)


@pytest.mark.parametrize("content", [b"", b"not a sound", b"ID3" + b"\0" * 5000])
def test_a_file_that_is_no_recording_is_refused_and_leaves_nothing(
    script: Sign, cast: Cast, meeting: Meeting, session: Session, content: bytes
) -> None:
    secretary = script(cast.secretary)
    form = {"file": (io.BytesIO(content), "R01.mp3")}
    answer = secretary.open("POST", f"/meetings/{meeting.id}/recordings", data=form)
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith("。")
    session.commit()
    assert session.scalar(select(func.count(Recording.id))) == 0


def test_an_upload_without_a_file_or_without_a_form_is_refused(
    script: Sign, engine: Engine, cast: Cast, meeting: Meeting
) -> None:
    secretary = script(cast.secretary)
    path = f"/meetings/{meeting.id}/recordings"
    form = {"note": "file がない"}
    with unchanged(engine):
        assert secretary.open("POST", path, data=b"sound").status_code == 422
        answer = secretary.open("POST", path, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_the_same_sound_twice_is_refused(
    script: Sign, engine: Engine, cast: Cast, meeting: Meeting
) -> None:
    secretary = script(cast.secretary)
    sound = builders.folder("dx-council").audio.read_bytes()

    def send() -> int:
        form = {"file": (io.BytesIO(sound), "R01.m4a")}
        return secretary.open("POST", f"/meetings/{meeting.id}/recordings", data=form).status_code

    assert send() == 201
    with unchanged(engine):
        assert send() == 409


def test_a_document_for_another_meetings_item_is_refused(
    organiser: Script, meeting: Meeting, config: Config
) -> None:
    for wrong in ("99999", "abc", "9" * 40, "-1"):
        form = {"agenda_item_id": wrong, "file": (io.BytesIO(pdf()), "a.pdf")}
        answer = organiser.open("POST", f"/meetings/{meeting.id}/documents", data=form)
        assert answer.status_code == 422, wrong
        assert answer.get_json()["field"] == "agenda_item_id"
    assert list((config.home / "arriving").iterdir()) == []


def test_an_upload_with_a_cookie_needs_the_header(
    browse: Callable[[Person], Browser], cast: Cast, meeting: Meeting
) -> None:
    browser = browse(cast.organiser)
    browser.application.config["WTF_CSRF_ENABLED"] = True
    form = {"file": (io.BytesIO(pdf()), "a.pdf")}
    answer = browser.post(f"/api/meetings/{meeting.id}/documents", data=form)
    assert answer.status_code == 400 and answer.get_json()["is_token_expired"]


def test_a_form_that_breaks_off_leaves_nothing(
    script: Sign, cast: Cast, meeting: Meeting, config: Config
) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    answer = script(cast.organiser).open(
        "POST",
        f"/meetings/{meeting.id}/documents",
        input_stream=io.BytesIO(head + pdf()),
        content_type="multipart/form-data; boundary=b",
        content_length=9_000_000,
    )
    assert answer.status_code in (400, 422)
    assert list((config.home / "arriving").iterdir()) == []


def pdf() -> bytes:
    return papers.to_pdf("# 資料")
