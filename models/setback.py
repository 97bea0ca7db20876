"""Work of the house that went wrong, until it succeeds: what, how often, why."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, LongText, When, now


class Setback(Base):
    """`kind` and `thing`: what was tried, as the document version with this number. A row is
    written before each try and is gone after one that succeeds, so what broke off in the middle,
    whatever broke, is known too. It rests until `next_try_at`."""

    __tablename__ = "setback"
    __table_args__ = (UniqueConstraint("kind", "thing", name="uq_setback_kind"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    thing: Mapped[str] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[LongText] = mapped_column(default="")
    began_at: Mapped[When] = mapped_column(default=now)
    next_try_at: Mapped[When] = mapped_column(default=now)
