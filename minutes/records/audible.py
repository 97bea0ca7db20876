"""Decides which parts of the recording behind published minutes may be heard: those whose words the
text still holds, and nothing that was taken out of it.

A sentence may be heard from its first segment on, up to the first segment that no sentence holds
any more. So times that somebody edited open nothing that was never a segment, and a sentence that
was stretched over others opens nothing of them: who approves reads a text, and nobody may hear more
than it says.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.records.content import Content, Paragraph
from models.minutes import MinutesRevision
from models.recording import Recording, Transcription
from models.transcript import Segment, Transcript

LONGEST_SECONDS = 600.0
TOUCH_SECONDS = 0.1
"""Overlap of two neighbouring segments, in seconds, up to which they do not count as one."""

SentencePlace = tuple[int, int]
"""Indexes of a section in the content and of a paragraph in that section, both from 0."""


@dataclass(frozen=True)
class SegmentTimes:
    """Id and times (seconds) of a segment, without its words."""

    identity: int
    start: float
    end: float


def heard_until(
    session: Session, revision: MinutesRevision, content: Content
) -> dict[SentencePlace, float]:
    """Return for each sentence up to which second of its recording it may be heard. Sentences that
    may not be heard at all are absent.
    """
    said = list(sentences(content))
    sounds = {
        transcript_id: _RecordingTrack(_stretches(session, transcript_id), own)
        for transcript_id, own in _by_transcript(revision, said).items()
    }
    found = {
        place: sounds[paragraph.transcript_id or revision.transcript_id].until(paragraph)
        for place, paragraph in said
    }
    return {place: until for place, until in found.items() if until is not None}


def sentences(content: Content) -> Iterator[tuple[SentencePlace, Paragraph]]:
    """Yield every paragraph with its indexes (section, paragraph), in reading order."""
    for number, section in enumerate(content.sections):
        for place, paragraph in enumerate(section.paragraphs):
            yield (number, place), paragraph


class _RecordingTrack:
    """The segments of one recording in the order of the sound, and which of them the text still
    holds.
    """

    def __init__(self, stretches: list[SegmentTimes], said: list[Paragraph]) -> None:
        self._stretches = stretches
        self._starts = [one.start for one in stretches]
        self._longest = max((one.end - one.start for one in stretches), default=0.0)
        self._held = {identity for paragraph in said for identity in paragraph.segment_ids}
        places = {(p.start_seconds, p.end_seconds) for p in said if not p.segment_ids}
        # Texts from before segments were noted, and what somebody put together by hand.
        self._held |= {one.identity for one in stretches if (one.start, one.end) in places}

    def until(self, paragraph: Paragraph) -> float | None:
        """Return up to which second the paragraph may be heard.

        None where it does not begin and end with a segment, begins with one that was taken out of
        the text, or would be longer than `LONGEST_SECONDS`.
        """
        start, end = paragraph.start_seconds, paragraph.end_seconds
        covered = self._between(start, end)
        is_whole = any(s.start == start for s in covered) and any(s.end == end for s in covered)
        if not is_whole:
            return None
        removed = (s.start for s in covered if s.identity not in self._held)
        until = min([end, *removed])
        return until if 0 < until - start <= LONGEST_SECONDS else None

    def _between(self, start: float, end: float) -> list[SegmentTimes]:
        """Return the segments that are heard in these seconds."""
        first = bisect_left(self._starts, start - self._longest)
        last = bisect_left(self._starts, end)
        return [
            one
            for one in self._stretches[first:last]
            if one.start == start or (one.end > start + TOUCH_SECONDS and one.start < end)
        ]


def _by_transcript(
    revision: MinutesRevision, said: list[tuple[SentencePlace, Paragraph]]
) -> dict[int, list[Paragraph]]:
    found: dict[int, list[Paragraph]] = defaultdict(list)
    for _, paragraph in said:
        found[paragraph.transcript_id or revision.transcript_id].append(paragraph)
    return found


def _stretches(session: Session, transcript_id: int) -> list[SegmentTimes]:
    rows = session.execute(
        select(Segment.id, Segment.start_seconds, Segment.end_seconds)
        .join(Segment.transcript)
        .join(Transcript.transcription)
        .join(Transcription.recording)
        .where(Segment.transcript_id == transcript_id, Recording.emptied_at.is_(None))
        .order_by(Segment.start_seconds, Segment.id)
    )
    return [SegmentTimes(*row) for row in rows]
