"""Correcting a transcript."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from minutes.assignment import decisions as assignment
from minutes.assignment import spans
from minutes.records import records
from minutes.speakers import naming
from minutes.transcripts import transcripts
from models.transcript import Correction, Segment, Speaker, Transcript
from tests.conftest import Cast
from tests.world import HEARD


@pytest.fixture
def segment(transcript: Transcript) -> Segment:
    return transcript.segments[0]


def test_every_correction_is_a_row_with_both_texts_and_who(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, "一度目", based_on=0)
    transcripts.correct(session, cast.approver, segment, "二度目", based_on=1)
    rows = session.scalars(select(Correction).order_by(Correction.id)).all()
    assert [(r.revision, r.before, r.after, r.corrected_by) for r in rows] == [
        (1, HEARD[0].text, "一度目", cast.secretary),
        (2, "一度目", "二度目", cast.approver),
    ]
    assert (segment.text, segment.heard, segment.revision) == ("二度目", HEARD[0].text, 2)


def test_whoever_comes_second_is_shown_both_texts_and_overwrites_nothing(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, "先の文", based_on=0)
    with pytest.raises(StaleRevision, match=cast.secretary.name) as stale:
        transcripts.correct(session, cast.approver, segment, "後の文", based_on=0)
    assert (stale.value.mine, stale.value.theirs, stale.value.revision) == ("後の文", "先の文", 1)
    assert segment.text == "先の文"


def test_the_same_text_from_two_people_is_no_conflict(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, "同じ文", based_on=0)
    transcripts.correct(session, cast.approver, segment, " 同じ文 ", based_on=0)
    assert segment.revision == 1


def test_a_revision_that_never_was_is_stale_and_not_a_crash(
    session: Session, cast: Cast, segment: Segment
) -> None:
    with pytest.raises(StaleRevision) as stale:
        transcripts.correct(session, cast.secretary, segment, "文", based_on=7)
    assert stale.value.revision == 0


def test_a_text_is_one_line_without_control_characters(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(
        session, cast.secretary, segment, "\n一行目\r\n二行目\x00\x07　", based_on=0
    )
    assert segment.text == "一行目 二行目"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", None),
        ("葛\U000e0100城、辻\ue000", None),
        ("か\u3099き\u3099", "がぎ"),  # as a Mac types them
        ("\ufa19谷、\ufa10", None),
        ("\U0001fae9と\U0001fac6", None),  # younger than this Python's Unicode
        ("\u202eabc\u202c\u2066\ufeff\u00ad\uffff", "abc"),
        ("\ud800半分", "半分"),
    ],
)
def test_letters_of_every_kind_stay_and_what_has_no_shape_goes(
    session: Session, cast: Cast, segment: Segment, typed: str, kept: str | None
) -> None:
    transcripts.correct(session, cast.secretary, segment, typed, based_on=0)
    naming.name_speaker(session, cast.secretary, segment, typed)
    session.flush()
    assert segment.speaker is not None
    assert segment.text == segment.speaker.name == (typed if kept is None else kept)


def test_a_text_may_become_empty_but_not_endless(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.secretary, segment, "", based_on=0)
    assert segment.text == ""
    with pytest.raises(InvalidInput, match="20,000文字まで"):
        transcripts.correct(session, cast.secretary, segment, "あ" * 20_001, based_on=1)


def test_confirming_tells_who_and_can_be_taken_back(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.confirm(session, cast.secretary, segment)
    transcripts.confirm(session, cast.approver, segment)
    assert segment.is_confirmed and segment.confirmed_by is cast.secretary
    transcripts.take_back_confirmation(session, cast.secretary, segment)
    assert not segment.is_confirmed and segment.confirmed_by is None


def test_a_speaker_is_one_row_however_often_the_name_is_given(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, second, third = transcript.segments
    naming.name_speaker(session, cast.secretary, first, "篠原 泰成")
    naming.name_speaker(session, cast.secretary, second, " 篠原 泰成 ")
    naming.name_speaker(session, cast.secretary, third, "篠原 泰成")
    naming.name_speaker(session, cast.secretary, third, "")
    session.flush()
    assert first.speaker is second.speaker and third.speaker is None
    assert session.query(Speaker).count() == 1


def test_an_agenda_item_holds_from_its_segment_to_where_another_begins(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, second, third = transcript.segments
    one, two, _ = transcript.meeting.agenda_items
    assert assignment.start_agenda_item(session, cast.secretary, first, one) == [
        first,
        second,
        third,
    ]
    assert assignment.start_agenda_item(session, cast.secretary, third, two) == [third]
    assert assignment.start_agenda_item(session, cast.secretary, first, two) == [first, second]
    assert [s.agenda_item for s in transcript.segments] == [two, two, two]


def test_the_accuracy_counts_confirmed_segments_alone(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first = transcript.segments[0]
    transcripts.correct(session, cast.secretary, first, "それでは定刻となりましたので", based_on=0)
    raw, _ = transcripts.accuracy_of(transcript.segments)
    assert (raw.total, raw.rate) == (0, None)
    transcripts.confirm(session, cast.secretary, first)
    raw, normalised = transcripts.accuracy_of(transcript.segments)
    assert raw.sentence == "14字中12字を正しく変換"
    assert normalised.total == 14


def test_after_approval_the_transcript_is_closed(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    segment = transcript.segments[0]
    transcripts.correct(session, cast.secretary, segment, "まだ直せる", based_on=0)
    assert not transcripts.is_closed(session, transcript)
    records.approve(session, cast.approver, revision)
    assert transcripts.is_closed(session, transcript)
    for verb in (
        lambda: transcripts.correct(session, cast.secretary, segment, "もう直せない", based_on=1),
        lambda: transcripts.confirm(session, cast.secretary, transcript.segments[1]),
        lambda: transcripts.take_back_confirmation(session, cast.secretary, segment),
        lambda: naming.name_speaker(session, cast.secretary, segment, "だれか"),
        lambda: assignment.start_agenda_item(session, cast.secretary, segment, None),
    ):
        with pytest.raises(NotPossibleNow, match="承認されています"):
            verb()
