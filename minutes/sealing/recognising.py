"""Finds the approved text of which a file was made: the records that it may be are made again in
every form, as the original and as the public copy, and compared with the words of the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.forms import exporting
from minutes.forms.kinds import RecordFile
from minutes.sealing import form_words
from minutes.sealing.form_words import FormWords, ReadWords, Wording
from minutes.sealing.words import plain_words, text_hash
from models.meeting import Meeting
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision

HEAD_LETTERS = 20_000
"""How far from the beginning the name of the meeting is looked for."""

MOST_RECORDS = 5


@dataclass(frozen=True)
class Recognised:
    """The approved revision that the file is of, and which form of it the file is; None for a file
    that is like none of them.
    """

    revision: MinutesRevision
    form: FormWords | None = None


def recognise(
    session: Session, config: Config, read: ReadWords, kind: RecordFile
) -> Recognised | None:
    """Return of which approved record the file is, and as what; without a form where the words are
    others, None where no record can be meant. Takes seconds.
    """
    wanted, meant = text_hash(read.words), _meant(session, read)
    storage = Storage(config.home)
    for revision in meant:
        for wording in wordings(session, config, revision):
            for made in form_words.words_as(storage, wording, kind, read.words):
                if made.sha256 == wanted:
                    return Recognised(revision, made)
    return Recognised(meant[0]) if meant else None


def wordings(session: Session, config: Config, revision: MinutesRevision) -> Iterator[Wording]:
    """Yield the original, and the public copy where that is another text."""
    templates = form_words.templates_of(session, revision.meeting)
    original = replace(exporting.printed(revision, config.city.name), underlined=None)
    yield Wording(original, is_public=False, templates=templates)
    yield Wording(
        exporting.printed_for_citizens(session, revision, config.city.name),
        is_public=True,
        templates=templates,
    )


def _meant(session: Session, read: ReadWords) -> list[MinutesRevision]:
    """Return the approved revisions that the file may be of, the likeliest first: the one that it
    names, else those of meetings with its name, first those of its day.
    """
    approved = (
        select(MinutesRevision)
        .join(ApprovalRequest)
        .join(Approval)
        .where(Approval.is_approved)
        .order_by(MinutesRevision.id.desc())
    )
    named = session.scalar(approved.where(MinutesRevision.id == read.revision_id))
    head = read.words[:HEAD_LETTERS]
    name = func.replace(func.replace(Meeting.title, " ", ""), "　", "")
    alike = session.scalars(
        approved.join(Minutes, MinutesRevision.minutes_id == Minutes.id)
        .join(Meeting, Minutes.meeting_id == Meeting.id)
        .where(func.instr(head, name) > 0)
    ).all()
    of_day = [one for one in alike if _day_of(one) in head]
    found = dict.fromkeys([*([named] if named else []), *_longest_first(of_day or alike)])
    return list(found)[:MOST_RECORDS]


def _longest_first(revisions: Sequence[MinutesRevision]) -> list[MinutesRevision]:
    """Return first those of the longest name, which may hold the name of another meeting."""
    return sorted(revisions, key=lambda one: -len(one.meeting.title))


def _day_of(revision: MinutesRevision) -> str:
    starts_at = datetime.fromisoformat(revision.content["starts_at"])
    return plain_words(dates.in_full(starts_at))
