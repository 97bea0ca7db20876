"""The fixed cast of the tests."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.person import Person


@dataclass(frozen=True)
class Cast:
    """Who is who: `outsider` is an organiser, secretary and approver of another department."""

    organiser: Person
    presenter: Person
    attendee: Person
    secretary: Person
    approver: Person
    administrator: Person
    outsider: Person


def cast_of(session: Session) -> Cast:
    by_login = {person.login: person for person in session.query(Person)}
    return Cast(
        organiser=by_login["koga"],
        presenter=by_login["yasunaga"],
        attendee=by_login["okuma"],
        secretary=by_login["morishita"],
        approver=by_login["nagano"],
        administrator=by_login["shimada"],
        outsider=by_login["outsider"],
    )
