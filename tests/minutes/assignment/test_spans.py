"""What is open before approval, and how it is closed."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.assignment import decisions, spans
from minutes.assignment.spans import SpanKind
from minutes.records import drafting, records
from models.meeting import Meeting
from models.recording import WorkState
from models.transcript import AssignedBy, Doubt, Segment, Transcript
from tests.conftest import Cast


def kinds(session: Session, transcript: Transcript) -> list[tuple[SpanKind, int]]:
    return [(span.kind, len(span.segments)) for span in spans.open_spans(session, transcript)]


def assign_all(session: Session, cast: Cast, transcript: Transcript) -> None:
    item = transcript.meeting.agenda_items[0]
    decisions.start_agenda_item(session, cast.secretary, transcript.segments[0], item)
    session.flush()


def silence(transcript: Transcript) -> Segment:
    """Somebody spoke, and no words were found."""
    segment = transcript.segments[1]
    segment.text, segment.doubt = "", Doubt.MISSING
    return segment


def test_neighbours_without_an_item_are_one_span(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    (span,) = spans.open_spans(session, transcript)
    assert (span.kind, span.start_seconds, span.end_seconds) == (SpanKind.UNASSIGNED, 1.0, 19.5)
    assert span.segments == tuple(transcript.segments)
    second = transcript.segments[1]
    second.assigned_by = AssignedBy.TEXT
    session.flush()
    assert kinds(session, transcript) == [(SpanKind.UNASSIGNED, 1), (SpanKind.UNASSIGNED, 1)]


def test_minutes_with_unassigned_talk_are_neither_sent_for_approval_nor_approved(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    assign_all(session, cast, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    second = transcript.segments[1]
    decisions.start_agenda_item(session, cast.secretary, second, None)
    session.flush()
    with pytest.raises(NotPossibleNow, match=r"議題に割り当てていない発話 2件（\d+秒）"):
        records.request_approval(session, cast.secretary, revision)
    assign_all(session, cast, transcript)
    decisions.start_agenda_item(session, cast.secretary, second, transcript.meeting.agenda_items[1])
    records.request_approval(session, cast.secretary, revision)
    decisions.start_agenda_item(session, cast.secretary, second, None)
    session.flush()
    with pytest.raises(NotPossibleNow, match="議題に割り当てていない発話"):
        records.approve(session, cast.approver, revision)


def test_what_the_machine_assigned_may_be_approved(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    for segment in transcript.segments:
        segment.assigned_by = AssignedBy.TEXT
    session.flush()
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    assert revision.is_approved


def test_without_an_agenda_nothing_has_to_be_assigned(
    session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    for item in list(meeting.agenda_items):
        session.delete(item)
    session.flush()
    session.expire_all()
    assert spans.open_spans(session, transcript) == []
    revision = records.draft(session, cast.secretary, transcript)
    assert [s.title for s in records.content_of(revision).sections] == [drafting.WITHOUT_AGENDA]
    records.request_approval(session, cast.secretary, revision)


def test_sound_without_words_is_open_until_somebody_confirms_it(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    assign_all(session, cast, transcript)
    segment = silence(transcript)
    session.flush()
    assert kinds(session, transcript) == [(SpanKind.UNHEARD, 1)]
    segment.confirmed_by, segment.confirmed_at = cast.secretary, segment.transcript.created_at
    session.flush()
    assert kinds(session, transcript) == []


def test_sound_without_words_and_without_an_item_is_told_once(
    session: Session, transcript: Transcript
) -> None:
    silence(transcript)
    session.flush()
    assert kinds(session, transcript) == [(SpanKind.UNASSIGNED, 3)]


def test_what_was_not_transcribed_is_open(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    assign_all(session, cast, transcript)
    chunk = transcript.transcription.chunks[0]
    chunk.state, chunk.done_seconds = WorkState.WAITING, 19.5
    transcript.transcription.state = WorkState.CANCELLED
    session.flush()
    (span,) = spans.open_spans(session, transcript)
    assert (span.kind, span.start_seconds) == (SpanKind.UNTRANSCRIBED, 19.5)
    spans.leave_rest_out(session, cast.secretary, transcript)
    session.flush()
    session.expire_all()
    assert spans.open_spans(session, transcript) == []
    added = transcript.segments[-1]
    assert (added.text, added.is_left_out, added.end_seconds) == ("", True, chunk.end_seconds)


def test_what_is_still_being_transcribed_is_not_left_out(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    chunk = transcript.transcription.chunks[0]
    chunk.state, chunk.done_seconds = WorkState.WAITING, 19.5
    transcript.transcription.state = WorkState.RUNNING
    session.flush()
    with pytest.raises(NotPossibleNow, match="文字起こしの途中"):
        spans.leave_rest_out(session, cast.secretary, transcript)


def test_one_press_leaves_the_rest_out_and_only_the_rest(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, *rest = transcript.segments
    item = transcript.meeting.agenda_items[0]
    first.agenda_item, first.assigned_by = item, AssignedBy.PERSON
    session.flush()
    assert spans.leave_rest_out(session, cast.secretary, transcript) == rest
    assert first.agenda_item is item and all(one.is_left_out for one in rest)
    assert spans.leave_rest_out(session, cast.secretary, transcript) == []


def test_minutes_drafted_too_early_are_mended_by_leaving_the_rest_out(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    revision = records.draft(session, cast.secretary, transcript)
    assert records.has_unassigned(revision)
    assert records.leave_rest_out(session, cast.secretary, revision) == 3
    session.flush()
    session.expire_all()
    latest = revision.minutes.latest
    titles = [s.title for s in records.content_of(latest).sections]
    assert latest.number == 2 and titles[-1] == drafting.LEFT_OUT
    records.request_approval(session, cast.secretary, latest)


def test_a_text_that_still_says_unassigned_is_not_approved_though_the_transcript_is_done(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    revision = records.draft(session, cast.secretary, transcript)
    assign_all(session, cast, transcript)
    with pytest.raises(NotPossibleNow, match="議題に分けていない発言"):
        records.request_approval(session, cast.secretary, revision)


def test_talk_before_the_first_item_stands_before_it(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, second, third = transcript.segments
    second.agenda_item = transcript.meeting.agenda_items[0]
    for segment in (first, second, third):
        segment.assigned_by = AssignedBy.TEXT
    session.flush()
    content = records.content_of(records.draft(session, cast.secretary, transcript))
    said = [(s.title, [p.text for p in s.paragraphs]) for s in content.sections if s.paragraphs]
    assert said == [
        (drafting.BEFORE, [first.text]),
        (transcript.meeting.agenda_items[0].title, [second.text]),
        (drafting.AFTER, [third.text]),
    ]
