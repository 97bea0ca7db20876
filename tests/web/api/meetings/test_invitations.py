"""Who reads what of an answer to an invitation, and which links leave the server."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.invitations.invitations import answer_invitation
from models.meeting import AnswerWord, Meeting
from models.person import Person
from tests.conftest import Browser, Cast, Script

pytestmark = pytest.mark.hostile

NOTE = "入院するため"


def notes(somebody: Script, meeting: Meeting) -> list[str]:
    listed = somebody.get(f"/meetings/{meeting.id}/invitations")["invitations"]
    return [entry["answer"]["note"] for entry in listed if entry["answer"]]


def test_what_stands_beside_an_answer_is_read_by_its_writer_and_those_who_run_the_meeting(
    session: Session,
    script: Callable[[Person], Script],
    browse: Callable[[Person], Browser],
    cast: Cast,
    meeting: Meeting,
) -> None:
    answer_invitation(session, cast.attendee, meeting, AnswerWord.ABSENT, note=NOTE)
    session.commit()
    for reader in (cast.attendee, cast.organiser, cast.secretary):
        assert notes(script(reader), meeting) == [NOTE]
        assert NOTE in browse(reader).get(f"/meetings/{meeting.id}/invitations").text
    for other in (cast.presenter, cast.approver):
        assert notes(script(other), meeting) == [""]
        assert NOTE not in browse(other).get(f"/meetings/{meeting.id}/invitations").text


def test_a_guests_link_has_the_citys_own_address(
    script: Callable[[Person], Script], cast: Cast, meeting: Meeting
) -> None:
    made = script(cast.organiser).open(
        "POST",
        f"/meetings/{meeting.id}/guests",
        json={"name": "山本 太郎"},
        headers={"Host": "evil.example"},
    )
    assert made.get_json()["link"].startswith("http://127.0.0.1:8400/")
