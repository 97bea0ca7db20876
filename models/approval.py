"""The way to an approval: the steps that a series has set, those of one request, and what its
readers remark."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, When, now
from models.meeting import Series
from models.minutes import ApprovalRequest, MinutesRevision
from models.person import Person


class ApprovalStep(Base):
    """A step of a series' path of approval, such as 課長. Without a person, whoever may approve
    decides it."""

    __tablename__ = "approval_step"
    __table_args__ = (UniqueConstraint("series_id", "position"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    position: Mapped[int]
    name: Mapped[Name]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Who may decide in their place (代決).
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Within how many days it is to be decided; None: no deadline.
    days: Mapped[int | None]

    series: Mapped[Series] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    delegate: Mapped[Person | None] = relationship(foreign_keys=delegate_id)


class RequestStep(Base):
    """A step of one request for approval: as the series had it when approval was asked for, with
    what was decided. The steps of a request are decided in the order of `position`."""

    __tablename__ = "request_step"
    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        # The few that somebody is waited for.
        Index(
            "ix_request_step_open",
            "due_at",
            sqlite_where=text("began_at IS NOT NULL AND decided_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"))
    position: Mapped[int]
    name: Mapped[Name]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    days: Mapped[int | None]
    # Since when it is this step's turn, and until when it is to be decided.
    began_at: Mapped[When | None]
    due_at: Mapped[When | None]
    # When somebody was last told that it is late, or that its person has left.
    reminded_at: Mapped[When | None]
    is_approved: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[When | None]

    request: Mapped[ApprovalRequest] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    delegate: Mapped[Person | None] = relationship(foreign_keys=delegate_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)

    @property
    def is_by_delegate(self) -> bool:
        """Return whether it was decided in the person's place (代決)."""
        return self.delegate_id is not None and self.decided_by_id == self.delegate_id

    def is_late(self, at: datetime) -> bool:
        """Return whether it should have been decided by then."""
        return self.decided_at is None and self.due_at is not None and self.due_at < at


class ApprovalComment(Base):
    """A remark at one paragraph of a revision, by somebody who reads it before it is approved."""

    __tablename__ = "approval_comment"

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), index=True)
    # The places of section and paragraph in the content, from 0.
    section: Mapped[int]
    paragraph: Mapped[int]
    text: Mapped[LongText]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[When] = mapped_column(default=now)

    revision: Mapped[MinutesRevision] = relationship()
    written_by: Mapped[Person] = relationship()
