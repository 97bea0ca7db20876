"""What goes by itself, when, and after whom it was told; what a person deletes, and a kill in the
middle of it."""

import os
import signal
import zipfile
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import rights
from meetings.settings.keeping import RetentionSettings
from minutes.retention import bin as recycling
from minutes.retention import certificates, deleting, erasing, holds, nightly, plan, rules
from minutes.retention.nightly import RetentionClock
from minutes.retention.rules import KeptFor
from models.base import now
from models.database import connect, writing
from models.meeting import Meeting
from models.minutes import Approval
from models.notice import Notice, NoticeKind
from models.recording import Recording, Transcription
from models.retention import CountedFrom, Deletion, KeptKind, PeriodUnit
from models.transcript import Segment, Transcript
from models.voiceprint import Voiceprint
from tests.cast import Cast
from tests.clocks import FakeClocks
from tests.world import World

ALL_DAY = range(24)
HOUR, MONTH = timedelta(minutes=61), timedelta(days=31)
NINETY = KeptFor(90, PeriodUnit.DAYS)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> FakeClocks:
    return FakeClocks(monkeypatch, nightly, plan)


def clock_of(
    engine: Engine, config: Config, storage: Storage, clocks: FakeClocks
) -> RetentionClock:
    return RetentionClock(engine, config, storage, clocks, night=ALL_DAY, settled_seconds=0)


def approve_long_ago(session: Session, cast: Cast) -> None:
    """The published minutes, a hundred days ago; what was sent back is no approval."""
    for approval in session.scalars(select(Approval).where(Approval.is_approved)):
        approval.decided_at = now() - timedelta(days=100)
    rules.set_rule(session, cast.administrator, None, KeptKind.SOUND, NINETY)


def gone_by_now(session: Session) -> list[Deletion]:
    """But for what was deleted in the world from the beginning."""
    return list(
        session.scalars(select(Deletion).where(Deletion.certificate.is_distinct_from("{}")))
    )


def look_twice(clock: RetentionClock, clocks: FakeClocks) -> None:
    """Now and over an hour later: one look at a clock is not enough."""
    clock.look()
    clocks.go_on(HOUR)
    clock.look()


def test_what_is_over_goes_after_people_were_told_and_not_by_one_look_at_the_clock(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    cast: Cast,
    world: World,
    clocks: FakeClocks,
) -> None:
    meeting, meeting_id = world.published, world.published.id
    meeting.created_by.email = "organiser@example.jp"
    approve_long_ago(session, cast)
    session.commit()
    clock = clock_of(engine, config, storage, clocks)
    look_twice(clock, clocks)
    session.expire_all()
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.WILL_BE_DELETED)).all()
    assert {one.person.id for one in told} >= {meeting.created_by_id}
    assert "録音　90日（会議録の承認から）" in told[0].words
    (waiting,) = plan.planned(session, config.retention)
    assert waiting.goes_at > now() + timedelta(days=29), "thirty days from when they were told"
    assert not gone_by_now(session)

    clocks.go_on(MONTH)
    clock.look()
    assert not gone_by_now(session), "one look is not enough"
    session.commit()
    clocks.go_on(HOUR)
    clock.look()
    (gone,) = gone_by_now(session)
    assert (gone.meeting_id, gone.kind, gone.decided_by) == (meeting_id, KeptKind.SOUND, None)
    assert certificates.is_genuine(gone.certificate or "")
    assert plan.planned(session, config.retention) == []


def test_nothing_goes_by_day_while_it_is_held_or_after_the_clock_was_set(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    cast: Cast,
    world: World,
    clocks: FakeClocks,
) -> None:
    approve_long_ago(session, cast)
    session.commit()
    nightly.warn(engine, config)
    clocks.go_on(MONTH)
    by_day = RetentionClock(engine, config, storage, clocks, range(0), settled_seconds=0)
    look_twice(by_day, clocks)
    set_forward = clock_of(engine, config, storage, clocks)
    set_forward.look()
    clocks.jump(timedelta(days=90))
    look_twice(set_forward, clocks)
    hold = holds.place(session, cast.organiser, world.published, "住民監査請求")
    session.commit()
    look_twice(clock_of(engine, config, storage, clocks), clocks)
    assert not gone_by_now(session)
    (held,) = plan.planned(session, config.retention)
    assert held.is_held
    holds.lift(session, cast.organiser, hold)
    (waiting,) = plan.planned(session, config.retention)
    assert waiting.warned_at is None, "people are told anew"


@pytest.mark.slow
def test_the_archive_is_written_first_and_without_it_nothing_goes(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    cast: Cast,
    world: World,
    clocks: FakeClocks,
    tmp_path: Path,
) -> None:
    approve_long_ago(session, cast)
    session.commit()
    nightly.warn(engine, config)
    clocks.go_on(MONTH)
    folder = tmp_path / "kept"
    config = replace(config, retention=RetentionSettings(export_to=str(folder)))
    clock = clock_of(engine, config, storage, clocks)
    clock.look()
    clocks.go_on(HOUR)
    with pytest.raises(NotPossibleNow, match="書き出せるまで、何も削除しません"):
        clock.look()
    assert not gone_by_now(session)
    session.commit()
    folder.mkdir()
    clock.look()
    assert gone_by_now(session)[0].finished_at
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        assert any("/録音/01_" in name for name in archive.namelist())


def test_each_series_and_kind_has_its_own_clock(
    session: Session, config: Config, cast: Cast, world: World
) -> None:
    approve_long_ago(session, cast)
    series = world.published.series
    ever = KeptFor()
    april = KeptFor(1, PeriodUnit.YEARS, CountedFrom.END, is_from_april=True)
    rules.set_rule(session, cast.administrator, None, KeptKind.TRANSCRIPT, april)
    rules.set_rule(session, cast.organiser, series, KeptKind.SOUND, ever)
    (only,) = plan.planned(session, config.retention)
    assert (only.meeting, only.kind) == (world.published, KeptKind.TRANSCRIPT)
    assert only.due_at.isoformat() == "2023-04-01T00:00:00+09:00", "of a meeting in August 2021"


def test_a_meeting_in_the_bin_is_seen_by_nobody_comes_back_whole_or_goes_for_good(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    cast: Cast,
    world: World,
    clocks: FakeClocks,
) -> None:
    meeting = world.unpublished
    with pytest.raises(NotPossibleNow, match="承認または公開"):
        recycling.remove(session, cast.organiser, world.published, "まちがい")
    with pytest.raises(InvalidInput):
        recycling.remove(session, cast.organiser, meeting, " ")
    with pytest.raises(NotPossibleNow, match="先に"):
        recycling.remove(session, cast.organiser, meeting, "二重に登録した")
    meeting.starts_at, meeting.ends_at = (now() - timedelta(days=n) for n in (2, 1))
    recycling.remove(session, cast.organiser, meeting, "二重に登録した")
    assert not rights(session, cast.organiser, meeting)
    assert recycling.removed_meetings(session, cast.organiser) == [meeting]
    assert recycling.removed_meetings(session, cast.attendee) == []
    recycling.put_back(session, cast.organiser, meeting)
    assert rights(session, cast.organiser, meeting)

    recycling.remove(session, cast.organiser, meeting, "二重に登録した")
    meeting.removed_at = now() - timedelta(days=31)
    meeting_id, title = meeting.id, meeting.title
    session.commit()
    look_twice(clock_of(engine, config, storage, clocks), clocks)
    session.expire_all()
    (gone,) = gone_by_now(session)
    assert (gone.kind, gone.title, gone.decided_by) == (KeptKind.MEETING, title, cast.organiser)
    assert "二重に登録した" in (gone.certificate or "")
    emptied = session.get_one(Meeting, meeting_id)
    assert (emptied.title, emptied.agenda_items[0].title) == ("（削除）", "（削除）")
    assert not emptied.invitations
    with pytest.raises(NotPossibleNow):
        recycling.put_back(session, cast.organiser, emptied)


def test_a_copy_from_before_a_migration_is_kept_no_longer_than_a_backup(
    engine: Engine, config: Config, storage: Storage, clocks: FakeClocks
) -> None:
    old, new = (config.home / f"before-migration-{n}.sqlite3" for n in ("0001", "0002"))
    for path, days in ((old, 36), (new, 10)):
        path.write_bytes(b"")
        at = (now() - timedelta(days=days)).timestamp()
        os.utime(path, (at, at))
    look_twice(clock_of(engine, config, storage, clocks), clocks)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_voiceprint_stands_in_the_same_list_and_goes_as_its_person_agreed(
    session: Session, config: Config, cast: Cast, world: World
) -> None:
    session.add(
        Voiceprint(
            series=world.unpublished.series,
            name="芹沢 由紀",
            embedding=b"",
            weights_sha256="",
            transcription=world.transcript.transcription,
            consent_by=cast.secretary,
            expires_at=now() + timedelta(days=10),
        )
    )
    holds.place(session, cast.organiser, world.unpublished, "訴訟")
    (only,) = plan.planned(session, config.retention)
    assert (only.kind, only.meeting, only.is_held) == (
        KeptKind.VOICEPRINT,
        world.unpublished,
        False,
    )
    assert not only.is_due(now() + timedelta(days=20)), "another clock deletes it"


def finish_but_be_killed(config: Config, deletion_id: int) -> None:
    """In a process of its own, one row at a time; killed at the third call."""
    calls = count()

    def killing(erase: erasing.Erase) -> erasing.Erase:
        def erase_or_die(session: Session, meeting_id: int) -> int:
            if next(calls) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return erase(session, meeting_id)

        return erase_or_die

    erasing.AT_ONCE = 1
    of_kind = erasing.ERASING[KeptKind.TRANSCRIPT]
    erasing.ERASING[KeptKind.TRANSCRIPT] = tuple(map(killing, of_kind))
    deleting.finish(connect(config.database), config, Storage(config.home), deletion_id)


def test_a_deletion_that_was_killed_is_finished_at_the_next_start(
    session: Session,
    engine: Engine,
    config: Config,
    storage: Storage,
    world: World,
    clocks: FakeClocks,
) -> None:
    meeting_id = world.published.id
    session.commit()
    with writing(engine) as another, another.begin():
        meeting = another.get_one(Meeting, meeting_id)
        ground = deleting.DeletionGround("90日（会議録の承認から）")
        deletion = deleting.begin(another, None, meeting, KeptKind.TRANSCRIPT, ground)
        another.flush()
        assert deletion is not None
        number = deletion.id
    process = get_context("fork").Process(target=finish_but_be_killed, args=(config, number))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    mine = select(Segment).where(Segment.transcript_id.in_(transcripts_of(meeting_id)))
    left = len(session.scalars(mine).all())
    assert 0 < left < 3, "killed in the middle"
    session.commit()

    clock_of(engine, config, storage, clocks).look()
    assert not session.scalars(mine).all()
    assert session.get_one(Deletion, number).finished_at is not None


def transcripts_of(meeting_id: int) -> Select[int]:
    return (
        select(Transcript.id)
        .join(Transcript.transcription)
        .join(Transcription.recording)
        .where(Recording.meeting_id == meeting_id)
    )
