"""A real worker in a process of its own, quick to start and quick to take over, with a recogniser
that is slow and says where it is. Killed by `test_kills.py`."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from meetings import config as settings
from meetings.settings.server import StorageSettings
from meetings.settings.work import SpeechSettings
from minutes.recognition.heard import HeardSegment
from minutes.sound.samples import Samples
from minutes.transcription import leases, scheduling
from minutes.worker import worker
from models.database import connect
from tests import speech_models

SEGMENT_SECONDS = 2.5
LEASE = timedelta(seconds=1)


def ever_slow(samples: Samples) -> Iterator[HeardSegment]:
    """Fifty times as fast as it was spoken."""
    length, start = len(samples) / 16_000, 0.0
    while start < length:
        time.sleep(0.05)
        end = min(start + SEGMENT_SECONDS, length)
        yield HeardSegment(start, end, f"{end - start:.1f}秒")
        start = end


def work(home: str, speech_model: str) -> None:
    """Until it is killed. So many kills in a row would be given up in earnest; here they are the
    test."""
    leases.LEASE, scheduling.MOST_ATTEMPTS = LEASE, 1000
    worker.REST_SECONDS = 0.05
    config = replace(
        settings.load(),
        storage=StorageSettings(home=home),
        speech=SpeechSettings(model=speech_model, first_chunk_seconds=60, chunk_seconds=60),
    )
    worker.Worker(
        config,
        connect(Path(home) / "gijido.sqlite3"),
        lambda *_: ever_slow,
        speech_models.teach_nothing,
        speech_models.find_no_words,
    ).run()
