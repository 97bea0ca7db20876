"""A series that keeps voiceprints, and its next meeting."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.storage import Storage
from models.base import now
from models.meeting import Series
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders


@pytest.fixture
def series(session: Session, transcript: Transcript) -> Series:
    """Of the transcript; it keeps voiceprints."""
    found = transcript.meeting.series
    found.keeps_voiceprints = True
    session.commit()
    return found


@pytest.fixture
def later(session: Session, storage: Storage, cast: Cast, series: Series) -> Transcript:
    """Of the next meeting of the series."""
    meeting = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series=series.name,
        department=series.department,
        starts_at=now() + timedelta(days=30),
    )
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    assert made.meeting.series_id == series.id
    return made
