"""What was said in a meeting, as text in which phrases are looked for, with the time of each."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy.orm import Session

from minutes.japanese.numerals import normalise
from minutes.proceedings.misheard import as_meant
from minutes.recordings import parts
from minutes.transcripts import transcripts
from models.meeting import Meeting
from models.transcript import Segment


@dataclass(frozen=True)
class SaidPlace:
    """A segment with the time at which it was said. `is_sure` is false where nobody knows when its
    recording began, so that the time is counted from the planned beginning.
    """

    segment: Segment
    at: datetime
    is_sure: bool


@dataclass(frozen=True)
class SaidText:
    """The words of one recording without punctuation, numbers in digits; `starts` are the indexes
    in `text` at which the words of each of `places` begin.
    """

    text: str
    places: list[SaidPlace]
    starts: list[int]

    def place_at(self, index: int) -> SaidPlace:
        """Return the place of the letter at this index."""
        return self.places[bisect_right(self.starts, index) - 1]


def said_in(session: Session, meeting: Meeting) -> Iterator[SaidText]:
    """Yield what was said in each part of the meeting, in the order of the clock."""
    placed = {one.recording.id: one for one in parts.parts_of(session, meeting)}
    first = next(iter(placed.values()), None)
    origin = (first.recording.began_at if first else None) or meeting.starts_at
    for transcript in parts.usual_transcripts(session, meeting):
        recording = transcript.recording
        began = recording.began_at
        at = began or origin + timedelta(seconds=placed[recording.id].start_seconds)
        segments = [s for s in transcripts.segments_of(session, transcript) if s.text]
        words = [as_meant(normalise(segment.text)) for segment in segments]
        yield SaidText(
            "".join(words),
            [
                SaidPlace(s, at + timedelta(seconds=s.start_seconds), began is not None)
                for s in segments
            ],
            list(accumulate((len(one) for one in words), initial=0))[: len(words)],
        )
