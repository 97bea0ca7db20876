"""The worker: what it hears is kept at once, and nothing is lost or doubled."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import ConfigurationError, FileRejected
from meetings.settings.work import SpeechSettings
from minutes.assignment import decisions as assignment
from minutes.proposals import decisions
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import RatedCandidate, Selection, Teach, choose, worth_rescoring
from minutes.recognition.heard import HeardSegment, Recognise, TokenTiming
from minutes.records import records
from minutes.sound import audio
from minutes.sound.samples import Samples, SoundReader
from minutes.terms import papers
from minutes.terms.terms import MeetingVocabulary
from minutes.transcription import leases, normalised, progress, work
from minutes.transcripts import cutting, transcripts
from minutes.worker import steps
from minutes.worker.worker import Worker
from models.database import writing
from models.meeting import Meeting
from models.person import Person
from models.recording import StepKind, Transcription, WorkState
from models.transcript import AssignedBy, Origin, Segment, Transcript
from tests import speech_models
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders

PIECE_SECONDS = 10.0


def every_ten_seconds(samples: Samples) -> Iterator[HeardSegment]:
    """A recogniser that says where it is: its text is its own start."""
    length = len(samples) / 16_000
    start = 0.0
    while start < length:
        end = min(start + PIECE_SECONDS, length)
        yield HeardSegment(start, end, f"{end - start:.1f}秒")
        start = end


NO_WORDS = speech_models.find_no_words

Run = Callable[..., Worker]


@pytest.fixture
def make_worker(config: Config, engine: Engine, small_model: Path) -> Run:
    """A worker with this recogniser, for chunks of a minute or so."""
    speech = SpeechSettings(model=str(small_model), first_chunk_seconds=60, chunk_seconds=120)

    def make(recognise: Recognise) -> Worker:
        return Worker(
            replace(config, speech=speech),
            engine,
            lambda *_: recognise,
            speech_models.teach_nothing,
            NO_WORDS,
        )

    return make


@pytest.fixture
def run(make_worker: Run) -> Run:
    """Let a worker with this recogniser do everything that is to be done."""

    def until_nothing_is_left(recognise: Recognise) -> Worker:
        worker = make_worker(recognise)
        work_off(worker)
        return worker

    return until_nothing_is_left


def work_off(worker: Worker) -> None:
    while worker.take_turn():
        pass


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
    engine: Engine, transcription: Transcription, run: Run
) -> None:
    run(every_ten_seconds)
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
    run: Run,
) -> None:
    seen = []

    def looking(samples: Samples) -> Iterator[HeardSegment]:
        for heard in every_ten_seconds(samples):
            with Session(engine) as other:
                running = fresh(other, transcription).state
                seen.append((running, len(other.scalars(select(Segment.id)).all())))
            yield heard

    run(looking)
    assert (WorkState.RUNNING, 1) in seen


def test_cancelling_stops_the_work_and_keeps_what_was_heard(
    engine: Engine,
    cast: Cast,
    transcription: Transcription,
    run: Run,
) -> None:
    def cancelled_after_two(samples: Samples) -> Iterator[HeardSegment]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 2:
                with writing(engine) as other, other.begin():
                    secretary = other.get_one(Person, cast.secretary.id)
                    work.cancel_transcription(other, secretary, fresh(other, transcription))
            yield heard

    run(cancelled_after_two)
    assert len(heard_spans(engine, transcription)) == 2
    assert state(engine, transcription) == WorkState.CANCELLED


def test_a_stopped_worker_leaves_the_rest_to_the_next_and_corrections_survive(
    session: Session,
    cast: Cast,
    transcription: Transcription,
    run: Run,
    make_worker: Run,
    engine: Engine,
) -> None:
    stopped: list[Worker] = []

    def stopping(samples: Samples) -> Iterator[HeardSegment]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 3:
                stopped[0].stop()
            yield heard

    stopped.append(make_worker(stopping))
    stopped[0].run()
    assert len(heard_spans(engine, transcription)) == 4
    assert state(engine, transcription) == WorkState.RUNNING
    session.commit()  # look at what the worker wrote meanwhile
    transcript = transcripts.transcripts_of(session, transcription.meeting)[-1]
    first = transcripts.segments_of(session, transcript)[0]
    with writing(engine) as own, own.begin():
        by, segment = own.get_one(Person, cast.secretary.id), own.get_one(Segment, first.id)
        transcripts.correct(own, by, segment, "直した文", based_on=0)
    session.commit()
    run(every_ten_seconds)
    spans = heard_spans(engine, transcription)
    assert state(engine, transcription) == WorkState.FINISHED
    assert spans == sorted(set(spans))
    session.refresh(first)
    assert first.text == "直した文"


@pytest.mark.parametrize(
    ("problem", "shown"),
    [(FileRejected("読めません。"), "読めません。"), (RuntimeError("x"), "処理の途中で問題")],
)
def test_a_failure_is_recorded_for_the_secretary_and_the_worker_goes_on(
    engine: Engine,
    transcription: Transcription,
    run: Run,
    problem: Exception,
    shown: str,
) -> None:
    def failing(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(0.0, 5.0, "はじめの文")
        raise problem

    run(failing)
    assert len(heard_spans(engine, transcription)) == 1
    with Session(engine) as session:
        assert fresh(session, transcription).state == WorkState.FAILED
        assert shown in fresh(session, transcription).problem


def test_the_running_worker_takes_what_the_tables_say_without_being_told(
    engine: Engine, transcription: Transcription, make_worker: Run
) -> None:
    worker = make_worker(every_ten_seconds)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        for _ in range(300):
            if state(engine, transcription) == WorkState.FINISHED:
                break
            threading.Event().wait(0.2)
        with Session(engine) as session:
            assert progress.is_worker_running(session)
    finally:
        worker.stop()
        thread.join()
    assert state(engine, transcription) == WorkState.FINISHED


def test_pausing_keeps_the_segment_in_hand_and_resuming_goes_on(
    session: Session, engine: Engine, cast: Cast, transcription: Transcription, run: Run
) -> None:
    def paused_after_two(samples: Samples) -> Iterator[HeardSegment]:
        for number, heard in enumerate(every_ten_seconds(samples)):
            if number == 2:
                with writing(engine) as other, other.begin():
                    secretary = other.get_one(Person, cast.secretary.id)
                    work.pause_transcription(other, secretary, fresh(other, transcription))
            yield heard

    worker = run(paused_after_two)
    assert len(heard_spans(engine, transcription)) == 3
    assert state(engine, transcription) == WorkState.PAUSED
    assert not worker.take_turn()
    with writing(engine) as other, other.begin():
        secretary = other.get_one(Person, cast.secretary.id)
        work.resume_transcription(other, secretary, fresh(other, transcription))
    run(every_ten_seconds)
    spans = heard_spans(engine, transcription)
    assert state(engine, transcription) == WorkState.FINISHED
    assert [start for start, _ in spans[:5]] == [0, 10, 20, 30, 40]
    assert spans == sorted(set(spans))


def test_the_copy_for_listening_and_its_outline_come_right_after_the_first_words(
    engine: Engine, storage: Storage, transcription: Transcription, make_worker: Run
) -> None:
    worker = make_worker(every_ten_seconds)
    order = []
    while worker.take_turn():
        with Session(engine) as session:
            seen = fresh(session, transcription)
            done = sum(chunk.state == WorkState.FINISHED for chunk in seen.chunks)
            order.append((done, seen.recording.playback_sha256 is not None))
    assert order == [(0, False), (1, False), (1, True), (2, True), *[(3, True)] * 5]
    with Session(engine) as session:
        recording = fresh(session, transcription).recording
        assert recording.playback_sha256 and recording.peaks_sha256
        copied = audio.inspect(storage.path(recording.playback_sha256))
        assert copied.codec == "aac"
        assert copied.duration_seconds == pytest.approx(recording.duration_seconds, abs=0.2)
        outline = storage.path(recording.peaks_sha256).read_bytes()
        assert len(outline) == pytest.approx(24 + 100 * recording.duration_seconds, abs=20)


def test_a_later_step_that_fails_leaves_the_text_and_can_be_run_again_alone(
    session: Session,
    engine: Engine,
    cast: Cast,
    transcription: Transcription,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise FileRejected("音を作れませんでした。")

    monkeypatch.setitem(steps.STEPS, StepKind.PLAYBACK, broken)
    run(every_ten_seconds)
    assert state(engine, transcription) == WorkState.FINISHED
    heard = heard_spans(engine, transcription)
    session.rollback()
    (playback,) = (s for s in transcription.steps if s.kind == StepKind.PLAYBACK)
    assert (playback.state, playback.problem) == (WorkState.FAILED, "音を作れませんでした。")
    monkeypatch.undo()
    work.run_again(session, cast.secretary, playback)
    session.commit()
    run(every_ten_seconds)
    session.rollback()
    assert playback.state == WorkState.FINISHED and playback.problem == ""
    assert transcription.recording.peaks_sha256 is not None
    assert heard_spans(engine, transcription) == heard


def test_a_second_run_makes_no_second_copy(
    session: Session, cast: Cast, transcription: Transcription, run: Run
) -> None:
    run(every_ten_seconds)
    session.rollback()
    again = work.request_transcription(session, cast.secretary, transcription.recording)
    assert [step.kind for step in again.steps] == [
        StepKind.SOUND,
        StepKind.PROPOSALS,
        StepKind.ITEMS,
        StepKind.SPEAKERS,
        StepKind.WORDS,
    ]


def test_the_normalised_sound_is_gone_when_nobody_needs_it(
    config: Config, transcription: Transcription, run: Run
) -> None:
    left = normalised.folder_of(config.home)
    (left / "0123").mkdir(parents=True)
    (left / "0123" / "sound.wav").write_bytes(b"of a killed worker")
    (left / f"{transcription.recording.sha256}.part.wav").write_bytes(b"of an older version")
    run(every_ten_seconds)
    assert list(left.iterdir()) == []


def test_who_works_on_a_chunk_for_long_keeps_its_lease(
    engine: Engine,
    transcription: Transcription,
    make_worker: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Renewed from beside, before the first words are heard."""
    monkeypatch.setattr(leases, "RENEWALS", 900)
    seen = []

    def leased_until() -> datetime:
        with Session(engine) as session:
            (chunk,) = (c for c in fresh(session, transcription).chunks if c.lease)
            assert chunk.lease_until is not None
            return chunk.lease_until

    def slow(samples: Samples) -> Iterator[HeardSegment]:
        seen.append(leased_until())
        for _ in range(600):
            if seen[-1] < (now := leased_until()):
                seen.append(now)
                break
            threading.Event().wait(0.05)
        workers[0].stop()
        yield from every_ten_seconds(samples)

    workers = [make_worker(slow)]
    workers[0].run()
    assert len(seen) == 2
    assert len(heard_spans(engine, transcription)) == 1


def test_the_papers_teach_the_whole_text_as_a_step_of_its_own(
    config: Config, engine: Engine, storage: Storage, session: Session, cast: Cast, meeting: Meeting
) -> None:
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    asked: list[str] = []

    def teach(
        segments: Sequence[HeardSegment], sound: SoundReader, words: MeetingVocabulary
    ) -> Iterator[Selection]:
        asked.extend(segment.text for segment in segments)
        found = {term.surface: term for term in words.terms}
        assert "官民データ活用推進計画" in found  # printed on a page that the step read first
        assert found["官民データ活用推進計画"].page_id
        assert len(sound(1.0, 2.0)) == 16_000
        for segment in segments:
            start = segment.text.find("提告")
            if start < 0:
                yield Selection(segment.text)
                continue
            one = Candidate(start, start + 2, "提告", "定刻", Origin.DICTIONARY, 0.0, 6, 0)
            yield Selection(segment.text.replace("提告", "定刻"), (RatedCandidate(one, 0.9),))

    work_off(Worker(config, engine, lambda *_: every_ten_seconds, lambda *_: teach, NO_WORDS))
    session.expire_all()
    assert asked == [heard.text for heard in HEARD]
    first = made.segments[0]
    assert (first.heard, first.machine) == (HEARD[0].text, "それでは定刻となりましたので")
    assert first.text == first.machine
    assert [proposal.was_changed for proposal in first.proposals] == [True]
    assert {step.state for step in made.transcription.steps} >= {WorkState.FINISHED}


def test_when_words_were_said_is_a_step_of_its_own_and_knows_what_was_cut_meanwhile(
    config: Config, engine: Engine, storage: Storage, session: Session, cast: Cast, meeting: Meeting
) -> None:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    first, secretary = made.segments[0].id, cast.secretary.id
    session.rollback()

    def find(segments: Sequence[HeardSegment], sound: SoundReader) -> Iterator[list[TokenTiming]]:
        assert len(sound(1.0, 2.0)) == 16_000
        with writing(engine) as other, other.begin():  # while the machine listens
            by, segment = other.get_one(Person, secretary), other.get_one(Segment, first)
            cutting.split(other, by, segment, 4, based_on=0)
        for segment in segments:
            yield [TokenTiming(1, segment.start_seconds, 0.5) for _ in segment.text]

    nothing = speech_models.teach_nothing
    work_off(Worker(config, engine, lambda *_: every_ten_seconds, nothing, lambda *_: find))
    session.expire_all()
    known = [segment.token_timings is not None for segment in made.segments]
    assert known == [False, False, True, True]
    assert {step.state for step in made.transcription.steps} == {WorkState.FINISHED}


def test_what_was_corrected_twice_is_proposed_in_the_next_meeting_of_the_series(
    config: Config, engine: Engine, storage: Storage, session: Session, cast: Cast, meeting: Meeting
) -> None:
    source, by = builders.folder("dx-council"), cast.secretary
    said = [HeardSegment(n * 5.0, n * 5.0 + 4.0, HEARD[0].text) for n in range(2)]
    earlier = builders.add_transcript(
        session, by, builders.add_recording(session, storage, by, meeting, source), said
    )
    for segment in earlier.segments:
        transcripts.correct(session, by, segment, "それでは定刻となりましたので", based_on=0)
        transcripts.confirm(session, by, segment)
    later = builders.add_meeting(
        session,
        cast.organiser,
        source,
        series=meeting.series.name,
        department=meeting.department,
        starts_at=meeting.starts_at + timedelta(days=7),
    )
    recording = builders.add_recording(session, storage, by, later, source)
    made = builders.add_transcript(session, by, recording, HEARD)
    session.commit()

    def teach(
        segments: Sequence[HeardSegment], _: SoundReader, words: MeetingVocabulary
    ) -> Iterator[Selection]:
        for segment in segments:
            asked = worth_rescoring(segment.text, words, segment.confidence)
            learned = [one for one in asked if one.candidate.origin == Origin.LEARNED]
            yield choose(segment.text, learned, [0.0] * len(learned))

    work_off(Worker(config, engine, lambda *_: every_ten_seconds, lambda *_: teach, NO_WORDS))
    session.expire_all()
    (proposal,) = made.segments[0].proposals
    assert (proposal.before, proposal.after, proposal.was_changed) == ("提告", "定刻", False)
    assert decisions.reason_of(proposal) == "「提告」は前に2回「定刻」に直されています"
    assert made.segments[0].text == HEARD[0].text
    assert papers.collected(session, later).is_current


TALK = (
    "定刻となりましたので開会いたします",
    "一つ目の論点整理について事務局から説明をお願いします",
    "七つの論点に整理しております",
    "では議題の二つ目骨子案に移ります",
    "計画期間は20年間です",
    "次に三つ目の集中取組項目案についてご意見をいただきます",
)


def places_of(transcript: Transcript) -> list[int | None]:
    """From 1 in the agenda; None for what has no item."""
    numbers = {item.id: n for n, item in enumerate(transcript.meeting.agenda_items, 1)}
    return [numbers.get(segment.agenda_item_id or 0) for segment in transcript.segments]


def test_segments_find_their_items_even_where_the_papers_could_not_be_asked(
    config: Config, engine: Engine, session: Session, cast: Cast, meeting: Meeting, storage: Storage
) -> None:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    heard = [HeardSegment(10.0 * n, 10.0 * n + 9, text) for n, text in enumerate(TALK)]
    made = builders.add_transcript(session, cast.secretary, recording, heard)
    session.commit()

    def no_teacher(model: object) -> Teach:
        raise ConfigurationError("音声認識モデルがありません。")

    worker = Worker(config, engine, lambda *_: every_ten_seconds, no_teacher, NO_WORDS)
    work_off(worker)
    session.expire_all()
    steps_of = {step.kind: step for step in made.transcription.steps}
    assert steps_of[StepKind.PROPOSALS].state == WorkState.FAILED
    assert steps_of[StepKind.ITEMS].state == WorkState.FINISHED
    assert places_of(made) == [None, 1, 1, 2, 2, 3]
    assert made.segments[0].is_left_out
    last = made.segments[-1]
    assignment.start_agenda_item(session, cast.secretary, last, meeting.agenda_items[0])
    work.run_again(session, cast.secretary, steps_of[StepKind.ITEMS])
    session.commit()
    work_off(worker)
    session.expire_all()
    assert places_of(made) == [None, 1, 1, 2, 2, 1]


def test_an_approved_transcript_is_assigned_no_more(
    config: Config, engine: Engine, session: Session, cast: Cast, transcription: Transcription
) -> None:
    heard = [HeardSegment(10.0 * n, 10.0 * n + 9, text) for n, text in enumerate(TALK)]
    work.cancel_transcription(session, cast.secretary, transcription)
    made = builders.add_transcript(session, cast.secretary, transcription.recording, heard)
    for segment in made.segments:
        segment.assigned_by = AssignedBy.TEXT
    session.flush()
    revision = records.draft(session, cast.secretary, made)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    session.commit()
    work_off(Worker(config, engine, lambda *_: every_ten_seconds, lambda *_: no_words, NO_WORDS))
    session.expire_all()
    assert places_of(made) == [None] * len(TALK)


def no_words(
    segments: Sequence[HeardSegment], sound: SoundReader, words: MeetingVocabulary
) -> Iterator[Selection]:
    return (Selection(segment.text) for segment in segments)


def test_words_are_compared_by_their_japanese_sound_only(
    session: Session, cast: Cast, transcription: Transcription
) -> None:
    work.cancel_transcription(session, cast.secretary, transcription)
    english = work.request_transcription(
        session, cast.secretary, transcription.recording, language="en"
    )
    assert StepKind.PROPOSALS not in {step.kind for step in english.steps}
    assert StepKind.PROPOSALS in {step.kind for step in transcription.steps}
