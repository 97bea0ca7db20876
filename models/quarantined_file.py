"""Files in which the virus scanner found something."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now
from models.person import Person


class QuarantinedFile(Base):
    """A file that was refused and set apart because of what the scanner found in it, each time that
    it was sent. The content is in the quarantine until the row is settled."""

    __tablename__ = "quarantined_file"

    id: Mapped[Id]
    found_at: Mapped[When] = mapped_column(default=now, index=True)
    file_name: Mapped[Name]
    sha256: Mapped[Sha256] = mapped_column(index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    # What the scanner calls it.
    virus: Mapped[Name]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Settled: destroyed, or let in (a false alarm: who sends the very same file gets through).
    settled_at: Mapped[When | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_let_in: Mapped[bool] = mapped_column(default=False)

    sent_by: Mapped[Person] = relationship(foreign_keys=sent_by_id)
    settled_by: Mapped[Person | None] = relationship(foreign_keys=settled_by_id)
