"""The audit table records who did what to which thing, and who looked at what is not public."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, When, now
from models.person import Person


class AuditLine(Base):
    """One line of the audit. It never holds spoken or written text."""

    __tablename__ = "audit_line"

    id: Mapped[Id]
    at: Mapped[When] = mapped_column(default=now, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # Both are words of the code, such as `correct` and `segment`.
    verb: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[int | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    # Of refusals: from where, and how often within the minute that begins at `at`.
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    times: Mapped[int] = mapped_column(default=1, server_default="1")

    person: Mapped[Person | None] = relationship()
