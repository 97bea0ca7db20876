"""The rules for who may use a route. Every view declares its rule with one of these decorators,
which fetch the thing that the URL names *and* decide in one step; absent and forbidden look alike
(404).

`tests/web/test_access.py` fails on a route that declares nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import g, request
from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.errors import (
    CheckOfSomebodyElse,
    GijidoError,
    NoLongerPublished,
    NotFound,
    OtherPersonSignedIn,
    SignInRequired,
)
from meetings.people import factors, sign_ins, zones
from meetings.rights import Right, may_read, publication_of, rights, rights_to_text
from minutes import deleted
from minutes.checks import checks, links
from minutes.records.publication import last_withdrawal
from models.audit import Result
from models.base import Base
from models.document import Document, DocumentVersion, Page
from models.meeting import Meeting
from models.memo import Memo
from models.minutes import MinutesRevision
from models.person import Person, Role, SignIn
from models.seal import SignatureScan, SignedRecord
from models.speech_check import SpeechCheck
from models.upload import Upload, UploadState
from web import last_seen, proxy, refusals
from web.door.view_calls import View, note_sign_in, unless_only_checked
from web.origin import BEARER, address
from web.transaction import config, decided, reading_session

PAGE_OF = "X-Gijido-Person"
"""In this header a page may say whose it is, where it could outlive their signing in."""


def anyone(view: View) -> View:
    """Declare that anybody may use the view, citizens too."""
    return _declare(view, "anyone")


PUBLISHED = ("public", "published")
"""The rules of the views that the public door has too (`web/zones.py`)."""


def public(view: View) -> View:
    """Declare that anybody may use the view, also at the door for what is published."""
    return _declare(view, "public")


def signed_in(view: View) -> View:
    """Declare that whoever is signed in may use the view, which is given `person`."""
    view = unless_only_checked(view)

    @wraps(view)
    def checked(**names: Any) -> Any:
        return view(person=decided(required_person), **names)

    return _declare(checked, "signed_in")


def before_second_factor(view: View) -> View:
    """Declare that whoever is signed in may use the view, even without the second factor that their
    role demands: for what is needed to set one up. The view is given `person`."""
    view = unless_only_checked(view)

    @wraps(view)
    def checked(**names: Any) -> Any:
        return view(person=decided(_signed_in_person), **names)

    return _declare(checked, "before_second_factor")


def fresh(view: View) -> View:
    """Declare that one must have signed in lately for this view, which matters most. To be applied
    inside the decision on access."""

    @wraps(view)
    def checked(**names: Any) -> Any:
        entry = current_sign_in()
        if entry is not None:
            within = timedelta(minutes=config().sign_in.fresh_minutes)
            sign_ins.check_fresh(entry, within)
        return view(**names)

    return checked


def with_role(*roles: Role) -> Callable[[View], View]:
    """Declare that whoever has one of these roles, for any department, may use the view, which is
    given `person`."""

    def decorate(view: View) -> View:
        view = unless_only_checked(view)

        @wraps(view)
        def checked(**names: Any) -> Any:
            return view(person=decided(lambda: _person_with(roles)), **names)

        return _declare(checked, "with_role:" + ",".join(roles))

    return decorate


def to(kind: type[Base], right: Right) -> Callable[[View], View]:
    """Declare that whoever has `right` to the meeting that the thing in the URL belongs to may use
    the view: `/…/<int:meeting_id>` with `to(Meeting, Right.SEE)` gives it `person` and the row as
    `meeting`. An upload is named by its key: numbers are given again after a backup was put back,
    and a sender may come then."""
    name = _argument(kind)
    place = f"{name}_key" if kind is Upload else f"{name}_id"

    def decorate(view: View) -> View:
        view = unless_only_checked(view)

        @wraps(view)
        def checked(**names: Any) -> Any:
            identity = names.pop(place)
            person, thing = decided(lambda: _person_and(kind, identity, right))
            return view(person=person, **{name: thing}, **names)

        return _declare(checked, f"to:{kind.__tablename__}:{right}")

    return decorate


def published(view: View) -> View:
    """Give the view what is public of the meeting in the URL: `<int:meeting_id>` becomes
    `publication`. Of minutes that were public once, everybody is told that they were withdrawn;
    else NotFound is raised."""

    @wraps(view)
    def checked(meeting_id: int, **names: Any) -> Any:
        publication = publication_of(reading_session(), meeting_id)
        if publication is None:
            raise _not_public(meeting_id)
        return view(publication=publication, **names)

    return _declare(checked, "published")


def _not_public(meeting_id: int) -> GijidoError:
    withdrawal = last_withdrawal(reading_session(), meeting_id)
    if withdrawal is None or withdrawal.publication.meeting.removed_at is not None:
        return NotFound()
    department = withdrawal.publication.meeting.department.full_name
    whom = f"{config().city.name}　{department}"
    return NoLongerPublished(dates.in_full(withdrawal.withdrawn_at), whom)


CHECKS = "checks"
"""In the cookie: the keys of the checks that a guest opened by link and code, by their id."""


def checker(view: View) -> View:
    """Declare that only the person may use the view whose own words are to be checked:
    `<int:check_id>` becomes `check`. A right of its own, which opens nothing else and needs no
    other: of an account, or of the link and code of this one check."""
    view = unless_only_checked(view)

    @wraps(view)
    def checked(check_id: int, **names: Any) -> Any:
        return view(check=decided(lambda: _own_check(check_id)), **names)

    return _declare(checked, "checker")


def _own_check(check_id: int) -> SpeechCheck:
    found = _find(reading_session(), SpeechCheck, check_id)
    if found is None:
        raise NotFound()
    kept = cookie.get(CHECKS, {}).get(str(check_id))
    if not kept or kept != links.key_of(found):
        person = required_person()
        if found.person_id != person.id:
            refusals.note("look", person, found)
            raise CheckOfSomebodyElse()
    checks.refuse_closed(found)
    assert isinstance(found, SpeechCheck)
    return found


def fetch(kind: type[Base], identity: int | str, right: Right, person: Person) -> Any:
    """Return the row with this id or key if the person has `right` to its meeting. Raises NotFound
    otherwise."""
    session = reading_session()
    thing: Any = _find(session, kind, identity)
    if thing is None or getattr(thing, "withdrawn_at", None) or getattr(thing, "removed_at", None):
        raise NotFound()
    if getattr(thing, "is_removed", False):
        raise NotFound()
    if isinstance(thing, MinutesRevision) and right is Right.REVIEW:
        given = rights_to_text(session, person, thing)
    else:
        given = rights(session, person, thing if isinstance(thing, Meeting) else thing.meeting)
    if right not in given or not _is_open_to(person, thing, given):
        raise _closed(person, thing)
    _refuse_deleted(thing)
    return thing


def _refuse_deleted(thing: Any) -> None:
    """Raise ContentDeleted for what nothing is left of to be shown."""
    version = _version_of(thing)
    if isinstance(thing, Document) and thing.released:
        version = thing.current
    if version is not None:
        deleted.refuse("資料", version.emptied_at)
    if isinstance(thing, SignedRecord | SignatureScan):
        deleted.refuse("会議録の原本", thing.approval.request.revision.emptied_at)
    if isinstance(thing, MinutesRevision):
        deleted.refuse("会議録のこの版", thing.emptied_at)


def _person_and(kind: type[Base], identity: int | str, right: Right) -> tuple[Person, Any]:
    person = required_person()
    thing = fetch(kind, identity, right, person)
    refusals.note_acting(person, thing)
    return person, thing


def _person_with(roles: tuple[Role, ...]) -> Person:
    person = required_person()
    if not any(person.has_role(role) for role in roles):
        raise _closed(person)
    zones.check_role(config().zones, person, roles, address())
    return person


def may_administer(person: Person) -> bool:
    """Return whether this person is an administrator at the terminal of this request."""
    return Role.ADMINISTRATOR in zones.roles_at(config().zones, person, address())


def _closed(person: Person, thing: Base | None = None) -> NotFound:
    refusals.note("look", person, thing)
    return NotFound()


def _find(session: Session, kind: type[Base], identity: int | str) -> Any:
    if isinstance(identity, str):
        return session.scalar(select(Upload).where(Upload.key == identity))
    return session.get(kind, identity) if identity < 2**63 else None


def _is_open_to(person: Person, thing: Any, given: frozenset[Right]) -> bool:
    """Return whether the thing is open to the person beyond the meeting's rights: what belongs to a
    document is for its readers, a version that nobody released yet for those who prepare it, a memo
    for its owner, an upload for nobody once it is withdrawn."""
    if isinstance(thing, Upload) and thing.state == UploadState.WITHDRAWN:
        return False
    if isinstance(thing, Memo) and thing.person_id != person.id:
        return False
    version = _version_of(thing)
    document = version.document if version else thing if isinstance(thing, Document) else None
    if version is not None and version.released_at is None and Right.PREPARE not in given:
        return False
    return document is None or may_read(given, person, document)


def _version_of(thing: Any) -> DocumentVersion | None:
    if isinstance(thing, DocumentVersion):
        return thing
    if isinstance(thing, Memo):
        return thing.page.version
    return thing.version if isinstance(thing, Page) else None


def required_person() -> Person:
    entry = _signed_in_entry()
    factors.check_shown(entry, config().sign_in.second_factor_for)
    refusals.note_acting(entry.person)
    return entry.person


def _signed_in_person() -> Person:
    return _signed_in_entry().person


def _signed_in_entry() -> SignIn:
    entry = current_sign_in()
    if entry is None:
        raise SignInRequired()
    person = entry.person
    if request.headers.get(PAGE_OF, str(person.id)) != str(person.id):
        raise OtherPersonSignedIn(person.name)
    zones.check(config().zones, person, address())
    return entry


def current_person() -> Person | None:
    entry = current_sign_in()
    return entry.person if entry else None


def is_at_public_door() -> bool:
    """Return whether this request came to the port at which there is only what is published."""
    port = config().server.public_port
    return bool(port) and request.environ.get("SERVER_PORT") == str(port)


def current_sign_in() -> SignIn | None:
    """Return the sign-in of this request, by the cookie of a browser or, for scripts, by
    `Authorization: Bearer TOKEN`; None where there is none or it is over. A cookie whose sign-in is
    over is noted, so that the terminal is told to forget what it keeps."""
    if is_at_public_door():
        return None
    token = bearer_token() or cookie.get("token")
    hours = config().server.sign_in_idle_hours
    idle = timedelta(hours=hours) if hours else None
    entry = sign_ins.signed_in(reading_session(), token, idle) if token else None
    if entry is not None and not proxy.is_still_named(entry):
        entry = None
    if token and entry is None:
        _note_ended()
    if entry is not None:
        note_sign_in(entry.id)
        last_seen.note(entry)
    return entry


def _note_ended() -> None:
    """Let a terminal forget what it keeps, and write down that a script came with a token that is
    none or over: it may be a stolen one."""
    if bearer_token():
        refusals.note("look", None, result=Result.NOT_SIGNED_IN)
    else:
        g.has_sign_in_ended = True


def bearer_token() -> str | None:
    given = request.headers.get("Authorization", "")
    return given.removeprefix(BEARER) if given.startswith(BEARER) else None


def policy_of(view: View) -> str | None:
    """Return the rule that a view declared; None when it declared nothing."""
    return getattr(view, "access_policy", None)


def _declare(view: View, policy: str) -> View:
    view.access_policy = policy  # type: ignore[attr-defined]
    return view


def _argument(kind: type[Base]) -> str:
    """Return the name by which URLs call a kind of row: DocumentVersion is `version`,
    MinutesRevision `revision`, others are called as their table."""
    table: str = kind.__tablename__
    return {"document_version": "version", "minutes_revision": "revision"}.get(table, table)
