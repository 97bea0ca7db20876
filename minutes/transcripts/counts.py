"""Counts for each transcript what the city's statistics need, and stores the result, so that texts
of years need not be compared each time the statistics are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from meetings import department_years
from minutes import accuracy
from minutes.accuracy import Accuracy
from models.database import reading, writing
from models.transcript import Segment, Transcript, TranscriptCount

RECOUNT_SECONDS = 10.0
"""Pause between two rounds of counting."""


@dataclass(frozen=True)
class Counted:
    """The number of confirmed `segments`, and the accuracy of recognition over them: of the texts
    as they are (`raw`), and `normalised`.
    """

    segments: int
    raw: Accuracy
    normalised: Accuracy

    @property
    def columns(self) -> dict[str, int]:
        """Return the figures by the names of the table's columns."""
        counts = {"segments": self.segments}
        for kind in KINDS:
            found = getattr(self, kind)
            counts |= {f"{kind}_{name}": getattr(found, name) for name in COUNTS}
        return counts


KINDS = ("raw", "normalised")
COUNTS = ("total", "wrong", "missing", "added", "fillers")
LETTERS = tuple(f"{kind}_{name}" for kind in KINDS for name in COUNTS)
COLUMNS = ("segments", *LETTERS)


def changed(session: Session, transcript: Transcript) -> None:
    """Mark the counts of the transcript as stale, so that it is counted again soon. Every function
    that corrects, confirms or takes back a confirmation calls this.
    """
    count = session.get(TranscriptCount, transcript.id)
    if count is None:
        count = TranscriptCount(transcript_id=transcript.id, changes=0)
        session.add(count)
    count.changes += 1
    count.is_stale = True
    department_years.changed(session, transcript.meeting)


def stale(session: Session, most: int) -> Sequence[int]:
    """Return the ids of at most `most` transcripts that changed since they were counted, newest
    first.
    """
    newest = select(TranscriptCount.transcript_id).where(TranscriptCount.is_stale)
    ordered = newest.order_by(TranscriptCount.transcript_id.desc())
    return session.scalars(ordered.limit(most)).all()


def count(session: Session, transcript_id: int) -> Counted:
    """Compare every confirmed text of the transcript with what was recognised and return the
    counts.
    """
    pairs = session.execute(
        select(Segment.heard, Segment.text).where(
            Segment.transcript_id == transcript_id, Segment.confirmed_at.is_not(None)
        )
    ).all()
    return Counted(len(pairs), *accuracy.count_all((heard, text) for heard, text in pairs))


def recount_one(engine: Engine) -> bool:
    """Count one transcript whose counts are stale, without a write lock while it compares. Returns
    whether there may be more.

    If the transcript changes meanwhile, the counts are not stored and it is counted again.
    """
    with reading(engine) as session:
        wanted = stale(session, 1)
    if not wanted:
        return False
    recount(engine, wanted[0])
    return True


def recount(engine: Engine, transcript_id: int) -> None:
    """Count one transcript anew, as `recount_one` does."""
    with reading(engine) as session:
        changes = session.get_one(TranscriptCount, transcript_id).changes
        counted = count(session, transcript_id)
    with writing(engine) as session, session.begin():
        session.execute(
            update(TranscriptCount)
            .where(
                TranscriptCount.transcript_id == transcript_id, TranscriptCount.changes == changes
            )
            .values(is_stale=False, **counted.columns)
        )
