"""What was shown at the sitting, beside the segments of its recordings."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from minutes.assignment import sources
from minutes.recognition.heard import HeardSegment
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.recording import Recording
from models.sitting import ItemChange
from models.transcript import Segment, Transcript
from tests.conftest import Cast
from web.demo import builders

TALK = [HeardSegment(start, start + 10, "はい。") for start in (0.0, 10.0, 20.0, 30.0)]


@pytest.fixture
def recording(recording: Recording) -> Recording:
    recording.began_at = recording.meeting.starts_at
    return recording


@pytest.fixture
def transcript(session: Session, cast: Cast, recording: Recording) -> Transcript:
    return builders.add_transcript(session, cast.secretary, recording, TALK)


def call_up(session: Session, by: Person, item: AgendaItem, at: datetime, sequence: int) -> None:
    session.add(
        ItemChange(
            meeting_id=item.meeting_id, sequence=sequence, at=at, by_id=by.id, agenda_item=item
        )
    )
    session.flush()


def after(recording: Recording, seconds: float) -> datetime:
    assert recording.began_at is not None
    return recording.began_at + timedelta(seconds=seconds)


def shown(session: Session, recording: Recording, segments: list[Segment]) -> list[int | None]:
    return sources.items_shown(session, recording, segments)


def test_the_item_is_the_one_called_up_last_before_the_middle_of_a_segment(
    session: Session, cast: Cast, recording: Recording, transcript: Transcript
) -> None:
    first, second, *_ = recording.meeting.agenda_items
    call_up(session, cast.organiser, first, after(recording, 12), 1)
    call_up(session, cast.organiser, second, after(recording, 33), 2)
    expected = [None, first.id, first.id, second.id]
    assert shown(session, recording, transcript.segments) == expected


def test_a_recording_that_is_not_on_the_clock_was_shown_nothing(
    session: Session, cast: Cast, recording: Recording, transcript: Transcript
) -> None:
    call_up(session, cast.organiser, recording.meeting.agenda_items[0], after(recording, 1), 1)
    recording.began_at = None
    assert shown(session, recording, transcript.segments) == [None] * 4


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_place_on_the_clock_that_leaves_all_turns_outside_is_not_believed(
    session: Session, cast: Cast, recording: Recording, transcript: Transcript, hours: int
) -> None:
    call_up(session, cast.organiser, recording.meeting.agenda_items[0], after(recording, 1), 1)
    recording.began_at = after(recording, hours * 3600)
    assert shown(session, recording, transcript.segments) == [None] * 4


def test_an_item_goes_on_into_the_next_part(
    session: Session, cast: Cast, recording: Recording, transcript: Transcript
) -> None:
    item = recording.meeting.agenda_items[1]
    call_up(session, cast.organiser, item, after(recording, 5), 1)
    later = after(recording, recording.duration_seconds + 600)
    recording_of_before = Recording(
        meeting=recording.meeting,
        file_name="第2部.m4a",
        sha256="0" * 64,
        size_bytes=1,
        duration_seconds=60,
        codec="aac",
        began_at=later,
        received_by=cast.secretary,
    )
    session.add(recording_of_before)
    session.flush()
    assert shown(session, recording_of_before, transcript.segments) == [item.id] * 4
    assert sources.is_beginning(session, recording)
    assert not sources.is_beginning(session, recording_of_before)


def test_topics_carry_number_presenter_and_papers(
    session: Session, cast: Cast, meeting: Meeting, storage: object
) -> None:
    topics = list(sources.topics_of(session, meeting).values())
    assert [topic.number for topic in topics] == ["1", "2", "3"]
    assert topics[0].presenter.kana == "こが まゆみ"
    assert topics[2].texts == ()
