"""The facts of a meeting while it sits: who presents (発表), every turn of a page (頁送り), the
item under discussion, who came (出席), and whether a seat's network is good enough (接続テスト).

`sequence` counts the facts of one meeting over three tables, so that a terminal can tell the newer
of two states.
"""

from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, When, now, word
from models.document import DocumentVersion
from models.meeting import AgendaItem, InvitationKind, Meeting
from models.person import Person


class Presenting(Base):
    """The time during which one person presents. The row without an end is who presents now."""

    __tablename__ = "presenting"
    __table_args__ = (UniqueConstraint("meeting_id", "sequence"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    sequence: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    began_at: Mapped[When] = mapped_column(default=now)
    ended_at: Mapped[When | None]
    # The `sequence` of the fact that ended it.
    ended_sequence: Mapped[int | None]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)


class Turn(Base):
    """The fact that the presenter showed a page to everybody (頁送り)."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("meeting_id", "sequence"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    sequence: Mapped[int]
    at: Mapped[When] = mapped_column(default=now)
    presenter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"), index=True)
    page_number: Mapped[int]
    # The part of the page that is shown, as `[left, top, width, height]` in parts of the page (0 to
    # 1, origin top left, after rotation), so it means the same on every screen; None for all of it.
    area: Mapped[list[float] | None] = mapped_column(JSON)

    meeting: Mapped[Meeting] = relationship()
    presenter: Mapped[Person] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    version: Mapped[DocumentVersion] = relationship()


class ItemChange(Base):
    """The fact that an agenda item came under discussion, whatever page is shown."""

    __tablename__ = "item_change"
    __table_args__ = (UniqueConstraint("meeting_id", "sequence"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    sequence: Mapped[int]
    at: Mapped[When] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agenda_item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem] = relationship()


class WayIn(StrEnum):
    """How it is known that somebody came."""

    OPENED = "opened"
    CODE = "code"
    BY_HAND = "by_hand"

    @property
    def label(self) -> str:
        return {
            WayIn.OPENED: "会議の画面を開いた",
            WayIn.CODE: "会場のQRコード",
            WayIn.BY_HAND: "書記が記入",
        }[self]


class Attendance(Base):
    """The fact that somebody was there. A row that was wrong is struck, not deleted."""

    __tablename__ = "attendance"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # Given when it is nobody of the city's list; empty otherwise.
    name: Mapped[Name] = mapped_column(default="")
    # The capacity of somebody who is not invited; None: a member.
    kind: Mapped[InvitationKind | None] = mapped_column(word(InvitationKind))
    # The member in whose place somebody came (代理).
    proxy_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    way: Mapped[WayIn] = mapped_column(word(WayIn))
    came_at: Mapped[When] = mapped_column(default=now)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    struck_at: Mapped[When | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="joined")
    proxy_for: Mapped[Person | None] = relationship(foreign_keys=proxy_for_id)

    @property
    def attendee_name(self) -> str:
        return self.person.name if self.person else self.name


class Carrier(StrEnum):
    """The way by which facts reach the terminal."""

    STREAM = "stream"
    POLLING = "polling"

    @property
    def label(self) -> str:
        return {Carrier.STREAM: "常時接続", Carrier.POLLING: "定期問い合わせ"}[self]


class ConnectionTest(Base):
    """What a seat measured from its terminal to the server and back."""

    __tablename__ = "connection_test"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[When] = mapped_column(default=now)
    carrier: Mapped[Carrier] = mapped_column(word(Carrier))
    median_ms: Mapped[int]
    worst_ms: Mapped[int]
    # How many tries did not come back.
    lost: Mapped[int]
    terminal: Mapped[Name] = mapped_column(default="")

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
