"""The official text (会議録): its numbered revisions, who approved which, and what is published."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, PackedJson, When, now
from models.meeting import Meeting
from models.person import Person
from models.transcript import Transcript


class Minutes(Base):
    """The minutes of one meeting, as a row of revisions."""

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
    """A numbered, frozen state of the text, and the transcripts that it was drafted from."""

    __tablename__ = "minutes_revision"
    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[Id]
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    # The first part's transcript, and all parts' in their order. The times in the text are those of
    # their recordings.
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), index=True)
    transcript_ids: Mapped[list[int]] = mapped_column(JSON)
    number: Mapped[int]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[When] = mapped_column(default=now)
    # Since when its text is gone; who wrote and who approved it stays.
    emptied_at: Mapped[When | None]

    minutes: Mapped[Minutes] = relationship(back_populates="revisions")
    transcript: Mapped[Transcript] = relationship()
    written_by: Mapped[Person] = relationship()
    stored: Mapped["RevisionContent | None"] = relationship()
    request: Mapped["ApprovalRequest | None"] = relationship(back_populates="revision")
    publications: Mapped[list["Publication"]] = relationship(
        back_populates="revision", order_by="Publication.id"
    )

    @property
    def meeting(self) -> Meeting:
        return self.minutes.meeting

    @property
    def content(self) -> dict[str, Any]:
        """Return the whole text, in the shape of `minutes.records.content.Content`; read from the
        database only when it is asked for. Of one that was deleted nothing but the meeting's title
        and times is left."""
        return self.stored.content if self.stored is not None else self._without_words()

    @content.setter
    def content(self, content: dict[str, Any]) -> None:
        if self.stored is None:
            self.stored = RevisionContent(content=content)
        else:
            self.stored.content = content

    def _without_words(self) -> dict[str, Any]:
        meeting = self.meeting
        return {
            "title": meeting.title,
            "series": "",
            "starts_at": meeting.starts_at.isoformat(),
            "ends_at": meeting.ends_at.isoformat(),
            "place": "",
            "attendees": [],
            "sections": [],
        }

    @property
    def is_approved(self) -> bool:
        decision = self.request.decision if self.request else None
        return decision is not None and decision.is_approved

    @property
    def is_awaited(self) -> bool:
        """Return whether somebody has asked for approval and nobody has decided yet."""
        return self.request is not None and self.request.decision is None


class RevisionContent(Base):
    """The text of a revision, in a table of its own: it may be a megabyte, and most queries want
    only numbers, dates and states."""

    __tablename__ = "revision_content"

    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(PackedJson)


class ApprovalRequest(Base):
    """The secretary's request for approval of one revision. The row is deleted when it is taken
    back."""

    __tablename__ = "approval_request"

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), unique=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[When] = mapped_column(default=now)
    # A message to the approver.
    word: Mapped[LongText] = mapped_column(default="")
    # Why a revision that was approved before is corrected (正誤); empty for a first approval.
    errata_reason: Mapped[LongText] = mapped_column(default="")
    # The approver who was asked; None: whoever may decide.
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    revision: Mapped[MinutesRevision] = relationship(back_populates="request")
    requested_by: Mapped[Person] = relationship(foreign_keys=requested_by_id)
    addressee: Mapped[Person | None] = relationship(foreign_keys=addressee_id)
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
    # The seal: SHA-256 over text, head and attachments (minutes/approval/sealing.py), and which
    # attachments these were. None where it was sent back, and before there were seals.
    seal_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    attachments: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)

    request: Mapped[ApprovalRequest] = relationship(back_populates="decision")
    decided_by: Mapped[Person] = relationship()


class Publication(Base):
    """The opening of a revision to citizens, with what its line in their list says."""

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_series", "series", "year", "meeting_id"),)

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[When] = mapped_column(default=now)
    # Title, series, place and times as the text of the minutes has them.
    title: Mapped[Name]
    series: Mapped[Name]
    place: Mapped[Name]
    starts_at: Mapped[When] = mapped_column(index=True)
    ends_at: Mapped[When]
    # Of the city's own calendar.
    year: Mapped[int]
    # Since when its paragraphs can be found and heard; None while they are being made.
    laid_out_at: Mapped[When | None] = mapped_column(index=True)
    # When the words of its files were noted last, by which such a file is known again.
    words_noted_at: Mapped[When | None]

    revision: Mapped[MinutesRevision] = relationship(back_populates="publications")
    meeting: Mapped[Meeting] = relationship()
    published_by: Mapped[Person] = relationship()
    withdrawal: Mapped["Withdrawal | None"] = relationship(back_populates="publication")
    corrections: Mapped[list["PublicCorrection"]] = relationship(
        back_populates="publication", order_by="PublicCorrection.id"
    )

    @property
    def corrected(self) -> int:
        """Return the id of its last correction; 0 before there was one."""
        return self.corrections[-1].id if self.corrections else 0


class PublicCorrection(Base):
    """The replacement of a public copy because a passage was closed, or opened, after its
    publication."""

    __tablename__ = "public_correction"

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    corrected_at: Mapped[When] = mapped_column(default=now)

    publication: Mapped[Publication] = relationship(back_populates="corrections")
    corrected_by: Mapped[Person] = relationship()


class PublishedParagraph(Base):
    """One paragraph of minutes that are public now, which citizens find and hear. Made with the
    publication and deleted with its withdrawal."""

    __tablename__ = "published_paragraph"
    __table_args__ = ({"sqlite_with_rowid": False},)

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    # The places of section and paragraph in the content, from 0.
    section: Mapped[int] = mapped_column(primary_key=True)
    paragraph: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[Name]
    text: Mapped[LongText]
    # The text as words are looked for in it; None where it is the same.
    folded: Mapped[LongText | None]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    # The second up to which it may be heard; None where it may not be heard
    # (minutes/records/audible.py).
    heard_until: Mapped[float | None]
    # Start and end, in seconds of the recording, of what is silent in its sound.
    silences: Mapped[list[tuple[float, float]]] = mapped_column(JSON, default=list)

    transcript: Mapped[Transcript] = relationship()


class Withdrawal(Base):
    """The end of a publication, which is never deleted."""

    __tablename__ = "withdrawal"

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), unique=True)
    reason: Mapped[LongText] = mapped_column(default="")
    # Another publication took its place at the same moment.
    is_replaced: Mapped[bool] = mapped_column(default=False)
    withdrawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[When] = mapped_column(default=now)

    publication: Mapped[Publication] = relationship(back_populates="withdrawal")
    withdrawn_by: Mapped[Person] = relationship()
