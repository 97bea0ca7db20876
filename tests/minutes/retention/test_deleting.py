"""Deleted is really gone: rows, files, caches, and the bytes in the database's own files."""

import json
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import NotPossibleNow
from minutes import stored_files
from minutes.retention import certificates, deleting, holds
from minutes.retention.deleting import DeletionGround
from minutes.retention.inventory import things_of
from minutes.retention.scope import notices_of, rows_of
from minutes.sound.clips import Clips
from models.base import now
from models.database import writing
from models.meeting import Meeting
from models.minutes import MinutesRevision, PublishedParagraph
from models.notice import Notice
from models.recording import Recording
from models.retention import Deletion, KeptKind
from models.transcript import Segment, TranscriptCount
from tests.cast import Cast
from tests.world import World

GROUND = DeletionGround("90日（会議録の承認から）", now() - timedelta(days=100), now())
SECRET = "誰にも言わないでください黄昏堂の件"
MEMO = "後で聞く"


def delete(
    engine: Engine, config: Config, storage: Storage, meeting_id: int, kind: KeptKind
) -> int:
    """Everything of this kind, at once. Returns the number of the certificate."""
    deleting.count_letters(engine, meeting_id)
    with writing(engine) as session, session.begin():
        meeting = session.get_one(Meeting, meeting_id)
        deletion = deleting.begin(session, None, meeting, kind, GROUND)
        assert deletion is not None
        session.flush()
        number = deletion.id
    assert deleting.finish(engine, config, storage, number, settled_seconds=0)
    return number


def places_of(home: Path, wanted: bytes) -> list[str]:
    """The files of the home that hold these bytes, whatever kind of file they are."""
    files = (path for path in home.rglob("*") if path.is_file())
    return sorted(path.name for path in files if wanted in path.read_bytes())


def counts_of(session: Session) -> list[tuple[int, ...]]:
    rows = select(
        TranscriptCount.transcript_id, TranscriptCount.segments, TranscriptCount.raw_total
    )
    return [tuple(row) for row in session.execute(rows)]


def every_form(words: str) -> list[bytes]:
    """As tables hold words: as they are, and escaped in JSON."""
    return [words.encode(), json.dumps(words)[1:-1].encode()]


def test_the_sound_goes_with_its_copies_and_what_the_city_counted_and_published_stays(
    session: Session, engine: Engine, config: Config, storage: Storage, world: World
) -> None:
    meeting_id = world.published.id
    recording = session.scalars(select(Recording).where(Recording.meeting_id == meeting_id)).one()
    other = world.recording
    assert other.sha256 == recording.sha256, "the same sound stands in another meeting too"
    clip = Clips(config.home).clip(storage.path(recording.sha256), 1.0, 2.0)
    heard = select(PublishedParagraph).where(PublishedParagraph.heard_until.is_not(None))
    assert session.scalars(heard).first() is not None
    other_id, sha256 = other.meeting_id, other.sha256
    session.commit()

    delete(engine, config, storage, meeting_id, KeptKind.SOUND)
    session.expire_all()
    assert recording.emptied_at is not None and recording.peaks_sha256 is None
    assert session.scalars(heard).first() is None
    assert session.scalars(select(PublishedParagraph)).first() is not None
    assert storage.path(sha256).exists(), "the other meeting has it still"
    session.commit()

    delete(engine, config, storage, other_id, KeptKind.SOUND)
    assert not storage.path(sha256).exists() and not clip.exists()
    assert sha256 not in stored_files.named(session), "nobody misses it"
    session.commit()
    delete(engine, config, storage, meeting_id, KeptKind.TRANSCRIPT)
    assert [(segments, letters > 0) for _, segments, letters in counts_of(session)] == [(3, True)]
    assert session.scalars(select(Segment)).first() is not None


def test_no_byte_of_what_was_said_is_left_in_the_home(
    session: Session, engine: Engine, config: Config, storage: Storage, world: World
) -> None:
    meeting = world.unpublished
    sound = storage.path(world.recording.sha256).read_bytes()[20_000:20_064]
    said = world.transcript.segments[0]
    said.text = SECRET
    for revision in session.scalars(select(MinutesRevision)):
        if revision.meeting is meeting:
            revision.content = {**revision.content, "place": SECRET}
    notices = Notice.id.in_(notices_of(meeting.id))
    session.execute(update(Notice).where(notices).values(words=SECRET))
    session.commit()
    home, sha256 = config.home, world.recording.sha256
    assert any(places_of(home, form) for form in every_form(SECRET))
    assert places_of(home, sound) == [sha256]

    unpublished_id, published_id = meeting.id, world.published.id
    kinds = [one for one in KeptKind if things_of(session, rows_of(session, meeting, one))]
    session.commit()
    for kind in kinds:
        if kind not in (KeptKind.DOCUMENT, KeptKind.MEETING):
            delete(engine, config, storage, unpublished_id, kind)
    delete(engine, config, storage, published_id, KeptKind.SOUND)
    for words in (SECRET, MEMO):
        for form in every_form(words):
            assert places_of(home, form) == [], words
    assert places_of(home, sound) == []


def test_documents_go_with_their_pictures_and_words_but_not_those_that_citizens_see(
    session: Session, engine: Engine, config: Config, storage: Storage, world: World
) -> None:
    meeting = world.unpublished
    versions = rows_of(session, meeting, KeptKind.DOCUMENT).versions
    versions[0].pages[0].text = SECRET
    hashes = [one.sha256 for one in versions[1:]]  # the first one is a signed record's too
    meeting_id = meeting.id
    session.commit()
    delete(engine, config, storage, meeting_id, KeptKind.DOCUMENT)
    assert all(places_of(config.home, form) == [] for form in every_form(SECRET))
    assert not [sha256 for sha256 in hashes if storage.path(sha256).exists()]
    session.expire_all()
    assert {one.emptied_at is None for one in versions} == {False}


def test_what_is_held_stays_and_an_approved_text_stays_while_it_is_public(
    session: Session, cast: Cast, world: World
) -> None:
    assert rows_of(session, world.published, KeptKind.ORIGINAL).revisions == []
    assert rows_of(session, world.published, KeptKind.DRAFT).revisions == []
    holds.place(session, cast.organiser, world.published.series, "住民監査請求")
    with pytest.raises(NotPossibleNow, match="凍結"):
        deleting.begin(session, None, world.published, KeptKind.SOUND, GROUND)


def test_the_certificate_says_what_went_and_every_change_of_it_shows(
    session: Session, engine: Engine, config: Config, storage: Storage, world: World
) -> None:
    meeting_id, sha256 = world.published.id, world.recording.sha256
    session.commit()
    number = delete(engine, config, storage, meeting_id, KeptKind.SOUND)
    deletion = session.get_one(Deletion, number)
    said = json.loads(deletion.certificate or "")["certificate"]
    assert said["things"][0]["sha256"] == sha256
    assert said["rule"] == "90日（会議録の承認から）" and said["by"] == "保存期間の定め（自動）"
    assert said["files_that_others_have"], "the other meeting has the same sound"
    assert certificates.is_genuine(deletion.certificate or "")
    forged = (deletion.certificate or "").replace("90日", "10日")
    assert not certificates.is_genuine(forged)
    assert deletion.pdf_sha256
    with pikepdf.open(storage.path(deletion.pdf_sha256)) as pdf:
        assert pdf.Root.AcroForm.Fields[0].FT == "/Sig"


def test_a_file_that_has_just_been_stored_waits_for_its_row(
    session: Session, engine: Engine, config: Config, storage: Storage, world: World
) -> None:
    meeting = session.get_one(Meeting, world.unpublished.id)
    for recording in session.scalars(select(Recording).where(Recording.meeting != meeting)):
        recording.emptied_at = now()
    deletion = deleting.begin(session, None, meeting, KeptKind.SOUND, GROUND)
    assert deletion is not None
    session.flush()
    number, path = deletion.id, storage.path(world.recording.sha256)
    session.commit()
    assert not deleting.finish(engine, config, storage, number)
    assert path.exists()
    assert deleting.finish(engine, config, storage, number, settled_seconds=0)
    assert not path.exists()
