"""The worker: what it hears is kept at once, and nothing is lost or doubled."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config, Speech
from meetings.errors import FileRejected
from meetings.storage import Storage
from minutes import transcription as work
from minutes import transcripts
from minutes.recognition.heard import Heard, Recognise, Samples
from minutes.worker import Worker
from models.database import writing
from models.meeting import Meeting
from models.person import Person
from models.recording import Transcription, WorkState
from models.transcript import Segment
from tests.conftest import Cast
from web.demo import builders

PIECE_SECONDS = 10.0


def every_ten_seconds(samples: Samples) -> Iterator[Heard]:
    """A recogniser that says where it is: its text is its own start."""
    length = len(samples) / 16_000
    start = 0.0
    while start < length:
        end = min(start + PIECE_SECONDS, length)
        yield Heard(start, end, f"{end - start:.1f}秒")
        start = end


@pytest.fixture
def transcription(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> Transcription:
    source = builders.folder("dx-council")
    recording = builders.add_recording(session, storage, cast.secretary, meeting, source)
    made = work.request_transcription(session, cast.secretary, recording)
    session.commit()
    return made


@pytest.fixture
def run(config: Config, engine: Engine) -> Callable[[Transcription, Recognise], Worker]:
    """Let a worker do one transcription with this recogniser, in chunks of a minute or so."""
    speech = Speech(first_chunk_seconds=60, chunk_seconds=120)

    def once(transcription: Transcription, recognise: Recognise) -> Worker:
        worker = Worker(replace(config, speech=speech), engine, lambda: ("test", recognise))
        worker.transcribe(transcription.id)
        return worker

    return once


def heard_spans(engine: Engine, transcription: Transcription) -> list[tuple[float, float]]:
    with Session(engine) as session:
        transcript = transcripts.transcripts_of(session, fresh(session, transcription).meeting)[-1]
        segments = transcripts.segments_of(session, transcript)
        return [(segment.start_seconds, segment.end_seconds) for segment in segments]


def fresh(session: Session, transcription: Transcription) -> Transcription:
    return session.get_one(Transcription, transcription.id)


def state(engine: Engine, transcription: Transcription) -> WorkState:
    with Session(engine) as session:
        return WorkState(fresh(session, transcription).state)


def test_the_whole_recording_is_covered_once(
    engine: Engine, transcription: Transcription, run: Callable[..., Worker]
) -> None:
    run(transcription, every_ten_seconds)
    spans = heard_spans(engine, transcription)
    assert spans[0][0] == 0
    assert spans[-1][1] == pytest.approx(transcription.recording.duration_seconds, abs=0.2)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert start == pytest.approx(end, abs=0.01)
    with Session(engine) as session:
        done = fresh(session, transcription)
        assert done.state == WorkState.FINISHED
        assert len(done.chunks) > 2
        assert done.recording.playback_sha256 is not None


def test_segments_appear_while_later_ones_are_still_running(
    engine: Engine,
    transcription: Transcription,
    run: Callable[..., Worker],
) -> None:
    seen = []

    def looking(samples: Samples) -> Iterator[Heard]:
        for heard in every_ten_seconds(samples):
            with Session(engine) as other:
                running = fresh(other, transcription).state
                seen.append((running, len(other.scalars(select(Segment.id)).all())))
            yield heard

    run(transcription, looking)
    assert (WorkState.RUNNING, 1) in seen


def test_cancelling_stops_the_work_and_keeps_what_was_heard(
    engine: Engine,
    cast: Cast,
    transcription: Transcription,
    run: Callable[..., Worker],
) -> None:
    def cancelled_after_two(samples: Samples) -> Iterator[Heard]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 2:
                with writing(engine) as other, other.begin():
                    secretary = other.get_one(Person, cast.secretary.id)
                    work.cancel_transcription(other, secretary, fresh(other, transcription))
            yield heard

    run(transcription, cancelled_after_two)
    assert len(heard_spans(engine, transcription)) == 2
    assert state(engine, transcription) == WorkState.CANCELLED


def test_a_stopped_worker_leaves_the_rest_to_the_next_and_corrections_survive(
    session: Session,
    cast: Cast,
    transcription: Transcription,
    run: Callable[..., Worker],
    config: Config,
    engine: Engine,
) -> None:
    speech = Speech(first_chunk_seconds=60, chunk_seconds=120)
    stopped: list[Worker] = []

    def stopping(samples: Samples) -> Iterator[Heard]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 3:
                stopped[0].stop()
            yield heard

    stopped.append(Worker(replace(config, speech=speech), engine, lambda: ("test", stopping)))
    stopped[0].transcribe(transcription.id)
    assert len(heard_spans(engine, transcription)) == 3
    assert state(engine, transcription) == WorkState.RUNNING
    session.commit()  # look at what the worker wrote meanwhile
    transcript = transcripts.transcripts_of(session, transcription.meeting)[-1]
    first = transcripts.segments_of(session, transcript)[0]
    transcripts.correct(session, cast.secretary, first, "直した文", based_on=0)
    session.commit()
    run(transcription, every_ten_seconds)
    spans = heard_spans(engine, transcription)
    assert state(engine, transcription) == WorkState.FINISHED
    assert spans == sorted(set(spans))
    session.refresh(first)
    assert first.text == "直した文"


def test_a_killed_workers_lease_runs_out_and_its_late_words_are_refused(
    session: Session, transcription: Transcription
) -> None:
    work.begin(session, transcription, "test", [(0.0, 60.0)])
    first = work.take_chunk(session, transcription)
    assert first is not None and first.lease is not None
    old_lease = first.lease
    assert work.take_chunk(session, transcription) is None
    first.lease_until = first.lease_until - 2 * work.LEASE  # type: ignore[operator]
    session.flush()
    again = work.take_chunk(session, transcription)
    assert again is first and again.lease != old_lease
    session.flush()
    with pytest.raises(work.LeaseLost):
        work.add_segment(session, first.id, old_lease, Heard(0.0, 1.0, "遅れた文"))


def test_a_chunk_that_never_gets_done_fails_with_a_sentence(
    session: Session, transcription: Transcription
) -> None:
    work.begin(session, transcription, "test", [(0.0, 60.0)])
    for _ in range(work.MOST_ATTEMPTS):
        chunk = work.take_chunk(session, transcription)
        assert chunk is not None
        chunk.lease_until = chunk.lease_until - 2 * work.LEASE  # type: ignore[operator]
        session.flush()
    assert work.waiting_transcriptions(session) == []
    assert transcription.state == WorkState.FAILED
    assert "管理者" in transcription.problem


@pytest.mark.parametrize(
    ("problem", "shown"),
    [(FileRejected("読めません。"), "読めません。"), (RuntimeError("x"), "文字起こしの途中で")],
)
def test_a_failure_is_recorded_for_the_secretary_and_the_worker_goes_on(
    engine: Engine,
    transcription: Transcription,
    run: Callable[..., Worker],
    problem: Exception,
    shown: str,
) -> None:
    def failing(samples: Samples) -> Iterator[Heard]:
        yield Heard(0.0, 5.0, "はじめの文")
        raise problem

    run(transcription, failing)
    assert len(heard_spans(engine, transcription)) == 1
    with Session(engine) as session:
        assert fresh(session, transcription).state == WorkState.FAILED
        assert shown in fresh(session, transcription).problem


def test_the_running_worker_takes_what_the_tables_say_without_being_told(
    config: Config, engine: Engine, transcription: Transcription
) -> None:
    worker = Worker(config, engine, lambda: ("test", every_ten_seconds))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        for _ in range(300):
            if state(engine, transcription) == WorkState.FINISHED:
                break
            threading.Event().wait(0.2)
        with Session(engine) as session:
            assert work.is_worker_running(session)
    finally:
        worker.stop()
        thread.join()
    assert state(engine, transcription) == WorkState.FINISHED


def test_without_a_sign_of_life_the_worker_counts_as_not_running(session: Session) -> None:
    assert not work.is_worker_running(session)
    work.show_life(session, "one")
    assert work.is_worker_running(session)
