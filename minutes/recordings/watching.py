"""Watches a folder: every file that a recorder or a script puts there becomes a recording, once.

It lists the folder every few seconds, because shares of Windows servers notify nobody of new files.
A file is complete when its size and time have not changed for a while; it is copied into the store,
added in one transaction, and then moved away. After a crash in between, the same bytes are already
with the meeting and the file is only moved.
"""

import logging
import os
import re
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from meetings import dates, periodic
from meetings.config import MEGABYTE, Config
from meetings.disk.storage import COPY_BYTES, Incoming, Storage, StoredFile
from meetings.errors import (
    FileRejected,
    InvalidInput,
    NotPossibleNow,
    ScannerSilent,
    StorageFull,
)
from meetings.people import logins
from meetings.periodic import PeriodicTask
from meetings.rights import Right, rights
from meetings.scanning.quarantine import Gate
from minutes.recordings import filing, recordings
from minutes.recordings.timestamps import Beginning
from minutes.sound.audio import Sound
from minutes.transcription import work
from models.database import reading, writing
from models.meeting import Meeting
from models.person import Person
from models.recording import BeginningSource, Recording

LOG = logging.getLogger(__name__)

NEAR = timedelta(minutes=30)
"""Most that a recording begins before its meeting, or after its planned end, to be taken for it."""

MOST_TRIES = 3
STUCK = (
    "受け付けの途中で、繰り返し問題が起きました。録音機の元のファイルを再生して確かめ、もう一度"
    "置いてください。続くときは管理者に連絡してください。"
)

# 「12_録音.m4a」「12 定例会」, but not 「2026-11-23 14.00.m4a」 and not 「0012_A.mp3」.
NUMBER = re.compile(r"(?!(?:19|20)\d\d[-_. 年]\d)([1-9]\d{0,6})(?:[-_\s‐−–—].*)?", re.DOTALL)
HALF_WRITTEN = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", "~")
OF_THE_SYSTEM = {"thumbs.db", "desktop.ini"}


class StillChanging(Exception):
    """Raised when somebody is still writing to the file: it is left for later."""


class AlreadyThere(Exception):
    """Raised when the meeting has a recording with the same bytes: there is nothing to do."""


@dataclass(frozen=True)
class FileStamp:
    """Size, time of change and inode of a file, none of which changes once it is complete."""

    size: int
    changed_ns: int
    inode: int


@dataclass
class RoundCounts:
    """How many files of one round were received, refused, and left for later."""

    taken: int = 0
    refused: int = 0
    left: int = 0


class FolderWatch:
    """Watches one folder on behalf of one person.

    It remembers since when each file has its stamp, how often it was tried, and which files are
    dealt with though they could not be moved. Raises InvalidInput when the person does not exist or
    the folder cannot be read and written.
    """

    def __init__(
        self, config: Config, engine: Engine, storage: Storage, folder: Path, login: str
    ) -> None:
        self._settings, self._engine, self._storage = config.watch, engine, storage
        self._gate = Gate.of(config, engine, storage)
        self._longest_hours = config.limits.recording_hours
        self._folder, self._login = folder.resolve(), login
        self._since: dict[Path, tuple[FileStamp, float]] = {}
        self._done: dict[Path, FileStamp] = {}
        self._tries: dict[tuple[Path, FileStamp], int] = {}
        with reading(engine) as session:
            self._person_id = person_with_login(session, login).id
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise InvalidInput(
                "folder",
                f"フォルダー {folder} がないか、読み書きする権限がありません。"
                "場所と、このプログラムの利用者の権限を確かめてください。",
            )

    def run(self, stopping: threading.Event) -> None:
        """Watch until `stopping` is set. A full disk or a share that is gone is waited for; a
        file that causes an error is tried after the others, and refused after `MOST_TRIES`.
        """
        pause = float(self._settings.interval_seconds)
        periodic.run(PeriodicTask("見張り", self._look_again, pause), stopping)

    def _look_again(self) -> bool:
        """Look through the folder. Returns False: once a round is enough."""
        self.look()
        return False

    def run_once(self) -> RoundCounts:
        """Look, wait as long as a file must be unchanged, and receive what did not change.
        Returns the counts of both looks. Raises StorageFull.
        """
        first = self.look()
        if not first.left:
            return first
        time.sleep(self._settings.settle_seconds)
        then = self.look()
        return RoundCounts(first.taken + then.taken, first.refused + then.refused, then.left)

    def look(self) -> RoundCounts:
        """Look through the folder once and receive what is complete. Raises StorageFull, and
        InvalidInput when the person's account has ended.
        """
        with reading(self._engine) as session:
            person_with_login(session, self._login)
        counts, stamps = RoundCounts(), dict(_files(self._folder))
        self._tries = {key: tries for key, tries in self._tries.items() if key in stamps.items()}
        self._since = {path: seen for path, seen in self._since.items() if path in stamps}
        self._done = {path: seen for path, seen in self._done.items() if stamps.get(path) == seen}
        for path, stamp in sorted(stamps.items(), key=lambda one: self._tries.get(one, 0)):
            if path in self._done:
                continue
            if not self._is_settled(path, stamp):
                counts.left += 1
                continue
            self._file(path, stamp, counts)
        return counts

    def _is_settled(self, path: Path, stamp: FileStamp) -> bool:
        if path not in self._since or self._since[path][0] != stamp:
            self._since[path] = stamp, time.monotonic()
        return time.monotonic() - self._since[path][1] >= self._settings.settle_seconds

    def _file(self, path: Path, stamp: FileStamp, counts: RoundCounts) -> None:
        """Receive or refuse one file and move it away. The try is counted before it is made, so
        that a crash counts too.
        """
        self._tries[path, stamp] = self._tries.get((path, stamp), 0) + 1
        try:
            reason = self._reason_against(path, stamp)
            _refuse_changed(path, stamp)
            self._move(path, stamp, reason)
        except (StorageFull, ScannerSilent, SQLAlchemyError):
            del self._tries[path, stamp]  # no fault of this file
            raise
        except (StillChanging, OSError) as problem:
            LOG.warning("%s is left for later: %r", filing.readable(path.name), problem)
            self._since.pop(path, None)
            counts.left += 1
            return
        counts.refused += reason is not None
        counts.taken += reason is None

    def _reason_against(self, path: Path, stamp: FileStamp) -> str | None:
        """Receive the file and return None, or return the sentence that says why it is
        refused.
        """
        if self._tries[path, stamp] > MOST_TRIES:
            return STUCK
        try:
            self._take(path, stamp)
        except (FileRejected, NotPossibleNow) as problem:
            return problem.message
        except AlreadyThere:
            LOG.info("%s is there already", filing.readable(path.name))
        return None

    def _move(self, path: Path, stamp: FileStamp, reason: str | None) -> None:
        """Move the file away. One that cannot be moved is not looked at again until it changes."""
        self._done[path] = stamp
        try:
            if reason is None:
                filing.file_taken(self._folder, path)
            else:
                filing.file_refused(self._folder, path, reason)
        except OSError as problem:
            LOG.error("%s cannot be moved: %s", filing.readable(path.name), problem)
        LOG.info("%s: %s", filing.readable(path.name), reason or "taken in")

    def _take(self, path: Path, stamp: FileStamp) -> None:
        """Make a recording of the file. Raises FileRejected, AlreadyThere, StillChanging,
        StorageFull, and OSError when it cannot be read.
        """
        number = _number(path.relative_to(self._folder))
        if number is not None:
            with reading(self._engine) as session:
                self._meeting(session, number, None)  # before gigabytes are copied
        with self._storage.receive(self._settings.largest_mb * MEGABYTE) as incoming:
            _copy(path, stamp, incoming)
            incoming.flush_to_disk()
            name = filing.readable(path.name)
            self._gate.admit_recording(incoming.path, incoming.sha256, name, self._person_id)
            keep = partial(self._keep, path, stamp, number, incoming)
            prepared = recordings.prepare_recording(name, incoming.path, keep, self._longest_hours)
        self._write_down(number, stamp, prepared)

    def _keep(
        self, path: Path, stamp: FileStamp, number: int | None, incoming: Incoming, sound: Sound
    ) -> StoredFile:
        """Store the file for the meeting that it belongs to. Raises AlreadyThere, FileRejected,
        StillChanging.
        """
        with reading(self._engine) as session:
            self._meeting_without(session, number, stamp, sound, incoming.sha256)
        _refuse_changed(path, stamp)
        return self._storage.keep(incoming)

    def _write_down(
        self, number: int | None, stamp: FileStamp, prepared: recordings.PreparedRecording
    ) -> None:
        """Add the recording. Raises AlreadyThere when another program was quicker."""
        sound, sha256 = prepared.sound, prepared.stored.sha256
        is_guessed = sound.recorded_at is None and number is None
        beginning = _guessed(stamp, sound) if is_guessed else None
        with writing(self._engine) as session, session.begin():
            meeting = self._meeting_without(session, number, stamp, sound, sha256)
            person = person_with_login(session, self._login)
            recording = recordings.add_recording(
                session, person, meeting, prepared, beginning=beginning
            )
            work.request_transcription(session, person, recording)

    def _meeting_without(
        self, session: Session, number: int | None, stamp: FileStamp, sound: Sound, sha256: str
    ) -> Meeting:
        """Return the meeting of the recording, which does not have it yet. Raises AlreadyThere,
        FileRejected.
        """
        began = sound.recorded_at or _guessed(stamp, sound).began_at
        meeting = self._meeting(session, number, began)
        if _is_there(session, meeting, sha256):
            raise AlreadyThere
        return meeting

    def _meeting(self, session: Session, number: int | None, began: datetime | None) -> Meeting:
        """Return the meeting with this number, or the only one at that time, that the person may
        record. Raises FileRejected.
        """
        person = person_with_login(session, self._login)
        if number is not None:
            meeting = session.get(Meeting, number)
            if meeting is None or not _may_record(session, person, meeting):
                raise FileRejected(
                    f"会議番号{number}の会議が見つからないか、{person.name}さんに録音を受け付ける"
                    "権限がありません。会議の画面のアドレスの番号と、権限を確かめてください。"
                )
            return meeting
        assert began is not None
        return _only_one(
            began, [m for m in _near(session, began) if _may_record(session, person, m)]
        )


def person_with_login(session: Session, login: str) -> Person:
    """Return the person with this login. Raises InvalidInput when there is none or the account has
    ended.
    """
    person = logins.person_of(session, login)
    if person is None or person.has_left:
        raise InvalidInput("as", f"利用者ID「{login}」は登録されていないか、使えなくなっています。")
    return person


def _may_record(session: Session, person: Person, meeting: Meeting) -> bool:
    return Right.RECORD in rights(session, person, meeting)


def _near(session: Session, began: datetime) -> list[Meeting]:
    return list(
        session.scalars(
            select(Meeting)
            .where(Meeting.starts_at <= began + NEAR, Meeting.ends_at >= began - NEAR)
            .where(Meeting.called_off_at.is_(None))
            .order_by(Meeting.id)
        )
    )


def _only_one(began: datetime, meetings: list[Meeting]) -> Meeting:
    when = f"{dates.in_full(began)}{dates.clock(began)}"
    what_to_do = (
        "会議番号（会議の画面のアドレスの番号）を名前の先頭に付けたフォルダー（例「12 定例会」）に"
        "入れるか、ファイル名を「12_録音.m4a」のようにして、もう一度置いてください。"
    )
    if not meetings:
        raise FileRejected(
            f"どの会議の録音か分かりませんでした（録音の始まりは{when}ごろで、"
            f"その時刻の会議がありません）。{what_to_do}"
        )
    if len(meetings) > 1:
        names = "、".join(f"{meeting.id} {meeting.title}" for meeting in meetings)
        raise FileRejected(
            f"どの会議の録音か決められませんでした（録音の始まりは{when}ごろで、"
            f"その時刻の会議が{len(meetings)}つあります: {names}）。{what_to_do}"
        )
    return meetings[0]


def _is_there(session: Session, meeting: Meeting, sha256: str) -> bool:
    same = (Recording.meeting_id == meeting.id, Recording.sha256 == sha256)
    return session.scalar(select(Recording.id).where(*same)) is not None


def _number(place: Path) -> int | None:
    """Return the meeting's number at the beginning of the first folder's name, or of the file's
    where it is in no folder, written in half-width or full-width digits.
    """
    name = place.parts[0] if len(place.parts) > 1 else place.stem
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", name))
    return int(found[1]) if found else None


def _files(folder: Path) -> Iterator[tuple[Path, FileStamp]]:
    """Yield every file that may be a recording, by name. Links are not followed: they could lead
    out of the folder. A folder that is gone has no files.
    """
    own = {folder / filing.TAKEN, folder / filing.REFUSED}
    for parent, folders, names in os.walk(folder, onerror=_tell):
        here = Path(parent)
        folders[:] = sorted(
            name for name in folders if here / name not in own and not name.startswith(".")
        )
        for name in sorted(names):
            if _is_wanted(name):
                yield from _with_stamp(here / name)


def _is_wanted(name: str) -> bool:
    low = name.lower()
    is_half_written = low.endswith(HALF_WRITTEN) or low.startswith((".", "~"))
    return not is_half_written and low not in OF_THE_SYSTEM


def _with_stamp(path: Path) -> Iterator[tuple[Path, FileStamp]]:
    try:
        found = path.lstat()
    except OSError:
        return  # moved away meanwhile
    if path.is_file() and not path.is_symlink():
        yield path, _stamp(found)


def _tell(problem: OSError) -> None:
    LOG.warning("%s", problem)


def _stamp(found: os.stat_result) -> FileStamp:
    return FileStamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _refuse_changed(path: Path, stamp: FileStamp) -> None:
    if _stamp(path.lstat()) != stamp:
        raise StillChanging


def _guessed(stamp: FileStamp, sound: Sound) -> Beginning:
    """Return when it began if it was recorded until its file was changed for the last time."""
    ended_at = datetime.fromtimestamp(stamp.changed_ns / 1e9, UTC)
    length = timedelta(seconds=sound.duration_seconds)
    return Beginning(ended_at - length, BeginningSource.CHANGED)


def _copy(path: Path, stamp: FileStamp, incoming: Incoming) -> None:
    """Copy the file into the store. Raises StillChanging when it is not the complete file that
    was looked at.
    """
    with open(path, "rb", opener=_not_a_link) as source:
        while piece := source.read(COPY_BYTES):
            incoming.write(piece)
        if _stamp(os.fstat(source.fileno())) != stamp or incoming.size_bytes != stamp.size:
            raise StillChanging
    incoming.flush_to_disk()


def _not_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
