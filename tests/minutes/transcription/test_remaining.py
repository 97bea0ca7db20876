"""What is said of the time that a transcription still takes, beside two that ran: Whisper base on
two busy cores, looked at every five seconds (tests/data/progress)."""

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from minutes.transcription import progress, remaining, work
from minutes.transcription.remaining import Pace
from models.base import now
from models.recording import Chunk, Recording, Transcription, WorkState
from tests.conftest import Cast

FIRST, SECOND = json.loads(
    Path(__file__).parents[2].joinpath("data/progress/runs.json").read_text(encoding="utf-8")
)
ZERO = now()


def seen(run: dict[str, Any], done: list[float], at: float) -> Transcription:
    """As the tables had it at that look."""
    chunks = []
    for number, ((start, end, taken), read) in enumerate(zip(run["chunks"], done, strict=True), 1):
        is_whole = abs(read - (end - start)) < 0.1
        state = WorkState.FINISHED if is_whole else WorkState.RUNNING
        chunk = Chunk(number=number, start_seconds=start, end_seconds=end, done_seconds=read)
        chunk.state = state if taken <= at else WorkState.WAITING
        chunk.taken_at = ZERO + timedelta(seconds=taken) if taken <= at else None
        chunks.append(chunk)
    return Transcription(started_at=ZERO + timedelta(seconds=run["started"]), chunks=chunks)


def told(run: dict[str, Any], pace: Pace | None) -> list[tuple[float, float | None]]:
    """At every look the seconds that really remained, and what is said."""
    return [
        (
            run["ended"] - at,
            remaining.text_seconds(seen(run, done, at), pace, ZERO + timedelta(seconds=at)),
        )
        for at, done in run["looks"]
    ]


def pace_of(run: dict[str, Any]) -> Pace:
    return Pace((run["ended"] - run["started"]) / run["sound_seconds"], None)


def test_after_a_minute_it_is_right_within_a_factor_of_one_and_a_half() -> None:
    """Of the second, on a machine that has done the first."""
    whole = SECOND["ended"] - SECOND["started"]
    after = [(left, said) for left, said in told(SECOND, pace_of(FIRST)) if left < whole - 60]
    assert len(after) > 60
    for left, said in after:
        assert said is not None
        if left >= progress.SOON_SECONDS:
            assert left / 1.5 <= said <= left * 1.5, (left, said)
        else:
            assert said < 2 * progress.SOON_SECONDS, (left, said)


def test_it_never_tells_minutes_where_seconds_are_left() -> None:
    """The share of the text alone had said 33 minutes sixteen seconds before the end."""
    for left, said in told(FIRST, pace_of(SECOND)):
        assert said is not None and said < 300
        assert left > 20 or said < 60, (left, said)


def test_on_a_new_machine_nothing_is_told_before_a_piece_is_done() -> None:
    assert all(said is None for _, said in told(FIRST, None))
    first_done = next(at for at, done in SECOND["looks"] if done[0] > 299)
    for (at, _), (left, said) in zip(SECOND["looks"], told(SECOND, None), strict=True):
        assert (said is None) == (at < first_done)
        if said is not None and left >= progress.SOON_SECONDS:
            assert left / 1.5 <= said <= left * 1.5, (left, said)


def test_past_runs_of_the_same_speech_model_tell_the_pace(
    session: Session, cast: Cast, recording: Recording
) -> None:
    for number, seconds in enumerate((100.0, 400.0, 200.0)):
        past = work.request_transcription(session, cast.secretary, recording)
        past.state, past.speech_model = WorkState.FINISHED, "whisper-base"
        past.started_at = ZERO - timedelta(hours=number + 1)
        past.ended_at = past.started_at + timedelta(seconds=seconds)
        for place, step in enumerate(past.steps, 1):
            step.state, step.ended_at = (
                WorkState.FINISHED,
                past.ended_at + timedelta(seconds=10.0 * place),
            )
        session.flush()
    run = work.request_transcription(session, cast.secretary, recording)
    run.speech_model = "whisper-base"
    session.flush()
    pace = remaining.past_pace(session, run)
    sound, steps = recording.duration_seconds, len(run.steps)
    assert pace == Pace(pytest.approx(200 / sound), pytest.approx(10 * steps / sound))
    run.speech_model = "another"
    assert remaining.past_pace(session, run) is None


def test_what_is_said_is_as_exact_as_it_can_be() -> None:
    words = [progress.remaining_words(seconds) for seconds in (None, 5, 62, 119, 150, 640, 3700)]
    assert words == [
        "残り時間はまだ分かりません", "まもなく終わります", "残り約60秒", "残り約120秒",
        "残り約2分", "残り約11分", "残り約1時間2分",
    ]  # fmt: skip
    assert all(one != other for one, other in pairwise(words))
