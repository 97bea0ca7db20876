"""The city's own figures."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from meetings import department_years
from meetings.disk.storage import Storage
from minutes import statistics
from minutes.transcription import work
from minutes.transcripts import transcripts
from models.base import now
from models.meeting import Meeting
from models.recording import Recording
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders


def correct_first(session: Session, cast: Cast, transcript: Transcript) -> None:
    segment = transcript.segments[0]
    transcripts.correct(
        session, cast.secretary, segment, "それでは定刻となりましたので", based_on=0
    )
    transcripts.confirm(session, cast.secretary, segment)
    session.flush()


def test_without_any_recording_there_is_nothing_and_no_rate(session: Session) -> None:
    figures = statistics.figures(session)
    assert figures.sentence == "0所属 0件"
    assert figures.raw.rate is None


def test_a_recording_counts_for_its_department_once_it_is_transcribed(
    session: Session, cast: Cast, recording: Recording
) -> None:
    run = work.request_transcription(session, cast.secretary, recording)
    session.flush()
    assert statistics.figures(session).recordings == 0
    work.cancel_transcription(session, cast.secretary, run)
    session.flush()
    builders.add_transcript(session, cast.secretary, recording, HEARD)
    (row,) = statistics.figures(session).departments
    assert row.department is recording.meeting.department
    assert (row.recordings, row.seconds) == (1, pytest.approx(recording.duration_seconds))


def test_only_confirmed_words_are_counted_and_only_once(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    assert statistics.figures(session).raw.total == 0
    correct_first(session, cast, transcript)
    second = builders.add_transcript(session, cast.secretary, transcript.recording, HEARD)
    assert statistics.figures(session).raw.sentence == "14字中12字を正しく変換"
    correct_first(session, cast, second)
    figures = statistics.figures(session)
    assert figures.raw.sentence == "14字中12字を正しく変換"
    assert figures.recordings == 1


def test_departments_are_counted_apart_and_together(
    session: Session, storage: Storage, cast: Cast, transcript: Transcript
) -> None:
    correct_first(session, cast, transcript)
    source = builders.folder("section-meeting")
    other = builders.add_meeting(
        session,
        cast.organiser,
        source,
        series="課内会議",
        department=cast.outsider.department,
        starts_at=now(),
    )
    recording = builders.add_recording(session, storage, cast.secretary, other, source)
    correct_first(session, cast, builders.add_transcript(session, cast.secretary, recording, HEARD))
    figures = statistics.figures(session)
    assert figures.sentence == "2所属 2件"
    assert figures.raw.sentence == "28字中24字を正しく変換"
    assert [row.raw.total for row in figures.departments] == [14, 14]


def test_a_removed_meeting_is_not_counted(
    session: Session, meeting: Meeting, transcript: Transcript
) -> None:
    meeting.removed_at = now()
    department_years.changed(session, meeting)
    session.flush()
    assert statistics.figures(session).recordings == 0


def test_a_year_has_the_meetings_from_april_to_march(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    correct_first(session, cast, transcript)
    meeting = transcript.meeting
    for held, year in (
        (datetime(2026, 3, 31, 14, 59, tzinfo=UTC), 2025),
        (datetime(2026, 3, 31, 15, 0, tzinfo=UTC), 2026),
    ):
        department_years.changed(session, meeting)
        meeting.starts_at = held
        department_years.changed(session, meeting)
        session.flush()
        assert statistics.years(session) == [year]
        assert statistics.figures(session, year).raw.total == 14
        assert statistics.figures(session, year + 1).recordings == 0
        assert statistics.figures(session, year - 1).recordings == 0
    assert statistics.figures(session).raw.total == 14
