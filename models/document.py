"""Documents (資料), their versions (版) and pages (頁). Only versions have pages."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now
from models.meeting import AgendaItem, Meeting
from models.person import Person


class Document(Base):
    """A document of a meeting, with its versions and the rules for reading it."""

    __tablename__ = "document"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    # Orders the documents of one agenda item.
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    may_print: Mapped[bool] = mapped_column(default=True)
    may_download: Mapped[bool] = mapped_column(default=True)
    # Whether readers may take the Office file that the PDF was made from.
    may_take_original: Mapped[bool] = mapped_column(default=False)
    is_watermarked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[When] = mapped_column(default=now)
    removed_at: Mapped[When | None]

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    # Whether somebody may read it, and which version, is asked of every document of a meeting.
    readers: Mapped[list[Person]] = relationship(
        secondary="document_reader", order_by="Person.id", lazy="selectin"
    )
    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number", lazy="selectin"
    )

    @property
    def released(self) -> list["DocumentVersion"]:
        """Return the versions that attendees have been shown, the oldest first."""
        return [version for version in self.versions if version.released_at is not None]

    @property
    def current(self) -> "DocumentVersion":
        return self.released[-1]

    @property
    def proposed(self) -> "DocumentVersion | None":
        """Return the unreleased next version while the organiser looks at what it would change;
        None where there is none."""
        newest = self.versions[-1]
        is_open = newest.released_at is None and newest.withdrawn_at is None
        return newest if is_open else None


class DocumentReader(Base):
    """One of those to whom a document is limited. Where a document has any, people who are only
    invited read it only if they are among them."""

    __tablename__ = "document_reader"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class DocumentVersion(Base):
    """One version of a document: the PDF as it came, and how far the worker is with it."""

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        # What the worker looks for every second.
        Index(
            "ix_document_version_to_read",
            "page_count",
            sqlite_where=text("prepared_pages < page_count"),
        ),
        Index(
            "ix_document_version_to_compare",
            "page_count",
            sqlite_where=text("compared_pages < page_count"),
        ),
    )

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    file_name: Mapped[Name]
    # The PDF's name in the store.
    sha256: Mapped[Sha256]
    size_bytes: Mapped[int]
    thumbnail_sha256: Mapped[Sha256]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[When] = mapped_column(default=now)
    released_at: Mapped[When | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[When | None]
    page_count: Mapped[int]
    # How many pages the worker has read so far.
    prepared_pages: Mapped[int] = mapped_column(default=0)
    # How many pages it has laid upon the pages of the version before.
    compared_pages: Mapped[int] = mapped_column(default=0)
    # The names of the fonts that the PDF does not embed, one a line.
    missing_fonts: Mapped[LongText] = mapped_column(default="")
    # The Office file that the PDF was made from; empty where it came as a PDF.
    original_file_name: Mapped[Name] = mapped_column(default="")
    original_sha256: Mapped[Sha256 | None]
    original_size_bytes: Mapped[int | None]
    # What the Office file holds besides what is seen, one a line; None where nobody has looked.
    original_carries: Mapped[LongText | None]
    # Since when its content is gone; name, hash and size stay.
    emptied_at: Mapped[When | None]

    document: Mapped[Document] = relationship(back_populates="versions")
    created_by: Mapped[Person] = relationship(
        foreign_keys=created_by_id, lazy="joined", innerjoin=True
    )
    pages: Mapped[list["Page"]] = relationship(back_populates="version", order_by="Page.number")

    @property
    def meeting(self) -> Meeting:
        return self.document.meeting

    @property
    def is_prepared(self) -> bool:
        return self.prepared_pages >= self.page_count

    @property
    def is_compared(self) -> bool:
        return self.compared_pages >= self.page_count


class Page(Base):
    """One page of a version. The worker fills in its text and pictures."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"), index=True)
    number: Mapped[int]
    # In PDF points, after rotation.
    width: Mapped[float]
    height: Mapped[float]
    # As the PDF holds it.
    text: Mapped[LongText] = mapped_column(default="")
    picture_sha256: Mapped[Sha256 | None]
    # A perceptual hash, by which a page is found again in another version.
    picture_hash: Mapped[str | None] = mapped_column(String(64))
    # How differently it looks from the page it was matched with; 0 for not at all.
    picture_difference: Mapped[float | None]
    # Why the page could not be read; empty otherwise.
    problem: Mapped[Name] = mapped_column(default="")

    version: Mapped[DocumentVersion] = relationship(back_populates="pages")

    @property
    def meeting(self) -> Meeting:
        return self.version.document.meeting


class PageMatch(Base):
    """A page of a version and the page of the version before that it was matched with."""

    __tablename__ = "page_match"

    new_page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    old_page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    # From 0 to 1.
    likeness: Mapped[float]


class VersionLook(Base):
    """The fact that a person has opened a version. Versions without it are shown as 新着 or
    差替."""

    __tablename__ = "version_look"

    version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[When] = mapped_column(default=now)
