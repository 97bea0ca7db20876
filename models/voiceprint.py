"""Voiceprints (声紋): a voice in numbers under a person's name, kept with that person's consent."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now
from models.meeting import Meeting, Series
from models.person import Person
from models.recording import Transcription


class Voiceprint(Base):
    """`direction`: 32-bit numbers, little-endian, of length 1 together. Only prints of the same
    weights can be compared. `consent_by`: who wrote down that the person agreed; `transcription`:
    where the voice was heard. Not used any more, and soon deleted, from `expires_at` on.
    """

    __tablename__ = "voiceprint"
    __table_args__ = (UniqueConstraint("series_id", "name"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    name: Mapped[Name]
    direction: Mapped[bytes]
    weights_sha256: Mapped[Sha256]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    consent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    consent_at: Mapped[When] = mapped_column(default=now)
    expires_at: Mapped[When] = mapped_column(index=True)

    series: Mapped[Series] = relationship()
    transcription: Mapped[Transcription] = relationship()
    consent_by: Mapped[Person] = relationship()

    @property
    def meeting(self) -> Meeting:
        return self.transcription.meeting

    def is_live(self, at: datetime) -> bool:
        return at < self.expires_at
