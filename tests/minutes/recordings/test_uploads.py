"""Recordings on their way in: what is acknowledged, and how an upload ends."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Storage
from meetings.errors import NotFound, NotPossibleNow, StorageFull, TooLarge
from meetings.settings.work import LimitSettings
from minutes.recordings import upload_tidying, uploads
from minutes.recordings.upload_tidying import Tidying
from minutes.recordings.uploads import Announced
from models.audit import AuditLine
from models.base import now
from models.meeting import Meeting
from models.recording import RecordingKind
from models.upload import Upload, UploadState
from tests.clocks import FakeClocks
from tests.conftest import Cast

LIMITS = LimitSettings(spare_mb=0)


def reread(session: Session, upload: Upload) -> None:
    session.commit()  # what it read before that is old now
    session.refresh(upload)


@pytest.fixture
def upload(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Upload:
    """Of a file of 10 bytes."""
    return start(session, storage, cast, meeting, Announced("R01.m4a", 10))


@pytest.fixture
def live(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Upload:
    """Somebody records in the browser."""
    return start(session, storage, cast, meeting, Announced("録音.webm", None))


def start(
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
    announced: Announced,
    limits: LimitSettings = LIMITS,
) -> Upload:
    made = uploads.start_upload(session, storage, cast.secretary, meeting, announced, limits)
    session.commit()
    return made


def test_an_upload_begins_with_nothing_received_and_a_file_named_by_its_key(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    began_at = now() - timedelta(hours=1)
    announced = Announced("C:\\録音\\R01.m4a", 10, "a" * 64, RecordingKind.SPARE, began_at)
    made = start(session, storage, cast, meeting, announced)
    assert (made.file_name, made.received_bytes, made.kind) == ("R01.m4a", 0, RecordingKind.SPARE)
    assert made.began_at == began_at and not made.is_live
    assert storage.arrival_path(made.key).read_bytes() == b""
    lines = session.execute(select(AuditLine.verb, AuditLine.thing)).all()
    assert ("send", "upload") in lines


def test_more_than_the_limit_is_refused_before_it_comes(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    announced = Announced("長い.wav", 8000 * MEGABYTE + 1)
    with pytest.raises(TooLarge, match="上限 8,000 MB"):
        start(session, storage, cast, meeting, announced)


def test_what_others_still_need_of_the_disk_is_not_given_away(
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "free_bytes", lambda: 100 * MEGABYTE)
    roomy = replace(LIMITS, spare_mb=20)
    first = start(session, storage, cast, meeting, Announced("a.wav", 50 * MEGABYTE), roomy)
    with pytest.raises(StorageFull, match="管理者に連絡"):
        start(session, storage, cast, meeting, Announced("b.wav", 40 * MEGABYTE), roomy)
    first.received_bytes = 15 * MEGABYTE
    start(session, storage, cast, meeting, Announced("b.wav", 40 * MEGABYTE), roomy)


def test_what_is_acknowledged_adds_up_until_the_upload_is_whole(
    session: Session, upload: Upload
) -> None:
    uploads.acknowledge(session, upload.key, 0, 4)
    assert (upload.received_bytes, upload.state) == (4, UploadState.RECEIVING)
    uploads.acknowledge(session, upload.key, 4, 10)
    assert (upload.received_bytes, upload.state) == (10, UploadState.WHOLE)


def test_nothing_is_acknowledged_twice_or_from_elsewhere(session: Session, upload: Upload) -> None:
    uploads.acknowledge(session, upload.key, 0, 4)
    with pytest.raises(NotPossibleNow):
        uploads.acknowledge(session, upload.key, 0, 5)
    reread(session, upload)
    assert upload.received_bytes == 4


def test_a_piece_is_admitted_from_its_owner_at_its_place_only(cast: Cast, upload: Upload) -> None:
    uploads.admit_piece(upload, cast.secretary, 0, None, LIMITS)
    with pytest.raises(NotFound):
        uploads.admit_piece(upload, cast.organiser, 0, None, LIMITS)
    with pytest.raises(NotPossibleNow, match="位置"):
        uploads.admit_piece(upload, cast.secretary, 1, None, LIMITS)
    upload.state = UploadState.WHOLE
    with pytest.raises(NotPossibleNow, match="終わって"):
        uploads.admit_piece(upload, cast.secretary, 0, None, LIMITS)


def test_who_records_says_at_the_end_how_long_it_is(
    session: Session, cast: Cast, live: Upload
) -> None:
    uploads.acknowledge(session, live.key, 0, 7)
    assert live.state == UploadState.RECEIVING
    with pytest.raises(NotPossibleNow):
        uploads.admit_piece(live, cast.secretary, 7, 6, LIMITS)
    uploads.admit_piece(live, cast.secretary, 7, 7, LIMITS)
    with pytest.raises(NotPossibleNow):
        uploads.admit_piece(live, cast.secretary, 7, 8, LIMITS)
    uploads.acknowledge(session, live.key, 7, 7)
    assert (live.state, live.size_bytes) == (UploadState.WHOLE, 7)


def test_a_recording_that_stopped_is_taken_as_far_as_it_came(
    session: Session, cast: Cast, live: Upload
) -> None:
    with pytest.raises(NotPossibleNow, match="まだ音が"):
        uploads.finish_upload(session, cast.secretary, live)
    uploads.acknowledge(session, live.key, 0, 7)
    assert not uploads.is_quiet(live)
    live.changed_at = now() - timedelta(minutes=2)
    assert uploads.is_quiet(live)
    uploads.finish_upload(session, cast.secretary, live)
    assert (live.state, live.size_bytes) == (UploadState.WHOLE, 7)
    with pytest.raises(NotPossibleNow):
        uploads.acknowledge(session, live.key, 7, 9)


def test_a_file_that_is_not_all_there_is_never_taken(
    session: Session, cast: Cast, upload: Upload
) -> None:
    uploads.acknowledge(session, upload.key, 0, 4)
    with pytest.raises(NotPossibleNow):
        uploads.finish_upload(session, cast.secretary, upload)


Tidy = Callable[[], None]


@pytest.fixture
def tidy(engine: Engine, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Tidy:
    """What a worker does in an hour and a minute."""
    clocks = FakeClocks(monkeypatch)
    tidying = Tidying(engine, storage, LIMITS, clocks)

    def look_again_and_again() -> None:
        for _ in range(3):
            tidying.tidy()
            clocks.go_on(timedelta(minutes=31))

    return look_again_and_again


def test_after_half_an_hour_of_silence_a_recording_is_finished_by_itself(
    session: Session, storage: Storage, tidy: Tidy, live: Upload
) -> None:
    uploads.acknowledge(session, live.key, 0, 7)
    live.changed_at = now() - timedelta(minutes=29)
    session.commit()
    tidy()
    reread(session, live)
    assert live.state == UploadState.RECEIVING
    live.changed_at = now() - timedelta(minutes=31)
    session.commit()
    tidy()
    reread(session, live)
    assert (live.state, live.size_bytes) == (UploadState.WHOLE, 7)
    assert storage.arrival_path(live.key).exists()


def test_a_withdrawn_uploads_file_is_removed(
    session: Session, storage: Storage, tidy: Tidy, cast: Cast, upload: Upload
) -> None:
    tidy()
    assert storage.arrival_path(upload.key).exists()
    uploads.withdraw_upload(session, cast.secretary, upload)
    session.commit()
    tidy()
    assert not storage.arrival_path(upload.key).exists()
    with pytest.raises(NotPossibleNow):
        uploads.withdraw_upload(session, cast.secretary, upload)


def test_what_nobody_goes_on_sending_expires(
    session: Session, storage: Storage, tidy: Tidy, upload: Upload
) -> None:
    upload.changed_at = now() - timedelta(days=6)
    session.commit()
    tidy()
    reread(session, upload)
    assert upload.state == UploadState.RECEIVING
    upload.changed_at = now() - timedelta(days=8)
    session.commit()
    tidy()
    reread(session, upload)
    assert upload.state == UploadState.WITHDRAWN
    assert not storage.arrival_path(upload.key).exists()


def test_what_was_refused_can_be_taken_out_for_a_month(
    session: Session, storage: Storage, tidy: Tidy, upload: Upload
) -> None:
    upload.state, upload.changed_at = UploadState.REFUSED, now() - timedelta(days=29)
    session.commit()
    tidy()
    assert storage.arrival_path(upload.key).exists()
    upload.changed_at = now() - timedelta(days=31)
    session.commit()
    tidy()
    assert not storage.arrival_path(upload.key).exists()


def test_nobody_sends_more_than_some_recordings_at_once(
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 2)
    first, _ = (start(session, storage, cast, meeting, Announced("R.m4a", 10)) for _ in range(2))
    with pytest.raises(NotPossibleNow, match="2件"):
        start(session, storage, cast, meeting, Announced("R.m4a", 10))
    uploads.withdraw_upload(session, cast.secretary, first)
    assert start(session, storage, cast, meeting, Announced("R.m4a", 10)).id


def test_room_is_kept_for_recordings_whose_length_nobody_knows_yet(
    session: Session,
    storage: Storage,
    cast: Cast,
    meeting: Meeting,
    live: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "free_bytes", lambda: uploads.RESERVED_FOR_LIVE_BYTES + 9)
    with pytest.raises(StorageFull):
        start(session, storage, cast, meeting, Announced("R.m4a", 10))
    assert start(session, storage, cast, meeting, Announced("R.m4a", 9)).id


def test_a_clock_that_jumps_and_comes_back_costs_no_upload(
    session: Session,
    engine: Engine,
    storage: Storage,
    upload: Upload,
    live: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight days forwards for some hours, and back: neither what is being sent nor what is being
    recorded nor a file whose row is not there yet."""
    storage.begin_arrival("f" * 32)
    uploads.acknowledge(session, live.key, 0, 7)
    session.commit()
    clocks = FakeClocks(monkeypatch, uploads, upload_tidying)
    tidying = Tidying(engine, storage, LIMITS, clocks)
    tidying.tidy()
    for by in (timedelta(days=8), timedelta(days=-8)):
        clocks.jump(by)
        for _ in range(18):
            tidying.tidy()
            clocks.go_on(timedelta(minutes=10))
            live.changed_at = upload_tidying.now()  # sound goes on coming
            session.commit()
    reread(session, upload)
    reread(session, live)
    assert (upload.state, live.state) == (UploadState.RECEIVING, UploadState.RECEIVING)
    assert set(storage.arrivals()) == {upload.key, live.key, "f" * 32}


def test_one_look_at_a_clock_ends_nothing(
    session: Session,
    engine: Engine,
    storage: Storage,
    upload: Upload,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that starts with a wrong clock has nothing to compare it with."""
    clocks = FakeClocks(monkeypatch)
    upload.changed_at = now() - timedelta(days=8)
    session.commit()
    tidying = Tidying(engine, storage, LIMITS, clocks)
    for minutes in (0, 30, 29):
        clocks.go_on(timedelta(minutes=minutes))
        tidying.tidy()
    reread(session, upload)
    assert upload.state == UploadState.RECEIVING
    clocks.go_on(timedelta(minutes=2))
    tidying.tidy()
    reread(session, upload)
    assert upload.state == UploadState.WITHDRAWN


def test_what_killed_servers_left_goes_and_what_is_in_use_stays(
    storage: Storage, tidy: Tidy, config: Config
) -> None:
    arriving, long_ago = config.home / "arriving", time.time() - 90_000
    (arriving / "tmpkilled").write_bytes(b"half of a form")
    (arriving / "tmpfolder").mkdir()
    (arriving / "tmpfolder" / "page.jpg").touch()
    with storage.receive(100) as incoming, storage.workspace() as folder:
        for path in arriving.iterdir():
            os.utime(path, (long_ago, long_ago))
        (arriving / "tmpyoung").touch()
        tidy()
        kept = {path.name for path in arriving.iterdir()}
        assert kept == {incoming.path.name, folder.name, "tmpyoung"}
