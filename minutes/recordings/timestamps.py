"""Interprets the time stamp of a recording by its meeting: most recorders write down when they
began, some when they ended, and many have a wrong clock. A start time from a stamp is a suggestion
until a person has checked it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from meetings.sitting.presenting import turns_of
from models.meeting import Meeting
from models.recording import BeginningSource

REACH = timedelta(hours=3)
"""Most time between a recording and its meeting; further off, the recorder's clock is wrong."""

AS_GOOD = timedelta(minutes=1)
"""Advantage of reading a stamp as the start: reading it as the end must fit better by more."""


@dataclass(frozen=True)
class Beginning:
    """The start time of a recording, and where it is known from."""

    began_at: datetime
    source: BeginningSource


def suggested(
    session: Session, meeting: Meeting, stamped_at: datetime | None, duration_seconds: float
) -> Beginning | None:
    """Return the likeliest start time, None without a stamp and when it cannot be this
    meeting's.
    """
    found = plausible(session, meeting, stamped_at, duration_seconds)
    return found[0] if found else None


def plausible(
    session: Session, meeting: Meeting, stamped_at: datetime | None, duration_seconds: float
) -> list[Beginning]:
    """Return the possible start times, the stamp read as the start and as the end of the
    recording, best first: the one that covers more page turns, then the one that overlaps the
    planned time of the meeting longer.
    """
    if stamped_at is None:
        return []
    length = timedelta(seconds=duration_seconds)
    turned = [turn.at for turn in turns_of(session, meeting)]
    first, last = min([meeting.starts_at, *turned]), max([meeting.ends_at, *turned])

    def fit(reading: Beginning) -> tuple[int, timedelta]:
        ends_at = reading.began_at + length
        inside = sum(reading.began_at <= at <= ends_at for at in turned)
        shared = min(ends_at, meeting.ends_at) - max(reading.began_at, meeting.starts_at)
        is_as_good = AS_GOOD if reading.source == BeginningSource.STAMP else timedelta(0)
        return inside, shared + is_as_good

    readings = [
        Beginning(stamped_at, BeginningSource.STAMP),
        Beginning(stamped_at - length, BeginningSource.STAMPED_END),
    ]
    possible = [
        reading
        for reading in readings
        if reading.began_at <= last + REACH and reading.began_at + length >= first - REACH
    ]
    return sorted(possible, key=fit, reverse=True)
