"""Which speech model hears a recording, and what happens when it is gone."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.settings.work import SpeechSettings
from minutes.recognition.heard import HeardSegment
from minutes.sound.samples import Samples
from minutes.speech_models.speech_model import SpeechModel
from minutes.transcription import work
from minutes.worker.worker import Worker
from models.meeting import Meeting
from models.recording import Recording, Transcription, WorkState
from tests import speech_models
from tests.conftest import Cast
from tests.minutes.worker.test_worker import work_off
from web.demo import builders

NAMES = ("of-the-run", "of-the-series", "of-the-settings")


@pytest.fixture
def folders(config: Config, small_model: Path) -> dict[str, Path]:
    below = config.home / "speech-models"
    return {name: Path(shutil.copytree(small_model, below / name)) for name in NAMES}


@pytest.fixture
def loaded() -> list[tuple[str, str]]:
    """Speech model and language of every loading."""
    return []


@pytest.fixture
def worker(
    config: Config, engine: Engine, folders: dict[str, Path], loaded: list[tuple[str, str]]
) -> Worker:
    def load(model: SpeechModel, language: str) -> object:
        loaded.append((model.name, language))

        def recognise(samples: Samples) -> Iterator[HeardSegment]:
            yield HeardSegment(0.0, len(samples) / 16_000, f"{model.name} {language}")

        return recognise

    speech = SpeechSettings(model="of-the-settings", first_chunk_seconds=60, chunk_seconds=120)
    return Worker(
        replace(config, speech=speech),
        engine,
        load,
        speech_models.teach_nothing,
        speech_models.find_no_words,
    )  # type: ignore[arg-type]


@pytest.fixture
def recordings(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> list[Recording]:
    sources = ("dx-council", "section-meeting")
    made = [
        builders.add_recording(session, storage, cast.secretary, meeting, builders.folder(name))
        for name in sources
    ]
    session.commit()
    return made


def test_the_run_goes_before_the_series_and_the_series_before_the_settings(
    session: Session,
    cast: Cast,
    recordings: list[Recording],
    worker: Worker,
    loaded: list[tuple[str, str]],
    folders: dict[str, Path],
) -> None:
    recording = recordings[0]
    of_settings = work.request_transcription(session, cast.secretary, recording)
    session.commit()
    work_off(worker)
    recording.meeting.series.speech_model = "of-the-series"
    of_series = work.request_transcription(session, cast.secretary, recording, language="en")
    session.commit()
    work_off(worker)
    of_run = work.request_transcription(
        session, cast.secretary, recording, speech_model="of-the-run"
    )
    session.commit()
    work_off(worker)
    session.rollback()
    runs: list[Transcription] = [of_settings, of_series, of_run]
    assert [run.speech_model for run in runs] == ["of-the-settings", "of-the-series", "of-the-run"]
    assert [run.state for run in runs] == [WorkState.FINISHED] * 3
    assert len({run.speech_model_sha256 for run in runs}) == 1
    assert loaded == [("of-the-settings", "ja"), ("of-the-series", "en"), ("of-the-run", "ja")]


def test_a_change_of_the_series_does_not_reach_a_run_that_has_begun(
    session: Session,
    cast: Cast,
    recordings: list[Recording],
    worker: Worker,
    loaded: list[tuple[str, str]],
) -> None:
    work.request_transcription(session, cast.secretary, recordings[0])
    session.commit()
    assert worker.take_turn() and worker.take_turn()
    session.rollback()
    recordings[0].meeting.series.speech_model = "of-the-series"
    session.commit()
    work_off(worker)
    assert loaded == [("of-the-settings", "ja")]


def test_a_speech_model_that_is_gone_fails_its_run_with_a_sentence_and_no_other(
    session: Session,
    cast: Cast,
    recordings: list[Recording],
    worker: Worker,
    folders: dict[str, Path],
) -> None:
    gone = work.request_transcription(
        session, cast.secretary, recordings[0], speech_model="of-the-run"
    )
    other = work.request_transcription(session, cast.secretary, recordings[1])
    session.commit()
    kept = folders["of-the-run"].rename(folders["of-the-run"].with_name("away"))
    work_off(worker)
    session.rollback()
    assert gone.state == WorkState.FAILED and "of-the-run" in gone.problem
    assert other.state == WorkState.FINISHED
    kept.rename(folders["of-the-run"])
    work.resume_transcription(session, cast.secretary, gone)
    session.commit()
    work_off(worker)
    session.rollback()
    assert (gone.state, gone.speech_model) == (WorkState.FINISHED, "of-the-run")


def test_a_speech_model_that_is_replaced_half_way_does_not_go_on_with_the_run(
    session: Session,
    cast: Cast,
    recordings: list[Recording],
    worker: Worker,
    folders: dict[str, Path],
) -> None:
    run = work.request_transcription(session, cast.secretary, recordings[0])
    session.commit()
    assert worker.take_turn() and worker.take_turn()
    weights = folders["of-the-settings"] / "model.bin"
    before = weights.read_bytes()
    weights.write_bytes(before.replace(before[4096:4100], b"\0\0\0\0", 1))
    work_off(worker)
    session.rollback()
    assert run.state == WorkState.FAILED and "別のものに変わりました" in run.problem
    weights.write_bytes(before)
    work.resume_transcription(session, cast.secretary, run)
    session.commit()
    work_off(worker)
    session.rollback()
    assert run.state == WorkState.FINISHED
