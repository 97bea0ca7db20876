"""Word files of a city that its records are written with."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now
from models.meeting import Series
from models.person import Person


class WordTemplate(Base):
    """A template of one form, for a series or, without one, for the whole city. The one that counts
    has not ended."""

    __tablename__ = "word_template"
    __table_args__ = (Index("ix_word_template_form", "form", "series_id"),)

    id: Mapped[Id]
    # `RecordForm` of minutes/forms/kinds.py.
    form: Mapped[Name]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    file_name: Mapped[Name]
    sha256: Mapped[Sha256]
    put_in_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    put_in_at: Mapped[When] = mapped_column(default=now)
    ended_at: Mapped[When | None]

    series: Mapped[Series | None] = relationship()
    put_in_by: Mapped[Person] = relationship()
