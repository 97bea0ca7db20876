"""`gijido bench recording`: one recording, however long, through the worker, watched all the way.

The worker is the one that a city runs, on data of its own. Every second is noted how much of the
sound has its text, and how much memory the worker and its children (ffmpeg) hold; if wanted, also
while the steps after the text are done: voices, words, agenda items.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from sqlalchemy import Engine, func, select

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import GijidoError, InvalidInput
from minutes.transcription import work
from models.database import connect, reading, writing
from models.meeting import Meeting
from models.person import Person
from models.recording import Chunk, Transcription, WorkState
from models.transcript import Segment
from web.bench.harness import client, curve
from web.bench.harness.server import empty_home, memory_mb, worker_running
from web.demo import builders

LOOK_SECONDS = 1.0
TOLD_EVERY = 60


@dataclass(frozen=True)
class ProgressSample:
    """Seconds since the worker began; seconds of sound that have their text; memory in MB."""

    seconds: float
    done_seconds: float
    memory_mb: float


@dataclass(frozen=True)
class Watched:
    """`first_text_seconds`: until the first segment could be read, None without any."""

    sound_seconds: float
    segments: int
    first_text_seconds: float | None
    moments: tuple[ProgressSample, ...]
    later: tuple[ProgressSample, ...] = ()
    """Of the steps after the text."""

    @property
    def work_seconds(self) -> float:
        """Return the seconds until all of the text was there."""
        return self.moments[-1].seconds

    @property
    def rtf(self) -> float:
        return self.work_seconds / self.sound_seconds

    @property
    def peak_mb(self) -> float:
        return max(moment.memory_mb for moment in self.moments)

    @property
    def later_peak_mb(self) -> float | None:
        return max((moment.memory_mb for moment in self.later), default=None)

    @property
    def later_seconds(self) -> float | None:
        return self.later[-1].seconds - self.work_seconds if self.later else None


@contextmanager
def silence(hours: float) -> Iterator[Path]:
    """Give a sound file of nothing, so many hours long."""
    with tempfile.TemporaryDirectory(prefix="gijido-bench-") as folder:
        path = Path(folder) / "silence.m4a"
        nothing = ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", str(hours * 3600)]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *nothing, "-b:a", "16k"]
        subprocess.run([*command, str(path)], check=True)
        yield path


def measure(sound: Path, tell: Callable[[str], None], *, to_the_end: bool = False) -> Watched:
    """Measure the recording. `tell` hears every minute how far it is; `to_the_end`: through the
    steps after the text as well. Raises InvalidInput, FileRejected for what is no recording,
    GijidoError when it could not be transcribed."""
    if not sound.is_file():
        raise InvalidInput("audio", f"{sound} がありません。音声ファイルを確かめてください。")
    with empty_home() as config:
        engine = connect(config.database)
        try:
            run, length = _ask_for(engine, config, sound)
            with worker_running(config) as worker:
                moments = tuple(_watch(engine, run, worker, tell))
                later = tuple(_watch_later(engine, run, worker, moments[-1])) if to_the_end else ()
            return _watched(engine, length, moments, later)
        finally:
            engine.dispose()


def as_json(watched: Watched) -> dict[str, Any]:
    return {
        "seconds": watched.sound_seconds,
        "work_seconds": watched.work_seconds,
        "rtf": watched.rtf,
        "first_text_seconds": watched.first_text_seconds,
        "segments": watched.segments,
        "peak_mb": watched.peak_mb,
        "later_seconds": watched.later_seconds,
        "later_peak_mb": watched.later_peak_mb,
        "moments": [asdict(moment) for moment in (*watched.moments, *watched.later)],
    }


def as_table(watched: Watched) -> str:
    first = watched.first_text_seconds
    later = []
    if watched.later:
        later += [f"later steps {watched.later_seconds:>10,.0f} s"]
        later += [f"their peak  {watched.later_peak_mb:>10,.0f} MB"]
    return "\n".join(
        [
            f"sound       {watched.sound_seconds:>10,.0f} s",
            f"work        {watched.work_seconds:>10,.0f} s   RTF {watched.rtf:.4f}",
            f"first text  {'—' if first is None else f'{first:,.0f}':>10} s",
            f"segments    {watched.segments:>10,}",
            f"peak memory {watched.peak_mb:>10,.0f} MB",
            *later,
        ]
    )


def as_curve(watched: Watched) -> str:
    """Draw an SVG picture: sound that has its text, and memory, over the time of the work."""
    moments = [*watched.moments, *watched.later]
    minutes = [moment.seconds / 60 for moment in moments]
    done = [moment.done_seconds / 3600 for moment in moments]
    memory = [moment.memory_mb for moment in moments]
    return curve.draw(
        minutes,
        "minutes of work",
        [curve.Panel("hours of sound with text", done), curve.Panel("memory, MB", memory)],
    )


def _ask_for(engine: Engine, config: Config, sound: Path) -> tuple[int, float]:
    """Request a transcription of the sound. Returns its id and the length of the sound in
    seconds."""
    meeting_id, _ = client.add_meeting(config)
    with writing(engine) as session, session.begin():
        meeting = session.get_one(Meeting, meeting_id)
        secretary = session.scalars(select(Person).where(Person.login == "morishita")).one()
        storage = Storage(config.home)
        made = builders.add_sound(session, storage, secretary, meeting, sound, sound.name)
        run = work.request_transcription(session, secretary, made)
        session.flush()
        return run.id, made.duration_seconds


def _watch(
    engine: Engine, run: int, worker: "subprocess.Popen[bytes]", tell: Callable[[str], None]
) -> Iterator[ProgressSample]:
    begin, state = time.monotonic(), WorkState.WAITING
    while state.is_open:
        time.sleep(LOOK_SECONDS)
        if worker.poll() is not None:
            raise GijidoError("ワーカーが途中で終了しました。")
        with reading(engine) as session:
            asked = session.get_one(Transcription, run)
            state, problem = WorkState(asked.state), asked.problem
            done = session.scalar(select(func.sum(Chunk.done_seconds))) or 0.0
        moment = ProgressSample(
            round(time.monotonic() - begin, 1), round(done, 1), memory_mb(worker.pid)
        )
        if int(moment.seconds) % TOLD_EVERY == 0:
            tell(
                f"{moment.seconds:,.0f} s: {moment.done_seconds:,.0f} s, {moment.memory_mb:,.0f} MB"
            )
        yield moment
    if state != WorkState.FINISHED:
        raise GijidoError(problem or "文字起こしが終わりませんでした。")


def _watch_later(
    engine: Engine, run: int, worker: "subprocess.Popen[bytes]", last: ProgressSample
) -> Iterator[ProgressSample]:
    """Until no step is open any more."""
    begin, is_open = time.monotonic() - last.seconds, True
    while is_open:
        time.sleep(LOOK_SECONDS)
        if worker.poll() is not None:
            raise GijidoError("ワーカーが途中で終了しました。")
        with reading(engine) as session:
            steps = session.get_one(Transcription, run).steps
            is_open = any(WorkState(step.state).is_open for step in steps)
        seconds = round(time.monotonic() - begin, 1)
        yield ProgressSample(seconds, last.done_seconds, memory_mb(worker.pid))


def _watched(
    engine: Engine,
    length: float,
    moments: tuple[ProgressSample, ...],
    later: tuple[ProgressSample, ...],
) -> Watched:
    with reading(engine) as session:
        segments = session.scalar(select(func.count(Segment.id))) or 0
    first = next((moment.seconds for moment in moments if moment.done_seconds > 0), None)
    return Watched(length, segments, first if segments else None, moments, later)
