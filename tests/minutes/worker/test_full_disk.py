"""A disk that is full, really: in normalising, in a later step, in writing what was heard."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import StorageFull
from meetings.settings.server import StorageSettings
from meetings.settings.work import SpeechSettings
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.sound.samples import Samples
from minutes.transcription import leases, normalised, work
from minutes.transcripts import transcripts
from minutes.worker.worker import Worker
from models.recording import StepKind, Transcription, WorkState
from tests import speech_models
from tests.conftest import Cast
from tests.disks import small_disk
from tests.minutes.worker.test_worker import every_ten_seconds, work_off

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

DISK = "40m"


@pytest.fixture
def config(tmp_path: Path, small_model: Path) -> Iterator[Config]:
    """The data on a disk of its own, of 40 MB."""
    speech = SpeechSettings(model=str(small_model), first_chunk_seconds=60, chunk_seconds=120)
    with small_disk(tmp_path / "home", DISK) as home:
        yield replace(settings.load(), storage=StorageSettings(home=str(home)), speech=speech)


@pytest.fixture
def make_worker(config: Config, engine: Engine) -> Callable[[Recognise], Worker]:
    return lambda recognise: Worker(
        config,
        engine,
        lambda *_: recognise,
        speech_models.teach_nothing,
        speech_models.find_no_words,
    )


class Filling:
    """A file that leaves so much of the disk."""

    def __init__(self, config: Config) -> None:
        self.path = config.home / "filling"

    def leave(self, kilobytes: int) -> None:
        self.path.unlink(missing_ok=True)
        with self.path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                file.truncate(max(0, file.tell() // 4096 * 4096 - kilobytes * 1024))

    def remove(self) -> None:
        self.path.unlink()


@pytest.fixture
def filling(config: Config) -> Filling:
    return Filling(config)


def check_text(session: Session, transcription: Transcription) -> None:
    """Finished, and every second is there once."""
    session.rollback()
    assert transcription.state == WorkState.FINISHED, transcription.problem
    (transcript,) = transcripts.transcripts_of(session, transcription.meeting)
    segments = transcripts.segments_of(session, transcript)
    assert segments[0].start_seconds == 0
    for before, after in itertools.pairwise(segments):
        assert after.start_seconds == pytest.approx(before.end_seconds, abs=0.01)
    length = transcription.recording.duration_seconds
    assert segments[-1].end_seconds == pytest.approx(length, abs=0.2)


def test_in_normalising(
    session: Session,
    cast: Cast,
    config: Config,
    transcription: Transcription,
    make_worker: Callable[[Recognise], Worker],
    filling: Filling,
) -> None:
    filling.leave(5000)  # of the 9.6 MB that it takes
    worker = make_worker(every_ten_seconds)
    work_off(worker)
    session.rollback()
    assert transcription.state == WorkState.FAILED
    assert "ディスクがいっぱい" in transcription.problem
    assert list(normalised.folder_of(config.home).iterdir()) == []
    filling.remove()
    work.resume_transcription(session, cast.secretary, transcription)
    session.commit()
    work_off(worker)
    check_text(session, transcription)


def test_in_making_the_copy_for_listening(
    session: Session,
    cast: Cast,
    config: Config,
    transcription: Transcription,
    make_worker: Callable[[Recognise], Worker],
    filling: Filling,
) -> None:
    worker = make_worker(every_ten_seconds)
    for _ in range(2):
        assert worker.take_turn()
    filling.leave(800)  # of the 1.8 MB that it takes
    work_off(worker)
    check_text(session, transcription)
    (playback,) = (step for step in transcription.steps if step.kind == StepKind.PLAYBACK)
    assert playback.state == WorkState.FAILED and "ディスクがいっぱい" in playback.problem
    assert transcription.recording.playback_sha256 is None
    assert list((config.home / "arriving").iterdir()) == []
    filling.remove()
    work.run_again(session, cast.secretary, playback)
    session.commit()
    work_off(worker)
    session.rollback()
    assert playback.state == WorkState.FINISHED
    assert transcription.recording.playback_sha256 and transcription.recording.peaks_sha256


def test_in_writing_what_was_heard(
    session: Session,
    cast: Cast,
    transcription: Transcription,
    make_worker: Callable[[Recognise], Worker],
    filling: Filling,
) -> None:
    """Words without end and not a byte left: sooner or later the database cannot grow."""

    def on_a_full_disk(samples: Samples) -> Iterator[HeardSegment]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 3:
                filling.leave(0)
            yield replace(heard, text="長" * 60_000) if number >= 3 else heard

    assert make_worker(on_a_full_disk).take_turn()
    make_worker(on_a_full_disk).take_turn()
    session.rollback()
    (transcript,) = transcripts.transcripts_of(session, transcription.meeting)
    kept = transcripts.segments_of(session, transcript)
    assert 3 <= len(kept) < 6
    assert transcription.state in (WorkState.FAILED, WorkState.RUNNING)
    filling.remove()
    if transcription.state == WorkState.FAILED:
        assert "ディスクがいっぱい" in transcription.problem
        work.resume_transcription(session, cast.secretary, transcription)
        session.commit()
    else:  # not even that could be written: the lease runs out, and it goes on by itself
        (held,) = (chunk for chunk in transcription.chunks if chunk.lease)
        assert held.lease_until is not None
        held.lease_until -= 2 * leases.LEASE
        session.commit()
    work_off(make_worker(every_ten_seconds))
    check_text(session, transcription)


def test_the_disk_is_asked_before_a_recording_is_unpacked(
    config: Config,
    storage: Storage,
    transcription: Transcription,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A few bytes may say many hours: nothing is begun that cannot fit."""
    monkeypatch.setattr(transcription.recording, "duration_seconds", 3600 * 20)
    with (
        normalised.scratch(config.home, "lease") as scratch,
        pytest.raises(StorageFull),
    ):
        normalised.wav_of(storage, config.home, transcription.recording, scratch)
    assert not list(normalised.folder_of(config.home).iterdir())
