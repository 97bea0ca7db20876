"""The worker: Huey carries the number of a transcription, the tables say what is to do.

Huey forgets the tasks of a killed worker. So a sweep asks the tables every few seconds, and
a task may be carried twice: leases see to it that nothing is done twice.
"""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.storage import SqliteStorage
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings import errands, mail, preparation
from meetings.config import Config
from meetings.errands import Errand
from meetings.errors import GijidoError
from meetings.storage import Storage
from minutes import transcription as work
from minutes import upload_checks
from minutes.recognition import audio, windows
from minutes.recognition.heard import Recognise
from minutes.recognition.pipeline import recognise_chunk
from models.database import reading, writing
from models.recording import Chunk, Recording, Transcription, WorkState

LOG = logging.getLogger(__name__)
SWEEP_SECONDS = 2.0
PREPARE_SECONDS = 1.0
MAIL_SECONDS = 5.0
REMIND_SECONDS = 600.0
PLAYBACK_LIMIT_BYTES = 8_000_000_000


# Huey has no types.
class SafeSqliteStorage(SqliteStorage):  # type: ignore[misc]
    """Huey's queue file opened by the same safe SQLite as everything else."""

    integrity_error = sqlite.IntegrityError
    operational_error = sqlite.OperationalError

    def _create_connection(self) -> Any:
        connection = sqlite.connect(
            self.filename, timeout=self._timeout, check_same_thread=False, **self._conn_kwargs
        )
        connection.isolation_level = None
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        return connection


def open_queue(config: Config) -> SqliteHuey:
    config.queue.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "gijido",
        storage_class=SafeSqliteStorage,
        filename=str(config.queue),
        results=False,
    )


class Worker:
    """One process that transcribes. `stop` lets it leave after the segment in hand."""

    def __init__(
        self, config: Config, engine: Engine, load: Callable[[], tuple[str, Recognise]]
    ) -> None:
        self._config = config
        self._engine = engine
        self._storage = Storage(config.home)
        self._load = load
        self._loaded: tuple[str, Recognise] | None = None
        self._stopping = threading.Event()
        self._name = f"{socket.gethostname()}-{threading.get_native_id()}"
        self._queue = open_queue(config)
        self._transcribe = self._queue.task(name="transcribe")(self.transcribe)

    def run(self) -> None:
        """Until `stop`: carry what the tables say, one task at a time, and show signs of life."""
        threading.Thread(target=self._show_life, daemon=True).start()
        errands.start(
            [
                Errand(self._prepare_pages, PREPARE_SECONDS),
                Errand(self._send_mail, MAIL_SECONDS),
                Errand(self._remind, REMIND_SECONDS),
                *upload_checks.errands(self._engine, self._storage, self._config.limits),
            ],
            self._stopping,
        )
        while not self._stopping.is_set():
            self._sweep()
            while (task := self._queue.dequeue()) and not self._stopping.is_set():
                self._queue.execute(task)
            self._stopping.wait(SWEEP_SECONDS)

    def stop(self) -> None:
        self._stopping.set()

    def transcribe(self, transcription_id: int) -> None:
        """Do what this transcription still needs. Safe to call again at any time."""
        try:
            self._do(transcription_id)
        except work.LeaseLost:
            LOG.info("transcription %s: cancelled or taken over", transcription_id)
        except GijidoError as problem:
            self._fail(transcription_id, problem.message)
        except Exception:
            LOG.exception("transcription %s failed", transcription_id)
            self._fail(
                transcription_id,
                "文字起こしの途中で問題が起きました。もう一度実行しても続くときは管理者に"
                "連絡してください。録音とここまでの文字起こしは残っています。",
            )
        finally:
            self._clear(transcription_id)

    def _do(self, transcription_id: int) -> None:
        with reading(self._engine) as session:
            transcription = session.get_one(Transcription, transcription_id)
            if not WorkState(transcription.state).is_open:
                return
            recording = transcription.recording
            session.expunge_all()
        wav = self._normalised(recording)
        self._make_playback_copy(recording)
        model_name, recognise = self._recogniser()
        self._begin(transcription_id, model_name, wav)
        while not self._stopping.is_set() and (leased := self._take(transcription_id)):
            self._recognise(leased, wav, recognise)

    def _normalised(self, recording: Recording) -> Path:
        """16 kHz mono beside the store, made once and kept while the work is open."""
        target = self._wav_of(recording)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            unfinished = target.with_suffix(".part.wav")
            audio.normalise(self._storage.path(recording.sha256), unfinished)
            unfinished.replace(target)
        return target

    def _wav_of(self, recording: Recording) -> Path:
        return self._config.home / "normalised" / f"{recording.sha256}.wav"

    def _make_playback_copy(self, recording: Recording) -> None:
        if recording.playback_sha256:
            return
        with self._storage.workspace() as folder:
            copy = folder / "playback.m4a"
            audio.make_playback_copy(self._storage.path(recording.sha256), copy)
            with copy.open("rb") as file:
                stored = self._storage.add(file, PLAYBACK_LIMIT_BYTES)
        with writing(self._engine) as session, session.begin():
            session.get_one(Recording, recording.id).playback_sha256 = stored.sha256

    def _recogniser(self) -> tuple[str, Recognise]:
        """The speech model is loaded with the first work, and then kept."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _begin(self, transcription_id: int, model_name: str, wav: Path) -> None:
        speech = self._config.speech
        spans = windows.cut_chunks(wav, speech.first_chunk_seconds, speech.chunk_seconds)
        with writing(self._engine) as session, session.begin():
            transcription = session.get_one(Transcription, transcription_id)
            work.begin(session, transcription, model_name, spans)

    def _take(self, transcription_id: int) -> Chunk | None:
        with writing(self._engine) as session, session.begin():
            chunk = work.take_chunk(session, session.get_one(Transcription, transcription_id))
            return _detached(session, chunk)

    def _recognise(self, chunk: Chunk, wav: Path, recognise: Recognise) -> None:
        """From where an earlier attempt came to, so that no correction made meanwhile is lost."""
        lease = chunk.lease or ""
        start = chunk.start_seconds + chunk.done_seconds
        for heard in recognise_chunk(recognise, wav, start, chunk.end_seconds):
            if self._stopping.is_set():
                with writing(self._engine) as session, session.begin():
                    work.give_back(session, chunk.id, lease)
                return
            with writing(self._engine) as session, session.begin():
                work.add_segment(session, chunk.id, lease, heard)
        with writing(self._engine) as session, session.begin():
            work.finish_chunk(session, chunk.id, lease)

    def _clear(self, transcription_id: int) -> None:
        with reading(self._engine) as session:
            transcription = session.get_one(Transcription, transcription_id)
            if not WorkState(transcription.state).is_open:
                self._wav_of(transcription.recording).unlink(missing_ok=True)

    def _fail(self, transcription_id: int, problem: str) -> None:
        with writing(self._engine) as session, session.begin():
            work.fail(session, session.get_one(Transcription, transcription_id), problem)

    def _prepare_pages(self) -> bool:
        return preparation.prepare_some(self._engine, self._storage)

    def _send_mail(self) -> bool:
        return mail.send_some(self._engine, self._config)

    def _remind(self) -> bool:
        return mail.remind(self._engine, self._config)

    def _sweep(self) -> None:
        with writing(self._engine) as session, session.begin():
            ready = work.waiting_transcriptions(session)
        if not self._queue.pending_count():
            for transcription_id in ready:
                self._transcribe(transcription_id)

    def _show_life(self) -> None:
        while not self._stopping.is_set():
            with writing(self._engine) as session, session.begin():
                work.show_life(session, self._name)
            self._stopping.wait(work.SILENT_AFTER.total_seconds() / 5)


def _detached(session: Session, chunk: Chunk | None) -> Chunk | None:
    if chunk is not None:
        session.flush()
        session.refresh(chunk)
        session.expunge(chunk)
    return chunk
