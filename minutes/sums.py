"""Sums what the city's statistics show for each department and fiscal year (年度), and stores the
result, so that years of recordings need not be summed each time the statistics are shown.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from minutes.transcripts import counts
from minutes.transcripts.counts import COLUMNS, LETTERS, Counted
from models.database import reading, writing
from models.meeting import Meeting
from models.minutes import Minutes, MinutesRevision
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.statistics import DepartmentYear
from models.transcript import EditingTime, Transcript, TranscriptCount

SUMS = ("recordings", "seconds", "editing_seconds", *LETTERS)
BY_MACHINE = Transcription.imported_file_name == ""
OF_THEM = and_(
    Meeting.department_id == DepartmentYear.department_id,
    Meeting.starts_at >= DepartmentYear.begins_at,
    Meeting.starts_at < DepartmentYear.ends_at,
)
"""The condition that a meeting belongs to the department and fiscal year of the row."""


def refresh_one(engine: Engine) -> bool:
    """Count one transcript whose counts are stale or, where there is none, sum one department and
    fiscal year whose sums are. Returns whether there may be more.
    """
    return counts.recount_one(engine) or _sum_one(engine)


def by_department(session: Session, fresh: Mapping[int, Counted], year: int | None) -> Select[Any]:
    """Select `department_id` and SUMS of every department that has a finished recording, in one
    fiscal year or, for None, in all. Sums that are stale are made anew, with `fresh` in place of
    the stored counts of these transcripts.
    """
    of_year = true() if year is None else DepartmentYear.year == year
    kept = select(
        DepartmentYear.department_id, *(getattr(DepartmentYear, name) for name in SUMS)
    ).where(~DepartmentYear.is_stale, DepartmentYear.recordings > 0, of_year)
    anew = _summed(session, fresh, and_(DepartmentYear.is_stale, of_year))
    both = union_all(kept, anew).subquery()
    return select(
        both.c.department_id, *(func.sum(both.c[name]).label(name) for name in SUMS)
    ).group_by(both.c.department_id)


def _sum_one(engine: Engine) -> bool:
    """Sum one department and fiscal year, without a write lock while it does. Returns whether
    there may be more.

    If something changes meanwhile, the sums are not stored. As long as the counts of a transcript
    are stale, so are the sums that it belongs to: `by_department` relies on that.
    """
    with reading(engine) as session:
        stale = select(DepartmentYear).where(DepartmentYear.is_stale).limit(1)
        row = session.scalars(stale).one_or_none()
        if row is None or counts.stale(session, 1):
            return row is not None
        is_row = and_(
            DepartmentYear.department_id == row.department_id, DepartmentYear.year == row.year
        )
        changes = row.changes
        found = session.execute(_summed(session, {}, is_row)).mappings().one_or_none()
        sums = {name: found[name] if found else 0 for name in SUMS}
    with writing(engine) as session, session.begin():
        session.execute(
            update(DepartmentYear)
            .where(is_row, DepartmentYear.changes == changes)
            .values(is_stale=False, **sums)
        )
    return True


def _summed(
    session: Session, fresh: Mapping[int, Counted], chosen: ColumnElement[bool]
) -> Select[Any]:
    """Select the sums by department, over every recording of the chosen rows of DepartmentYear
    that the machine transcribed to the end.
    """
    known = _known(fresh)
    letters = known.alias("letters")
    runs = (
        select(
            DepartmentYear.department_id,
            Recording.duration_seconds.label("seconds"),
            func.max(Transcription.state == WorkState.FINISHED).label("is_finished"),
            # Of the newest one that has any confirmed: a second run must not count the same
            # words twice.
            func.max(case((known.c.segments > 0, Transcript.id))).label("transcript_id"),
            # Of all people, on every run: it was spent, whichever was used in the end.
            func.sum(EditingTime.seconds).label("editing_seconds"),
        )
        .join(Meeting, OF_THEM)
        .join(Recording, Recording.meeting_id == Meeting.id)
        .join(Transcription, Transcription.recording_id == Recording.id)
        .join(Transcript, Transcript.transcription_id == Transcription.id, isouter=True)
        .join(known, known.c.transcript_id == Transcript.id, isouter=True)
        .join(EditingTime, EditingTime.transcript_id == Transcript.id, isouter=True)
        .where(
            chosen,
            BY_MACHINE,
            Meeting.removed_at.is_(None),
            Recording.id.not_in(_not_counted(session, chosen)),
        )
        .group_by(Recording.id, DepartmentYear.department_id)
        .subquery()
    )
    return (
        select(
            runs.c.department_id,
            func.count().label("recordings"),
            func.sum(runs.c.seconds).label("seconds"),
            func.coalesce(func.sum(runs.c.editing_seconds), 0.0).label("editing_seconds"),
            *(func.coalesce(func.sum(letters.c[name]), 0).label(name) for name in LETTERS),
        )
        .join(letters, letters.c.transcript_id == runs.c.transcript_id, isouter=True)
        .where(runs.c.is_finished)
        .group_by(runs.c.department_id)
    )


def _known(fresh: Mapping[int, Counted]) -> Any:
    """Select the stored counts of all transcripts, with `fresh` in place of those counted just
    now.
    """
    kept = select(*(getattr(TranscriptCount, name) for name in ("transcript_id", *COLUMNS)))
    new = [
        select(
            literal(transcript_id).label("transcript_id"),
            *(literal(counted.columns[name]).label(name) for name in COLUMNS),
        )
        for transcript_id, counted in fresh.items()
    ]
    others = kept.where(TranscriptCount.transcript_id.not_in(fresh)) if fresh else kept
    return union_all(others, *new).cte("known") if new else others.subquery()


def _not_counted(session: Session, chosen: ColumnElement[bool]) -> set[int]:
    """Return the ids of recordings of the chosen rows that are not counted: spares. Where minutes
    were made with a spare, only the recordings that they were made from are counted.
    """
    beside = (
        select(Recording.meeting_id)
        .join(Meeting, Meeting.id == Recording.meeting_id)
        .join(DepartmentYear, OF_THEM)
        .where(chosen, Recording.kind == RecordingKind.SPARE)
    )
    kinds: dict[int, dict[int, RecordingKind]] = defaultdict(dict)
    for meeting_id, recording_id, kind in session.execute(
        select(Recording.meeting_id, Recording.id, Recording.kind).where(
            Recording.meeting_id.in_(beside)
        )
    ):
        kinds[meeting_id][recording_id] = kind
    used = _used(session, list(kinds))
    found: set[int] = set()
    for meeting_id, recordings in kinds.items():
        spares = {number for number, kind in recordings.items() if kind == RecordingKind.SPARE}
        is_used = used.get(meeting_id, set())
        found |= set(recordings) - is_used if spares & is_used else spares
    return found


def _used(session: Session, meeting_ids: list[int]) -> dict[int, set[int]]:
    """Return, by meeting, the ids of the recordings that its latest minutes were made from."""
    latest = (
        select(func.max(MinutesRevision.number))
        .where(MinutesRevision.minutes_id == Minutes.id)
        .correlate(Minutes)
        .scalar_subquery()
    )
    made = session.execute(
        select(Minutes.meeting_id, MinutesRevision.transcript_ids)
        .join(MinutesRevision)
        .where(Minutes.meeting_id.in_(meeting_ids), MinutesRevision.number == latest)
    ).all()
    wanted = [transcript_id for _, every in made for transcript_id in every]
    recording_of = dict(
        session.execute(
            select(Transcript.id, Transcription.recording_id)
            .join(Transcription)
            .where(Transcript.id.in_(wanted))
        ).all()
    )
    return {meeting_id: {recording_of[one] for one in every} for meeting_id, every in made}
