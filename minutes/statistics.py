"""The figures in the city's own form: N所属 M件, hours of sound, accuracy."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes import editing
from minutes.accuracy import Accuracy
from minutes.parts import is_spare
from minutes.records import minutes_of, sources_of
from minutes.transcripts import accuracy_of
from models.meeting import Meeting
from models.person import Department
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.transcript import Segment, Transcript

NOTHING = Accuracy(0, 0, 0, 0)


@dataclass
class DepartmentFigures:
    """`recordings`: transcribed to the end, each part of a meeting counted once, spares not;
    `seconds` of their sound; `editing_seconds`: how long people corrected them."""

    department: Department
    recordings: int = 0
    seconds: float = 0.0
    editing_seconds: float = 0.0
    raw: Accuracy = NOTHING
    normalised: Accuracy = NOTHING


@dataclass
class Figures:
    departments: list[DepartmentFigures] = field(default_factory=list)

    @property
    def recordings(self) -> int:
        return sum(d.recordings for d in self.departments)

    @property
    def seconds(self) -> float:
        return sum(d.seconds for d in self.departments)

    @property
    def editing_seconds(self) -> float:
        return sum(d.editing_seconds for d in self.departments)

    @property
    def raw(self) -> Accuracy:
        return sum((d.raw for d in self.departments), NOTHING)

    @property
    def normalised(self) -> Accuracy:
        return sum((d.normalised for d in self.departments), NOTHING)

    @property
    def sentence(self) -> str:
        return f"{len(self.departments)}所属 {self.recordings}件"


def figures(session: Session) -> Figures:
    """Over everything that was transcribed, in the order of the departments' names."""
    found: dict[int, DepartmentFigures] = {}
    rows = session.execute(
        select(Recording, Department)
        .join(Meeting, Meeting.id == Recording.meeting_id)
        .join(Department, Department.id == Meeting.department_id)
        .where(
            Meeting.removed_at.is_(None),
            Recording.transcriptions.any(Transcription.state == WorkState.FINISHED),
        )
    )
    beside_others = select(Recording.meeting_id).where(Recording.kind == RecordingKind.SPARE)
    with_spares = set(session.scalars(beside_others))
    for recording, department in rows:
        if recording.meeting_id in with_spares and not _is_counted(session, recording):
            continue
        row = found.setdefault(department.id, DepartmentFigures(department))
        row.recordings += 1
        row.seconds += recording.duration_seconds
        row.editing_seconds += editing.seconds_of(session, _transcripts(session, recording))
        raw, normalised = accuracy_of(_confirmed(session, recording))
        row.raw += raw
        row.normalised += normalised
    return Figures(sorted(found.values(), key=lambda row: row.department.full_name))


def _is_counted(session: Session, recording: Recording) -> bool:
    """The parts are; but where minutes were made with a spare, what they were made from is."""
    minutes = minutes_of(session, recording.meeting)
    used = [source.recording for source in sources_of(session, minutes.latest)] if minutes else []
    return recording in used if any(map(is_spare, used)) else not is_spare(recording)


def _transcripts(session: Session, recording: Recording) -> list[int]:
    """Of every run: the time was spent, whichever was used in the end."""
    made = select(Transcript.id).join(Transcription)
    return list(session.scalars(made.where(Transcription.recording_id == recording.id)))


def _confirmed(session: Session, recording: Recording) -> list[Segment]:
    """Of the newest transcript that has any: a second run must not count the same words twice."""
    newest = (
        select(Transcript.id)
        .join(Transcription)
        .join(Segment, Segment.transcript_id == Transcript.id)
        .where(Transcription.recording_id == recording.id, Segment.confirmed_at.is_not(None))
        .order_by(Transcript.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Segment).where(
                Segment.transcript_id == newest, Segment.confirmed_at.is_not(None)
            )
        )
    )
