"""Workers that are killed, stopped and overtaken at any moment: nothing lost, nothing doubled."""

import itertools
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.sound import audio
from minutes.transcription import normalised
from minutes.transcripts import transcripts
from models.database import reading, writing
from models.person import Person
from models.recording import StepKind, Transcription, WorkState
from models.transcript import Segment
from tests.minutes.worker import killable

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

SEED = 20261125
PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.004
KILLS_IN_EACH = 4
RANDOM_KILLS = 12
STAGES = ("normalising", "cutting", "first chunk", "playback", "later chunk")


@pytest.fixture
def start(config: Config, small_model: Path) -> Iterator[Callable[[], BaseProcess]]:
    """`start()` is a living worker; those that are left are killed afterwards."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.minutes.worker.killable"])
    started: list[BaseProcess] = []

    def begin() -> BaseProcess:
        process = context.Process(target=killable.work, args=(str(config.home), str(small_model)))
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.join()


class Watch:
    """What can be seen of the work from outside."""

    def __init__(self, engine: Engine, config: Config, transcription: Transcription) -> None:
        self.engine, self.config, self.id = engine, config, transcription.id
        self.corrected: dict[int, str] = {}

    def stage(self) -> str:
        """What is being done at this moment, or 「done」, or 「between」."""
        with reading(self.engine) as session:
            run = session.get_one(Transcription, self.id)
            states = {step.kind: step.state for step in run.steps}
            sound = f"{run.recording.sha256}.wav"
            if states[StepKind.SOUND] == WorkState.RUNNING:
                has_sound = (normalised.folder_of(self.config.home) / sound).exists()
                return "cutting" if has_sound else "normalising"
            if states[StepKind.PLAYBACK] == WorkState.RUNNING:
                return "playback"
            for chunk in run.chunks:
                if chunk.state == WorkState.RUNNING:
                    return "first chunk" if chunk.number == 1 else "later chunk"
            open_steps = [state for state in states.values() if state.is_open]
            return "between" if WorkState(run.state).is_open or open_steps else "done"

    def wait_for(self, *stages: str) -> str:
        """The stage that came, one of these or 「done」."""
        for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            stage = self.stage()
            if stage in (*stages, "done"):
                return stage
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"waited in vain for {stages}; it is {self.stage()}")

    def wait_for_segments(self, count: int) -> None:
        """So many more than there are now."""
        wanted = self._count_segments() + count
        for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            if self._count_segments() >= wanted:
                return
            time.sleep(LOOK_SECONDS)
        raise AssertionError("waited in vain for segments")

    def correct_something(self, chance: random.Random) -> None:
        with writing(self.engine) as session, session.begin():
            open_ones = [s for s in self._segments(session) if s.id not in self.corrected]
            if open_ones:
                segment = chance.choice(open_ones)
                secretary = session.query(Person).filter_by(login="morishita").one()
                words = f"直した文{segment.id}"
                transcripts.correct(session, secretary, segment, words, based_on=segment.revision)
                self.corrected[segment.id] = words

    def check_everything(self) -> None:
        with reading(self.engine) as session:
            run = session.get_one(Transcription, self.id)
            assert run.state == WorkState.FINISHED, run.problem
            assert {step.state for step in run.steps} == {WorkState.FINISHED}
            self._check_text(run, self._segments(session))
            storage, recording = Storage(self.config.home), run.recording
            assert recording.playback_sha256 and recording.peaks_sha256
            copied = audio.inspect(storage.path(recording.playback_sha256))
            assert copied.duration_seconds == pytest.approx(recording.duration_seconds, abs=0.2)
            outline = storage.path(recording.peaks_sha256).stat().st_size
            assert outline == pytest.approx(24 + 100 * recording.duration_seconds, abs=20)

    def _check_text(self, run: Transcription, segments: list[Segment]) -> None:
        """Every second once: each segment begins where the one before it ends."""
        assert segments[0].start_seconds == 0
        length = run.recording.duration_seconds
        assert segments[-1].end_seconds == pytest.approx(length, abs=0.2)
        for before, after in itertools.pairwise(segments):
            assert after.start_seconds == pytest.approx(before.end_seconds, abs=0.01)
        for segment in segments:
            seconds = segment.end_seconds - segment.start_seconds
            assert float(segment.heard.removesuffix("秒")) == pytest.approx(seconds, abs=0.06)
        texts = {segment.id: segment.text for segment in segments}
        assert self.corrected and self.corrected.items() <= texts.items()

    def _count_segments(self) -> int:
        with reading(self.engine) as session:
            return len(self._segments(session))

    def _segments(self, session: Session) -> list[Segment]:
        meeting = session.get_one(Transcription, self.id).meeting
        return transcripts.segments_of(session, transcripts.transcripts_of(session, meeting)[-1])


@pytest.fixture
def watch(engine: Engine, config: Config, transcription: Transcription) -> Watch:
    return Watch(engine, config, transcription)


def test_a_worker_that_is_killed_in_every_stage_again_and_again(
    watch: Watch, start: Callable[[], BaseProcess], config: Config
) -> None:
    chance, killed = random.Random(SEED), Counter[str]()
    for stage in STAGES:
        for _ in range(KILLS_IN_EACH):
            process = start()
            assert watch.wait_for(stage) == stage
            if "chunk" in stage:  # some of them in the middle of it
                watch.wait_for_segments(chance.randrange(4))
            time.sleep(chance.uniform(0, 0.1))
            killed[watch.stage()] += 1
            process.kill()
            process.join()
            watch.correct_something(chance)
    start()
    watch.wait_for("done")
    print(f"\nseed {SEED}: {killed.total()} kills: {dict(killed)}")
    assert killed.total() == KILLS_IN_EACH * len(STAGES)
    assert all(killed[stage] for stage in STAGES)
    watch.check_everything()
    left = normalised.folder_of(config.home)
    for _ in range(200):
        if not list(left.iterdir()):
            break
        time.sleep(0.05)
    assert list(left.iterdir()) == []


def test_workers_that_are_killed_at_random_while_another_one_works(
    watch: Watch, start: Callable[[], BaseProcess]
) -> None:
    chance, killed = random.Random(SEED + 1), Counter[str]()
    workers = [start(), start()]
    watch.wait_for("first chunk")
    while killed.total() < RANDOM_KILLS and (stage := watch.stage()) != "done":
        time.sleep(chance.uniform(0.05, 1.5))
        unlucky = workers.pop(chance.randrange(2))
        killed[stage] += 1
        unlucky.kill()
        unlucky.join()
        workers.append(start())
        watch.correct_something(chance)
    watch.wait_for("done")
    watch.correct_something(chance)
    print(f"\nseed {SEED + 1}: {killed.total()} kills of two workers: {dict(killed)}")
    assert killed.total() > 3
    watch.check_everything()


def test_a_worker_that_sleeps_past_its_lease_is_overtaken_and_refused_when_it_wakes(
    watch: Watch, start: Callable[[], BaseProcess]
) -> None:
    sleeper = start()
    assert watch.wait_for("later chunk") == "later chunk"
    assert sleeper.pid is not None
    with writing(watch.engine) as session, session.begin():
        session.connection()  # while the database is held here, nobody falls asleep holding it
        os.kill(sleeper.pid, signal.SIGSTOP)
    watch.correct_something(random.Random(SEED))
    start()
    watch.wait_for("done")
    os.kill(sleeper.pid, signal.SIGCONT)
    time.sleep(0.3)
    assert sleeper.is_alive()
    watch.check_everything()
