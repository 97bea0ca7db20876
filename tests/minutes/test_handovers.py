"""引き継ぎ: what waits for people who have left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from meetings.people import people
from minutes import handovers
from minutes.approval import steps
from minutes.approval.steps import PlannedStep
from minutes.handovers import HandoverKind
from models.base import now
from models.meeting import Meeting
from models.person import Person, Role
from tests.conftest import Browser, Cast, Script


@pytest.fixture
def left(session: Session, cast: Cast, meeting: Meeting) -> Meeting:
    """A meeting to come whose organiser, an invited person and an approver have left."""
    meeting.starts_at = now() + timedelta(days=3)
    meeting.ends_at = meeting.starts_at + timedelta(hours=2)
    for person in (cast.secretary, cast.presenter):
        people.grant_role(session, person, Role.ORGANISER, meeting.department)
    steps.set_steps(session, cast.secretary, meeting.series, [PlannedStep("課長", cast.approver)])
    for person in (cast.organiser, cast.attendee, cast.approver):
        people.end_person(session, cast.administrator, person)
    session.commit()
    return meeting


def test_what_waits_for_people_who_left_is_told_to_who_can_hand_it_over(
    session: Session, cast: Cast, left: Meeting
) -> None:
    found = handovers.that_may_be_done_by(session, cast.secretary)
    told = {(one.kind, one.person.login) for one in found}
    assert {
        (HandoverKind.ORGANISES, "koga"),
        (HandoverKind.INVITED, "okuma"),
        (HandoverKind.ON_PATH, "nagano"),
    } <= told
    (organised,) = [one for one in found if handovers.may_take_over(cast.secretary, one)]
    assert organised.kind is HandoverKind.ORGANISES
    people.revoke_role(session, None, cast.secretary, Role.ORGANISER, left.department)
    assert not handovers.may_take_over(cast.secretary, organised)
    assert handovers.that_may_be_done_by(session, cast.outsider) == []
    assert handovers.that_may_be_done_by(session, cast.administrator) == []
    assert {one.kind for one in handovers.waiting_for(session, cast.organiser)} >= {
        HandoverKind.ORGANISES
    }


def test_a_meeting_is_taken_over_from_an_organiser_who_left(
    session: Session,
    cast: Cast,
    left: Meeting,
    browse: Callable[[Person], Browser],
    script: Callable[[Person], Script],
) -> None:
    client = browse(cast.secretary)
    assert "これからの会議の主催" in client.get("/handovers").text
    assert "引き継ぎ" in client.get("/today").text
    listed = script(cast.secretary).get("/handovers")["handovers"]
    assert {"organises", "invited", "on_path"} <= {one["kind"] for one in listed}
    assert client.post(f"/meetings/{left.id}/organiser").status_code == 302
    session.commit()
    assert left.created_by.login == "morishita"
    with pytest.raises(NotPossibleNow, match="まだ利用者に"):
        handovers.take_over(session, cast.presenter, left)
    session.rollback()
    page = browse(cast.administrator).get(f"/administration/people/{cast.attendee.id}").text
    assert "これからの会議への招集" in page and left.title not in page  # how much, and of what not
