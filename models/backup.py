"""Backups that were made whole, for 「運用」 and the next night."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, LongText, Name, When


class Backup(Base):
    """A backup that was finished, with all that it wrote read back. What failed is a setback."""

    __tablename__ = "backup"

    id: Mapped[Id]
    # The folder, and the name of the backup in it.
    target: Mapped[LongText]
    name: Mapped[Name]
    began_at: Mapped[When] = mapped_column(index=True)
    ended_at: Mapped[When]
    files: Mapped[int]
    # Of all that it needs, encrypted; and of what was new.
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    new_bytes: Mapped[int] = mapped_column(BigInteger)
    # What is wrong with it all the same, in Japanese; empty where nothing is.
    remarks: Mapped[LongText] = mapped_column(default="")
