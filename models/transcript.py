"""The transcript (逐語録): segments (発話), speakers (発言者) and corrections (修正)."""

import re
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, Sha256, When, now, word
from models.document import Page
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.recording import Chunk, Recording, Transcription
from models.voiceprint import Voiceprint

VOICE_NAME = re.compile(r"声([1-9][0-9]{0,3})")


class Transcript(Base):
    """What one transcription heard, or what was taken in from a file."""

    __tablename__ = "transcript"

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), unique=True)
    created_at: Mapped[When] = mapped_column(default=now)

    transcription: Mapped[Transcription] = relationship()
    segments: Mapped[list["Segment"]] = relationship(
        back_populates="transcript", order_by="Segment.start_seconds, Segment.id"
    )
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="transcript", order_by="Speaker.id"
    )

    @property
    def recording(self) -> Recording:
        return self.transcription.recording

    @property
    def meeting(self) -> Meeting:
        return self.recording.meeting

    @property
    def is_removed(self) -> bool:
        return self.transcription.is_removed


class Speaker(Base):
    """A voice in a transcript. `number`: one that the machine told apart; it is called 声1, 声2 …
    until a person names it. `suggestion`: the voiceprint that it may be of."""

    __tablename__ = "speaker"

    id: Mapped[Id]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), index=True)
    name: Mapped[Name]
    number: Mapped[int | None]
    suggestion_id: Mapped[int | None] = mapped_column(
        ForeignKey("voiceprint.id", ondelete="SET NULL"), index=True
    )

    transcript: Mapped[Transcript] = relationship(back_populates="speakers")
    suggestion: Mapped[Voiceprint | None] = relationship()

    @staticmethod
    def voice_name(number: int) -> str:
        return f"声{number}"

    @staticmethod
    def number_in(name: str) -> int | None:
        """The other way round; None for a person's name."""
        found = VOICE_NAME.fullmatch(name)
        return int(found[1]) if found else None

    @property
    def is_unnamed(self) -> bool:
        return self.number is not None and self.name == self.voice_name(self.number)

    @property
    def suggested_name(self) -> str | None:
        """Of somebody whose voiceprint is like it, until a person has decided."""
        found = self.suggestion if self.is_unnamed else None
        return found.name if found and found.is_live(now()) else None


class Doubt(StrEnum):
    """Why the recogniser itself does not trust a segment, after it tried again; UNPLACED: why its
    times are not to be trusted where the text came from a file."""

    MISSING = "missing"
    REPEATED = "repeated"
    INVENTED = "invented"
    FAST = "fast"
    UNSURE = "unsure"
    UNPLACED = "unplaced"

    @property
    def label(self) -> str:
        return {
            Doubt.MISSING: "声があるのに文字にできませんでした",
            Doubt.REPEATED: "同じ言葉の繰り返しになっています",
            Doubt.INVENTED: "声がほとんどない所の言葉です",
            Doubt.FAST: "声の長さに比べて文字が多すぎます",
            Doubt.UNSURE: "聞き取りに自信がありません",
            Doubt.UNPLACED: "録音の中に合う所が見つからず、時刻は前後からの推定です",
        }[self]


class AssignedBy(StrEnum):
    """Where the agenda item of a segment comes from: a person, the pages that were shown, or what
    was said."""

    PERSON = "person"
    TURNS = "turns"
    TEXT = "text"

    @property
    def label(self) -> str:
        return {
            AssignedBy.PERSON: "人が確認",
            AssignedBy.TURNS: "頁送りからの推定",
            AssignedBy.TEXT: "発話からの推定",
        }[self]


Moments = list[tuple[int, float, float]]
"""Pieces of a heard text in their order: letters, begin in seconds of the recording, and the speech
model's probability."""


class Segment(Base):
    """`heard`: the speech model's own words, immutable. `machine`: after what the documents
    changed by themselves, immutable once made. `text`: now. `revision` counts changes of `text`.
    Where the text came from a file, `heard` and `machine` are its words, and count as no accuracy.

    `confidence` is the model's own, from 0 to 1; missing where the text came from elsewhere.
    `assigned_by` says who placed it in the agenda; with no item then, it is left out of all items
    (議題外), and without either nobody knows yet.
    `is_mixed`: two voices are heard in it.
    `moments`: when each piece of `heard` was said (minutes/transcripts/word_times.py), where
    that is known.
    """

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_transcript_start", "transcript_id", "start_seconds"),)

    id: Mapped[Id]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    chunk_id: Mapped[int | None] = mapped_column(ForeignKey("chunk.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    assigned_by: Mapped[AssignedBy | None] = mapped_column(word(AssignedBy))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"), index=True)
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    heard: Mapped[LongText]
    machine: Mapped[LongText]
    text: Mapped[LongText]
    confidence: Mapped[float | None]
    doubt: Mapped[Doubt | None] = mapped_column(word(Doubt))
    is_mixed: Mapped[bool] = mapped_column(default=False)
    moments: Mapped[Moments | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    revision: Mapped[int] = mapped_column(default=0)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[When | None]

    transcript: Mapped[Transcript] = relationship(back_populates="segments")
    chunk: Mapped[Chunk | None] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    speaker: Mapped[Speaker | None] = relationship()
    confirmed_by: Mapped[Person | None] = relationship()
    proposals: Mapped[list["Proposal"]] = relationship(
        back_populates="segment", order_by="Proposal.start, Proposal.id"
    )

    @property
    def meeting(self) -> Meeting:
        return self.transcript.meeting

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_unassigned(self) -> bool:
        return self.assigned_by is None

    @property
    def is_left_out(self) -> bool:
        """Explicitly of no agenda item (議題外)."""
        return self.agenda_item_id is None and self.assigned_by is not None

    @property
    def place_in_agenda(self) -> tuple[int | None, bool]:
        """Equal for neighbours under one heading."""
        return self.agenda_item_id, self.is_left_out


class VoiceSample(Base):
    """The voice of a segment in numbers, of the `seconds` in which nobody else is heard: what a
    voiceprint is made of when somebody agrees. Only in series that keep voiceprints, and only
    while voices are still being named."""

    __tablename__ = "voice_sample"

    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True
    )
    direction: Mapped[bytes]
    seconds: Mapped[float]
    weights_sha256: Mapped[Sha256]
    made_at: Mapped[When] = mapped_column(default=now, index=True)

    segment: Mapped[Segment] = relationship()


class Correction(Base):
    """One change of one segment's text by one person."""

    __tablename__ = "correction"

    id: Mapped[Id]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), index=True)
    revision: Mapped[int]
    before: Mapped[LongText]
    after: Mapped[LongText]
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    corrected_at: Mapped[When] = mapped_column(default=now)

    segment: Mapped[Segment] = relationship()
    corrected_by: Mapped[Person] = relationship()


class TranscriptCount(Base):
    """The confirmed segments of a transcript and their letters, heard against meant, as they were
    counted last: raw and normalised. `is_stale`: it changed since. `changes` counts how often, so
    that nothing is taken for counted that changed meanwhile."""

    __tablename__ = "transcript_count"

    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), primary_key=True)
    is_stale: Mapped[bool] = mapped_column(default=True, index=True)
    changes: Mapped[int] = mapped_column(default=1)
    segments: Mapped[int] = mapped_column(default=0)
    raw_total: Mapped[int] = mapped_column(default=0)
    raw_wrong: Mapped[int] = mapped_column(default=0)
    raw_missing: Mapped[int] = mapped_column(default=0)
    raw_added: Mapped[int] = mapped_column(default=0)
    raw_fillers: Mapped[int] = mapped_column(default=0)
    normalised_total: Mapped[int] = mapped_column(default=0)
    normalised_wrong: Mapped[int] = mapped_column(default=0)
    normalised_missing: Mapped[int] = mapped_column(default=0)
    normalised_added: Mapped[int] = mapped_column(default=0)
    normalised_fillers: Mapped[int] = mapped_column(default=0)


class EditingTime(Base):
    """How long one person was at work on one transcript, in seconds: only while they typed or
    listened. `noted_at`: up to when."""

    __tablename__ = "editing_time"
    __table_args__ = (Index("ix_editing_time_seconds", "transcript_id", "seconds"),)

    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
    noted_at: Mapped[When] = mapped_column(default=now)

    transcript: Mapped[Transcript] = relationship()
    person: Mapped[Person] = relationship()


class Origin(StrEnum):
    """Where a proposed word comes from."""

    TERM = "term"
    NAME = "name"
    DICTIONARY = "dictionary"
    DATE = "date"
    LEARNED = "learned"


class Proposal(Base):
    """修正候補: `after` instead of `before`, which stands in the segment's `machine` text at
    `start`. `was_changed`: it was done at once, and `machine` has `after` there. `place` says where
    the word is printed, or what was corrected before; `page` prints it, if it can be opened.
    `probability` from 0 to 1.

    Decided by a person once: taken, or refused.
    """

    __tablename__ = "proposal"

    id: Mapped[Id]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), index=True)
    start: Mapped[int]
    before: Mapped[LongText]
    after: Mapped[LongText]
    origin: Mapped[Origin] = mapped_column(word(Origin))
    place: Mapped[Name] = mapped_column(default="")
    page_id: Mapped[int | None] = mapped_column(
        ForeignKey("page.id", ondelete="SET NULL"), index=True
    )
    probability: Mapped[float]
    was_changed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[When] = mapped_column(default=now)
    is_accepted: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[When | None]

    segment: Mapped[Segment] = relationship(back_populates="proposals")
    page: Mapped[Page | None] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    @property
    def meeting(self) -> Meeting:
        return self.segment.meeting

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def stands_now(self) -> str:
        """What stands in the text until somebody decides otherwise."""
        return self.after if self.was_changed else self.before
