"""Which seconds are silent when words are closed."""

import pytest
from sqlalchemy.orm import Session

from minutes.records import records
from minutes.records.closed.anchors import Anchor, Marks
from minutes.records.closed.public_copy import marks_of, public_copy
from minutes.records.closed.silences import MARGIN_SECONDS, Silence, silences_of
from minutes.records.content import content_of
from models.closed_passage import ClosedKind, ClosedPassage, ClosedScope, ClosedState
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast

HEARD = "山田、山田さんから手紙が来ました。"
"""One letter a second; the name is said twice, which the official text leaves out."""


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    first = transcript.segments[0]
    first.text = first.heard = HEARD
    first.start_seconds, first.end_seconds = 0.0, float(len(HEARD))
    first.token_timings = [(1, float(n), 0.9) for n in range(len(HEARD))]
    for other in transcript.segments[1:]:
        other.start_seconds += 100
        other.end_seconds += 100
    content = content_of(records.draft(session, cast.secretary, transcript))
    content.sections[-1].paragraphs[0].text = HEARD.removeprefix("山田、")
    minutes = records.minutes_of(session, transcript.meeting)
    assert minutes is not None
    session.flush()
    made = records.revise(session, cast.secretary, minutes, content, based_on=1)
    session.flush()
    return made


def silent(
    session: Session, revision: MinutesRevision, quote: str, whole: bool = False
) -> list[Silence]:
    content, marks = content_of(revision), marks_of(session, revision)
    said = content.sections[-1].paragraphs[0]
    start = said.text.index(quote)
    (recording,) = marks.recordings.values()
    anchor = Anchor(
        recording_id=recording,
        transcript_id=marks.first_transcript_id,
        start_seconds=said.start_seconds,
        end_seconds=said.end_seconds,
        sentence=said.text,
        start=start,
        end=start + len(quote),
    )
    passage = ClosedPassage(
        kind=ClosedKind.PERSONAL,
        scope=ClosedScope.SENTENCES if whole else ClosedScope.WORDS,
        state=ClosedState.DECIDED,
        quote=quote,
        anchors=[anchor.model_dump()],
        replacement="〔略〕",
    )
    marked = Marks([passage], marks.recordings, marks.first_transcript_id)
    copy = public_copy(content, marked)
    return silences_of(session, content, marked, copy).get(recording, [])


def around(start: float, end: float) -> list[Silence]:
    return [(max(0.0, start - MARGIN_SECONDS), end + MARGIN_SECONDS)]


def test_closed_words_are_silent_up_to_the_next_word_with_a_margin(
    session: Session, revision: MinutesRevision
) -> None:
    assert content_of(revision).sections[-1].paragraphs[0].text.startswith("山田さん")
    at = HEARD.index("手紙")
    assert silent(session, revision, "手紙") == around(at, at + 2)


def test_a_name_that_was_said_twice_is_silent_both_times(
    session: Session, revision: MinutesRevision
) -> None:
    assert silent(session, revision, "山田") == around(0, HEARD.index("さん"))


def test_a_closed_part_of_a_word_silences_the_word(
    session: Session, revision: MinutesRevision
) -> None:
    at = HEARD.index("手紙")
    assert silent(session, revision, "紙") == around(at, at + 2)


def test_without_times_of_the_words_the_whole_sentence_is_silent(
    session: Session, revision: MinutesRevision, transcript: Transcript
) -> None:
    transcript.segments[0].token_timings = None
    session.flush()
    assert silent(session, revision, "手紙") == around(0, len(HEARD))


def test_a_word_that_a_person_typed_has_no_time_and_takes_in_its_neighbours(
    session: Session, revision: MinutesRevision, transcript: Transcript
) -> None:
    segment = transcript.segments[0]
    segment.text = segment.text.replace("手紙が来", "手紙が届き")
    session.flush()
    start, end = silent(session, revision, "手紙が")[0]
    assert start == HEARD.index("手紙") - MARGIN_SECONDS
    assert end >= HEARD.index("来") + 1 + MARGIN_SECONDS


def test_a_whole_sentence_is_silent_in_every_sound_that_reaches_into_it(
    session: Session, revision: MinutesRevision
) -> None:
    assert silent(session, revision, "手紙", whole=True) == around(0, len(HEARD))
