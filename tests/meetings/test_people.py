"""People and their roles: given, taken back, moved, ended."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import people
from meetings.errors import InvalidInput, NotPossibleNow
from models.audit import AuditLine
from models.person import Role
from tests.conftest import Cast


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


def test_people_are_found_by_words_and_department_page_by_page(
    session: Session, cast: Cast
) -> None:
    every, count = people.found(session)
    assert len(every) == count == session.query(type(cast.organiser)).count()
    first, of_all = people.found(session, limit=2)
    second, _ = people.found(session, limit=2, offset=2)
    assert of_all == count and [*first, *second] == every[:4]
    assert people.found(session, words="もりした 主任")[0] == [cast.secretary]
    assert people.found(session, words="%")[0] == []
    bureau = people.department_named(session, "市民局")
    assert people.found(session, department=bureau)[0] == [cast.outsider]
    people.end_person(session, cast.administrator, cast.outsider)
    assert people.found(session, department=bureau)[0] == []
    assert people.found(session, department=bureau, with_ended=True)[0] == [cast.outsider]


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
    people.grant_role(session, cast.organiser, Role.ADMINISTRATOR)
    session.flush()
    people.end_person(session, cast.administrator, cast.administrator)
    session.flush()
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.revoke_role(session, cast.organiser, cast.organiser, Role.ADMINISTRATOR)
