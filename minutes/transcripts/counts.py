"""What the city's figures need of a transcript, counted when it changed and kept beside it: letters
are not compared anew at every look at years of work."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from minutes import accuracy
from minutes.accuracy import Accuracy
from models.database import reading, writing
from models.transcript import Segment, Transcript, TranscriptCount

RECOUNT_SECONDS = 10.0


@dataclass(frozen=True)
class Counted:
    """`segments` are confirmed; what of their letters was heard right, raw and normalised."""

    segments: int
    raw: Accuracy
    normalised: Accuracy

    @property
    def columns(self) -> dict[str, int]:
        """As the row of the transcript has it."""
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
    """Something was corrected, confirmed or taken back in it: it is counted again before long.
    Every verb that does so says it here."""
    count = session.get(TranscriptCount, transcript.id)
    if count is None:
        count = TranscriptCount(transcript_id=transcript.id, changes=0)
        session.add(count)
    count.changes += 1
    count.is_stale = True


def stale(session: Session, most: int) -> Sequence[int]:
    """The newest transcripts that changed since they were counted."""
    newest = select(TranscriptCount.transcript_id).where(TranscriptCount.is_stale)
    ordered = newest.order_by(TranscriptCount.transcript_id.desc())
    return session.scalars(ordered.limit(most)).all()


def count(session: Session, transcript_id: int) -> Counted:
    """As it is now, every confirmed text compared with what was heard."""
    pairs = session.execute(
        select(Segment.heard, Segment.text).where(
            Segment.transcript_id == transcript_id, Segment.confirmed_at.is_not(None)
        )
    ).all()
    return Counted(len(pairs), *accuracy.count_all((heard, text) for heard, text in pairs))


def recount_one(engine: Engine) -> bool:
    """Count one that changed, without holding anybody up; whether there may be more. What changes
    meanwhile is counted once more."""
    with reading(engine) as session:
        wanted = stale(session, 1)
        if not wanted:
            return False
        transcript_id = wanted[0]
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
    return True
