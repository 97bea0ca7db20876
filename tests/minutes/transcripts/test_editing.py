"""Honest time: how long people were at work."""

from datetime import timedelta

from sqlalchemy.orm import Session

from minutes.statistics import figures
from minutes.transcripts import editing
from models.transcript import EditingTime, Transcript
from tests.conftest import Cast


def row(session: Session, cast: Cast, transcript: Transcript) -> EditingTime:
    session.flush()
    return session.get_one(EditingTime, (transcript.id, cast.secretary.id))


def test_what_people_spend_adds_up_and_stands_in_the_statistics(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    editing.note_time(session, cast.secretary, transcript, 30)
    editing.note_time(session, cast.approver, transcript, 20)
    row(session, cast, transcript).noted_at -= timedelta(seconds=60)
    editing.note_time(session, cast.secretary, transcript, 40)
    assert editing.seconds_of(session, [transcript.id]) == 90
    assert figures(session).editing_seconds == 90


def test_two_screens_of_one_person_count_once(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    editing.note_time(session, cast.secretary, transcript, 30)
    editing.note_time(session, cast.secretary, transcript, 30)
    assert 30 <= row(session, cast, transcript).seconds <= 30 + editing.LATE_SECONDS + 1
