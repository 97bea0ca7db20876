"""A recording that waits to be transcribed."""

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.transcription import work
from models.meeting import Meeting
from models.recording import Transcription
from tests.conftest import Cast
from web.demo import builders


@pytest.fixture
def transcription(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> Transcription:
    source = builders.folder("dx-council")
    recording = builders.add_recording(session, storage, cast.secretary, meeting, source)
    made = work.request_transcription(session, cast.secretary, recording)
    session.commit()
    return made
