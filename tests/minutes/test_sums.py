"""What is kept of a department's 年度 is what summing its recordings says, whatever was done."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from meetings import department_years, setting_up
from meetings.errors import GijidoError
from minutes import statistics, sums
from minutes.recordings import recordings
from minutes.records import records
from minutes.transcription import work
from minutes.transcripts import counts, editing, transcripts
from models.meeting import Meeting
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.statistics import DepartmentYear
from models.transcript import Transcript
from tests.conftest import Cast
from tests.parts import SPARE, TwoParts
from tests.queries import asked
from web.demo import builders

Rows = list[tuple[object, ...]]
YEARS = (2024, 2025, 2026)


def shown(session: Session, year: int | None) -> Rows:
    return [
        (
            row.department.full_name,
            row.recordings,
            round(row.seconds, 6),
            round(row.editing_seconds, 6),
            row.raw,
            row.normalised,
        )
        for row in statistics.figures(session, year).departments
    ]


def summed_anew(session: Session, year: int | None) -> Rows:
    """Nothing that was kept is used, nor which years are known to have anything."""
    for meeting in session.scalars(select(Meeting)):
        department_years.changed(session, meeting)
    found = shown(session, year)
    session.rollback()
    return found


def refresh(engine: Engine) -> None:
    while sums.refresh_one(engine):
        pass


VERBS = ["confirm", "correct", "edit", "place", "move", "run", "end", "draft"]


def change(session: Session, cast: Cast, chance: random.Random, verb: str) -> None:
    """One of the verbs that change what the figures count, on anything."""
    by = cast.secretary
    recording = chance.choice(session.scalars(select(Recording)).all())
    transcript = chance.choice(session.scalars(select(Transcript)).all())
    match verb:
        case "confirm":
            for segment in transcript.segments:
                transcripts.confirm(session, by, segment)
        case "correct" if transcript.segments:
            segment = chance.choice(transcript.segments)
            text = chance.choice(["予算案", "えー、二十", "論点整理"])
            transcripts.correct(session, by, segment, text, based_on=segment.revision)
        case "edit":
            person = chance.choice([cast.secretary, cast.approver])
            editing.note_time(session, person, transcript, chance.choice([0.25, 3.0]))
        case "place":
            kind = chance.choice(list(RecordingKind))
            recordings.place_recording(
                session, by, recording, kind=kind, began_at=recording.began_at
            )
        case "move":
            move(session, cast, recording.meeting, chance.choice(YEARS))
        case "run":
            work.request_transcription(session, by, recording)
        case "end":
            end(session, by=cast, recording=recording)
        case "draft":
            of_meeting = transcripts.transcripts_of(session, recording.meeting)
            records.draft(session, by, chance.choice(of_meeting))


def move(session: Session, cast: Cast, meeting: Meeting, year: int) -> None:
    starts_at = datetime(year, 5, 7, 5, tzinfo=UTC)
    setting_up.change_meeting(
        session,
        cast.organiser,
        meeting,
        title=meeting.title,
        place=meeting.place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        based_on=meeting.revision,
    )


def end(session: Session, *, by: Cast, recording: Recording) -> None:
    """The run that is open is given up, or another one heard to the end."""
    open_runs = [run for run in recording.transcriptions if WorkState(run.state).is_open]
    if open_runs:
        work.cancel_transcription(session, by.secretary, open_runs[0])
    else:
        builders.add_transcript(session, by.secretary, recording, SPARE)


@pytest.mark.usefixtures("two_parts", "spare")
def test_the_figures_kept_are_those_of_summing_everything(
    session: Session, engine: Engine, cast: Cast
) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    verbs = VERBS * 4
    chance.shuffle(verbs)
    session.commit()
    for step, verb in enumerate(verbs):
        refresh(engine)  # so that the next change must be noticed by itself
        with suppress(GijidoError):
            change(session, cast, chance, verb)
            session.commit()
        session.rollback()
        for year in (None, chance.choice(YEARS)):
            assert shown(session, year) == summed_anew(session, year), (seed, step, verb)
    refresh(engine)
    assert shown(session, None) == summed_anew(session, None), seed


def test_every_verb_that_changes_the_figures_is_noticed(
    session: Session,
    engine: Engine,
    cast: Cast,
    two_parts: TwoParts,
    spare: Transcript,
    recording: Recording,
) -> None:
    by, said = cast.secretary, two_parts.first.segments[0]
    text, second = "それでは定刻となりました", two_parts.second.recording

    def place(kind: RecordingKind) -> None:
        recordings.place_recording(session, by, second, kind=kind, began_at=second.began_at)

    changes: dict[str, Callable[[], object]] = {
        "confirmed": lambda: transcripts.confirm(session, by, said),
        "corrected": lambda: transcripts.correct(session, by, said, text, based_on=said.revision),
        "taken back": lambda: transcripts.take_back_confirmation(session, by, said),
        "edited": lambda: editing.note_time(session, by, two_parts.first, 4.0),
        "made a spare": lambda: place(RecordingKind.SPARE),
        "made a part": lambda: place(RecordingKind.PART),
        "spare used": lambda: records.draft(session, by, spare),
        "spare not used": lambda: records.draft(session, by, two_parts.first),
        "moved": lambda: move(session, cast, two_parts.meeting, 2024),
        "heard": lambda: builders.add_transcript(session, by, recording, SPARE),
    }
    session.commit()
    for name, act in changes.items():
        refresh(engine)
        before = shown(session, 2026)
        session.rollback()
        act()
        session.commit()
        assert shown(session, 2026) != before, name
        assert shown(session, 2026) == summed_anew(session, 2026), name
        assert shown(session, 2024) == summed_anew(session, 2024), name


def test_what_was_summed_is_not_summed_again(
    session: Session, engine: Engine, cast: Cast, two_parts: TwoParts
) -> None:
    transcripts.confirm(session, cast.secretary, two_parts.first.segments[0])
    session.commit()
    before = shown(session, None)
    refresh(engine)
    session.execute(update(Transcription).values(state=WorkState.FAILED))  # and nobody said so
    assert shown(session, None) == before


def test_what_changes_while_it_is_summed_is_summed_once_more(
    session: Session,
    engine: Engine,
    cast: Cast,
    two_parts: TwoParts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.commit()
    original = counts.stale

    def stale(reading: Session, most: int) -> Sequence[int]:
        found = original(reading, most)
        editing.note_time(session, cast.secretary, two_parts.first, 7.0)
        session.commit()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(counts, "stale", stale)
        sums.refresh_one(engine)
    session.rollback()
    assert session.scalars(select(DepartmentYear)).one().is_stale
    refresh(engine)
    session.rollback()
    kept = session.scalars(select(DepartmentYear)).one()
    assert not kept.is_stale and kept.editing_seconds >= 7.0


def test_a_year_stays_to_be_summed_while_one_of_its_transcripts_is_not_counted(
    session: Session, engine: Engine, cast: Cast, two_parts: TwoParts
) -> None:
    transcripts.confirm(session, cast.secretary, two_parts.first.segments[0])
    session.commit()
    sums.refresh_one(engine)
    session.rollback()
    assert session.scalars(select(DepartmentYear)).one().is_stale, "only its letters are counted"
    assert sums.refresh_one(engine)
    assert not sums.refresh_one(engine)
    session.rollback()
    kept = session.scalars(select(DepartmentYear)).one()
    assert (kept.is_stale, kept.recordings, kept.raw_total) == (False, 2, 15)


def test_the_figures_ask_as_often_however_many_years_there_are(
    session: Session, engine: Engine, cast: Cast, two_parts: TwoParts
) -> None:
    asked_for = []
    for year in YEARS:
        move(session, cast, two_parts.meeting, year)
        session.commit()
        with asked(engine) as statements:
            statistics.figures(session)
        asked_for.append(len(statements))
        session.commit()
    assert len(set(asked_for)) == 1
