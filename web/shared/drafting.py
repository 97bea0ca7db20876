"""Drafting of minutes for screens and API: what is slow comes before the write lock is taken."""

from collections.abc import Callable, Sequence

from meetings.errors import ChangedMeanwhile, InvalidInput
from minutes.records import drafting, publication, records
from minutes.records.content import Content
from minutes.style.choice import Style
from models.minutes import Minutes, MinutesRevision
from models.person import Person
from models.transcript import Transcript
from web.transaction import config, database_session, reading_session, release

TRIES = 3


def draft(
    person: Person, choose: Callable[[], Sequence[Transcript]], style: Style
) -> MinutesRevision:
    """Draft minutes from the transcripts that `choose` returns. Where somebody corrects them
    meanwhile it is drafted anew, a few times. Raises ChangedMeanwhile, and what `records.draft`
    raises."""
    for _ in range(TRIES - 1):
        try:
            return _draft(person, choose, style)
        except ChangedMeanwhile:
            release()
    return _draft(person, choose, style)


def _draft(
    person: Person, choose: Callable[[], Sequence[Transcript]], style: Style
) -> MinutesRevision:
    made = drafting.prepare(reading_session(), *choose(), style=style)
    return records.add_draft(database_session(), person, made)


def revise(person: Person, minutes: Minutes, content: Content, based_on: int) -> MinutesRevision:
    """Raise StaleRevision, InvalidInput and NotPossibleNow as `records.revise` does."""
    made = records.prepare_revision(reading_session(), person, minutes, content, based_on)
    return records.add_revision(database_session(), person, made)


def request_approval(
    person: Person,
    revision: MinutesRevision,
    word: str,
    addressee_id: int | None,
    errata_reason: str = "",
) -> None:
    """Ask the approver `addressee_id`, or whoever may decide. Raises NotPossibleNow and
    InvalidInput as `records.request_approval` does."""
    session = database_session()
    addressee = session.get(Person, addressee_id) if addressee_id else None
    if addressee_id and addressee is None:
        raise InvalidInput("addressee_id", "この会議の承認者を一覧から選んでください。")
    records.request_approval(
        session,
        person,
        revision,
        word=word,
        errata_reason=errata_reason,
        addressee=addressee,
        allows_unread=config().minutes.approve_unread,
    )


def approve(person: Person, revision: MinutesRevision, step_id: int | None = None) -> bool:
    """Return whether the revision is approved now, not only one step of it. Raises NotPossibleNow
    and InvalidInput as `records.approve` does."""
    allows = config().minutes.approve_unread
    session = database_session()
    made = records.approve(session, person, revision, allows_unread=allows, step_id=step_id)
    return made is not None


def publish(person: Person, revision: MinutesRevision, reason: str = "") -> None:
    """Raise NotPossibleNow and InvalidInput as `publication.publish` does."""
    prepared = publication.prepare(reading_session(), revision)
    allows = config().minutes.approve_unread
    publication.publish(
        database_session(), person, revision, prepared, reason=reason, allows_unread=allows
    )
