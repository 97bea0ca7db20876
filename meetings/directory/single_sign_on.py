"""Sign-ins of people whom another system of the city has let in: its single sign-on, or a proxy."""

import ipaddress
import logging

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings import audit
from meetings.config import Config
from meetings.directory import accounts
from meetings.directory.accounts import AccountSource
from meetings.directory.oidc import SignedOnPerson
from meetings.errors import InvalidInput, NotAdmitted, NotPossibleNow
from meetings.people import logins, sign_ins
from meetings.people.sign_ins import Entered, Halfway, SignInPlace
from meetings.settings.accounts import ProxySignInSettings
from models.database import writing
from models.person import FactorKind, Person, SignInWay

LOG = logging.getLogger(__name__)


def sign_in_by_oidc(
    config: Config, engine: Engine, signed_on: SignedOnPerson, place: SignInPlace
) -> Entered | Halfway:
    """Take in somebody whom the single sign-on named. Raises NotAdmitted for one who has no account
    that is theirs, and where the settings make none."""
    source, hours = AccountSource.oidc(config), config.server.sign_in_hours
    factor = FactorKind.ELSEWHERE if signed_on.has_two_factors else None
    with writing(engine) as session, session.begin():
        person = _admitted(config, session, source, signed_on)
        if person is not None:
            way = SignInWay.OIDC
            return sign_ins.begin(
                session,
                person,
                way,
                place,
                hours=hours,
                second_factor=factor,
                proved_at=signed_on.proved_at,
            )
    raise _refused(engine, place, signed_on.known.login)


def sign_in_by_proxy(
    config: Config, engine: Engine, login: str, place: SignInPlace
) -> Entered | Halfway:
    """Take in somebody whom the proxy named. Raises NotAdmitted for one who has no account."""
    hours = config.server.sign_in_hours
    with writing(engine) as session, session.begin():
        person = logins.person_of(session, logins.without_domain(login))
        if person is not None and not person.has_left and not person.is_guest:
            return sign_ins.begin(session, person, SignInWay.PROXY, place, hours=hours)
    raise _refused(engine, place, login)


def is_believed(settings: ProxySignInSettings, address: str) -> bool:
    """Return whether a proxy at this address is believed whom it names."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in ipaddress.ip_network(network) for network in settings.addresses)


def sign_out_everywhere(config: Config, session: Session, subject: str) -> int:
    """End the sign-ins of somebody who signed out at the single sign-on, but for those that began
    otherwise; how many there were."""
    identity = accounts.identity_of(session, config.oidc.issuer, subject)
    if identity is None:
        return 0
    ended = [
        entry for entry in sign_ins.live_of(session, identity.person) if entry.way is SignInWay.OIDC
    ]
    for entry in ended:
        sign_ins.sign_out(session, entry)
    return len(ended)


def _admitted(
    config: Config, session: Session, source: AccountSource, signed_on: SignedOnPerson
) -> Person | None:
    known = signed_on.known
    try:
        person = accounts.account_of(session, source, known)
        if person is None and config.oidc.unknown == "refuse":
            return None
        if person is None or not person.has_left:
            person = accounts.take_in(session, source, known)
    except (InvalidInput, NotPossibleNow) as problem:
        LOG.warning("an account is not opened by single sign-on: %s", problem.message)
        return None
    return None if person.has_left or person.is_guest else person


def _refused(engine: Engine, place: SignInPlace, login: str) -> NotAdmitted:
    with writing(engine) as session, session.begin():
        known = logins.person_of(session, login)
        person_id = known.id if known else None
        audit.note_refusal(session, "sign_in", place.address, person_id)
    LOG.warning("sign-in refused: person %s from %s", person_id, place.address)
    return NotAdmitted(login)
