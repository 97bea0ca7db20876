"""Who may write to a piece of work: leases, late writers, clocks that jump."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from minutes.recognition.heard import HeardSegment
from minutes.transcription import leases, work
from minutes.transcription import progress as following
from minutes.transcripts import transcripts
from models.base import now
from models.recording import Chunk, Recording, Transcription, WorkerSign, WorkState
from models.transcript import Segment
from tests.conftest import Cast

HOURS = timedelta(hours=3)


@pytest.fixture
def run(session: Session, cast: Cast, recording: Recording) -> Transcription:
    made = work.request_transcription(session, cast.secretary, recording)
    work.begin(session, made, "test", [(0.0, 60.0), (60.0, 120.0)])
    return made


@pytest.fixture
def taken(session: Session, run: Transcription) -> tuple[Chunk, str]:
    chunk = run.chunks[0]
    return chunk, leases.take(session, chunk)


def jump(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    for module in (leases, following):
        monkeypatch.setattr(module, "now", lambda: now() + by)


def test_a_taken_chunk_is_nobody_elses(taken: tuple[Chunk, str]) -> None:
    assert not leases.is_free(taken[0])


def test_a_late_writer_is_refused_and_writes_nothing(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk, old = taken
    jump(monkeypatch, 2 * leases.LEASE)
    assert leases.is_free(chunk)
    new = leases.take(session, chunk)
    for late in (
        lambda: work.add_segment(session, chunk.id, old, HeardSegment(0.0, 1.0, "遅れた文")),
        lambda: work.finish_chunk(session, chunk.id, old),
    ):
        with pytest.raises(leases.LeaseLost):
            late()
    work.add_segment(session, chunk.id, new, HeardSegment(0.0, 1.0, "いまの文"))
    session.flush()
    heard = [segment.text for segment in run_segments(session, chunk)]
    assert heard == ["いまの文"]


def test_a_late_writer_whose_chunk_nobody_took_goes_on(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock went forwards: every lease looks as if it had run out long ago."""
    chunk, lease = taken
    jump(monkeypatch, HOURS)
    assert leases.is_free(chunk)
    work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 1.0, "文"))
    session.flush()
    session.refresh(chunk)
    assert not leases.is_free(chunk)


def test_a_lease_from_before_the_clock_went_back_holds_nobody_up_for_hours(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk, _ = taken
    jump(monkeypatch, -HOURS)
    assert leases.is_free(chunk)


def test_a_living_worker_keeps_its_chunk_after_the_clock_went_back(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk, lease = taken
    jump(monkeypatch, -HOURS)
    leases.renew(session, chunk)
    session.refresh(chunk)
    assert not leases.is_free(chunk)
    work.finish_chunk(session, chunk.id, lease)


def test_a_clock_that_is_set_right_by_a_second_takes_nothing_from_anybody(
    taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in (-1, 1):
        jump(monkeypatch, timedelta(seconds=seconds))
        assert not leases.is_free(taken[0])


def test_the_renewal_of_a_piece_that_was_lost_changes_nothing(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk, _ = taken
    session.commit()
    session.refresh(chunk)
    session.expunge(chunk)
    other = session.get_one(Chunk, chunk.id)
    jump(monkeypatch, 2 * leases.LEASE)
    leases.take(session, other)
    until = other.lease_until
    jump(monkeypatch, 3 * leases.LEASE)
    leases.renew(session, chunk)
    session.refresh(other)
    assert other.lease_until == until


@pytest.mark.parametrize("by", [-HOURS, HOURS])
def test_progress_is_never_negative_whatever_the_clock_does(
    session: Session, taken: tuple[Chunk, str], monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    chunk, lease = taken
    work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 30.0, "文"))
    session.flush()
    jump(monkeypatch, by)
    progress = following.progress(session, chunk.transcription)
    assert progress.percent == 25
    assert progress.remaining_seconds is None or progress.remaining_seconds > 0


def test_a_sign_of_life_from_the_future_is_none(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    following.show_life(session, "dead by now")
    session.flush()
    assert following.is_worker_running(session)
    for by in (-HOURS, HOURS):
        jump(monkeypatch, by)
        assert not following.is_worker_running(session)
    following.show_life(session, "alive")
    session.flush()
    assert following.is_worker_running(session)


def test_signs_of_workers_of_long_ago_are_cleared_away(session: Session) -> None:
    session.add(WorkerSign(name="last year", seen_at=now() - timedelta(days=300)))
    following.show_life(session, "one")
    session.flush()
    assert [sign.name for sign in session.query(WorkerSign)] == ["one"]


def test_the_segment_in_hand_of_a_paused_run_is_kept(
    session: Session, cast: Cast, taken: tuple[Chunk, str]
) -> None:
    chunk, lease = taken
    work.pause_transcription(session, cast.secretary, chunk.transcription)
    session.flush()
    work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 30.0, "文"))
    leases.give_back(session.get_one(Chunk, chunk.id))
    session.flush()
    assert (chunk.state, chunk.attempts, chunk.done_seconds) == (WorkState.WAITING, 0, 30.0)


def run_segments(session: Session, chunk: Chunk) -> list[Segment]:
    (transcript,) = transcripts.transcripts_of(session, chunk.transcription.meeting)
    return transcripts.segments_of(session, transcript)
