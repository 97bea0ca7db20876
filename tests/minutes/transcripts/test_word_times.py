"""When the words of a segment were said, for the text as it stands by now."""

import pytest
from sqlalchemy.orm import Session

from minutes.recognition.heard import TokenTiming
from minutes.transcripts import cutting, transcripts, word_times
from minutes.transcripts.word_times import words_of
from models.transcript import Segment, Transcript
from tests.conftest import Cast

MISHEARD = {"提", "告"}


def timings_of(segment: Segment) -> list[TokenTiming]:
    """A quarter of a second for each letter, and no trust in 提告."""
    return [
        TokenTiming(1, segment.start_seconds + n / 4, 0.1 if letter in MISHEARD else 0.9)
        for n, letter in enumerate(segment.heard)
    ]


def keep(session: Session, segment: Segment, heard: str, found: list[TokenTiming]) -> None:
    session.flush()
    number = segment.id
    word_times.keep(session, segment.transcript, {number: heard}, {number: found})
    session.expire(segment, ["token_timings"])


@pytest.fixture
def segment(session: Session, transcript: Transcript) -> Segment:
    first = transcript.segments[0]
    keep(session, first, first.heard, timings_of(first))
    return first


def seconds_of(segment: Segment, text: str) -> float:
    return next(word.seconds for word in words_of(segment) if word.text == text)


def test_words_together_are_the_text_each_at_its_time(segment: Segment) -> None:
    words = words_of(segment)
    assert "".join(word.text for word in words) == segment.text
    assert [word.seconds for word in words] == sorted(word.seconds for word in words)
    place = segment.heard.index("提")
    assert seconds_of(segment, "提") == segment.start_seconds + place / 4


def test_a_word_that_the_machine_hardly_believed_is_unsure(segment: Segment) -> None:
    assert {word.text for word in words_of(segment) if word.is_unsure} == MISHEARD


def test_a_corrected_word_keeps_its_moment_and_is_no_more_unsure(
    session: Session, cast: Cast, segment: Segment
) -> None:
    before = seconds_of(segment, "提")
    text = segment.text.replace("提告", "定刻")
    transcripts.correct(session, cast.secretary, segment, text, based_on=0)
    (corrected,) = (word for word in words_of(segment) if word.text == "定刻")
    assert corrected.probability is None and not corrected.is_unsure
    assert before - 0.5 <= corrected.seconds <= before
    assert "".join(word.text for word in words_of(segment)) == text


def test_a_cut_falls_where_the_word_was_said_and_each_half_knows_its_words(
    session: Session, cast: Cast, segment: Segment
) -> None:
    place = segment.text.index("提")
    moment = seconds_of(segment, "提")
    whole = [(word.text, word.seconds) for word in words_of(segment)]
    first, second = cutting.split(session, cast.secretary, segment, place, based_on=0)
    assert first.end_seconds == second.start_seconds == moment
    halves = [(word.text, word.seconds) for half in (first, second) for word in words_of(half)]
    assert halves == whole
    session.flush()
    joined, _ = cutting.join(session, cast.secretary, first, based_on=first.revision)
    assert [(word.text, word.seconds) for word in words_of(joined)] == whole


def test_what_was_found_for_another_text_is_not_kept(
    session: Session, cast: Cast, segment: Segment
) -> None:
    heard, found = segment.heard, timings_of(segment)
    first, second = cutting.split(session, cast.secretary, segment, 4, based_on=0)
    of_first = [tuple(one) for one in first.token_timings or []]
    keep(session, first, heard, found)
    keep(session, second, second.heard, found)
    assert [tuple(one) for one in first.token_timings or []] == of_first
    assert len(words_of(second)) < len(found)


def test_without_timings_no_words_and_a_join_with_such_a_segment_has_none(
    session: Session, cast: Cast, transcript: Transcript, segment: Segment
) -> None:
    assert words_of(transcript.segments[1]) == []
    joined, _ = cutting.join(session, cast.secretary, segment, based_on=0)
    assert words_of(joined) == []
