"""Correcting a transcript: text, confirmation, speaker. `heard` never changes."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true, tuple_, update
from sqlalchemy.orm import Session, selectinload, undefer
from sqlalchemy.orm.attributes import set_committed_value

from meetings import audit, clean_text
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from minutes import accuracy
from minutes.accuracy import Accuracy
from minutes.terms import learning
from minutes.transcripts import counts
from models.base import now
from models.document import Page
from models.meeting import AgendaItem, Meeting
from models.minutes import Minutes, MinutesRevision
from models.person import Person
from models.recording import Recording, Transcription, WorkState
from models.transcript import AssignedBy, Correction, Proposal, Segment, Speaker, Transcript

LONGEST_SEGMENT = 20_000
BESIDE = (
    selectinload(Segment.speaker).selectinload(Speaker.suggestion),
    selectinload(Segment.proposals).selectinload(Proposal.page).selectinload(Page.version),
)
"""What stands beside a text in the editor."""


def correct(session: Session, by: Person, segment: Segment, text: str, *, based_on: int) -> Segment:
    """Write the new text down with who and when.

    Raises StaleRevision with both texts when somebody else changed the segment since revision
    `based_on`; the same text from both is no conflict.
    """
    refuse_when_approved(session, segment.transcript)
    text = plain_text(text)
    if text == segment.text:
        return segment
    refuse_when_stale(session, by, segment, text, based_on)
    rewrite(session, by, segment, text)
    audit.note(session, by, "correct", segment)
    return segment


def rewrite(session: Session, by: Person, segment: Segment, text: str) -> None:
    """The next revision, whatever was there: who may and whether it is stale is settled. What it
    taught if it is confirmed, it teaches anew."""
    segment.revision += 1
    session.add(
        Correction(
            segment=segment,
            revision=segment.revision,
            before=segment.text,
            after=text,
            corrected_by=by,
        )
    )
    segment.text = text
    learning.learn(session, segment)
    counts.changed(session, segment.transcript)


def confirm(session: Session, by: Person, segment: Segment) -> None:
    """A person has passed this segment, corrected or not; its corrections teach the series. Raises
    NotPossibleNow when its minutes are approved: what was unread then is told as such."""
    if not segment.is_confirmed:
        refuse_when_approved(session, segment.transcript)
        segment.confirmed_by, segment.confirmed_at = by, now()
        learning.learn(session, segment)
        counts.changed(session, segment.transcript)
        audit.note(session, by, "confirm", segment)


def take_back_confirmation(session: Session, by: Person, segment: Segment) -> None:
    refuse_when_approved(session, segment.transcript)
    segment.confirmed_by, segment.confirmed_at = None, None
    learning.learn(session, segment)
    counts.changed(session, segment.transcript)
    audit.note(session, by, "take_back_confirmation", segment)


def give_speaker(session: Session, segments: Sequence[Segment], speaker: Speaker | None) -> None:
    """The same voice, or none, to all of them in one statement."""
    session.flush()
    set_all(session, segments, speaker_id=speaker.id if speaker else None)
    for segment in segments:
        set_committed_value(segment, "speaker", speaker)


def place_all(
    session: Session,
    segments: Sequence[Segment],
    agenda_item: AgendaItem | None,
    assigned_by: AssignedBy | None,
) -> None:
    """The same place in the agenda to all of them in one statement."""
    session.flush()
    item_id = agenda_item.id if agenda_item else None
    set_all(session, segments, agenda_item_id=item_id, assigned_by=assigned_by)
    for segment in segments:
        set_committed_value(segment, "agenda_item", agenda_item)


def set_all(session: Session, segments: Sequence[Segment], **values: Any) -> None:
    """The same columns to all of them in one statement; relations stay as they were read."""
    session.execute(
        update(Segment)
        .where(Segment.id.in_([segment.id for segment in segments]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    for segment in segments:
        for name, value in values.items():
            set_committed_value(segment, name, value)


def read_beside(session: Session, segments: Sequence[Segment]) -> None:
    """What an answer shows beside these texts, for all of them at once."""
    identities = [segment.id for segment in segments]
    session.scalars(select(Segment).where(Segment.id.in_(identities)).options(*BESIDE)).all()


def transcripts_of(session: Session, meeting: Meeting) -> list[Transcript]:
    """Newest last."""
    return list(
        session.scalars(
            select(Transcript)
            .join(Transcription)
            .join(Recording)
            .where(Recording.meeting_id == meeting.id, Transcription.state != WorkState.REMOVED)
            .order_by(Transcript.id)
        )
    )


def has_words(session: Session, meeting: Meeting) -> bool:
    """Whether anything was heard yet."""
    heard = (
        select(Segment.id)
        .join(Transcript)
        .join(Transcription)
        .join(Recording)
        .where(Recording.meeting_id == meeting.id)
    )
    return session.scalar(heard.limit(1)) is not None


def segments_of(
    session: Session,
    transcript: Transcript,
    *,
    first: int | None = None,
    touched: set[int] | None = None,
    newer_than: int | None = None,
) -> list[Segment]:
    """In the order of the sound: all, or the first so many, or the touched and the newer ones."""
    wanted: ColumnElement[bool] = true() if touched is None else Segment.id.in_(touched)
    if newer_than is not None:
        wanted = or_(wanted, Segment.id > newer_than)
    return list(
        session.scalars(
            select(Segment)
            .where(Segment.transcript_id == transcript.id, wanted)
            .order_by(Segment.start_seconds, Segment.id)
            .limit(first)
            .options(*BESIDE)
        )
    )


def corrected_in(session: Session, transcript: Transcript) -> set[int]:
    """The ids of its segments that a person has written into."""
    found = select(Correction.segment_id).join(Correction.segment)
    return set(session.scalars(found.where(Segment.transcript_id == transcript.id)))


def texts_of(session: Session, transcript: Transcript) -> Sequence[Segment]:
    """All, in the order of the sound, without what stands beside the text."""
    return session.scalars(
        select(Segment)
        .where(Segment.transcript_id == transcript.id)
        .order_by(Segment.start_seconds, Segment.id)
    ).all()


def segments_between(
    session: Session, transcript: Transcript, start_seconds: float, end_seconds: float
) -> list[Segment]:
    """Those that begin then, with the moments of their words."""
    begins = Segment.start_seconds
    return list(
        session.scalars(
            select(Segment)
            .where(Segment.transcript_id == transcript.id)
            .where(begins >= start_seconds, begins < end_seconds)
            .order_by(begins, Segment.id)
            .options(undefer(Segment.moments))
        )
    )


def segments_of_voice(session: Session, voice: Speaker) -> list[Segment]:
    """In the order of the sound."""
    return list(
        session.scalars(
            select(Segment)
            .where(Segment.speaker_id == voice.id)
            .order_by(Segment.start_seconds, Segment.id)
        )
    )


def is_closed(session: Session, transcript: Transcript) -> bool:
    """Whether the minutes made from it are approved, so that nothing may change any more."""
    latest = session.scalar(
        select(MinutesRevision)
        .join(Minutes)
        .where(Minutes.meeting_id == transcript.meeting.id)
        .order_by(MinutesRevision.number.desc())
        .limit(1)
    )
    return latest is not None and latest.is_approved and transcript.id in latest.transcript_ids


def accuracy_of(segments: Iterable[Segment]) -> tuple[Accuracy, Accuracy]:
    """Of what was heard: raw and normalised, over the confirmed ones of these segments."""
    return accuracy.count_all((s.heard, s.text) for s in segments if is_counted(s))


def accuracy_with_papers(segments: Iterable[Segment]) -> tuple[Accuracy, Accuracy]:
    """The same of what the papers made of it by themselves."""
    return accuracy.count_all((s.machine, s.text) for s in segments if is_counted(s))


def is_counted(segment: Segment) -> bool:
    """Confirmed, and heard by the machine: a text that was taken in says nothing about that."""
    return segment.is_confirmed and not segment.transcript.transcription.is_imported


def plain_text(text: str) -> str:
    """As it is kept: one line. Raises InvalidInput when it is too long."""
    text = clean_text.single_spaced(text)
    if len(text) > LONGEST_SEGMENT:
        raise InvalidInput(
            "text",
            f"発話は{LONGEST_SEGMENT:,}文字までです（いまは{len(text):,}文字あります）。"
            "短くするまで保存されません。",
        )
    return text


def refuse_when_stale(
    session: Session, by: Person, segment: Segment, mine: str, based_on: int
) -> None:
    """Raises StaleRevision with both texts."""
    if segment.revision != based_on:
        last = _last_correction(session, segment)
        other = last.corrected_by if last else None
        name = other.name if other else ""
        raise StaleRevision(mine, segment.text, segment.revision, name, is_own=other is by)


def _last_correction(session: Session, segment: Segment) -> Correction | None:
    return session.scalar(
        select(Correction)
        .where(Correction.segment_id == segment.id)
        .order_by(Correction.id.desc())
        .limit(1)
    )


def following(session: Session, segment: Segment) -> Segment | None:
    """The next one in the order of the sound."""
    order = (Segment.start_seconds, Segment.id)
    return session.scalars(
        select(Segment)
        .where(
            Segment.transcript_id == segment.transcript_id,
            tuple_(*order) > (segment.start_seconds, segment.id),
        )
        .order_by(*order)
        .limit(1)
    ).first()


def refuse_when_approved(session: Session, transcript: Transcript) -> None:
    """Raises NotPossibleNow."""
    if is_closed(session, transcript):
        raise NotPossibleNow(
            "この逐語録から作った会議録は承認されています。直すときは、会議録の画面で"
            "新しい改訂を作ってください。"
        )
