"""What binds an approval to one text: the signed PDF that is kept, the texts that were issued, who
signs on paper, and the scan of what they signed."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now, word
from models.meeting import Meeting
from models.minutes import Approval, Minutes, MinutesRevision
from models.person import Person


class Standing(StrEnum):
    """What a file is to an approved text."""

    ORIGINAL = "original"
    TEMPLATE = "template"
    PUBLIC = "public"
    DIFFERS = "differs"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Return what it is in Japanese, as the heading of a verdict."""
        return {
            Standing.ORIGINAL: "承認された会議録です",
            Standing.TEMPLATE: "承認された会議録です（市のひな形で出したもの）",
            Standing.PUBLIC: "承認された会議録の、公開用の写しです",
            Standing.DIFFERS: "承認された会議録とは違います",
            Standing.UNKNOWN: "承認された会議録か、分かりません",
        }[self]

    @property
    def is_approved(self) -> bool:
        """Return whether it holds an approved text, or the public copy of one."""
        return self in (Standing.ORIGINAL, Standing.TEMPLATE, Standing.PUBLIC)


class SignedRecord(Base):
    """The signed PDF of an approved revision: made once, and the same bytes for ever."""

    __tablename__ = "signed_record"

    id: Mapped[Id]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), unique=True)
    # None while it cannot be made, for the reason in `problem`.
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    # Of the certificate that signed: whose it is, and its SHA-256.
    signer: Mapped[Name] = mapped_column(default="")
    certificate_sha256: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[When | None]
    problem: Mapped[LongText] = mapped_column(default="")
    next_try_at: Mapped[When] = mapped_column(default=now)

    approval: Mapped[Approval] = relationship()

    @property
    def meeting(self) -> Meeting:
        return self.approval.request.revision.meeting


class IssuedText(Base):
    """The hash of the words of an approved revision in one form, as a text or Word file holds
    them."""

    __tablename__ = "issued_text"
    __table_args__ = (UniqueConstraint("revision_id", "text_sha256"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"))
    text_sha256: Mapped[Sha256] = mapped_column(index=True)
    # What it was, such as 「会議録 docx」, and what that is to the approved text.
    form: Mapped[Name]
    standing: Mapped[Standing] = mapped_column(word(Standing), default=Standing.ORIGINAL)
    issued_at: Mapped[When] = mapped_column(default=now)

    revision: Mapped[MinutesRevision] = relationship()


class Signer(Base):
    """A member who signs the minutes on paper (署名議員、署名委員)."""

    __tablename__ = "signer"
    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)

    id: Mapped[Id]
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[When] = mapped_column(default=now)

    minutes: Mapped[Minutes] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)


class SignatureScan(Base):
    """The scan of the signed sheet, kept with the approved revision as a PDF. A later one is added
    beside it."""

    __tablename__ = "signature_scan"

    id: Mapped[Id]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), index=True)
    sha256: Mapped[Sha256]
    file_name: Mapped[Name]
    page_count: Mapped[int]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[When] = mapped_column(default=now)

    approval: Mapped[Approval] = relationship()
    taken_by: Mapped[Person] = relationship()

    @property
    def meeting(self) -> Meeting:
        return self.approval.request.revision.meeting
