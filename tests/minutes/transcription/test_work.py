"""The work of transcribing, as rows (chunks and leases with a real worker: test_worker.py)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.recognition.heard import HeardSegment
from minutes.transcription import leases, work
from minutes.transcription import progress as following
from minutes.transcripts import transcripts
from models.recording import Chunk, Recording, Transcription, WorkState
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def run(session: Session, cast: Cast, recording: Recording) -> Transcription:
    made = work.request_transcription(session, cast.secretary, recording)
    session.flush()
    return made


def start(session: Session, run: Transcription) -> tuple[Chunk, str]:
    """Two chunks of 100 s; the first one leased."""
    work.begin(session, run, "test", [(0.0, 100.0), (100.0, 200.0)])
    return take(session, run)


def take(session: Session, run: Transcription) -> tuple[Chunk, str]:
    chunk = work.take_chunk(session, run)
    assert chunk is not None and chunk.lease is not None
    session.flush()
    return chunk, chunk.lease


def test_what_was_heard_is_kept_without_what_has_no_shape(
    session: Session, run: Transcription
) -> None:
    chunk, lease = start(session, run)
    segment = work.add_segment(
        session, chunk.id, lease, HeardSegment(0.0, 1.0, " 定\x00刻\u202eです\ufffe")
    )
    assert segment.heard == segment.machine == segment.text == "定刻です"


def test_a_second_run_waits_until_the_first_has_ended(
    session: Session, cast: Cast, run: Transcription
) -> None:
    with pytest.raises(NotPossibleNow, match="途中"):
        work.request_transcription(session, cast.secretary, run.recording)
    work.cancel_transcription(session, cast.secretary, run)
    again = work.request_transcription(session, cast.secretary, run.recording)
    session.flush()
    assert again.id != run.id
    assert len(transcripts.transcripts_of(session, run.meeting)) == 2


def test_a_second_run_leaves_the_corrections_of_the_first(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first = transcript.segments[0]
    transcripts.correct(session, cast.secretary, first, "直した文", based_on=0)
    again = work.request_transcription(session, cast.secretary, transcript.recording)
    session.flush()
    chunk, lease = start(session, again)
    work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 5.0, "聞き直した文"))
    session.flush()
    both = transcripts.transcripts_of(session, again.meeting)
    assert [t.segments[0].text for t in both] == ["直した文", "聞き直した文"]


def test_beginning_twice_keeps_the_chunks_of_the_first_time(
    session: Session, run: Transcription
) -> None:
    start(session, run)
    before = [chunk.id for chunk in run.chunks]
    work.begin(session, run, "another", [(0.0, 7.0)])
    assert [chunk.id for chunk in run.chunks] == before
    assert run.speech_model == "test"


def test_the_last_chunk_ends_the_work(session: Session, run: Transcription) -> None:
    chunk, lease = start(session, run)
    work.finish_chunk(session, chunk.id, lease)
    assert run.state == WorkState.RUNNING
    chunk, lease = take(session, run)
    work.finish_chunk(session, chunk.id, lease)
    assert run.state == WorkState.FINISHED and run.ended_at is not None
    assert work.take_chunk(session, run) is None


def test_what_has_ended_cannot_be_cancelled(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    with pytest.raises(NotPossibleNow, match="終わって"):
        work.cancel_transcription(session, cast.secretary, transcript.transcription)


def test_the_words_of_a_cancelled_run_are_refused(
    session: Session, cast: Cast, run: Transcription
) -> None:
    chunk, lease = start(session, run)
    work.cancel_transcription(session, cast.secretary, run)
    session.flush()
    with pytest.raises(leases.LeaseLost):
        work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 1.0, "遅い"))


def test_progress_counts_the_sound_done_and_judges_what_remains(
    session: Session, run: Transcription
) -> None:
    waiting = following.progress(session, run)
    assert (waiting.state, waiting.percent, waiting.remaining_seconds) == (
        WorkState.WAITING,
        0,
        None,
    )
    chunk, lease = start(session, run)
    assert run.started_at is not None
    run.started_at -= timedelta(seconds=30)
    work.add_segment(session, chunk.id, lease, HeardSegment(40.0, 50.0, "四分の一"))
    session.flush()
    progress = following.progress(session, run)
    assert progress.percent == 25
    assert progress.segment_count == 1
    assert progress.remaining_seconds is None, "nothing has told its pace yet"
    assert progress.remaining_words == "残り時間はまだ分かりません"
    assert progress.stage == "文字起こし"


def test_a_failed_run_says_why_and_keeps_its_words(session: Session, run: Transcription) -> None:
    chunk, lease = start(session, run)
    work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 50.0, "ここまで"))
    work.fail(session, chunk, "理由です。")
    session.flush()
    progress = following.progress(session, run)
    assert (progress.state, progress.problem) == (WorkState.FAILED, "理由です。")
    assert (progress.segment_count, progress.percent) == (1, 25)
    assert progress.remaining_seconds is None


def test_what_is_heard_is_written_three_times_and_only_the_text_may_change(
    session: Session, cast: Cast, run: Transcription
) -> None:
    chunk, lease = start(session, run)
    segment = work.add_segment(session, chunk.id, lease, HeardSegment(0.0, 5.0, "聞いた文"))
    session.flush()
    transcripts.correct(session, cast.secretary, segment, "直した文", based_on=0)
    assert (segment.heard, segment.machine, segment.text) == ("聞いた文", "聞いた文", "直した文")
