"""Voice samples: the speaker embedding of each segment in which one voice speaks alone.

They are stored by segment, so that whatever people merge, split or rename, a voice is what its
segments are. They exist only in a series that keeps voiceprints, until the minutes are approved or
the samples are too old.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from minutes.voices import embeddings
from minutes.voices.embeddings import Embedding
from minutes.voices.voices import StretchEmbedding
from models.meeting import Meeting, Series
from models.recording import Recording, Transcription
from models.transcript import Segment, Speaker, Transcript, VoiceSample

LONGEST_KEPT = timedelta(days=90)
"""Age at which samples are deleted, for transcripts that nobody ever approves."""


def keep(
    session: Session, transcript: Transcript, heard: Sequence[StretchEmbedding], weights_sha256: str
) -> None:
    """Store the mean embedding of each segment with one voice, from the stretches `heard`, in
    place of all earlier samples of the transcript.
    """
    forget(session, transcript)
    segments = [each for each in transcripts.segments_of(session, transcript) if _is_clean(each)]
    starts = [segment.start_seconds for segment in segments]
    said = defaultdict[int, list[tuple[Embedding, float]]](list)
    for each in heard:
        middle = (each.stretch.start_seconds + each.stretch.end_seconds) / 2
        place = bisect_right(starts, middle) - 1
        if place >= 0 and middle < segments[place].end_seconds:
            said[place].append((each.embedding, each.stretch.seconds))
    for place, parts in said.items():
        embedding = embeddings.mean(parts)
        if embedding is not None:
            session.add(
                VoiceSample(
                    segment=segments[place],
                    embedding=embeddings.to_bytes(embedding),
                    seconds=sum(seconds for _, seconds in parts),
                    weights_sha256=weights_sha256,
                )
            )
    session.flush()


def of_voice(session: Session, voice: Speaker) -> tuple[Embedding, str] | None:
    """Return the mean embedding of the voice's segments and the hash of the weights that made it;
    None where the voice has no samples.
    """
    found = session.scalars(
        select(VoiceSample)
        .join(Segment)
        .where(Segment.speaker_id == voice.id, Segment.is_mixed.is_(False))
    ).all()
    parts = [(embeddings.from_bytes(sample.embedding), sample.seconds) for sample in found]
    embedding = embeddings.mean((part, seconds) for part, seconds in parts if part is not None)
    return None if embedding is None else (embedding, found[0].weights_sha256)


def forget(session: Session, transcript: Transcript) -> None:
    """Delete the samples of the transcript."""
    _delete(session, Segment.transcript_id == transcript.id)


def forget_of_series(session: Session, series: Series) -> None:
    """Delete the samples of all transcripts of the series."""
    transcript_ids = (
        select(Transcript.id)
        .join(Transcription)
        .join(Recording)
        .join(Meeting)
        .where(Meeting.series_id == series.id)
    )
    _delete(session, Segment.transcript_id.in_(transcript_ids))


def is_old(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a sample is older than `LONGEST_KEPT` at this instant."""
    return VoiceSample.made_at < at - LONGEST_KEPT


def _delete(session: Session, which: ColumnElement[bool]) -> None:
    segment_ids = select(Segment.id).where(which)
    session.execute(delete(VoiceSample).where(VoiceSample.segment_id.in_(segment_ids)))


def _is_clean(segment: Segment) -> bool:
    return segment.speaker is not None and not segment.is_mixed
