"""The fixed cast of the tests."""

from dataclasses import dataclass

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
