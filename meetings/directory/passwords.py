"""The directory's passwords, asked for by those who sign in. However slow or gone the directory is,
those whose password is kept here get in."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.directory import accounts
from meetings.directory.accounts import AccountSource
from meetings.directory.ldap import Directory
from meetings.errors import DirectoryUnreachable, TryAgain
from meetings.people import logins
from meetings.people.sign_ins import TakeIn
from models.person import Person

LOG = logging.getLogger(__name__)
AT_ONCE = 8
"""Questions at the same time; whoever signs in beyond them comes again."""
LONGEST_WAIT_SECONDS = 1.0
REST_SECONDS = 20.0
"""After a directory did not answer, nobody waits for it again for so long."""


class DirectoryPasswords:
    """Knows whose login and password these are, by asking the directory of the settings."""

    def __init__(self, config: Config) -> None:
        self._directory = Directory.of(config)
        self._source = AccountSource.directory(config)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._failed_at: float | None = None

    def __call__(self, login: str, password: str) -> TakeIn | None:
        """Return what brings the account of this person in line; None for a wrong login or
        password. Raises DirectoryUnreachable, TryAgain."""
        typed = logins.folded(logins.without_domain(login))
        with self._turn():
            known = self._directory.find(typed, password)
        if known is None:
            return None

        def take_in(session: Session) -> Person:
            return accounts.take_in(session, self._source, known)

        return take_in

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise TryAgain()
        try:
            if self._failed_at is not None and time.monotonic() < self._failed_at + REST_SECONDS:
                raise DirectoryUnreachable("it did not answer a moment ago")
            self._failed_at = None
            yield
        except DirectoryUnreachable as problem:
            if self._failed_at is None:
                self._failed_at = time.monotonic()
                LOG.warning("the directory cannot be asked: %s", problem.reason)
            raise
        finally:
            self._turns.release()
