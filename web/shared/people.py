"""People whom forms and scripts name by their number."""

from meetings.entries import plain_number
from meetings.errors import InvalidInput
from models.person import Person
from web.transaction import reading_session


def person_numbered(field: str, number: str | int | None) -> Person | None:
    """Return the person with this number; None for none. Raises InvalidInput where nobody has
    it."""
    if number in (None, ""):
        return None
    identity = plain_number(str(number))
    found = reading_session().get(Person, identity) if identity is not None else None
    if found is None:
        raise InvalidInput(field, "その人は利用者にいません。一覧から選んでください。")
    return found
