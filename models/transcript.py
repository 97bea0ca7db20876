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
    """The text of one transcription: what a speech model heard, or what was taken in from a
    file."""

    __tablename__ = "transcript"

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), unique=True)
    created_at: Mapped[When] = mapped_column(default=now)
    # Since when its words are gone; the counts of its letters stay.
    emptied_at: Mapped[When | None]

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
    """A voice in a transcript, under a person's name or still without one."""

    __tablename__ = "speaker"

    id: Mapped[Id]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), index=True)
    # 声1, 声2 … until a person names the voice.
    name: Mapped[Name]
    # The number of a voice that the machine told apart, from 1; None where a person or an imported
    # file named the speaker.
    number: Mapped[int | None]
    # The voiceprint that this voice may belong to.
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
        """Return the number in a name like 「声3」; None for a person's name."""
        found = VOICE_NAME.fullmatch(name)
        return int(found[1]) if found else None

    @property
    def is_unnamed(self) -> bool:
        return self.number is not None and self.name == self.voice_name(self.number)

    @property
    def suggested_name(self) -> str | None:
        """Return the name of the voiceprint that is like this voice; None once a person has named
        the voice, or when the voiceprint has run out."""
        found = self.suggestion if self.is_unnamed else None
        return found.name if found and found.is_live(now()) else None


class Doubt(StrEnum):
    """The reason for which a segment is not trusted: the recogniser's own, after it tried again, or
    for UNPLACED that its times are estimates because the text came from a file."""

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
    """The source of a segment's agenda item: a person, the pages that were shown, or what was
    said."""

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


StoredTimings = list[tuple[int, float, float]]
"""Pieces of a heard text in their order: letters, begin in seconds of the recording, and the speech
model's probability."""


class Segment(Base):
    """One thing said by one speaker (発話), with its text as heard, as changed by the machine and
    as it stands now."""

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_transcript_start", "transcript_id", "start_seconds"),)

    id: Mapped[Id]
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    # The unit of work that heard it; None where the text came from a file.
    chunk_id: Mapped[int | None] = mapped_column(ForeignKey("chunk.id"), index=True)
    # None with an `assigned_by` means explicitly of no item (議題外); None without it means that
    # nobody has decided yet.
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    assigned_by: Mapped[AssignedBy | None] = mapped_column(word(AssignedBy))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"), index=True)
    # Both in seconds from the beginning of the recording.
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    # The speech model's own words, or those of the imported file. Never changed.
    heard: Mapped[LongText]
    # `heard` after the changes that the documents' words made by themselves. Never changed once
    # made. For an imported file it is the file's words, and not counted as accuracy.
    machine: Mapped[LongText]
    # The text as it stands now, with people's corrections.
    text: Mapped[LongText]
    # The speech model's own, from 0 to 1; None where the text came from elsewhere.
    confidence: Mapped[float | None]
    doubt: Mapped[Doubt | None] = mapped_column(word(Doubt))
    # Two voices are heard at the same time.
    is_mixed: Mapped[bool] = mapped_column(default=False)
    # When each piece of `heard` was said (minutes/transcripts/word_times.py); None where that is
    # not known.
    token_timings: Mapped[StoredTimings | None] = mapped_column(
        "moments", JSON(none_as_null=True), deferred=True
    )
    # Counts the changes of `text`, so that two people do not overwrite each other.
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
        """Return whether the segment is explicitly of no agenda item (議題外)."""
        return self.agenda_item_id is None and self.assigned_by is not None

    @property
    def place_in_agenda(self) -> tuple[int | None, bool]:
        """Return a value that is equal for neighbouring segments under the same heading: the item's
        id and whether the segment is left out of all items."""
        return self.agenda_item_id, self.is_left_out


class VoiceSample(Base):
    """The voice of one segment in numbers, from which a voiceprint is made when the person agrees.
    Kept only in series that keep voiceprints, and only while voices are still being named."""

    __tablename__ = "voice_sample"

    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True
    )
    # 32-bit floats, little-endian, as in `Voiceprint.embedding`.
    embedding: Mapped[bytes] = mapped_column("direction")
    # How much of the segment was measured: the part in which nobody else is heard.
    seconds: Mapped[float]
    # Which weights of the speaker model made it; only samples of the same weights compare.
    weights_sha256: Mapped[Sha256]
    made_at: Mapped[When] = mapped_column(default=now, index=True)

    segment: Mapped[Segment] = relationship()


class Correction(Base):
    """One change of one segment's text by one person."""

    __tablename__ = "correction"

    id: Mapped[Id]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), index=True)
    # The segment's `revision` that this change led to.
    revision: Mapped[int]
    before: Mapped[LongText]
    after: Mapped[LongText]
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    corrected_at: Mapped[When] = mapped_column(default=now)

    segment: Mapped[Segment] = relationship()
    corrected_by: Mapped[Person] = relationship()


class LetterCounts:
    """The columns of character counts, heard against meant: once on the raw text and once on the
    normalised one."""

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


class TranscriptCount(LetterCounts, Base):
    """The character counts of a transcript's confirmed segments, as they were counted last."""

    __tablename__ = "transcript_count"

    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), primary_key=True)
    # The transcript has changed since it was counted.
    is_stale: Mapped[bool] = mapped_column(default=True, index=True)
    # Counts the changes of the transcript, so that a count that was running during a change is not
    # taken for current.
    changes: Mapped[int] = mapped_column(default=1)
    # The number of confirmed segments.
    segments: Mapped[int] = mapped_column(default=0)


class EditingTime(Base):
    """How long one person worked on one transcript, in seconds: only while they typed or
    listened."""

    __tablename__ = "editing_time"
    __table_args__ = (Index("ix_editing_time_seconds", "transcript_id", "seconds"),)

    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
    # Up to when the time is counted.
    noted_at: Mapped[When] = mapped_column(default=now)

    transcript: Mapped[Transcript] = relationship()
    person: Mapped[Person] = relationship()


class Origin(StrEnum):
    """The source of a proposed word."""

    TERM = "term"
    NAME = "name"
    DICTIONARY = "dictionary"
    DATE = "date"
    LEARNED = "learned"


class Proposal(Base):
    """A proposed correction (修正候補) of one word in one segment. A person decides it once:
    accepted or refused."""

    __tablename__ = "proposal"

    id: Mapped[Id]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), index=True)
    # Where `before` stands in the segment's `machine` text, in characters.
    start: Mapped[int]
    # The word as it was heard, and the word that is proposed instead.
    before: Mapped[LongText]
    after: Mapped[LongText]
    origin: Mapped[Origin] = mapped_column(word(Origin))
    # Says where the word is printed, or what was corrected before.
    place: Mapped[Name] = mapped_column(default="")
    # The page that prints it, if it can be opened.
    page_id: Mapped[int | None] = mapped_column(
        ForeignKey("page.id", ondelete="SET NULL"), index=True
    )
    # From 0 to 1.
    probability: Mapped[float]
    # The change was made at once, and `machine` has `after` at `start`.
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
        """Return the word that stands in the text until somebody decides otherwise."""
        return self.after if self.was_changed else self.before
