"""Voiceprints (声紋): a voice in numbers under a person's name, kept with that person's consent."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now
from models.meeting import Meeting, Series
from models.person import Person
from models.recording import Transcription


class Voiceprint(Base):
    """The voice of one person in one series. From `expires_at` on it is not used any more, and soon
    deleted."""

    __tablename__ = "voiceprint"
    __table_args__ = (UniqueConstraint("series_id", "name"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    name: Mapped[Name]
    # A speaker embedding: 32-bit floats, little-endian, normalised to length 1.
    embedding: Mapped[bytes] = mapped_column("direction")
    # Only voiceprints made by the same weights can be compared.
    weights_sha256: Mapped[Sha256]
    # Where the voice was heard.
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), index=True)
    # Who wrote down that the person agreed.
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
