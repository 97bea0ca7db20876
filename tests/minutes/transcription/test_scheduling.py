"""Whose turn it is, and what is due of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from minutes.recognition.heard import HeardSegment
from minutes.transcription import leases, progress, scheduling, work
from models.base import now
from models.meeting import Meeting
from models.recording import Chunk, Recording, Step, StepKind, Transcription, WorkState
from tests.conftest import Cast

CHUNK_SECONDS = 100.0
Request = Callable[[int], Transcription]


@pytest.fixture
def request_of(session: Session, cast: Cast, meeting: Meeting) -> Request:
    """`request_of(3)`: the work of a recording that is cut into three chunks, not yet cut."""
    lengths: dict[int, int] = {}

    def requested(chunk_count: int) -> Transcription:
        number = len(lengths)
        recording = Recording(
            meeting=meeting,
            file_name=f"R{number}.m4a",
            sha256=f"{number:064x}",
            size_bytes=1,
            duration_seconds=CHUNK_SECONDS * chunk_count,
            codec="aac",
            received_by=cast.secretary,
        )
        session.add(recording)
        made = work.request_transcription(session, cast.secretary, recording)
        session.flush()
        lengths[made.id] = chunk_count
        return made

    requested.lengths = lengths  # type: ignore[attr-defined]
    return requested


def take(session: Session) -> tuple[Chunk | Step, str]:
    piece = scheduling.next_piece(session)
    assert piece is not None
    return piece, leases.take(session, piece)


def do(session: Session, request_of: Request) -> str:
    """Do what comes next; 「R0 sound」 or 「R0 1」 says what it was."""
    piece, lease = take(session)
    name = piece.transcription.recording.file_name.removesuffix(".m4a")
    if isinstance(piece, Chunk):
        work.finish_chunk(session, piece.id, lease)
        session.flush()
        return f"{name} {piece.number}"
    step = work.finish_step(session, piece.id, lease)
    if step.kind == StepKind.SOUND:
        count = request_of.lengths[piece.transcription_id]  # type: ignore[attr-defined]
        spans = [(CHUNK_SECONDS * n, CHUNK_SECONDS * (n + 1)) for n in range(count)]
        work.begin(session, piece.transcription, "test", spans)
    session.flush()
    return f"{name} {step.kind}"


def do_all(session: Session, request_of: Request) -> list[str]:
    done = []
    while scheduling.next_piece(session):
        done.append(do(session, request_of))
    return done


def test_one_recording_has_its_first_words_early_then_its_sound_then_the_rest(
    session: Session, request_of: Request
) -> None:
    run = request_of(3)
    assert do_all(session, request_of) == [
        "R0 sound",
        "R0 1",
        "R0 playback",
        "R0 2",
        "R0 3",
        "R0 proposals",
        "R0 items",
        "R0 speakers",
        "R0 words",
    ]
    assert run.state == WorkState.FINISHED


def test_a_memo_does_not_wait_behind_a_council(session: Session, request_of: Request) -> None:
    council = request_of(20)
    for _ in range(5):
        do(session, request_of)
    request_of(1)
    assert do(session, request_of) == "R1 sound"
    assert do(session, request_of) == "R1 1"
    session.refresh(council)
    assert council.state == WorkState.RUNNING


def test_those_who_wait_take_turns(session: Session, request_of: Request) -> None:
    for _ in range(3):
        request_of(3)
    chunks = [what for what in do_all(session, request_of) if what[-1].isdigit()]
    assert chunks == [f"R{run} {number}" for number in (1, 2, 3) for run in (0, 1, 2)]


def test_several_workers_share_one_recording_and_never_the_same_chunk(
    session: Session, request_of: Request
) -> None:
    request_of(3)
    assert [do(session, request_of) for _ in range(3)][-1] == "R0 playback"
    first, _ = take(session)
    second, _ = take(session)
    assert isinstance(first, Chunk) and isinstance(second, Chunk)
    assert (first.number, second.number) == (2, 3)
    assert scheduling.next_piece(session) is None


def test_what_is_moved_up_goes_first_and_among_them_turns_are_taken(
    session: Session, cast: Cast, request_of: Request
) -> None:
    runs = [request_of(2) for _ in range(4)]
    for run in (runs[3], runs[2]):
        work.move_up(session, cast.secretary, run)
    session.flush()
    done = do_all(session, request_of)
    last_urgent = max(place for place, what in enumerate(done) if what[:2] in ("R2", "R3"))
    first_other = min(place for place, what in enumerate(done) if what[:2] in ("R0", "R1"))
    assert last_urgent < first_other
    assert [what for what in done if what[:2] in ("R2", "R3") and what[-1].isdigit()] == [
        "R2 1", "R3 1", "R2 2", "R3 2",
    ]  # fmt: skip


def test_nothing_is_done_of_what_is_paused_and_it_goes_on_where_it_was(
    session: Session, cast: Cast, request_of: Request
) -> None:
    run = request_of(2)
    assert do(session, request_of) == "R0 sound"
    work.pause_transcription(session, cast.secretary, run)
    session.flush()
    assert scheduling.next_piece(session) is None
    work.resume_transcription(session, cast.secretary, run)
    session.flush()
    assert do_all(session, request_of) == [
        "R0 1",
        "R0 playback",
        "R0 2",
        "R0 proposals",
        "R0 items",
        "R0 speakers",
        "R0 words",
    ]


def test_who_pauses_before_anything_began_begins_later(
    session: Session, cast: Cast, request_of: Request
) -> None:
    run = request_of(1)
    work.pause_transcription(session, cast.secretary, run)
    work.resume_transcription(session, cast.secretary, run)
    session.flush()
    assert run.state == WorkState.WAITING
    assert do_all(session, request_of)[0] == "R0 sound"


def test_the_place_is_told_as_long_as_one_waits(session: Session, request_of: Request) -> None:
    first, second = request_of(2), request_of(2)
    assert [scheduling.place(session, run) for run in (first, second)] == [1, 2]
    take(session)
    assert [scheduling.place(session, run) for run in (first, second)] == [None, 1]


def test_a_clock_that_goes_back_does_not_change_whose_turn_it_is(
    session: Session, request_of: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        request_of(3)
    monkeypatch.setattr(leases, "now", lambda: now() + timedelta(hours=5))
    done = [do(session, request_of) for _ in range(6)]
    monkeypatch.undo()
    done += do_all(session, request_of)
    chunks = [what for what in done if what[-1].isdigit()]
    assert chunks == [f"R{run} {number}" for number in (1, 2, 3) for run in (0, 1)]


def test_the_words_of_a_failed_run_still_get_their_sound(
    session: Session, request_of: Request
) -> None:
    run = request_of(2)
    do(session, request_of)
    chunk, _ = take(session)
    work.fail(session, chunk, "理由です。")
    session.flush()
    assert run.state == WorkState.FAILED
    assert do_all(session, request_of) == ["R0 playback"]


def test_without_the_sound_nothing_else_is_tried(session: Session, request_of: Request) -> None:
    run = request_of(2)
    sound, _ = take(session)
    work.fail(session, sound, "音が入っていません。")
    session.flush()
    assert (run.state, run.problem) == (WorkState.FAILED, "音が入っていません。")
    assert scheduling.next_piece(session) is None


def test_a_failed_run_goes_on_where_it_failed(
    session: Session, cast: Cast, request_of: Request
) -> None:
    run = request_of(2)
    sound, _ = take(session)
    work.fail(session, sound, "ディスクがいっぱいです。")
    session.flush()
    seen = progress.progress(session, run)
    assert not seen.is_moving
    assert seen.stages[-1].words == "文字起こしを再開したあと"
    work.resume_transcription(session, cast.secretary, run)
    session.flush()
    assert (run.state, run.problem) == (WorkState.WAITING, "")
    assert do_all(session, request_of) == [
        "R0 sound",
        "R0 1",
        "R0 playback",
        "R0 2",
        "R0 proposals",
        "R0 items",
        "R0 speakers",
        "R0 words",
    ]


@pytest.mark.parametrize("kind", ["chunk", "sound"])
def test_what_never_gets_on_is_given_up_with_a_sentence(
    session: Session, request_of: Request, kind: str
) -> None:
    run = request_of(1)
    if kind == "chunk":
        do(session, request_of)
    for _ in range(leases.MOST_ATTEMPTS):
        scheduling.give_up_hopeless(session)
        piece, _ = take(session)
        lapse(session, piece)
    scheduling.give_up_hopeless(session)
    assert run.state == WorkState.FAILED and "管理者" in run.problem


def test_a_later_step_that_never_gets_on_is_given_up_alone(
    session: Session, request_of: Request
) -> None:
    run = request_of(2)
    for _ in range(2):
        do(session, request_of)
    for _ in range(leases.MOST_ATTEMPTS):
        piece, _ = take(session)
        assert isinstance(piece, Step)
        lapse(session, piece)
    scheduling.give_up_hopeless(session)
    session.flush()
    assert "管理者" in piece.problem
    assert do_all(session, request_of) == [
        "R0 2",
        "R0 proposals",
        "R0 items",
        "R0 speakers",
        "R0 words",
    ]
    assert run.state == WorkState.FINISHED


def test_an_attempt_that_gets_on_does_not_count_as_one_that_failed(
    session: Session, request_of: Request
) -> None:
    """A worker may be killed every day, as long as it hears something every day."""
    run = request_of(1)
    do(session, request_of)
    for second in range(2 * leases.MOST_ATTEMPTS):
        scheduling.give_up_hopeless(session)
        chunk, lease = take(session)
        work.add_segment(session, chunk.id, lease, replace(HEARD, end_seconds=second + 1.0))
        session.flush()
        lapse(session, chunk)
    assert run.state == WorkState.RUNNING


HEARD = HeardSegment(0.0, 1.0, "文")


def lapse(session: Session, piece: Chunk | Step) -> None:
    """Its worker was killed a while ago."""
    assert piece.lease_until is not None
    piece.lease_until -= 2 * leases.LEASE
    session.flush()
