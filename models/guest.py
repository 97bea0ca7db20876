"""Guests (外部委員): people without an account, let in to one meeting by a link and a code."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Sha256, When, now
from models.meeting import Meeting
from models.person import Person


class GuestPass(Base):
    """The link and code of one guest for one meeting. Only the hashes of the link's token and of
    the code are kept."""

    __tablename__ = "guest_pass"

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[When] = mapped_column(default=now)
    # How often a wrong code was typed, so that guessing can be slowed.
    wrong_codes: Mapped[int] = mapped_column(default=0)
    last_wrong_at: Mapped[When | None]
    ended_at: Mapped[When | None]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
