"""What is sent with a request: how large, how fast, from whom."""

import json
import re

import pytest
import requests

from tests import pages
from tests.pdfs import plain_pdf
from tests.web.door.conftest import Hall
from web.bench.harness.hostile_clients import (
    RawAnswer,
    exchange,
    half_sent_bodies,
    read_answer,
    request,
    seconds_to_answer,
)
from web.demo.people import PASSWORD
from web.door import bodies
from web.limits import LARGEST_BODY_BYTES, MOST_FIELDS, SMALL_BODY_BYTES

pytestmark = pytest.mark.hostile

FORM = "application/x-www-form-urlencoded"
EDGE = "gijido-test"
MULTIPART = f"multipart/form-data; boundary={EDGE}"


def form_with(file: bytes, name: str = "資料.pdf", field: str = "file") -> bytes:
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + file + f"\r\n--{EDGE}--\r\n".encode()


def test_half_sent_bodies_leave_every_page_answering(hall: Hall) -> None:
    with half_sent_bodies(hall.place, 40):
        for path in ("/sign-in", "/", "/alive"):
            assert seconds_to_answer(hall.place, path)[0] in (200, 204)
        assert seconds_to_answer(hall.place, "/today", hall.attendee)[0] == 200


def test_a_sender_who_stops_is_told_and_let_go(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.4)
    with half_sent_bodies(hall.place, 1, "/sign-in") as (line,):
        answered = read_answer(line)
    assert answered.status == 408 and "途中で止まりました" in answered.text


def test_a_sender_who_drips_is_let_go_too(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.5)
    with half_sent_bodies(hall.place, 1, "/sign-in") as (line,):
        line.settimeout(0.1)
        answered = RawAnswer(0)
        for _ in range(200):
            line.sendall(b"a")
            answered = read_answer(line)
            if answered.status:
                break
    assert answered.status == 408


@pytest.mark.parametrize("path", ["/nothing-here", "/sign-in", "/meetings/1/documents", "/today"])
def test_nobody_may_send_much(hall: Hall, path: str) -> None:
    """Neither as a form nor as a file; and nothing of it comes to the disk."""
    for kind, body in ((FORM, b"a=" + b"x" * 200_000), (MULTIPART, form_with(b"x" * 200_000))):
        answered = exchange(hall.place, request("POST", path, body, Content_Type=kind))
        assert answered.status in (401, 405, 413)
    assert hall.arriving() == []


def test_who_does_not_say_how_much_comes_is_stopped_when_it_is_too_much(hall: Hall) -> None:
    head = request("POST", "/sign-in", Transfer_Encoding="chunked", Content_Type=FORM)
    head = re.sub(rb"Content-Length: 0\r\n", b"", head)
    chunks = b"".join(b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(5)) + b"0\r\n\r\n"
    assert exchange(hall.place, head + chunks).status == 413


def test_who_waits_to_be_told_to_go_on_is_refused_before(hall: Hall) -> None:
    sent = request(
        "POST", "/nothing-here", Content_Length="5000000", Content_Type=FORM, Expect="100-continue"
    )
    assert exchange(hall.place, sent).status == 413


def test_a_file_from_somebody_who_may_not_send_it_is_never_written(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []
    monkeypatch.setattr("meetings.disk.storage.Storage.nameless", lambda _: opened.append(True))
    path, body = f"/meetings/{hall.meeting_id}/documents", form_with(b"x" * 2_000_000)
    sent = request("POST", path, body, Content_Type=MULTIPART, token=hall.attendee)
    assert exchange(hall.place, sent).status == 404
    assert not opened


@pytest.mark.parametrize("token", ["", "nobody"])
def test_whoever_is_refused_while_sending_a_file_can_send_it_to_the_end(
    hall: Hall, token: str
) -> None:
    """Otherwise the terminal sees a broken connection instead of the sentence."""
    path, body = f"/api/meetings/{hall.meeting_id}/documents", form_with(b"x" * 3_000_000)
    with hall.place.connect() as line:
        line.sendall(request("POST", path, body, Content_Type=MULTIPART, token=token))
        answered = read_answer(line)
    assert answered.status == 401 and "サインイン" in answered.text


def test_a_file_from_somebody_who_may_is_taken_whole(hall: Hall) -> None:
    path, pdf = f"/api/meetings/{hall.meeting_id}/documents", plain_pdf(3)
    padded = pdf + b"%" * 300_000
    body = form_with(padded)
    sent = request("POST", path, body, Content_Type=MULTIPART, token=hall.organiser)
    answered = exchange(hall.place, sent)
    assert answered.status == 201, answered.text
    assert json.loads(answered.body)["title"] == "資料"
    assert hall.arriving() == []


def test_a_file_that_is_too_large_is_refused_with_the_limit(hall: Hall) -> None:
    path = f"/api/meetings/{hall.meeting_id}/documents"
    body = form_with(b"x" * 9_500_000)
    sent = request("POST", path, body, Content_Type=MULTIPART, token=hall.organiser)
    answered = exchange(hall.place, sent)
    assert answered.status == 413 and "上限 8 MB" in answered.text


def test_a_file_for_which_there_is_no_room_is_refused_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.disk.storage.Storage.free_bytes", lambda _: 12_000_000)
    path, body = f"/api/meetings/{hall.meeting_id}/documents", form_with(b"x" * 2_000_000)
    sent = request("POST", path, body, Content_Type=MULTIPART, token=hall.organiser)
    assert exchange(hall.place, sent).status == 507


@pytest.fixture
def browser(hall: Hall) -> requests.Session:
    """Signed in with a cookie, as a secretary."""
    session, base = requests.Session(), f"http://127.0.0.1:{hall.place.port}"
    page = session.get(f"{base}/sign-in").text
    token = pages.token(page)
    typed = {"login": "morishita", "password": PASSWORD, "csrf_token": token}
    assert session.post(f"{base}/sign-in", data=typed, allow_redirects=False).status_code == 302
    session.headers["X-CSRFToken"] = token
    return session


def test_json_has_one_limit_for_cookies_and_for_tokens(
    hall: Hall, browser: requests.Session
) -> None:
    path, body = f"/api/meetings/{hall.meeting_id}/echoes", b'{"word":"' + b"x" * 5_000_000 + b'"}'
    url = f"http://127.0.0.1:{hall.place.port}{path}"
    kind = {"Content-Type": "application/json"}
    assert browser.post(url, data=body, headers=kind).status_code == 413
    sent = request("POST", path, body, Content_Type="application/json", token=hall.organiser)
    assert exchange(hall.place, sent).status == 413
    short = browser.post(url, json={"word": "こだま"})
    assert short.status_code == 204, short.text


def test_a_long_text_from_somebody_known_is_taken(hall: Hall, browser: requests.Session) -> None:
    """Larger than what nobody may send: the view refuses its content, not the door its size."""
    url = f"http://127.0.0.1:{hall.place.port}/api/meetings/{hall.meeting_id}/echoes"
    answered = browser.post(url, json={"word": "x" * (2 * SMALL_BODY_BYTES)})
    assert answered.status_code == 422 and answered.json()["field"] == "word"


@pytest.mark.parametrize("size", [60_000, LARGEST_BODY_BYTES - 1_000])
def test_a_form_of_countless_fields_is_refused_and_not_shown_again(hall: Hall, size: int) -> None:
    body = b"a&" * (size // 2)
    answered = exchange(hall.place, request("POST", "/sign-in", body, Content_Type=FORM))
    assert answered.status == 413
    assert len(answered.body) < 20_000


def test_of_a_form_from_somebody_known_the_fields_are_counted_too(hall: Hall) -> None:
    path = f"/meetings/{hall.meeting_id}/agenda-items"
    body = b"a&" * 1_000_000
    sent = request("POST", path, body, Content_Type=FORM, token=hall.organiser)
    answered = exchange(hall.place, sent)
    assert answered.status == 413 and len(answered.body) < 20_000


def test_an_error_shows_again_what_people_type_and_no_flood(
    hall: Hall, browser: requests.Session
) -> None:
    url = f"http://127.0.0.1:{hall.place.port}/meetings/{hall.meeting_id}/agenda-items"
    browser.headers["X-CSRFToken"] = "old"
    typed = browser.post(url, data={"title": "長い時間をかけて書いた議題"})
    assert typed.status_code == 400 and "長い時間をかけて書いた議題" in typed.text
    flood = browser.post(url, data=b"a&" * (MOST_FIELDS - 1), headers={"Content-Type": FORM})
    assert flood.status_code == 400 and len(flood.content) < 20_000


@pytest.mark.parametrize("body", [b"no edge at all", b"--gijido-test\r\nno: head", b""])
def test_what_is_no_form_is_told_in_a_sentence(hall: Hall, body: bytes) -> None:
    path = f"/api/meetings/{hall.meeting_id}/documents"
    sent = request("POST", path, body, Content_Type=MULTIPART, token=hall.organiser)
    answered = exchange(hall.place, sent)
    assert answered.status in (400, 422)
    assert json.loads(answered.body)["message"].endswith("。")


def test_asking_whether_one_may_does_nothing(hall: Hall) -> None:
    """A large body of which the view would make something: it is asked for, then taken once."""
    path = f"/api/meetings/{hall.meeting_id}/echoes"
    body = json.dumps({"word": "x", "more": "y" * SMALL_BODY_BYTES}).encode()
    sent = request("POST", path, body, Content_Type="application/json", token=hall.attendee)
    assert exchange(hall.place, sent).status == 422
