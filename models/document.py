"""Documents (資料), their versions (版) and pages (頁). Only versions have pages."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now
from models.meeting import AgendaItem, Meeting
from models.person import Person


class Document(Base):
    __tablename__ = "document"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    created_at: Mapped[When] = mapped_column(default=now)
    removed_at: Mapped[When | None]

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number"
    )

    @property
    def current(self) -> "DocumentVersion":
        return self.versions[-1]


class DocumentVersion(Base):
    """The PDF as it came, by its hash in the store."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    file_name: Mapped[Name]
    sha256: Mapped[Sha256]
    size_bytes: Mapped[int]
    thumbnail_sha256: Mapped[Sha256]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[When] = mapped_column(default=now)

    document: Mapped[Document] = relationship(back_populates="versions")
    created_by: Mapped[Person] = relationship()
    pages: Mapped[list["Page"]] = relationship(back_populates="version", order_by="Page.number")

    @property
    def meeting(self) -> Meeting:
        return self.document.meeting


class Page(Base):
    """`width` and `height` in PDF points, after rotation; `text` as the PDF holds it."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"), index=True)
    number: Mapped[int]
    width: Mapped[float]
    height: Mapped[float]
    text: Mapped[LongText] = mapped_column(default="")

    version: Mapped[DocumentVersion] = relationship(back_populates="pages")
