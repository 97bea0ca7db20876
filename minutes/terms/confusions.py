"""The learned substitutions of a series, with what speaks for each and against it: rows of
confirmed segments (`learning.py`), counted by recordings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.terms.terms import Confused
from models.meeting import Series
from models.recording import Transcription
from models.term import Confusion
from models.transcript import Segment, Transcript

Substitution = tuple[str, str]
"""Heard and meant."""


@dataclass(frozen=True, kw_only=True)
class Learned(Confused):
    """A learned substitution as people see it: when it was taught last, in how many recordings
    `heard` was confirmed as it is (`kept`), and whether it is switched off.
    """

    last_at: datetime
    kept: int = 0
    is_off: bool = False


class _Evidence(NamedTuple):
    recordings: dict[Substitution, set[int]]
    times: Counter[Substitution]
    last_at: dict[Substitution, datetime]


def learned(session: Session, series: Series, off: Iterable[Substitution]) -> list[Learned]:
    """Return the learned substitutions of the series, the most frequent first. `off`: what is
    switched off; with an empty `heard`, all substitutions by this word.
    """
    off, found = set(off), _evidence(session, series)
    every = [
        Learned(
            heard,
            meant,
            times,
            len(found.recordings[heard, meant]),
            len(_others(found, heard, meant)),
            last_at=found.last_at[heard, meant],
            kept=len(found.recordings.get((heard, heard), ())),
            is_off=bool({(heard, meant), ("", meant)} & off),
        )
        for (heard, meant), times in found.times.items()
        if heard != meant
    ]
    return sorted(every, key=lambda one: (-one.times, one.meant, one.heard))


def _evidence(session: Session, series: Series) -> _Evidence:
    recordings, times = defaultdict[Substitution, set[int]](set), Counter[Substitution]()
    last_at = dict[Substitution, datetime]()
    rows = session.execute(
        select(
            Confusion.heard,
            Confusion.meant,
            Transcription.recording_id,
            func.count(),
            func.max(Confusion.learned_at),
        )
        .join(Segment, Confusion.segment_id == Segment.id)
        .join(Transcript, Segment.transcript_id == Transcript.id)
        .join(Transcription, Transcript.transcription_id == Transcription.id)
        .where(Confusion.series_id == series.id)
        .group_by(Confusion.heard, Confusion.meant, Transcription.recording_id)
    )
    for heard, meant, recording, count, at in rows:
        pair = heard, meant
        recordings[pair].add(recording)
        times[pair] += count
        last_at[pair] = max(at, last_at.get(pair, at))
    return _Evidence(dict(recordings), times, last_at)


def _others(found: _Evidence, heard: str, meant: str) -> set[int]:
    """Return the recordings that speak against the substitution."""
    against = set(found.recordings.get((meant, heard), ()))
    for (word, written), recordings in found.recordings.items():
        if word == heard and written != meant:
            against |= recordings
    return against
