"""One text from several recordings: drafted, frozen, counted and searched as one."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from minutes import statistics
from minutes.assignment import spans
from minutes.meeting_stages import MeetingState, state_of
from minutes.records import publication, records, search
from minutes.records.content import content_of
from minutes.records.paper import said_at
from minutes.speakers import naming
from minutes.transcription import work
from minutes.transcripts import transcripts
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast
from tests.parts import FIRST, SECOND, SPARE, TwoParts
from web.demo import builders


@pytest.fixture
def revision(session: Session, cast: Cast, two_parts: TwoParts) -> MinutesRevision:
    drafted = records.draft(session, cast.secretary, two_parts.second, two_parts.first)
    session.commit()
    return drafted


def confirm(session: Session, cast: Cast, *every: Transcript) -> None:
    for transcript in every:
        for segment in transcript.segments:
            transcripts.confirm(session, cast.secretary, segment)


def approve(session: Session, cast: Cast, revision: MinutesRevision) -> None:
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    records.approve(session, cast.approver, revision)
    session.flush()


def test_an_item_that_goes_on_in_the_second_part_is_one_section(
    two_parts: TwoParts, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    said = content.sections[0].paragraphs
    assert [p.text for p in said] == [heard.text for heard in FIRST + SECOND]
    ids = [two_parts.first.id] * len(FIRST) + [two_parts.second.id] * len(SECOND)
    assert [p.transcript_id for p in said] == ids
    assert content.transcript_ids == [two_parts.first.id, two_parts.second.id]
    assert revision.transcript is two_parts.first
    assert [said_at(content, p) for p in said[1:3]] == ["第1部 0:00:09", "第2部 0:00:00"]


def test_voices_of_two_parts_without_names_are_never_one(
    session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    """Each recording numbers its voices anew."""
    for transcript in (two_parts.first, two_parts.second):
        for segment in transcript.segments:
            naming.name_speaker(session, cast.secretary, segment, "声1")
    naming.name_speaker(session, cast.secretary, two_parts.second.segments[-1], "篠原 泰成")
    session.flush()
    revision = records.draft(session, cast.secretary, two_parts.first, two_parts.second)
    said = [p.speaker for section in content_of(revision).sections for p in section.paragraphs]
    assert set(said) == {"声1（第1部）", "声1（第2部）", "篠原 泰成"}
    session.flush()
    assert records.unread_of(session, revision).voices == ("声1（第1部）", "声1（第2部）")
    alone = content_of(records.draft(session, cast.secretary, two_parts.first))
    assert {p.speaker for section in alone.sections for p in section.paragraphs} == {"声1"}


def test_with_one_part_times_are_told_as_ever(
    session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    content = content_of(records.draft(session, cast.secretary, two_parts.first))
    assert said_at(content, content.sections[0].paragraphs[0]) == "0:00:01"


def test_two_transcripts_of_one_recording_would_say_everything_twice(
    session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    again = builders.add_transcript(session, cast.secretary, two_parts.first.recording, FIRST)
    with pytest.raises(InvalidInput, match="1つの録音から1つだけ"):
        records.draft(session, cast.secretary, two_parts.first, again)


def test_nothing_is_drafted_from_no_transcript(session: Session, cast: Cast) -> None:
    with pytest.raises(NotPossibleNow, match="まだ発話がありません"):
        records.draft(session, cast.secretary)


def test_approval_closes_every_part_but_no_spare(
    session: Session, cast: Cast, revision: MinutesRevision, two_parts: TwoParts, spare: Transcript
) -> None:
    approve(session, cast, revision)
    for transcript in (two_parts.first, two_parts.second):
        assert transcripts.is_closed(session, transcript)
        with pytest.raises(NotPossibleNow, match="承認されています"):
            transcripts.correct(
                session, cast.secretary, transcript.segments[0], "別の文", based_on=0
            )
    assert not transcripts.is_closed(session, spare)


def test_an_edit_keeps_every_sentence_with_its_part(
    session: Session, cast: Cast, revision: MinutesRevision, two_parts: TwoParts
) -> None:
    content = content_of(revision)
    content.sections[0].paragraphs[2].text = "整えた文。"
    content.transcript_ids = [two_parts.first.id]
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert second.transcript_ids == [two_parts.first.id, two_parts.second.id], (
        "what it came from stays"
    )
    assert content_of(second).sections[0].paragraphs[2].transcript_id == two_parts.second.id


def test_a_sentence_of_a_transcript_that_is_not_behind_the_minutes_is_refused(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    for other in (None, 0, 99):
        content.sections[0].paragraphs[2].transcript_id = other
        with pytest.raises(InvalidInput, match="transcript_id をそのまま"):
            records.revise(session, cast.secretary, revision.minutes, content, based_on=1)


def test_a_text_from_before_there_were_parts_is_read_and_revised_as_before(
    session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    revision = records.draft(session, cast.secretary, two_parts.first)
    old = content_of(revision).model_dump()
    del old["transcript_ids"]
    for section in old["sections"]:
        for paragraph in section["paragraphs"]:
            del paragraph["transcript_id"]
    revision.content = old
    session.commit()
    assert records.sources_of(session, revision) == [two_parts.first]
    content = content_of(revision)
    same = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert same is revision, "reading it with today's eyes is no change"
    content.sections[0].paragraphs[0].text = "整えた文。"
    newer = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    session.flush()
    approve(session, cast, newer)
    assert transcripts.is_closed(session, two_parts.first)


def test_words_of_every_part_are_found_in_what_is_published(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    approve(session, cast, revision)
    publication.publish(session, cast.approver, revision)
    session.flush()
    (found,) = search.list_published(session, search.MinutesQuery("論点 幽霊")).found
    assert [(p.section, p.paragraph, p.word) for p in found.places] == [
        (0, 1, "論点"),
        (0, 2, "幽霊"),
    ]


def test_statistics_count_every_part_once_and_no_spare(
    session: Session, cast: Cast, revision: MinutesRevision, two_parts: TwoParts, spare: Transcript
) -> None:
    builders.add_transcript(session, cast.secretary, two_parts.first.recording, FIRST)
    confirm(session, cast, spare, two_parts.first, two_parts.second)
    approve(session, cast, revision)
    figures = statistics.figures(session)
    seconds = sum(recording.duration_seconds for recording in two_parts.recordings)
    assert (figures.recordings, figures.seconds) == (2, pytest.approx(seconds))
    assert figures.raw.total == sum(len(heard.text) for heard in FIRST + SECOND)


def test_a_spare_that_the_minutes_are_made_from_counts_in_place_of_its_part(
    session: Session, cast: Cast, two_parts: TwoParts, spare: Transcript
) -> None:
    transcripts.confirm(session, cast.secretary, two_parts.first.segments[0])
    spans.leave_rest_out(session, cast.secretary, spare)
    confirm(session, cast, spare, two_parts.second)
    approve(session, cast, records.draft(session, cast.secretary, spare, two_parts.second))
    figures = statistics.figures(session)
    seconds = spare.recording.duration_seconds + two_parts.second.recording.duration_seconds
    assert (figures.recordings, figures.seconds) == (2, pytest.approx(seconds))
    assert figures.raw.total == sum(len(heard.text) for heard in SPARE + SECOND)


def test_a_meeting_is_in_work_until_all_its_parts_are_and_waits_for_no_spare(
    session: Session, cast: Cast, two_parts: TwoParts, spare: Transcript
) -> None:
    assert state_of(session, two_parts.meeting) == MeetingState.CORRECTING
    work.request_transcription(session, cast.secretary, spare.recording)
    session.flush()
    assert state_of(session, two_parts.meeting) == MeetingState.CORRECTING
    work.request_transcription(session, cast.secretary, two_parts.second.recording)
    session.flush()
    session.expire_all()
    assert state_of(session, two_parts.meeting) == MeetingState.TRANSCRIBING
