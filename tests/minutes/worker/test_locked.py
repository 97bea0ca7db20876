"""Somebody else writes for longer than the worker can wait, really: its work goes on afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.settings.work import SpeechSettings
from minutes.recognition.heard import HeardSegment
from minutes.sound.samples import Samples
from minutes.worker.worker import Worker
from models.base import now
from models.database import connect, writing
from models.recording import Chunk, Transcription, WorkState
from tests import speech_models
from tests.minutes.worker.test_worker import every_ten_seconds, heard_spans, state, work_off

pytestmark = pytest.mark.hostile

PATIENCE_SECONDS = 0.05


def test_a_lock_that_others_hold_too_long_fails_no_transcription(
    config: Config, engine: Engine, transcription: Transcription, small_model: Path
) -> None:
    held: list[Session] = []

    def while_others_write(samples: Samples) -> Iterator[HeardSegment]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 2 and not held:
                held.append(writing(engine))
                held[0].connection()
            yield heard

    short = connect(config.database, patience_seconds=PATIENCE_SECONDS)
    speech = SpeechSettings(model=str(small_model), first_chunk_seconds=60, chunk_seconds=120)
    worker = Worker(
        replace(config, speech=speech),
        short,
        lambda *_: while_others_write,
        speech_models.teach_nothing,
        speech_models.find_no_words,
    )
    while not held:
        assert worker.take_turn()
    assert not worker.take_turn()  # it looks for work, finds the lock taken, and looks again later
    held[0].rollback()
    assert state(engine, transcription) == WorkState.RUNNING
    before = heard_spans(engine, transcription)
    with writing(engine) as session, session.begin():
        session.execute(update(Chunk).values(lease_until=now() - timedelta(seconds=1)))
    work_off(worker)
    assert state(engine, transcription) == WorkState.FINISHED
    assert heard_spans(engine, transcription)[: len(before)] == before
    assert len(before) == 2
    short.dispose()
