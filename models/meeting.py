"""Series (会議体), meetings (会議), the agenda tree (議題) and the invitations (招集)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, When, now, word
from models.person import Department, Person


class InvitationKind(StrEnum):
    """The capacity in which somebody is invited; the kinds stand in this order on every list."""

    CHAIR = "chair"
    ATTENDEE = "attendee"
    PRESENTER = "presenter"
    WITNESS = "witness"
    STAFF = "staff"
    OBSERVER = "observer"
    AUDIENCE = "audience"

    @property
    def label(self) -> str:
        return {
            InvitationKind.CHAIR: "会長・議長",
            InvitationKind.ATTENDEE: "委員・出席者",
            InvitationKind.PRESENTER: "説明員",
            InvitationKind.WITNESS: "参考人",
            InvitationKind.STAFF: "事務局",
            InvitationKind.OBSERVER: "オブザーバー",
            InvitationKind.AUDIENCE: "傍聴",
        }[self]

    @property
    def rank(self) -> int:
        return list(InvitationKind).index(self)


class Openness(StrEnum):
    """Whether a meeting may be listened to (公開の別)."""

    OPEN = "open"
    PARTLY = "partly"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {Openness.OPEN: "公開", Openness.PARTLY: "部分公開", Openness.CLOSED: "非公開"}[self]


class Series(Base):
    """A body that meets again and again, such as a committee."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("department_id", "name"),)

    id: Mapped[Id]
    name: Mapped[Name]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    # The speech model that hears its recordings; empty: the one of the settings.
    speech_model: Mapped[Name] = mapped_column(default="")
    # Voiceprints of those who agree are kept, to propose their names next time.
    keeps_voiceprints: Mapped[bool] = mapped_column(default=False)

    department: Mapped[Department] = relationship()
    roster: Mapped[list["RosterEntry"]] = relationship(
        back_populates="series", order_by="RosterEntry.id"
    )


class RosterEntry(Base):
    """A person of the series' roster (名簿), who is invited to each of its meetings."""

    __tablename__ = "roster_entry"

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[InvitationKind] = mapped_column(word(InvitationKind))
    # Orders the people of the same kind.
    position: Mapped[int] = mapped_column(default=0)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[When] = mapped_column(default=now)
    ended_at: Mapped[When | None]

    series: Mapped[Series] = relationship(back_populates="roster")
    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)


class Meeting(Base):
    """One meeting of a series (会議), from its invitation to its published minutes."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_department_id", "department_id", "starts_at"),
        # The few among many years' of which something may be waiting for somebody.
        Index("ix_meeting_in_work", "starts_at", sqlite_where=text("is_in_work = 1")),
        Index("ix_meeting_removed", "removed_at", sqlite_where=text("removed_at IS NOT NULL")),
    )

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    title: Mapped[Name]
    starts_at: Mapped[When] = mapped_column(index=True)
    ends_at: Mapped[When] = mapped_column(index=True)
    place: Mapped[Name]
    # For how many days after it those who are only invited may read its documents; None: as long as
    # the meeting is kept.
    access_days: Mapped[int | None]
    # Counts the changes, so that a stale form is noticed.
    revision: Mapped[int] = mapped_column(default=1)
    # Counts the changes of its documents, for which terminals wait.
    documents_revision: Mapped[int] = mapped_column(default=0)
    # It has a recording, and its newest minutes are not published.
    is_in_work: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[When] = mapped_column(default=now)
    # Deleted by hand: for some days it can be put back, then everything of it goes.
    removed_at: Mapped[When | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[Name] = mapped_column(default="")
    # Since when nothing of it is left but this row, to which other rows refer.
    emptied_at: Mapped[When | None]
    called_off_at: Mapped[When | None]
    called_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    called_off_reason: Mapped[Name] = mapped_column(default="")
    # The meeting whose people may be invited to this one too.
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    # How many listened (傍聴者).
    audience_count: Mapped[int | None]
    # None while nobody has said it; with the reason where it is not open.
    openness: Mapped[Openness | None] = mapped_column(word(Openness))
    openness_reason: Mapped[Name] = mapped_column(default="")

    series: Mapped[Series] = relationship()
    department: Mapped[Department] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys=created_by_id)
    removed_by: Mapped[Person | None] = relationship(foreign_keys=removed_by_id)
    agenda_items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position, AgendaItem.id"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="meeting", order_by="Invitation.id"
    )

    @property
    def full_title(self) -> str:
        """Return the title, followed by the name of its series where the title does not say it."""
        name = self.series.name
        return self.title if name in self.title else f"{self.title}（{name}）"

    def is_now(self, at: datetime) -> bool:
        return self.starts_at <= at <= self.ends_at


class AgendaItem(Base):
    """A node of a meeting's agenda tree."""

    __tablename__ = "agenda_item"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    # None for an item of the top level.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    # Orders the children of one parent.
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    # The presenter's name as the agenda prints it; it need not be anybody's of the city's list.
    presenter: Mapped[Name] = mapped_column(default="")
    planned_minutes: Mapped[int | None]
    # Counts the changes, so that a stale form is noticed.
    revision: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(back_populates="agenda_items")


class Invitation(Base):
    """One person's invitation to one meeting; a row per person, also after it was withdrawn."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index(
            "ix_invitation_standing",
            "person_id",
            "meeting_id",
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[InvitationKind] = mapped_column(
        word(InvitationKind), default=InvitationKind.ATTENDEE
    )
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[When] = mapped_column(default=now)
    withdrawn_at: Mapped[When | None]
    # Among those of the same kind, as the organiser wants them to stand.
    position: Mapped[int] = mapped_column(default=0)
    # The person's title on the day of the meeting, once the person has another one or somebody has
    # written it; None as long as it is the person's.
    office: Mapped[Name | None]
    # Grows with everything that a calendar program must take over (iCalendar SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="invitations")
    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)
    answers: Mapped[list["InvitationReply"]] = relationship(
        back_populates="invitation", order_by="InvitationReply.id", lazy="selectin"
    )

    @property
    def title(self) -> str:
        """Return the office that the person held on the day of the meeting."""
        return self.person.title if self.office is None else self.office

    @property
    def answer(self) -> "InvitationReply | None":
        """Return the last answer, which is the one that counts, or None. The earlier ones stay as
        rows."""
        return self.answers[-1] if self.answers else None


class AnswerWord(StrEnum):
    """The answer to an invitation."""

    COMING = "coming"
    ABSENT = "absent"
    PROXY = "proxy"

    @property
    def label(self) -> str:
        return {AnswerWord.COMING: "出席", AnswerWord.ABSENT: "欠席", AnswerWord.PROXY: "代理"}[
            self
        ]


class InvitationReply(Base):
    """One answer to an invitation; a later one replaces it, and the row stays."""

    __tablename__ = "invitation_answer"

    id: Mapped[Id]
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    word: Mapped[AnswerWord] = mapped_column(word(AnswerWord))
    # Who comes instead, with title, when the answer is 代理; empty otherwise.
    proxy_name: Mapped[Name] = mapped_column(default="")
    note: Mapped[Name] = mapped_column(default="")
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[When] = mapped_column(default=now)

    invitation: Mapped[Invitation] = relationship(back_populates="answers")
