"""What is kept of a transcript's letters is what comparing them all says, whatever was done."""

import random

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes import statistics, sums
from minutes.accuracy import NOTHING, Accuracy
from minutes.recognition.heard import HeardSegment
from minutes.transcripts import counts, cutting, rewriting, transcripts
from models.meeting import Meeting
from models.recording import Recording
from models.transcript import EditingTime, Segment, Transcript, TranscriptCount
from tests.conftest import Cast
from tests.queries import asked
from web.demo import builders

Rows = dict[str, tuple[int, float, float, Accuracy, Accuracy]]
LETTERS = "予算案についてえー、二十20％ABａｂ。 "


def words(chance: random.Random, most: int = 14) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(2, most))).strip() or "予"


def add_run(session: Session, cast: Cast, recording: Recording, chance: random.Random) -> None:
    heard = [HeardSegment(float(n), n + 1.0, words(chance)) for n in range(chance.randint(1, 6))]
    transcript = builders.add_transcript(session, cast.secretary, recording, heard)
    seconds = chance.choice([12.5, 90.0, 3600.25])
    person = chance.choice([cast.secretary, cast.approver])
    session.add(EditingTime(transcript=transcript, person=person, seconds=seconds))
    session.flush()


def change(session: Session, cast: Cast, chance: random.Random) -> None:
    """One of the verbs that secretaries have."""
    segments = session.scalars(select(Segment)).all()
    segment = chance.choice(segments)
    match chance.randrange(8):
        case 0 | 1:
            text = words(chance)
            transcripts.correct(session, cast.secretary, segment, text, based_on=segment.revision)
        case 2 | 3:
            transcripts.confirm(session, cast.secretary, segment)
        case 4:
            transcripts.take_back_confirmation(session, cast.secretary, segment)
        case 6:
            wanted = [rewriting.Rewriting(segment.id, words(chance), segment.revision)]
            rewriting.correct_all(session, cast.secretary, segment.transcript, wanted)
        case 7:
            if chance.random() < 0.3:
                for every in segment.transcript.segments:
                    transcripts.confirm(session, cast.secretary, every)
        case 5:
            if transcripts.following(session, segment):
                cutting.join(session, cast.secretary, segment, based_on=segment.revision)
            elif len(segment.text) > 2 and segment.text[:1].strip() and segment.text[1:].strip():
                cutting.split(session, cast.secretary, segment, 1, based_on=segment.revision)
    session.flush()


def counted_directly(session: Session) -> Rows:
    """Recording by recording, segment by segment."""
    found: Rows = {}
    for recording in session.scalars(select(Recording)):
        runs = [
            transcript
            for transcript in session.scalars(select(Transcript).order_by(Transcript.id))
            if transcript.recording is recording
        ]
        if not runs:
            continue
        spent = sum(
            time.seconds
            for run in runs
            for time in session.scalars(select(EditingTime).filter_by(transcript_id=run.id))
        )
        confirmed = [
            [
                s
                for s in session.scalars(select(Segment).filter_by(transcript_id=run.id))
                if s.is_confirmed
            ]
            for run in runs
        ]
        newest = next((some for some in reversed(confirmed) if some), [])
        raw, normalised = transcripts.accuracy_of(newest)
        name = recording.meeting.department.full_name
        count, seconds, editing, raw_before, normalised_before = found.get(
            name, (0, 0.0, 0.0, NOTHING, NOTHING)
        )
        found[name] = (
            count + 1,
            seconds + recording.duration_seconds,
            editing + spent,
            raw_before + raw,
            normalised_before + normalised,
        )
    return found


def kept(session: Session) -> Rows:
    return {
        one.department.full_name: (
            one.recordings,
            one.seconds,
            one.editing_seconds,
            one.raw,
            one.normalised,
        )
        for one in statistics.figures(session).departments
    }


def rounded(found: Rows) -> dict[str, object]:
    return {
        name: (row[0], round(row[1], 6), round(row[2], 6), *row[3:]) for name, row in found.items()
    }


@pytest.mark.slow
def test_the_figures_are_those_of_comparing_every_letter(
    session: Session, engine: Engine, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    source = builders.folder("section-meeting")
    other = builders.add_meeting(
        session,
        cast.organiser,
        source,
        series="課内会議",
        department=cast.outsider.department,
        starts_at=meeting.starts_at,
    )
    recordings = [
        builders.add_recording(session, storage, cast.secretary, held, builders.folder(name))
        for held, name in (
            (meeting, "section-meeting"),
            (meeting, "dx-council"),
            (other, "section-meeting"),
        )
    ]
    for recording in (*recordings, *recordings[:2]):
        add_run(session, cast, recording, chance)
    for step in range(60):
        change(session, cast, chance)
        assert rounded(kept(session)) == rounded(counted_directly(session)), (seed, step)
        session.commit()
        while sums.refresh_one(engine):  # so that the next change must be noticed by itself
            pass
    session.rollback()
    assert rounded(kept(session)) == rounded(counted_directly(session)), seed


def test_what_was_counted_is_not_read_again(
    session: Session, engine: Engine, cast: Cast, transcript: Transcript
) -> None:
    for segment in transcript.segments:
        transcripts.confirm(session, cast.secretary, segment)
    session.commit()
    before = statistics.figures(session)
    while counts.recount_one(engine):
        pass
    session.rollback()
    with asked(engine) as statements:
        assert statistics.figures(session).raw == before.raw
    assert not any("segment.heard" in one for one in statements)


def test_what_changes_while_it_is_counted_is_counted_once_more(
    session: Session,
    engine: Engine,
    cast: Cast,
    transcript: Transcript,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transcripts.confirm(session, cast.secretary, transcript.segments[0])
    session.commit()
    original = counts.count

    def count(reading: Session, transcript_id: int) -> counts.Counted:
        found = original(reading, transcript_id)
        transcripts.confirm(session, cast.secretary, transcript.segments[1])
        session.commit()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(counts, "count", count)
        counts.recount_one(engine)
    session.rollback()
    assert session.get_one(TranscriptCount, transcript.id).is_stale
    counts.recount_one(engine)
    session.rollback()
    row = session.get_one(TranscriptCount, transcript.id)
    assert (row.is_stale, row.segments) == (False, 2)


def test_of_many_that_changed_a_few_are_counted_at_once_and_the_rest_is_told(
    session: Session, cast: Cast, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        transcript = builders.add_transcript(
            session, cast.secretary, recording, [HeardSegment(0.0, 1.0, "予算")]
        )
        transcripts.confirm(session, cast.secretary, transcript.segments[0])
        session.flush()
    monkeypatch.setattr(statistics, "COUNTED_ON_THE_SPOT", 1)
    figures = statistics.figures(session)
    assert figures.waiting == 2
    assert figures.raw.total == 2, "of the newest, which was counted"
