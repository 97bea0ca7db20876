"""How long what belongs to a meeting is kept (保存期間), what may not go (保存の凍結), and what has
been deleted (削除), with the certificate of it."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, When, now, word
from models.meeting import Meeting, Series
from models.person import Person


class KeptKind(StrEnum):
    """The kinds of what is kept, each with a clock of its own. Two have no rule. VOICEPRINT: it
    ends as its person agreed. MEETING: all of it at once, when a meeting is deleted by hand."""

    SOUND = "sound"
    TRANSCRIPT = "transcript"
    MEMO = "memo"
    DRAFT = "draft"
    DOCUMENT = "document"
    NOTICE = "notice"
    ORIGINAL = "original"
    VOICEPRINT = "voiceprint"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return {
            KeptKind.SOUND: "録音",
            KeptKind.TRANSCRIPT: "逐語録",
            KeptKind.MEMO: "メモ・しおり",
            KeptKind.DRAFT: "会議録の下書き",
            KeptKind.DOCUMENT: "資料（公開していないもの）",
            KeptKind.NOTICE: "お知らせ・メールの記録",
            KeptKind.ORIGINAL: "会議録の原本",
            KeptKind.VOICEPRINT: "声紋",
            KeptKind.MEETING: "会議のすべて",
        }[self]


RULED_KINDS = tuple(
    kind for kind in KeptKind if kind not in (KeptKind.VOICEPRINT, KeptKind.MEETING)
)
"""The kinds that rules are made for, in the order of every list."""


class PeriodUnit(StrEnum):
    DAYS = "days"
    YEARS = "years"

    @property
    def label(self) -> str:
        return {PeriodUnit.DAYS: "日", PeriodUnit.YEARS: "年"}[self]


class CountedFrom(StrEnum):
    """The event from which a period counts (起算)."""

    END = "end"
    APPROVAL = "approval"
    PUBLICATION = "publication"

    @property
    def label(self) -> str:
        return {
            CountedFrom.END: "会議の終わり",
            CountedFrom.APPROVAL: "会議録の承認",
            CountedFrom.PUBLICATION: "会議録の公開",
        }[self]


class RetentionRule(Base):
    """How long one kind is kept in one series or, without a series, in the whole city."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        UniqueConstraint("series_id", "kind"),
        Index(
            "ix_retention_rule_of_city", "kind", unique=True, sqlite_where=text("series_id IS NULL")
        ),
    )

    id: Mapped[Id]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    kind: Mapped[KeptKind] = mapped_column(word(KeptKind))
    # How many units; None: for ever (永年).
    amount: Mapped[int | None]
    unit: Mapped[PeriodUnit] = mapped_column(word(PeriodUnit), default=PeriodUnit.YEARS)
    counted_from: Mapped[CountedFrom] = mapped_column(
        word(CountedFrom), default=CountedFrom.APPROVAL
    )
    # It counts from the 1st of April after the event (翌年度の4月1日から).
    is_from_april: Mapped[bool] = mapped_column(default=False)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[When] = mapped_column(default=now)

    series: Mapped[Series | None] = relationship()
    set_by: Mapped[Person] = relationship()


class RetentionHold(Base):
    """A hold (保存の凍結): while it stands, nothing of the meeting, or of any meeting of its
    series, is deleted."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("(series_id IS NULL) <> (meeting_id IS NULL)", name="one_scope"),
    )

    id: Mapped[Id]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    reason: Mapped[LongText]
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[When] = mapped_column(default=now)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[When | None]

    series: Mapped[Series | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    placed_by: Mapped[Person] = relationship(foreign_keys=placed_by_id)
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=lifted_by_id)


class RetentionWarning(Base):
    """The fact that people were told when a kind of a meeting will go."""

    __tablename__ = "retention_warning"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    kind: Mapped[KeptKind] = mapped_column(word(KeptKind), primary_key=True)
    warned_at: Mapped[When] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship()


class Deletion(Base):
    """The deletion of one kind of what belonged to a meeting. The row is written before anything
    goes, so that one that was broken off is brought to its end; then it carries the certificate."""

    __tablename__ = "deletion"
    __table_args__ = (
        # The few that are under way.
        Index("ix_deletion_unfinished", "begun_at", sqlite_where=text("finished_at IS NULL")),
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[KeptKind] = mapped_column(word(KeptKind))
    # Of the meeting as it was called then.
    title: Mapped[Name]
    series: Mapped[Name]
    starts_at: Mapped[When]
    # The rule in words, the event from which it counted, and since when it was due; of a deletion
    # by hand the reason.
    rule: Mapped[Name]
    counted_at: Mapped[When | None]
    due_at: Mapped[When | None]
    reason: Mapped[LongText] = mapped_column(default="")
    # None: the clock.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # What goes, in the shape of `minutes.retention.inventory.KeptThing`.
    things: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # The files that go unless somebody else has the same, by their hashes.
    files: Mapped[list[str]] = mapped_column(JSON)
    begun_at: Mapped[When] = mapped_column(default=now)
    finished_at: Mapped[When | None] = mapped_column(index=True)
    # The signed JSON, and the signed sheet (PDF) in the store; None until it is finished.
    certificate: Mapped[LongText | None]
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))

    meeting: Mapped[Meeting] = relationship()
    decided_by: Mapped[Person | None] = relationship()
