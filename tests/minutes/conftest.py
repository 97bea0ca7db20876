"""A recording and what was heard in it, for everything that comes after the sitting."""

import pytest
from sqlalchemy.orm import Session

from meetings.storage import Storage
from models.meeting import Meeting
from models.recording import Recording
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders


@pytest.fixture
def recording(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Recording:
    made = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    session.commit()
    return made


@pytest.fixture
def transcript(session: Session, cast: Cast, recording: Recording) -> Transcript:
    """Finished: three segments, none corrected, without speaker and agenda item."""
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    return made
