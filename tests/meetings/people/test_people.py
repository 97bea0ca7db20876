"""People and their roles: given, taken back, moved, ended."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import people
from models.audit import AuditLine
from models.person import Person, Role
from tests.conftest import Cast

pytestmark = pytest.mark.hostile


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
    people.grant_role(session, cast.organiser, Role.ADMINISTRATOR)
    session.flush()
    people.end_person(session, cast.administrator, cast.administrator)
    session.flush()
    with pytest.raises(NotPossibleNow, match="最後の管理者"):
        people.revoke_role(session, cast.organiser, cast.organiser, Role.ADMINISTRATOR)
