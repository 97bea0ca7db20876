"""Corrects a transcript: text, confirmation, speaker. `heard`, the recognised text, never
changes.
"""

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
"""What the editor shows beside a text."""


def correct(session: Session, by: Person, segment: Segment, text: str, *, based_on: int) -> Segment:
    """Store the new text, and who wrote it when.

    Raises StaleRevision with both texts if somebody else has changed the segment since the revision
    `based_on`; the same text from both is no conflict. Raises InvalidInput if the text is too long,
    NotPossibleNow if the minutes are approved.
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
    """Store the text as the next revision. The caller has checked permission and revision. If the
    segment is confirmed, the series learns from the new text instead of the old one.
    """
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
    """Mark the segment as confirmed by a person, whether it was corrected or not. The series
    learns from its corrections.

    Raises NotPossibleNow if the minutes are approved: segments that were not confirmed by then are
    shown as such.
    """
    if not segment.is_confirmed:
        refuse_when_approved(session, segment.transcript)
        segment.confirmed_by, segment.confirmed_at = by, now()
        learning.learn(session, segment)
        counts.changed(session, segment.transcript)
        audit.note(session, by, "confirm", segment)


def take_back_confirmation(session: Session, by: Person, segment: Segment) -> None:
    """Remove the confirmation, and what the series learned from the segment. Raises NotPossibleNow
    if the minutes are approved.
    """
    refuse_when_approved(session, segment.transcript)
    segment.confirmed_by, segment.confirmed_at = None, None
    learning.learn(session, segment)
    counts.changed(session, segment.transcript)
    audit.note(session, by, "take_back_confirmation", segment)


def set_speaker(session: Session, segments: Sequence[Segment], speaker: Speaker | None) -> None:
    """Set the speaker, or none, of all the segments in one statement."""
    session.flush()
    set_all(session, segments, speaker_id=speaker.id if speaker else None)
    for segment in segments:
        set_committed_value(segment, "speaker", speaker)


def set_agenda_item(
    session: Session,
    segments: Sequence[Segment],
    agenda_item: AgendaItem | None,
    assigned_by: AssignedBy | None,
) -> None:
    """Set the agenda item, or none, of all the segments in one statement."""
    session.flush()
    item_id = agenda_item.id if agenda_item else None
    set_all(session, segments, agenda_item_id=item_id, assigned_by=assigned_by)
    for segment in segments:
        set_committed_value(segment, "agenda_item", agenda_item)


def set_all(session: Session, segments: Sequence[Segment], **values: Any) -> None:
    """Set the same columns of all the segments in one statement. Loaded relationships are not
    refreshed.
    """
    session.execute(
        update(Segment)
        .where(Segment.id.in_([segment.id for segment in segments]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    for segment in segments:
        for name, value in values.items():
            set_committed_value(segment, name, value)


def load_beside(session: Session, segments: Sequence[Segment]) -> None:
    """Load what the editor shows beside these texts, for all of them at once."""
    identities = [segment.id for segment in segments]
    session.scalars(select(Segment).where(Segment.id.in_(identities)).options(*BESIDE)).all()


def transcripts_of(session: Session, meeting: Meeting) -> list[Transcript]:
    """Return the meeting's transcripts, newest last."""
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
    """Return whether anything of the meeting was transcribed yet."""
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
    """Return segments in the order of the sound: all of them, or at most the `first` so many; or
    those with ids in `touched`, and those with an id above `newer_than`.
    """
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
    """Return the ids of the transcript's segments that a person has corrected."""
    found = select(Correction.segment_id).join(Correction.segment)
    return set(session.scalars(found.where(Segment.transcript_id == transcript.id)))


def texts_of(session: Session, transcript: Transcript) -> Sequence[Segment]:
    """Return all segments in the order of the sound, without loading what the editor shows beside
    them.
    """
    return session.scalars(
        select(Segment)
        .where(Segment.transcript_id == transcript.id)
        .order_by(Segment.start_seconds, Segment.id)
    ).all()


def segments_between(
    session: Session, transcript: Transcript, start_seconds: float, end_seconds: float
) -> list[Segment]:
    """Return the segments that begin in this span of seconds, with their token timings."""
    begins = Segment.start_seconds
    return list(
        session.scalars(
            select(Segment)
            .where(Segment.transcript_id == transcript.id)
            .where(begins >= start_seconds, begins < end_seconds)
            .order_by(begins, Segment.id)
            .options(undefer(Segment.token_timings))
        )
    )


def segments_of_voice(session: Session, voice: Speaker) -> list[Segment]:
    """Return the speaker's segments in the order of the sound."""
    return list(
        session.scalars(
            select(Segment)
            .where(Segment.speaker_id == voice.id)
            .order_by(Segment.start_seconds, Segment.id)
        )
    )


def is_closed(session: Session, transcript: Transcript) -> bool:
    """Return whether the minutes made from the transcript are approved, so that it must not
    change.
    """
    latest = session.scalar(
        select(MinutesRevision)
        .join(Minutes)
        .where(Minutes.meeting_id == transcript.meeting.id)
        .order_by(MinutesRevision.number.desc())
        .limit(1)
    )
    return latest is not None and latest.is_approved and transcript.id in latest.transcript_ids


def accuracy_of(segments: Iterable[Segment]) -> tuple[Accuracy, Accuracy]:
    """Return the accuracy of recognition, raw and normalised, over those of the segments that
    count.
    """
    return accuracy.count_all((s.heard, s.text) for s in segments if is_counted(s))


def accuracy_with_papers(segments: Iterable[Segment]) -> tuple[Accuracy, Accuracy]:
    """Return the accuracy of the text after automatic correction from documents, raw and
    normalised, over those of the segments that count.
    """
    return accuracy.count_all((s.machine, s.text) for s in segments if is_counted(s))


def is_counted(segment: Segment) -> bool:
    """Return whether the segment counts for accuracy: it is confirmed, and its text was
    recognised, not imported.
    """
    return segment.is_confirmed and not segment.transcript.transcription.is_imported


def plain_text(text: str) -> str:
    """Return the text as it is stored, on one line. Raises InvalidInput if it is too long."""
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
    """Raise StaleRevision with both texts if the segment is not at the revision `based_on`."""
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
    """Return the next segment in the order of the sound, or None."""
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
    """Raise NotPossibleNow if the minutes made from the transcript are approved."""
    if is_closed(session, transcript):
        raise NotPossibleNow(
            "この逐語録から作った会議録は承認されています。直すときは、会議録の画面で"
            "新しい改訂を作ってください。"
        )
