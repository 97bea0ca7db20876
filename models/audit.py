"""The audit table: who did what to which thing, and who looked at what is not public."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, When, now
from models.person import Person


class AuditLine(Base):
    """`verb` and `thing` are the words of the code; never spoken or written text."""

    __tablename__ = "audit_line"

    id: Mapped[Id]
    at: Mapped[When] = mapped_column(default=now, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    verb: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[int | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)

    person: Mapped[Person | None] = relationship()
