"""Uploads (送信): recordings on their way in, in parts, until they are complete and accepted."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now, word
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, RecordingKind


class UploadState(StrEnum):
    RECEIVING = "receiving"
    WHOLE = "whole"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            UploadState.RECEIVING: "受信中",
            UploadState.WHOLE: "音声確認",
            UploadState.ACCEPTED: "受付済み",
            UploadState.REFUSED: "受け付けられませんでした",
            UploadState.WITHDRAWN: "取りやめ",
        }[self]


class Upload(Base):
    """One file arriving by the tus protocol. When it is complete, the worker checks it under a
    lease and makes the recording, or says in `problem` why it cannot."""

    __tablename__ = "upload"

    id: Mapped[Id]
    # Its name in the URL and on disk.
    key: Mapped[str] = mapped_column(String(40), unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[Name]
    # None while somebody records in the browser (`is_live`), when it is not known yet.
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    # What was acknowledged, all of it on disk.
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[Sha256 | None]
    is_live: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[RecordingKind] = mapped_column(word(RecordingKind), default=RecordingKind.PART)
    began_at: Mapped[When | None]
    state: Mapped[UploadState] = mapped_column(
        word(UploadState), default=UploadState.RECEIVING, index=True
    )
    problem: Mapped[LongText] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[When | None]
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"), index=True)
    created_at: Mapped[When] = mapped_column(default=now)
    changed_at: Mapped[When] = mapped_column(default=now)

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
    recording: Mapped[Recording | None] = relationship()
