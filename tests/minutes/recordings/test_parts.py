"""Several recordings of one meeting: where each stands on the meeting's clock, in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from minutes.recordings import parts, recordings
from minutes.transcription import work
from models.audit import AuditLine
from models.meeting import Meeting
from models.recording import Recording, RecordingKind
from tests.conftest import Cast
from tests.parts import FIRST, FIRST_SOUND, STARTS_AT, add, add_spare, build_two_parts
from web.demo import builders

PART, SPARE = RecordingKind.PART, RecordingKind.SPARE
MEETING = Meeting(starts_at=STARTS_AT, ends_at=STARTS_AT + timedelta(hours=2))


def received(*facts: tuple[float | None, float, RecordingKind]) -> list[Recording]:
    """(beginning in minutes after 14:00 or None, length in minutes, kind), as they came."""
    return [
        Recording(
            id=number,
            kind=kind,
            duration_seconds=length * 60,
            began_at=None if start is None else STARTS_AT + timedelta(minutes=start),
            meeting=MEETING,
        )
        for number, (start, length, kind) in enumerate(facts, 1)
    ]


def seen(*facts: tuple[float | None, float, RecordingKind]) -> list[tuple[int, str, float | None]]:
    """(number of reception, label, minutes after the beginning of the first part)."""
    return [
        (p.recording.id, p.label, None if p.offset_seconds is None else p.offset_seconds / 60)
        for p in parts.place(received(*facts))
    ]


def told(*facts: tuple[float | None, float, RecordingKind]) -> list[list[str]]:
    every = parts.place(received(*facts))
    return [parts.remarks(every, placed) for placed in every]


def test_parts_are_numbered_by_the_clock_and_not_by_reception() -> None:
    assert seen((60, 30, PART), (5, 40, PART)) == [(2, "第1部", 0), (1, "第2部", 55)]


def test_a_part_of_unknown_beginning_follows_the_one_received_before_it() -> None:
    facts = ((10, 30, PART), (None, 20, PART), (None, 5, PART))
    assert seen(*facts) == [(1, "第1部", 0), (2, "第2部", 30), (3, "第3部", 50)]
    assert told(*facts) == [
        [],
        ["第1部に続くものとして並べています。"],
        ["第2部に続くものとして並べています。"],
    ]


def test_without_any_clock_the_parts_follow_each_other_as_they_came() -> None:
    assert seen((None, 30, PART), (None, 20, PART)) == [(1, "第1部", 0), (2, "第2部", 30)]


def test_what_was_received_before_the_first_known_part_ends_where_that_begins() -> None:
    facts = ((None, 30, PART), (60, 20, PART))
    assert seen(*facts) == [(1, "第1部", 0), (2, "第2部", 30)]
    assert told(*facts) == [["第2部の前に並べています。"], []]


BOTH = "重なりの発言は、会議録の案に両方とも入ります。"


def test_overlap_and_gap_are_told_in_words_with_their_length() -> None:
    assert told((0, 60, PART), (57 + 50 / 60, 30, PART))[1] == [
        f"第1部と第2部は2分10秒重なっています。{BOTH}"
    ]
    assert told((0, 60, PART), (72, 30, PART))[1] == ["第1部の終わりから12分空いています。"]
    assert told((0, 60, PART), (60 + 1 / 60, 30, PART))[1] == [], "whole seconds are typed"


def test_a_long_part_is_compared_with_all_that_begin_in_it() -> None:
    facts = ((0, 120, PART), (30, 10, PART), (119, 30, PART))
    assert told(*facts) == [
        [],
        [f"第1部と第2部は10分重なっています。{BOTH}"],
        [f"第1部と第3部は1分重なっています。{BOTH}"],
    ]


def test_no_gap_is_told_where_a_part_of_unknown_beginning_may_fill_it() -> None:
    assert told((0, 30, PART), (None, 10, PART), (60, 5, PART))[2] == []


def test_a_spare_stands_after_the_part_with_which_it_shares_most() -> None:
    facts = ((0, 30, PART), (40, 30, PART), (35, 30, SPARE), (1, 20, SPARE))
    assert seen(*facts) == [
        (1, "第1部", 0),
        (4, "予備", 1),
        (2, "第2部", 40),
        (3, "予備", 35),
    ]
    assert told(*facts)[3] == ["第2部の予備です。"]


def test_a_spare_of_unknown_beginning_belongs_to_the_part_received_before_it() -> None:
    facts = ((0, 30, PART), (40, 30, PART), (None, 30, SPARE))
    assert seen(*facts)[2] == (3, "予備", None)
    assert seen((None, 30, SPARE), (0, 30, PART)) == [(2, "第1部", 0), (1, "予備", None)]
    assert seen((5, 30, SPARE)) == [(1, "予備", None)], "no part yet"


@pytest.mark.parametrize(
    ("start", "length", "words"),
    [
        (5 / 60, 72.5, "14:00:05から15:12:35まで（会議の開始から0:00:05）"),
        (-3, 10, "13:57:00から14:07:00まで（会議の開始の0:03:00前）"),
        (595, 10, "23:55:00から11月24日 00:05:00まで（会議の開始から9:55:00）"),
        (None, 10, "始まりの時刻が分かりません"),
    ],
)
def test_the_times_of_a_recording_are_told_as_on_a_clock(
    start: float | None, length: float, words: str
) -> None:
    (recording,) = received((start, length, PART))
    assert parts.times_of(recording) == words


def test_placing_is_noted_once_and_only_when_something_changes(
    session: Session, storage: Storage, cast: Cast
) -> None:
    made = build_two_parts(session, storage, cast)
    first, second = made.recordings
    for _ in range(2):
        recordings.place_recording(
            session, cast.secretary, second, kind=SPARE, began_at=first.began_at
        )
    session.flush()
    assert (second.kind, second.began_at) == (SPARE, first.began_at)
    lines = session.scalars(select(AuditLine).where(AuditLine.verb == "place")).all()
    assert [(line.thing_id, line.person_id) for line in lines] == [(second.id, cast.secretary.id)]


def test_a_place_that_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(
    session: Session, storage: Storage, cast: Cast
) -> None:
    _, second = build_two_parts(session, storage, cast).recordings
    before = recordings.place_in_short(second.kind, second.began_at)
    recordings.place_recording(
        session, cast.secretary, second, kind=PART, began_at=None, seen=before
    )
    with pytest.raises(StaleRevision) as stale:
        recordings.place_recording(
            session, cast.organiser, second, kind=SPARE, began_at=STARTS_AT, seen=before
        )
    assert (stale.value.mine, stale.value.theirs) == (
        "予備・2026年11月23日 14:00:00から",
        "本編・時刻不明",
    )
    assert second.kind == PART


def test_the_last_part_cannot_become_a_spare(
    session: Session, storage: Storage, cast: Cast, tmp_path: Path
) -> None:
    made = build_two_parts(session, storage, cast)
    first, second = made.recordings
    add_spare(session, storage, cast, made.meeting, tmp_path)
    recordings.place_recording(session, cast.secretary, second, kind=SPARE, began_at=None)
    with pytest.raises(NotPossibleNow, match="本編がなくなります"):
        recordings.place_recording(session, cast.secretary, first, kind=SPARE, began_at=None)


FAR = [
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
    STARTS_AT - timedelta(days=1, seconds=1),
    STARTS_AT + timedelta(days=1, hours=2, seconds=1),
]


def test_a_beginning_far_from_the_meeting_is_refused_but_never_the_recording(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    """A recorder whose clock was never set sends a recording of the year 2000."""
    first, _ = build_two_parts(session, storage, cast).recordings
    for at in FAR:
        with pytest.raises(InvalidInput, match="1日より離れています"):
            recordings.place_recording(session, cast.secretary, first, kind=PART, began_at=at)
    sound = builders.add_sound(
        session, storage, cast.secretary, meeting, FIRST_SOUND, "R.flac", SPARE, began_at=FAR[0]
    )
    assert (sound.kind, sound.began_at) == (SPARE, None)


def test_a_recording_is_taken_in_with_its_place(
    session: Session, storage: Storage, cast: Cast
) -> None:
    made = build_two_parts(session, storage, cast)
    first, second = made.recordings
    every = parts.placed_recordings(session, made.meeting)
    assert [(p.recording, p.number, p.offset_seconds) for p in every] == [
        (first, 1, 0.0),
        (second, 2, 80.0),
    ]
    assert recordings.recordings_of(session, made.meeting) == [second, first]


def test_of_each_part_the_newest_finished_transcript_with_words_is_taken(
    session: Session, storage: Storage, cast: Cast
) -> None:
    made = build_two_parts(session, storage, cast)
    first = made.first.recording
    again = builders.add_transcript(session, cast.secretary, first, FIRST)
    assert parts.usual_transcripts(session, made.meeting) == [again, made.second]
    empty = work.request_transcription(session, cast.secretary, first)
    work.fail(session, empty.steps[0], "読めません。")
    session.flush()
    assert parts.usual_transcript(session, first) is again, "the newest one has no words"


def test_a_part_that_only_an_unfinished_run_heard_is_taken_from_that(
    session: Session, storage: Storage, cast: Cast, tmp_path: Path
) -> None:
    made = build_two_parts(session, storage, cast)
    assert add_spare(session, storage, cast, made.meeting, tmp_path)
    third = add(
        session, storage, cast, made.meeting, builders.folder("section-meeting").audio, "三.m4a"
    )
    assert parts.usual_transcripts(session, made.meeting) == [made.first, made.second]
    run = work.request_transcription(session, cast.secretary, third)
    work.begin(session, run, "test", [(0.0, 60.0)])
    chunk = work.take_chunk(session, run)
    session.flush()
    assert chunk is not None and chunk.lease is not None
    segment = work.add_segment(session, chunk.id, chunk.lease, FIRST[0])
    session.flush()
    in_order = [made.first, segment.transcript, made.second]  # it follows what came before it
    assert parts.usual_transcripts(session, made.meeting) == in_order
