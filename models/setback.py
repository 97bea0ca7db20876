"""Work of the house that went wrong, until it succeeds: what it was, how often it was tried, and
why it failed."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, LongText, When, now


class Setback(Base):
    """Work that is being tried or has failed. The row is written before each try and deleted after
    one that succeeds, so that work that was broken off in the middle is known too."""

    __tablename__ = "setback"
    __table_args__ = (UniqueConstraint("kind", "thing", name="uq_setback_kind"),)

    id: Mapped[Id]
    # What was tried, and on which thing: the id of a document version, for example.
    kind: Mapped[str] = mapped_column(String(40))
    thing: Mapped[str] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[LongText] = mapped_column(default="")
    began_at: Mapped[When] = mapped_column(default=now)
    # It is not tried again before.
    next_try_at: Mapped[When] = mapped_column(default=now)
