"""Who reads what of an answer to an invitation, and which links leave the server."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from meetings.invitations.invitations import answer_invitation
from models.guest import GuestPass
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


def test_a_guest_who_lost_the_code_gets_a_new_link_and_code_and_the_old_ones_end(
    script: Callable[[Person], Script],
    citizen: Browser,
    cast: Cast,
    meeting: Meeting,
) -> None:
    organiser = script(cast.organiser)
    lost = organiser.call(
        "POST", f"/meetings/{meeting.id}/guests", {"name": "山本 太郎"}, status=201
    )
    invited = organiser.get(f"/meetings/{meeting.id}/invitations")["invitations"]
    (guest,) = (one["id"] for one in invited if one["person"]["id"] == lost["person"]["id"])
    made = organiser.call("POST", f"/invitations/{guest}/pass", status=201)
    old, new = (urlsplit(way["link"]).path for way in (lost, made))
    assert citizen.post(old, data={"code": lost["code"]}).status_code == 404
    assert citizen.post(new, data={"code": made["code"]}).status_code == 302


def test_who_is_no_guest_gets_no_pass_and_who_does_not_prepare_makes_none(
    script: Callable[[Person], Script], cast: Cast, meeting: Meeting, session: Session
) -> None:
    path = f"/invitations/{meeting.invitations[0].id}/pass"
    for somebody in (cast.organiser, cast.secretary):
        script(somebody).call("POST", path, status=404)
    assert session.query(GuestPass).count() == 0


def test_those_who_are_invited_are_kept_as_the_roster(
    script: Callable[[Person], Script], cast: Cast, meeting: Meeting
) -> None:
    organiser, here = script(cast.organiser), f"/meetings/{meeting.id}"
    organiser.call("POST", f"{here}/guests", {"name": "山本 太郎"}, status=201)
    kept = organiser.call("POST", f"{here}/roster/keeping")["roster"]
    invited = organiser.get(f"{here}/invitations")["invitations"]
    people = [one["person"]["name"] for one in invited if one["person"]["name"] != "山本 太郎"]
    assert [entry["person"]["name"] for entry in kept] == people
