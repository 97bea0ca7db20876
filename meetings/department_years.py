"""Marks what the city's statistics have stored for a department and fiscal year as stale."""

from sqlalchemy.orm import Session

from meetings import dates
from models.meeting import Meeting
from models.statistics import DepartmentYear


def changed(session: Session, meeting: Meeting) -> None:
    """Mark the sums of the meeting's department and fiscal year as stale, so that they are made
    again soon. Every function that changes what the statistics count of a meeting calls this; one
    that moves the meeting calls it before and after.
    """
    year = dates.fiscal_year(meeting.starts_at)
    kept = session.get(DepartmentYear, (meeting.department_id, year))
    if kept is None:
        begins_at, ends_at = dates.fiscal_year_bounds(year)
        kept = DepartmentYear(
            department_id=meeting.department_id,
            year=year,
            begins_at=begins_at,
            ends_at=ends_at,
            changes=0,
        )
        session.add(kept)
    kept.changes += 1
    kept.is_stale = True
