"""The day of the meeting: the code at the door, and the list of who came."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.base import now
from models.meeting import Meeting
from models.person import Person
from models.sitting import Attendance, WayIn
from tests.conftest import Browser, Cast
from web.demo.people import PASSWORD

Browse = Callable[[Person], Browser]


@pytest.fixture
def code(browse: Browse, cast: Cast, meeting: Meeting) -> str:
    """The path that the code on the screen leads to."""
    page = browse(cast.secretary).get(f"/meetings/{meeting.id}/sitting/code").text
    found = re.search(r"http://127\.0\.0\.1:8400(/arrivals/\S+?)<", page)
    assert found and "data:image/svg+xml" in page
    return found[1]


def ways(session: Session) -> list[tuple[int | None, WayIn]]:
    session.expire_all()
    return [(entry.person_id, entry.way) for entry in session.query(Attendance)]


def test_the_code_at_the_door_notes_who_came_once(
    browse: Browse, session: Session, cast: Cast, code: str
) -> None:
    client = browse(cast.attendee)
    for _ in range(2):
        assert "出席を記録しました" in client.get(code).text
    session.commit()
    assert ways(session) == [(cast.attendee.id, WayIn.CODE)]


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(
    citizen: Browser, cast: Cast, code: str
) -> None:
    answer = citizen.get(code)
    assert answer.status_code == 302 and code in answer.location


def test_somebody_who_sees_the_meeting_but_is_not_invited_is_not_noted(
    browse: Browse, session: Session, cast: Cast, code: str
) -> None:
    assert "招集されていないため" in browse(cast.approver).get(code).text
    session.commit()
    assert ways(session) == []


def test_a_forged_or_foreign_code_leads_nowhere(
    browse: Browse, cast: Cast, meeting: Meeting, code: str
) -> None:
    assert browse(cast.attendee).get(code + "x").status_code == 404
    assert browse(cast.attendee).get(f"/arrivals/{meeting.id}").status_code == 404
    assert browse(cast.outsider).get(code).status_code == 404


def test_before_the_doors_open_and_after_the_end_nothing_is_noted(
    browse: Browse, session: Session, cast: Cast, meeting: Meeting, code: str
) -> None:
    meeting.starts_at, meeting.ends_at = now() + timedelta(hours=1), now() + timedelta(hours=2)
    session.commit()
    client = browse(cast.attendee)
    assert "開始30分前から終了まで" in client.get(code).text
    client.get(f"/meetings/{meeting.id}/presentation")
    session.commit()
    assert ways(session) == []


def test_somebody_who_was_struck_is_not_noted_again_by_opening(
    browse: Browse, session: Session, cast: Cast, meeting: Meeting
) -> None:
    attendee, secretary = browse(cast.attendee), browse(cast.secretary)
    attendee.get(f"/meetings/{meeting.id}/presentation")
    session.commit()
    entry = session.query(Attendance).one()
    secretary.post(f"/attendances/{entry.id}/striking")
    attendee.get(f"/meetings/{meeting.id}/presentation")
    session.commit()
    assert "大隈" not in re.sub(
        r"席の様子.*", "", secretary.get(f"/meetings/{meeting.id}/sitting/now").text, flags=re.S
    )


def test_an_attendee_does_not_see_who_came(browse: Browse, cast: Cast, meeting: Meeting) -> None:
    page = browse(cast.attendee).get(f"/meetings/{meeting.id}/sitting").text
    assert "接続テスト" in page and "席の様子" not in page


def test_the_code_leads_to_the_citys_own_address_whatever_the_request_says(
    citizen: Browser, cast: Cast, meeting: Meeting
) -> None:
    elsewhere = "http://evil.example"
    sent = {"login": cast.secretary.login, "password": PASSWORD}
    citizen.post("/sign-in", data=sent, base_url=elsewhere)
    page = citizen.get(f"/meetings/{meeting.id}/sitting/code", base_url=elsewhere).text
    assert "evil.example" not in page and "http://127.0.0.1:8400/arrivals/" in page
