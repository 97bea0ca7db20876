"""What tests of voiceprints share: voices as embeddings, and transcripts in which they speak."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.speakers import naming, samples, suggestions
from minutes.voices.embeddings import Embedding
from minutes.voices.speaker_turns import SpeakerTurn
from minutes.voices.stretches import Stretch
from minutes.voices.voices import StretchEmbedding
from models.base import now
from models.meeting import Series
from models.transcript import Segment, Transcript
from tests.cast import Cast
from tests.world import HEARD
from web.demo import builders

WEIGHTS = "a" * 64
LEAST = 0.75
KOGA, OKUMA, SHINOHARA = np.eye(8, dtype=np.float32)[:3]
MIXED = None
"""A segment in which two speak."""


def like(embedding: Embedding, other: Embedding, share: float = 0.2) -> Embedding:
    """The same voice on another day: a little of another voice in it."""
    mixed = embedding + share * other
    unit: Embedding = (mixed / np.linalg.norm(mixed)).astype(np.float32)
    return unit


def keep_voiceprints(session: Session, transcript: Transcript) -> Series:
    """The series of the transcript, which keeps them from now on."""
    found = transcript.meeting.series
    found.keeps_voiceprints = True
    session.commit()
    return found


def add_later(session: Session, storage: Storage, cast: Cast, series: Series) -> Transcript:
    """Of the next meeting of the series."""
    meeting = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series=series.name,
        department=series.department,
        starts_at=now() + timedelta(days=30),
    )
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    assert made.meeting.series_id == series.id
    return made


def hear(
    session: Session,
    transcript: Transcript,
    voices: Sequence[Embedding | None],
    weights_sha256: str = WEIGHTS,
) -> list[Segment]:
    """As the step leaves it when these voices speak, one in each segment."""
    turns, heard = [], []
    numbers: dict[bytes, int] = {}
    for segment, voice in zip(transcript.segments, voices, strict=True):
        start, end = segment.start_seconds, segment.end_seconds
        if voice is MIXED:
            turns += [SpeakerTurn(start, end, 98), SpeakerTurn(start, end, 99)]
            voice = KOGA
        else:
            number = numbers.setdefault(voice.tobytes(), len(numbers) + 1)
            turns.append(SpeakerTurn(start, end, number))
        heard.append(StretchEmbedding(Stretch(start, end, False), voice))
    naming.keep(session, transcript, turns)
    if transcript.meeting.series.keeps_voiceprints:
        samples.keep(session, transcript, heard, weights_sha256)
        suggestions.suggest(session, transcript, weights_sha256, LEAST)
    session.commit()
    return list(transcript.segments)


def suggested(segments: Sequence[Segment]) -> list[str | None]:
    return [segment.speaker.suggested_name if segment.speaker else None for segment in segments]
