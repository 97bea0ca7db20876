"""A recording's own time stamp held against its meeting, and who has checked the beginning."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.recordings.beginnings import read_beginning, typed_beginning
from minutes.recordings.recordings import place_recording
from minutes.recordings.timestamps import Beginning, plausible, suggested
from models.audit import AuditLine
from models.meeting import Meeting
from models.recording import BeginningSource, Recording, RecordingKind
from tests.conftest import Cast
from tests.parts import fixed_meeting
from tests.showing import add_papers, at, present, turn
from tests.sounds import TONE, ffmpeg
from web.demo import builders

HOUR = 3600.0
STAMP, STAMPED_END = BeginningSource.STAMP, BeginningSource.STAMPED_END


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Meeting:
    """From 14:00 to 16:00, on 23 November 2026."""
    return fixed_meeting(session, cast)


@pytest.mark.parametrize(
    ("stamp", "hours", "began", "source"),
    [
        (-60, 2.0, -60, STAMP),
        (2 * HOUR, 2.0, 0, STAMPED_END),
        (2.1 * HOUR, 2.2, -0.1 * HOUR, STAMPED_END),
        (HOUR, 0.5, HOUR, STAMP),  # could be either: most recorders write the beginning
        (-2 * HOUR, 0.1, -2 * HOUR, STAMP),
        (4.9 * HOUR, 0.1, 4.8 * HOUR, STAMPED_END),
    ],
)
def test_a_stamp_is_taken_for_the_beginning_unless_as_the_end_it_fits_better(
    session: Session, meeting: Meeting, stamp: float, hours: float, began: float, source: str
) -> None:
    found = suggested(session, meeting, at(stamp), hours * HOUR)
    assert found is not None
    assert (found.source, found.began_at) == (source, at(began))


@pytest.mark.parametrize("days", [-400, -1, 1, 30])
def test_a_stamp_far_from_the_meeting_is_taken_for_nothing(
    session: Session, meeting: Meeting, days: int
) -> None:
    assert plausible(session, meeting, at(days * 24 * HOUR), HOUR) == []


def test_pages_that_were_turned_say_more_than_the_plan(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    """The sitting was put off by two hours: by the plan alone the stamp would be the end."""
    assert suggested(session, meeting, at(2 * HOUR), 2 * HOUR) == Beginning(at(0), STAMPED_END)
    version = add_papers(session, storage, cast, meeting)[0]
    present(session, meeting, cast.organiser, 2 * HOUR, 4 * HOUR)
    for hour in (2.1, 3.0, 3.5):
        turn(session, version, hour * HOUR)
    found = suggested(session, meeting, at(2 * HOUR), 2 * HOUR)
    assert found == Beginning(at(2 * HOUR), STAMP)


def test_a_file_with_a_stamp_gets_it_as_a_suggestion_that_nobody_has_checked(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    recording = stamped(session, storage, cast, meeting, tmp_path, "2026-11-23T05:00:07Z")
    assert (recording.began_at, recording.stamped_at) == (at(7), at(7))
    assert recording.beginning_source == STAMP
    assert not recording.is_beginning_sure


def test_a_wrong_clock_is_kept_to_be_shown_and_not_taken(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    recording = stamped(session, storage, cast, meeting, tmp_path, "2019-01-01T00:00:00Z")
    assert recording.began_at is None and recording.beginning_source is None
    assert recording.stamped_at is not None and recording.stamped_at.year == 2019


def stamped(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, folder: Path, when: str
) -> Recording:
    path = folder / "R01.m4a"
    ffmpeg(*TONE, "-metadata", f"creation_time={when}", str(path))
    return builders.add_sound(session, storage, cast.secretary, meeting, path, "R01.m4a")


@pytest.fixture
def recording(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, tmp_path: Path
) -> Recording:
    """Suggested by its stamp."""
    made = stamped(session, storage, cast, meeting, tmp_path, "2026-11-23T05:00:07Z")
    session.commit()
    return made


def place(
    session: Session,
    cast: Cast,
    recording: Recording,
    began: datetime | None,
    is_checked: bool = False,
) -> None:
    part = RecordingKind.PART
    place_recording(
        session, cast.secretary, recording, kind=part, began_at=began, is_checked=is_checked
    )
    session.commit()


def test_whoever_listened_and_leaves_the_time_has_checked_it(
    session: Session, cast: Cast, recording: Recording
) -> None:
    place(session, cast, recording, recording.began_at)
    assert not recording.is_beginning_sure, "saving something else is no check"
    place(session, cast, recording, recording.began_at, is_checked=True)
    assert recording.is_beginning_sure and recording.beginning_source == STAMP
    assert recording.beginning_checked_by is cast.secretary
    verbs = session.scalars(select(AuditLine.verb).where(AuditLine.thing == "recording"))
    assert list(verbs).count("place") == 1


def test_a_time_set_by_hand_is_somebodys_word(
    session: Session, cast: Cast, recording: Recording
) -> None:
    place(session, cast, recording, at(9))
    assert recording.beginning_source == BeginningSource.HAND and recording.is_beginning_sure
    place(session, cast, recording, None)
    assert recording.beginning_source is None and not recording.is_beginning_sure
    assert recording.beginning_checked_by is None and recording.stamped_at == at(7)


def test_what_was_recorded_with_the_button_is_sure_by_the_servers_own_clock(
    recording: Recording,
) -> None:
    recording.beginning_source = BeginningSource.BROWSER
    assert recording.is_beginning_sure


def test_the_time_in_the_form_is_the_instant_with_its_parts_of_a_second(
    session: Session, recording: Recording
) -> None:
    """Or saving a kind would move the recording by half a second, and count as typed by hand."""
    recording.began_at = at(7) + timedelta(milliseconds=640)
    clock, day = typed_beginning(recording)
    assert read_beginning(session, recording, clock, day) == recording.began_at
    assert read_beginning(session, recording, "14:00:08") == at(8)
