"""Estimates how long a transcription still takes: from its chunks that are done, and from the last
transcriptions here with the same speech model.

The text of a chunk says little about the time it takes. Its lanes are decoded side by side, so
hardly any text appears for a third of the time or more, and most towards the end.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.recording import Chunk, Recording, Transcription, WorkState

MOST_PAST = 5
"""The most earlier runs that are considered."""
SHORTEST_SECONDS = 60.0
"""Shorter recordings are not considered: most of their time is the loading of models."""

EARLY, BEND = 0.2, 0.5
"""If more than EARLY of a chunk's text is there, the share of its time that has passed is about
that share of the text to the power of BEND. This was measured.
"""

OVERDUE = 0.15
"""For a chunk that takes longer than expected, so much of the time spent is expected in
addition.
"""


@dataclass(frozen=True)
class Pace:
    """Seconds of work for each second of sound: until the text is there, and for the steps after
    it. `later` is None if no such run is known.
    """

    text: float
    later: float | None


def past_pace(session: Session, transcription: Transcription) -> Pace | None:
    """Return the median pace of the last finished runs with the same speech model, or None without
    any.
    """
    runs = session.scalars(
        select(Transcription)
        .join(Transcription.recording)
        .where(
            Transcription.state == WorkState.FINISHED,
            Transcription.speech_model == transcription.speech_model,
            Transcription.imported_file_name == "",
            Transcription.id != transcription.id,
            Transcription.started_at < Transcription.ended_at,
            Recording.duration_seconds >= SHORTEST_SECONDS,
        )
        .order_by(Transcription.id.desc())
        .limit(MOST_PAST)
    ).all()
    texts = [one for run in runs if (one := _text_pace(run)) is not None]
    laters = [one for run in runs if (one := _later_pace(run)) is not None]
    return Pace(median(texts), median(laters) if laters else None) if texts else None


def text_seconds(transcription: Transcription, pace: Pace | None, at: datetime) -> float | None:
    """Return the seconds from `at` until the whole text is there. None if no pace is known, or if
    the clock was set back since the transcription began.
    """
    started, chunks = transcription.started_at, transcription.chunks
    if started is None or started > at:
        return None
    running = [c for c in chunks if c.state == WorkState.RUNNING and c.taken_at is not None]
    done = sum(c.duration_seconds for c in chunks if c.state == WorkState.FINISHED)
    if done > 0:
        until = min((c.taken_at for c in running if c.taken_at is not None), default=at)
        rate = (until - started).total_seconds() / done
    elif pace is not None:
        rate = pace.text
    else:
        return None
    total = 0.0
    for chunk in running:
        left, is_overdue = _left_of(chunk, rate, at)
        total += left
        if is_overdue:
            rate = (_spent(chunk, at) + left) / chunk.duration_seconds
    waiting = [c for c in chunks if c.state not in (WorkState.RUNNING, WorkState.FINISHED)]
    return total + rate * sum(c.duration_seconds - c.done_seconds for c in waiting)


def later_seconds(transcription: Transcription, pace: Pace | None, at: datetime) -> float | None:
    """Return the seconds from `at` that the steps after the text take. None if unknown or
    overdue.
    """
    if pace is None or pace.later is None:
        return None
    whole = pace.later * transcription.recording.duration_seconds
    if transcription.state != WorkState.FINISHED or transcription.ended_at is None:
        return whole
    left = whole - (at - transcription.ended_at).total_seconds()
    return left if left > 0 else None


def _left_of(chunk: Chunk, rate: float, at: datetime) -> tuple[float, bool]:
    """Return the seconds of work left of a chunk in work, and whether it takes longer than
    expected. The estimate is by pace, and the more text there is, by the text.
    """
    spent = _spent(chunk, at)
    left = rate * chunk.duration_seconds - spent
    is_overdue = left <= 0
    if is_overdue:
        left = OVERDUE * spent
    share = chunk.done_seconds / chunk.duration_seconds
    if EARLY < share < 1 and spent > 0 and left > 0:
        weight = (share - EARLY) / (1 - EARLY)
        by_text = spent * (1 / share**BEND - 1)
        left = by_text**weight * left ** (1 - weight)
    return left, is_overdue


def _spent(chunk: Chunk, at: datetime) -> float:
    """Return the seconds since a worker took the chunk."""
    return max(0.0, (at - chunk.taken_at).total_seconds()) if chunk.taken_at else 0.0


def _text_pace(run: Transcription) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return (run.ended_at - run.started_at).total_seconds() / run.recording.duration_seconds


def _later_pace(run: Transcription) -> float | None:
    """Return the pace of the steps after the text; None if one is not done, or was done again
    later.
    """
    ends = [step.ended_at for step in run.steps if step.ended_at is not None]
    if run.ended_at is None or not ends or any(s.state != WorkState.FINISHED for s in run.steps):
        return None
    seconds = (max(ends) - run.ended_at).total_seconds()
    text = _text_pace(run)
    is_of_one_run = text is not None and seconds <= 3 * text * run.recording.duration_seconds
    return seconds / run.recording.duration_seconds if is_of_one_run else None
