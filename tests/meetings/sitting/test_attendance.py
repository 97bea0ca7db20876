"""Who came, and who only listened."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from meetings.invitations import invitations
from meetings.sitting import attendance
from models.base import now
from models.meeting import InvitationKind, Meeting
from tests.conftest import Cast


def test_listeners_are_counted_and_are_none_of_those_who_attend(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    with pytest.raises(InvalidInput, match="傍聴者の数"):
        attendance.note_by_hand(session, cast.secretary, meeting, name="傍聴者　3名")
    attendance.count_audience(session, cast.secretary, meeting, 3)
    for person, kind in (
        (cast.outsider, InvitationKind.AUDIENCE),
        (cast.presenter, InvitationKind.PRESENTER),
    ):
        invitations.invite(session, cast.organiser, meeting, person, kind)
        attendance.note_by_hand(session, cast.secretary, meeting, person=person)
    session.commit()
    came = attendance.attendances_of(session, meeting)
    of_meeting = attendance.of_the_meeting(meeting, came)
    assert {entry.person_id for entry in came} - {e.person_id for e in of_meeting} == {
        cast.outsider.id
    }
    assert meeting.audience_count == 3
    with pytest.raises(InvalidInput, match="傍聴者の数"):
        attendance.count_audience(session, cast.secretary, meeting, -1)


def test_what_is_written_down_later_has_the_time_that_it_was(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    meeting.starts_at, meeting.ends_at = now() - timedelta(days=3), now() - timedelta(days=2)
    note = attendance.note_by_hand
    late = meeting.starts_at + timedelta(minutes=40)
    assert note(session, cast.secretary, meeting, name="甲山 花子").came_at == meeting.starts_at
    entry = note(session, cast.secretary, meeting, name="乙川 次郎", came_at=late)
    assert entry.came_at == late
    with pytest.raises(InvalidInput, match="離れています"):
        note(session, cast.secretary, meeting, name="丙野 三郎", came_at=now())
