"""People and their roles: given, taken back, moved, ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import models.person
from meetings import dates
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import people, sign_ins
from meetings.people.sign_ins import SignInPlace
from meetings.rights import Right, holders
from models.audit import AuditLine
from models.base import now
from models.person import Person, Role
from tests.conftest import Cast

pytestmark = pytest.mark.hostile


@contextmanager
def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Iterator[None]:
    """It is this moment for whatever asks whether somebody may."""
    with monkeypatch.context() as patch:
        for module in (models.person, sign_ins, people):
            patch.setattr(module, "now", lambda: moment)
        yield


def test_a_role_is_taken_back_for_the_place_that_it_was_given_for(
    session: Session, cast: Cast
) -> None:
    section = cast.outsider.department
    with pytest.raises(InvalidInput, match="役割はありません"):
        people.revoke_role(session, cast.administrator, cast.outsider, Role.SECRETARY)
    people.revoke_role(session, cast.administrator, cast.outsider, Role.SECRETARY, section)
    session.flush()
    session.expire_all()
    assert not cast.outsider.has_role(Role.SECRETARY)
    assert cast.outsider.has_role(Role.ORGANISER)
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line and (line.verb, line.thing_id) == ("revoke_secretary", cast.outsider.id)


def test_people_are_found_by_words_and_department(session: Session, cast: Cast) -> None:
    def found(**wanted: Any) -> list[Person]:
        return list(session.scalars(people.chosen(**wanted)))

    assert len(found()) == people.count(session) == session.query(Person).count()
    assert found(words="もりした 主任") == [cast.secretary]
    assert found(words="%") == []
    bureau = people.department_named(session, "市民局")
    assert found(department=bureau) == [cast.outsider]
    people.end_person(session, cast.administrator, cast.outsider)
    assert found(department=bureau) == []
    assert found(department=bureau, with_ended=True) == [cast.outsider]


def test_who_moves_keeps_the_roles_and_is_found_at_the_new_place(
    session: Session, cast: Cast
) -> None:
    people.move_person(
        session, cast.administrator, cast.outsider, people.department_named(session, "財政課")
    )
    session.flush()
    assert cast.outsider.department.full_name == "財政局 財政課"
    assert cast.outsider.has_role(Role.SECRETARY)


def test_the_last_administrator_can_neither_be_ended_nor_demoted(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.end_person(session, cast.administrator, cast.administrator)
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.revoke_role(session, cast.administrator, cast.administrator, Role.ADMINISTRATOR)
    tomorrow = dates.local(now()).date() + timedelta(days=1)
    people.grant_role(session, cast.organiser, Role.ADMINISTRATOR, until_on=tomorrow)
    with pytest.raises(NotPossibleNow, match="最後の管理者"):  # after tomorrow nobody would be
        people.end_person(session, cast.administrator, cast.administrator, on=tomorrow)
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.grant_role(
            session, cast.administrator, Role.ADMINISTRATOR, from_on=tomorrow, until_on=tomorrow
        )
    people.grant_role(session, cast.organiser, Role.ADMINISTRATOR)
    session.flush()
    people.end_person(session, cast.administrator, cast.administrator)
    session.flush()
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.revoke_role(session, cast.organiser, cast.organiser, Role.ADMINISTRATOR)


def test_an_account_ends_by_itself_at_the_beginning_of_its_day(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = SignInPlace("192.0.2.7", is_script=True)
    until = now() + timedelta(days=90)
    token, entry = sign_ins.begin_sign_in(session, cast.secretary, until, place)
    on = dates.local(now()).date() + timedelta(days=3)
    people.end_person(session, cast.administrator, cast.secretary, on)
    session.flush()
    with at(monkeypatch, dates.beginning_of(on) - timedelta(seconds=1)):
        assert sign_ins.signed_in(session, token) and not cast.secretary.has_left
        assert sign_ins.lasting(session, [entry.id]) == {entry.id}
    with at(monkeypatch, dates.beginning_of(on)):
        assert sign_ins.signed_in(session, token) is None and cast.secretary.has_left
        assert sign_ins.lasting(session, [entry.id]) == set()
        assert cast.secretary not in session.scalars(people.chosen()).all()
    people.reinstate_person(session, cast.administrator, cast.secretary)
    assert cast.secretary.ended_at is None and cast.secretary.password_hash


def test_a_role_for_a_time_is_in_force_within_it_alone(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = dates.local(now()).date() + timedelta(days=2)
    last, section = first + timedelta(days=1), cast.attendee.department
    people.grant_role(session, cast.attendee, Role.APPROVER, section, from_on=first, until_on=last)
    session.flush()
    begins, ends = dates.beginning_of(first), dates.beginning_of(last + timedelta(days=1))
    moments = {begins - timedelta(seconds=1): False, begins: True, ends: False}
    for moment, may in (*moments.items(), (ends - timedelta(seconds=1), True)):
        with at(monkeypatch, moment):
            assert cast.attendee.has_role(Role.APPROVER) == may
            assert (cast.attendee in session.scalars(holders(Right.DECIDE, section)).all()) == may
    with pytest.raises(InvalidInput, match="始まりの日より後"):
        people.grant_role(
            session, cast.attendee, Role.APPROVER, section, from_on=last, until_on=first
        )


def test_who_works_in_two_departments_is_found_in_both_until_they_move_there(
    session: Session, cast: Cast
) -> None:
    bureau = people.department_named(session, "市民局")
    section = people.department_named(session, "市民課")
    people.set_posts(session, None, cast.secretary, {section: "副主幹"})
    session.flush()
    assert cast.secretary in session.scalars(people.chosen(department=bureau)).all()
    people.set_posts(session, None, cast.secretary, {section: "主幹"})
    session.flush()
    assert [post.title for post in cast.secretary.posts] == ["主幹"]
    people.move_person(session, None, cast.secretary, section)
    session.flush()
    assert cast.secretary.posts == []
