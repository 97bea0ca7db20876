"""The worker process: does one piece of work after the other. Huey carries the number of a chunk or
a step, the tables say what is to do.

Huey forgets the tasks of a killed worker. So after every piece of work the tables are asked what
comes next. A task may be carried twice; the leases ensure that nothing is done twice.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from huey import SqliteHuey
from huey.storage import SqliteStorage
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from meetings import periodic
from meetings.auditing import rounds, syslog
from meetings.config import Config
from meetings.directory import nightly as directory
from meetings.disk import scrubbing
from meetings.disk.expiry import Overdue
from meetings.disk.storage import Storage, raising_storage_full
from meetings.documents import appearance, preparation
from meetings.errors import ConfigurationError, GijidoError, StorageFull
from meetings.invitations import mail
from meetings.people import lists
from meetings.periodic import PeriodicTask
from meetings.scanning.quarantine import Gate
from minutes import sums
from minutes.approval import path
from minutes.backups import nightly as backups
from minutes.checks import checks
from minutes.proposals.selection import Teach
from minutes.recognition import memory
from minutes.recognition.heard import FindTokenTimings, Recognise
from minutes.recognition.pipeline import recognise_chunk
from minutes.recordings import upload_checks
from minutes.records import published
from minutes.retention import nightly
from minutes.sealing import public_copies, signed_records
from minutes.sound import audio
from minutes.sound.samples import Samples
from minutes.speakers import voiceprints
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel
from minutes.terms import papers
from minutes.transcription import leases, normalised, progress, scheduling, work
from minutes.transcription.leases import WorkItem
from minutes.transcripts import counts
from minutes.voices.voices import TellApart, tell_apart_as_configured
from minutes.worker import steps
from minutes.worker.steps import STEPS, Material
from models.database import is_locked, reading, writing
from models.recording import Chunk, Step, StepKind, Transcription, WorkState

LOG = logging.getLogger(__name__)
REST_SECONDS = 2.0
"""Pause when there is nothing to do."""
PREPARE_SECONDS = 1.0
MAIL_SECONDS = 5.0
REMIND_SECONDS = 600.0
LISTS_SECONDS = 60.0
CLEAR_SECONDS = 600.0
KINDS: dict[str, type[Chunk] | type[Step]] = {kind.__tablename__: kind for kind in (Chunk, Step)}
UNEXPECTED = (
    "処理の途中で問題が起きました。もう一度実行しても続くときは管理者に連絡してください。"
    "録音とここまでの文字起こしは残っています。"
)


# Huey has no types.
class SafeSqliteStorage(SqliteStorage):  # type: ignore[misc]
    """Huey's queue file, opened with the same SQLite library and durability as the database."""

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
    """Return Huey's queue for this server, in the file that the settings name."""
    config.queue.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "gijido",
        storage_class=SafeSqliteStorage,
        filename=str(config.queue),
        results=False,
    )


LoadRecogniser = Callable[[SpeechModel, str], Recognise]
"""Type of a function that loads the recogniser of a speech model for a language. It raises
ConfigurationError if the model is not as expected.
"""


LoadTeacher = Callable[[SpeechModel], Teach]
"""Type of a function that loads what corrects text with a speech model. It raises
ConfigurationError.
"""


LoadWordFinder = Callable[[SpeechModel, str], FindTokenTimings]
"""Type of a function that loads what finds token timings with a speech model for a language. It
raises ConfigurationError.
"""


class Leaving(Exception):
    """Raised if the worker was asked to stop in the middle of a step."""


class Worker:
    """One process that transcribes. After `stop` it leaves when the current segment is done, or in
    the middle of a step, which is done again later.
    """

    def __init__(
        self,
        config: Config,
        engine: Engine,
        load: LoadRecogniser,
        load_teacher: LoadTeacher,
        load_word_finder: LoadWordFinder,
        tell_apart: TellApart = tell_apart_as_configured,
    ) -> None:
        self._config = config
        self._load_teacher = load_teacher
        self._load_word_finder = load_word_finder
        self._tell_apart = tell_apart
        self._engine = engine
        self._storage = Storage(config.home)
        self._gate = Gate.of(config, engine, self._storage)
        self._load = load
        self._loaded: Loaded | None = None
        self._in_hand: WorkItem | None = None
        self._expired_voices = Overdue()
        self._stopping = threading.Event()
        self._name = f"{socket.gethostname()}-{os.getpid()}-{threading.get_native_id()}"
        self._queue = open_queue(config)
        self._carried = self._queue.task(name="work")(self.do)

    def run(self) -> None:
        """Work until `stop`: one piece of work after the other, and the periodic tasks in threads
        beside it.
        """
        periodic.start(self._periodic_tasks(), self._stopping, periodic.teller(self._engine))
        while not self._stopping.is_set():
            if not self.take_turn():
                self._stopping.wait(REST_SECONDS)

    def _periodic_tasks(self) -> list[PeriodicTask]:
        life_seconds = leases.LEASE.total_seconds() / leases.RENEWALS
        retention = nightly.RetentionClock(self._engine, self._config, self._storage)
        look_around = scrubbing.Round(self._storage).go_on
        audit_rounds = rounds.AuditRounds(self._config, self._engine)
        send_audit = syslog.SyslogSender(self._config, self._engine).go
        return [
            PeriodicTask("動いている印", self._show_life, life_seconds),
            PeriodicTask("資料の頁の読み取り", self._prepare_pages, PREPARE_SECONDS),
            PeriodicTask("資料の用語の収集", self._collect_terms, PREPARE_SECONDS),
            PeriodicTask("メールの送信", self._send_mail, MAIL_SECONDS),
            PeriodicTask("開催が近づいたお知らせ", self._remind, REMIND_SECONDS),
            PeriodicTask("発令日の人事異動", self._take_in_lists, LISTS_SECONDS),
            PeriodicTask("承認と発言の確認の催促", self._remind_approvers, REMIND_SECONDS),
            PeriodicTask("保存期間と削除", retention.look, nightly.LOOK_SECONDS),
            PeriodicTask("声紋の保存期間", self._clear_voices, CLEAR_SECONDS),
            PeriodicTask("保存したファイルの見回り", look_around, scrubbing.PAUSE_SECONDS),
            PeriodicTask("公開会議録の組み立て", self._lay_out, published.LAY_OUT_SECONDS),
            PeriodicTask("会議録への署名", self._sign_records, signed_records.SIGN_SECONDS),
            PeriodicTask("公開用の写しの控え", self._note_copies, public_copies.NOTE_SECONDS),
            PeriodicTask("監査の記録の節目と書庫", audit_rounds.go, rounds.ROUND_SECONDS),
            PeriodicTask("監査の記録のログ収集サーバーへの送信", send_audit, syslog.SEND_SECONDS),
            *directory.periodic_tasks(self._config, self._engine),
            *backups.periodic_tasks(self._config, self._engine),
            PeriodicTask("統計の集計", self._recount, counts.RECOUNT_SECONDS),
            *upload_checks.periodic_tasks(self._gate, self._config.limits),
        ]

    def stop(self) -> None:
        """Ask the worker to leave as soon as it can. May be called from a signal handler or
        another thread.
        """
        self._stopping.set()

    def take_turn(self) -> bool:
        """Do the piece of work whose turn it is. Returns whether there was one."""
        try:
            if not self._queue.pending_count() and not self._choose():
                return False
            task = self._queue.dequeue()
        except (StorageFull, OSError, SQLAlchemyError, sqlite.Error):
            LOG.exception("could not look for work; it is tried again")
            return False
        if task:
            self._queue.execute(task)
        return True

    def do(self, kind: str, piece_id: int) -> None:
        """Do this chunk or step if it is due. May be called again at any time."""
        try:
            piece = self._take(KINDS[kind], piece_id)
        except StorageFull as full:
            LOG.warning("%s", full.message)
            self._stopping.wait(REST_SECONDS)
            return
        if piece is None:
            return
        self._in_hand = piece
        try:
            self._work(piece)
        except leases.LeaseLost:
            LOG.info("%s %s: cancelled or taken over", kind, piece_id)
        except Leaving:
            self._give_back(piece)
        except GijidoError as problem:
            self._fail(piece, problem.message)
        except Exception as problem:
            if isinstance(problem, OperationalError) and is_locked(problem):
                LOG.warning("%s %s: others write; it is done again", kind, piece_id)
                return  # it is free again as soon as its lease has run out
            LOG.exception("%s %s failed", kind, piece_id)
            self._fail(piece, UNEXPECTED)
        finally:
            self._in_hand = None
            memory.give_back()

    def _choose(self) -> bool:
        """Put the next piece of work into the queue and clear away what earlier ones left. If
        there is nothing of either, takes no write lock. Returns whether there was a piece.
        """
        with reading(self._engine) as session:
            if not scheduling.in_turn(session) and normalised.is_clear(self._config.home):
                return False
        with self._changing() as session:
            scheduling.give_up_hopeless(session)
            session.flush()
            normalised.clear(session, self._config.home)
            piece = scheduling.next_piece(session)
        if piece is not None:
            self._carried(type(piece).__tablename__, piece.id)
        return piece is not None

    def _take(self, kind: type[Chunk] | type[Step], piece_id: int) -> WorkItem | None:
        with self._changing() as session:
            piece = cast(WorkItem | None, session.get(kind, piece_id))
            if piece is None or not scheduling.is_due(piece):
                return None
            leases.take(session, piece)
            return _with_surroundings(piece)

    def _work(self, piece: WorkItem) -> None:
        home, recording = self._config.home, piece.transcription.recording
        with normalised.scratch(home, piece.lease or "") as scratch:
            wav = normalised.wav_of(self._storage, home, recording, scratch)
            if isinstance(piece, Chunk):
                self._hear(piece, wav)
            else:
                self._do_step(piece, wav, scratch)

    def _do_step(self, step: Step, wav: Path, scratch: Path) -> None:
        material = Material(
            self._config,
            self._engine,
            self._teacher,
            self._word_finder,
            self._tell_apart,
            self._storage,
            step.transcription,
            wav,
            scratch,
            self._read,
        )
        write = STEPS[StepKind(step.kind)](material)
        with self._changing() as session:
            finished = work.finish_step(session, step.id, step.lease or "")
            write(session, finished.transcription)

    def _read(self, wav: Path, start_seconds: float, end_seconds: float) -> Samples:
        """Return samples for a step. Raises Leaving if the worker has to stop; returns free memory
        to the operating system before.
        """
        if self._stopping.is_set():
            raise Leaving
        memory.give_back()
        return audio.read(wav, start_seconds, end_seconds)

    def _hear(self, chunk: Chunk, wav: Path) -> None:
        """Recognise a chunk from where an earlier attempt came to, so that corrections made
        meanwhile are not lost.
        """
        recognise, lease = self._recogniser(chunk.transcription), chunk.lease or ""
        start = chunk.start_seconds + chunk.done_seconds
        for heard in recognise_chunk(recognise, wav, start, chunk.end_seconds):
            with self._changing() as session:
                work.add_segment(session, chunk.id, lease, heard)
                current = session.get_one(Chunk, chunk.id)
                if self._stopping.is_set() or current.transcription.state == WorkState.PAUSED:
                    leases.give_back(current)
                    return
        with self._changing() as session:
            work.finish_chunk(session, chunk.id, lease)

    def _recogniser(self, transcription: Transcription) -> Recognise:
        """Return the recogniser that was chosen when the work began. The last one stays loaded.

        Raises ConfigurationError if the files of its speech model are gone or have changed.
        """
        wanted = steps.wanted_model(self._config, transcription), transcription.language
        if self._loaded is None or not self._loaded.fits(*wanted):
            self._let_go()
            model = speech_model.choose(self._config, wanted[0])
            seen = speech_model.signature(model)
            self._loaded = Loaded(*wanted, model, seen, self._load(model, wanted[1]))
        if transcription.speech_model_sha256 not in (None, self._loaded.model.sha256):
            raise ConfigurationError(
                f"文字起こしの途中で、音声認識モデル「{wanted[0]}」が別のものに変わりました。"
                "元のモデルに戻して再開するか、もう一度文字起こしをしてください。"
            )
        return self._loaded.recognise

    def _teacher(self, model: SpeechModel) -> Teach:
        self._let_go()
        return self._load_teacher(model)

    def _word_finder(self, model: SpeechModel, language: str) -> FindTokenTimings:
        self._let_go()
        return self._load_word_finder(model, language)

    def _let_go(self) -> None:
        """Unload the recogniser, so that two speech models are never in memory."""
        self._loaded = None
        memory.give_back()

    def _give_back(self, piece: WorkItem) -> None:
        with suppress(leases.LeaseLost, StorageFull), self._changing() as session:
            leases.give_back(leases.hold(session, type(piece), piece.id, piece.lease or ""))

    def _fail(self, piece: WorkItem, problem: str) -> None:
        """Mark the piece as failed. If even that cannot be written because the disk is full, the
        piece is free again as soon as its lease has run out.
        """
        try:
            with self._changing() as session:
                still_leased = leases.hold(session, type(piece), piece.id, piece.lease or "")
                work.fail(session, still_leased, problem)
        except leases.LeaseLost:
            LOG.info("what failed belongs to somebody else by now")
        except StorageFull as full:
            LOG.warning("%s", full.message)

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        """Yield a session in a writing transaction. Objects remain readable after its end."""
        with raising_storage_full(), writing(self._engine) as session:
            session.expire_on_commit = False
            with session.begin():
                yield session

    def _show_life(self) -> bool:
        """Give a sign of life for the screens, and renew the lease of the current piece, however
        long a decoding takes.
        """
        piece = self._in_hand
        with self._changing() as session:
            progress.show_life(session, self._name)
            if piece is not None:
                leases.renew(session, piece)
        return False

    def _prepare_pages(self) -> bool:
        """Read pages of documents, or compare pages with those of the version before."""
        work = (preparation.prepare_some, appearance.compare_some)
        return any(act(self._engine, self._storage) for act in work)

    def _collect_terms(self) -> bool:
        return papers.collect_some(self._engine)

    def _send_mail(self) -> bool:
        return mail.send_some(self._engine, self._config)

    def _sign_records(self) -> bool:
        return signed_records.sign_next(self._engine, self._config, self._storage)

    def _note_copies(self) -> bool:
        return public_copies.note_next(self._engine, self._config, self._storage)

    def _take_in_lists(self) -> bool:
        return lists.apply_due(self._engine)

    def _remind_approvers(self) -> bool:
        with writing(self._engine) as session, session.begin():
            path.remind(session)
            checks.remind(session)
        return False

    def _remind(self) -> bool:
        return mail.remind(self._engine, self._config)

    def _recount(self) -> bool:
        return sums.refresh_one(self._engine)

    def _lay_out(self) -> bool:
        return published.lay_out_one(self._engine)

    def _clear_voices(self) -> bool:
        return voiceprints.clear(self._engine, self._expired_voices)


@dataclass(frozen=True)
class Loaded:
    """A recogniser in memory, and what it was made from."""

    wanted: str
    language: str
    model: SpeechModel
    signature: tuple[int, ...]
    recognise: Recognise

    def fits(self, wanted: str, language: str) -> bool:
        """Return whether the same model and language are wanted, and nobody has replaced the file
        since.
        """
        is_same = (wanted, language) == (self.wanted, self.language)
        return is_same and self.signature == speech_model.signature(self.model)


def _with_surroundings(piece: WorkItem) -> WorkItem:
    """Return the piece with everything loaded that is read after its session is closed."""
    assert piece.transcription.recording and piece.transcription.meeting.series
    return piece
