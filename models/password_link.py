"""Links by which people choose their password."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Sha256, When, now
from models.person import Person


class PasswordLink(Base):
    """A link that lets its person choose a password, once. Only the hash of its token is kept."""

    __tablename__ = "password_link"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    # None: on the command line.
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[When] = mapped_column(default=now)
    expires_at: Mapped[When]
    used_at: Mapped[When | None]
    # A newer one was made.
    ended_at: Mapped[When | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)

    def is_open(self, at: datetime) -> bool:
        """Return whether a password may still be chosen by it."""
        is_over = self.used_at is not None or self.ended_at is not None or self.expires_at <= at
        return not is_over and not self.person.has_left
