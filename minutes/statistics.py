"""Statistics in the city's own form: N所属 M件, hours of sound, accuracy. They are sums that are
stored for every department and fiscal year (minutes/sums.py); what changed lately is summed again
at once.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from meetings import dates
from minutes import sums
from minutes.accuracy import NOTHING, Accuracy
from minutes.transcripts import counts
from minutes.transcripts.counts import COUNTS
from models.meeting import Meeting
from models.person import Department
from models.recording import Recording
from models.transcript import TranscriptCount

COUNTED_ON_THE_SPOT = 10


@dataclass
class DepartmentFigures:
    """The figures of one department. `recordings` are those transcribed to the end, each part of a
    meeting once, without spares; `seconds` is their length; `editing_seconds` is how long people
    corrected them.
    """

    department: Department
    recordings: int = 0
    seconds: float = 0.0
    editing_seconds: float = 0.0
    raw: Accuracy = NOTHING
    normalised: Accuracy = NOTHING


@dataclass
class Figures:
    """The figures of all departments. `waiting` transcripts changed lately and are still counted as
    they were before.
    """

    departments: list[DepartmentFigures] = field(default_factory=list)
    waiting: int = 0

    @cached_property
    def recordings(self) -> int:
        """Return the number of recordings of all departments."""
        return sum(d.recordings for d in self.departments)

    @cached_property
    def seconds(self) -> float:
        """Return the seconds of sound of all departments."""
        return sum(d.seconds for d in self.departments)

    @cached_property
    def editing_seconds(self) -> float:
        """Return the seconds that people spent correcting, in all departments."""
        return sum(d.editing_seconds for d in self.departments)

    @cached_property
    def raw(self) -> Accuracy:
        """Return the counts of characters over all departments, fillers apart."""
        return sum((d.raw for d in self.departments), NOTHING)

    @cached_property
    def normalised(self) -> Accuracy:
        """Return the normalised counts of characters over all departments."""
        return sum((d.normalised for d in self.departments), NOTHING)

    @property
    def sentence(self) -> str:
        """Return the Japanese phrase of the city: 「N所属 M件」."""
        return f"{len(self.departments)}所属 {self.recordings}件"


def years(session: Session) -> list[int]:
    """Return every fiscal year (年度) from that of the first recorded meeting to that of the last,
    newest first.
    """
    recorded = select(Meeting.starts_at).where(
        select(Recording.id).where(Recording.meeting_id == Meeting.id).exists()
    )
    first = session.scalar(recorded.order_by(Meeting.starts_at).limit(1))
    last = session.scalar(recorded.order_by(Meeting.starts_at.desc()).limit(1))
    if first is None or last is None:
        return []
    return list(range(dates.fiscal_year(last), dates.fiscal_year(first) - 1, -1))


def figures(session: Session, year: int | None = None) -> Figures:
    """Return the figures of everything that was transcribed, or of the meetings of one fiscal
    year, ordered by the departments' names.
    """
    fresh = {
        transcript_id: counts.count(session, transcript_id)
        for transcript_id in counts.stale(session, COUNTED_ON_THE_SPOT)
    }
    summed = session.execute(sums.by_department(session, fresh, year))
    rows = {row.department_id: row for row in summed}
    departments = session.scalars(
        select(Department).where(Department.id.in_(rows)).options(joinedload(Department.parent))
    )
    found = [_figures(department, rows[department.id]) for department in departments]
    waiting = _count_stale(session) - len(fresh)
    return Figures(sorted(found, key=lambda row: row.department.full_name), waiting)


def _figures(department: Department, row: Any) -> DepartmentFigures:
    # The sums stand at the end of the row, in the order of the columns.
    each = len(COUNTS)
    raw, normalised = Accuracy(*row[-2 * each : -each]), Accuracy(*row[-each:])
    return DepartmentFigures(
        department, row.recordings, row.seconds, row.editing_seconds, raw, normalised
    )


def _count_stale(session: Session) -> int:
    stale = select(func.count()).select_from(TranscriptCount).where(TranscriptCount.is_stale)
    return session.scalar(stale) or 0
