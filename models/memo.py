"""Memos (メモ) and bookmarks (しおり), which a person puts on a page of a version."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, JsonObject, When, now, word
from models.document import Page
from models.meeting import Meeting
from models.person import Person


class MemoKind(StrEnum):
    INK = "ink"
    MARKER = "marker"
    NOTE = "note"


class Memo(Base):
    """A memo of one person on one page, private unless it is shared."""

    __tablename__ = "memo"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[Id]
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Made by the terminal, so that saving twice is harmless.
    key: Mapped[str] = mapped_column(String(36))
    kind: Mapped[MemoKind] = mapped_column(word(MemoKind))
    # Lies on the page in PDF points, origin top left, after rotation. Ink and marker: `{"strokes":
    # [[[x, y, pressure], …], …], "colour": word, "width": points}`. Note: `{"x": …, "y": …, "text":
    # …}`.
    content: Mapped[JsonObject]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[When] = mapped_column(default=now)
    changed_at: Mapped[When] = mapped_column(default=now)
    shared_at: Mapped[When | None]
    # Taken away by its owner, who may take that back.
    erased_at: Mapped[When | None]

    page: Mapped[Page] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def meeting(self) -> Meeting:
        return self.page.meeting


class Bookmark(Base):
    """A page that a person marked to find it again."""

    __tablename__ = "bookmark"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[When] = mapped_column(default=now)

    page: Mapped[Page] = relationship()
