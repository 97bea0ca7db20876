"""The directory's passwords, asked for by those who sign in. However slow or gone the directory is,
those whose password is kept here get in."""

from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.directory import accounts
from meetings.directory.accounts import AccountSource
from meetings.directory.ldap import Directory
from meetings.directory.turns import Turns
from meetings.errors import DirectoryUnreachable
from meetings.people import logins
from meetings.people.sign_ins import TakeIn
from models.person import Person


class DirectoryPasswords:
    """Knows whose login and password these are, by asking the directory of the settings."""

    def __init__(self, config: Config) -> None:
        self._directory = Directory.of(config)
        self._source = AccountSource.directory(config)
        self._turns = Turns()

    def __call__(self, login: str, password: str) -> TakeIn | None:
        """Return what brings the account of this person in line; None for a wrong login or
        password. Raises DirectoryUnreachable, TryAgain."""
        typed = logins.folded(logins.without_domain(login))
        with self._turns.one(DirectoryUnreachable):
            known = self._directory.find(typed, password)
        if known is None:
            return None

        def take_in(session: Session) -> Person:
            return accounts.take_in(session, self._source, known)

        return take_in
