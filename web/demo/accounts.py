"""A warning when others can come in as the demo's people, whose password is printed for
everybody."""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.people import passwords
from minutes.health import Finding, Level
from models.person import Person
from web.demo.people import PASSWORD, PEOPLE


def finding(config: Config, session: Session) -> Iterator[Finding]:
    """Yield a warning if other terminals reach the server and any of the demo's people still has
    that password."""
    logins = _with_printed_password(session) if _is_reached_by_others(config) else []
    if logins:
        yield Finding(
            "demo",
            Level.PROBLEM,
            f"デモの利用者（{'、'.join(logins)}）が、公開されているパスワードのままです。庁内の"
            "誰でもこの人として入れます。gijido user password ID --generate で変えるか、"
            "gijido user end ID で利用を終わりにしてください。",
        )


def _is_reached_by_others(config: Config) -> bool:
    """Return whether the city told an address for terminals, or the server listens beyond this
    machine."""
    if config.server.address:
        return True
    try:
        return not ipaddress.ip_address(config.server.host).is_loopback
    except ValueError:
        return config.server.host != "localhost"


def _with_printed_password(session: Session) -> list[str]:
    wanted = select(Person.login, Person.password_hash).where(
        Person.login.in_([known.login for known in PEOPLE]), ~Person.has_left
    )
    found = session.execute(wanted.order_by(Person.login)).all()
    return [login for login, kept in found if _is_printed(kept)]


@lru_cache(maxsize=100)
def _is_printed(kept: str) -> bool:
    """Return whether it is the hash of the printed password. Compared once for each hash: it takes
    a moment."""
    return passwords.matches(kept, PASSWORD)
