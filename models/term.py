"""Terms (用語) that people and their corrections taught, and the terms collected for a meeting."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now
from models.meeting import Meeting, Series
from models.person import Department, Person
from models.transcript import Segment


class DictionaryEntry(Base):
    """A word in the dictionary (用語辞書) of a series, or of a department for all of its series.
    Another reading is another row, and the one before ends."""

    __tablename__ = "dictionary_entry"
    __table_args__ = (
        CheckConstraint("(series_id IS NULL) <> (department_id IS NULL)", name="one_owner"),
    )

    id: Mapped[Id]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    # The series that had the word first, where a department shares it.
    shared_from_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    surface: Mapped[Name]
    # The reading in katakana.
    kana: Mapped[Name]
    # The reading was guessed by the machine; nobody said it.
    is_guessed: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[When] = mapped_column(default=now)
    ended_at: Mapped[When | None]

    series: Mapped[Series | None] = relationship(foreign_keys=series_id)
    department: Mapped[Department | None] = relationship()
    shared_from: Mapped[Series | None] = relationship(foreign_keys=shared_from_id)
    added_by: Mapped[Person] = relationship()


class SwitchedOff(Base):
    """A word that is no term in a series."""

    __tablename__ = "switched_off"

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    surface: Mapped[Name]
    # Where it is given, the word is only not proposed instead of this one.
    heard: Mapped[Name] = mapped_column(default="")
    switched_off_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    switched_off_at: Mapped[When] = mapped_column(default=now)
    ended_at: Mapped[When | None]

    series: Mapped[Series] = relationship()
    switched_off_by: Mapped[Person] = relationship()


class Confusion(Base):
    """The fact that `heard` was corrected to `meant` in a confirmed segment, which says by whom.
    Where both are the same, a word that was corrected elsewhere in the series is right as it was
    heard. It counts once for each segment: a segment's rows are made anew whenever its final text
    changes, and deleted when it is joined to the one before."""

    __tablename__ = "confusion"
    __table_args__ = (UniqueConstraint("segment_id", "heard", "meant"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    heard: Mapped[Name]
    meant: Mapped[Name]
    learned_at: Mapped[When] = mapped_column(default=now)

    series: Mapped[Series] = relationship()
    segment: Mapped[Segment] = relationship()


class CollectedTerms(Base):
    """The terms of a meeting's papers as they were collected last; kept because collecting them
    from two thousand pages takes a minute."""

    __tablename__ = "term_list"
    __table_args__ = (
        # What the worker looks for every second, without reading anybody's terms.
        Index(
            "ix_term_list_to_collect",
            "wanted_at",
            sqlite_where=text("collected_at IS NULL OR collected_at < wanted_at"),
        ),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    # A hash of what they were collected from.
    sources_sha256: Mapped[Sha256] = mapped_column(default="")
    # JSON; empty until the first time.
    terms: Mapped[LongText] = mapped_column(default="")
    wanted_at: Mapped[When] = mapped_column(default=now)
    collected_at: Mapped[When | None]

    meeting: Mapped[Meeting] = relationship()
