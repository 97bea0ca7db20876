"""A whole upload becomes a recording, once, or says why it cannot."""

import hashlib
import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import FileRejected
from meetings.scanning.quarantine import Gate
from meetings.settings.work import LimitSettings
from minutes.recordings import upload_checks, uploads
from minutes.recordings.recordings import recordings_of
from minutes.recordings.upload_checks import check_next
from minutes.recordings.uploads import Announced
from minutes.sound import audio
from minutes.transcription import leases
from models.base import now
from models.meeting import Meeting
from models.recording import Recording, Transcription
from models.upload import Upload, UploadState
from tests.conftest import Cast
from tests.sounds import webm
from web.demo import builders

SOUND = builders.folder("section-meeting").audio.read_bytes()


def reread(session: Session, upload: Upload) -> None:
    session.commit()  # what it read before that is old now
    session.refresh(upload)


@pytest.fixture(scope="module")
def recorded() -> bytes:
    return webm(6.0)


@pytest.fixture
def arrived(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> "Arrived":
    return Arrived(session, storage, cast, meeting)


class Arrived:
    """`arrived(content)` is an upload of which every byte is there."""

    def __init__(self, session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> None:
        self.session, self.storage, self.cast, self.meeting = session, storage, cast, meeting

    def __call__(
        self, content: bytes, *, name: str = "R01.m4a", sha256: str | None = None
    ) -> Upload:
        announced = Announced(name, len(content), sha256, began_at=now() - timedelta(hours=1))
        made = uploads.start_upload(
            self.session,
            self.storage,
            self.cast.secretary,
            self.meeting,
            announced,
            LimitSettings(),
        )
        arrival = self.storage.open_arrival(made.key)
        arrival.write(content)
        arrival.close()
        made.received_bytes, made.state = len(content), UploadState.WHOLE
        self.session.commit()
        return made


def checked(engine: Engine, storage: Storage, session: Session, upload: Upload) -> Upload:
    assert check_next(Gate(engine, storage, None))
    reread(session, upload)
    return upload


def test_a_whole_upload_becomes_a_recording_that_waits_to_be_transcribed(
    engine: Engine, session: Session, storage: Storage, cast: Cast, arrived: Arrived
) -> None:
    right = hashlib.sha256(SOUND).hexdigest()
    upload = checked(engine, storage, session, arrived(SOUND, sha256=right))
    recording = upload.recording
    assert upload.state == UploadState.ACCEPTED and recording is not None
    assert storage.path(recording.sha256).read_bytes() == SOUND
    assert (recording.file_name, recording.received_by) == ("R01.m4a", cast.secretary)
    assert (recording.began_at, recording.kind) == (upload.began_at, upload.kind)
    assert len(recording.transcriptions) == 1
    assert not storage.arrival_path(upload.key).exists()
    assert not check_next(Gate(engine, storage, None))


def test_another_hash_than_was_announced_is_refused_and_the_file_stays(
    engine: Engine, session: Session, storage: Storage, meeting: Meeting, arrived: Arrived
) -> None:
    upload = checked(engine, storage, session, arrived(SOUND, sha256="0" * 64))
    assert upload.state == UploadState.REFUSED and "SHA-256" in upload.problem
    assert storage.arrival_path(upload.key).read_bytes() == SOUND
    assert recordings_of(session, meeting) == []


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "0バイト"), (b"%PDF-1.7", "開けませんでした")]
)
def test_what_is_no_sound_is_refused_with_its_reason(
    engine: Engine,
    session: Session,
    storage: Storage,
    arrived: Arrived,
    content: bytes,
    words: str,
) -> None:
    upload = checked(engine, storage, session, arrived(content))
    assert upload.state == UploadState.REFUSED and words in upload.problem
    assert storage.arrival_path(upload.key).read_bytes() == content


def test_the_same_sound_twice_is_told_and_not_doubled(
    engine: Engine, session: Session, storage: Storage, meeting: Meeting, arrived: Arrived
) -> None:
    checked(engine, storage, session, arrived(SOUND))
    second = checked(engine, storage, session, arrived(SOUND, name="写し.m4a"))
    assert second.state == UploadState.REFUSED and "「R01.m4a」として" in second.problem
    assert len(recordings_of(session, meeting)) == 1


def test_bytes_that_were_never_acknowledged_are_no_part_of_the_recording(
    engine: Engine, session: Session, storage: Storage, arrived: Arrived
) -> None:
    upload = arrived(SOUND)
    with storage.arrival_path(upload.key).open("ab") as file:
        file.write(b"more, from a server that was killed")
    recording = checked(engine, storage, session, upload).recording
    assert recording is not None
    assert storage.path(recording.sha256).read_bytes() == SOUND


def test_a_lost_file_is_told(
    engine: Engine, session: Session, storage: Storage, arrived: Arrived
) -> None:
    upload = arrived(SOUND)
    storage.drop_arrival(upload.key)
    assert "見つかりません" in checked(engine, storage, session, upload).problem


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["inspect", "keep", "settle"])
def test_a_worker_killed_while_it_checks_is_followed_by_another(
    engine: Engine,
    session: Session,
    storage: Storage,
    meeting: Meeting,
    arrived: Arrived,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Before it looked, after the file was put into the store, before the row says so."""
    upload = arrived(SOUND)

    def killed(*_: object, **__: object) -> None:
        raise Killed()

    place = {"inspect": audio, "keep": Storage, "settle": upload_checks}[step]
    name = {"inspect": "inspect", "keep": "keep_arrival", "settle": "_settle"}[step]
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(place, name, killed)
        check_next(Gate(engine, storage, None))
    assert not check_next(Gate(engine, storage, None)), "the lease still holds"
    reread(session, upload)
    upload.lease_until = now() - timedelta(seconds=1)
    session.commit()
    assert checked(engine, storage, session, upload).state == UploadState.ACCEPTED
    assert len(recordings_of(session, meeting)) == 1
    assert session.scalar(select(func.count(Transcription.id))) == 1


def test_a_lease_from_before_the_clock_was_set_back_holds_up_nobody(
    engine: Engine, session: Session, storage: Storage, arrived: Arrived
) -> None:
    upload = arrived(SOUND)
    upload.lease, upload.lease_until = "killed", now() + timedelta(days=1)
    session.commit()
    assert checked(engine, storage, session, upload).state == UploadState.ACCEPTED


def test_a_file_that_stops_every_worker_is_refused_in_the_end(
    engine: Engine, session: Session, storage: Storage, arrived: Arrived
) -> None:
    upload = arrived(SOUND)
    upload.attempts = leases.MOST_ATTEMPTS
    session.commit()
    assert not check_next(Gate(engine, storage, None))
    reread(session, upload)
    assert upload.state == UploadState.REFUSED and "管理者" in upload.problem


def test_a_result_that_comes_too_late_changes_nothing(
    engine: Engine,
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
    arrived: Arrived,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was withdrawn while the worker looked into it."""
    upload = arrived(SOUND)
    inspect = audio.inspect

    def withdrawn_meanwhile(path: object, *_: int) -> audio.Sound:
        uploads.withdraw_upload(session, cast.secretary, upload)
        session.commit()
        return inspect(path)  # type: ignore[arg-type]

    monkeypatch.setattr(audio, "inspect", withdrawn_meanwhile)
    assert checked(engine, storage, session, upload).state == UploadState.WITHDRAWN
    assert session.scalar(select(func.count(Recording.id))) == 0


def test_a_piece_that_is_still_being_written_is_waited_for(
    engine: Engine, session: Session, storage: Storage, arrived: Arrived
) -> None:
    """Nothing is written to a file after it was put into the store."""
    upload = arrived(SOUND)
    writer = storage.open_arrival(upload.key)
    checking = threading.Thread(target=check_next, args=(Gate(engine, storage, None),))
    checking.start()
    checking.join(0.3)
    assert checking.is_alive()
    writer.cut(len(SOUND))
    writer.write(b"late")
    writer.close()
    checking.join()
    reread(session, upload)
    assert upload.recording is not None
    assert storage.path(upload.recording.sha256).read_bytes() == SOUND


def test_a_long_check_keeps_its_lease(
    engine: Engine,
    session: Session,
    storage: Storage,
    arrived: Arrived,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = arrived(SOUND)
    inspect = audio.inspect
    monkeypatch.setattr(leases, "RENEWALS", 9000)

    def slow(path: object, *_: int) -> audio.Sound:
        with Session(engine) as other:
            first = other.get_one(Upload, upload.id).lease_until
        while True:
            with Session(engine) as other:
                if other.get_one(Upload, upload.id).lease_until != first:
                    return inspect(path)  # type: ignore[arg-type]

    monkeypatch.setattr(audio, "inspect", slow)
    assert checked(engine, storage, session, upload).state == UploadState.ACCEPTED


def test_a_removed_meeting_takes_no_recording(
    engine: Engine, session: Session, storage: Storage, meeting: Meeting, arrived: Arrived
) -> None:
    upload = arrived(SOUND)
    meeting.removed_at = now()
    session.commit()
    assert "取り消された" in checked(engine, storage, session, upload).problem


@pytest.mark.slow
def test_what_a_browser_recorded_is_read_wherever_it_was_cut(
    recorded: bytes, storage: Storage
) -> None:
    """A lid closed for good: the head, and at least a second of sound."""
    seed = random.randrange(2**32)
    print("seed", seed)
    path = storage.arrival_path("0" * 32)
    second_cluster = recorded.index(b"\x1f\x43\xb6\x75", recorded.index(b"\x1f\x43\xb6\x75") + 4)
    chosen = random.Random(seed).sample(range(second_cluster, len(recorded)), 60)
    lengths = []
    for size in sorted(chosen):
        path.write_bytes(recorded[:size])
        lengths.append(audio.inspect(path).duration_seconds)
    assert lengths[0] > 0.5 and lengths[-1] <= 6.1
    assert lengths == sorted(lengths)


def test_a_head_alone_is_no_recording(recorded: bytes, storage: Storage) -> None:
    path = storage.arrival_path("0" * 32)
    path.write_bytes(recorded[: recorded.index(b"\x1f\x43\xb6\x75")])
    with pytest.raises(FileRejected):
        audio.inspect(path)
