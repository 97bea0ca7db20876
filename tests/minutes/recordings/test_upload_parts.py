"""Pieces: on disk first, then in the row, then told."""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.disk.storage import Arrival, Storage
from meetings.errors import (
    Busy,
    ChecksumWrong,
    FileRejected,
    NotPossibleNow,
    NotUnderstood,
    StorageFull,
    TooLarge,
)
from meetings.settings.work import LimitSettings
from minutes.recordings import uploads
from minutes.recordings.upload_parts import STEP_BYTES, Checksum, UploadPart
from minutes.recordings.uploads import Announced
from models.meeting import Meeting
from models.upload import Upload, UploadState
from tests.conftest import Cast
from tests.disks import small_disk

SIZE = 3 * STEP_BYTES
CONTENT = os.urandom(1000) * (SIZE // 1000)


@pytest.fixture
def upload(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Upload:
    made = uploads.start_upload(
        session,
        storage,
        cast.secretary,
        meeting,
        Announced("R01.wav", SIZE),
        LimitSettings(spare_mb=0),
    )
    session.commit()
    return made


@pytest.fixture
def arrival(storage: Storage, upload: Upload) -> Iterator[Arrival]:
    opened = storage.open_arrival(upload.key)
    yield opened
    opened.close()


def checksum(content: bytes, algorithm: str = "sha256") -> Checksum:
    return Checksum(algorithm, hashlib.new(algorithm, content).digest())


def received(session: Session, upload: Upload) -> int:
    session.commit()  # what it read before that is old now
    return upload.received_bytes


def test_a_piece_without_a_checksum_is_acknowledged_step_by_step(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, None)
    piece.write(CONTENT[: STEP_BYTES - 1])
    assert received(session, upload) == 0
    piece.write(CONTENT[STEP_BYTES - 1 : STEP_BYTES + 5])
    assert received(session, upload) == piece.acknowledged == STEP_BYTES + 5
    piece.write(b"rest")
    piece.break_off()
    assert received(session, upload) == STEP_BYTES + 9


def test_an_upload_that_ends_with_a_step_ends_once(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, None)
    piece.write(CONTENT[: 2 * STEP_BYTES])
    piece.write(CONTENT[2 * STEP_BYTES :])
    piece.finish()
    assert received(session, upload) == piece.acknowledged == SIZE
    assert upload.state == UploadState.WHOLE


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_with_its_checksum_counts_as_a_whole(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload, algorithm: str
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, checksum(CONTENT, algorithm))
    piece.write(CONTENT[:STEP_BYTES])
    assert received(session, upload) == 0
    piece.write(CONTENT[STEP_BYTES:])
    piece.finish()
    assert received(session, upload) == SIZE
    assert upload.state == UploadState.WHOLE
    assert arrival.path.read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing_of_the_piece(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    first = UploadPart(engine, arrival, upload.key, 0, SIZE, checksum(b"good"))
    first.write(b"good")
    first.finish()
    piece = UploadPart(engine, arrival, upload.key, 4, SIZE, checksum(b"right"))
    piece.write(b"wrong")
    with pytest.raises(ChecksumWrong):
        piece.finish()
    piece.forget()
    assert received(session, upload) == 4
    assert arrival.path.read_bytes() == b"good"


def test_of_a_piece_with_a_checksum_that_broke_off_nothing_counts(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, checksum(CONTENT))
    piece.write(CONTENT[: STEP_BYTES + 1])
    piece.break_off()
    assert received(session, upload) == 0 and arrival.size_bytes == 0


def test_what_was_never_acknowledged_is_cut_off_before_the_next_piece(
    session: Session, engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    arrival.write(b"from a server that was killed")
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, None)
    piece.write(b"new")
    piece.finish()
    assert arrival.path.read_bytes() == b"new" and received(session, upload) == 3


def test_a_file_shorter_than_what_was_acknowledged_is_told(
    engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    with pytest.raises(FileRejected, match="見つかりません"):
        UploadPart(engine, arrival, upload.key, 5, SIZE, None)


def test_more_than_was_announced_is_refused(
    engine: Engine, arrival: Arrival, upload: Upload
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, 10, None)
    with pytest.raises(TooLarge):
        piece.write(b"eleven bytes")


def test_an_upload_that_ended_meanwhile_takes_nothing_more(
    session: Session, engine: Engine, cast: Cast, arrival: Arrival, upload: Upload
) -> None:
    piece = UploadPart(engine, arrival, upload.key, 0, SIZE, None)
    piece.write(b"late")
    uploads.withdraw_upload(session, cast.secretary, upload)
    session.commit()
    with pytest.raises(NotPossibleNow):
        piece.finish()


def test_only_one_at_a_time_has_a_file_open(storage: Storage, upload: Upload) -> None:
    first = storage.open_arrival(upload.key)
    with pytest.raises(Busy):
        storage.open_arrival(upload.key)
    first.close()
    storage.open_arrival(upload.key).close()


@pytest.mark.parametrize("told", ["", "sha256", "sha256 !!!", "md5 AAAA", "crc32 AAAA"])
def test_a_checksum_that_cannot_be_read_is_told(told: str) -> None:
    with pytest.raises(NotUnderstood):
        Checksum.read(told)
    told = "sha1 " + base64.b64encode(b"x" * 20).decode()
    assert Checksum.read(told) == Checksum("sha1", b"x" * 20)


@pytest.fixture
def full_soon(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small") as place:
        yield place


def test_a_full_disk_loses_nothing_acknowledged_and_it_goes_on_later(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, full_soon: Path
) -> None:
    storage = Storage(full_soon)
    upload = uploads.start_upload(
        session,
        storage,
        cast.secretary,
        meeting,
        Announced("R.wav", 3_000_000),
        LimitSettings(spare_mb=0),
    )
    session.commit()
    arrival = storage.open_arrival(upload.key)
    first = UploadPart(engine, arrival, upload.key, 0, 3_000_000, None)
    first.write(CONTENT[:1_000_000])
    first.finish()
    (full_soon / "something else").write_bytes(bytes(2_500_000))
    piece = UploadPart(engine, arrival, upload.key, 1_000_000, 3_000_000, None)
    with pytest.raises(StorageFull):
        piece.write(CONTENT[1_000_000:3_000_000])
    piece.forget()
    assert received(session, upload) == arrival.size_bytes == 1_000_000
    (full_soon / "something else").unlink()
    again = UploadPart(engine, arrival, upload.key, 1_000_000, 3_000_000, None)
    again.write(CONTENT[1_000_000:3_000_000])
    again.finish()
    arrival.close()
    assert received(session, upload) == 3_000_000
    assert storage.arrival_path(upload.key).read_bytes() == CONTENT[:3_000_000]


def test_an_upload_that_does_not_fit_is_refused_at_once(
    session: Session, cast: Cast, meeting: Meeting, full_soon: Path
) -> None:
    with pytest.raises(StorageFull):
        uploads.start_upload(
            session,
            Storage(full_soon),
            cast.secretary,
            meeting,
            Announced("R.wav", 5_000_000),
            LimitSettings(spare_mb=0),
        )
