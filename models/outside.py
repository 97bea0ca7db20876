"""How people are known to other systems of the city, and when the directory was last asked."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, When, now
from models.person import Person

DIRECTORY = "directory"
"""The issuer of identities in the city's directory."""


class OutsideIdentity(Base):
    """What somebody is for ever in the city's directory (`issuer` is DIRECTORY), or for the issuer
    of its single sign-on, whatever they are called."""

    __tablename__ = "outside_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("person_id", "issuer"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[When] = mapped_column(default=now)
    # Since when the directory does not have them any more, and their account ended by that.
    gone_at: Mapped[When | None]

    person: Mapped[Person] = relationship()


class DirectoryRound(Base):
    """The whole directory was read, and the accounts brought in line with it; or that failed, or
    some of it was left to a person (`problem`)."""

    __tablename__ = "directory_round"

    id: Mapped[Id]
    began_at: Mapped[When] = mapped_column(default=now, index=True)
    ended_at: Mapped[When | None]
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    reinstated: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    # Those who would have been ended, were they not so many at once.
    held_back: Mapped[int] = mapped_column(default=0)
    # Entries that could not become an account, each with its reason in the log.
    refused: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
