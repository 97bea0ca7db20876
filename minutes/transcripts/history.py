"""Lists how the text of a segment came to be: as recognised, as corrected from documents, and each
correction with its person and time.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person import Person
from models.transcript import Correction, Segment

HEARD, IMPORTED, BY_PAPERS = "聞き取ったまま", "取り込んだまま", "資料の言葉で直したあと"


@dataclass(frozen=True)
class State:
    """A former text of a segment. `words` says in Japanese how it came to be; `by` is None for the
    machine.
    """

    text: str
    words: str
    by: Person | None = None
    at: datetime | None = None


def states_of(session: Session, segment: Segment) -> list[State]:
    """Return the states of the segment's text, oldest first; the last one is the current text."""
    is_imported = segment.transcript.transcription.is_imported
    found = [State(segment.heard, IMPORTED if is_imported else HEARD)]
    if segment.machine != segment.heard:
        found.append(State(segment.machine, BY_PAPERS))
    corrections = session.scalars(
        select(Correction).where(Correction.segment_id == segment.id).order_by(Correction.id)
    )
    for one in corrections:
        found.append(State(one.after, "修正", one.corrected_by, one.corrected_at))
    if found[-1].text != segment.text:
        found.append(State(segment.text, "分けたあと、またはつなげたあと"))
    return found
