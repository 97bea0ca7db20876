"""Passages of the minutes (公開しない箇所) that the original keeps and citizens do not get."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, When, now, word
from models.meeting import Meeting
from models.minutes import Minutes
from models.person import Person


class ClosedKind(StrEnum):
    """The ground on which a passage is closed."""

    CLOSED_SESSION = "closed-session"
    REVOKED = "revoked"
    PERSONAL = "personal"

    @property
    def label(self) -> str:
        return {
            ClosedKind.CLOSED_SESSION: "非公開（秘密会）",
            ClosedKind.REVOKED: "発言取消し",
            ClosedKind.PERSONAL: "個人情報",
        }[self]


class ClosedScope(StrEnum):
    """What a mark covers: words, whole sentences, a whole section, or the name of a speaker."""

    WORDS = "words"
    SENTENCES = "sentences"
    SECTION = "section"
    SPEAKER = "speaker"

    @property
    def label(self) -> str:
        return {
            ClosedScope.WORDS: "言葉",
            ClosedScope.SENTENCES: "発言の全体",
            ClosedScope.SECTION: "議題の全体",
            ClosedScope.SPEAKER: "発言者の氏名",
        }[self]


class ClosedState(StrEnum):
    """Whether somebody has decided that the passage is closed."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {
            ClosedState.PROPOSED: "未決定",
            ClosedState.DECIDED: "公開しない",
            ClosedState.DECLINED: "公開する",
        }[self]


class ClosedSource(StrEnum):
    """Who or what found the passage: a person, or the rule that proposed it."""

    PERSON = "person"
    ALIKE = "alike"
    NAME = "name"
    ADDRESS = "address"
    TELEPHONE = "telephone"
    BIRTH_DATE = "birth-date"
    ACCOUNT = "account"
    MAIL = "mail"

    @property
    def label(self) -> str:
        return {
            ClosedSource.PERSON: "人が選択",
            ClosedSource.ALIKE: "公開しない箇所と同じ言葉",
            ClosedSource.NAME: "名簿にない氏名",
            ClosedSource.ADDRESS: "住所",
            ClosedSource.TELEPHONE: "電話番号",
            ClosedSource.BIRTH_DATE: "生年月日",
            ClosedSource.ACCOUNT: "口座などの番号",
            ClosedSource.MAIL: "メールアドレス",
        }[self]


class ClosedPassage(Base):
    """A passage of a meeting's minutes that is closed to citizens, or proposed to be. It belongs to
    no single revision: it is found again in each by its anchors."""

    __tablename__ = "closed_passage"

    id: Mapped[Id]
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    kind: Mapped[ClosedKind] = mapped_column(word(ClosedKind))
    scope: Mapped[ClosedScope] = mapped_column(word(ClosedScope))
    state: Mapped[ClosedState] = mapped_column(word(ClosedState))
    source: Mapped[ClosedSource] = mapped_column(word(ClosedSource))
    # Where it stood when it was marked, in the shape of `minutes.records.closed.anchors.Anchor`.
    anchors: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # The closed words; of a section its heading, of a speaker the name.
    quote: Mapped[LongText]
    # Of a section.
    agenda_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True
    )
    # What citizens read in its place, such as 〔略〕.
    replacement: Mapped[Name]
    # The pages that were shown then are closed too.
    hides_pages: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[LongText] = mapped_column(default="")
    # Whose decision it was, in words: 議長.
    decided_by_whom: Mapped[Name] = mapped_column(default="")
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[When] = mapped_column(default=now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[When | None]
    # The recordings and the text at its place in which somebody saw that the passage is not there
    # any more. Where another text stands there, it has to be looked at anew.
    absent_from: Mapped[LongText | None]

    minutes: Mapped[Minutes] = relationship()
    marked_by: Mapped[Person] = relationship(foreign_keys=marked_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)

    @property
    def meeting(self) -> Meeting:
        return self.minutes.meeting
