"""A series that keeps voiceprints, and its next meeting."""

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from models.meeting import Series
from models.transcript import Transcript
from tests.conftest import Cast
from tests.minutes.speakers.spoken import add_later, keep_voiceprints


@pytest.fixture
def series(session: Session, transcript: Transcript) -> Series:
    return keep_voiceprints(session, transcript)


@pytest.fixture
def later(session: Session, storage: Storage, cast: Cast, series: Series) -> Transcript:
    return add_later(session, storage, cast, series)
