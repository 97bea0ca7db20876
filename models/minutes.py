"""The official text (会議録): numbered revisions, who approved which, what is published."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, JsonObject, LongText, When, now
from models.meeting import Meeting
from models.person import Person
from models.transcript import Transcript


class Minutes(Base):
    __tablename__ = "minutes"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    created_at: Mapped[When] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship()
    revisions: Mapped[list["MinutesRevision"]] = relationship(
        back_populates="minutes", order_by="MinutesRevision.number"
    )

    @property
    def latest(self) -> "MinutesRevision":
        return self.revisions[-1]


class MinutesRevision(Base):
    """A numbered, frozen state of the text (`minutes.records.Content`), and the transcript that
    it was drafted from: its times lead into that recording. With several parts it is the first
    one's, and the content names all."""

    __tablename__ = "minutes_revision"
    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[Id]
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), index=True)
    number: Mapped[int]
    content: Mapped[JsonObject]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[When] = mapped_column(default=now)

    minutes: Mapped[Minutes] = relationship(back_populates="revisions")
    transcript: Mapped[Transcript] = relationship()
    written_by: Mapped[Person] = relationship()
    request: Mapped["ApprovalRequest | None"] = relationship(back_populates="revision")
    publications: Mapped[list["Publication"]] = relationship(
        back_populates="revision", order_by="Publication.id"
    )

    @property
    def meeting(self) -> Meeting:
        return self.minutes.meeting

    @property
    def transcript_ids(self) -> list[int]:
        """Of all parts, in order. Texts from before there were parts name none."""
        return self.content.get("transcript_ids") or [self.transcript_id]

    @property
    def is_approved(self) -> bool:
        decision = self.request.decision if self.request else None
        return decision is not None and decision.is_approved

    @property
    def is_awaited(self) -> bool:
        """Somebody has asked for approval, and nobody has decided yet."""
        return self.request is not None and self.request.decision is None


class ApprovalRequest(Base):
    """The secretary asks for approval of one revision, once."""

    __tablename__ = "approval_request"

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), unique=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[When] = mapped_column(default=now)

    revision: Mapped[MinutesRevision] = relationship(back_populates="request")
    requested_by: Mapped[Person] = relationship()
    decision: Mapped["Approval | None"] = relationship(back_populates="request")


class Approval(Base):
    """The approver's decision: approved, or sent back with a reason."""

    __tablename__ = "approval"

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    is_approved: Mapped[bool]
    reason: Mapped[LongText] = mapped_column(default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[When] = mapped_column(default=now)

    request: Mapped[ApprovalRequest] = relationship(back_populates="decision")
    decided_by: Mapped[Person] = relationship()


class Publication(Base):
    __tablename__ = "publication"

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), index=True)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[When] = mapped_column(default=now)

    revision: Mapped[MinutesRevision] = relationship(back_populates="publications")
    published_by: Mapped[Person] = relationship()
    withdrawal: Mapped["Withdrawal | None"] = relationship(back_populates="publication")


class Withdrawal(Base):
    """A publication is never deleted; a withdrawal ends it."""

    __tablename__ = "withdrawal"

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), unique=True)
    reason: Mapped[LongText] = mapped_column(default="")
    withdrawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[When] = mapped_column(default=now)

    publication: Mapped[Publication] = relationship(back_populates="withdrawal")
    withdrawn_by: Mapped[Person] = relationship()
