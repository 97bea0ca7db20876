"""Logins (利用者ID) as they are compared: a tablet's keyboard begins with a capital, a Japanese one
writes full width, and completion adds a space."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import clean_text
from models.person import Person


def folded(login: str) -> str:
    """Return the one form in which a login is stored: half width, lower case, without any space."""
    narrow = unicodedata.normalize("NFKC", clean_text.line(login)).casefold()
    return "".join(unicodedata.normalize("NFKC", narrow).split())


def without_domain(login: str) -> str:
    """Return the login without the domain that Windows writes before it, 「CITY\\sato」; a Japanese
    keyboard writes ¥ there."""
    return re.split(r"[\\¥]", unicodedata.normalize("NFKC", login))[-1]


def person_of(session: Session, login: str) -> Person | None:
    """Return the person with this login, ended ones and guests too; None where there is none. One
    from before logins were folded, which could not be because somebody else has its folded form, is
    found when it is typed exactly."""
    for form in (clean_text.line(login), folded(login)):
        found = session.scalar(select(Person).where(Person.login == form))
        if found is not None:
            return found
    return None
