"""A shelf: documents of a meeting from bytes, replaced, and read as the worker reads them."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import appearance, documents, preparation, versions
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from tests.cast import Cast


@dataclass
class Shelf:
    session: Session
    engine: Engine
    storage: Storage
    cast: Cast
    meeting: Meeting

    def prepare(self, pdf: bytes, name: str = "資料.pdf") -> documents.PreparedDocument:
        with self.storage.receive(500_000_000) as incoming:
            incoming.write(pdf)
            return documents.prepare_document(self.storage, name, incoming)

    def add(self, pdf: bytes, name: str = "資料.pdf") -> Document:
        item = self.meeting.agenda_items[0]
        made = documents.add_document(
            self.session, self.cast.organiser, self.meeting, item, self.prepare(pdf, name)
        )
        self.read()
        return made

    def propose(self, document: Document, pdf: bytes) -> DocumentVersion:
        prepared = self.prepare(pdf)
        version = versions.propose_version(self.session, self.cast.organiser, document, prepared)
        self.read()
        return version

    def replace(self, document: Document, pdf: bytes) -> DocumentVersion:
        version = self.propose(document, pdf)
        changes = versions.compare(version)
        versions.release_version(self.session, self.cast.organiser, version, changes)
        self.session.commit()
        return version

    def read(self) -> None:
        """What the worker does with the pages."""
        self.session.commit()
        while preparation.prepare_some(self.engine, self.storage):
            pass
        while appearance.compare_some(self.engine, self.storage):
            pass
        self.session.expire_all()
