"""発言者確認: speakers who are asked to check their own words in a revision, and what they said of
each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, When, now, word
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person


class CheckVerdict(StrEnum):
    """What a speaker says of a paragraph of theirs."""

    RIGHT = "right"
    CORRECTION = "correction"
    COMMENT = "comment"

    @property
    def label(self) -> str:
        return {
            CheckVerdict.RIGHT: "このままで正しい",
            CheckVerdict.CORRECTION: "直してほしい",
            CheckVerdict.COMMENT: "書記に伝えたいことがある",
        }[self]


class SpeechCheck(Base):
    """One person who is asked to check what one speaker of a revision said, until a date. Whoever
    has no account comes by a link and a code, of which only the hashes are kept."""

    __tablename__ = "speech_check"
    __table_args__ = (
        # The few that are waited for.
        Index(
            "ix_speech_check_open",
            "person_id",
            sqlite_where=text("ended_at IS NULL AND answered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("minutes_revision.id"), index=True)
    # As the content of the revision names them.
    speaker: Mapped[Name]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    wrong_codes: Mapped[int] = mapped_column(default=0)
    last_wrong_at: Mapped[When | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[When] = mapped_column(default=now)
    until: Mapped[When]
    reminded_at: Mapped[When | None]
    # When they last sent their answers; when the secretary ended it before its date.
    answered_at: Mapped[When | None]
    ended_at: Mapped[When | None]

    revision: Mapped[MinutesRevision] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
    answers: Mapped[list["CheckAnswer"]] = relationship(
        back_populates="check", order_by="CheckAnswer.section, CheckAnswer.paragraph"
    )

    @property
    def meeting(self) -> Meeting:
        return self.revision.meeting

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.until


class CheckAnswer(Base):
    """What the speaker says of one paragraph, and whether the secretary took it over."""

    __tablename__ = "check_answer"
    __table_args__ = (UniqueConstraint("check_id", "section", "paragraph"),)

    id: Mapped[Id]
    check_id: Mapped[int] = mapped_column(ForeignKey("speech_check.id"))
    # The places of section and paragraph in the content of the check's revision, from 0.
    section: Mapped[int]
    paragraph: Mapped[int]
    verdict: Mapped[CheckVerdict] = mapped_column(word(CheckVerdict))
    # The proposed text, or the comment.
    text: Mapped[LongText] = mapped_column(default="")
    answered_at: Mapped[When] = mapped_column(default=now)
    # None until the secretary has decided.
    is_taken: Mapped[bool | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[When | None]

    check: Mapped[SpeechCheck] = relationship(back_populates="answers")
    settled_by: Mapped[Person | None] = relationship(foreign_keys=settled_by_id)

    @property
    def meeting(self) -> Meeting:
        return self.check.meeting
