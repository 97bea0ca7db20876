"""The course of a sitting (会議の経過) and what became of its items (結果), as the record states
them. A row that was wrong is struck, not deleted."""

from enum import StrEnum

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, When, now, word
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.sitting import Attendance
from models.transcript import Segment


class SittingEventKind(StrEnum):
    """What happened. Events of one moment stand in this order."""

    OPENED = "opened"
    BEGAN = "began"
    RESUMED = "resumed"
    CAME_IN = "came_in"
    CHAIR = "chair"
    LEFT = "left"
    SUSPENDED = "suspended"
    DEFERRED = "deferred"
    ADJOURNED = "adjourned"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            SittingEventKind.OPENED: "開会",
            SittingEventKind.BEGAN: "開議",
            SittingEventKind.RESUMED: "再開",
            SittingEventKind.CAME_IN: "入室",
            SittingEventKind.CHAIR: "議長交代",
            SittingEventKind.LEFT: "退席",
            SittingEventKind.SUSPENDED: "休憩",
            SittingEventKind.DEFERRED: "延会",
            SittingEventKind.ADJOURNED: "散会",
            SittingEventKind.CLOSED: "閉会",
        }[self]

    @property
    def rank(self) -> int:
        return list(SittingEventKind).index(self)

    @property
    def is_of_somebody(self) -> bool:
        """Return whether it happens to one of those who attend, not to the whole sitting."""
        return self in (SittingEventKind.CAME_IN, SittingEventKind.CHAIR, SittingEventKind.LEFT)


class SittingEvent(Base):
    """Something that happened at a moment of the sitting. That somebody came for the first time is
    an `Attendance`; here they leave, and come in again."""

    __tablename__ = "sitting_event"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[SittingEventKind] = mapped_column(word(SittingEventKind))
    at: Mapped[When]
    # The item under discussion then.
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    # Who came in, left or took the chair.
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendance.id"), index=True)
    # Where it was said, when it was proposed from what was said.
    segment_id: Mapped[int | None] = mapped_column(
        ForeignKey("segment.id", ondelete="SET NULL"), index=True
    )
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[When] = mapped_column(default=now)
    struck_at: Mapped[When | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    attendance: Mapped[Attendance | None] = relationship(lazy="joined")
    segment: Mapped[Segment | None] = relationship()
    noted_by: Mapped[Person] = relationship(foreign_keys=noted_by_id)

    @property
    def who(self) -> str:
        """Return the name of whom it happened to; an empty text for the whole sitting."""
        return self.attendance.attendee_name if self.attendance else ""


class ItemResult(StrEnum):
    """What became of an item."""

    PASSED = "passed"
    REJECTED = "rejected"
    APPROVED = "approved"
    ACKNOWLEDGED = "acknowledged"
    CONTINUED = "continued"
    REPORTED = "reported"

    @property
    def label(self) -> str:
        return {
            ItemResult.PASSED: "可決",
            ItemResult.REJECTED: "否決",
            ItemResult.APPROVED: "承認",
            ItemResult.ACKNOWLEDGED: "了承",
            ItemResult.CONTINUED: "継続",
            ItemResult.REPORTED: "報告",
        }[self]


class VotingMethod(StrEnum):
    """How it was decided."""

    SIMPLE = "simple"
    STANDING = "standing"
    HANDS = "hands"
    NAMED = "named"
    UNNAMED = "unnamed"

    @property
    def label(self) -> str:
        return {
            VotingMethod.SIMPLE: "簡易採決",
            VotingMethod.STANDING: "起立採決",
            VotingMethod.HANDS: "挙手採決",
            VotingMethod.NAMED: "記名投票",
            VotingMethod.UNNAMED: "無記名投票",
        }[self]


class ItemDecision(Base):
    """What became of an agenda item, or of a motion that was on no agenda."""

    __tablename__ = "item_decision"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    # What was decided about, where it is not the item itself (修正案、動議).
    subject: Mapped[Name] = mapped_column(default="")
    result: Mapped[ItemResult] = mapped_column(word(ItemResult))
    # None: nobody was asked to vote, or nobody noted how.
    method: Mapped[VotingMethod | None] = mapped_column(word(VotingMethod))
    # None where nobody counted.
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    names_for: Mapped[list[str]] = mapped_column(JSON)
    names_against: Mapped[list[str]] = mapped_column(JSON)
    # Who moved it (提出者、動議を出した人).
    mover: Mapped[Name] = mapped_column(default="")
    note: Mapped[Name] = mapped_column(default="")
    segment_id: Mapped[int | None] = mapped_column(
        ForeignKey("segment.id", ondelete="SET NULL"), index=True
    )
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[When] = mapped_column(default=now)
    struck_at: Mapped[When | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    segment: Mapped[Segment | None] = relationship()
    noted_by: Mapped[Person] = relationship(foreign_keys=noted_by_id)
