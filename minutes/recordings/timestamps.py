"""The time stamp of a recording held against its meeting: most recorders write down when they
began, some when they ended, and many have a wrong clock. What is taken from it stays a suggestion
until a person has checked it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from meetings.sitting.presenting import turns_of
from models.meeting import Meeting
from models.recording import BeginningSource

REACH = timedelta(hours=3)
"""A recording that lies further from the sitting has a wrong clock."""

AS_GOOD = timedelta(minutes=1)
"""The end of the recording is believed only where it fits better by more than this."""


@dataclass(frozen=True)
class Beginning:
    """When a recording began, and who says so."""

    began_at: datetime
    source: BeginningSource


def suggested(
    session: Session, meeting: Meeting, stamped_at: datetime | None, duration_seconds: float
) -> Beginning | None:
    """What to take the stamp for; None without one, and when it cannot be this meeting's."""
    found = plausible(session, meeting, stamped_at, duration_seconds)
    return found[0] if found else None


def plausible(
    session: Session, meeting: Meeting, stamped_at: datetime | None, duration_seconds: float
) -> list[Beginning]:
    """The stamp as beginning and as end of the recording, as far as either is possible, the one
    that fits the turned pages or else the plan better first."""
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
