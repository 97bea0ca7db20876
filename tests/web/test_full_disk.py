"""A full disk, really: what is there can be read, what is new is refused with a sentence."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.errors import StorageFull
from meetings.settings.server import StorageSettings
from models.audit import AuditLine
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Browser, Cast
from tests.disks import small_disk
from tests.pdfs import plain_pdf

pytestmark = [pytest.mark.hostile, pytest.mark.slow]

Browse = Callable[[Person], Browser]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    with small_disk(tmp_path / "disk") as disk:
        yield replace(settings.load(), storage=StorageSettings(home=str(disk / "home")))


@pytest.fixture
def version(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> DocumentVersion:
    with storage.receive(10**6) as incoming:
        incoming.write(plain_pdf(1))
        prepared = documents.prepare_document(storage, "資料.pdf", incoming)
    made = documents.add_document(session, cast.organiser, meeting, None, prepared)
    session.commit()
    return made.current


def fill(config: Config) -> Path:
    filling = config.home / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filling


def looks(session: Session, version: DocumentVersion) -> int:
    session.rollback()
    lines = select(AuditLine).where(AuditLine.verb.in_(("look", "fetch")))
    mine = {"document": version.document_id, "document_version": version.id}
    return len([line for line in session.scalars(lines) if mine.get(line.thing) == line.thing_id])


def test_papers_are_read_changes_are_refused_and_both_go_on_afterwards(
    config: Config, session: Session, version: DocumentVersion, cast: Cast, browse: Browse
) -> None:
    reader, writer = browse(cast.attendee), browse(cast.organiser)
    pages = [f"/documents/{version.document_id}", f"/versions/{version.id}/file"]
    agenda = f"/api/meetings/{version.meeting.id}/agenda-items"
    filling = fill(config)
    assert [reader.get(page).status_code for page in pages * 2] == [200] * 4
    for _ in range(100):  # until what is left in the log of writes is used up
        answer = writer.post(agenda, json={"title": "議題" * 50})
        if answer.status_code != 201:
            break
    assert answer.status_code == 507 and "ディスクがいっぱい" in answer.json["message"]
    assert [reader.get(page).status_code for page in pages] == [200, 200]
    filling.unlink()
    assert writer.post(agenda, json={"title": "議題"}).status_code == 201
    reader.get(pages[0])
    end = time.monotonic() + 30
    while looks(session, version) < 7 and time.monotonic() < end:
        time.sleep(0.1)
    assert looks(session, version) == 7, "what could not be noted then is noted now"


def test_a_start_on_a_full_disk_says_so(config: Config, engine: Engine) -> None:
    engine.dispose()
    fill(config)
    with pytest.raises(StorageFull):
        home.prepare(config)
