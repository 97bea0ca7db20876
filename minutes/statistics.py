"""Statistics in the city's own form: N所属 M件, hours of sound, accuracy. They are sums of the
counts stored for every transcript (minutes/transcripts/counts.py); transcripts that changed lately
are counted again at once.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true, union_all
from sqlalchemy.orm import Session, joinedload

from meetings import dates
from minutes.accuracy import NOTHING, Accuracy
from minutes.transcripts import counts
from minutes.transcripts.counts import COLUMNS, COUNTS, LETTERS, Counted
from models.meeting import Meeting
from models.minutes import Minutes, MinutesRevision
from models.person import Department
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.transcript import EditingTime, Transcript, TranscriptCount

BY_MACHINE = Transcription.imported_file_name == ""
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

    @property
    def recordings(self) -> int:
        """Returns the number of recordings of all departments."""
        return sum(d.recordings for d in self.departments)

    @property
    def seconds(self) -> float:
        """Returns the seconds of sound of all departments."""
        return sum(d.seconds for d in self.departments)

    @property
    def editing_seconds(self) -> float:
        """Returns the seconds that people spent correcting, in all departments."""
        return sum(d.editing_seconds for d in self.departments)

    @property
    def raw(self) -> Accuracy:
        """Returns the counts of characters over all departments, fillers apart."""
        return sum((d.raw for d in self.departments), NOTHING)

    @property
    def normalised(self) -> Accuracy:
        """Returns the normalised counts of characters over all departments."""
        return sum((d.normalised for d in self.departments), NOTHING)

    @property
    def sentence(self) -> str:
        """Returns the Japanese phrase of the city: 「N所属 M件」."""
        return f"{len(self.departments)}所属 {self.recordings}件"


def years(session: Session) -> list[int]:
    """Returns every fiscal year (年度) from that of the first recorded meeting to that of the last,
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
    """Returns the figures of everything that was transcribed, or of the meetings of one fiscal
    year, ordered by the departments' names.
    """
    fresh = {
        transcript_id: counts.count(session, transcript_id)
        for transcript_id in counts.stale(session, COUNTED_ON_THE_SPOT)
    }
    rows = {row.department_id: row for row in session.execute(_sums(session, fresh, year))}
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


def _sums(session: Session, fresh: Mapping[int, Counted], year: int | None) -> Select[Any]:
    """Selects the sums by department, over every recording that the machine transcribed to the
    end.
    """
    known, not_counted = _known(fresh), _not_counted(session)
    chosen = known.alias("chosen")
    runs = (
        select(
            Transcription.recording_id,
            func.max(Transcription.state == WorkState.FINISHED).label("is_finished"),
            # Of the newest one that has any confirmed: a second run must not count the same
            # words twice.
            func.max(case((known.c.segments > 0, Transcript.id))).label("transcript_id"),
            # Of all people, on every run: it was spent, whichever was used in the end.
            func.sum(EditingTime.seconds).label("editing_seconds"),
        )
        .join(Transcript, Transcript.transcription_id == Transcription.id, isouter=True)
        .join(known, known.c.transcript_id == Transcript.id, isouter=True)
        .join(EditingTime, EditingTime.transcript_id == Transcript.id, isouter=True)
        .where(BY_MACHINE)
        .group_by(Transcription.recording_id)
        .subquery()
    )
    return (
        select(
            Meeting.department_id,
            func.count().label("recordings"),
            func.sum(Recording.duration_seconds).label("seconds"),
            func.coalesce(func.sum(runs.c.editing_seconds), 0.0).label("editing_seconds"),
            *(func.coalesce(func.sum(chosen.c[name]), 0) for name in LETTERS),
        )
        .join(runs, runs.c.recording_id == Recording.id)
        .join(Meeting, Meeting.id == Recording.meeting_id)
        .join(chosen, chosen.c.transcript_id == runs.c.transcript_id, isouter=True)
        .where(
            Meeting.removed_at.is_(None),
            _within(year),
            runs.c.is_finished,
            Recording.id.not_in(not_counted) if not_counted else true(),
        )
        .group_by(Meeting.department_id)
    )


def _within(year: int | None) -> ColumnElement[bool]:
    if year is None:
        return true()
    first, following = dates.fiscal_year_bounds(year)
    return and_(Meeting.starts_at >= first, Meeting.starts_at < following)


def _known(fresh: Mapping[int, Counted]) -> Any:
    """Selects the stored counts of all transcripts, with `fresh` in place of those counted just
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


def _count_stale(session: Session) -> int:
    stale = select(func.count()).select_from(TranscriptCount).where(TranscriptCount.is_stale)
    return session.scalar(stale) or 0


def _not_counted(session: Session) -> set[int]:
    """Returns the ids of recordings that are not counted: spares. Where minutes were made with a
    spare, only the recordings that they were made from are counted.
    """
    beside = select(Recording.meeting_id).where(Recording.kind == RecordingKind.SPARE)
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
    """Returns, by meeting, the ids of the recordings that its latest minutes were made from."""
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
